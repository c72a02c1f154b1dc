"""Scores to probabilities and thresholds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
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


def is_the_least(x: list[float], loss: Callable[[Any], float]) -> bool:
    """Whether `loss`, which is convex, is nowhere smaller than at `x`, as far as an optimiser can see."""
    options = {"maxiter": 4000, "xatol": 1e-10, "fatol": 1e-12}
    return loss(np.array(x)) <= float(minimize(loss, x, method="Nelder-Mead", options=options).fun) + 1e-9


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("tail", [1, 3])
@pytest.mark.parametrize(("n", "share", "steep"), [(12, 0.5, 2.0), (60, 0.1, 1.0), (200, 0.9, 0.3), (40, 0.03, 20.0)])
def test_the_sigmoid_is_the_likeliest_for_platts_targets(
    n: int, share: float, steep: float, tail: int, weighted: bool
) -> None:
    """Few texts, rare and frequent topics, wide and narrow scores, some of them far off."""
    rng = np.random.default_rng(n)
    truth = rng.random(n) < share
    truth[:2] = True, False
    scores = steep * (3 * truth + rng.normal(size=n) ** tail) - 3
    weight = rng.integers(1, 5, n).astype(float) if weighted else np.ones(n)
    positive, negative = weight[truth].sum(), weight[~truth].sum()
    target = np.where(truth, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(x: np.ndarray) -> float:
        z = x[0] * scores + x[1]
        return float((weight * (target * np.logaddexp(0, -z) + (1 - target) * np.logaddexp(0, z))).sum())

    slope, intercept = fit_sigmoid(scores, truth, weight if weighted else None)
    assert slope > 0
    assert is_the_least([slope, intercept], loss)


def test_a_weight_counts_like_that_many_texts() -> None:
    """Twice the weight is the text twice."""
    scores, truth = np.array([2.0, 1.0, 0.5, -1.0, 0.7]), np.array([True, True, False, False, True])
    weight = np.array([1, 3, 2, 1, 4])
    one = fit_sigmoid(scores, truth, weight.astype(float))
    assert one == pytest.approx(fit_sigmoid(np.repeat(scores, weight), np.repeat(truth, weight)))


@pytest.mark.parametrize(("n", "steep"), [(6, 1.0), (20, 0.1), (30, 4.0), (60, 60.0)])
def test_the_softmax_is_the_likeliest_with_small_intercepts(n: int, steep: float) -> None:
    """Few texts, where targets and prior tell, and scores so wide that a whole Newton step would overshoot."""
    rng = np.random.default_rng(n)
    truth = rng.choice(3, n, p=[0.7, 0.2, 0.1])
    truth[:3] = 0, 1, 2
    scores = steep * (np.eye(3)[truth] + rng.normal(size=(n, 3)))
    right = np.full((n, 3), 1 / (n + 3))
    right[np.arange(n), truth] += n / (n + 3)

    def loss(x: np.ndarray) -> float:
        z = x[0] * scores + x[1:]
        return float(-(right * np.log(softmax(z))).sum() + (x[1:] ** 2).sum() / 2)

    slope, intercepts = fit_softmax(scores, truth)
    assert slope > 0
    assert is_the_least([slope, *intercepts], loss)


def test_upside_down_scores_leave_the_shares_of_the_classes() -> None:
    """Smoothed as the targets are: to each class one more text of all."""
    slope, intercepts = fit_softmax(-np.eye(2)[[0, 0, 0, 1]], np.array([0, 0, 0, 1]))
    assert slope == 0.0
    np.testing.assert_allclose(np.exp(intercepts), [(3 * 4 / 6 + 4 / 6) / 4, (4 / 6 + 4 / 6) / 4])


def test_a_topic_of_every_text_has_a_threshold_below_the_least() -> None:
    """Midway to 0; without any text the threshold is a half."""
    assert best_threshold(np.array([0.9, 0.2, 0.2]), np.array([True, True, True])) == 0.1
    assert best_threshold(np.array([0.3, 0.4]), np.array([True, True])) == 0.15
    assert best_threshold(np.array([0.9, 0.8]), np.array([False, False])) == 0.5
    assert best_threshold(np.array([0.5, 1 / 3]), np.array([True, False])) == 0.416667
