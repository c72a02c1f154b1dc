"""Metrics as plain data: how a model's labels compare with a person's, how sure that is, and where they part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from topicat.diagrams import precision_recall, reliability
from topicat.errors import UsageError
from topicat.taxonomy import nearest

if TYPE_CHECKING:
    from topicat.model import Model
    from topicat.seeds import Example

RESAMPLES = 1000
"""Bootstrap resamples: so many give the ends of a 95 % interval, fewer a standard error only."""
_CELLS = 2_000_000
"""Resampled groups held at once, so that memory stays bounded."""
_BEGINNING = 240
"""Characters of a text that are shown with an error."""


@dataclass(frozen=True)
class Decisions:
    """What is right and what was said of n texts and k topics.

    Attributes
    ----------
    topics
        Names of the k columns.
    truth, guess
        Whether a text has a topic, and whether it was said to, shape (n, k).
    probabilities
        Stated probabilities, shape (n, k).
    groups
        Number of each text's group (an article), shape (n,).
    exclusive
        Whether each text has exactly one topic.
    """

    topics: tuple[str, ...]
    truth: NDArray[np.bool_]
    guess: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    groups: NDArray[np.int64]
    exclusive: bool = False

    def at(self, rows: NDArray[np.bool_]) -> Decisions:
        """Those of the texts that `rows`, shape (n,), marks."""
        return replace(
            self,
            truth=self.truth[rows],
            guess=self.guess[rows],
            probabilities=self.probabilities[rows],
            groups=self.groups[rows],
        )

    def scores(self, resamples: int) -> dict[str, Any]:
        """`multilabel_scores`, with `bootstrap_intervals` under ``intervals`` unless `resamples` is 0."""
        scores = multilabel_scores(self.truth, self.guess, self.probabilities, self.topics, exclusive=self.exclusive)
        if resamples:
            scores["intervals"] = bootstrap_intervals(
                self.truth, self.guess, self.topics, self.groups, resamples=resamples
            )
        return scores


def evaluate_model(
    model: Model,
    examples: Sequence[Example],
    *,
    by: Sequence[str] = (),
    errors: int = 0,
    curves: bool = False,
    resamples: int = RESAMPLES,
) -> dict[str, Any]:
    """Compare the labels of `model` with those of `examples`.

    Parameters
    ----------
    by
        Fields of the data (``lang``, ``group``, any other of a row) for each of whose values figures are wanted.
    errors
        How many of the worst errors to list.
    curves
        Whether to give the points of diagrams too.
    resamples
        Bootstrap resamples behind each interval; 0 for no intervals.

    Returns
    -------
    dict
        The figures of `multilabel_scores` over the topics at the top; subtopics are listed under ``topics`` too if
        any example is labelled that far down. Beside them ``intervals`` (see `bootstrap_intervals`);
        ``confusion``, with the ``topics`` and the ``counts`` of `confusion`; with `by`, ``by``: for each field and
        value, the most frequent first, the figures and intervals of its texts (rows without the field have the value
        ``""``); with `errors`, ``errors`` (see `worst_errors`) and the number of all ``wrong_decisions``; with
        `curves`, ``reliability`` and ``precision_recall`` (see `diagram_points`).

    Raises
    ------
    TaxonomyError
        If an example has a label that the model's taxonomy lacks.
    UsageError
        If no example has a field of `by`.
    """
    taxonomy = model.taxonomy
    columns = {field: field_values(examples, field) for field in by}
    real = [taxonomy.expand(e.labels) for e in examples]
    texts = [e.text for e in examples]
    predictions = model.predict(texts)
    said = [frozenset(p.labels) for p in predictions]
    groups = group_numbers(examples)

    def decisions(topics: tuple[str, ...], chances: Sequence[Sequence[float]] | NDArray[np.float64]) -> Decisions:
        truth, guess = _holds(real, topics), _holds(said, topics)
        p = np.asarray(chances, float).reshape(truth.shape)
        return Decisions(topics, truth, guess, p, groups, taxonomy.exclusive)

    top = decisions(taxonomy.roots, [[p.probabilities.get(t, 0.0) for t in taxonomy.roots] for p in predictions])
    scores = top.scores(resamples)
    if any("." in label for labels in real for label in labels):
        learned = dict(zip(model.topics, model.predict_proba(texts).T, strict=True))
        below = tuple(t for t in taxonomy.paths if "." in t)
        nothing = np.zeros(len(texts))
        deeper = decisions(below, np.stack([learned.get(t, nothing) for t in below], axis=1)).scores(resamples)
        scores["topics"] |= deeper["topics"]
        scores["topic_calibration_error"] |= deeper["topic_calibration_error"]
        if resamples:
            scores["intervals"]["topics"] |= deeper["intervals"]["topics"]
    scores["confusion"] = {"topics": list(top.topics), "counts": confusion(top.truth, top.guess).tolist()}
    if columns:
        scores["by"] = {}
    for field, column in columns.items():
        values, cells = sorted(Counter(column).items(), key=lambda item: (-item[1], item[0])), np.array(column)
        scores["by"][field] = {value: top.at(cells == value).scores(resamples) for value, _ in values}
    if errors:
        scores["errors"] = worst_errors(model, examples, top, errors)
        scores["wrong_decisions"] = wrong_decisions(top)
    return scores | (diagram_points(top) if curves else {})


def diagram_points(decisions: Decisions) -> dict[str, Any]:
    """The points of `topicat.diagrams`: ``reliability`` over all decisions, ``precision_recall`` of each topic."""
    truth, p = decisions.truth, decisions.probabilities
    curves = {topic: precision_recall(truth[:, k], p[:, k]) for k, topic in enumerate(decisions.topics)}
    return {"reliability": reliability(truth, p), "precision_recall": curves}


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
        ``f1``, ``support``, ``average_precision`` (None without support). ``none`` has the same for texts without a
        topic (whose probability no model states: no average precision), ``micro`` for all pairs of text and topic
        together, ``macro`` the means over topics with support; ``topic_calibration_error`` each topic's own.
        A rate of nothing (the precision of a topic that was never said) is 0.
    """
    per_topic = {
        topic: _rates(truth[:, k], guess[:, k]) | {"average_precision": _ranking(truth[:, k], probabilities[:, k])}
        for k, topic in enumerate(topics)
    }
    supported = [row for row in per_topic.values() if row["support"]]
    micro = _rates(truth, guess) | {"average_precision": _ranking(truth.ravel(), probabilities.ravel())}
    macro = {
        key: float(np.mean([row[key] for row in supported])) if supported else empty
        for key, empty in (("precision", 0.0), ("recall", 0.0), ("f1", 0.0), ("average_precision", None))
    }
    none = _rates(_none(truth), _none(guess))
    exact = (truth == guess).all(axis=1)
    scores: dict[str, Any] = {
        "n": len(truth),
        "micro_f1": micro["f1"],
        "macro_f1": macro["f1"],
        "exact_match": float(exact.mean()) if len(exact) else 0.0,
        "none_f1": none["f1"],
        "calibration_error": calibration_error(truth, probabilities),
    }
    if exclusive:
        scores["accuracy"] = scores["exact_match"]
    errors = {topic: calibration_error(truth[:, k], probabilities[:, k]) for k, topic in enumerate(topics)}
    return scores | {
        "topics": per_topic,
        "none": none,
        "micro": micro,
        "macro": macro,
        "topic_calibration_error": errors,
    }


def bootstrap_intervals(
    truth: NDArray[np.bool_],
    guess: NDArray[np.bool_],
    topics: Sequence[str],
    groups: NDArray[np.int64],
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Any]:
    """Between which values each figure lies in `level` of the resamples.

    Whole groups are drawn with replacement, as many as there are: paragraphs of one article resemble each other, and
    intervals that took them for independent would be too narrow. The interval is the percentile one of Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. A resample in which a figure is not defined (an F1
    of a topic neither real nor said there) is left out of that figure's interval. Of a figure of exactly 0 or 1 the
    interval has no width, however few the texts; with a handful of groups it is too narrow.

    Parameters
    ----------
    truth, guess
        Shape (texts, topics).
    topics
        Names of the columns.
    groups
        Number of each text's group, shape (texts,).
    resamples
        How many to draw.
    level
        Share of the resamples inside the interval.
    seed
        The same seed draws the same resamples.

    Returns
    -------
    dict
        ``level``, ``resamples``, ``groups`` (how many), and ``[low, high]`` for ``micro_f1``, ``macro_f1``,
        ``exact_match``, ``none_f1`` and, under ``topics``, each topic's F1; None where fewer than two groups, or no
        resample, define it.
    """
    k = len(topics)
    real, said = (np.column_stack([a, _none(a)]) for a in (truth, guess))
    counts = np.column_stack([real & said, said, real, (truth == guess).all(axis=1), np.ones(len(truth), bool)])
    sums = _resampled(counts, groups, resamples, seed)
    hits, said_n, real_n = (sums[:, part * (k + 1) : (part + 1) * (k + 1)] for part in range(3))
    supported = real_n[:, :k] > 0
    with np.errstate(invalid="ignore"):  # nothing over nothing is NaN, which `_interval` leaves out
        f1 = 2 * hits / (said_n + real_n)
        micro = 2 * hits[:, :k].sum(axis=1) / (said_n + real_n)[:, :k].sum(axis=1)
        macro = np.where(supported, f1[:, :k], 0.0).sum(axis=1) / supported.sum(axis=1)
        exact = sums[:, -2] / sums[:, -1]
    return {
        "level": level,
        "resamples": resamples,
        "groups": len(np.unique(groups)),
        "micro_f1": _interval(micro, level),
        "macro_f1": _interval(macro, level),
        "exact_match": _interval(exact, level),
        "none_f1": _interval(f1[:, k], level),
        "topics": {topic: _interval(f1[:, i], level) for i, topic in enumerate(topics)},
    }


def _resampled(counts: NDArray[np.bool_], groups: NDArray[np.int64], resamples: int, seed: int) -> NDArray[np.float64]:
    """Sums of `counts`, shape (texts, m), over resampled groups, shape (resamples, m); no row for a single group."""
    names, number = np.unique(groups, return_inverse=True)
    n = len(names)
    if n < 2:
        return np.zeros((0, counts.shape[1]))
    of_group = np.zeros((n, counts.shape[1]))
    np.add.at(of_group, number, counts)
    rng = np.random.default_rng(seed)
    sums = []
    for begin in range(0, resamples, size := max(1, _CELLS // n)):
        rows = min(size, resamples - begin)
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        sums.append(times.astype(float) @ of_group)
    return np.concatenate(sums)


def _interval(values: NDArray[np.float64], level: float) -> list[float] | None:
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    return [float(end) for end in np.quantile(values, [(1 - level) / 2, (1 + level) / 2])]


def confusion(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> NDArray[np.int64]:
    """What was said in the place of what is right, in numbers of texts.

    Parameters
    ----------
    truth, guess
        Shape (texts, k).

    Returns
    -------
    NDArray
        Shape (k + 1, k + 1); rows are what is right, columns what was said, the last of each is "none". For topics
        a and b: ``[a, a]`` a is right and was said; ``[a, b]`` a was missed and b wrongly said in the same text;
        ``[a, none]`` a was missed and nothing wrongly said; ``[none, b]`` b was wrongly said and nothing missed;
        ``[none, none]`` no topic is right and none was said. A text with several errors counts in several cells.
        With one topic a text this is the ordinary confusion matrix.

        Source: Heydarian, Doyle and Samavi, "MLCM: Multi-Label Confusion Matrix", IEEE Access 10, 2022, except that
        a topic said beside others that were all found stands under "none" here, not under those that were found.

    Examples
    --------
    Of two topics the first was taken for the second, then found together with the second, which is wrong:

    >>> confusion(np.array([[True, False], [True, False]]), np.array([[False, True], [True, True]])).tolist()
    [[1, 1, 0], [0, 0, 0], [0, 1, 0]]
    """
    missed, wrong = truth & ~guess, guess & ~truth
    rows = np.column_stack([missed, _none(missed)]).astype(np.int64)
    columns = np.column_stack([wrong, _none(wrong)]).astype(np.int64)
    counts = rows.T @ columns
    np.fill_diagonal(counts, [*(truth & guess).sum(axis=0), (_none(truth) & _none(guess)).sum()])
    return counts


def worst_errors(model: Model, examples: Sequence[Example], decisions: Decisions, most: int) -> list[dict[str, Any]]:
    """The most confident of the wrong decisions on topics at the top.

    A decision is the more confident the farther its probability lies from the topic's threshold, as a share of the
    way to certainty: 0 at the threshold, 1 at a probability of 1 (said) or 0 (missed). In an exclusive taxonomy there
    is one decision a text, and its probability is its confidence.

    Parameters
    ----------
    examples
        The n texts that `decisions` are about.
    most
        How many to give.

    Returns
    -------
    list of dict
        Each with ``id``, ``place``, ``topic``, ``error`` (``said`` or ``missed``), ``probability``, ``threshold``
        (None if exclusive), ``confidence``, what was ``said`` and what is ``right`` of the text, the ``evidence``
        (the words that spoke for the topic, also for a missed one) and the ``text``'s beginning.
    """
    p, guess = decisions.probabilities, decisions.guess
    known = {topic: float(t) for head in model.heads for topic, t in zip(head.topics, head.threshold, strict=True)}
    threshold = np.array([known.get(topic, 1.0) for topic in decisions.topics])
    if decisions.exclusive:
        confidence = np.where(guess, p, 1 - p)
    else:
        way = np.where(guess, 1 - threshold, threshold)
        confidence = np.abs(p - threshold) / np.maximum(way, 1e-12)
    where = np.argwhere(_wrong(decisions))
    order = np.argsort(-confidence[tuple(where.T)], kind="stable")[:most]
    worst = [(int(i), int(k)) for i, k in where[order]]
    rows = sorted({i for i, _ in worst})
    # A topic that was missed has no evidence in `model`'s prediction; with no threshold every topic is said.
    heads = tuple(replace(h, threshold=np.zeros_like(h.threshold)) for h in model.heads if not h.parent)
    predictions = replace(model, heads=heads).predict([examples[i].text for i in rows], evidence=True)
    evidence = {(i, s.topic): s.evidence for i, p in zip(rows, predictions, strict=True) for s in p.topics}
    errors = []
    for i, k in worst:
        example, topic = examples[i], decisions.topics[k]
        errors.append(
            {
                "id": example.id,
                "place": example.place,
                "topic": topic,
                "error": "said" if guess[i, k] else "missed",
                "probability": float(p[i, k]),
                "threshold": None if decisions.exclusive else float(threshold[k]),
                "confidence": float(confidence[i, k]),
                "said": [t for t, yes in zip(decisions.topics, guess[i], strict=True) if yes],
                "right": [t for t, yes in zip(decisions.topics, decisions.truth[i], strict=True) if yes],
                "evidence": [
                    {"text": e.text, "start": e.start, "end": e.end, "weight": e.weight}
                    for e in evidence.get((i, topic), ())
                ],
                "text": example.text[:_BEGINNING] + "…" * (len(example.text) > _BEGINNING),
            }
        )
    return errors


def wrong_decisions(decisions: Decisions) -> int:
    """How many of the decisions are wrong."""
    return int(_wrong(decisions).sum())


def _wrong(decisions: Decisions) -> NDArray[np.bool_]:
    """Which decisions are wrong, shape (n, k)."""
    wrong = decisions.truth ^ decisions.guess
    if decisions.exclusive:
        # Where one topic was taken for another, the miss of the one is the same mistake.
        wrong &= decisions.guess | _none(decisions.guess)[:, None]
    return wrong


def field_values(examples: Sequence[Example], field: str) -> list[str]:
    """What each example has in `field`, as text; ``""`` where it has nothing.

    Raises
    ------
    UsageError
        If none has anything; the message lists the fields that there are.
    """
    rows = [{"id": e.id, "lang": e.lang, "group": e.group, **dict(e.extra)} for e in examples]
    values = [_plain(row.get(field)) for row in rows]
    if not any(values):
        there = list(dict.fromkeys(key for row in rows for key, value in row.items() if _plain(value)))
        near = nearest(field, there)
        hint = f"did you mean '{near}'? " if near else ""
        raise UsageError(
            f"no row can be told by a field '{field}'; {hint}There is: {', '.join(there)}"
            if there
            else f"no row can be told by a field '{field}'; the rows have only texts and labels"
        )
    return values


def group_numbers(examples: Sequence[Example]) -> NDArray[np.int64]:
    """A number for each example's group, shape (examples,); an example without one is a group of its own."""
    numbers: dict[str | int, int] = {}
    return np.array([numbers.setdefault(e.group or i, len(numbers)) for i, e in enumerate(examples)], np.int64)


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

    The mean gap between the probability stated and the share that was right. It is 0 at best; chance alone makes it
    larger the fewer the texts.

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


def _rates(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> dict[str, Any]:
    hits, said, real = int((truth & guess).sum()), int(guess.sum()), int(truth.sum())
    return {
        "precision": _ratio(hits, said),
        "recall": _ratio(hits, real),
        "f1": _ratio(2 * hits, said + real),
        "support": real,
    }


def _ranking(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    return average_precision(truth, scores) if truth.any() else None


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _none(labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which texts have no topic, shape (texts,)."""
    return np.logical_not(labels.any(axis=1))


def _holds(labels: Sequence[Collection[str]], topics: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each of `labels` has each of `topics`, shape (labels, topics)."""
    return np.array([[t in held for t in topics] for held in labels], bool).reshape(len(labels), len(topics))


def _plain(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
