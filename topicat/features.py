"""Text to terms with offsets, and terms to sparse TF-IDF rows, as array arithmetic over a batch.

Terms are 64-bit hashes; a term's kind is part of its hash:

====  ==========================================================================================
kind  term
====  ==========================================================================================
c     one Han character, or two that stand side by side
w     a word: alphabetic, or a Han word of at least `Settings.han_word` characters
b     `Settings.parts` letters of an alphabetic word with its boundaries (``char_wb``)
K     a keyword of the taxonomy that fired
T     the topic of a keyword that fired, and each of its parents
====  ==========================================================================================

A row is ``(1 + ln tf) · idf`` of its terms under one L2 norm (Salton and Buckley, "Term-weighting
approaches in automatic text retrieval", 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.cues import Cues
from topicat.folding import DIGIT, HAN, LETTER, codes_of, fold_codes, text_of
from topicat.paragraphs import split_sentences
from topicat.tokenizers import Tokenizer

KINDS = "cwbKT"
SCRIPTS = ("han", "latin", "cyrillic", "other")

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_BOUNDARY = 32


@dataclass(frozen=True)
class Settings:
    """Which terms are made.

    Attributes
    ----------
    han_chars
        Han character 1- and 2-grams.
    han_word
        Han words of at least so many characters; 0 for none.
    tokenizer
        The name of the tokenizer that cuts Han words.
    words
        Alphabetic words.
    parts
        Shortest and longest ``char_wb`` n-gram of alphabetic words; (0, 0) for none.
    keyword_terms, topic_terms
        ``K`` and ``T`` terms.
    """

    han_chars: bool = True
    han_word: int = 2
    tokenizer: str = "rjieba"
    words: bool = True
    parts: tuple[int, int] = (4, 5)
    keyword_terms: bool = True
    topic_terms: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for a model's JSON."""
        return {**asdict(self), "parts": list(self.parts)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """The inverse of `to_dict`."""
        return cls(**{**data, "parts": tuple(data["parts"])})


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


@dataclass(frozen=True)
class Rows:
    """Sparse rows: ``columns[indptr[i]:indptr[i + 1]]`` and the same of `values` are row i's entries."""

    indptr: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def dot(self, weights: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The product with `weights` of shape (columns, topics): shape (rows, topics)."""
        out = np.zeros((len(self), weights.shape[1]))
        if not len(self.columns):
            return out
        full = np.flatnonzero(np.diff(self.indptr))
        for topic in range(weights.shape[1]):
            products = self.values * weights[:, topic][self.columns]
            out[full, topic] = np.add.reduceat(products, self.indptr[:-1][full])
        return out


class Extractor:
    """Makes the terms of texts with one taxonomy's cues and one group of settings."""

    def __init__(self, settings: Settings, cues: Cues, tokenizer: Tokenizer | None) -> None:
        self.settings = settings
        self.cues = cues
        self.tokenizer = tokenizer
        names, self._cue_starts = _cue_table(settings, cues)
        self._cue_terms = hash_terms(names)
        self._cue_kinds = np.array([KINDS.index(kind) for kind, _ in names], np.uint8)
        self._cue_names = dict(zip(self._cue_terms.tolist(), names, strict=True))

    def __call__(self, texts: Sequence[str]) -> Terms:
        """The terms of `texts`."""
        big = "\n".join(texts)
        lengths = np.array([len(t) for t in texts], dtype=np.int64)
        offsets = (
            np.concatenate([[0], np.cumsum(lengths + 1)[:-1]]).astype(np.int64) if len(texts) else np.zeros(0, np.int64)
        )
        starts: list[int] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            spans = split_sentences(text) or [(0, 0)]
            base = int(offsets[number])
            starts.extend(base + s for s, _ in spans)
            owners.extend([number] * len(spans))
        folded, classes = fold_codes(codes_of(big))
        folded_text = text_of(folded)
        script = _scripts(folded, classes, offsets)
        found = _Found(folded, classes)
        settings = self.settings
        if settings.han_chars:
            found.han_chars()
        if settings.han_word and self.tokenizer is not None:
            found.han_words(folded_text, self.tokenizer, settings.han_word)
        if settings.words or settings.parts[1]:
            found.words(settings.words, settings.parts)
        if settings.keyword_terms or settings.topic_terms:
            matches = self.cues.find(big, folded_text)
            counts = np.diff(self._cue_starts)[matches.cue]
            at = np.repeat(self._cue_starts[:-1][matches.cue], counts) + _ranges(counts)
            found.add(
                self._cue_terms[at],
                self._cue_kinds[at],
                np.repeat(matches.start, counts),
                np.repeat(matches.end, counts),
            )
        hashes, kinds, begin, end = found.joined()
        sentence = np.searchsorted(np.array(starts, dtype=np.int64), begin, side="right") - 1
        return Terms(
            hashes, kinds, begin, end, sentence, np.array(owners, dtype=np.int64), offsets, script, folded_text
        )

    def name(self, terms: Terms, number: int) -> str:
        """Occurrence `number` of `terms` as text: its kind, a colon, and the term (``_`` for a word's boundary)."""
        value = int(terms.hash[number])
        if value in self._cue_names:
            return ":".join(self._cue_names[value])
        kind = KINDS[terms.kind[number]]
        text = terms.folded[terms.start[number] : terms.end[number]]
        if kind == "b":
            padded = (text, f" {text}", f"{text} ", f" {text} ")
            hashes = hash_terms([("b", p) for p in padded]).tolist()
            text = padded[hashes.index(value)].replace(" ", "_")
        return f"{kind}:{text}"


def weigh(unit: NDArray[np.int64], column: NDArray[np.int64], n_units: int, idf: NDArray[np.floating[Any]]) -> Rows:
    """TF-IDF rows of units from the unit and column of every occurrence.

    >>> weigh(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, np.array([1.0, 2.0])).values
    array([1., 1.])
    """
    n_columns = max(len(idf), 1)
    key = np.sort(unit * n_columns + column)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    counts = np.diff(first, append=len(key))
    key = key[first]
    unit, column = key // n_columns, key % n_columns
    values = (1.0 + np.log(counts)) * np.asarray(idf, dtype=np.float64)[column]
    norms = np.sqrt(np.bincount(unit, weights=values * values, minlength=n_units))
    values = values / norms[unit]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=n_units))]).astype(np.int64)
    return Rows(indptr, column, values)


def hash_terms(terms: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """The hash of each term, given as kind and text, the same that a text's own terms get."""
    codes = codes_of("".join(text for _, text in terms))
    lengths = np.array([len(text) for _, text in terms], np.int64)
    end = np.cumsum(lengths)
    kinds = np.array([KINDS.index(kind) for kind, _ in terms], np.uint64)
    return _span_hashes(_prefix_sums(codes), end - lengths, end, kinds)


class _Found:
    """Collects the occurrences of terms in one folded text."""

    def __init__(self, codes: NDArray[np.uint32], classes: NDArray[np.uint16]) -> None:
        self._codes = codes
        self._classes = classes
        self._sums = _prefix_sums(codes)
        self._parts: list[tuple[NDArray[Any], ...]] = []

    def add(self, hashes: NDArray[Any], kinds: NDArray[Any], start: NDArray[Any], end: NDArray[Any]) -> None:
        self._parts.append((hashes, kinds, start, end))

    def _spans(self, kind: str, start: NDArray[np.int64], end: NDArray[np.int64], sums: NDArray[np.uint64]) -> None:
        number = KINDS.index(kind)
        hashes = _span_hashes(sums, start, end, np.uint64(number))
        self.add(hashes, np.full(len(start), number, np.uint8), start, end)

    def han_chars(self) -> None:
        han = self._classes == HAN
        one = np.flatnonzero(han)
        two = np.flatnonzero(han[:-1] & han[1:])
        self._spans("c", one, one + 1, self._sums)
        self._spans("c", two, two + 2, self._sums)

    def han_words(self, folded: str, tokenizer: Tokenizer, shortest: int) -> None:
        starts, ends = _runs(self._classes == HAN)
        if not len(starts):
            return
        # Only runs of Han characters are handed over: there jieba and rjieba cut alike.
        pieces = tokenizer("\n".join([folded[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]))
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        at = np.cumsum(lengths) - lengths
        # A piece's place in the joined runs, moved to its place in the text.
        run_at = np.cumsum(ends - starts + 1) - (ends - starts + 1)
        keep = lengths >= shortest
        at, lengths = at[keep], lengths[keep]
        run = np.searchsorted(run_at, at, side="right") - 1
        begin = starts[run] + at - run_at[run]
        inside = begin + lengths <= ends[run]
        self._spans("w", begin[inside], begin[inside] + lengths[inside], self._sums)

    def words(self, whole: bool, parts: tuple[int, int]) -> None:
        letter = self._classes == LETTER
        starts, ends = _runs(letter | (self._classes == DIGIT))
        keep = letter[starts] if len(starts) else np.zeros(0, bool)
        starts, ends = starts[keep], ends[keep]
        if whole:
            self._spans("w", starts, ends, self._sums)
        if not parts[1] or not len(starts):
            return
        codes = np.full(len(self._codes) + 2, _BOUNDARY, dtype=np.uint32)
        inside = np.zeros(len(codes), dtype=bool)
        for_word = np.repeat(starts, ends - starts) + _ranges(ends - starts)
        inside[for_word + 1] = True
        codes[for_word + 1] = self._codes[for_word]
        sums = _prefix_sums(codes)
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
            hashes = _span_hashes(sums, start, start + n, np.uint64(number))
            begin = np.maximum(start - 1, 0)
            begin += (~inside[start]).astype(np.int64) * (start > 0)
            end = start + n - 1 - (~inside[start + n - 1]).astype(np.int64)
            self.add(hashes, np.full(len(start), number, np.uint8), begin, end)

    def joined(self) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        if not self._parts:
            return np.zeros(0, np.uint64), np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64)
        hashes, kinds, start, end = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        return hashes, kinds, start, end


def _scripts(codes: NDArray[np.uint32], classes: NDArray[np.uint16], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The prevailing script of each text; a Han character counts as much as three letters."""
    if not len(offsets):
        return np.zeros(0, np.int64)
    letter = classes == LETTER
    cyrillic = letter & (codes >= 0x400) & (codes < 0x530)
    latin = letter & (codes < 0x250)
    weights = (3 * (classes == HAN), latin, cyrillic, letter & ~latin & ~cyrillic)
    padded = [np.concatenate([w, [0]]).astype(np.int64) for w in weights]
    counts = np.stack([np.add.reduceat(w, offsets) for w in padded])
    return np.asarray(counts.argmax(axis=0), np.int64)


_power_table: NDArray[np.uint64] = np.ones(1, np.uint64)
_inverse_table: NDArray[np.uint64] = np.ones(1, np.uint64)


def _powers(n: int) -> NDArray[np.uint64]:
    global _power_table
    if len(_power_table) < n:
        _power_table = _geometric(_BASE, n)
    return _power_table[:n]


def _inverses(n: int) -> NDArray[np.uint64]:
    global _inverse_table
    if len(_inverse_table) < n:
        _inverse_table = _geometric(_INVERSE, n)
    return _inverse_table[:n]


def _geometric(ratio: np.uint64, n: int) -> NDArray[np.uint64]:
    size = 1 << max(16, (n - 1).bit_length())
    steps = np.full(size, ratio, dtype=np.uint64)
    steps[0] = 1
    table: NDArray[np.uint64] = np.multiply.accumulate(steps)
    return table


def _prefix_sums(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Sums of code point times power of the base, modulo 2**64; the hash of any span is a difference of two."""
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes.astype(np.uint64) * _powers(len(codes)), out=sums[1:])
    return sums


def _span_hashes(
    sums: NDArray[np.uint64], start: NDArray[np.int64], end: NDArray[np.int64], kind: NDArray[np.uint64] | np.uint64
) -> NDArray[np.uint64]:
    """Polynomial hashes (Karp and Rabin, 1987) of spans, finished by SplitMix64 (Steele, Lea and Flood, 2014)."""
    length = (end - start).astype(np.uint64)
    x = (sums[end] - sums[start]) * _inverses(len(sums))[start]
    x += (kind * np.uint64(64) + length + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends of the runs of True."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]


def _ranges(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, … for each of `counts`, joined."""
    total = int(counts.sum())
    return np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)


def _cue_table(settings: Settings, cues: Cues) -> tuple[list[tuple[str, str]], NDArray[np.int64]]:
    """The terms that each cue adds, as kind and text, and where each cue's begin."""
    names: list[tuple[str, str]] = []
    starts = [0]
    for cue in cues.cues:
        if settings.keyword_terms:
            names.append(("K", cue.keyword))
        if settings.topic_terms:
            paths: dict[str, None] = {}
            for path in cue.topics:
                parts = path.split(".")
                paths.update({".".join(parts[: i + 1]): None for i in range(len(parts))})
            names += [("T", path) for path in paths]
        starts.append(len(names))
    return names, np.array(starts, np.int64)
