"""`Usage`: in how many texts each keyword of a taxonomy fires, and each word stands outside all keywords."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from topicat.cues import Cues
from topicat.features import KINDS, SCRIPTS, Extractor, Settings, han_words
from topicat.folding import fold
from topicat.model import BATCH
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer

_SETTINGS = Settings(han_chars=False, han_words=(2, 6), parts=(0, 0), topic_terms=False)
_NONE = np.zeros(0, np.uint64)
_AROUND = 24
"""Characters of context on either side of a word."""


class Usage:
    """Counts of texts, by script and by topic: in a mixed corpus a language must not pass for a topic.

    Parameters
    ----------
    taxonomy
        Whose keywords are looked for.
    tokenizer
        Cuts Han words; None leaves them out.
    texts
        Any number of them.
    carries
        Whether a text has a topic, shape (texts, topics).

    Attributes
    ----------
    sizes
        Texts of each script and topic, and in the last column of all topics, shape (scripts, topics + 1).
    """

    def __init__(
        self, taxonomy: Taxonomy, tokenizer: Tokenizer | None, texts: Sequence[str], carries: NDArray[np.bool_]
    ) -> None:
        self.cues = Cues(taxonomy)
        words = None if tokenizer is None else han_words(texts, [], tokenizer, _SETTINGS)
        self.extract = Extractor(_SETTINGS, self.cues, words)
        self._texts = texts
        self._carries = np.append(carries, np.ones((len(texts), 1), bool), axis=1)
        shape = (len(SCRIPTS), self._carries.shape[1])
        self.sizes = np.zeros(shape, np.int64)
        names: dict[int, str] = {}
        batches = [self._batch(begin, names) for begin in range(0, len(texts), BATCH)]
        hashes, place = np.unique(np.concatenate([_NONE, *(found for found, _, _ in batches)]), return_inverse=True)
        self._counts = np.zeros((len(hashes), *shape), np.int32)
        self._first = np.full((len(hashes), shape[1]), len(texts), np.int32)
        if batches:
            np.add.at(self._counts, place, np.concatenate([counts for _, counts, _ in batches]))
            np.minimum.at(self._first, place, np.concatenate([first for _, _, first in batches]))
        self._row = {names[value]: row for row, value in enumerate(hashes.tolist())}

    def _batch(
        self, begin: int, names: dict[int, str]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
        """The terms of a batch, how many of its texts have each, and the first that has; adds to `names`, `sizes`."""
        texts = self._texts[begin : begin + BATCH]
        terms = self.extract(texts)
        by_script = terms.script[:, None, None] == np.arange(len(SCRIPTS))[:, None]
        carries = by_script & self._carries[begin : begin + BATCH, None, :]
        self.sizes += carries.sum(axis=0)
        cue = terms.kind == KINDS.index("K")
        order = np.argsort(terms.start[cue], kind="stable")
        # Keywords do not overlap: a word is part of one if the first that ends behind its start begins before its end.
        start, end = np.append(terms.start[cue][order], 1 << 62), np.append(terms.end[cue][order], 1 << 62)
        free = np.flatnonzero(cue | (start[np.searchsorted(end, terms.start, side="right")] >= terms.end))
        unique, first, place = np.unique(terms.hash[free], return_index=True, return_inverse=True)
        new = np.fromiter((value not in names for value in unique.tolist()), bool, len(unique))
        names.update(zip(unique[new].tolist(), self.extract.names(terms, free[first[new]]), strict=True))
        pairs = np.unique(place * len(texts) + terms.text_of_sentence[terms.sentence[free]])
        term, text = pairs // len(texts), pairs % len(texts)
        counts = np.zeros((len(unique), *self.sizes.shape), np.int32)
        np.add.at(counts, term, carries[text])
        earliest = np.full((len(unique), self.sizes.shape[1]), len(self._texts), np.int32)
        np.minimum.at(earliest, term, np.where(self._carries[begin + text], begin + text[:, None], len(self._texts)))
        return unique, counts, earliest

    def words(self) -> tuple[list[str], NDArray[np.int32]]:
        """Every word that stands outside keywords, and the texts with it, shape (words, scripts, topics + 1)."""
        rows = {name[2:]: row for name, row in self._row.items() if name[0] in "hw"}
        return list(rows), self._counts[list(rows.values())]

    def fired(self, keyword: str) -> int:
        """In how many texts a keyword, as folded, fires."""
        row = self._row.get(f"K:{keyword}")
        return 0 if row is None else int(self._counts[row, :, -1].sum())

    def matched(self, words: Sequence[str]) -> NDArray[np.bool_]:
        """Whether a keyword fires in each of `words`, shape (words,)."""
        terms = self.extract(words)
        found = np.zeros(len(words), bool)
        found[terms.text_of_sentence[terms.sentence[terms.kind == KINDS.index("K")]]] = True
        return found

    def context(self, word: str, topic: int) -> str:
        """How `word` stands outside keywords in the first text of a topic (its column); empty if it does not."""
        row = self._row.get(f"h:{word}", self._row.get(f"w:{word}"))
        first = len(self._texts) if row is None else int(self._first[row, topic])
        if first == len(self._texts):
            return ""
        text, folded = self._texts[first], fold(self._texts[first])
        keywords = self.cues.find(text, folded)
        # Words of letters stand alone; a Han word is found wherever its characters are.
        edge = "" if "\u3400" <= word[0] <= "\u9fff" else r"\b"
        for match in re.finditer(edge + re.escape(word) + edge, folded):
            if not ((keywords.start < match.end()) & (keywords.end > match.start())).any():
                around = slice(max(0, match.start() - _AROUND), match.end() + _AROUND)
                inside = " ".join(text[around].split())
                return f"{'…' * (around.start > 0)}{inside}{'…' * (around.stop < len(text))}"
        return ""
