"""`Metrics`: what the server counts, in Prometheus's text format."""

from __future__ import annotations

import time
from collections.abc import Collection

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
OTHER = "other"
"""Stands for every path and method that is not ours: a client must not be able to make up new series."""


class Metrics:
    """Counters of one application."""

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = frozenset(paths)
        self._registry = CollectorRegistry()
        kinds = ["method", "path", "status"]
        self._requests = Counter("topicat_requests", "Requests answered.", kinds, registry=self._registry)
        self._seconds = Histogram(
            "topicat_request_seconds",
            "Time from request to answer.",
            ["path"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._running = Gauge("topicat_requests_running", "Requests not answered yet.", registry=self._registry)
        self.texts = Counter("topicat_texts", "Texts predicted.", registry=self._registry)
        self.paragraphs = Counter("topicat_paragraphs", "Paragraphs predicted.", registry=self._registry)
        self.topics = Counter("topicat_topics", "Paragraphs assigned a topic.", ["topic"], registry=self._registry)

    def answer(self) -> Response:
        """All counters as text."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def counting(self, app: ASGIApp) -> ASGIApp:
        """ASGI middleware around `app` that counts its answers."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return await app(scope, receive, send)
            path = scope["path"] if scope["path"] in self._paths else OTHER
            method = scope["method"] if scope["method"] in _METHODS else OTHER
            status = 500  # what the server answers when nothing comes back

            async def noting(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            start = time.perf_counter()
            with self._running.track_inprogress():
                try:
                    await app(scope, receive, noting)
                finally:
                    self._requests.labels(method, path, str(status)).inc()
                    self._seconds.labels(path).observe(time.perf_counter() - start)

        return counted
