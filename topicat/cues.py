"""Keyword matches of a taxonomy: all topics at once, longest match first, with exclusions.

A keyword with Han characters matches as a substring; any other matches whole words, `*` standing
for any letters. Of matches that overlap the leftmost, then the longest wins, so 印度 does not fire
inside 印度尼西亚. A counter-keyword wins like a keyword but speaks for nothing, and only its own
topics are silenced inside it.

Source: Aho and Corasick, "Efficient string matching", CACM 18 (1975), by ahocorasick_rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from topicat.folding import fold
from topicat.taxonomy import Taxonomy

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3007]")


@dataclass(frozen=True)
class Cue:
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


class Cues:
    """The matcher of one taxonomy's keywords."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        speaks: dict[str, dict[str, None]] = {}
        silences: dict[str, dict[str, None]] = {}
        langs: dict[str, str] = {}
        for topic in taxonomy.walk():
            for table, terms in ((speaks, topic.keywords), (silences, topic.not_keywords)):
                for lang, words in terms.items():
                    for word in words:
                        text = _pattern_text(word)
                        if text:
                            table.setdefault(text, {})[topic.path] = None
                            langs.setdefault(text, lang)
        self.cues = tuple(Cue(text, tuple(topics), langs[text]) for text, topics in speaks.items())
        index = {cue.keyword: number for number, cue in enumerate(self.cues)}
        han = {t: index.get(t, -1) for t in (*speaks, *silences) if _HAN.search(t)}
        alphabetic = {t: index.get(t, -1) for t in (*speaks, *silences) if t not in han}
        self._han = _Substrings(han, self.cues, silences) if han else None
        self._words = _Words(alphabetic, self.cues, silences) if alphabetic else None

    def find(self, text: str, folded: str) -> Matches:
        """The matches in `folded`, which is ``fold(text)``.

        `text` itself decides about keywords in capitals, such as IT, which match only in capitals.
        """
        found: list[tuple[int, int, int]] = []
        if self._han:
            found += self._han.find(folded)
        if self._words:
            found += self._words.find(text, folded)
        found.sort(key=lambda m: (m[0], -m[1]))
        array = np.array(found, dtype=np.int64).reshape(-1, 3)
        return Matches(array[:, 2], array[:, 0], array[:, 1])


class _Substrings:
    """Keywords with Han characters."""

    def __init__(self, patterns: dict[str, int], cues: tuple[Cue, ...], silences: dict[str, dict[str, None]]) -> None:
        texts = list(patterns)
        self._find = ahocorasick_rs.AhoCorasick(texts, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        # What each pattern emits when it wins: itself, and, where it silences only some topics, the
        # keywords of the others inside it, as (offset, offset, cue).
        self._emit: list[list[tuple[int, int, int]]] = []
        for text, cue in patterns.items():
            emitted = [(0, len(text), cue)] if cue >= 0 else []
            if cue < 0:
                quiet = set(silences[text])
                loud = [
                    t for t, c in patterns.items() if c >= 0 and t in text and not quiet.intersection(cues[c].topics)
                ]
                emitted = _sweep(
                    [(m.start(), m.end(), patterns[t]) for t in loud for m in re.finditer(re.escape(t), text)]
                )
            self._emit.append(emitted)

    def find(self, folded: str) -> list[tuple[int, int, int]]:
        emit = self._emit
        return [
            (start + s, start + e, cue)
            for number, start, _ in self._find.find_matches_as_indexes(folded)
            for s, e, cue in emit[number]
        ]


class _Words:
    """Alphabetic keywords: an automaton finds their first letters, a pattern checks the rest."""

    def __init__(self, patterns: dict[str, int], cues: tuple[Cue, ...], silences: dict[str, dict[str, None]]) -> None:
        self._by_literal: list[list[tuple[re.Pattern[str], str, int, frozenset[str]]]] = []
        literals: dict[str, int] = {}
        for text, cue in patterns.items():
            literal = re.split(r"[ *]", fold(text), maxsplit=1)[0]
            if not literal:
                # A leading `*`: the longest literal part would not mark the word's start, so anything may.
                literal = max(re.split(r"[ *]", fold(text)), key=len)
            number = literals.setdefault(literal, len(literals))
            if number == len(self._by_literal):
                self._by_literal.append([])
            quiet = frozenset(silences.get(text, ())) if cue < 0 else frozenset()
            capitals = text if _is_capitals(text) else ""
            self._by_literal[number].append((_word_pattern(text), capitals, cue, quiet))
        self._find = ahocorasick_rs.AhoCorasick(list(literals))
        self._cues = cues

    def find(self, text: str, folded: str) -> list[tuple[int, int, int]]:
        candidates: list[tuple[int, int, int, frozenset[str]]] = []
        for number, start, _ in self._find.find_matches_as_indexes(folded, overlapping=True):
            if start and _LETTER.match(folded, start - 1):
                # Only a pattern with a leading `*` may begin inside a word.
                start = _word_start(folded, start)
                if not any(p.pattern.startswith(_LEADING) for p, _, _, _ in self._by_literal[number]):
                    continue
            for pattern, capitals, cue, quiet in self._by_literal[number]:
                match = pattern.match(folded, start)
                if match and (not capitals or text[start : match.end()] == capitals):
                    candidates.append((start, match.end(), cue, quiet))
        return self._resolve(candidates) if candidates else []

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
_LEADING = _LETTERS + "*"


def _word_pattern(text: str) -> re.Pattern[str]:
    words = [re.escape(fold(word)).replace(r"\*", _LEADING) for word in text.split()]
    return re.compile(r"[\s\-–]+".join(words) + f"(?!{_LETTERS})")


def _pattern_text(word: str) -> str:
    """The keyword as it is matched: folded, unless it is an acronym in capitals; Han words without `*`."""
    text = " ".join(word.split())
    if _HAN.search(text):
        return fold(text).replace("*", "")
    return text if _is_capitals(text) else fold(text)


def _is_capitals(text: str) -> bool:
    return len(text) >= 2 and text.isupper() and text.isalnum()


def _word_start(text: str, at: int) -> int:
    while at and _LETTER.match(text, at - 1):
        at -= 1
    return at


def _sweep(matches: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    at = 0
    for start, end, cue in sorted(matches, key=lambda m: (m[0], -m[1])):
        if start >= at:
            kept.append((start, end, cue))
            at = end
    return kept
