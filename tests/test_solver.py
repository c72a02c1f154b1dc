"""Many logistic regressions at once: near scikit-learn's, whatever the texts, and each as it is alone."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
import threadpoolctl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from topicat.solver import TOPICS, fit_logistic

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def documents(n: int, n_terms: int = 10_000) -> scipy.sparse.csr_matrix:
    """Rows of length one with terms as frequent as those of texts (Zipf's law)."""
    rng = np.random.default_rng(n)
    frequency = 1 / np.arange(1, n_terms + 1)
    terms = rng.choice(n_terms, (n, 40), p=frequency / frequency.sum())
    counts = scipy.sparse.csr_matrix((np.ones(terms.size), (np.repeat(np.arange(n), 40), terms.ravel())), (n, n_terms))
    idf = np.log(n / (1 + (counts > 0).sum(axis=0))) + 2
    values = scipy.sparse.csr_matrix(counts.multiply(idf))
    length = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)))
    return scipy.sparse.csr_matrix(values.multiply(1 / length))


def topics(texts: scipy.sparse.csr_matrix, parts: list[float]) -> Bools:
    """Topics that a line through the texts can tell, each carried by a part of them."""
    scores = texts @ np.random.default_rng(0).normal(size=(texts.shape[1], len(parts)))
    return np.stack([s > np.quantile(s, 1 - part) for s, part in zip(scores.T, parts, strict=True)], axis=1)


def loss(weights: Floats, bias: float, texts: scipy.sparse.csr_matrix, truth: Bools, cost: Floats) -> float:
    """What is to be small."""
    margin = np.where(truth, 1, -1) * (texts @ weights + bias)
    return float((weights @ weights + bias**2) / 2 + (cost * np.logaddexp(0, -margin)).sum())


def liblinear(texts: scipy.sparse.csr_matrix, truth: Bools, cost: Floats) -> LogisticRegression:
    """scikit-learn's for one topic."""
    classifier = LogisticRegression(C=1, solver="liblinear", dual=True, tol=1e-6, max_iter=100_000, random_state=0)
    return classifier.fit(texts, truth, sample_weight=cost)


def balanced(truth: Bools) -> Floats:
    """Costs under which both classes cost the same."""
    cost: Floats = 10 * np.where(truth, 0.5 / truth.mean(axis=0), 0.5 / (1 - truth.mean(axis=0)))
    return cost


def test_scores_are_near_those_of_scikit_learn() -> None:
    """To a tenth or so of their spread for frequent topics, to a quarter for one of forty texts; classes balanced."""
    texts = documents(2000)
    truth = topics(texts, [0.5, 0.1, 0.02])
    weights, bias = fit_logistic(texts, truth, balanced(truth))
    for k, part in enumerate((0.12, 0.15, 0.3)):
        expected = liblinear(texts, truth[:, k], balanced(truth)[:, k]).decision_function(texts)
        off = texts @ weights[:, k] + bias[k] - expected
        assert np.std(off) < part * np.std(expected)
        assert abs(np.mean(off)) < part * np.std(expected)


@pytest.mark.parametrize("cost", [0.01, 1.0, 10.0, 1000.0])
def test_the_loss_is_nearly_the_least(cost: float) -> None:
    """Within some hundredths for costs in use, within three tenths where no text may be wrong."""
    texts = documents(1500)
    truth, costs = topics(texts, [0.3]), np.full((1500, 1), cost)
    weights, bias = fit_logistic(texts, truth, costs)
    best = liblinear(texts, truth[:, 0], costs[:, 0])
    own = (texts, truth[:, 0], costs[:, 0])
    least = loss(best.coef_[0], best.intercept_[0], *own)
    assert loss(weights[:, 0].astype(float), bias[0], *own) < (1.04 if cost <= 10 else 1.3) * least


@pytest.mark.parametrize("n", [1, 2, 64, 65, 200])
@pytest.mark.parametrize("different", [1, 3, 200])
def test_texts_that_repeat_are_no_harm(n: int, different: int) -> None:
    """Blocks of copies with labels at random, and blocks of one text: a loss hardly worse than of no weights."""
    texts = documents(200)[np.arange(n) % different]
    truth = np.random.default_rng(n).random((n, 2)) < 0.4
    costs = np.full((n, 2), 10.0)
    weights, bias = fit_logistic(texts, truth, costs)
    for k in range(2):
        own = (texts, truth[:, k], costs[:, k])
        least = 1.01 * loss(np.zeros(texts.shape[1]), 0.0, *own)
        if 0 < truth[:, k].sum() < n:
            best = liblinear(*own)
            least = min(least, 1.2 * loss(best.coef_[0], best.intercept_[0], *own))
        assert loss(weights[:, k].astype(float), bias[k], *own) <= least + 1e-9


def test_a_text_without_terms_and_a_text_of_no_cost_teach_nothing_of_terms() -> None:
    """The weights are those of the other texts."""
    texts = documents(600)
    truth = topics(texts, [0.4])
    cost = np.full((600, 1), 10.0)
    cost[::2] = 0
    weights, _ = fit_logistic(texts, truth, cost)
    expected, _ = fit_logistic(texts, np.where(cost > 0, truth, ~truth), cost)
    assert np.array_equal(weights, expected)
    empty = scipy.sparse.vstack([texts, scipy.sparse.csr_matrix((1, texts.shape[1]))], format="csr")
    weights, bias = fit_logistic(empty, np.vstack([truth, [[True]]]), np.vstack([cost, [[10.0]]]))
    assert np.isfinite(weights).all()
    assert np.isfinite(bias).all()


def test_topics_fitted_together_are_those_fitted_by_themselves() -> None:
    """More topics than go together: each learns its own."""
    texts = documents(300)
    truth = topics(texts, list(np.linspace(0.1, 0.6, TOPICS + 3)))
    weights, bias = fit_logistic(texts, truth, balanced(truth))
    assert weights.shape == (texts.shape[1], TOPICS + 3)
    for k in (0, TOPICS - 1, TOPICS, TOPICS + 2):
        one, own = fit_logistic(texts, truth[:, [k]], balanced(truth[:, [k]]))
        expected = texts @ one[:, 0] + own[0]
        assert np.std(texts @ weights[:, k] + bias[k] - expected) < 0.15 * np.std(expected)


def test_the_same_again_with_another_number_of_threads() -> None:
    """Every byte."""
    texts = documents(300)
    truth = topics(texts, list(np.linspace(0.1, 0.6, TOPICS)))
    weights, bias = fit_logistic(texts, truth, balanced(truth))
    with threadpoolctl.threadpool_limits(1):
        again, bias_again = fit_logistic(texts, truth, balanced(truth))
    assert np.array_equal(weights, again)
    assert np.array_equal(bias, bias_again)
