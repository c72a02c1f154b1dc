"""Hashes of spans."""

from __future__ import annotations

import numpy as np

from topicat.features import KINDS, hash_terms
from topicat.folding import codes_of
from topicat.hashing import gram_hashes, prefix_sums, span_hashes


def test_a_hash_depends_on_the_span_alone() -> None:
    """Not on where it stands; the two ways to compute it agree."""
    text = "天然气和天然气"
    sums = prefix_sums(codes_of(text))
    starts = np.array([0, 4])
    spans = span_hashes(sums, starts, starts + 3, np.uint64(2))
    assert spans[0] == spans[1]
    assert gram_hashes(sums, starts, 3, 2).tolist() == spans.tolist()
    assert len(set(gram_hashes(sums, np.arange(4), 3, 2).tolist())) == 4


def test_no_kind_passes_for_another_character() -> None:
    """Every two characters of a stretch of the alphabet, in every kind: all their hashes differ."""
    block = [chr(0x6C34 + i) for i in range(400)]
    terms = [(kind, first + second) for kind in KINDS for first in "水古" for second in block]
    terms += [(kind, character) for kind in KINDS for character in block]
    assert len(np.unique(hash_terms(terms))) == len(terms)
