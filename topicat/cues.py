"""Keyword matches of a taxonomy: all topics at once, longest match first, with exclusions.

A keyword with Han characters matches as a substring; any other matches whole words, `*` standing
for any letters. Of matches that overlap the leftmost, then the longest wins, so 印度 does not fire
inside 印度尼西亚. A counter-keyword wins like a keyword but speaks for nothing, and only its own
topics are silenced inside it.

Source: Aho and Corasick, "Efficient string matching", CACM 18 (1975), by ahocorasick_rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from topicat.folding import fold
from topicat.taxonomy import Taxonomy

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3007]")


class Cue(NamedTuple):
    """A keyword, as folded, and the topics it speaks for (their paths; parents are not listed)."""

    keyword: str
    topics: tuple[str, ...]
    lang: str


@dataclass(frozen=True)
class Matches:
    """Cue matches in a text: arrays of one length, in the order of the text.

    Attributes
    ----------
    cue
        Index into `Cues.cues`.
    start, end
        Spans in characters.
    """

    cue: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def patterns_of(keywords: Sequence[str]) -> list[str]:
    """The texts that keywords are matched as, by which `Cue.keyword` names them; empty for one that matches nothing.

    >>> patterns_of(["能源  安全", "Pipeline*", "WTO"])
    ['能源 安全', 'pipeline*', 'WTO']
    """
    words = [" ".join(keyword.split()) for keyword in keywords]
    # Folded all at once: a taxonomy has thousands of keywords, and every model builds this.
    folded = fold("\n".join(words)).split("\n") if words else []
    return [_pattern(word, text) for word, text in zip(words, folded, strict=True)]


def _pattern(word: str, folded: str) -> str:
    if _HAN.search(folded):
        return folded.replace("*", "")
    return word if _is_capitals(word) else folded


class Cues:
    """The matcher of one taxonomy's keywords."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        raw = [
            (word, topic.path, lang, speaks)
            for topic in taxonomy.walk()
            for terms, speaks in ((topic.keywords, True), (topic.not_keywords, False))
            for lang, words in terms.items()
            for word in words
        ]
        speaks: dict[str, dict[str, None]] = {}
        self._silences: dict[str, dict[str, None]] = {}
        langs: dict[str, str] = {}
        han: dict[str, bool] = {}
        search = _HAN.search
        for (_, path, lang, speaking), text in zip(raw, patterns_of([word for word, *_ in raw]), strict=True):
            if not text:
                continue
            group = speaks if speaking else self._silences
            if text in group:
                group[text][path] = None
            else:
                group[text] = {path: None}
            if text not in langs:
                langs[text] = lang
                han[text] = search(text) is not None
        self.cues = tuple([Cue(text, tuple(topics), langs[text]) for text, topics in speaks.items()])
        patterns = dict(zip(speaks, range(len(speaks)), strict=True))
        for text in self._silences:
            patterns.setdefault(text, -1)
        self._han_patterns = {text: cue for text, cue in patterns.items() if han[text]}
        self._word_patterns = {text: cue for text, cue in patterns.items() if not han[text]}

    # Each half is built when a text first needs it.

    @cached_property
    def _han(self) -> _Substrings | None:
        return _Substrings(self._han_patterns, self.cues, self._silences) if self._han_patterns else None

    @cached_property
    def _words(self) -> _Words | None:
        return _Words(self._word_patterns, self.cues, self._silences) if self._word_patterns else None

    def find(self, text: str, folded: str) -> Matches:
        """The matches in `folded`, which is ``fold(text)``.

        `text` itself decides about keywords in capitals, such as IT, which match only in capitals.
        """
        found: list[tuple[int, int, int]] = []
        if _HAN.search(folded) and self._han:
            found += self._han.find(folded)
        if _LETTER.search(folded) and self._words:
            found += self._words.find(text, folded)
        array = np.array(found, dtype=np.int64).reshape(-1, 3)
        array = array[np.argsort(array[:, 0], kind="stable")]
        return Matches(array[:, 2], array[:, 0], array[:, 1])


class _Substrings:
    """Keywords with Han characters."""

    def __init__(
        self, patterns: Mapping[str, int], cues: tuple[Cue, ...], silences: Mapping[str, Mapping[str, None]]
    ) -> None:
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        # What each pattern emits when it wins: itself, and, where it silences only some topics, the
        # keywords of the others inside it, as (offset, offset, cue).
        self._emit = [[(0, len(text), cue)] for text, cue in patterns.items()]
        numbers = [number for number, cue in enumerate(patterns.values()) if cue < 0]
        if numbers:
            loud = [text for text, cue in patterns.items() if cue >= 0]
            inside = ahocorasick_rs.AhoCorasick(loud or ["\n"])
            texts = list(patterns)
            for number in numbers:
                quiet = silences[texts[number]]
                found = [
                    (start, end, patterns[loud[i]])
                    for i, start, end in inside.find_matches_as_indexes(texts[number], overlapping=True)
                    if not any(topic in quiet for topic in cues[patterns[loud[i]]].topics)
                ]
                self._emit[number] = _sweep(found)

    def find(self, folded: str) -> list[tuple[int, int, int]]:
        emit = self._emit
        return [
            (start + s, start + e, cue)
            for number, start, _ in self._automaton.find_matches_as_indexes(folded)
            for s, e, cue in emit[number]
        ]


class _Words:
    """Alphabetic keywords: an automaton finds how they begin, then the words are compared."""

    def __init__(
        self, patterns: Mapping[str, int], cues: tuple[Cue, ...], silences: Mapping[str, Mapping[str, None]]
    ) -> None:
        self._cues = cues
        self._keywords: list[tuple[str, int, frozenset[str]]] = []
        beginnings: dict[str, list[int]] = {}
        lower = fold("\n".join(patterns)).split("\n")
        for (text, cue), folded in zip(patterns.items(), lower, strict=True):
            first = folded.split(" ", 1)[0]
            # A leading `*` leaves only the longest literal part to find the word by.
            literal = first.split("*", 1)[0] or max(first.split("*"), key=len)
            if not literal:
                continue
            beginnings.setdefault(literal, []).append(len(self._keywords))
            quiet = frozenset(silences[text]) if cue < 0 else frozenset()
            self._keywords.append((text, cue, quiet))
        self._by_beginning = list(beginnings.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(beginnings))

    def find(self, text: str, folded: str) -> list[tuple[int, int, int]]:
        candidates: list[tuple[int, int, int, frozenset[str]]] = []
        word = stop = 0  # the word that the last match stood in: one that is a whole page long is walked through once
        tried: set[tuple[int, int]] = set()
        for number, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            within = start > 0 and _LETTER.match(folded, start - 1) is not None
            for index in self._by_beginning[number]:
                keyword, cue, quiet = self._keywords[index]
                if within and keyword[0] != "*":
                    continue
                if within and not word < start < stop:
                    word, stop = _word_start(folded, start), _word_end(folded, start)
                begin = word if within else start
                if (index, begin) in tried:
                    continue
                tried.add((index, begin))
                end = _match(keyword, text, folded, begin)
                if end > begin:
                    candidates.append((begin, end, cue, quiet))
        return self._resolve(candidates)

    def _resolve(self, candidates: list[tuple[int, int, int, frozenset[str]]]) -> list[tuple[int, int, int]]:
        """Leftmost-longest; inside a counter-keyword the other topics' keywords still count."""
        candidates = sorted(set(candidates), key=lambda m: (m[0], -m[1], -m[2]))
        found: list[tuple[int, int, int]] = []
        at = 0
        for start, end, cue, quiet in candidates:
            if start < at:
                continue
            at = end
            if cue >= 0:
                found.append((start, end, cue))
            else:
                inner = [
                    (s, e, c)
                    for s, e, c, _ in candidates
                    if start <= s and e <= end and c >= 0 and not quiet.intersection(self._cues[c].topics)
                ]
                found += _sweep(inner)
        return found


# Letters and digits of alphabetic words: in "发展AI技术" the word ends where Han characters begin.
_LETTERS = r"[^\W\u3400-\u9fff\uf900-\ufaff\u3007]"
_LETTER = re.compile(_LETTERS)
_REST = re.compile(f"{_LETTERS}*")
_GAP = re.compile(r"[\s\-–]+")


def _match(keyword: str, text: str, folded: str, at: int) -> int:
    """Where `keyword`, whose first word begins at `at`, ends; -1 if it does not stand there."""
    patterns = _word_patterns(keyword)
    if not patterns:
        end = at + len(keyword)
        return end if text.startswith(keyword, at) and not _LETTER.match(folded, end) else -1
    for number, (literal, star) in enumerate(patterns):
        if number:
            gap = _GAP.match(folded, at)
            if gap is None:
                return -1
            at = gap.end()
        if isinstance(literal, str):
            if not folded.startswith(literal, at):
                return -1
            at += len(literal)
            end = _word_end(folded, at)
            if end > at and not star:
                return -1
            at = end
        else:
            word = literal.match(folded, at)
            if word is None:
                return -1
            at = word.end()
    return at


@cache
def _word_patterns(keyword: str) -> tuple[tuple[str | re.Pattern[str], bool], ...]:
    """For each word its literal beginning and whether letters may follow; a pattern if a `*` stands elsewhere.

    Empty for a keyword in capitals, which is compared as it stands.
    """
    if _is_capitals(keyword):
        return ()
    parts: list[tuple[str | re.Pattern[str], bool]] = []
    for word in keyword.split():
        stem = word.rstrip("*")
        if "*" in stem:
            first, *middle, last = map(re.escape, word.split("*"))
            # Each piece is taken where it first stands, for good: to try all places would take years.
            glob = "".join([first, *(f"(?>{_LETTERS}*?{piece})" for piece in middle), f"{_LETTERS}*{last}"])
            parts.append((re.compile(f"{glob}(?!{_LETTERS})"), False))
        else:
            parts.append((stem, stem != word))
    return tuple(parts)


def _is_capitals(text: str) -> bool:
    return len(text) >= 2 and text.isupper() and text.isalnum()


def _word_start(text: str, at: int) -> int:
    while at and _LETTER.match(text, at - 1):
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    rest = _REST.match(text, at)
    return rest.end() if rest else at


def _sweep(matches: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    at = 0
    for start, end, cue in sorted(matches, key=lambda m: (m[0], -m[1])):
        if start >= at:
            kept.append((start, end, cue))
            at = end
    return kept
