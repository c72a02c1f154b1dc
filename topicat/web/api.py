"""The interface for programs: an ASGI application that predicts, and says what it predicts with."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from topicat import __version__
from topicat.errors import ReadingError
from topicat.reading import make_document, read_jsonl
from topicat.record import record
from topicat.taxonomy import nearest
from topicat.web.answers import Refusal, problem
from topicat.web.description import JSON_LINES, describe
from topicat.web.guard import LOOPBACK, Guard
from topicat.web.metrics import Metrics

if TYPE_CHECKING:
    from topicat.document import Document
    from topicat.model import Model
    from topicat.prediction import Prediction

_JSON = "application/json"
_CLOSE = {"Connection": "close"}
_STEP = 256
"""Paragraphs predicted between two looks at the clock."""


@dataclass(frozen=True)
class Limits:
    """What a request may ask for.

    Attributes
    ----------
    texts
        Texts in one request.
    body
        Bytes of one request.
    seconds
        Time to receive a request, and again to answer it.
    workers
        Requests predicted at a time.
    waiting
        Requests that wait for their turn; one more is turned away.
    """

    texts: int = 1024
    body: int = 8 * 1024 * 1024
    seconds: float = 30.0
    workers: int = 2
    waiting: int = 64


def api(model: Model, *, limits: Limits | None = None, hosts: Collection[str] = LOOPBACK) -> Starlette:
    """An ASGI application that answers with `model`.

    Parameters
    ----------
    limits
        What a request may ask for.
    hosts
        Names under which it may be asked (see `Guard`).

    Examples
    --------
    >>> import topicat
    >>> app = api(topicat.load("policy"))  # uvicorn module:app
    """
    limits = limits or Limits()
    service = _Service(model, limits)
    app = Starlette(
        routes=[Route(path, getattr(service, name), methods=[how]) for path, (how, name) in PATHS.items()],
        middleware=[
            Middleware(service.metrics.counting),
            Middleware(Guard, hosts=hosts, hint="; others by topicat serve --allow-host"),
        ],
        exception_handlers={HTTPException: _refused, 500: _failed},
    )
    app.router.redirect_slashes = False
    return app


PATHS = {
    "/v1/predict": ("POST", "predict"),
    "/v1/model": ("GET", "about_model"),
    "/v1/taxonomy": ("GET", "taxonomy"),
    "/healthz": ("GET", "health"),
    "/openapi.json": ("GET", "description"),
    "/metrics": ("GET", "counters"),
}
"""Every path with its method and the name of what answers."""


class _Service:
    """The answers, and the queue of those that take time."""

    def __init__(self, model: Model, limits: Limits) -> None:
        self.model, self.limits = model, limits
        self.metrics = Metrics(PATHS)
        self._workers = anyio.CapacityLimiter(limits.workers)
        self._description = describe(model, limits.texts, limits.body)
        model.predict(["。"])  # the first prediction makes tables that all others use

    async def predict(self, request: Request) -> Response:
        """`POST /v1/predict`: JSON with a list of texts, or JSON Lines with a text a line."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (_JSON, *JSON_LINES):
            raise Refusal(415, f"content type '{kind:.60}': send {_JSON} or {JSON_LINES[0]}")
        body = await self._body(request)
        if not self._workers.available_tokens and self._workers.statistics().tasks_waiting >= self.limits.waiting:
            raise Refusal(503, "too many requests wait already; try again in a second", {"Retry-After": "1"})
        deadline = time.monotonic() + self.limits.seconds
        answer = self._in_json if kind == _JSON else self._in_lines
        return await anyio.to_thread.run_sync(answer, body, deadline, limiter=self._workers)

    def _in_json(self, body: bytes, deadline: float) -> Response:
        documents, evidence = _documents_of(body)
        return JSONResponse({"predictions": self._predict(documents, evidence, deadline)})

    def _in_lines(self, body: bytes, deadline: float) -> Response:
        try:
            documents = list(read_jsonl("the body", body))
        except ReadingError as error:
            raise Refusal(400, str(error)) from None
        rows = (row for rows in self._predict(documents, False, deadline) for row in rows)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return Response("".join(lines), media_type=JSON_LINES[0])

    async def _body(self, request: Request) -> bytes:
        most, seconds = self.limits.body, self.limits.seconds
        body = bytearray()
        try:
            async with asyncio.timeout(seconds):
                async for part in request.stream():
                    body += part
                    if len(body) > most:
                        raise Refusal(413, f"over {most:,} bytes in one request; send several", _CLOSE)
        except TimeoutError:
            raise Refusal(408, f"the request did not arrive within {seconds:g} s", _CLOSE) from None
        except ClientDisconnect:
            raise Refusal(400, "the request broke off") from None
        return bytes(body)

    def _predict(self, documents: list[Document], evidence: bool, deadline: float) -> list[list[dict[str, Any]]]:
        """A record for each paragraph of each document."""
        if len(documents) > self.limits.texts:
            raise Refusal(413, f"{len(documents):,} texts: at most {self.limits.texts:,} in one request; send several")
        texts = [p.text for d in documents for p in d.paragraphs]
        said: list[Prediction] = []
        for begin in range(0, len(texts), _STEP):
            if time.monotonic() > deadline:
                raise Refusal(503, f"no answer within {self.limits.seconds:g} s; send fewer texts in one request")
            said += self.model.predict(texts[begin : begin + _STEP], evidence=evidence)
        self.metrics.texts.inc(len(documents))
        self.metrics.paragraphs.inc(len(texts))
        for topic, n in Counter(topic for prediction in said for topic in prediction.labels).items():
            self.metrics.topics.labels(topic).inc(n)
        rest = iter(said)
        return [[record(d, p, next(rest)) for p in d.paragraphs] for d in documents]

    async def about_model(self, request: Request) -> Response:
        """`GET /v1/model`: what the model is and what it learned from."""
        model = self.model
        thresholds = {t: float(h) for head in model.heads for t, h in zip(head.topics, head.threshold, strict=True)}
        return JSONResponse(
            {
                "topicat": __version__,
                "topics": model.topics,
                "exclusive": model.taxonomy.exclusive,
                "thresholds": None if model.taxonomy.exclusive else thresholds,
                "terms": len(model.vocabulary),
                **model.info,
            }
        )

    async def taxonomy(self, request: Request) -> Response:
        """`GET /v1/taxonomy`: the taxonomy in the shape of its YAML file."""
        return JSONResponse(self.model.taxonomy.to_dict())

    async def health(self, request: Request) -> Response:
        """`GET /healthz`: that it is there."""
        return JSONResponse({"status": "ok"})

    async def counters(self, request: Request) -> Response:
        """`GET /metrics`: what was counted, in Prometheus's text format."""
        return self.metrics.answer()

    async def description(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        return JSONResponse(self._description)


def _documents_of(body: bytes) -> tuple[list[Document], bool]:
    """The documents in ``{"texts": [...], "evidence": false}``, and whether evidence is wanted."""
    try:
        data = _loads(body)
    except RecursionError:
        raise Refusal(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise Refusal(400, f"the body is not JSON: {error}") from None
    if not isinstance(data, dict):
        _misshapen("the body", 'an object like {"texts": ["…"]}', data)
    for key in data:
        if key not in ("texts", "evidence"):
            near = nearest(key, ("texts", "evidence"))
            raise Refusal(
                422, f"unknown key '{key:.60}'; " + (f"did you mean '{near}'?" if near else "see /openapi.json")
            )
    if "texts" not in data:
        raise Refusal(422, 'the key \'texts\' is missing; send {"texts": ["…"]}')
    texts, evidence = data["texts"], data.get("evidence", False)
    if not isinstance(texts, list):
        _misshapen("'texts'", "a list of texts", texts)
    if not isinstance(evidence, bool):
        _misshapen("'evidence'", "true or false", evidence)
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            _misshapen(f"text {number}", "text", text)
    return [make_document(str(number), text) for number, text in enumerate(texts, 1)], evidence


def _loads(body: bytes) -> Any:
    data = json.loads(body)
    if b"\\ud" in body.lower():
        # Half a surrogate pair (\ud83d) is valid JSON but no character: it could never be written out again.
        data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    return data


def _misshapen(what: str, wanted: str, found: Any) -> NoReturn:
    shown = json.dumps(found, ensure_ascii=False)
    raise Refusal(422, f"{what} must be {wanted}, found {shown if len(shown) <= 60 else shown[:60] + '…'}")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path, message = request.url.path, error.detail
    if error.status_code == 404:
        message = f"there is no '{path:.100}'; there is: {', '.join(PATHS)}"
    elif error.status_code == 405:
        message = f"{path} takes {PATHS[path][0]}, not {request.method:.20}"
    return problem(error.status_code, message, error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    return problem(500, "the server failed at this request; its log says more")
