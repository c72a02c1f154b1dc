"""`Suspect`: a label that models which had not seen the text doubt, by confident learning.

Source: Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70 (2021); a
text with several labels is one binary question for each topic, as in Thyagarajan, Snorrason, Northcutt and Mueller,
"Identifying incorrect annotations in multi-label classification data", 2022. The method is that of cleanlab.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topicat.model import Model
from topicat.prediction import Evidence
from topicat.seeds import Example, check_labels
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer
from topicat.training import OutOfFold, Progress, TrainingSettings, out_of_fold

_WORDS = 6


@dataclass(frozen=True)
class Suspect:
    """A label that a text may lack, or carry wrongly.

    Attributes
    ----------
    example
        The text with the labels given, and its place.
    topic
        The topic in doubt.
    missing
        True: the topic may have to be added. False: it may have to be removed.
    probability
        That the text has the topic (a subtopic: given its parent), by a model that had not seen the text.
    confident
        Whether confident learning counts it as an error: the model is as sure of it as it is, on average, of texts
        that are labelled so.
    evidence
        The words that speak for the suspicion, the strongest first: for the topic if it may be missing, else against.
    """

    example: Example
    topic: str
    missing: bool
    probability: float
    confident: bool
    evidence: tuple[Evidence, ...]

    @property
    def quality(self) -> float:
        """Self-confidence of the label as given, 0 (surely wrong) to 1."""
        return 1 - self.probability if self.missing else self.probability


@dataclass(frozen=True)
class Audit:
    """What `audit` found.

    Attributes
    ----------
    examples
        How many texts there are.
    suspects
        The label doubted most first.
    counts
        For each topic how many texts carry it (``given``), and how many of the labels are counted as
        ``missing`` or ``wrong``.
    """

    examples: int
    suspects: tuple[Suspect, ...]
    counts: Mapping[str, Mapping[str, int]]


def audit(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    *,
    n: int = 30,
    settings: TrainingSettings | None = None,
    tokenizer: Tokenizer | None = None,
    progress: Progress | None = None,
) -> Audit:
    """The `n` labels of `examples` that are doubted most; fewer if the models agree with the others.

    Equal texts are kept in one fold, so that one does not vouch for the other. Where no example goes below a topic,
    the subtopics were not coded and are not asked about.

    Raises
    ------
    SeedsError
        If an example has a label that the taxonomy lacks.
    TrainingError
        If there are too few examples, or nothing to learn from them.
    """
    examples = check_labels(examples, taxonomy)
    grouped = [e if e.group else dataclasses.replace(e, group=f"text:{e.text}") for e in examples]
    found = out_of_fold(taxonomy, grouped, settings=settings, tokenizer=tokenizer, progress=progress)
    probabilities = np.where(_coded(found), found.probabilities, np.nan)
    missing, wrong = confident_errors(probabilities, found.truth)
    given = np.where(found.truth, probabilities, 1 - probabilities)  # self-confidence
    rows, columns = np.nonzero(given < 0.5)
    order = np.argsort(given[rows, columns], kind="stable")[:n]
    asking: dict[int, Model] = {}
    suspects = []
    for row, k in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        fold = int(found.fold[row])
        if fold not in asking:
            asking[fold] = _asking(found.models[fold])
        add = not found.truth[row, k]
        suspects.append(
            Suspect(
                example=examples[row],
                topic=found.topics[k],
                missing=add,
                probability=float(probabilities[row, k]),
                confident=bool(missing[row, k] or wrong[row, k]),
                evidence=_evidence(asking[fold], examples[row].text, found.topics[k], 1 if add else -1),
            )
        )
    return Audit(len(examples), tuple(suspects), _counts(found, missing, wrong))


def confident_errors(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which labels are missing and which are wrong, by the off-diagonal of each topic's confident joint.

    A model is confident of an answer if it gives it at least the probability that it gives, on average, to those
    labelled so; of two such answers the likelier counts.

    Parameters
    ----------
    probabilities
        Out of fold, shape (texts, topics); NaN where a topic was not asked for.
    truth
        The labels as given, shape (texts, topics).

    Examples
    --------
    >>> p, given = np.array([[0.9], [0.8], [0.1], [0.95]]), np.array([[True], [True], [False], [False]])
    >>> missing, wrong = confident_errors(p, given)
    >>> missing.ravel().tolist(), bool(wrong.any())
    ([False, False, False, True], False)
    """
    asked = ~np.isnan(probabilities)
    yes, no = np.where(asked, probabilities, 0.0), np.where(asked, 1 - probabilities, 0.0)
    have, lack = truth & asked, ~truth & asked
    # Where nothing is labelled so, no answer is confident.
    sure_yes = np.where(have.any(axis=0), (yes * have).sum(axis=0) / np.maximum(have.sum(axis=0), 1), np.inf)
    sure_no = np.where(lack.any(axis=0), (no * lack).sum(axis=0) / np.maximum(lack.sum(axis=0), 1), np.inf)
    missing = lack & (yes >= sure_yes) & ((no < sure_no) | (yes > no))
    wrong = have & (no >= sure_no) & ((yes < sure_yes) | (no > yes))
    return missing, wrong


def _coded(found: OutOfFold) -> NDArray[np.bool_]:
    """Whether each topic is at the top, or it or a sibling of it is given to some text, shape (topics,)."""
    parents = [topic.rpartition(".")[0] for topic in found.topics]
    used = {parent for parent, column in zip(parents, found.truth.T, strict=True) if column.any()}
    return np.array([not parent or parent in used for parent in parents], bool)


def _counts(found: OutOfFold, missing: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> dict[str, dict[str, int]]:
    sums = zip(found.truth.sum(axis=0), missing.sum(axis=0), wrong.sum(axis=0), strict=True)
    return {
        topic: {"given": int(g), "missing": int(m), "wrong": int(w)}
        for topic, (g, m, w) in zip(found.topics, sums, strict=True)
    }


def _asking(model: Model) -> Model:
    """`model` with thresholds of 0, so that it explains every topic, also those that it would not assign."""
    heads = tuple(dataclasses.replace(h, threshold=0 * h.threshold, exclusive=False) for h in model.heads)
    return dataclasses.replace(model, heads=heads)


def _evidence(model: Model, text: str, topic: str, sign: int) -> tuple[Evidence, ...]:
    explained = next((e for e in model.explain(text) if e.topic == topic), None)
    if explained is None:  # a text without a known term
        return ()
    words: dict[str, Evidence] = {}
    for e in explained.evidence:
        if sign * e.weight > 0 and len(e.text) > 1:  # a single character says little by itself
            before = words.get(e.text)
            words[e.text] = e if before is None else dataclasses.replace(before, weight=before.weight + e.weight)
    return tuple(sorted(words.values(), key=lambda e: -sign * e.weight)[:_WORDS])
