"""The terms that a model knows, as hashes, and the column of each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_FEW = 20_000
"""For fewer lookups than this a binary search is sooner done than the index is built."""


class Vocabulary:
    """Sorted 64-bit hashes; a term's place among them is its column.

    >>> known = Vocabulary(np.array([3, 7], np.uint64))
    >>> known.lookup(np.array([7, 5], np.uint64))
    (array([1, 1]), array([ True, False]))
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self.hashes = hashes

    @classmethod
    def of(cls, hashes: Iterable[NDArray[np.uint64]]) -> Vocabulary:
        """The vocabulary of all the terms in some arrays, in any order and more than once."""
        return cls(np.unique(np.concatenate([np.zeros(0, np.uint64), *hashes])))

    def __len__(self) -> int:
        return len(self.hashes)

    def lookup(self, terms: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column of each of `terms` (of one that is not here: any), and whether it is here."""
        if not len(self.hashes):
            return np.zeros(len(terms), np.int64), np.zeros(len(terms), bool)
        if len(terms) < _FEW and "_index" not in self.__dict__:
            at = np.minimum(np.searchsorted(self.hashes, terms), len(self.hashes) - 1)
            return at, self.hashes[at] == terms
        shift, first = self._index
        at = first.take((terms >> shift).view(np.int64))
        found = self.hashes.take(at, mode="clip")
        # Hashes are spread evenly, so a step or two from where its leading bits begin a term is there or not at all.
        todo = np.flatnonzero(found < terms)
        while len(todo):
            at[todo] += 1
            now = self.hashes.take(at[todo], mode="clip")
            found[todo] = now
            todo = todo[(now < terms[todo]) & (at[todo] < len(self.hashes) - 1)]
        return np.minimum(at, len(self.hashes) - 1), found == terms

    def holds(self, terms: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether each of `terms` is here."""
        shift, bits = self._filter
        here: NDArray[np.bool_] = bits.take((terms >> shift).view(np.int64))
        maybe = np.flatnonzero(here)
        here[maybe] = self.lookup(terms[maybe])[1]
        return here

    @cached_property
    def _index(self) -> tuple[np.uint64, NDArray[np.int64]]:
        """How far to shift a hash for its leading bits, and for each value of those the first place to look."""
        bits = max(len(self.hashes) - 1, 1).bit_length() + 1
        shift = np.uint64(64 - bits)
        counts = np.bincount((self.hashes >> shift).astype(np.int64), minlength=1 << bits)
        return shift, np.cumsum(counts) - counts

    @cached_property
    def _filter(self) -> tuple[np.uint64, NDArray[np.bool_]]:
        """For each value of a hash's leading bits whether a term begins so: most terms of a text are told off by it."""
        bits = max(len(self.hashes) - 1, 1).bit_length() + 3
        shift = np.uint64(64 - bits)
        table = np.zeros(1 << bits, bool)
        table[(self.hashes >> shift).astype(np.int64)] = True
        return shift, table
