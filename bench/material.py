"""Texts to measure on: from files given by path, else made from the bundled Chinese seeds."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""`text` and `labels`, as a line of a seeds file."""

SEEDS = Path(__file__).parents[1] / "seeds"
_SENTENCE = re.compile(r"[^。！？]+[。！？]*")


def rows_of(path: str | Path) -> list[Row]:
    """The rows of JSON Lines, gzipped or not; of other files each line that is not blank is a text."""
    path = Path(path)
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = [line for line in data.decode("utf-8").split("\n") if line.strip()]
    if ".jsonl" in path.name:
        return [json.loads(line) for line in lines]
    return [{"text": line.strip(), "labels": []} for line in lines]


def seeds(lang: str = "*") -> list[Row]:
    """The seeds of `policy`, with labels as they are: paths."""
    return [row for path in sorted(SEEDS.glob(f"policy.{lang}.jsonl")) for row in rows_of(path)]


def paragraphs(sources: Sequence[str], n: int) -> list[str]:
    """`n` paragraphs: those of `sources` over and over, or, without any, as many new ones mixed from the seeds."""
    if sources:
        own = [row["text"] for source in sources for row in rows_of(source)]
        return list(islice(cycle(own), n))
    return [row["text"] for row in mixed(seeds("zh"), n)]


def mixed(pool: Sequence[Row], n: int, seed: int = 0) -> list[Row]:
    """`n` rows, each of some sentences of one or two rows of `pool`, with the labels of both: texts with noise."""
    chance = random.Random(seed)
    cut = [(_SENTENCE.findall(row["text"]), row["labels"]) for row in pool]
    rows = []
    for _ in range(n):
        sentences: list[str] = []
        labels: dict[str, None] = {}
        for own, marks in chance.sample(cut, chance.choice((1, 2))):
            sentences += sorted(chance.sample(own, max(1, (2 * len(own) + 2) // 3)), key=own.index)
            labels.update(dict.fromkeys(marks))
        rows.append({"text": "".join(sentences), "labels": list(labels)})
    return rows


def labelled(source: str | None, n: int, topics: int) -> tuple[list[Row], list[Row]]:
    """`n` rows to train on and a quarter as many to test on, with the `topics` most frequent labels.

    No row of `source` (the Chinese seeds if it is None) has a part in both.
    """
    pool = rows_of(source) if source else seeds("zh")
    random.Random(1).shuffle(pool)
    most = {label for label, _ in Counter(label for row in pool for label in row["labels"]).most_common(topics)}
    pool = [{"text": row["text"], "labels": [label for label in row["labels"] if label in most]} for row in pool]
    fifth = len(pool) // 5
    return mixed(pool[fifth:], n), mixed(pool[:fifth], n // 4, seed=1)


def by_keyword(n: int, topics: int) -> tuple[list[Row], list[Row]]:
    """As `labelled`, with topics at will: a topic is a pair of characters, and the texts with that pair carry it."""
    train, test = labelled(None, n, 1)
    pairs = Counter(
        pair
        for row in train
        for pair in {row["text"][i : i + 2] for i in range(len(row["text"]) - 1)}
        if pair.isalpha()
    )
    # Pairs in every second text tell nothing; the most frequent of the others.
    chosen = [pair for pair, count in pairs.most_common() if count <= n // 20][:topics]
    for row in (*train, *test):
        row["labels"] = [pair for pair in chosen if pair in row["text"]]
    return train, test


def micro_f1(truth: Sequence[Sequence[str]], said: Sequence[Sequence[str]]) -> float:
    """Micro-F1 over labels."""
    hits = sum(len({*t} & {*s}) for t, s in zip(truth, said, strict=True))
    return 2 * hits / max(1, sum(map(len, truth)) + sum(map(len, said)))
