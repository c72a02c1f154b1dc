"""Sparse rows of numbers: the TF-IDF rows of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MANY = 16
"""With more topics than this a product is made row by row, not topic by topic: of 500 topics in a sixth of the time."""


@dataclass(frozen=True)
class Rows:
    """Sparse rows: ``columns[indptr[i]:indptr[i + 1]]`` and the same of `values` are row i's entries."""

    indptr: NDArray[np.int64]
    columns: NDArray[np.integer[Any]]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def dot(self, weights: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The product with `weights` of shape (columns, k): shape (rows, k)."""
        out = np.zeros((len(self), weights.shape[1]))
        if not len(self.columns):
            return out
        full = np.flatnonzero(np.diff(self.indptr))
        starts = self.indptr[:-1][full]
        if weights.shape[1] > _MANY:
            for row, begin, end in zip(full.tolist(), starts.tolist(), self.indptr[1:][full].tolist(), strict=True):
                own = weights.take(self.columns[begin:end], axis=0)
                out[row] = np.einsum("i,ij->j", self.values[begin:end], own)
            return out
        for topic in range(weights.shape[1]):
            products = self.values * weights[:, topic][self.columns]
            out[full, topic] = np.add.reduceat(products, starts)
        return out

    def take(self, rows: NDArray[np.int64]) -> Rows:
        """Only the rows of those numbers, in that order."""
        indptr, at = _taken(self.indptr, rows)
        return Rows(indptr, self.columns[at], self.values[at])

    def select(self, places: NDArray[np.int32]) -> Rows:
        """Only some columns, renumbered: column c becomes ``places[c]``, or goes if that is negative."""
        indptr, keep, columns = _selected(self.indptr, self.columns, places)
        return Rows(indptr, columns, self.values[keep])


@dataclass(frozen=True)
class Counts:
    """Sparse rows, as `Rows`, of how often a term stands in a unit; columns ascend within a row."""

    indptr: NDArray[np.int64]
    columns: NDArray[np.integer[Any]]
    times: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @classmethod
    def joined(cls, parts: Sequence[Counts]) -> Counts:
        """The rows of all the parts, one after the other."""
        lengths = np.concatenate([np.diff(part.indptr) for part in parts])
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(indptr, np.concatenate([p.columns for p in parts]), np.concatenate([p.times for p in parts]))

    def take(self, rows: NDArray[np.int64]) -> Counts:
        """Only the rows of those numbers, in that order."""
        indptr, at = _taken(self.indptr, rows)
        return Counts(indptr, self.columns[at], self.times[at])

    def select(self, places: NDArray[np.int32]) -> Counts:
        """As `Rows.select`; `places` must keep the order of the columns."""
        indptr, keep, columns = _selected(self.indptr, self.columns, places)
        return Counts(indptr, columns, self.times[keep])

    def weighed(self, idf: NDArray[np.floating[Any]]) -> Rows:
        """TF-IDF rows: ``(1 + ln tf) · idf`` of a row's terms under one L2 norm.

        Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
        """
        values = np.asarray(idf, dtype=np.float64)[self.columns]
        several = np.flatnonzero(self.times > 1)
        values[several] *= 1.0 + np.log(self.times[several])
        unit = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        norms = np.sqrt(np.bincount(unit, weights=values * values, minlength=len(self)))
        values /= norms[unit]
        return Rows(self.indptr, self.columns, values)


def count(unit: NDArray[np.int64], column: NDArray[np.int64], n_units: int, n_columns: int) -> Counts:
    """How often each column stands in each unit, from the unit and column of every occurrence.

    >>> count(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, 2).times
    array([2, 1], dtype=int32)
    """
    n_columns = max(n_columns, 1)
    key = np.sort(unit * n_columns + column)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    times = np.diff(first, append=len(key)).astype(np.int32)
    key = key[first]
    unit = key // n_columns
    indptr = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=n_units))]).astype(np.int64)
    return Counts(indptr, key - unit * n_columns, times)


def weigh(unit: NDArray[np.int64], column: NDArray[np.int64], n_units: int, idf: NDArray[np.floating[Any]]) -> Rows:
    """TF-IDF rows of units from the unit and column of every occurrence; see `Counts.weighed`.

    >>> weigh(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, np.array([1.0, 2.0])).values
    array([1., 1.])
    """
    return count(unit, column, n_units, len(idf)).weighed(idf)


def _taken(indptr: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The new `indptr`, and the places of the entries, where only some rows are taken."""
    counts = np.diff(indptr)[rows]
    taken = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return taken, np.repeat(indptr[rows] - taken[:-1], counts) + np.arange(taken[-1])


def _selected(
    indptr: NDArray[np.int64], columns: NDArray[Any], places: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int32]]:
    """The new `indptr`, which entries stay, and their new columns, where only some columns are taken."""
    at = places[columns]
    keep = at >= 0
    kept = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
    return kept[indptr], keep, at[keep]
