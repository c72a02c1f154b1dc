"""Records of `predict` read back: documents, and what is refused."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from topicat.errors import ReadingError
from topicat.labelled import read_labelled


def record(document: str = "a.txt", paragraph: object = 1, **more: Any) -> dict[str, Any]:
    """A record of `predict`."""
    topics = [{"topic": t, "probability": 0.9} for t in more.pop("topics", ["energy", "energy.gas"])]
    base = {"document": document, "date": "2025-11-15", "paragraph": paragraph, "text": f"{document} {paragraph}"}
    return base | {"topics": topics, "probabilities": {"energy": 0.9, "water": 0.1}} | more


def written(folder: Path, *rows: object, name: str = "p.jsonl") -> Path:
    """A file of those rows."""
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_records_become_documents(tmp_path: Path) -> None:
    """Paragraphs in order, topics counted, the date a date, the model's topics known."""
    path = written(tmp_path, record(paragraph=2, topics=[]), record(), record("b.txt", date=None))
    corpus = read_labelled([path])
    assert corpus.topics == ("energy", "water")
    first, second = corpus.documents
    assert (first.name, first.date, first.file) == ("a.txt", datetime.date(2025, 11, 15), str(path))
    assert [p.number for p in first.paragraphs] == [1, 2]
    assert first.topics == {"energy": 1, "energy.gas": 1}
    assert second.date is None


def test_rows_of_two_tables_may_share_a_name(tmp_path: Path) -> None:
    """Where a number returns with another text, another document begins; so in another file."""
    one = written(tmp_path, record("1", text="a"), record("1", text="b"))
    two = written(tmp_path, record("1", text="c"), name="q.jsonl")
    assert [d.paragraphs[0].text for d in read_labelled([one, two]).documents] == ["a", "b", "c"]


def test_records_without_probabilities_or_text(tmp_path: Path) -> None:
    """Cut-down records still count; the topics are those seen."""
    row = record()
    del row["probabilities"], row["text"]
    corpus = read_labelled([written(tmp_path, row)])
    assert corpus.topics == ("energy",)
    assert corpus.documents[0].paragraphs[0].text == ""


BAD: dict[str, tuple[list[object], str]] = {
    "no record": (
        [{"text": "a"}],
        "p.jsonl:1: no record of predictions: no 'document'; write them with topicat predict",
    ),
    "seeds": ([{"text": "a", "labels": []}], "no 'document'"),
    "a number that is none": ([record(paragraph="1")], "'paragraph' must be a number, found '1'"),
    "topics that are no list": ([{**record(), "topics": "energy"}], "'topics' must be a list, found 'energy'"),
    "a topic that is none": ([{**record(), "topics": ["energy"]}], "each of 'topics' must be like"),
    "a probability over 1": ([{**record(), "topics": [{"topic": "a", "probability": 2}]}], "each of 'topics' must be"),
    "a date that is none": ([record(date="15.11.2025")], "'date' must be like 2025-11-15 or null, found '15.11.2025'"),
    "a date that is a number": ([record(date=20251115)], "'date' must be like 2025-11-15 or null, found 20251115"),
    "two dates": ([record(), record(paragraph=2, date=None)], "document 'a.txt' is of no date here, but of 2025-11-15"),
    "twice the same": ([record(), record()], "p.jsonl:2: paragraph 1 of 'a.txt' stands in"),
    "two models": ([record(), record("b", probabilities={"fruit": 0.1})], "p.jsonl:2: a record of topics fruit, but"),
    "no object": ([[1]], "expected an object"),
}


@pytest.mark.parametrize(("rows", "words"), BAD.values(), ids=BAD.keys())
def test_bad_records_are_named(tmp_path: Path, rows: list[object], words: str) -> None:
    """File, line, what is wrong, and the way out."""
    with pytest.raises(ReadingError) as caught:
        read_labelled([written(tmp_path, *rows)])
    assert words in str(caught.value)


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    """Counting everything twice would look like a larger sample."""
    path = written(tmp_path, record())
    with pytest.raises(ReadingError, match="each file once"):
        read_labelled([path, path])
