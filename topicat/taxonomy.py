"""`Topic` and `Taxonomy`: an immutable tree of topics and the questions one asks of it. No I/O."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from topicat.errors import TaxonomyError

Terms = Mapping[str, tuple[str, ...]]
"""Words by language code: ``{"zh": ("天然气", "核电站"), "en": ("natural gas",)}``."""


@dataclass(frozen=True)
class TopicText:
    """A short text that is an example (or a counter-example) of a topic."""

    text: str
    lang: str = ""


@dataclass(frozen=True)
class Topic:
    """One topic, with what an analyst wrote about it.

    `path` joins the ids from the root with ``.`` (``energy.gas``); it is what labels are.
    """

    id: str
    path: str
    label: Mapping[str, str] = field(default_factory=dict)
    definition: Mapping[str, str] = field(default_factory=dict)
    keywords: Terms = field(default_factory=dict)
    not_keywords: Terms = field(default_factory=dict)
    examples: tuple[TopicText, ...] = ()
    not_examples: tuple[TopicText, ...] = ()
    match: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[Topic, ...] = ()

    def walk(self) -> Iterator[Topic]:
        """This topic and everything below it, parents first."""
        yield self
        for child in self.topics:
            yield from child.walk()

    def name(self, lang: str = "en") -> str:
        """The label in `lang`, else in any language, else the id."""
        return self.label.get(lang) or next(iter(self.label.values()), self.id)

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the shape of the YAML file; empty fields are left out."""
        data: dict[str, Any] = {}
        for name in ("label", "definition", "keywords", "not_keywords", "examples", "not_examples", "match"):
            value = _plain(getattr(self, name))
            if name.endswith("keywords"):
                value = {lang: words for lang, words in value.items() if words}
            if value:
                data[name] = value
        if self.topics:
            data["topics"] = {child.id: child.to_dict() for child in self.topics}
        return data

    @classmethod
    def from_dict(cls, id: str, data: Mapping[str, Any], parent: str = "") -> Topic:
        """The inverse of `to_dict`; `data` has been validated already."""
        path = f"{parent}.{id}" if parent else id
        return cls(
            id=id,
            path=path,
            label=dict(data.get("label", {})),
            definition=dict(data.get("definition", {})),
            keywords=_terms(data.get("keywords", {})),
            not_keywords=_terms(data.get("not_keywords", {})),
            examples=_texts(data.get("examples", ())),
            not_examples=_texts(data.get("not_examples", ())),
            match=dict(data.get("match", {})),
            topics=tuple(cls.from_dict(key, value or {}, path) for key, value in data.get("topics", {}).items()),
        )


@dataclass(frozen=True)
class Taxonomy:
    """A named, versioned set of topics.

    Examples
    --------
    >>> sport = Taxonomy.from_dict({"taxonomy": "sport", "topics": {"ball": {"topics": {"chess": {}}}}})
    >>> sport.paths
    ('ball', 'ball.chess')
    >>> sorted(sport.expand(["ball.chess"]))
    ['ball', 'ball.chess']
    """

    id: str
    version: str = "0"
    title: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    exclusive: bool = False
    topics: tuple[Topic, ...] = ()

    @cached_property
    def _by_path(self) -> dict[str, Topic]:
        return {topic.path: topic for root in self.topics for topic in root.walk()}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every topic's path, parents before children, in the order of the file."""
        return tuple(self._by_path)

    @property
    def label_languages(self) -> tuple[str, ...]:
        """The languages in which any topic has a label, sorted."""
        return tuple(sorted({lang for topic in self.walk() for lang in topic.label}))

    @property
    def roots(self) -> tuple[str, ...]:
        """The paths of the topics at the top."""
        return tuple(topic.path for topic in self.topics)

    def __repr__(self) -> str:
        """What it is in a line: its topics in full would fill pages."""
        title = _in_any(self.title)
        about = f"{self.id} {self.version}" + (f" ({title})" if title else "")
        roots = ", ".join(self.roots[:12]) + ", …" * (len(self.roots) > 12)
        return f"Taxonomy({about}: {len(self.paths):,} topics: {roots})"

    def _repr_html_(self) -> str:
        from topicat.notebook import taxonomy_html

        rows = (
            (t.path, t.name(), _in_any(t.definition), sum(len(words) for words in t.keywords.values()))
            for t in self.walk()
        )
        title = _in_any(self.title)
        return taxonomy_html(f"{self.id} {self.version}" + (f" – {title}" if title else ""), rows)

    def walk(self) -> Iterator[Topic]:
        """Every topic, parents first."""
        return iter(self._by_path.values())

    def __contains__(self, path: object) -> bool:
        return path in self._by_path

    def __getitem__(self, path: str) -> Topic:
        """The topic at `path`.

        Raises
        ------
        TaxonomyError
            If there is none; the message names the nearest path that there is.
        """
        try:
            return self._by_path[path]
        except KeyError:
            raise TaxonomyError(self.unknown(path)) from None

    @cached_property
    def _by_label(self) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for topic in self.walk():
            for name in topic.label.values():
                found.setdefault(name, set()).add(topic.path)
        return {name: next(iter(paths)) for name, paths in found.items() if len(paths) == 1}

    def resolve(self, label: str) -> str:
        """The path that `label` means: a path itself, or a topic's label in any language if only one has it.

        Raises
        ------
        TaxonomyError
            If it is neither; the message names the nearest path.
        """
        path = label if label in self else self._by_label.get(label, label)
        return self[path].path

    def unknown(self, path: str) -> str:
        """The sentence that says `path` is no topic here, with the nearest one that is."""
        near = nearest(path, self.paths)
        hint = f"; did you mean '{near}'?" if near else f"; it has: {', '.join(self.roots)}"
        return f"taxonomy '{self.id}' has no topic '{path}'{hint}"

    def expand(self, labels: Iterable[str]) -> frozenset[str]:
        """`labels` and all their parents: a label on a subtopic implies its parents."""
        found: set[str] = set()
        for label in labels:
            parts = self[label].path.split(".")
            found.update(".".join(parts[: i + 1]) for i in range(len(parts)))
        return frozenset(found)

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the shape of a YAML file without includes."""
        data: dict[str, Any] = {"taxonomy": self.id, "version": self.version}
        if self.title:
            data["title"] = dict(self.title)
        if self.languages:
            data["languages"] = list(self.languages)
        data["exclusive"] = self.exclusive
        data["topics"] = {topic.id: topic.to_dict() for topic in self.topics}
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Taxonomy:
        """The inverse of `to_dict`; `data` has been validated already."""
        return cls(
            id=data["taxonomy"],
            version=str(data.get("version", "0")),
            title=dict(data.get("title", {})),
            languages=tuple(data.get("languages", ())),
            exclusive=bool(data.get("exclusive", False)),
            topics=tuple(Topic.from_dict(key, value or {}) for key, value in data.get("topics", {}).items()),
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content (64 hexadecimal digits); equal for equal taxonomies, and only for those."""
        import hashlib

        # Not of `to_dict`: sorting its keys would lose the order of topics, leaving them would heed that of languages.
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def including(self, others: Iterable[Taxonomy]) -> Taxonomy:
        """This taxonomy with the topics of `others` before its own.

        A topic of this taxonomy with the id of an included one is laid over it: what it says
        replaces, what it leaves out stays.
        """
        merged: dict[str, Topic] = {}
        for other in others:
            for topic in other.topics:
                if topic.id in merged:
                    raise TaxonomyError(
                        f"taxonomy '{self.id}': topic '{topic.id}' comes from two includes, the second is "
                        f"'{other.id}'; rename one of them, or include one only"
                    )
                merged[topic.id] = topic
        for topic in self.topics:
            merged[topic.id] = _overlay(merged[topic.id], topic) if topic.id in merged else topic
        return dataclasses.replace(self, topics=tuple(merged.values()))


def _in_any(words: Mapping[str, str]) -> str:
    """`words` in English, else in any language."""
    return words.get("en") or next(iter(words.values()), "")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The one of `choices` that looks most like `word`, or None.

    >>> nearest("keyword", ["keywords", "label"])
    'keywords'
    """
    choices = list(choices)
    found = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if not found:
        last = [c for c in choices if c.rsplit(".", 1)[-1] == word.rsplit(".", 1)[-1]]
        return last[0] if last else None
    return found[0]


def _overlay(base: Topic, over: Topic) -> Topic:
    changes: dict[str, Any] = {}
    for name in ("label", "definition", "keywords", "not_keywords", "match"):
        if getattr(over, name):
            changes[name] = {**getattr(base, name), **getattr(over, name)}
    for name in ("examples", "not_examples"):
        if getattr(over, name):
            changes[name] = getattr(over, name)
    children = {child.id: child for child in base.topics}
    for child in over.topics:
        children[child.id] = _overlay(children[child.id], child) if child.id in children else child
    changes["topics"] = tuple(children.values())
    return dataclasses.replace(base, **changes)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, TopicText):
        return {"text": value.text, "lang": value.lang} if value.lang else {"text": value.text}
    return value


def _terms(data: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {lang: tuple(words) for lang, words in data.items() if words}


def _texts(data: Iterable[Mapping[str, str]]) -> tuple[TopicText, ...]:
    return tuple(TopicText(item["text"], item.get("lang", "")) for item in data)
