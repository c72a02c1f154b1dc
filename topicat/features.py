"""Text to terms with offsets, and terms to sparse TF-IDF rows, as array arithmetic over a batch.

Terms are 64-bit hashes; a term's kind is part of its hash:

====  ==========================================================================================
kind  term
====  ==========================================================================================
c     one Han character, or two that stand side by side
h     `Settings.han_words` Han characters that are a word: one that the tokenizer cut in training
w     an alphabetic word
b     `Settings.parts` letters of an alphabetic word with its boundaries (``char_wb``)
K     a keyword of the taxonomy that fired
T     the topic of a keyword that fired, and each of its parents
====  ==========================================================================================

Words of Han characters are looked for wherever they stand, also one inside another. So no text is cut at
prediction, and whichever tokenizer is at hand, a model says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.cues import Cue, Cues
from topicat.folding import DIGIT, HAN, LETTER, codes_of, fold, fold_codes, text_of
from topicat.hashing import gram_hashes, prefix_sums, span_hashes
from topicat.paragraphs import sentence_starts
from topicat.tokenizers import Tokenizer
from topicat.vocabulary import Vocabulary

KINDS = "cwbKTh"
SCRIPTS = ("han", "latin", "cyrillic", "other")

_BOUNDARY = 32


@dataclass(frozen=True)
class Settings:
    """Which terms are made.

    Attributes
    ----------
    han_chars
        Han character 1- and 2-grams.
    han_words
        Shortest and longest Han word, in characters; (0, 0) for none.
    tokenizer
        The name of the tokenizer that finds the Han words in the training texts.
    words
        Alphabetic words.
    parts
        Shortest and longest ``char_wb`` n-gram of alphabetic words; (0, 0) for none.
    keyword_terms, topic_terms
        ``K`` and ``T`` terms.
    """

    han_chars: bool = True
    han_words: tuple[int, int] = (3, 6)
    tokenizer: str = "rjieba"
    words: bool = True
    parts: tuple[int, int] = (4, 5)
    keyword_terms: bool = True
    topic_terms: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for a model's JSON."""
        return {**asdict(self), "han_words": list(self.han_words), "parts": list(self.parts)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """The inverse of `to_dict`."""
        return cls(**{**data, "han_words": tuple(data["han_words"]), "parts": tuple(data["parts"])})


@dataclass(frozen=True)
class Terms:
    """Every occurrence of a term in a batch of texts; arrays of one length.

    Attributes
    ----------
    hash
        The term, uint64.
    kind
        Index into `KINDS`, uint8.
    start, end
        Its span in `folded`.
    sentence
        Index of its sentence, counted over the whole batch.
    text_of_sentence
        For each sentence the index of its text, shape (sentences,).
    offsets
        For each text where it begins in `folded`, shape (texts,).
    script
        Index into `SCRIPTS` of each text's prevailing script, shape (texts,).
    folded
        The texts as compared, joined by line ends.
    """

    hash: NDArray[np.uint64]
    kind: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    sentence: NDArray[np.int64]
    text_of_sentence: NDArray[np.int64]
    offsets: NDArray[np.int64]
    script: NDArray[np.int64]
    folded: str


class Extractor:
    """Makes the terms of texts with one taxonomy's cues and one group of settings.

    Parameters
    ----------
    settings
        Which terms.
    cues
        The taxonomy's keywords.
    words
        Holds the Han words, maybe among other terms; None for none.
    """

    def __init__(self, settings: Settings, cues: Cues, words: Vocabulary | None = None) -> None:
        self.settings = settings
        self.cues = cues
        self.words = words
        self._cue_terms = _CueTerms(settings, cues)

    def __call__(self, texts: Sequence[str]) -> Terms:
        """The terms of `texts`."""
        big = "\n".join(texts)
        offsets = _offsets(texts)
        starts: list[int] = []
        owners: list[int] = []
        for number, (text, base) in enumerate(zip(texts, offsets.tolist(), strict=True)):
            own = sentence_starts(text)
            starts += [base + s for s in own]
            owners += [number] * len(own)
        folded, classes = fold_codes(codes_of(big))
        folded_text = text_of(folded)
        script = _scripts(folded, classes, offsets)
        found = _Found(folded, classes)
        settings = self.settings
        if settings.han_chars:
            found.han_chars()
        if settings.han_words[1] and self.words is not None:
            found.han_words(self.words, settings.han_words)
        if settings.words or settings.parts[1]:
            found.words(settings.words, settings.parts)
        if settings.keyword_terms or settings.topic_terms:
            matches = self.cues.find(big, folded_text)
            terms, kinds, counts = self._cue_terms.of(matches.cue)
            found.add(terms, kinds, np.repeat(matches.start, counts), np.repeat(matches.end, counts))
        hashes, kinds, begin, end = found.joined()
        begins = np.zeros(len(folded) + 1, np.int64)
        np.add.at(begins, starts, 1)  # an empty text's one sentence may begin where the next text does
        sentence = (np.cumsum(begins) - 1)[begin]
        return Terms(
            hashes, kinds, begin, end, sentence, np.array(owners, dtype=np.int64), offsets, script, folded_text
        )

    def names(self, terms: Terms, numbers: NDArray[np.int64]) -> list[str]:
        """Those occurrences as text: each one's kind, a colon, and the term (``_`` for a word's boundary)."""
        columns = (terms.hash, terms.kind, terms.start, terms.end)
        told = self._cue_terms.names
        names = []
        parts: list[tuple[int, str]] = []
        for place, (value, kind, start, end) in enumerate(zip(*(c[numbers].tolist() for c in columns), strict=True)):
            if value in told:
                names.append(":".join(told[value]))
                continue
            text = terms.folded[start:end]
            if KINDS[kind] == "b":
                parts.append((place, text))
            names.append(f"{KINDS[kind]}:{text}")
        # A part of a word does not show its boundaries in its span: whichever form has its hash is the one.
        for before, after in (("_", ""), ("", "_"), ("_", "_")):
            padded = [f"{before}{text}{after}" for _, text in parts]
            hashes = hash_terms([("b", text.replace("_", " ")) for text in padded])
            places = numbers[[place for place, _ in parts]]
            for at in np.flatnonzero(hashes == terms.hash[places]).tolist():
                names[parts[at][0]] = f"b:{padded[at]}"
        return names


def han_words(texts: Sequence[str], keywords: Sequence[str], tokenizer: Tokenizer, settings: Settings) -> Vocabulary:
    """The Han words that `tokenizer` cuts from `texts`, and those of `keywords`, which stay whole in any text."""
    shortest, longest = settings.han_words
    words: set[str] = set()
    for begin in range(0, len(texts), 512):
        folded, classes = fold_codes(codes_of("\n".join(texts[begin : begin + 512])))
        starts, ends = _runs(classes == HAN)
        text = text_of(folded)
        # Only runs of Han characters are handed over: there jieba and rjieba cut alike.
        words.update(tokenizer("\n".join([text[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)])))
    for keyword in keywords:
        folded_keyword = fold(keyword)
        if (fold_codes(codes_of(folded_keyword))[1] == HAN).all():
            words.add(folded_keyword)
    return Vocabulary.of([hash_terms([("h", w) for w in words if shortest <= len(w) <= longest and "\n" not in w])])


def scripts_of(texts: Sequence[str]) -> list[str]:
    """The prevailing script of each text.

    >>> scripts_of(["水资源 water", "вода"])
    ['han', 'cyrillic']
    """
    codes, classes = fold_codes(codes_of("\n".join(texts)))
    return [SCRIPTS[i] for i in _scripts(codes, classes, _offsets(texts)).tolist()]


def hash_terms(terms: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """The hash of each term, given as kind and text, the same that a text's own terms get."""
    codes = codes_of("".join(text for _, text in terms))
    lengths = np.array([len(text) for _, text in terms], np.int64)
    end = np.cumsum(lengths)
    kinds = np.array([KINDS.index(kind) for kind, _ in terms], np.uint64)
    return span_hashes(prefix_sums(codes), end - lengths, end, kinds)


class _Found:
    """Collects the occurrences of terms in one folded text."""

    def __init__(self, codes: NDArray[np.uint32], classes: NDArray[np.uint16]) -> None:
        self._codes = codes
        self._classes = classes
        self._sums = prefix_sums(codes)
        none = np.zeros(0, np.int64)
        self._parts: list[tuple[NDArray[Any], ...]] = [(np.zeros(0, np.uint64), np.zeros(0, np.uint8), none, none)]

    def add(self, hashes: NDArray[Any], kinds: NDArray[Any], start: NDArray[Any], end: NDArray[Any]) -> None:
        self._parts.append((hashes, kinds, start, end))

    def _spans(self, kind: str, start: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        number = KINDS.index(kind)
        hashes = span_hashes(self._sums, start, end, np.uint64(number))
        self.add(hashes, np.full(len(start), number, np.uint8), start, end)

    def _grams(self, kind: str, start: NDArray[np.int64], length: int, words: Vocabulary | None = None) -> None:
        """All the spans of one length that begin at `start`; with `words` only those that they hold."""
        if not len(start):
            return
        number = KINDS.index(kind)
        hashes = gram_hashes(self._sums, start, length, number)
        if words is not None:
            known = words.holds(hashes)
            hashes, start = hashes[known], start[known]
        self.add(hashes, np.full(len(start), number, np.uint8), start, start + length)

    def han_chars(self) -> None:
        han = self._classes == HAN
        self._grams("c", np.flatnonzero(han), 1)
        self._grams("c", np.flatnonzero(han[:-1] & han[1:]), 2)

    def han_words(self, words: Vocabulary, lengths: tuple[int, int]) -> None:
        run = han = self._classes == HAN
        for length in range(2, lengths[1] + 1):
            run = run[:-1] & han[length - 1 :]
            if length >= lengths[0]:
                self._grams("h", np.flatnonzero(run), length, words)

    def words(self, whole: bool, parts: tuple[int, int]) -> None:
        letter = self._classes == LETTER
        starts, ends = _runs(letter | (self._classes == DIGIT))
        keep = letter[starts]
        starts, ends = starts[keep], ends[keep]
        if whole:
            self._spans("w", starts, ends)
        if not parts[1] or not len(starts):
            return
        codes = np.full(len(self._codes) + 2, _BOUNDARY, dtype=np.uint32)
        inside = np.zeros(len(codes), dtype=bool)
        for_word = np.repeat(starts, ends - starts) + _ranges(ends - starts)
        inside[for_word + 1] = True
        codes[for_word + 1] = self._codes[for_word]
        sums = prefix_sums(codes)
        number = KINDS.index("b")
        for n in range(parts[0], parts[1] + 1):
            if len(codes) < n:
                break
            ok = np.ones(len(codes) - n + 1, dtype=bool)
            for k in range(1, n - 1):
                ok &= inside[k : len(codes) - n + 1 + k]
            if n < 3:
                ok &= inside[: len(ok)] | inside[n - 1 : n - 1 + len(ok)]
            start = np.flatnonzero(ok)
            hashes = gram_hashes(sums, start, n, number)
            begin = np.maximum(start - 1, 0)
            begin += (~inside[start]).astype(np.int64) * (start > 0)
            end = start + n - 1 - (~inside[start + n - 1]).astype(np.int64)
            self.add(hashes, np.full(len(start), number, np.uint8), begin, end)

    def joined(self) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        hashes, kinds, start, end = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        return hashes, kinds, start, end


def _offsets(texts: Sequence[str]) -> NDArray[np.int64]:
    """Where each text begins among all of them, joined by line ends."""
    lengths = np.array([len(text) + 1 for text in texts], np.int64)
    return np.cumsum(lengths) - lengths


def _scripts(codes: NDArray[np.uint32], classes: NDArray[np.uint16], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The prevailing script of each text; a Han character counts as much as three letters."""
    letter = classes == LETTER
    cyrillic = letter & (codes >= 0x400) & (codes < 0x530)
    latin = letter & (codes < 0x250)
    weights = (3 * (classes == HAN), latin, cyrillic, letter & ~latin & ~cyrillic)
    padded = [np.concatenate([w, [0]]).astype(np.int64) for w in weights]
    counts = np.stack([np.add.reduceat(w, offsets) for w in padded])
    return np.asarray(counts.argmax(axis=0), np.int64)


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends of the runs of True."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]


def _ranges(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, … for each of `counts`, joined."""
    total = int(counts.sum())
    return np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)


class _CueTerms:
    """The terms that each cue adds, made when it first fires: of thousands of cues a text has a few."""

    def __init__(self, settings: Settings, cues: Cues) -> None:
        self._settings = settings
        self._cues = cues.cues
        self._first = np.full(len(self._cues), -1, np.int64)
        self._count = np.zeros(len(self._cues), np.int64)
        self._hashes = np.zeros(0, np.uint64)
        self._kinds = np.zeros(0, np.uint8)
        self._lock = Lock()

    @cached_property
    def names(self) -> dict[int, tuple[str, str]]:
        """Kind and text of every cue's terms by their hashes."""
        names = [name for cue in self._cues for name in self._named(cue)]
        return dict(zip(hash_terms(names).tolist(), names, strict=True))

    def of(self, cue: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int64]]:
        """Hashes and kinds of the terms of those cues, joined, and how many each has."""
        if (self._first[cue] < 0).any():
            with self._lock:
                self._add(np.unique(cue[self._first[cue] < 0]))
        counts = self._count[cue]
        at = np.repeat(self._first[cue], counts) + _ranges(counts)
        return self._hashes[at], self._kinds[at], counts

    def _add(self, new: NDArray[np.int64]) -> None:
        groups = [self._named(self._cues[number]) for number in new.tolist()]
        names = [name for group in groups for name in group]
        hashes = hash_terms(names)
        counts = np.array([len(group) for group in groups], np.int64)
        first = len(self._hashes) + np.cumsum(counts) - counts
        self._hashes = np.concatenate([self._hashes, hashes])
        self._kinds = np.concatenate([self._kinds, np.array([KINDS.index(kind) for kind, _ in names], np.uint8)])
        self._count[new] = counts
        self._first[new] = first  # last: other threads take a cue as known by it

    def _named(self, cue: Cue) -> list[tuple[str, str]]:
        names = [("K", cue.keyword)] if self._settings.keyword_terms else []
        if self._settings.topic_terms:
            paths: dict[str, None] = {}
            for path in cue.topics:
                parts = path.split(".")
                paths.update({".".join(parts[: i + 1]): None for i in range(len(parts))})
            names += [("T", path) for path in paths]
        return names
