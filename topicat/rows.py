"""Sparse rows of numbers: the TF-IDF rows of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """Sparse rows: ``columns[indptr[i]:indptr[i + 1]]`` and the same of `values` are row i's entries."""

    indptr: NDArray[np.int64]
    columns: NDArray[np.int64]
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
        for topic in range(weights.shape[1]):
            products = self.values * weights[:, topic][self.columns]
            out[full, topic] = np.add.reduceat(products, starts)
        return out

    def take(self, rows: NDArray[np.int64]) -> Rows:
        """Only the rows of those numbers, in that order."""
        counts = np.diff(self.indptr)[rows]
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        at = np.repeat(self.indptr[rows] - indptr[:-1], counts) + np.arange(indptr[-1])
        return Rows(indptr, self.columns[at], self.values[at])

    def select(self, places: NDArray[np.int32]) -> Rows:
        """Only some columns, renumbered: column c becomes ``places[c]``, or goes if that is negative."""
        at = places[self.columns]
        keep = at >= 0
        kept = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
        return Rows(kept[self.indptr], at[keep].astype(np.int64), self.values[keep])


def weigh(unit: NDArray[np.int64], column: NDArray[np.int64], n_units: int, idf: NDArray[np.floating[Any]]) -> Rows:
    """TF-IDF rows of units from the unit and column of every occurrence.

    A row is ``(1 + ln tf) · idf`` of its terms under one L2 norm (Salton and Buckley, "Term-weighting approaches in
    automatic text retrieval", 1988).

    >>> weigh(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, np.array([1.0, 2.0])).values
    array([1., 1.])
    """
    n_columns = max(len(idf), 1)
    key = np.sort(unit * n_columns + column)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    counts = np.diff(first, append=len(key))
    key = key[first]
    unit = key // n_columns
    column = key - unit * n_columns
    values = np.asarray(idf, dtype=np.float64)[column]
    several = np.flatnonzero(counts > 1)
    values[several] *= 1.0 + np.log(counts[several])
    norms = np.sqrt(np.bincount(unit, weights=values * values, minlength=n_units))
    values /= norms[unit]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=n_units))]).astype(np.int64)
    return Rows(indptr, column, values)
