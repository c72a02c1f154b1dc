"""`Curve`: how the F1 grows with the number of labels, and what the next ones would bring."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.errors import TrainingError
from topicat.folding import fold
from topicat.model import Model
from topicat.seeds import Example, check_labels
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer
from topicat.training import Progress, TrainingSettings, train

_SMALLEST = 10
"""Labels of the smallest training set: with fewer, chance decides which topics are there at all."""
_RESAMPLES = 200
_LEVEL = 0.8
_RATES = np.geomspace(0.02, 2.0, 80)
"""The rates that are tried: slower ones are straight lines, faster ones are over after ten labels."""


@dataclass(frozen=True)
class Point:
    """Micro-F1 of models of `size` labels, one for each repeat that could be trained."""

    size: int
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the repeats."""
        return float(np.mean(self.scores))

    @property
    def deviation(self) -> float:
        """Standard deviation over the repeats; 0 with one."""
        return float(np.std(self.scores, ddof=1)) if len(self.scores) > 1 else 0.0


@dataclass(frozen=True)
class PowerLaw:
    """``F1(n) = limit - drop * n ** -rate``; `drop` and `rate` are not negative, `limit` is at most 1."""

    limit: float
    drop: float
    rate: float

    def __call__(self, n: float) -> float:
        """The F1 that `n` labels are expected to give."""
        return self.limit - self.drop * math.pow(n, -self.rate)


@dataclass(frozen=True)
class Curve:
    """What `learning_curve` found.

    Attributes
    ----------
    labels
        How many labels there are.
    points
        Ascending by size; the first, of size 0, is the taxonomy alone, or the base.
    law
        Fitted to the points over 0; None if there are fewer than three.
    step
        How many more labels are asked about.
    gain, low, high
        What they are expected to add to the F1, and the ends of the 80 % interval (percentiles of bootstrap
        resamples of the repeats and sizes); None without a law. It knows nothing of labels unlike those there are.
    """

    labels: int
    points: tuple[Point, ...]
    law: PowerLaw | None
    step: int
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        points = [
            {"labels": p.size, "micro_f1": p.mean, "deviation": p.deviation, "repeats": p.scores} for p in self.points
        ]
        law = {"limit": self.law.limit, "drop": self.law.drop, "rate": self.law.rate} if self.law else None
        now = self.law(self.labels) if self.law else None
        following = {"labels": self.step, "gain": self.gain, "interval": [self.low, self.high], "level": _LEVEL}
        return {"labels": self.labels, "points": points, "law": law, "expected_now": now, "next": following}


def learning_curve(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    *,
    test: Sequence[Example] = (),
    base: Sequence[Example] = (),
    settings: TrainingSettings | None = None,
    tokenizer: Tokenizer | None = None,
    sizes: int = 6,
    repeats: int = 5,
    step: int = 50,
    seed: int = 0,
    progress: Progress | None = None,
) -> Curve:
    """Micro-F1 over the topics at the top for growing parts of `examples`, and its extrapolation.

    Each repeat shuffles the examples, trains with the first few, then more, then all of them, and measures on `test`,
    or without it on a fold of the examples that was set aside (groups are kept whole).

    Sources: Cortes, Jackel, Solla, Vapnik and Denker, "Learning curves: asymptotic values and rate of convergence",
    NIPS 1993 (the power law); Figueroa, Zeng-Treitler, Kandula and Ngo, "Predicting sample size required for
    classification performance", BMC Medical Informatics and Decision Making 12:8, 2012 (fitted by least squares
    with more weight on larger sizes).

    Parameters
    ----------
    test
        Texts to measure on; examples with the same text are left out of training.
    base
        Examples that every model is trained with too; texts of `examples` and `test` are left out of it.
    sizes
        How many sizes between ten and all, each by the same factor larger than the one before.
    repeats
        How many shuffles, or folds, at least 2.
    step
        How many more labels the extrapolation is about.
    seed
        Seed of the shuffles.
    progress
        Called with models trained, models in all, and what is being done.

    Raises
    ------
    SeedsError
        If an example has a label that the taxonomy lacks.
    TrainingError
        If there are too few examples, or nothing to learn from them.
    """
    examples, test = check_labels(examples, taxonomy), check_labels(test, taxonomy)
    base = _without(check_labels(base, taxonomy), [*examples, *test])
    examples = _without(examples, test)
    least = 2 * _SMALLEST
    if len(examples) < least:
        raise TrainingError(f"too few seeds for a curve: {len(examples)}, it needs {least}; label some more")

    def fit(chosen: list[Example]) -> Model:
        return train(taxonomy, chosen, settings=settings, tokenizer=tokenizer, trial=True)

    parts = _parts(examples, test, repeats, np.random.default_rng(seed))
    most = min(len(pool) for pool, _ in parts)
    numbers = [0, *np.unique(np.geomspace(min(_SMALLEST, most), most, sizes).round().astype(int)).tolist()]
    scores = np.full((len(numbers), len(parts)), np.nan)
    problem: TrainingError | None = None
    start: Model | None = None  # without labels every shuffle gives the same model
    for r, (pool, held) in enumerate(parts):
        for s, size in enumerate(numbers):
            if progress:
                progress(r * len(numbers) + s, scores.size, f"training with {size} labels")
            try:
                model = start if start and not size else fit([*base, *pool[:size]])
            except TrainingError as error:  # the first few may all be of one class; the next size has more
                problem = error
                continue
            if not size:
                start = model
            scores[s, r] = _micro_f1(model, held)
    if progress:
        progress(scores.size, scores.size, "done")
    if problem and np.isnan(scores[1:]).all():
        raise problem
    points = [Point(n, tuple(row[~np.isnan(row)].tolist())) for n, row in zip(numbers, scores, strict=True)]
    points = [point for point in points if point.scores]
    law = fit_power_law([p.size for p in points if p.size], [p.mean for p in points if p.size])
    if law is None:
        return Curve(len(examples), tuple(points), None, step)
    gains = _gains(np.array(numbers[1:]), scores[1:], len(examples), step, np.random.default_rng(seed))
    low, high = np.quantile(gains, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]).tolist()
    return Curve(len(examples), tuple(points), law, step, law(len(examples) + step) - law(len(examples)), low, high)


def fit_power_law(sizes: Sequence[int], scores: Sequence[float]) -> PowerLaw | None:
    """The power law nearest to the points, the j-th of m weighing j/m; None for fewer than three points.

    For each of a row of rates `limit` and `drop` are a linear least-squares problem; the best rate wins.

    >>> law = fit_power_law([10, 40, 160, 640], [0.9 - n**-0.5 for n in (10, 40, 160, 640)])
    >>> round(law(2560), 2)
    0.88
    """
    if len(sizes) < 3:
        return None
    y = np.asarray(scores, np.float64)
    x = np.asarray(sizes, np.float64) ** -_RATES[:, None]
    weight = np.arange(1, len(y) + 1) / np.arange(1, len(y) + 1).sum()
    off_x, off_y = x - (x @ weight)[:, None], y - y @ weight
    drop = np.maximum(-(off_x * off_y) @ weight / ((off_x * off_x) @ weight), 0.0)
    limit = y @ weight + drop * (x @ weight)
    over = limit > 1  # then the best line through a limit of 1
    drop = np.where(over, np.maximum((x * (1 - y)) @ weight / ((x * x) @ weight), 0.0), drop)
    limit = np.where(over, 1.0, limit)
    best = int((((y - limit[:, None] + drop[:, None] * x) ** 2) @ weight).round(15).argmin())
    return PowerLaw(float(limit[best]), float(drop[best]), float(_RATES[best]))


def _without(examples: Iterable[Example], others: Iterable[Example]) -> list[Example]:
    """`examples` that share no text with `others`: what is measured on was never learned from."""
    known = {fold(e.text) for e in others}
    return [e for e in examples if fold(e.text) not in known]


def _parts(
    examples: Sequence[Example], test: Sequence[Example], repeats: int, rng: np.random.Generator
) -> list[tuple[list[Example], Sequence[Example]]]:
    """For each repeat the examples to train with, shuffled by group, and those to measure on."""
    groups: dict[str, list[Example]] = {}
    for e in examples:
        groups.setdefault(e.group or f"text:{e.text}", []).append(e)
    names = list(groups)

    def shuffled(chosen: Sequence[str]) -> list[Example]:
        return [e for i in rng.permutation(len(chosen)).tolist() for e in groups[chosen[i]]]

    if test:
        return [(shuffled(names), test) for _ in range(repeats)]
    if len(names) < repeats:
        raise TrainingError(
            f"the seeds are of {len(names)} groups, and {repeats} folds need one each; "
            "give test data, or seeds of more articles"
        )
    order = [names[i] for i in rng.permutation(len(names)).tolist()]
    folds = [order[r::repeats] for r in range(repeats)]
    return [
        (shuffled([name for name in order if name not in set(mine)]), [e for name in mine for e in groups[name]])
        for mine in folds
    ]


def _micro_f1(model: Model, examples: Sequence[Example]) -> float:
    roots = set(model.taxonomy.roots)
    hits = total = 0
    for e, prediction in zip(examples, model.predict([e.text for e in examples]), strict=True):
        real, said = roots & model.taxonomy.expand(e.labels), roots.intersection(prediction.labels)
        hits += len(real & said)
        total += len(real) + len(said)
    return 2 * hits / total if total else 1.0  # nothing to find and nothing said


def _gains(
    sizes: NDArray[np.int64], scores: NDArray[np.float64], labels: int, step: int, rng: np.random.Generator
) -> list[float]:
    """What `step` more labels would add by resamples of the `scores`, shape (sizes, repeats).

    Each leaves out one size, too, as long as four are there: how well the law fits is part of the doubt.
    """
    gains = []
    for _ in range(_RESAMPLES):
        drawn = scores[:, rng.integers(0, scores.shape[1], scores.shape[1])]
        known = np.flatnonzero(~np.isnan(drawn).all(axis=1))
        if len(known) > 3:
            known = np.delete(known, rng.integers(0, len(known)))
        law = fit_power_law(sizes[known].tolist(), np.nanmean(drawn[known], axis=1).tolist())
        if law is not None:
            gains.append(law(labels + step) - law(labels))
    return gains
