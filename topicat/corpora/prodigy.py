"""Prodigy, text classification: JSON Lines with ``accept`` (several choices) or ``label`` (yes or no)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from topicat.corpora.format import Files, Options
from topicat.corpora.meta import all_labels, json_lines, meta_of, with_meta
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.reading import json_rows
from topicat.seeds import Example

_TECHNICAL = ("text", "options", "accept", "answer", "label", "meta", "config", "priority", "style")


def write(examples: Sequence[Example], options: Options) -> Files:
    """A task for each example, with all labels as choices; accepted, unless `options` say that people decide."""
    choices = [{"id": label, "text": label} for label in all_labels(examples)]
    rows = []
    for example in examples:
        row: dict[str, Any] = {"text": example.text, "options": choices, "accept": list(example.labels)}
        if meta := meta_of(example):
            row["meta"] = meta
        if not options.predictions:
            row["answer"] = "accept"
        rows.append(row)
    return {"": json_lines(rows)}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The accepted tasks; a text that was asked about one label at a time has those that were accepted.

    Raises
    ------
    SeedsError
        If a row has no text, or neither ``accept`` nor ``label``.
    """
    examples: list[Example] = []
    lost: list[Lost] = []
    asked: dict[str, list[str]] = {}
    for number, row in json_rows(name, files[""]):
        place = f"{name}:{number}"
        answer = row.get("answer", "accept")
        meta = {**(row["meta"] if isinstance(row.get("meta"), dict) else {})}
        meta |= {key: value for key, value in row.items() if key not in _TECHNICAL and not key.startswith("_")}
        if answer != "accept":
            lost.append(
                Lost(place, "answer", {"answer": answer, "label": row.get("label")}, why="only accepted ones count")
            )
        elif isinstance(accept := row.get("accept"), list):
            examples.append(with_meta(row.get("text"), [str(label) for label in accept], meta, place))
        elif isinstance(label := row.get("label"), str):
            example = with_meta(row.get("text"), [label], meta, place)
            if example.text in asked:
                asked[example.text].append(label)
            else:
                asked[example.text] = [label]
                examples.append(example)
        else:
            raise SeedsError(f"{place}: neither 'accept' nor 'label'; a Prodigy row has one of them")
    if not examples:
        raise SeedsError(f"{name}: no accepted row")
    return [_with(example, asked.get(example.text)) for example in examples], lost


def _with(example: Example, labels: list[str] | None) -> Example:
    more = [*example.labels, *(labels or ())]
    return with_meta(example.text, dict.fromkeys(more), meta_of(example), example.place)
