"""Terms and TF-IDF rows against plain Python and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from topicat.cues import Cues
from topicat.features import KINDS, Extractor, Settings, hash_terms, weigh
from topicat.plugins.tokenizers import rjieba
from topicat.taxonomy import Taxonomy

GAS = Taxonomy.from_dict(
    {
        "taxonomy": "t",
        "topics": {"energy": {"keywords": {"en": ["energ*"]}, "topics": {"gas": {"keywords": {"zh": ["天然气"]}}}}},
    }
)


def terms_of(text: str, **settings: object) -> list[str]:
    """All terms of one text, as kind and text, sorted."""
    extractor = Extractor(Settings(**settings), Cues(GAS), rjieba())  # type: ignore[arg-type]
    terms = extractor([text])
    return sorted(extractor.name(terms, i) for i in range(len(terms.hash)))


def test_han_text_gives_characters_pairs_words_and_cues() -> None:
    """Pairs do not cross punctuation; a cue adds its topic and the topic's parent."""
    assert terms_of("天然气，好") == sorted(
        ["c:天", "c:然", "c:气", "c:好", "c:天然", "c:然气", "w:天然气", "K:天然气", "T:energy", "T:energy.gas"]
    )


def test_alphabetic_text_gives_words_and_parts() -> None:
    """Parts carry the boundary of their word as an underscore."""
    assert terms_of("An oil", parts=(3, 3)) == sorted(["w:an", "w:oil", "b:_an", "b:an_", "b:_oi", "b:oil", "b:il_"])


def test_digits_alone_are_no_terms() -> None:
    """A text of digits and punctuation is silent; letters with digits are a word."""
    assert terms_of("2025, 17 %", parts=(0, 0)) == []
    assert terms_of("G20", parts=(0, 0)) == ["w:g20"]


def test_a_batch_gives_each_text_the_terms_it_has_alone() -> None:
    """Nothing leaks from a text to its neighbour, and sentences are counted over the batch."""
    texts = ["天然气。好！", "", "Energy. Oil", "12"]
    extractor = Extractor(Settings(), Cues(GAS), rjieba())
    batch = extractor(texts)
    owner = batch.text_of_sentence[batch.sentence]
    for number, text in enumerate(texts):
        alone = extractor([text])
        assert sorted(batch.hash[owner == number]) == sorted(alone.hash)
    assert batch.text_of_sentence.tolist() == [0, 0, 1, 2, 2, 3]


@given(st.lists(st.text(alphabet="天然气能源油abcd ,。. 2Ａё\U00020000", max_size=40), min_size=1, max_size=4))
def test_hashes_equal_those_of_the_terms_themselves(texts: list[str]) -> None:
    """The array arithmetic and `hash_terms` agree, and every span stands in its text."""
    extractor = Extractor(Settings(parts=(2, 4)), Cues(GAS), rjieba())
    terms = extractor(texts)
    for i in range(len(terms.hash)):
        kind, text = extractor.name(terms, i).split(":", 1)
        assert hash_terms([(kind, text.replace("_", " "))])[0] == terms.hash[i]
        assert 0 <= terms.start[i] < terms.end[i] <= len(terms.folded)
        assert kind == KINDS[terms.kind[i]]


def test_rows_are_those_of_scikit_learn() -> None:
    """Sublinear tf, smooth idf and L2 norm, as TfidfTransformer computes them."""
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 4, (6, 5))
    counts[counts.sum(axis=1) == 0, 0] = 1
    expected = TfidfTransformer(sublinear_tf=True).fit(counts)
    unit, column = np.nonzero(counts)
    repeated = np.repeat(np.arange(len(unit)), counts[unit, column])
    rows = weigh(unit[repeated], column[repeated], 6, expected.idf_)
    dense = np.zeros((6, 5))
    for i in range(6):
        s, e = rows.indptr[i], rows.indptr[i + 1]
        dense[i, rows.columns[s:e]] = rows.values[s:e]
    np.testing.assert_allclose(dense, expected.transform(counts).toarray(), atol=1e-12)
    weights = rng.normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(rows.dot(weights), dense @ weights, atol=1e-12)


def test_settings_survive_json() -> None:
    """`from_dict` undoes `to_dict`."""
    settings = Settings(parts=(2, 3), han_word=0)
    assert Settings.from_dict(settings.to_dict()) == settings
    with pytest.raises(TypeError):
        Settings.from_dict({**settings.to_dict(), "unknown": 1})
