"""The keywords of a taxonomy over a corpus: what fires, how often, where, and which topics get in each other's way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from topicat.collisions import Joined, Keyword, alone, covers, keywords_of
from topicat.cues import Cues
from topicat.diagnostic import NOTE, WARNING, Diagnostic
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import Located

COMMON = 1 / 3
"""A keyword that fires in a larger share of the paragraphs says little."""
ENOUGH = 100
"""A corpus of so many paragraphs should have every topic at the top, and shows what is common."""
TOGETHER = 0.8
"""Two topics of which so large a share of the paragraphs is common (Jaccard) are hardly two."""
PLACES = 5
_BATCH = 1000

Spot = tuple[str, int, str]
"""A paragraph: the name of its document, its number there, its text."""


@dataclass
class Fired:
    """How often a keyword fires, or loses: times, in so many paragraphs, of which the first few are named."""

    times: int = 0
    paragraphs: int = 0
    where: list[tuple[str, int]] = field(default_factory=list)

    def add(self, times: int, spot: Spot) -> None:
        """Another paragraph in which it fires."""
        self.times += times
        self.paragraphs += 1
        if len(self.where) < PLACES:
            self.where.append(spot[:2])

    def __str__(self) -> str:
        places = ", ".join(f"{document}:{number}" for document, number in self.where)
        more = f" and {self.paragraphs - len(self.where)} more" if self.paragraphs > len(self.where) else ""
        return f"{_count(self.times, 'time')} ({places}{more})"


@dataclass(frozen=True)
class Loss:
    """A keyword that would fire but for a keyword of another topic in its place (empty: a counter-keyword)."""

    topic: str
    pattern: str
    winner: str
    other: str


@dataclass
class Coverage:
    """What the keywords find in a corpus.

    Attributes
    ----------
    paragraphs
        How many there are.
    fired
        By keyword as matched; those that never fire are not there.
    topics
        Paragraphs in which a keyword of the topic or of one below it fires, by path.
    together
        Paragraphs with both of two topics that stand side by side, under one parent or both at the top.
    losses
        Keywords that lose to those of unrelated topics.
    robbed
        Losses in whose paragraphs, for some, nothing else speaks for the topic: how many.
    """

    paragraphs: int = 0
    fired: dict[str, Fired] = field(default_factory=lambda: defaultdict(Fired))
    topics: Counter[str] = field(default_factory=Counter)
    together: Counter[tuple[str, str]] = field(default_factory=Counter)
    losses: dict[Loss, Fired] = field(default_factory=lambda: defaultdict(Fired))
    robbed: Counter[Loss] = field(default_factory=Counter)


def cover(taxonomy: Taxonomy, corpus: Sequence[Spot]) -> Coverage:
    """Match every keyword of `taxonomy` in every paragraph of `corpus`."""
    coverage = Coverage(paragraphs=len(corpus))
    cues = Cues(taxonomy)
    solo = {topic.path: alone(taxonomy, topic) for topic in taxonomy.walk() if topic.keywords}
    for begin in range(0, len(corpus), _BATCH):
        spots = corpus[begin : begin + _BATCH]
        texts = Joined([text for _, _, text in spots])
        winners = texts.matches(cues)
        present = {}
        for number, found in winners.items():
            for pattern, times in Counter(match.pattern for match in found).items():
                coverage.fired[pattern].add(times, spots[number])
            topics = sorted(taxonomy.expand(topic for match in found for topic in match.topics))
            present[number] = topics
            coverage.topics.update(topics)
            coverage.together.update((a, b) for a, b in combinations(topics, 2) if _parent(a) == _parent(b))
        for path, matcher in solo.items():
            for number, found in texts.matches(matcher).items():
                lost: Counter[Loss] = Counter()
                for match in found:
                    over = [w for w in winners.get(number, ()) if w.start < match.end and match.start < w.end]
                    if not any(covers(winner, match, path) for winner in over):
                        rival = (over[0].pattern, over[0].topics[0]) if over else ("", "")
                        lost[Loss(path, match.pattern, *rival)] += 1
                for loss, times in lost.items():
                    coverage.losses[loss].add(times, spots[number])
                    coverage.robbed[loss] += path not in present.get(number, ())
    return coverage


def findings(located: Located, coverage: Coverage) -> Iterator[Diagnostic]:
    """T201 to T207: the coverage as findings at the places of keywords and topics."""
    keywords = keywords_of(located.taxonomy)
    for keyword in keywords:
        yield from _of_keyword(located, coverage, keyword)
    n = coverage.paragraphs
    for topic in located.taxonomy.walk():
        count = coverage.topics[topic.path]
        key, facts = (topic.path,), {"topic": topic.path, "paragraphs": count, "of": n}
        if count:
            message = f"'{topic.path}' is in {count:,} of {_count(n, 'paragraph')} ({count / n:.0%})"
            yield located.finding("T204", key, message, NOTE, **facts, share=round(count / n, 6))
        else:
            severity = WARNING if "." not in topic.path and n >= ENOUGH else NOTE
            message = f"'{topic.path}' is in none of {_count(n, 'paragraph')}; is it a topic of these texts?"
            yield located.finding("T205", key, message, severity, **facts)
    for (one, other), both in coverage.together.items():
        share = both / (coverage.topics[one] + coverage.topics[other] - both)
        hardly_two = share >= TOGETHER and both >= ENOUGH / 10
        message = f"'{one}' and '{other}' are both in {_count(both, 'paragraph')}, {share:.0%} of those with either"
        if hardly_two:
            message += "; are they two topics?"
        severity = WARNING if hardly_two else NOTE
        facts = {"topic": one, "other": other, "paragraphs": both, "of": n, "share": round(share, 6)}
        yield located.finding("T206", (one,), message, severity, **facts)
    by_pattern = {(keyword.topic, keyword.pattern): keyword for keyword in keywords}
    for loss, fired in coverage.losses.items():
        keyword = by_pattern[loss.topic, loss.pattern]
        rival = f"to '{loss.winner}' of '{loss.other}'" if loss.winner else "to a counter-keyword"
        robbed = coverage.robbed[loss]
        message = f"'{keyword.word}' loses {rival} {fired}"
        if robbed:
            message += f"; {_count(robbed, 'paragraph')} would have '{loss.topic}' otherwise"
        yield located.finding(
            "T207",
            keyword.key,
            message,
            WARNING if robbed else NOTE,
            topic=loss.topic,
            keyword=keyword.word,
            winner=loss.winner,
            other=loss.other,
            robbed=robbed,
            **_facts(fired),
        )


def _of_keyword(located: Located, coverage: Coverage, keyword: Keyword) -> Iterator[Diagnostic]:
    n = coverage.paragraphs
    names = {"topic": keyword.topic, "keyword": keyword.word, "lang": keyword.lang}
    if keyword.pattern not in coverage.fired:
        message = f"'{keyword.word}' never fires in {_count(n, 'paragraph')}"
        yield located.finding("T202", keyword.key, message, NOTE, **names, times=0, paragraphs=0, of=n)
        return
    fired = coverage.fired[keyword.pattern]
    message = f"'{keyword.word}' fires {fired}"
    yield located.finding("T201", keyword.key, message, NOTE, **names, **_facts(fired), of=n)
    if n >= ENOUGH and fired.paragraphs > COMMON * n:
        share = fired.paragraphs / n
        message = (
            f"'{keyword.word}' fires in {share:.0%} of {_count(n, 'paragraph')}, so it says little; make it longer"
        )
        yield located.finding("T203", keyword.key, message, **names, paragraphs=fired.paragraphs, of=n)


def _facts(fired: Fired) -> dict[str, object]:
    where = [{"document": document, "paragraph": number} for document, number in fired.where]
    return {"times": fired.times, "paragraphs": fired.paragraphs, "where": where}


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"
