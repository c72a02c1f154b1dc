"""Training texts as rows: equal to the rows that prediction makes, whatever the batches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from topicat import encoding
from topicat.cues import Cues
from topicat.encoding import Memory, encode
from topicat.features import Extractor, Settings, Terms, han_words
from topicat.rows import weigh
from topicat.taxonomy import Taxonomy
from topicat.vocabulary import Vocabulary

TEXTS = ["苹果 and apples。梨子!", "", "果园里的苹果，苹果。", "A rake. Two rakes."]


def _encoded(garden: Taxonomy, min_df: int = 1) -> encoding.Encoded:
    return encode(TEXTS, Extractor(Settings(), Cues(garden)), min_df=min_df, idf_power=1.5, term_weights={"K": 2.0})


def test_rows_are_those_of_prediction(garden: Taxonomy) -> None:
    """Each text's row and its sentences' are what `weigh` makes of the occurrences."""
    encoded = _encoded(garden)
    terms = Extractor(Settings(), Cues(garden))(TEXTS)
    column, known = Vocabulary(encoded.vocabulary).lookup(terms.hash)
    assert known.all()
    owner = terms.text_of_sentence
    expected = weigh(owner[terms.sentence], column, len(TEXTS), encoded.idf)
    rows, sentences, of = encoded.part(np.arange(len(TEXTS)))
    np.testing.assert_array_equal(rows.indptr, expected.indptr)
    np.testing.assert_array_equal(rows.columns, expected.columns)
    np.testing.assert_array_equal(rows.values, expected.values)
    np.testing.assert_array_equal(of, owner)
    np.testing.assert_array_equal(sentences.values, weigh(terms.sentence, column, len(owner), encoded.idf).values)


def test_batches_change_nothing(garden: Taxonomy, monkeypatch: pytest.MonkeyPatch) -> None:
    """One text at a time gives what all at once give."""
    whole = _encoded(garden, min_df=2)
    monkeypatch.setattr(encoding, "_BATCH", 1)
    single = _encoded(garden, min_df=2)
    assert whole.names == single.names
    for name in ("vocabulary", "idf", "first", "script"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(single, name))
    np.testing.assert_array_equal(whole.rows.values, single.rows.values)
    np.testing.assert_array_equal(whole.sentences.times, single.sentences.times)


def test_rare_terms_go(garden: Taxonomy) -> None:
    """`min_df` counts texts, not occurrences; a word of two texts stays and one of a single text goes."""
    names = _encoded(garden, min_df=2).names
    assert "c:苹" in names
    assert "c:园" not in names


def test_a_part_is_numbered_anew(garden: Taxonomy) -> None:
    """Some texts' sentences belong to their places among the chosen."""
    encoded = _encoded(garden)
    rows, sentences, owner = encoded.part(np.array([3, 0]))
    assert len(rows) == 2
    assert owner.tolist() == sorted(owner.tolist())
    np.testing.assert_array_equal(rows.columns[: rows.indptr[1]], encoded.rows.take(np.array([3])).columns)
    assert len(sentences) == len(owner) == 4


def _read(texts: list[str], extractor: Extractor, memory: Memory | None = None) -> encoding.Encoded:
    return encode(texts, extractor, min_df=1, idf_power=1.5, term_weights={"K": 2.0}, memory=memory)


class _Characters:
    """Cuts a run of Han characters into threes."""

    def __call__(self, text: str) -> list[str]:
        return [line[i : i + 3] for line in text.split("\n") for i in range(0, len(line), 3)]


@pytest.mark.parametrize("foreseen", [[], TEXTS])
def test_a_memory_changes_nothing(garden: Taxonomy, foreseen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether texts were read before, with fewer or with more Han words, their rows are the same, and so are names."""
    read: list[str] = []
    extract = Extractor.__call__

    def reading(self: Extractor, texts: Sequence[str]) -> Terms:
        read.extend(texts)
        return extract(self, texts)

    monkeypatch.setattr(Extractor, "__call__", reading)
    memory = Memory(foreseen)
    for texts in (TEXTS[:2], TEXTS, TEXTS[::-1], TEXTS[:3]):
        words = han_words(texts, [], _Characters(), Settings())
        extractor = Extractor(Settings(), Cues(garden), words)
        memory.prepare(extractor, _Characters())
        read.clear()
        known = _read(texts, extractor, memory)
        new = list(read)
        fresh = _read(texts, extractor)
        assert known.names == fresh.names
        for name in ("vocabulary", "idf", "first", "script"):
            np.testing.assert_array_equal(getattr(known, name), getattr(fresh, name))
        np.testing.assert_array_equal(known.rows.values, fresh.rows.values)
        np.testing.assert_array_equal(known.sentences.columns, fresh.sentences.columns)
    assert new == []


def test_a_memory_is_of_one_taxonomy(garden: Taxonomy) -> None:
    """The terms of another taxonomy's keywords are read anew."""
    memory = Memory()
    other = Taxonomy.from_dict({"taxonomy": "other", "topics": {"a": {"keywords": {"zh": ["果园"]}}}})
    for taxonomy in (garden, other):
        extractor = Extractor(Settings(), Cues(taxonomy))
        memory.prepare(extractor, None)
        assert _read(TEXTS, extractor, memory).names == _read(TEXTS, extractor).names
