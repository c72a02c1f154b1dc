"""Metrics as plain data: how a model's labels compare with a person's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from topicat.model import Model
    from topicat.seeds import Example


def evaluate_model(model: Model, examples: Sequence[Example]) -> dict[str, Any]:
    """Compare the labels of `model` with those of `examples`.

    Overall figures are over the topics at the top. Subtopics are listed too if any example is labelled that far down.

    Raises
    ------
    TaxonomyError
        If an example has a label that the model's taxonomy lacks.
    """
    taxonomy = model.taxonomy
    real = [taxonomy.expand(e.labels) for e in examples]
    texts = [e.text for e in examples]
    said = [frozenset(p.labels) for p in model.predict(texts)]
    chances = dict(zip(model.topics, model.predict_proba(texts).T, strict=True))

    def compare(topics: Sequence[str]) -> dict[str, Any]:
        truth = np.array([[t in labels for t in topics] for labels in real], bool).reshape(len(real), len(topics))
        guess = np.array([[t in labels for t in topics] for labels in said], bool).reshape(truth.shape)
        nothing = np.zeros(len(real))
        p = np.array([chances.get(t, nothing) for t in topics]).T.reshape(truth.shape)
        return multilabel_scores(truth, guess, p, topics, exclusive=taxonomy.exclusive)

    scores = compare(taxonomy.roots)
    if any("." in label for labels in real for label in labels):
        below = [t for t in taxonomy.paths if "." in t]
        scores["topics"].update(compare(below)["topics"])
    return scores


def multilabel_scores(
    truth: NDArray[np.bool_],
    guess: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    topics: Sequence[str],
    *,
    exclusive: bool = False,
) -> dict[str, Any]:
    """Precision, recall, F1 and average precision, per topic and overall.

    Parameters
    ----------
    truth, guess
        Shape (texts, topics).
    probabilities
        Shape (texts, topics), for average precision and calibration error.
    topics
        Names of the columns.
    exclusive
        Adds `accuracy`.

    Returns
    -------
    dict
        ``n``, ``micro_f1``, ``macro_f1`` (over topics with support), ``exact_match``, ``none_f1`` (texts without
        a topic as a class), ``calibration_error``, and ``topics``, each with ``precision``, ``recall``,
        ``f1``, ``support``, ``average_precision`` (None without support).
    """
    per_topic: dict[str, Any] = {}
    for k, topic in enumerate(topics):
        hits, said, real = int((truth[:, k] & guess[:, k]).sum()), int(guess[:, k].sum()), int(truth[:, k].sum())
        per_topic[topic] = {
            "precision": _ratio(hits, said),
            "recall": _ratio(hits, real),
            "f1": _ratio(2 * hits, said + real),
            "support": real,
            "average_precision": average_precision(truth[:, k], probabilities[:, k]) if real else None,
        }
    supported = [row["f1"] for row in per_topic.values() if row["support"]]
    none, none_guess = ~truth.any(axis=1), ~guess.any(axis=1)
    exact = (truth == guess).all(axis=1)
    scores: dict[str, Any] = {
        "n": len(truth),
        "micro_f1": _ratio(2 * int((truth & guess).sum()), int(truth.sum() + guess.sum())),
        "macro_f1": float(np.mean(supported)) if supported else 0.0,
        "exact_match": float(exact.mean()) if len(exact) else 0.0,
        "none_f1": _ratio(2 * int((none & none_guess).sum()), int(none.sum() + none_guess.sum())),
        "calibration_error": calibration_error(truth, probabilities),
    }
    if exclusive:
        scores["accuracy"] = scores["exact_match"]
    scores["topics"] = per_topic
    return scores


def average_precision(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Mean of the precision at each positive, equal scores taken together (as scikit-learn's).

    >>> round(average_precision(np.array([False, True, True]), np.array([0.9, 0.8, 0.1])), 4)
    0.5833
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.flatnonzero(np.diff(scores[order], append=np.nan))
    gained = np.diff(hits[last], prepend=0)
    return float((hits[last] / (last + 1) * gained).sum() / max(1, hits[-1]))


def calibration_error(truth: NDArray[np.bool_], probabilities: NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error over all (text, topic) pairs, in `bins` of equal width.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015.
    """
    t, p = truth.ravel(), probabilities.ravel()
    if not len(p):
        return 0.0
    where = np.minimum((p * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = where == b
        if inside.any():
            error += inside.mean() * abs(t[inside].mean() - p[inside].mean())
    return float(error)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
