"""`Category`: what quanteda, Lexicoder and LIWC dictionaries have in common, named lists of words in a tree."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from topicat.draft import topic_id
from topicat.errors import TaxonomyError
from topicat.formats.format import Options
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy, Topic

MAX_LEVELS = 18
"""Levels of topics that a taxonomy file may have: it nests two levels of YAML for each, up to 40."""

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3007]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("en", re.compile(r"[A-Za-z]")),
)


@dataclass
class Category:
    """A name, its words, and the categories below it."""

    name: str
    words: list[str] = field(default_factory=list)
    below: list[Category] = field(default_factory=list)
    label: str = ""


def guess_lang(text: str) -> str:
    """The commonest language in the script of `text`; ``und`` where there is none.

    >>> [guess_lang(word) for word in ("石油", "нефть", "oil", "1973")]
    ['zh', 'ru', 'en', 'und']
    """
    return next((lang for lang, script in _SCRIPTS if script.search(text)), "und")


def holds(word: str) -> bool:
    """Whether a word means the same in a dictionary and in a taxonomy."""
    return any(c.isalnum() for c in word) and "?" not in word


def from_taxonomy(taxonomy: Taxonomy, options: Options) -> list[Category]:
    """The topics as categories: ids and keywords, of all languages together or of `options.only`."""
    return [_category(topic, options) for topic in taxonomy.topics]


def _category(topic: Topic, options: Options) -> Category:
    words = [
        " ".join(word.split())
        for lang, terms in topic.keywords.items()
        if not options.only or lang == options.only
        for word in terms
    ]
    below = [_category(child, options) for child in topic.topics]
    return Category(topic.id, [word for word in dict.fromkeys(words) if holds(word)], below)


def to_taxonomy(categories: Iterable[Category], file: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of the categories. A name that is no id becomes a label beside an id made of it.

    Words are of the language `options.lang`, else of the one that their script suggests.

    Raises
    ------
    TaxonomyError
        If there is no category, or they are nested too deeply.
    """
    lost: list[Lost] = []
    topics = _topics(categories, file, "", options, lost)
    if not topics:
        raise TaxonomyError(f"{file}: no category in this dictionary; it needs names with lists of words")
    taxonomy = Taxonomy.from_dict({"taxonomy": options.id, "topics": topics})
    langs = dict.fromkeys(lang for topic in taxonomy.walk() for lang in topic.keywords if lang != "und")
    return replace(taxonomy, languages=tuple(langs)), lost


def _topics(categories: Iterable[Category], file: str, parent: str, options: Options, lost: list[Lost]) -> Any:
    topics: dict[str, Any] = {}
    for category in categories:
        id = unique(topic_id(category.name), topics)
        path = f"{parent}.{id}" if parent else id
        check_depth(path, file)
        topic: dict[str, Any] = {}
        label = category.label or (category.name if category.name != id else "")
        if label.strip():
            topic["label"] = {options.lang or guess_lang(label): label}
        topic["keywords"] = keywords_of(category.words, path, options, lost)
        if category.below:
            topic["topics"] = _topics(category.below, file, path, options, lost)
        topics[id] = {key: value for key, value in topic.items() if value}
    return topics


def keywords_of(words: Sequence[str], path: str, options: Options, lost: list[Lost]) -> dict[str, list[str]]:
    """`words` by language; those that a taxonomy cannot hold are added to `lost`."""
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(" ".join(w.split()) for w in words):
        if holds(word):
            found.setdefault(options.lang or guess_lang(word), []).append(word)
        elif "?" in word:
            lost.append(Lost(path, "keywords", word, why="'?' stands for one letter, and keywords have only '*'"))
        else:
            lost.append(Lost(path, "keywords", word, why="no letter or digit, so it would match nothing"))
    return found


def check_depth(path: str, file: str) -> None:
    """Refuse a topic on a deeper level than a taxonomy file can have."""
    parts = path.split(".")
    if len(parts) > MAX_LEVELS:
        raise TaxonomyError(
            f"{file}: topics are nested deeper than {MAX_LEVELS} levels, at '{parts[-1]}'; leave levels out"
        )


def unique(id: str, taken: Container[str]) -> str:
    """`id`, or where it is taken `id` with a number.

    >>> unique("gas", {"gas": 1, "gas-2": 1})
    'gas-3'
    """
    if id not in taken:
        return id
    # In steps that double and then halve: a file may have the same name a hundred thousand times.
    used, free = 1, 2
    while f"{id}-{free}" in taken:
        used, free = free, 2 * free
    while free - used > 1:
        middle = (used + free) // 2
        used, free = (middle, free) if f"{id}-{middle}" in taken else (used, middle)
    return f"{id}-{free}"
