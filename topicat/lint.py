"""What a valid taxonomy says that it cannot mean: warnings and notes with file, line and column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from topicat.collisions import Keyword, collisions, keywords_of, related
from topicat.cues import Cues, patterns_of
from topicat.diagnostic import NOTE, WARNING, Diagnostic
from topicat.folding import fold
from topicat.neutral import SENTENCES
from topicat.taxonomy import Topic, TopicText
from topicat.taxonomy_yaml import Located

STEM = 3
"""A glob needs that many letters before its `*`."""
SHARE = 0.5
"""A topic that shares more of its keywords than this with a sibling cannot be told from it."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3007]")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ]")
_WORDS = re.compile(r"[\s\-–]+")
_LATIN = re.compile(r"[A-Za-z]")
_TWO_SCRIPTS = re.compile(r"[A-Za-z]+[\u0400-\u04ff]|[\u0400-\u04ff]+[A-Za-z]")


def lint(located: Located) -> list[Diagnostic]:
    """The findings in a taxonomy that is valid, in the order of its files."""
    keywords = keywords_of(located.taxonomy)
    cues = Cues(located.taxonomy)
    found = [
        *collisions(located, keywords, cues),
        *_counters(located, keywords),
        *(finding for keyword in keywords for finding in _form(located, keyword)),
        *_ordinary(located, keywords, cues),
        *(finding for topic in located.taxonomy.walk() for finding in _gaps(located, topic)),
        *_examples(located, cues),
        *_twins(located, keywords),
    ]
    return sorted(found, key=lambda d: (d.file, d.line, d.column, d.code))


def votes(cues: Cues, text: str) -> Counter[str]:
    """How many keywords of each topic fire in `text`, by path; parents do not get their subtopics' keywords.

    The labels that a taxonomy gives by its keywords alone are the topics with any.
    """
    return Counter(topic for cue in cues.find(text, fold(text)).cue for topic in cues.cues[cue].topics)


def _counters(located: Located, keywords: Sequence[Keyword]) -> Iterator[Diagnostic]:
    """T104."""
    patterns: dict[str, _Patterns] = {topic.path: _Patterns() for topic in located.taxonomy.walk()}
    for keyword in keywords:
        patterns[keyword.topic].add(keyword.pattern.lower())
    for topic in (t for t in located.taxonomy.walk() if t.not_keywords):
        own = patterns[topic.path]
        near = [path for path in patterns if path != topic.path and related(path, topic.path)]
        for lang, words in topic.not_keywords.items():
            for number, (word, pattern) in enumerate(zip(words, patterns_of(words), strict=True)):
                counter = pattern.lower()
                if counter in own.texts:
                    why = f"it is a keyword of '{topic.path}' too, which wins; remove one of the two"
                elif own.touch(counter):
                    continue
                elif other := next((path for path in near if patterns[path].touch(counter)), ""):
                    why = f"the keyword in it is one of '{other}'; move it to the not_keywords there"
                else:
                    why = f"no keyword of '{topic.path}' stands in it; remove it"
                key = (topic.path, "not_keywords", lang, number)
                yield located.finding("T104", key, f"'{word}' silences nothing: {why}", topic=topic.path, keyword=word)


class _Patterns:
    """The keywords of a topic, by the first two letters of each of their words.

    >>> patterns = _Patterns()
    >>> for text in ("energy", "aids", "安全"):
    ...     patterns.add(text)
    >>> [patterns.touch(counter) for counter in ("dark energ*", "first aid", "粮食安全")]
    [True, False, True]
    """

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self._by_start: dict[str, list[list[str]]] = defaultdict(list)

    def add(self, text: str) -> None:
        """Another keyword, in lower case."""
        self.texts.add(text)
        words = _WORDS.split(text)
        for start in {_start(word) for word in words}:
            self._by_start[start].append(words)

    def touch(self, counter: str) -> bool:
        """Whether a text of `counter` can overlap that of a keyword: by a whole word, or by two Han characters."""
        if _HAN.search(counter):
            ends = [(counter[:n], counter[-n:]) for n in range(2, len(counter))]
            return any(
                text in counter or any(text.endswith(begin) or text.startswith(end) for begin, end in ends)
                for text in self.texts
            )
        words = _WORDS.split(counter)
        return any(
            all(map(_alike, words[max(shift, 0) :], others[max(-shift, 0) :]))
            for start in {"", *map(_start, words)}
            for others in self._by_start.get(start, ())
            for shift in range(1 - len(others), len(words))
        )


def _start(word: str) -> str:
    return "" if "*" in word[:2] else word[:2]


def _alike(one: str, other: str) -> bool:
    """Whether a word can match both, each with or without a `*` at its end; a `*` elsewhere is taken to match all."""
    if "*" not in one and "*" not in other:
        return one == other
    stem, stem2 = one.partition("*")[0], other.partition("*")[0]
    return ("*" in one and stem2.startswith(stem)) or ("*" in other and stem.startswith(stem2))


def _form(located: Located, keyword: Keyword) -> Iterator[Diagnostic]:
    """T105, T107, T109, T116 and T117: what one can see in a keyword by itself."""

    def say(code: str, message: str) -> Diagnostic:
        return located.finding(code, keyword.key, message, topic=keyword.topic, keyword=word)

    word, pattern = keyword.word, keyword.pattern
    stem = pattern.split("*", 1)[0]
    if _HAN.search(pattern):
        if len(pattern) == 1:
            yield say("T105", f"'{word}' is one character and fires inside every word that has it; make it longer")
        if "*" in fold(word):
            yield say(
                "T117", f"'{word}': a keyword with Chinese characters matches anywhere, so * does nothing; remove it"
            )
    elif pattern and " " not in pattern:
        if "*" in pattern and len(stem) < STEM and not pattern.startswith("*"):
            yield say("T107", f"'{word}' matches every word that begins with '{stem}'; write out the words meant")
        elif len(pattern.replace("*", "")) < STEM and word.islower() and pattern.isalpha():
            yield say("T105", f"'{word}' is too short to mean one thing; write it in capitals or make it longer")
    if wide := _WIDE.search(word):
        how = "and matches only full-width capitals" if pattern == word else "where texts have plain ones"
        yield say(
            "T109", f"'{word}' has the full-width letter or digit '{wide[0]}' {how}; write it as '{_narrow(word)}'"
        )
    elif any(c != _narrow(c) and _narrow(c) in word for c in word):
        yield say("T109", f"'{word}' mixes full-width and plain forms of one mark; write '{_narrow(word)}'")
    if match := _TWO_SCRIPTS.search(word):
        one = _LATIN.search(match[0])
        letter = one[0] if one else ""
        yield say("T116", f"'{word}' has the Latin letter '{letter}' beside Cyrillic ones in one word; type it anew")


def _narrow(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def _ordinary(located: Located, keywords: Sequence[Keyword], cues: Cues) -> Iterator[Diagnostic]:
    """T106."""
    common: dict[str, dict[str, None]] = defaultdict(dict)
    for sentences in SENTENCES.values():
        for text in sentences:
            for cue in cues.find(text, fold(text)).cue:
                common[cues.cues[cue].keyword][text] = None
    for keyword in keywords:
        if texts := common.get(keyword.pattern):
            message = f"'{keyword.word}' fires in ordinary text such as '{next(iter(texts))}'; make it longer"
            # One sentence may speak of what this taxonomy is about: of a court, say.
            severity = WARNING if len(texts) > 1 else NOTE
            yield located.finding("T106", keyword.key, message, severity, topic=keyword.topic, keyword=keyword.word)


def _gaps(located: Located, topic: Topic) -> Iterator[Diagnostic]:
    """T110, T111, T112 and T115: what a topic lacks, or has too much of."""
    langs = located.taxonomy.languages

    def say(code: str, message: str, *key: str, severity: str = WARNING) -> Diagnostic:
        return located.finding(code, (topic.path, *key), message, severity, topic=topic.path)

    def missing(have: Sequence[str]) -> str:
        return ", ".join(f"'{lang}'" for lang in langs if lang not in have)

    if not topic.definition:
        yield say("T110", f"'{topic.path}' has no definition; say what is in and what goes to another topic")
    elif lack := missing(list(topic.definition)):
        yield say("T110", f"'{topic.path}' has no definition in {lack}", "definition")
    if not any(t.examples for t in topic.walk()):
        yield say("T111", f"'{topic.path}' has no example; add a sentence or two that carry it")
    elif all(examples := [e.lang for t in topic.walk() for e in t.examples]) and (lack := missing(examples)):
        yield say("T111", f"'{topic.path}' has no example in {lack}", "examples", severity=NOTE)
    have = [lang for t in topic.walk() for lang in t.keywords]
    if not have:
        yield say("T112", f"'{topic.path}' has no keyword, so the taxonomy alone never finds it; add 'keywords:'")
    elif lack := missing(have):
        yield say("T112", f"'{topic.path}' has no keyword in {lack}", "keywords")
    for field, terms in (("keywords", topic.keywords), ("not_keywords", topic.not_keywords)):
        for lang in terms if langs else ():
            if lang not in langs:
                message = f"'{topic.path}' has {field} in '{lang}', which 'languages' lacks; add it there or mend it"
                yield say("T115", message, field, lang)


def _examples(located: Located, cues: Cues) -> Iterator[Diagnostic]:
    """T113."""
    taxonomy = located.taxonomy

    def counted(topic: Topic, example: TopicText) -> tuple[int, int, str]:
        """Keywords of the topic or below it, of the strongest other topic, and that topic's path."""
        found = votes(cues, example.text)
        own = sum(n for path, n in found.items() if f"{path}.".startswith(f"{topic.path}."))
        others = [(n, path) for path, n in found.items() if not related(path, topic.path)]
        return own, *max(others, default=(0, ""), key=lambda pair: pair[0])

    for topic in taxonomy.walk():
        if not any(t.keywords for t in topic.walk()):
            continue
        for number, example in enumerate(topic.examples):
            own, other, rival = counted(topic, example)
            if not own or (taxonomy.exclusive and other > own):
                said = f"they say '{rival}'" if rival else "none fires"
                message = f"the keywords do not label this example '{topic.path}': {said}; add a keyword that it has"
                yield located.finding("T113", (topic.path, "examples", number), message, topic=topic.path)
        for number, example in enumerate(topic.not_examples):
            own, other, _ = counted(topic, example)
            if own > other:
                message = f"the keywords label this counter-example '{topic.path}'; add the words to its not_keywords"
                yield located.finding("T113", (topic.path, "not_examples", number), message, topic=topic.path)


def _twins(located: Located, keywords: Sequence[Keyword]) -> Iterator[Diagnostic]:
    """T114."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    words: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for keyword in keywords:
        among_siblings = keyword.topic.rpartition(".")[0], keyword.pattern
        owners[among_siblings].add(keyword.topic)
        words[keyword.topic].add(among_siblings)
    for topic, own in words.items():
        shared = Counter(other for word in own for other in owners[word] if other != topic)
        for other, count in sorted(shared.items()):
            if count > SHARE * len(own):
                message = (
                    f"{count} of {len(own)} keywords of '{topic}' are keywords of '{other}' as well, so they cannot "
                    "tell the two apart; give it words of its own"
                )
                yield located.finding("T114", (topic,), message, topic=topic, other=other)
