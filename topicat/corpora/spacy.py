"""spaCy's text categories: JSON Lines of ``text`` and ``cats``, a number from 0 to 1 for each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from topicat.corpora.format import Files, Options
from topicat.corpora.meta import all_labels, json_lines, meta_of, with_meta
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.reading import json_rows
from topicat.seeds import Example


def write(examples: Sequence[Example], options: Options) -> Files:
    """A row for each example, with every label that occurs."""
    labels = all_labels(examples)
    rows = []
    for example in examples:
        row: dict[str, Any] = {
            "text": example.text,
            "cats": {label: float(label in example.labels) for label in labels},
        }
        if meta := meta_of(example):
            row["meta"] = meta
        rows.append(row)
    return {"": json_lines(rows)}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The texts, each with the labels of at least one half.

    Raises
    ------
    SeedsError
        If a row has no text or no ``cats``.
    """
    examples: list[Example] = []
    for number, row in json_rows(name, files[""]):
        place = f"{name}:{number}"
        cats = row.pop("cats", None)
        if not isinstance(cats, dict) or not all(isinstance(value, (int, float)) for value in cats.values()):
            raise SeedsError(f"{place}: no 'cats'; it is an object of labels with numbers, as in {{\"energy\": 1.0}}")
        meta = row.pop("meta", None)
        fields = {**row, **(meta if isinstance(meta, dict) else {})}
        examples.append(
            with_meta(row.get("text"), [label for label, value in cats.items() if value >= 0.5], fields, place)
        )
    if not examples:
        raise SeedsError(f"{name}: no row")
    return examples, []
