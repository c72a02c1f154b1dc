"""`Prediction`: what a model says of a text, and `Explanation`: how that came about. Data alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BEGINNING = 40
"""Characters of a text in its prediction's repr."""


@dataclass(frozen=True)
class Evidence:
    """A stretch of text and what it added to a topic's log-odds."""

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class TopicScore:
    """A topic that was assigned, its probability and, if asked for, the words that spoke for it."""

    topic: str
    probability: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What a model says of one text.

    Attributes
    ----------
    topics
        Every topic over its threshold, subtopics by path, best first; empty is an answer.
    probabilities
        Calibrated probability of every topic at the top, assigned or not.
    """

    text: str
    topics: tuple[TopicScore, ...]
    probabilities: Mapping[str, float]

    @property
    def labels(self) -> tuple[str, ...]:
        """The paths of the assigned topics, best first."""
        return tuple(score.topic for score in self.topics)

    def __repr__(self) -> str:
        """The text's beginning and the topics, as in ``Prediction('双方商定…', energy 1.00)``."""
        beginning = self.text if len(self.text) <= _BEGINNING else self.text[:_BEGINNING] + "…"
        topics = ", ".join(f"{score.topic} {score.probability:.2f}" for score in self.topics)
        return f"Prediction({beginning!r}, {topics or 'no topic'})"

    def _repr_html_(self) -> str:
        from topicat.notebook import prediction_html

        topics = [(s.topic, s.probability, [(e.start, e.end, e.weight) for e in s.evidence]) for s in self.topics]
        return prediction_html(self.text, topics, self.probabilities)


@dataclass(frozen=True)
class Explanation:
    """How one topic's log-odds came about: ``bias + sum(e.weight for e in evidence) == log_odds``.

    The probability is the sigmoid of the log-odds; in an exclusive taxonomy it is the softmax of all topics'.
    A subtopic's is given its parent.
    """

    topic: str
    probability: float
    threshold: float
    log_odds: float
    bias: float
    evidence: tuple[Evidence, ...]
