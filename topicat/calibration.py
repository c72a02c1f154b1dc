"""Out-of-fold scores to probabilities and thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topicat.model import sigmoid, softmax

_NEAR = 1e-7
"""Where a Newton step promises to lower the loss by less, it is the last: the next would promise the square of that."""


def fit_sigmoid(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64] | None = None
) -> tuple[float, float]:
    """Slope and intercept that make ``sigmoid(slope * score + intercept)`` the probability of `truth`.

    Newton's method with step halving and smoothed targets. Source: Platt, "Probabilistic outputs for support vector
    machines", 1999, as mended by Lin, Lin and Weng, Machine Learning 68 (2007). The slope is never
    negative: a score that tells nothing gives the base rate.

    Parameters
    ----------
    scores
        Shape (n,), from models that had not seen the example.
    truth
        Shape (n,).
    weight
        Shape (n,); by default all 1.
    """
    w = np.ones(len(scores)) if weight is None else weight
    positive, negative = float(w[truth].sum()), float(w[~truth].sum())
    target = np.where(truth, (positive + 1) / (positive + 2), 1 / (negative + 2))
    a, b = 0.0, float(np.log((positive + 1) / (negative + 1)))

    def loss(a: float, b: float) -> float:
        z = a * scores + b
        return float((w * (np.logaddexp(0, z) - target * z)).sum())

    now = loss(a, b)
    for _ in range(100):
        p = sigmoid(a * scores + b)
        slope = w * (p - target)
        curve = w * p * (1 - p) + 1e-12
        gradient = np.array([float((slope * scores).sum()), float(slope.sum())])
        cross = float((curve * scores).sum())
        hessian = np.array([[float((curve * scores * scores).sum()) + 1e-9, cross], [cross, float(curve.sum()) + 1e-9]])
        step = np.linalg.solve(hessian, gradient)
        if gradient @ step < _NEAR:
            a, b = a - float(step[0]), b - float(step[1])
            break
        rate = 1.0
        while rate > 1e-8:
            then = loss(a - rate * step[0], b - rate * step[1])
            if then <= now:
                break
            rate /= 2
        else:
            break
        a, b, now = a - rate * float(step[0]), b - rate * float(step[1]), then
    if a <= 0 and positive and negative:
        return 0.0, float(np.log(positive / negative))
    return a, b


def fit_softmax(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
    """One slope, and an intercept for each class, that make ``softmax(slope * score + intercept)`` the probabilities.

    Newton's method with step halving. Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural
    networks", ICML 2017 (between their temperature and vector scaling). A standard normal prior on the intercepts
    keeps those of rare classes small; targets are smoothed, as Platt's are, by one more text of each class that
    could be any.

    Parameters
    ----------
    scores
        Shape (n, k), from models that had not seen the example.
    truth
        The number of the right class of each, shape (n,).
    """
    n, k = scores.shape
    right = np.full((n, k), 1.0 / (n + k))
    right[np.arange(n), truth] += n / (n + k)

    def loss(x: NDArray[np.float64]) -> float:
        z = x[0] * scores + x[1:]
        top = z.max(axis=1)
        total = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
        return float((total - (z * right).sum(axis=1)).sum() + (x[1:] ** 2).sum() / 2)

    x = np.zeros(k + 1)
    x[0] = 1.0
    now = loss(x)
    for _ in range(100):
        p = softmax(x[0] * scores + x[1:])
        mean = (p * scores).sum(axis=1, keepdims=True)
        gradient = np.concatenate([[((p - right) * scores).sum()], (p - right).sum(axis=0) + x[1:]])
        cross = (p * (scores - mean)).sum(axis=0)
        hessian = np.empty((k + 1, k + 1))
        hessian[0, 0] = (p * (scores - mean) ** 2).sum() + 1e-9
        hessian[0, 1:] = hessian[1:, 0] = cross
        hessian[1:, 1:] = np.diag(p.sum(axis=0) + 1.0) - p.T @ p
        step = np.linalg.solve(hessian, gradient)
        if gradient @ step < _NEAR:
            x -= step
            break
        rate = 1.0
        while rate > 1e-8 and loss(x - rate * step) > now:
            rate /= 2
        if rate <= 1e-8:
            break
        x -= rate * step
        now = loss(x)
    if x[0] <= 0:  # scores that tell nothing: the shares of the classes
        return 0.0, np.log(right.sum(axis=0) / n)
    return float(x[0]), x[1:]


def best_threshold(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The probability from which assigning gives the best F1, midway to the next lower one.

    Source: Yang, "A study of thresholding strategies for text categorization", SIGIR 2001 (SCut).

    >>> best_threshold(np.array([0.9, 0.7, 0.2]), np.array([True, True, False]))
    0.45
    """
    if not truth.any():
        return 0.5
    order = np.argsort(-probabilities)
    p, t = probabilities[order], truth[order]
    hits = np.cumsum(t)
    f1 = 2 * hits / (np.arange(1, len(t) + 1) + truth.sum())
    last = np.flatnonzero(np.diff(p, append=-1.0))  # a threshold cannot part equal probabilities
    best = last[int(f1[last].argmax())]
    below = p[best + 1] if best + 1 < len(p) else 0.0
    return round(float((p[best] + below) / 2), 6)
