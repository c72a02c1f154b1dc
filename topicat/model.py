"""`Model`: what training learned, as plain arrays, and the prediction it gives. No scikit-learn here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast, overload

import numpy as np
from numpy.typing import NDArray

from topicat.cues import Cues
from topicat.errors import UsageError
from topicat.explanation import Explainer
from topicat.features import Extractor, Settings, Terms
from topicat.frames import Column, frame_of, is_column, texts_of
from topicat.prediction import Evidence, Explanation, Prediction, TopicScore
from topicat.rows import Rows, weigh
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer
from topicat.vocabulary import Vocabulary

BATCH = 512
"""Texts handled at once: enough for the array arithmetic to pay, small enough for the cache."""
BATCH_CHARACTERS = 400_000
"""A batch ends early at this many characters, so that memory stays bounded."""
MAX_CHARACTERS = 10_000_000
"""A single text of more is refused: it would take the memory of a whole machine."""


@dataclass(frozen=True)
class Head:
    """One-vs-rest classifiers of sibling topics, which decide once their parent is assigned.

    Attributes
    ----------
    parent
        Path of the parent topic; empty for the topics at the top.
    topics
        Paths of the k siblings.
    columns
        The vocabulary columns that have weights, ascending, shape (m,); None for all.
    weights
        Shape (m, k), float32.
    bias
        Shape (k,).
    slope, intercept
        Calibration: log-odds = slope · score + intercept, each of shape (scripts, k), a row for each of
        `SCRIPTS`: the longer a text's row of terms, the smaller its scores.
    threshold
        Probability from which a topic is assigned, shape (k,).
    n_terms
        Length of the vocabulary.
    exclusive
        Whether exactly one of the topics holds: log-odds become probabilities by the softmax, else by the sigmoid.
    """

    parent: str
    topics: tuple[str, ...]
    columns: NDArray[np.int64] | None
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    threshold: NDArray[np.float64]
    n_terms: int
    exclusive: bool = False

    def scores(self, rows: Rows) -> NDArray[np.float64]:
        """Uncalibrated scores (the classifiers' decision function), shape (rows, k)."""
        if self.columns is not None:
            rows = rows.select(self._places)
        return rows.dot(self.weights) + self.bias

    def weights_at(self, columns: NDArray[np.integer[Any]], k: int) -> NDArray[np.float64]:
        """The weight of topic number `k` at each of those vocabulary columns; 0 where it has none."""
        if self.columns is None:
            return np.asarray(self.weights[columns, k], np.float64)
        at = self._places[columns]
        return np.where(at >= 0, self.weights[np.maximum(at, 0), k], 0.0).astype(np.float64)

    @cached_property
    def _places(self) -> NDArray[np.int32]:
        """For each vocabulary column its row in `weights`, or -1."""
        assert self.columns is not None
        places = np.full(self.n_terms, -1, np.int32)
        places[self.columns] = np.arange(len(self.columns))
        return places

    def probabilities(self, scores: NDArray[np.float64], script: NDArray[np.int64]) -> NDArray[np.float64]:
        """Calibrated probabilities of `scores`, of the same shape, for texts of those scripts, shape (rows,)."""
        log_odds = self.slope[script] * scores + self.intercept[script]
        return softmax(log_odds) if self.exclusive else sigmoid(log_odds)


@dataclass(frozen=True)
class Model:
    """A trained classifier.

    Attributes
    ----------
    taxonomy
        A snapshot of the taxonomy it was trained on.
    settings
        Which features are made.
    pooling
        ``mean``: a text's score is the mean of its own and its best sentence's; ``max``: the larger;
        ``none``: its own.
    vocabulary
        Term hashes, ascending, shape (terms,).
    idf
        Inverse document frequencies, shape (terms,).
    heads
        The classifiers, top level first.
    info
        Where it came from: fingerprints, counts, figures; plain data.
    terms
        The terms as text in the order of `vocabulary`, if they are at hand.
    tokenizer
        Cuts the words that evidence is shown in; labels and probabilities do without.
    """

    taxonomy: Taxonomy
    settings: Settings
    pooling: str
    vocabulary: NDArray[np.uint64]
    idf: NDArray[np.float32]
    heads: tuple[Head, ...]
    info: Mapping[str, Any] = field(default_factory=dict)
    terms: Sequence[str] | None = None
    tokenizer: Tokenizer | None = None

    @cached_property
    def known(self) -> Vocabulary:
        """The vocabulary as it is looked up."""
        return Vocabulary(self.vocabulary)

    @cached_property
    def extract(self) -> Extractor:
        """Makes the terms of texts as they were made in training."""
        return Extractor(self.settings, Cues(self.taxonomy), self.known)

    @property
    def topics(self) -> tuple[str, ...]:
        """Paths of the topics that were learned, in the order of `predict_proba`'s columns."""
        learned = {topic for head in self.heads for topic in head.topics}
        return tuple(path for path in self.taxonomy.paths if path in learned)

    def __repr__(self) -> str:
        """What it is in a line: the arrays would fill the screen."""
        return (
            f"Model({self.taxonomy.id} {self.taxonomy.version}: {len(self.topics):,} topics, "
            f"{len(self.vocabulary):,} terms)"
        )

    def _repr_html_(self) -> str:
        from topicat.notebook import model_html

        seeds, figures = self.info.get("seeds"), self.info.get("cross_validation") or {}
        facts = {"taxonomy": self.taxonomy.fingerprint[:12], "terms": f"{len(self.vocabulary):,}"}
        if seeds:
            facts |= {"seeds": f"{seeds['count']:,}"}
        rows = []
        for head in self.heads:
            for topic, threshold in zip(head.topics, head.threshold, strict=True):
                if not head.parent:
                    found = figures.get("topics", {}).get(topic, {})
                    shown = {f"out-of-fold {k}": f"{found[k]:.3f}" for k in ("precision", "recall", "f1") if k in found}
                    rows.append((topic, {} if self.taxonomy.exclusive else {"threshold": f"{threshold:.2f}"}))
                    rows[-1][1].update(shown)
        return model_html(repr(self), facts, rows)

    @overload
    def predict(self, texts: Sequence[str], *, evidence: bool = False) -> list[Prediction]: ...
    @overload
    def predict(self, texts: Column, *, evidence: bool = False) -> Any: ...
    def predict(self, texts: Sequence[str] | Column, *, evidence: bool = False) -> list[Prediction] | Any:
        """The topics of each of `texts`.

        Parameters
        ----------
        texts
            A list of strings, each a paragraph, or a column (Series) of pandas or polars.
        evidence
            Whether to say which words decided.

        Returns
        -------
        list of Prediction, or a frame
            For a column a frame of the same library, with the column's index: ``topics``, the assigned paths, best
            first; ``p_TOPIC`` for each topic at the top; with `evidence`, ``evidence``.

        Raises
        ------
        UsageError
            If `texts` is a single string or a whole frame, or holds something that is no string.
        """
        if is_column(texts):
            found = self.predict(texts_of(texts), evidence=evidence)
            return frame_of(texts, found, [t for head in self.heads if not head.parent for t in head.topics], evidence)
        return [p for batch in _batches(cast("Sequence[str]", texts)) for p in self._predict(batch, evidence)]

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (texts, topics), columns in the order of `topics`.

        A subtopic's is its parent's times its own given the parent.
        """
        order = {topic: i for i, topic in enumerate(self.topics)}
        out = np.zeros((len(texts), len(order)))
        row = 0
        for batch in _batches(texts):
            encoded = self._encode(batch)
            given = {head.parent: self._given(head, encoded) for head in self.heads}
            silent = encoded.silent
            for head in self.heads:
                for k, topic in enumerate(head.topics):
                    above = out[row : row + len(batch), order[head.parent]] if head.parent else 1.0
                    values = np.where(silent, 0.0, given[head.parent][:, k])
                    out[row : row + len(batch), order[topic]] = values * above
            row += len(batch)
        return out

    def decision_function(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Pooled scores before calibration, shape (texts, topics), columns in the order of `topics`."""
        order = {topic: i for i, topic in enumerate(self.topics)}
        out = np.zeros((len(texts), len(order)))
        row = 0
        for batch in _batches(texts):
            encoded = self._encode(batch)
            for head in self.heads:
                out[row : row + len(batch), [order[t] for t in head.topics]] = self._pooled(head, encoded)
            row += len(batch)
        return out

    def scripts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Whose calibration each text takes, as an index into `SCRIPTS`, shape (texts,); -1 where no term is known."""
        batches = [self._encode(batch) for batch in _batches(texts)]
        found = [np.where(encoded.silent, -1, encoded.script) for encoded in batches]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def to_sklearn(self) -> Any:
        """The topics at the top as a scikit-learn Pipeline, which can be kept with joblib.dump.

        Its `decision_function`, `predict_proba` and `predict` take a list of texts. topicat itself reads no such
        file; whoever loads one runs what is in it.
        """
        from topicat.pipeline import pipeline_of

        return pipeline_of(self)

    def explain(self, text: str) -> list[Explanation]:
        """For every assigned topic how its log-odds came about, in the order of `predict`.

        The weights are those of the linear model, spread evenly over the characters of each term and
        gathered by cue and by word; all of them, also those that spoke against the topic.
        """
        [prediction] = self._predict([text], False)
        return self._explain(text, prediction.labels)

    def _encode(self, texts: Sequence[str]) -> _Encoded:
        return _Encoded(self.extract(texts), len(texts), self.known, self.idf, sentences=self.pooling != "none")

    def _given(self, head: Head, encoded: _Encoded | _Part) -> NDArray[np.float64]:
        """Probabilities of the head's topics given their parent."""
        return head.probabilities(self._pooled(head, encoded), encoded.script)

    def _pooled(self, head: Head, encoded: _Encoded | _Part) -> NDArray[np.float64]:
        return pool(self.pooling, head.scores(encoded.rows), self._sentence_scores(head, encoded), encoded.owner)

    def _sentence_scores(self, head: Head, encoded: _Encoded | _Part) -> NDArray[np.float64]:
        return head.scores(encoded.sentence_rows) if self.pooling != "none" else np.zeros((0, len(head.topics)))

    def _predict(self, texts: Sequence[str], evidence: bool) -> list[Prediction]:
        encoded = self._encode(texts)
        assigned: list[list[tuple[str, float]]] = [[] for _ in texts]
        chances: dict[str, NDArray[np.float64]] = {}
        taken: dict[str, NDArray[np.int64]] = {"": np.flatnonzero(~encoded.silent)}
        for head in self.heads:
            asked = taken[head.parent]
            if not len(asked):
                taken.update(dict.fromkeys(head.topics, asked))
                chances.update(dict.fromkeys(head.topics, np.zeros(len(texts))))
                continue
            given = self._given(head, encoded if len(asked) == len(texts) else encoded.part(asked))
            if head.exclusive:
                hit = np.zeros(given.shape, bool)
                hit[np.arange(len(given)), given.argmax(axis=1)] = True
            else:
                hit = given >= head.threshold
            for k, topic in enumerate(head.topics):
                chance = np.zeros(len(texts))
                chance[asked] = given[:, k] * (chances[head.parent][asked] if head.parent else 1.0)
                chances[topic] = chance
                taken[topic] = asked[hit[:, k]]
                for row in taken[topic].tolist():
                    assigned[row].append((topic, float(chance[row])))
        roots = [topic for head in self.heads if not head.parent for topic in head.topics]
        every = np.stack([chances[topic] for topic in roots], axis=1).tolist()
        predictions = []
        for i, text in enumerate(texts):
            best = sorted(assigned[i], key=lambda pair: -pair[1])
            scores = tuple(TopicScore(topic, chance) for topic, chance in best)
            if evidence and scores:
                explained = self._explain(text, [s.topic for s in scores])
                scores = tuple(
                    TopicScore(s.topic, s.probability, _telling(e.evidence))
                    for s, e in zip(scores, explained, strict=True)
                )
            predictions.append(Prediction(text, scores, dict(zip(roots, every[i], strict=True))))
        return predictions

    def _explain(self, text: str, topics: Sequence[str]) -> list[Explanation]:
        encoded = self._encode([text])
        explainer = Explainer(
            text=text,
            terms=encoded.terms,
            known=encoded.known,
            column=encoded.column,
            sentence=encoded.sentence,
            row=encoded.rows,
            sentence_rows=encoded.sentence_rows if self.pooling != "none" else None,
            tokenizer=self.tokenizer,
        )
        script = encoded.terms.script[0]
        found: dict[str, Explanation] = {}
        for head in self.heads:
            asked = [k for k, topic in enumerate(head.topics) if topic in topics]
            if not asked:
                continue
            own, by_sentence = head.scores(encoded.rows)[0], self._sentence_scores(head, encoded)
            given = self._given(head, encoded)[0]
            for k in asked:
                slope = float(head.slope[script, k])
                evidence = explainer.evidence(
                    slope * head.weights_at(encoded.rows.columns, k), shares(self.pooling, own[k], by_sentence[:, k])
                )
                bias = slope * float(head.bias[k]) + float(head.intercept[script, k])
                log_odds = bias + sum(e.weight for e in evidence)
                found[head.topics[k]] = Explanation(
                    head.topics[k], float(given[k]), float(head.threshold[k]), log_odds, bias, evidence
                )
        return [found[topic] for topic in topics]


@dataclass(frozen=True)
class _Part:
    """TF-IDF rows of some texts and of their sentences, whose they are, and the texts' scripts."""

    rows: Rows
    sentence_rows: Rows
    owner: NDArray[np.int64]
    script: NDArray[np.int64]


class _Encoded:
    """A batch as TF-IDF rows, of whole texts and of sentences, with the occurrences behind them."""

    def __init__(
        self,
        terms: Terms,
        n_texts: int,
        vocabulary: Vocabulary,
        idf: NDArray[np.floating[Any]],
        sentences: bool,
    ) -> None:
        at, known = vocabulary.lookup(terms.hash)
        self.terms = terms
        self.known = np.flatnonzero(known)
        self.column = at.take(self.known)
        self.sentence = terms.sentence.take(self.known)
        self.owner = terms.text_of_sentence
        self.script = terms.script
        text = self.owner[self.sentence]
        self.rows = weigh(text, self.column, n_texts, idf)
        self.sentence_rows = weigh(self.sentence, self.column, len(self.owner), idf) if sentences else self.rows
        self.silent = np.diff(self.rows.indptr) == 0

    def part(self, texts: NDArray[np.int64]) -> _Part:
        """Only the texts of those numbers, ascending."""
        place = np.full(len(self.rows), -1)
        place[texts] = np.arange(len(texts))
        owner = place[self.owner]
        sentences = np.flatnonzero(owner >= 0)
        own = self.sentence_rows.take(sentences) if self.sentence_rows is not self.rows else self.rows
        return _Part(self.rows.take(texts), own, owner[sentences], self.script[texts])


def pool(
    how: str, own: NDArray[np.float64], by_sentence: NDArray[np.float64], owner: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Scores of texts from their own, shape (texts, k), and their sentences', shape (sentences, k)."""
    if how == "none":
        return own
    best = np.full(own.shape, -np.inf)
    np.maximum.at(best, owner, by_sentence)
    pooled: NDArray[np.float64] = np.maximum(own, best) if how == "max" else (own + best) / 2
    return pooled


def shares(how: str, own: float, by_sentence: NDArray[np.float64]) -> list[tuple[int | None, float]]:
    """What a pooled score of one text is made of: its own (None) or a sentence's number, each with its share."""
    if how == "none":
        return [(None, 1.0)]
    best = int(by_sentence.argmax())
    if how == "mean":
        return [(None, 0.5), (best, 0.5)]
    return [(best if by_sentence[best] > own else None, 1.0)]


def softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponentials over their sum, row by row, without overflow."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _telling(evidence: tuple[Evidence, ...], most: int = 8, share: float = 0.05) -> tuple[Evidence, ...]:
    """The strongest words that speak for a topic, each with at least `share` of the strongest one's weight."""
    ranked = sorted((e for e in evidence if e.weight > 0), key=lambda e: -e.weight)[:most]
    return tuple(e for e in ranked if e.weight >= share * ranked[0].weight)


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    if isinstance(texts, str):
        raise UsageError("predict takes a list of texts, found one string; put it in a list: [text]")
    batches: list[Sequence[str]] = []
    start = size = 0
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"text {number} is no string but {type(text).__name__}; convert it with str()")
        if len(text) > MAX_CHARACTERS:
            raise UsageError(
                f"text {number} has {len(text):,} characters (at most {MAX_CHARACTERS:,}); split it into paragraphs"
            )
        if number > start and (number - start >= BATCH or size + len(text) > BATCH_CHARACTERS):
            batches.append(texts[start:number])
            start, size = number, 0
        size += len(text)
    if len(texts):
        batches.append(texts[start:])
    return batches
