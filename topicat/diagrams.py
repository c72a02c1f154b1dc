"""The points of a reliability diagram and of precision–recall curves, as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.interval import wilson

_MOST_POINTS = 80
"""Points of a curve: more are not seen."""


def reliability(truth: NDArray[np.bool_], probabilities: NDArray[np.float64], bins: int = 10) -> list[dict[str, Any]]:
    """How often what was said with a probability came true.

    Parameters
    ----------
    truth, probabilities
        Of the same shape; every element is a decision.
    bins
        Bins of equal width.

    Returns
    -------
    list of dict
        For each bin that is not empty: ``n`` decisions, their ``mean`` probability, the ``share`` that came true, and
        the ends of its 95 % interval, ``low`` and ``high``.

    Examples
    --------
    >>> [(b["n"], b["share"]) for b in reliability(np.array([True, False]), np.array([0.95, 0.95]))]
    [(2, 0.5)]
    """
    t, p = truth.ravel(), probabilities.ravel()
    where = np.minimum((p * bins).astype(int), bins - 1)
    found = []
    for b in np.unique(where):
        inside = where == b
        n, hits = int(inside.sum()), int(t[inside].sum())
        low, high = wilson(hits, n)
        found.append({"n": n, "mean": float(p[inside].mean()), "share": hits / n, "low": low, "high": high})
    return found


def precision_recall(truth: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> list[dict[str, float]]:
    """Precision and recall at the thresholds that change them, from the highest down, thinned to what is seen.

    Parameters
    ----------
    truth, probabilities
        Of one topic, shape (texts,).

    Examples
    --------
    >>> [(p["precision"], p["recall"]) for p in precision_recall(np.array([True, False]), np.array([0.9, 0.8]))]
    [(1.0, 1.0), (0.5, 1.0)]
    """
    if not truth.any():
        return []
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.flatnonzero(np.diff(probabilities[order], append=np.nan))
    if len(last) > _MOST_POINTS:
        last = last[np.unique(np.linspace(0, len(last) - 1, _MOST_POINTS).round().astype(int))]
    return [
        {
            "threshold": float(probabilities[order[i]]),
            "precision": float(hits[i] / (i + 1)),
            "recall": float(hits[i] / hits[-1]),
        }
        for i in last
    ]
