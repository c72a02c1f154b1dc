"""Looking terms up by their hash."""

from __future__ import annotations

import numpy as np
import pytest

from topicat import vocabulary
from topicat.vocabulary import Vocabulary


@pytest.mark.parametrize("few", [0, 1 << 60])
@pytest.mark.parametrize("size", [0, 1, 2, 1000])
def test_lookup_is_a_binary_search(monkeypatch: pytest.MonkeyPatch, size: int, few: int) -> None:
    """With the index and without: every term at its column, no other term found, the ends included."""
    monkeypatch.setattr(vocabulary, "_FEW", few)
    rng = np.random.default_rng(size)
    ends = [np.array([0, (1 << 64) - 1], np.uint64)] * (size > 1)
    known = Vocabulary.of([rng.integers(0, 1 << 64, size, np.uint64), *ends])
    strange = rng.integers(0, 1 << 64, 2000, np.uint64)
    asked = np.concatenate([strange, known.hashes, np.array([0, 1, (1 << 64) - 1], np.uint64)])
    column, here = known.lookup(asked)
    assert here.tolist() == np.isin(asked, known.hashes).tolist()
    assert known.hashes[column[here]].tolist() == asked[here].tolist()
    assert known.holds(asked).tolist() == here.tolist()


def test_hashes_that_share_their_leading_bits() -> None:
    """The index leads to the first of them; the search goes on from there."""
    known = Vocabulary(np.arange(10_000, dtype=np.uint64))
    column, here = known.lookup(np.arange(30_000, dtype=np.uint64)[::-1])
    assert here.sum() == 10_000
    assert column[here].tolist() == list(range(10_000))[::-1]
