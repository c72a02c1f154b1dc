"""Points of reliability diagrams and precision–recall curves."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics

from topicat.diagrams import precision_recall, reliability


def test_reliability_bins_hold_every_decision() -> None:
    """Counts add up; a probability of 1 is in the last bin; shares and means are those of the bin."""
    p = np.array([[0.05, 1.0], [0.08, 0.95]])
    truth = np.array([[True, True], [False, False]])
    low, high = reliability(truth, p)
    assert (low["n"], low["share"], low["mean"]) == (2, 0.5, pytest.approx(0.065))
    assert (high["n"], high["share"]) == (2, 0.5)
    assert low["low"] < 0.5 < low["high"]


def test_precision_recall_is_scikit_learns() -> None:
    """At every threshold, equal probabilities taken together."""
    rng = np.random.default_rng(0)
    truth, p = rng.random(60) < 0.3, rng.integers(0, 20, 60) / 20
    precision, recall, thresholds = sklearn.metrics.precision_recall_curve(truth, p, drop_intermediate=False)
    points = precision_recall(truth, p)
    assert [q["threshold"] for q in points] == sorted(thresholds, reverse=True)
    np.testing.assert_allclose([q["precision"] for q in points], precision[:-1][::-1])
    np.testing.assert_allclose([q["recall"] for q in points], recall[:-1][::-1])


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    """No more points than are seen; a topic without texts has no curve."""
    p = np.linspace(1, 0, 5000)
    points = precision_recall(np.arange(5000) % 7 == 0, p)
    assert len(points) <= 80
    assert (points[0]["threshold"], points[-1]["recall"]) == (1.0, 1.0)
    assert precision_recall(np.zeros(3, bool), np.zeros(3)) == []
