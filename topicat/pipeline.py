"""A model as a scikit-learn `Pipeline`: for those who want it beside other estimators, or in a joblib file.

Outward only: topicat never reads such a file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.pipeline import Pipeline

from topicat.errors import UsageError
from topicat.features import SCRIPTS
from topicat.model import Model, sigmoid, softmax


def pipeline_of(model: Model) -> Pipeline:
    """The topics at the top as a fitted pipeline of texts to `model.decision_function` to their topics.

    It pickles without the subtopics, the names of the terms and the tokenizer, which labels do without.
    """
    head = model.heads[0]
    alone = dataclasses.replace(model, heads=(head,), info={}, terms=None, tokenizer=None)
    topics = TopicClassifier(head.topics, head.slope, head.intercept, head.threshold, head.exclusive)
    return Pipeline([("scores", TopicScores(alone)), ("topics", topics)])


class _Trained(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no type hints
    """An estimator that is there fitted, and is not fitted again."""

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, X: Any, y: Any = None) -> _Trained:
        """Refuses: training is `topicat.train`'s.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError("this pipeline is a trained model and cannot be fitted; train with topicat.train, and export")


class TopicScores(TransformerMixin, _Trained):  # type: ignore[misc]
    """Texts to the model's scores before calibration, and the script of each text.

    Parameters
    ----------
    model
        With one head.
    """

    def __init__(self, model: Model) -> None:
        self.model = model

    def transform(self, X: Sequence[str]) -> NDArray[np.float64]:
        """Shape (texts, topics + scripts): scores, 1 for the script of a text, and no script where no term is known."""
        # The model keeps what it works out; a copy does, so that what is pickled stays plain data.
        if "_at_work" not in self.__dict__:
            self._at_work = dataclasses.replace(self.model)
        texts = list(X)
        scripts = self._at_work.scripts(texts)[:, None] == np.arange(len(SCRIPTS))
        return np.concatenate([self._at_work.decision_function(texts), scripts], axis=1)

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_at_work"}


class TopicClassifier(ClassifierMixin, _Trained):  # type: ignore[misc]
    """Scores to calibrated probabilities and topics.

    Parameters
    ----------
    topics, slope, intercept, threshold, exclusive
        As of `topicat.model.Head`.

    Attributes
    ----------
    classes_
        The topics, in the order of the columns.
    """

    def __init__(
        self,
        topics: tuple[str, ...],
        slope: NDArray[np.float64],
        intercept: NDArray[np.float64],
        threshold: NDArray[np.float64],
        exclusive: bool,
    ) -> None:
        self.topics = topics
        self.slope = slope
        self.intercept = intercept
        self.threshold = threshold
        self.exclusive = exclusive

    @property
    def classes_(self) -> NDArray[Any]:
        return np.array(self.topics, dtype=object)

    def decision_function(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores as they come, shape (texts, topics)."""
        return X[:, : len(self.topics)]

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (texts, topics); 0 where no term is known."""
        scripts = X[:, len(self.topics) :]
        log_odds = (scripts @ self.slope) * self.decision_function(X) + scripts @ self.intercept
        chance = softmax(log_odds) if self.exclusive else sigmoid(log_odds)
        return np.where(scripts.any(axis=1, keepdims=True), chance, 0.0)

    def predict(self, X: NDArray[np.float64]) -> NDArray[Any]:
        """Whether each topic is assigned, 0 or 1, shape (texts, topics); in an exclusive taxonomy the topic's name.

        A text of an exclusive taxonomy in which no term is known has the empty name.
        """
        chance = self.predict_proba(X)
        if not self.exclusive:
            return (chance >= self.threshold).astype(np.int64) * chance.any(axis=1, keepdims=True)
        names = self.classes_[chance.argmax(axis=1)]
        return np.where(chance.any(axis=1), names, "")
