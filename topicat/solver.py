"""`fit_logistic`: logistic regressions of all topics at once, where so many are the texts that one by one is slow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

_F = NDArray[np.float32]

_SETTLED = 0.15
"""Passes over the texts end with one that moves each topic's dual variables by less than this part of their sum."""
_PASSES = 100
_ROWS = 64
"""Texts whose dual variables are solved for together."""
TOPICS = 32
"""Topics fitted together. With more the BLAS would take several threads, on whose number no byte may depend."""
_STEPS = 30
"""Newton steps for a block, at most."""
_NEAR = 0.5
"""They end with one that is no longer than this, in log odds."""
_FAR = 1.5
"""None is longer than this: where a sigmoid is flat, it would lead astray."""


@dataclass(frozen=True)
class _Block:
    """Texts `rows`, in terms of only the `columns` that stand in them.

    `gram` holds the products of the texts, `common` is the mean product of two different ones, and `rest` bounds what
    is left of each text's: as a quadratic form, `gram` is at most ``common + diag(rest)``.
    """

    rows: slice
    columns: NDArray[np.int64]
    texts: scipy.sparse.csr_matrix
    gram: _F
    common: np.float32
    rest: _F


def fit_logistic(
    texts: scipy.sparse.csr_matrix, truth: NDArray[np.bool_], cost: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Weights, shape (terms, topics), and biases, shape (topics,), of a logistic regression for each topic.

    What is made small is, for each topic, half the squared length of weights and bias plus the sum of `cost` times the
    logistic loss: what liblinear's solvers 0 and 7 make small. Scores are off by a tenth or so of their standard
    deviation, more exact ones being no better for other texts (`docs/scale.md`).

    Parameters
    ----------
    texts
        Rows of length one or so, shape (texts, terms).
    truth
        Whether a text carries a topic, shape (texts, topics).
    cost
        Of an error, shape (texts, topics).

    Notes
    -----
    Source: Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum entropy models",
    Machine Learning 85, 2011, with blocks of texts in the place of single ones, and Newton's method in log odds in the
    place of theirs, for all topics side by side: the weights of a block's terms are gathered once for all topics.
    """
    order = np.random.default_rng(0).permutation(texts.shape[0])
    bias = np.ones((len(order), 1), np.float32)
    mixed = scipy.sparse.hstack([texts[order].astype(np.float32), bias], format="csr")
    blocks = _blocks(mixed)
    parts = []
    for begin in range(0, truth.shape[1], TOPICS):
        own = (order, slice(begin, begin + TOPICS))
        parts.append(_fit(mixed, blocks, truth[own], cost[own].astype(np.float32)))
    weights = np.concatenate(parts, axis=1)
    return weights[:-1], weights[-1].astype(np.float64)


def _blocks(texts: scipy.sparse.csr_matrix) -> list[_Block]:
    """All texts, in their order."""
    n, n_terms = texts.shape
    mark = np.zeros(n_terms, bool)
    place = np.zeros(n_terms, np.int32)
    blocks = []
    for begin in range(0, n, _ROWS):
        rows = slice(begin, min(begin + _ROWS, n))
        indptr = texts.indptr[begin : rows.stop + 1]
        part = slice(indptr[0], indptr[-1])
        mark[texts.indices[part]] = True
        columns = np.flatnonzero(mark)
        mark[columns] = False
        place[columns] = np.arange(len(columns))
        shape = (rows.stop - begin, len(columns))
        own = scipy.sparse.csr_matrix((texts.data[part], place[texts.indices[part]], indptr - indptr[0]), shape=shape)
        gram = (own @ own.T).toarray()
        common = (gram.sum() - gram.trace()) / max(len(gram) * (len(gram) - 1), 1)
        rest = np.abs(gram - common).sum(axis=1, keepdims=True)  # Gershgorin's circle theorem
        blocks.append(_Block(rows, columns, own, gram, np.float32(common), rest))
    return blocks


def _fit(texts: scipy.sparse.csr_matrix, blocks: list[_Block], truth: NDArray[np.bool_], cost: _F) -> _F:
    """Weights with the bias as the last of them, shape (terms + 1, topics)."""
    sign = np.where(truth, np.float32(1), np.float32(-1))
    dual = np.zeros(truth.shape, np.float32)  # with the sign of the truth
    odds = np.zeros(truth.shape, np.float32)  # of which `dual` is the sigmoid, times cost and sign
    weights = np.zeros((texts.shape[1], truth.shape[1]), np.float32)
    rng = np.random.default_rng(0)
    for number in range(_PASSES):
        moved, length = np.zeros((2, truth.shape[1]))
        for index in rng.permutation(len(blocks)):
            block = blocks[index]
            rows = block.rows
            own = weights.take(block.columns, axis=0)
            scores = block.texts @ own
            start = odds[rows] if number else np.clip(-scores, -5, 5)
            odds[rows], now = _solve(block, scores, sign[rows], cost[rows], start, dual[rows])
            change = now - dual[rows]
            moved += np.abs(change).sum(axis=0)
            length += np.abs(now).sum(axis=0)
            own += block.texts.T @ change
            weights[block.columns] = own
            dual[rows] = now
        if (moved <= _SETTLED * length).all():
            break
    weights[-1] += _shift(texts @ weights, weights[-1], sign, cost)
    return weights


def _solve(block: _Block, scores: _F, sign: _F, cost: _F, odds: _F, before: _F) -> tuple[_F, _F]:
    """The block's log odds and dual variables while all others stay as they are.

    Where they are best, `odds` is minus the score. The Newton step takes `common` and `rest` for the block's products,
    so that the Sherman-Morrison formula (Golub and Van Loan, "Matrix computations", 2.1.4) solves its equations.
    """
    chance = _sigmoid(sign * odds)
    dual = sign * cost * chance
    for _ in range(_STEPS):
        off = odds + scores + block.gram @ (dual - before)
        slope = cost * chance * (1 - chance)
        damped = 1 / (1 + block.rest * slope)
        step = off * damped
        shared = block.common * (slope * step).sum(axis=0) / (1 + block.common * (slope * damped).sum(axis=0))
        step -= damped * shared
        odds = odds - np.clip(step, -_FAR, _FAR)
        chance = _sigmoid(sign * odds)
        dual = sign * cost * chance
        if np.abs(step).max() < _NEAR:
            break
    return odds, dual


def _shift(scores: _F, bias: _F, sign: _F, cost: _F) -> _F:
    """What to add to the biases, which every block has moved, the last one too far, to be best with these weights."""
    shift = np.zeros_like(bias)
    for _ in range(_STEPS):
        chance = _sigmoid(-sign * (scores + shift))
        slope = 1 + (cost * chance * (1 - chance)).sum(axis=0)
        shift -= np.clip((bias + shift - (sign * cost * chance).sum(axis=0)) / slope, -1, 1)
    return shift


def _sigmoid(x: _F) -> _F:
    chance: _F = np.reciprocal(1 + np.exp(np.clip(-x, -80, 80)))  # beyond, a float32 overflows
    return chance
