"""`Queue`: in which order the paragraphs of a corpus are coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from topicat.model import Model
from topicat.suggestion import Suggestion, suggest
from topicat.workbench.labels_file import key_of

AHEAD = 60
"""So many doubtful paragraphs are lined up at a time."""
TENTH = 10
"""One paragraph in so many is drawn at random."""


@dataclass(frozen=True)
class Place:
    """A paragraph to code: its number in the corpus, why it was chosen, and whether it was drawn at random."""

    index: int
    why: str
    drawn: bool


class Queue:
    """The paragraphs of a corpus in the order of `topicat.suggestion.suggest`, with a random tenth between them.

    The random tenth goes through the texts in the order of their keys, which are hashes: the same after a restart, in
    whatever order the corpus is read, and whatever the model doubts. Its first paragraphs are a random sample of the
    corpus, with those that were coded before for their doubt.

    Parameters
    ----------
    texts
        Every paragraph; of equal ones the first counts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.keys = [key_of(text) for text in texts]
        self.index: dict[str, int] = {}
        for i, key in enumerate(self.keys):
            self.index.setdefault(key, i)
        self._order = sorted(self.index)
        self._doubtful: list[Suggestion] = []

    def rank(self, model: Model, known: Iterable[str]) -> list[Suggestion]:
        """The doubtful paragraphs of `model`, unlike the texts that are `known` and unlike one another."""
        return suggest(model, self.texts, known=known, n=AHEAD, random_share=0.0)

    def put(self, doubtful: list[Suggestion]) -> None:
        """Line up what `rank` gave."""
        self._doubtful = doubtful

    def sample(self, drawn: Collection[str]) -> set[str]:
        """Keys of the random sample that reaches as far as those `drawn`, those coded for their doubt included."""
        last = max(drawn, default="")
        return {key for key in self._order if key <= last}

    def next(self, taken: Collection[str], number: int, first: Sequence[str] = ()) -> Place | None:
        """What to code as the `number`-th paragraph (from 0); None if nothing is left, or nothing is lined up.

        Parameters
        ----------
        taken
            Keys of what is coded, put aside, or shown in another window.
        first
            Keys that go before all others.
        """
        for key in first:
            if key in self.index and key not in taken:
                return Place(self.index[key], "coded by another", False)
        doubtful = next((s for s in self._doubtful if self.keys[s.index] not in taken), None)
        if doubtful is None or number % TENTH == TENTH - 1:
            key = next((key for key in self._order if key not in taken), "")
            return Place(self.index[key], "drawn at random", True) if key else None
        return Place(doubtful.index, doubtful.why, False)

    def lined_up(self, taken: Collection[str]) -> int:
        """How many doubtful paragraphs are left of the last ranking."""
        return sum(self.keys[s.index] not in taken for s in self._doubtful)
