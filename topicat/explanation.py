"""`Explainer`: takes a linear model's score of one text apart, into what each word of it added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topicat.features import KINDS, Terms
from topicat.folding import HAN, LETTER, codes_of, fold_codes
from topicat.prediction import Evidence
from topicat.rows import Rows
from topicat.tokenizers import Tokenizer


@dataclass(frozen=True)
class Explainer:
    """One text's terms and rows.

    A term's weight is spread evenly over its characters, and these are gathered by cue and by word, so the evidence
    adds up to the score.

    Attributes
    ----------
    text, terms
        The text and its terms.
    known, column, sentence
        The numbers of the terms that the model knows, and the column and the sentence of each; shape (known,).
    row
        The text's one row; its columns ascend.
    sentence_rows
        A row for each sentence; None if sentences do not count.
    tokenizer
        Cuts Han words; None leaves runs of Han characters whole.
    """

    text: str
    terms: Terms
    known: NDArray[np.int64]
    column: NDArray[np.int64]
    sentence: NDArray[np.int64]
    row: Rows
    sentence_rows: Rows | None
    tokenizer: Tokenizer | None

    def evidence(
        self, weights: NDArray[np.float64], shares: Sequence[tuple[int | None, float]]
    ) -> tuple[Evidence, ...]:
        """What every word adds to a score, in the order of the text; words that add nothing are left out.

        Parameters
        ----------
        weights
            Of the columns of `row`.
        shares
            What the score is made of: the text's own row (None) or a sentence's number, and how much it counts.
        """
        by_character = np.zeros(len(self.text) + 1)
        for sentence, share in shares:
            values, inside = self._values(sentence)
            place = self._place[inside]
            counts = np.bincount(place, minlength=len(values))
            added = (share * values * weights)[place] / counts[place]
            at = self.known[inside]
            start, end = self.terms.start[at], self.terms.end[at]
            length = np.maximum(end - start, 1)
            np.add.at(by_character, start, added / length)
            np.add.at(by_character, np.minimum(start + length, len(self.text)), -added / length)
        by_character = np.cumsum(by_character[:-1])
        by_unit = np.add.reduceat(by_character, [start for start, _ in self._units]).tolist()
        return tuple(
            Evidence(self.text[s:e], s, e, weight)
            for (s, e), weight in zip(self._units, by_unit, strict=True)
            if abs(weight) > 1e-12
        )

    def _values(self, sentence: int | None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The text's or a sentence's values at the columns of `row`, and which terms are in it."""
        if sentence is None or self.sentence_rows is None:
            return self.row.values, np.arange(len(self.column))
        own = self.sentence_rows.take(np.array([sentence]))
        values = np.zeros(len(self.row.columns))
        values[np.searchsorted(self.row.columns, own.columns)] = own.values
        return values, np.flatnonzero(self.sentence == sentence)

    @cached_property
    def _place(self) -> NDArray[np.int64]:
        """Where in `row` the column of each known term stands."""
        return np.searchsorted(self.row.columns, self.column).astype(np.int64)

    @cached_property
    def _units(self) -> list[tuple[int, int]]:
        """Spans that readers see as words: cues, then words, then single characters; they cover the text."""
        cues = np.flatnonzero(np.isin(self.terms.kind, [KINDS.index("K"), KINDS.index("T")]))
        spans = sorted(set(zip(self.terms.start[cues].tolist(), self.terms.end[cues].tolist(), strict=True)))
        classes = fold_codes(codes_of(self.text))[1].tolist()
        units: list[tuple[int, int]] = []
        at = 0
        for start, end in [*spans, (len(self.text), len(self.text))]:
            if start < at:
                continue
            units += self._words(classes, at, start)
            if end > start:
                units.append((start, end))
            at = end
        return units

    def _words(self, classes: list[int], start: int, end: int) -> list[tuple[int, int]]:
        units: list[tuple[int, int]] = []
        at = start
        while at < end:
            stop = at + 1
            while stop < end and classes[stop] == classes[at] and classes[at] in (HAN, LETTER):
                stop += 1
            if classes[at] == HAN and self.tokenizer is not None:
                for piece in self.tokenizer(self.terms.folded[at:stop]):
                    units.append((at, at + len(piece)))
                    at += len(piece)
            else:
                units.append((at, stop))
            at = stop
        return units
