"""`Guard`: turns away requests that a foreign web page makes the user's browser send to this machine."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from topicat.web.answers import problem

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine that no other machine can take."""
ANY = "*"
"""Stands for every name, where something in front of the server checks them."""


class Guard:
    """ASGI middleware that checks ``Host`` and ``Origin``.

    A page of a foreign site can resolve its own name to this machine (DNS rebinding): then ``Host`` is the foreign
    name. Or it can post to this machine's address: then ``Origin`` is foreign. No page can change either header.

    Parameters
    ----------
    hosts
        Names, without port, under which the server may be asked; `ANY` among them allows all.
    hint
        How another name is allowed, for the message.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = LOOPBACK, hint: str = "") -> None:
        self.app, self.hosts, self.hint = app, frozenset(name.lower() for name in hosts), hint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            if ANY not in self.hosts and _name(host) not in self.hosts:
                message = (
                    f"no requests for host '{host:.100}' here; allowed: {', '.join(sorted(self.hosts))}{self.hint}"
                )
                return await problem(421, message)(scope, receive, send)
            if origin is not None and _place(origin) != host.lower():
                message = f"no requests from pages of '{origin:.100}' here; only from those of this server"
                return await problem(403, message)(scope, receive, send)
        return await self.app(scope, receive, send)


def _name(host: str) -> str | None:
    """The name in a ``Host`` header, None if more than a port follows it, which might pass for a part of the path."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host else None


def _place(origin: str) -> str | None:
    """Host and port of an origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
