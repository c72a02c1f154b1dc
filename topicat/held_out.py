"""Figures of a model on its own seeds, each judged by a model that had not seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from topicat.evaluation import (
    RESAMPLES,
    Decisions,
    confusion,
    diagram_points,
    group_numbers,
    worst_errors,
    wrong_decisions,
)

if TYPE_CHECKING:
    from topicat.model import Model
    from topicat.seeds import Example
    from topicat.training import OutOfFold


def held_out_decisions(
    model: Model, held: OutOfFold, examples: Sequence[Example]
) -> tuple[Decisions, NDArray[np.bool_]]:
    """What is right and what was said of each example for the topics at the top, and which examples were held out.

    The decisions are those of all examples; of one that was not held out they mean nothing.
    """
    columns = [k for k, topic in enumerate(held.topics) if "." not in topic]
    p = held.probabilities[:, columns]
    asked = np.asarray(~np.isnan(p).any(axis=1), bool)
    topics = tuple(held.topics[k] for k in columns)
    if model.taxonomy.exclusive:
        guess = np.arange(len(topics)) == np.nan_to_num(p).argmax(axis=1)[:, None]
    else:
        known = _thresholds(model)
        guess = p >= [known[topic] for topic in topics]
    truth, groups = held.truth[:, columns], group_numbers(examples)
    return Decisions(topics, truth, guess, p, groups, model.taxonomy.exclusive), asked


def held_out_scores(model: Model, held: OutOfFold, examples: Sequence[Example], *, errors: int) -> dict[str, Any]:
    """Figures of the topics at the top on the seeds, each judged by the models that had not seen it.

    In the shape of `topicat.evaluation.evaluate_model`, with its worst errors and diagrams.
    """
    every, asked = held_out_decisions(model, held, examples)
    decisions = every.at(asked)
    topics, known = decisions.topics, _thresholds(model)
    scores = decisions.scores(RESAMPLES) | diagram_points(decisions)
    scores["confusion"] = {
        "topics": list(topics),
        "counts": confusion(decisions.truth, decisions.guess).tolist(),
    }
    kept = [example for example, there in zip(examples, asked, strict=True) if there]
    fold = held.fold[asked]
    worst: list[dict[str, Any]] = []
    for number, part in enumerate(held.models):
        rows = np.asarray(fold == number, bool)
        # A fold's model judges by the whole model's thresholds.
        heads = tuple(
            replace(h, threshold=np.array([known[t] for t in h.topics])) if not h.parent else h for h in part.heads
        )
        texts = [example for example, there in zip(kept, rows, strict=True) if there]
        worst += worst_errors(replace(part, heads=heads), texts, decisions.at(rows), errors)
    scores["errors"] = sorted(worst, key=lambda error: -error["confidence"])[:errors]
    scores["wrong_decisions"] = wrong_decisions(decisions)
    return scores


def _thresholds(model: Model) -> dict[str, float]:
    return {topic: h for head in model.heads for topic, h in zip(head.topics, head.threshold, strict=True)}
