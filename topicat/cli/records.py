"""The forms in which predictions are written: a table for people, JSON Lines, CSV."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

import click

from topicat.batches import paragraphs
from topicat.record import record
from topicat.report import columns_of, cut

if TYPE_CHECKING:
    from topicat.batches import Batch
    from topicat.document import Document
    from topicat.model import Model
    from topicat.prediction import Prediction

    Labelled = tuple[Document, list[Prediction]]


def jsonl(rows: Batch, predictions: Iterable[Prediction]) -> str:
    """One JSON object a line and paragraph."""
    parts = zip(paragraphs(rows), predictions, strict=True)
    return "".join(f"{_encode(record(document, p, prediction))}\n" for (document, p), prediction in parts)


_encode = json.JSONEncoder(ensure_ascii=False).encode


def csv_rows(rows: Batch, predictions: Iterable[Prediction], model: Model) -> str:
    """A row a paragraph; `topics` joined by ``;``, a column of probabilities for each topic at the top."""
    roots = _roots(model)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row, prediction in zip(rows, predictions, strict=True):
        chances = [f"{prediction.probabilities[t]:.6f}" for t in roots]
        writer.writerow([*("" if value is None else value for value in row), ";".join(prediction.labels), *chances])
    return stream.getvalue()


def csv_header(model: Model) -> str:
    """The line above `csv_rows`."""
    stream = io.StringIO()
    head = ["document", "date", "paragraph", "start", "end", "text", "topics", *(f"p_{t}" for t in _roots(model))]
    csv.writer(stream, lineterminator="\n").writerow(head)
    return stream.getvalue()


def _roots(model: Model) -> list[str]:
    return [topic for topic in model.topics if "." not in topic]


_COLORS = ("cyan", "yellow", "blue", "magenta", "red", "green")


def write_table(stream: TextIO, labelled: Iterable[Labelled], model: Model) -> None:
    """For a terminal: paragraph number, topics with probability and subtopics, and the text's beginning."""
    width = max(60, min(shutil.get_terminal_size((110, 24)).columns, 160))
    roots = _roots(model)
    color_of = {topic: _COLORS[i % len(_COLORS)] for i, topic in enumerate(roots)}
    color = stream.isatty()
    left = 40 if width >= 100 else 30
    for number, (document, predictions) in enumerate(labelled):
        if number:
            stream.write("\n")
        count = len(document.paragraphs)
        head = [document.name, document.date, f"{count} paragraph{'s' * (count != 1)}"]
        stream.write(_style("  ·  ".join(part for part in head if part), color, bold=True) + "\n")
        stream.write(_style("─" * width, color, dim=True) + "\n")
        for paragraph, prediction in zip(document.paragraphs, predictions, strict=True):
            topics = list(_topic_lines(prediction, left - 2))
            text = list(_wrapped(paragraph.text, width - left - 5, max(2, len(topics))))
            for row in range(max(len(topics), len(text))):
                topic, line = topics[row] if row < len(topics) else ("", "")
                label = f"{paragraph.number:>4} " if not row else "     "
                pad = " " * max(1, left - columns_of(line))
                shown = _style(line, color, fg=color_of[topic]) if topic else _style(line, color, dim=True)
                stream.write(label + shown + pad + (text[row] if row < len(text) else "") + "\n")
        stream.write(_style("─" * width, color, dim=True) + "\n")
        stream.write(_summary(predictions, roots) + "\n")


def _topic_lines(prediction: Prediction, width: int) -> Iterator[tuple[str, str]]:
    """For each assigned topic at the top: its id, and its line with subtopics and, if there, evidence."""
    shown = [score for score in prediction.topics if "." not in score.topic]
    for score in shown:
        below = [s.topic.split(".", 1)[1] for s in prediction.topics if s.topic.startswith(score.topic + ".")]
        line = f"{score.topic} {score.probability:.2f}" + (f"  {', '.join(below)}" if below else "")
        yield score.topic, cut(line, width)
        if score.evidence:
            yield score.topic, cut("  " + " ".join(e.text for e in score.evidence[:5]), width)
    if not shown:
        yield "", "–"


def _summary(predictions: list[Prediction], roots: list[str]) -> str:
    counts = {root: sum(1 for p in predictions if root in p.labels) for root in roots}
    parts = [f"{root} {n}" for root, n in sorted(counts.items(), key=lambda item: -item[1]) if n]
    none = sum(1 for p in predictions if not p.topics)
    return "     " + "   ".join([*parts, f"no topic {none}"])


def _style(text: str, color: bool, **style: Any) -> str:
    return click.style(text, **style) if color else text


def _wrapped(text: str, width: int, most: int) -> Iterator[str]:
    """The first `most` lines of `text`, the last one cut; alphabetic words stay whole."""
    rest = " ".join(text.split())
    for row in range(most):
        if not rest:
            return
        if row == most - 1 or columns_of(rest) <= width:
            yield cut(rest, width)
            return
        used = at = 0
        while at < len(rest) and used + columns_of(rest[at]) <= width:
            used += columns_of(rest[at])
            at += 1
        space = rest.rfind(" ", max(0, at - 20), at + 1)
        if rest[at - 1].isascii() and rest[at].isascii() and space > 0:
            at = space
        yield rest[:at]
        rest = rest[at:].lstrip()
