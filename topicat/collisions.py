"""Keywords of a taxonomy that get in each other's way: found by matching every keyword against all the others.

Each topic's keywords are matched twice against the list of all keywords: alone, and in competition. What a topic
finds alone and loses in competition is a collision.
"""

from __future__ import annotations

import dataclasses
import itertools
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from topicat.cues import Cues, patterns_of
from topicat.diagnostic import NOTE, WARNING, Diagnostic
from topicat.folding import fold
from topicat.taxonomy import Taxonomy, Topic
from topicat.taxonomy_yaml import Located

FEW = 10
"""A topic with no more keywords in a language rests on each of them."""


@dataclass(frozen=True)
class Keyword:
    """A keyword: its topic, language, number in the list of that language, as written, and as it is matched."""

    topic: str
    lang: str
    number: int
    word: str
    pattern: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Where `Located.places` has it."""
        return self.topic, "keywords", self.lang, self.number


def keywords_of(taxonomy: Taxonomy) -> list[Keyword]:
    """Every keyword, in the order of the taxonomy."""
    found = [
        (topic.path, lang, number, word)
        for topic in taxonomy.walk()
        for lang, words in topic.keywords.items()
        for number, word in enumerate(words)
    ]
    patterns = patterns_of([word for *_, word in found])
    return [Keyword(*place, pattern) for place, pattern in zip(found, patterns, strict=True)]


def alone(taxonomy: Taxonomy, topic: Topic) -> Cues:
    """The matcher of one topic's own keywords and counter-keywords, without competition."""
    return Cues(dataclasses.replace(taxonomy, topics=(dataclasses.replace(topic, topics=()),)))


def related(one: str, other: str) -> bool:
    """Whether two paths are the same or one is above the other: a label on the lower implies the upper.

    >>> related("energy", "energy.gas"), related("energy.gas", "energy.oil")
    (True, False)
    """
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def sample(pattern: str) -> str:
    """A text that a keyword matches: its `*` stand for nothing, or for a word where a word is all `*`.

    >>> sample("pipeline*"), sample("national * day")
    ('pipeline', 'national x day')
    """
    return " ".join(word.replace("*", "") or "x" for word in pattern.split())


def collisions(located: Located, keywords: Sequence[Keyword], cues: Cues) -> Iterator[Diagnostic]:
    """T101, T102, T103, T107 and T108: keywords given twice, shared, swallowed, swallowing, and never firing."""
    yield from _repeats(located, keywords)
    owners: dict[str, list[Keyword]] = defaultdict(list)
    for keyword in keywords:
        if keyword.pattern:
            owners[keyword.pattern].append(keyword)
    texts = Joined([sample(pattern) for pattern in owners])
    winners = texts.matches(cues)
    yield from _unreachable(located, owners, winners)
    yield from _swallowed(located, owners, texts, winners)


def _swallowed(
    located: Located, owners: dict[str, list[Keyword]], texts: Joined, winners: dict[int, list[Match]]
) -> Iterator[Diagnostic]:
    counts = Counter((keyword.topic, keyword.lang) for own in owners.values() for keyword in own)
    samples = list(owners.values())
    near = _near(owners, texts)
    for topic in located.taxonomy.walk():
        numbers = [n for n in sorted(near[topic.path]) if not any(related(topic.path, k.topic) for k in samples[n])]
        inside: dict[str, dict[str, str]] = defaultdict(dict)
        swallows: dict[str, dict[str, str]] = defaultdict(dict)
        found = Joined([texts.texts[n] for n in numbers]).matches(alone(located.taxonomy, topic)) if numbers else {}
        for index, matches in found.items():
            number = numbers[index]
            longer = samples[number][0]
            for match in matches:
                if any(covers(winner, match, topic.path) for winner in winners.get(number, ())):
                    continue
                if match.end - match.start < len(texts.texts[number]):
                    inside[match.pattern][longer.word] = longer.topic
                elif "*" in match.pattern:
                    swallows[match.pattern][longer.word] = longer.topic
        fought = dict.fromkeys((*inside, *swallows))
        for keyword in (k for pattern in fought for k in owners[pattern] if k.topic == topic.path):
            severity = WARNING if counts[keyword.topic, keyword.lang] <= FEW else NOTE
            facts = {"topic": keyword.topic, "keyword": keyword.word}
            if words := inside.get(keyword.pattern):
                message = (
                    f"'{keyword.word}' stands inside {_listed(words)}, and the longer keyword wins; add that to the "
                    f"keywords of '{keyword.topic}' if it speaks for it too, else to its not_keywords"
                )
                yield located.finding("T103", keyword.key, message, severity, **facts, others=_facts(words))
            if words := swallows.get(keyword.pattern):
                message = f"'{keyword.word}' also matches {_listed(words)}; write out the words that it stands for"
                yield located.finding("T107", keyword.key, message, severity, **facts, others=_facts(words))


def _near(owners: dict[str, list[Keyword]], texts: Joined) -> dict[str, set[int]]:
    """For each topic the texts that may have a keyword of it, so that not every topic reads every text."""
    topics: dict[str, set[str]] = defaultdict(set)
    for pattern, own in owners.items():
        # The longest piece of the first word: the whole of a keyword without spaces and stars.
        literal = max(fold(pattern).split(" ", 1)[0].split("*"), key=len)
        topics[literal].update(keyword.topic for keyword in own)
    topics.pop("", None)
    near: dict[str, set[int]] = defaultdict(set)
    for number, literal in texts.containing(list(topics)):
        for topic in topics[literal]:
            near[topic].add(number)
    return near


@dataclass(frozen=True)
class Match:
    """A keyword that fires in a text: where, the keyword as matched, and the topics it speaks for."""

    start: int
    end: int
    pattern: str
    topics: tuple[str, ...]


def covers(winner: Match, match: Match, topic: str) -> bool:
    """Whether the topic of a match does not go without it: the winner in its place speaks for it as well."""
    overlap = winner.start < match.end and match.start < winner.end
    return overlap and any(related(topic, other) for other in winner.topics)


class Joined:
    """Texts joined into one, so that one search finds what matches in all of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._joined = "|".join(texts)  # a mark that no phrase reaches across
        self._folded = fold(self._joined)
        self._starts = [0, *itertools.accumulate(len(text) + 1 for text in texts)][:-1]

    def matches(self, cues: Cues) -> dict[int, list[Match]]:
        """What matches, by number of the text, with places in that text."""
        found = cues.find(self._joined, self._folded)
        matches: dict[int, list[Match]] = defaultdict(list)
        for cue, start, end in zip(found.cue.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
            number = bisect_right(self._starts, start) - 1
            at = self._starts[number]
            matches[number].append(Match(start - at, end - at, cues.cues[cue].keyword, cues.cues[cue].topics))
        return matches

    def containing(self, literals: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Numbers of texts, and which of `literals`, folded, each has anywhere in it."""
        automaton = ahocorasick_rs.AhoCorasick(list(literals))
        for index, start, _ in automaton.find_matches_as_indexes(self._folded, overlapping=True):
            yield bisect_right(self._starts, start) - 1, literals[index]


def _repeats(located: Located, keywords: Sequence[Keyword]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], list[Keyword]] = defaultdict(list)
    for keyword in keywords:
        before = seen[keyword.pattern, keyword.lang]
        for other in before:
            file, line, column = located.place(*other.key)
            first = f"{file}:{line}:{column}"
            facts = {"topic": keyword.topic, "keyword": keyword.word, "other": other.topic}
            if other.topic == keyword.topic:
                how = "" if other.word == keyword.word else f", as '{other.word}', which matches the same"
                text = f"'{keyword.word}' is a keyword of '{keyword.topic}' already{how} ({first}); remove one"
                yield located.finding("T101", keyword.key, text, NOTE, **facts)
            elif related(other.topic, keyword.topic):
                lower, upper = sorted((other.topic, keyword.topic), key=len, reverse=True)
                text = f"'{keyword.word}' is a keyword of '{lower}' and of '{upper}' above it ({first}); remove one"
                yield located.finding("T101", keyword.key, text, **facts)
            else:
                text = (
                    f"'{keyword.word}' is also a keyword of '{other.topic}' ({first}), so it cannot tell the two "
                    "apart; keep it at one of them, or make it longer"
                )
                yield located.finding("T102", keyword.key, text, **facts)
            break
        before.append(keyword)


def _unreachable(
    located: Located,
    owners: dict[str, list[Keyword]],
    winners: dict[int, list[Match]],
) -> Iterator[Diagnostic]:
    for number, pattern in enumerate(owners):
        found = winners.get(number, [])
        if any(pattern == winner.pattern for winner in found):
            continue
        for keyword in owners[pattern]:
            if any(related(keyword.topic, topic) for winner in found for topic in winner.topics):
                continue
            if found:
                winner = f"'{found[0].pattern}' of '{found[0].topics[0]}'"
                why = f"{winner} wins wherever it stands; remove this one, or write out what that one stands for"
            else:
                why = "nothing matches it; write its words with single spaces between them, without marks before a word"
            message = f"'{keyword.word}' can never fire: {why}"
            yield located.finding("T108", keyword.key, message, topic=keyword.topic, keyword=keyword.word)


def _listed(words: dict[str, str], most: int = 3) -> str:
    shown = ", ".join(f"'{word}' ('{topic}')" for word, topic in list(words.items())[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def _facts(words: dict[str, str]) -> list[dict[str, str]]:
    return [{"keyword": word, "topic": topic} for word, topic in words.items()]
