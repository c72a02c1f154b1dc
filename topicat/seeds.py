"""`Example`: a labelled text; reading examples and checking them against a taxonomy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from topicat.errors import SeedsError, TaxonomyError
from topicat.folding import fold
from topicat.reading import csv_rows, decode, json_rows, load_bytes
from topicat.taxonomy import Taxonomy

_SEPARATOR = re.compile(r"[;|]")


@dataclass(frozen=True)
class Example:
    """A text with the labels that a person gave it.

    Attributes
    ----------
    labels
        Topic paths; empty means that the text has no topic.
    group
        Texts of one group (an article) never straddle a fold; empty for a group of its own.
    weight
        How much it counts in training; 1 is usual.
    place
        File and line, for messages.
    extra
        Every other field of the row.
    """

    text: str
    labels: tuple[str, ...] = ()
    lang: str = ""
    id: str = ""
    group: str = ""
    weight: float = 1.0
    place: str = ""
    extra: tuple[tuple[str, Any], ...] = ()


def read_seeds(path: str | Path, weight: float = 1.0) -> list[Example]:
    """The examples in a JSON Lines (``.jsonl``, also ``.gz``) or CSV file.

    Raises
    ------
    ReadingError
        If the file cannot be read.
    SeedsError
        If a row has no text, or labels that are no list of words; the message names file and line.
    """
    ending, data = load_bytes(Path(path))
    return parse_seeds(decode(data, str(path)), str(path), ending, weight)


def parse_seeds(text: str, name: str, ending: str = ".jsonl", weight: float = 1.0) -> list[Example]:
    """The examples in `text`, which is CSV or TSV if `ending` says so, else JSON Lines; raises SeedsError."""
    examples: list[Example] = []
    if ending in (".csv", ".tsv"):
        for number, cells in csv_rows(name, text):
            labels: Any = cells.get("labels", cells.get("label", ""))
            row: dict[str, Any] = {**cells, "labels": [p.strip() for p in _SEPARATOR.split(labels) if p.strip()]}
            row.pop("label", None)
            examples.append(example_of(row, f"{name}:{number + 1}", weight))
    else:
        examples.extend(example_of(row, f"{name}:{number}", weight) for number, row in json_rows(name, text))
    if not examples:
        raise SeedsError(f'{name}: no examples; each line is an object like {{"text": …, "labels": […]}}')
    return examples


def example_of(row: dict[str, Any], place: str, weight: float = 1.0) -> Example:
    """The example in a row with ``text`` and ``labels``; raises SeedsError if it has not both, naming `place`."""
    text = row.get("text")
    if not isinstance(text, str):
        raise SeedsError(
            f"{place}: no 'text' (it has: {', '.join(map(str, row)) or 'nothing'}); each example needs one"
        )
    if not text.strip():
        raise SeedsError(f"{place}: 'text' is empty; remove the line or write the text")
    if "labels" not in row and "label" not in row:
        raise SeedsError(f"{place}: no 'labels'; write \"labels\": [] for a text without a topic")
    labels = row["labels"] if "labels" in row else row["label"]
    if isinstance(labels, str):
        labels = [labels] if labels else []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise SeedsError(
            f"{place}: 'labels' must be a list of topic paths as in [\"energy.gas\"], found {labels!r:.80}"
        )
    known = ("text", "labels", "label", "lang", "id", "group")
    return Example(
        text=text,
        labels=tuple(dict.fromkeys(labels)),
        lang=_word(row, "lang"),
        id=_word(row, "id"),
        group=_word(row, "group"),
        weight=weight,
        place=place,
        extra=tuple((key, value) for key, value in row.items() if key not in known),
    )


def _word(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def check_labels(examples: Iterable[Example], taxonomy: Taxonomy) -> list[Example]:
    """The examples with their labels as paths, if `taxonomy` has every one, by path or by a topic's label.

    Raises
    ------
    SeedsError
        Naming up to ten unknown labels, each with its place and the nearest label there is.
    """
    examples = list(examples)
    known: dict[str, str] = {}
    problems: dict[str, str] = {}
    for example in examples:
        for label in example.labels:
            if label in known or label in problems:
                continue
            try:
                known[label] = taxonomy.resolve(label)
            except TaxonomyError:
                problems[label] = (
                    f"{example.place}: {taxonomy.unknown(label)}" if example.place else taxonomy.unknown(label)
                )
    if problems:
        lines = list(problems.values())
        more = f"\nand {len(lines) - 10} more unknown labels" if len(lines) > 10 else ""
        raise SeedsError("\n".join(lines[:10]) + more)
    examples = [replace(e, labels=tuple(dict.fromkeys(known[label] for label in e.labels))) for e in examples]
    if taxonomy.exclusive:
        for example in examples:
            if len({label.split(".")[0] for label in example.labels}) != 1:
                raise SeedsError(
                    f"{example.place}: taxonomy '{taxonomy.id}' is exclusive, so each example has one topic; "
                    f"found {list(example.labels)}"
                )
    return examples


def near_duplicates(texts: Sequence[str], share: float = 0.5) -> list[tuple[int, int, float]]:
    """Pairs of texts of which the smaller shares at least `share` of its 4-grams with the other.

    Returns
    -------
    list of (int, int, float)
        Index, earlier index, share; in the order of the texts.
    """
    index: dict[str, list[int]] = {}
    sizes: list[int] = []
    pairs = []
    for number, text in enumerate(texts):
        plain = "".join(c for c in fold(text) if c.isalnum())
        grams = {plain[i : i + 4] for i in range(max(1, len(plain) - 3))}
        counts: dict[int, int] = {}
        for gram in grams:
            seen = index.setdefault(gram, [])
            for other in seen:
                counts[other] = counts.get(other, 0) + 1
            seen.append(number)
        for other, common in counts.items():
            part = common / max(1, min(len(grams), sizes[other]))
            if part >= share:
                pairs.append((number, other, part))
        sizes.append(len(grams))
    return pairs


def fingerprint(examples: Sequence[Example]) -> str:
    """SHA-256 over texts, labels, groups and weights, in order (64 hexadecimal digits)."""
    digest = hashlib.sha256()
    for e in examples:
        digest.update(repr((e.text, e.labels, e.lang, e.group, e.weight)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
