"""One text's score taken apart."""

from __future__ import annotations

import numpy as np
import pytest

from topicat.cues import Cues
from topicat.explanation import Explainer
from topicat.features import Extractor, Settings
from topicat.plugins.tokenizers import rjieba
from topicat.rows import weigh
from topicat.taxonomy import Taxonomy

GAS = Taxonomy.from_dict({"taxonomy": "t", "topics": {"energy": {"keywords": {"zh": ["天然气"]}}}})
TEXT = "天然气来了。Oil, and gas"


@pytest.fixture
def explainer() -> Explainer:
    """`TEXT`, every term of it known, each with an idf of 1."""
    terms = Extractor(Settings(parts=(0, 0)), Cues(GAS))([TEXT])
    vocabulary, column = np.unique(terms.hash, return_inverse=True)
    idf = np.ones(len(vocabulary))
    return Explainer(
        text=TEXT,
        terms=terms,
        known=np.arange(len(terms.hash)),
        column=column,
        sentence=terms.sentence,
        row=weigh(0 * column, column, 1, idf),
        sentence_rows=weigh(terms.sentence, column, 2, idf),
        tokenizer=rjieba(),
    )


def test_cues_and_words_are_the_units_and_their_weights_add_up(explainer: Explainer) -> None:
    """A cue stays whole, Han words are the tokenizer's; marks and blanks add nothing."""
    evidence = explainer.evidence(np.ones(len(explainer.row.columns)), [(None, 1.0)])
    assert [e.text for e in evidence] == ["天然气", "来", "了", "Oil", "and", "gas"]
    assert all(TEXT[e.start : e.end] == e.text for e in evidence)
    assert sum(e.weight for e in evidence) == pytest.approx(explainer.row.values.sum())


def test_a_sentence_alone(explainer: Explainer) -> None:
    """Only its words count, with the values of its own row; two shares add up."""
    weights = np.ones(len(explainer.row.columns))
    second = explainer.evidence(weights, [(1, 1.0)])
    assert [e.text for e in second] == ["Oil", "and", "gas"]
    assert sum(e.weight for e in second) == pytest.approx(3 / np.sqrt(3))
    both = explainer.evidence(weights, [(None, 0.5), (1, 0.5)])
    whole = explainer.evidence(weights, [(None, 1.0)])
    total = (sum(e.weight for e in part) for part in (whole, second))
    assert sum(e.weight for e in both) == pytest.approx(sum(total) / 2)


def test_a_repeated_term_shares_its_value_among_its_places() -> None:
    """Two of the same word weigh alike, together the row's value."""
    text = "gas and gas"
    terms = Extractor(Settings(parts=(0, 0)), Cues(GAS))([text])
    vocabulary, column = np.unique(terms.hash, return_inverse=True)
    row = weigh(0 * column, column, 1, np.ones(len(vocabulary)))
    numbers = np.arange(len(column))
    explainer = Explainer(text, terms, numbers, column, terms.sentence, row, None, None)
    first, _, last = explainer.evidence(np.ones(len(vocabulary)), [(None, 1.0)])
    assert first.weight == pytest.approx(last.weight) == pytest.approx(row.values.max() / 2)
