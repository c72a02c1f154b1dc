"""`Suggestion`: a text to code next, because the model doubts it, it is unlike the others, or a lot fell on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topicat.errors import UsageError
from topicat.folding import fold
from topicat.model import BATCH, Model
from topicat.rows import Rows, weigh

_SHORTLIST = 2000
"""So many of the most doubtful texts, or twenty times those wanted if that is more, are compared with one another."""
_TOLD = 0.5
"""A topic's doubt from which `Suggestion.doubtful` names it."""


@dataclass(frozen=True)
class Suggestion:
    """A text that is worth coding, with what the model would say of it.

    Attributes
    ----------
    index
        Which of the texts it is.
    labels
        The model's labels, parents left out: what is to be corrected.
    doubt
        Sum over the topics at the top of squared closeness to the threshold; each topic adds 0 (certain) to 1.
    doubtful
        Probability and threshold of the topics that are close to it, the closest first.
    drawn
        Whether it was drawn at random from all texts.
    probabilities
        Of every topic at the top.
    """

    index: int
    labels: tuple[str, ...]
    doubt: float
    doubtful: Mapping[str, tuple[float, float]]
    drawn: bool
    probabilities: Mapping[str, float]

    @property
    def why(self) -> str:
        """The reason in words."""
        if self.drawn:
            return "drawn at random"
        close = [f"{topic} {p:.2f} (threshold {t:.2f})" for topic, (p, t) in self.doubtful.items()]
        return "close: " + ", ".join(close) if close else "little doubt, but unlike the others"


def suggest(
    model: Model,
    texts: Sequence[str],
    *,
    known: Iterable[str] = (),
    n: int = 20,
    random_share: float = 0.1,
    variety: float = 0.3,
    seed: int = 0,
) -> list[Suggestion]:
    """The texts to code next: first the doubtful ones in the order of choice, then those drawn at random.

    A doubtful text is chosen for the largest ``(1 - variety) * doubt / largest doubt - variety * cosine``, the cosine
    being that of its TF-IDF row with the nearest row of those chosen or known already. Those drawn at random stand
    for the whole: figures from them alone are honest, figures from doubtful texts are too bad.

    Sources: Lewis and Gale, "A sequential algorithm for training text classifiers", SIGIR 1994 (doubt); Carbonell and
    Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998 (variety).

    Parameters
    ----------
    texts
        The candidates; of equal ones the first counts.
    known
        Texts that are coded already: neither they nor anything like them is chosen.
    n
        How many are wanted; there may be fewer.
    random_share
        The share that is drawn at random, 0 to 1.
    variety
        How much being unlike the others counts against doubt, 0 to 1.
    seed
        Seed of the draw.

    Raises
    ------
    UsageError
        If `n` is negative, or a share is not between 0 and 1.
    """
    if n < 0 or not 0 <= random_share <= 1 or not 0 <= variety <= 1:
        raise UsageError("suggest: n must be at least 0, random_share and variety between 0 and 1")
    known = list(known)
    places = _candidates(texts, known)
    n = min(n, len(places))
    if not n:
        return []
    candidates = [texts[i] for i in places]
    drawn = np.random.default_rng(seed).choice(len(places), size=round(n * random_share), replace=False)
    close, chances, limits = _closeness(model, candidates)
    doubt = (close**2).sum(axis=1)
    order = np.argsort(-doubt, kind="stable")
    order = order[~np.isin(order, drawn)][: max(_SHORTLIST, 20 * n)]
    seen = [*known, *(candidates[i] for i in drawn.tolist())]
    short = _Shortlist(_rows(model, [candidates[i] for i in order.tolist()]))
    chosen = order[_choose(model, short, doubt[order], seen, n - len(drawn), variety)]
    picks = [*chosen.tolist(), *drawn.tolist()]
    topics = model.heads[0].topics
    said = model.predict([candidates[i] for i in picks])
    found = []
    for number, (i, prediction) in enumerate(zip(picks, said, strict=True)):
        near = [k for k in np.argsort(-close[i], kind="stable").tolist() if close[i, k] >= _TOLD]
        found.append(
            Suggestion(
                index=places[i],
                labels=_deepest(prediction.labels),
                doubt=float(doubt[i]),
                doubtful={topics[k]: (float(chances[i, k]), float(limits[i, k])) for k in near},
                drawn=number >= len(chosen),
                probabilities=prediction.probabilities,
            )
        )
    return found


def _candidates(texts: Sequence[str], known: Sequence[str]) -> list[int]:
    """Indices of the texts that are not known and not a repetition, white space and case aside."""
    seen = {"".join(fold(text).split()) for text in known}
    places = []
    for i, text in enumerate(texts):
        plain = "".join(fold(text).split())
        if plain not in seen:
            seen.add(plain)
            places.append(i)
    return places


def _closeness(
    model: Model, texts: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Closeness to the threshold (1: on it, 0: certain), probability and threshold, each (texts, topics at the top)."""
    head = model.heads[0]
    columns = [model.topics.index(topic) for topic in head.topics]
    p = np.concatenate([model.predict_proba(texts[i : i + BATCH])[:, columns] for i in range(0, len(texts), BATCH)])
    limit = np.broadcast_to(head.threshold, p.shape)
    if model.taxonomy.exclusive:
        # The likeliest topic wins: what a topic has to pass is the likeliest of the others.
        ranked = np.sort(p, axis=1)
        second = ranked[:, -2:-1] if p.shape[1] > 1 else 0 * p
        limit = np.where(p == ranked[:, -1:], second, ranked[:, -1:])
    limit = np.clip(limit, 1e-6, 1 - 1e-6)
    return np.where(p < limit, p / limit, (1 - p) / (1 - limit)), p, limit


def _rows(model: Model, texts: Sequence[str]) -> Rows:
    """The model's own TF-IDF rows of `texts`."""
    parts = []
    for begin in range(0, len(texts), BATCH):
        batch = texts[begin : begin + BATCH]
        terms = model.extract(batch)
        column, there = model.known.lookup(terms.hash)
        text = terms.text_of_sentence[terms.sentence]
        parts.append(weigh(text[there], column[there], len(batch), model.idf))
    starts = np.cumsum([0, *(len(part.columns) for part in parts)])
    indptr = np.concatenate([[0], *(part.indptr[1:] + start for part, start in zip(parts, starts, strict=False))])
    columns = np.concatenate([np.zeros(0, np.int64), *(part.columns for part in parts)])
    return Rows(indptr.astype(np.int64), columns, np.concatenate([np.zeros(0), *(part.values for part in parts)]))


class _Shortlist:
    """Rows with an inverted index, so that comparing one text with all touches only the terms they share."""

    def __init__(self, rows: Rows) -> None:
        order = np.argsort(rows.columns, kind="stable")
        self.rows = rows
        self._columns = rows.columns[order]
        self._values = rows.values[order]
        self._owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))[order]

    def cosines(self, rows: Rows, number: int) -> NDArray[np.float64]:
        """Cosine of row `number` of `rows` with each row of the list, shape (list,)."""
        own = slice(rows.indptr[number], rows.indptr[number + 1])
        begin = np.searchsorted(self._columns, rows.columns[own], side="left")
        counts = np.searchsorted(self._columns, rows.columns[own], side="right") - begin
        at = np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        shares = self._values[at] * np.repeat(rows.values[own], counts)
        return np.bincount(self._owner[at], weights=shares, minlength=len(self.rows)).astype(np.float64)


def _choose(
    model: Model, short: _Shortlist, doubt: NDArray[np.float64], seen: Sequence[str], n: int, variety: float
) -> NDArray[np.int64]:
    """Which `n` of the list to take, in order."""
    nearest = np.zeros(len(doubt))
    if variety:
        rows = _rows(model, seen)
        for number in range(len(rows)):
            np.maximum(nearest, short.cosines(rows, number), out=nearest)
    worth = (1 - variety) * doubt / max(float(doubt.max(initial=0.0)), 1e-12)
    chosen: list[int] = []
    for _ in range(min(n, len(doubt))):
        best = int((worth - variety * nearest).argmax())
        chosen.append(best)
        worth[best] = -np.inf
        np.maximum(nearest, short.cosines(short.rows, best), out=nearest)
    return np.array(chosen, np.int64)


def _deepest(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(a for a in labels if not any(b.startswith(f"{a}.") for b in labels))
