"""Where a format has one place for all that is neither text nor label: language, id, group and other fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from topicat.seeds import Example, example_of


def meta_of(example: Example) -> dict[str, Any]:
    """Language, id and group of `example`, where it has them, and its other fields."""
    known = {"id": example.id, "lang": example.lang, "group": example.group}
    return {**{key: value for key, value in known.items() if value}, **dict(example.extra)}


def with_meta(text: object, labels: Iterable[str], meta: Mapping[str, Any], place: str) -> Example:
    """The inverse of `meta_of`; raises SeedsError if there is no text."""
    fields = {key: value for key, value in meta.items() if key not in ("text", "label", "labels")}
    return example_of({**fields, "text": text, "labels": list(labels)}, place)


def all_labels(examples: Iterable[Example]) -> list[str]:
    """Every label that occurs, sorted."""
    return sorted({label for example in examples for label in example.labels})


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """One object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
