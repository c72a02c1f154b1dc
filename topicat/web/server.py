"""Running an ASGI application on a socket of this machine."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from topicat.errors import UsageError
from topicat.web.guard import ANY, LOOPBACK

_GRACE = 5
"""Seconds that requests under way get when the server is told to stop."""


def allowed_hosts(host: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """Names under which a server bound to `host` may be asked."""
    return (ANY,) if ANY in more else tuple(dict.fromkeys((*LOOPBACK, host, *more)))


def serve(app: ASGIApp, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve `app` until the process is told to stop.

    Parameters
    ----------
    port
        0 for any that is free.
    ready
        Called with the address, as in ``http://127.0.0.1:8000``, once requests are accepted.

    Raises
    ------
    UsageError
        If the address cannot be had.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        # Uvicorn stops of itself on Ctrl-C and hands it on afterwards: the usual end, no error.
        place = f"[{host}]" if ":" in host else host
        ready(f"http://{place}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        hint = "choose another port with --port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "mend --host"
        raise UsageError(f"{host}:{port}: {error.strerror or error}; {hint}") from None
    # Inherited by every connection; asyncio sets it only where it sees the protocol's number, and without it the
    # second packet of an answer waits 40 ms for the client to acknowledge the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
