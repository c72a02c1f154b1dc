"""Metrics against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from topicat.errors import TaxonomyError
from topicat.evaluation import average_precision, evaluate_model, multilabel_scores
from topicat.model import Model
from topicat.seeds import Example


def test_metrics_equal_those_of_scikit_learn() -> None:
    """Micro and macro F1, precision, recall and average precision."""
    rng = np.random.default_rng(0)
    p = np.round(rng.random((80, 3)), 2)
    truth = rng.random((80, 3)) < p
    guess = p > 0.6
    scores = multilabel_scores(truth, guess, p, ["a", "b", "c"])
    assert scores["micro_f1"] == pytest.approx(f1_score(truth, guess, average="micro"))
    assert scores["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert scores["exact_match"] == pytest.approx((truth == guess).all(axis=1).mean())
    for k, topic in enumerate("abc"):
        row = scores["topics"][topic]
        assert row["precision"] == pytest.approx(precision_score(truth[:, k], guess[:, k]))
        assert row["recall"] == pytest.approx(recall_score(truth[:, k], guess[:, k]))
        assert row["average_precision"] == pytest.approx(average_precision_score(truth[:, k], p[:, k]))
        assert average_precision(truth[:, k], p[:, k]) == row["average_precision"]


def test_no_topic_is_an_answer_that_is_scored() -> None:
    """Texts without a topic are a class of their own."""
    truth = np.array([[True], [False], [False], [False]])
    guess = np.array([[True], [False], [True], [False]])
    assert multilabel_scores(truth, guess, guess.astype(float), ["a"])["none_f1"] == pytest.approx(0.8)


def test_nothing_to_compare_is_no_crash() -> None:
    """Empty data and topics without support."""
    empty = np.zeros((0, 2))
    scores = multilabel_scores(empty.astype(bool), empty.astype(bool), empty, ["a", "b"])
    assert (scores["n"], scores["micro_f1"], scores["topics"]["a"]["average_precision"]) == (0, 0.0, None)


def test_a_model_is_evaluated_at_the_top_and_below(model: Model, examples: list[Example]) -> None:
    """Overall figures are over the top; subtopics are listed because the data name them."""
    scores = evaluate_model(model, examples)
    assert scores["n"] == len(examples)
    assert scores["micro_f1"] > 0.9
    assert scores["topics"]["fruit"]["support"] == 8
    assert scores["topics"]["fruit.berry"]["support"] == 3
    flat = [Example(e.text, tuple(label.split(".")[0] for label in e.labels)) for e in examples]
    assert set(evaluate_model(model, flat)["topics"]) == {"fruit", "tool", "animal"}


def test_labels_that_the_model_lacks_are_an_error(model: Model) -> None:
    """Never a silent zero."""
    with pytest.raises(TaxonomyError, match="no topic 'fruits'; did you mean 'fruit'"):
        evaluate_model(model, [Example("果园", ("fruits",))])
