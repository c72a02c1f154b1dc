"""The page of the workbench and what it asks for, as an ASGI application for one coder on this machine."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from topicat.chart import Chart
from topicat.errors import OutputError, TopicatError
from topicat.rendering import color, render, wording
from topicat.seeds import check_labels
from topicat.taxonomy import Taxonomy
from topicat.web.answers import Refusal, problem
from topicat.web.guard import Guard
from topicat.workbench.labels_file import LABEL, SKIP, UNSURE
from topicat.workbench.session import CodedMeanwhileError, Session
from topicat.workbench.taxonomy_file import Edit, TaxonomyFile, Trial
from topicat.workbench.trainer import EVERY, HARDLY, STEP, Point, Trainer

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_BODY = 1 << 20
"""Bytes of a request: a decision is a few hundred."""
CHANGES_SHOWN = 50
"""Paragraphs listed in the preview of an edit."""
_DIGITS = "1234567890"
_LETTERS = "abcdefghijlmopqrtvwxyABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Keys of topics: those of the page's own commands (n, u, s, z, k) are left out."""

Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


def application(
    session: Session, trainer: Trainer, token: str, *, file: TaxonomyFile | None = None, lang: str = "en"
) -> Starlette:
    """The page at ``/TOKEN/`` and its interface below; all else does not exist.

    Parameters
    ----------
    token
        What only who was told the address knows: other pages and users of this machine cannot guess it.
    file
        The taxonomy's, if it may be changed.
    lang
        Language of the page and of the topics' labels.
    """
    bench = _Bench(session, trainer, file, lang)
    routes = [Route(f"/{token}/", bench.page)]
    for name, answer in bench.answers.items():
        routes.append(Route(f"/{token}/api/{name}", _asked(answer), methods=["GET", "POST"]))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Headers), Middleware(Guard)],
        exception_handlers={HTTPException: _refused, TopicatError: _wrong, 500: _failed},
    )
    app.router.redirect_slashes = False
    return app


class _Bench:
    """The page, and the answers by name."""

    def __init__(self, session: Session, trainer: Trainer, file: TaxonomyFile | None, lang: str) -> None:
        self.session, self.trainer, self.file, self.lang = session, trainer, file, lang
        self._trial: Trial | None = None
        self.answers: dict[str, Answer] = {
            "item": self._item,
            "state": lambda window, _: self._state(window),
            "decide": self._decide,
            "undo": self._undo,
            "train": self._train,
            "try-word": self._try_word,
            "keep-word": self._keep_word,
            "undo-word": self._undo_word,
        }

    async def page(self, request: Request) -> Response:
        """The page itself."""
        taxonomy, words = self.session.taxonomy, wording(self.lang)
        return HTMLResponse(
            render(
                "label",
                self.lang,
                title=taxonomy.title.get(self.lang) or next(iter(taxonomy.title.values()), taxonomy.id),
                coder=self.session.coder,
                file=self.file.path.name if self.file else "",
                languages=taxonomy.languages or ("en",),
                topics=topic_rows(taxonomy, self.lang),
                data={
                    "names": {t.path: t.name(self.lang) for t in taxonomy.walk()},
                    "definitions": {
                        t.path: t.definition.get(self.lang) or next(iter(t.definition.values()), "")
                        for t in taxonomy.walk()
                    },
                    "no_definition": words["label_no_definition"],
                    "classes": {root: color(k) for k, root in enumerate(taxonomy.roots)},
                    "exclusive": taxonomy.exclusive,
                    "words": {key: text for key, text in words.items() if key.startswith("js_label")},
                },
            )
        )

    def _item(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"item": self.session.item(window), "state": self._state(window)}

    def _state(self, window: str) -> dict[str, Any]:
        training = training_view(self.trainer, wording(self.lang))
        return {**self.session.state(window), "training": training, "edits": self.file.edits if self.file else 0}

    def _decide(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        key, kind, labels = body.get("key"), body.get("kind"), body.get("labels")
        if kind not in (LABEL, UNSURE, SKIP):
            raise Refusal(422, f"'kind' must be {LABEL}, {UNSURE} or {SKIP}, found {kind!r:.40}")
        if not isinstance(key, str) or not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
            raise Refusal(422, "a decision is {key: text, kind: text, labels: [topic paths]}")
        self.session.decide(window, key, kind, labels)
        self.trainer.notice()
        return self._item(window, body)

    def _train(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        self.trainer.start()
        return self._state(window)

    def _try_word(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        parts = [body.get(name) for name in ("topic", "field", "lang", "word")]
        if not all(isinstance(part, str) for part in parts):
            raise Refusal(422, "an edit is {topic, field, lang, word}, all text")
        texts = self.session.queue.texts
        trial = self._own_file().attempt(Edit(*map(str, parts)), self.session.model, texts)
        self._trial = trial
        return {
            "trial": trial.mark,
            "findings": trial.findings,
            "paragraphs": trial.with_word,
            "changed": [
                {"text": texts[r.number], "added": r.added, "gone": r.gone} for r in trial.changed[:CHANGES_SHOWN]
            ],
            "more": max(0, len(trial.changed) - CHANGES_SHOWN),
        }

    def _keep_word(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        trial = self._trial
        if trial is None or body.get("trial") != trial.mark:
            raise Refusal(409, "look at the preview first")
        check_labels(self.session.labels.examples(), trial.taxonomy)
        self._own_file().keep(trial)
        self._trial = None
        return self._changed(window, trial.taxonomy)

    def _undo_word(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        self._trial = None
        return self._changed(window, self._own_file().undo())

    def _changed(self, window: str, taxonomy: Taxonomy) -> dict[str, Any]:
        """Go on with the taxonomy as it is now; the model counts the word at once, and learns from it by and by."""
        with self.session.lock:
            model = dataclasses.replace(self.session.model, taxonomy=taxonomy)
        self.session.replace(model, taxonomy)
        self.trainer.start(again=True)
        return self._item(window, {})

    def _own_file(self) -> TaxonomyFile:
        if self.file is None:
            raise Refusal(
                422, "this taxonomy is not yours to change; start with -t FILE, a YAML file that you may write"
            )
        return self.file

    def _undo(self, window: str, body: dict[str, Any]) -> dict[str, Any]:
        item = self.session.undo(window)
        return {"item": item, "state": self._state(window)}


def training_view(trainer: Trainer, words: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows of the training: how far it is, what it said of the last model, and the charts."""
    last = trainer.points[-1] if trainer.points else None
    gain = trainer.forecast()
    lines = []
    if last:
        lines.append(words["label_trained"].format(n=last.labels, seconds=f"{last.seconds:.0f}"))
    if gain is not None:
        worth = "label_hardly" if gain < HARDLY else "label_worth"
        lines.append(words[worth].format(n=STEP, points=f"{100 * gain:.1f}"))
    return {
        "running": trainer.running,
        "share": round(trainer.share, 3),
        "error": trainer.error,
        "said": " ".join(lines) or words["label_not_yet"].format(n=EVERY),
        "charts": {
            name: str(_chart(trainer.points, name, words))
            for name in ("random", "all")
            if any(getattr(point, name) for point in trainer.points)
        },
    }


def _chart(points: Sequence[Point], name: str, words: Mapping[str, str]) -> Markup:
    """F1 against the number of labels, with intervals."""
    most = max(STEP, *(point.labels for point in points))
    chart = Chart(words[f"label_chart_{name}"], x=(0, most), y=(0, 1))
    chart.axes([(x, f"{x:.0f}") for x in (0, most / 2, most)], [(y, f"{y:g}") for y in (0, 0.5, 1)])
    chart.label(words["label_coded"])
    found = {p.labels: figure for p in points if (figure := getattr(p, name))}
    chart.line([(n, found[n].f1) for n in sorted(found)])
    for n, figure in found.items():
        if figure.low is not None:
            chart.bar(n, figure.low, figure.high)
        chart.point((n, figure.f1), words["label_point"].format(n=n, f1=f"{figure.f1:.2f}", of=figure.n))
    return chart.svg()


def topic_rows(taxonomy: Taxonomy, lang: str) -> list[dict[str, Any]]:
    """Every topic with its name, colour and key: digits for those at the top, then letters, while there are any."""
    digits, letters = iter(_DIGITS), iter(_LETTERS)
    rows = []
    for topic in taxonomy.walk():
        sub = "." in topic.path
        key = (None if sub else next(digits, None)) or next(letters, "")
        number = taxonomy.roots.index(topic.path.split(".")[0])
        rows.append({"path": topic.path, "name": topic.name(lang), "sub": sub, "key": key, "color": color(number)})
    return rows


def _asked(answer: Answer) -> Callable[[Request], Any]:
    """The endpoint that gives `answer` to the JSON of a request; what changes something must be posted."""

    async def endpoint(request: Request) -> Response:
        window = request.query_params.get("window", "")[:64]
        body: Any = {}
        if request.method == "POST":
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                raise Refusal(415, "send application/json")
            data = bytearray()
            async for part in request.stream():
                data += part
                if len(data) > MAX_BODY:
                    raise Refusal(413, f"over {MAX_BODY:,} bytes", {"Connection": "close"})
            try:
                body = json.loads(data)
            except (ValueError, RecursionError):
                raise Refusal(400, "the body is not JSON") from None
            if not isinstance(body, dict):
                raise Refusal(422, "the body must be an object")
        elif request.url.path.rsplit("/", 1)[-1] not in ("item", "state"):
            raise Refusal(405, "this is to be posted", {"Allow": "POST"})
        return JSONResponse(await run_in_threadpool(answer, window, body))

    return endpoint


class _Headers:
    """ASGI middleware: no other page may frame ours, and neither text nor address is kept or passed on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"cache-control", b"no-store"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"x-frame-options", b"DENY"),
                    (b"content-security-policy", b"frame-ancestors 'none'"),
                    (b"cross-origin-resource-policy", b"same-origin"),
                ]
            await send(message)

        await self.app(scope, receive, sealed if scope["type"] == "http" else send)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = (
        "nothing is here; open the address that topicat label printed" if error.status_code == 404 else error.detail
    )
    return problem(error.status_code, detail, error.headers)


async def _wrong(request: Request, error: Exception) -> Response:
    status = 409 if isinstance(error, CodedMeanwhileError) else 507 if isinstance(error, OutputError) else 422
    return problem(status, str(error))


async def _failed(request: Request, error: Exception) -> Response:
    return problem(500, "topicat label failed at this; its terminal says more")
