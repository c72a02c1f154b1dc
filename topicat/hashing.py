"""Hashes of spans of text, for a whole batch at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_KIND = 0xD6E8FEB86659FD93
"""Not the base: with it a kind would pass for a difference between second characters."""


def prefix_sums(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Sums of code point times power of the base, modulo 2**64; the hash of any span is a difference of two."""
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes.astype(np.uint64) * _Table.powers.first(len(codes)), out=sums[1:])
    return sums


def span_hashes(
    sums: NDArray[np.uint64], start: NDArray[np.int64], end: NDArray[np.int64], kind: NDArray[np.uint64] | np.uint64
) -> NDArray[np.uint64]:
    """The hash of each span, its kind and length included, from the prefix sums of its text.

    Polynomial hashes (Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987), finished by
    SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    """
    length = (end - start).astype(np.uint64)
    x: NDArray[np.uint64] = sums[end] - sums[start]
    x *= _Table.inverses.first(len(sums))[start]
    x += (kind * np.uint64(64) + length + np.uint64(1)) * np.uint64(_KIND)
    return _finished(x)


def gram_hashes(sums: NDArray[np.uint64], start: NDArray[np.int64], length: int, kind: int) -> NDArray[np.uint64]:
    """As `span_hashes` of spans that are all of one length."""
    x: NDArray[np.uint64] = sums[length:] - sums[:-length]
    x *= _Table.inverses.first(len(x))
    x = x[start]
    x += np.uint64((kind * 64 + length + 1) * _KIND % (1 << 64))
    return _finished(x)


def _finished(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


class _Table:
    """1, ratio, ratio², … modulo 2**64, as far as they were asked for."""

    powers: _Table
    inverses: _Table

    def __init__(self, ratio: np.uint64) -> None:
        self._ratio = ratio
        self._values: NDArray[Any] = np.ones(1, np.uint64)

    def first(self, n: int) -> NDArray[np.uint64]:
        # Read once: another thread may put a longer table in its place at any moment.
        values = self._values
        if len(values) < n:
            steps = np.full(1 << max(16, (n - 1).bit_length()), self._ratio, dtype=np.uint64)
            steps[0] = 1
            values = self._values = np.multiply.accumulate(steps)
        return values[:n]


_Table.powers = _Table(_BASE)
_Table.inverses = _Table(_INVERSE)
