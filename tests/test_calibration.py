"""Scores to probabilities and thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from topicat.calibration import best_threshold, fit_sigmoid, fit_softmax
from topicat.evaluation import calibration_error
from topicat.model import sigmoid, softmax


def test_the_sigmoid_is_that_of_logistic_regression() -> None:
    """On many scores the smoothed targets of Platt hardly differ from an unpenalised fit."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=20_000)
    truth = rng.random(20_000) < sigmoid(1.7 * scores - 0.4)
    slope, intercept = fit_sigmoid(scores, truth)
    expected = LogisticRegression(C=1e9).fit(scores[:, None], truth)
    assert slope == pytest.approx(expected.coef_[0, 0], abs=0.01)
    assert intercept == pytest.approx(expected.intercept_[0], abs=0.01)
    assert calibration_error(truth[:, None], sigmoid(slope * scores + intercept)[:, None]) < 0.02


@pytest.mark.parametrize("scores", [[1.0, 1.0, 1.0, 1.0], [3.0, 2.0, 1.0, 0.0]])
def test_scores_that_tell_nothing_give_the_base_rate(scores: list[float]) -> None:
    """Constant or upside-down scores never turn the order around."""
    slope, intercept = fit_sigmoid(np.array(scores), np.array([False, False, True, True]))
    assert slope == pytest.approx(0.0, abs=1e-6)
    assert sigmoid(np.array(intercept)) == pytest.approx(0.5, abs=1e-6)


def test_perfectly_parted_scores_stay_finite() -> None:
    """Separable data give a steep but finite sigmoid."""
    slope, intercept = fit_sigmoid(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True]))
    assert 0 < slope < 100
    assert abs(intercept) < 10


def test_the_threshold_gives_the_best_f1() -> None:
    """Against trying them all; ties in probability are never parted."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        p = np.round(rng.random(30), 1)
        truth = rng.random(30) < p
        if not truth.any():
            continue

        def f1(t: float, p: np.ndarray = p, truth: np.ndarray = truth) -> float:
            return float(2 * (truth & (p >= t)).sum() / (truth.sum() + (p >= t).sum()))

        assert f1(best_threshold(p, truth)) == pytest.approx(max(f1(t) for t in np.unique(p)))


def test_the_softmax_finds_the_slope_and_intercepts_it_was_drawn_with() -> None:
    """On many scores; only differences of intercepts mean anything."""
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(30_000, 3))
    intercepts = np.array([0.5, 0.0, -0.5])
    truth = (softmax(1.6 * scores + intercepts).cumsum(axis=1) < rng.random((30_000, 1))).sum(axis=1)
    slope, found = fit_softmax(scores, truth)
    assert slope == pytest.approx(1.6, abs=0.05)
    np.testing.assert_allclose(found - found[1], intercepts, atol=0.05)


def test_the_softmax_stays_finite_and_never_turns_the_order_around() -> None:
    """Few perfectly parted scores, and scores that are upside down."""
    slope, intercepts = fit_softmax(5 * np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 2, 0]))
    assert 0 < slope < 10
    assert np.abs(intercepts).max() < 5
    slope, intercepts = fit_softmax(-np.eye(2)[[0, 0, 0, 1]], np.array([0, 0, 0, 1]))
    assert slope == 0.0
    assert intercepts[0] > intercepts[1]
