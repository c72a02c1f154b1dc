"""`Agreement`: how far two coders agree on the paragraphs that both labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topicat.taxonomy import Taxonomy
from topicat.workbench.labels_file import Row, key_of


@dataclass(frozen=True)
class Agreement:
    """Of one coder with another.

    Attributes
    ----------
    coder, other
        Their names.
    n
        Paragraphs that both labelled.
    same
        Those with the same labels.
    kappa
        Cohen's kappa of each topic that either gave; None where chance alone agrees as well.
    mean
        Its mean over those topics; None without any.
    differ
        Keys of the paragraphs to settle.
    """

    coder: str
    other: str
    n: int
    same: int
    kappa: Mapping[str, float | None]
    mean: float | None
    differ: tuple[str, ...]


def agreements(rows: Sequence[Row], coder: str, taxonomy: Taxonomy) -> list[Agreement]:
    """Of `coder` with every other coder in `rows`; a subtopic counts for the topics above it too."""
    labels: dict[str, dict[str, frozenset[str]]] = {}
    for row in rows:
        labels.setdefault(row.get("coder", ""), {})[key_of(row["text"])] = taxonomy.expand(row["labels"])
    own = labels.pop(coder, {})
    return [_agreement(coder, name, own, theirs, taxonomy) for name, theirs in labels.items() if own.keys() & theirs]


def _agreement(
    coder: str,
    other: str,
    own: Mapping[str, frozenset[str]],
    theirs: Mapping[str, frozenset[str]],
    taxonomy: Taxonomy,
) -> Agreement:
    both = [key for key in own if key in theirs]
    given = set().union(*(own[key] | theirs[key] for key in both))
    kappa = {
        topic: cohen([topic in own[key] for key in both], [topic in theirs[key] for key in both])
        for topic in taxonomy.paths
        if topic in given
    }
    known = [value for value in kappa.values() if value is not None]
    differ = tuple(key for key in both if own[key] != theirs[key])
    mean = sum(known) / len(known) if known else None
    return Agreement(coder, other, len(both), len(both) - len(differ), kappa, mean, differ)


def cohen(one: Sequence[bool], other: Sequence[bool]) -> float | None:
    """Cohen's kappa: agreement beyond chance; 1 is perfect, 0 is chance. None if chance always agrees.

    Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960.

    >>> cohen([True, True, False, False], [True, False, False, False])
    0.5
    """
    n = len(one)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    p, q = sum(one) / n, sum(other) / n
    chance = p * q + (1 - p) * (1 - q)
    return None if chance == 1 else (observed - chance) / (1 - chance)
