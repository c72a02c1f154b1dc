"""Columns of pandas and polars in, frames of the same library out; neither is imported here unless it is in use."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from topicat.errors import UsageError

if TYPE_CHECKING:
    from typing import TypeGuard


class Column(Protocol):
    """A pandas or polars Series."""

    @property
    def name(self) -> Any: ...
    def __len__(self) -> int: ...


class Labelled(Protocol):
    """What a frame holds of each text."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def topics(self) -> Sequence[Any]: ...
    @property
    def probabilities(self) -> Mapping[str, float]: ...


def is_column(texts: object) -> TypeGuard[Column]:
    """Whether `texts` is a column of pandas or polars.

    Raises
    ------
    UsageError
        If it is a whole frame.
    """
    library, kind = _library(texts), type(texts).__name__
    if library and kind in ("DataFrame", "LazyFrame"):
        raise UsageError(f"predict takes a column of texts, found a {library} {kind}; give one column: frame['text']")
    return bool(library) and kind == "Series"


def texts_of(column: Column) -> list[str]:
    """The texts of `column`.

    Raises
    ------
    UsageError
        If one is missing or no string; the message names its row, from 0, and the way out.
    """
    values: list[Any] = list(column)  # type: ignore[call-overload]  # a Series iterates, but not by a method it names
    for row, value in enumerate(values):
        if not isinstance(value, str):
            fill = "fill_null('')" if _library(column) == "polars" else "fillna('')"
            cast = "cast(polars.String)" if _library(column) == "polars" else "astype(str)"
            missing = value is None or value != value or type(value).__name__ == "NAType"  # NaN is not itself
            raise UsageError(
                f"column '{column.name}', row {row}: "
                + (f"no text; fill the gaps with .{fill}" if missing else f"{value!r:.40} is no text; use .{cast}")
            )
    return values


def frame_of(column: Column, predictions: Sequence[Labelled], topics: Sequence[str], evidence: bool) -> Any:
    """A frame of `column`'s library with a row for each prediction, in the order (and with the index) of `column`.

    Columns: ``topics``, a list of the assigned paths, best first; ``p_TOPIC`` for each of `topics`, those at the top;
    with `evidence`, ``evidence``, a list of ``{"topic", "text", "start", "end", "weight"}``.
    """
    library = importlib.import_module(_library(column))
    data: dict[str, Any] = {"topics": [list(p.labels) for p in predictions]}
    data |= {f"p_{topic}": [p.probabilities[topic] for p in predictions] for topic in topics}
    if evidence:
        data["evidence"] = [
            [
                {"topic": s.topic, "text": e.text, "start": e.start, "end": e.end, "weight": e.weight}
                for s in p.topics
                for e in s.evidence
            ]
            for p in predictions
        ]
    if library.__name__ == "pandas":
        return library.DataFrame(data, index=column.index)  # type: ignore[attr-defined]
    schema: dict[str, Any] = {"topics": library.List(library.String)}
    schema |= {f"p_{topic}": library.Float64 for topic in topics}
    if evidence:
        text, number = library.String, library.Int64
        fields = {"topic": text, "text": text, "start": number, "end": number, "weight": library.Float64}
        schema["evidence"] = library.List(library.Struct(fields))
    return library.DataFrame(data, schema=schema)


def _library(value: object) -> str:
    """``pandas`` or ``polars`` if `value` is one of theirs, else nothing."""
    name = type(value).__module__.partition(".")[0]
    return name if name in ("pandas", "polars") else ""
