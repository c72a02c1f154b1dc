"""`Difference`: what became of the topics and keywords from one taxonomy to another, and of the labels of texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from topicat.cues import Cues
from topicat.folding import fold
from topicat.taxonomy import Taxonomy, Topic

SAME = 0.5
"""Two topics with so large a share of their keywords in common (Jaccard) are one topic that moved."""


@dataclass(frozen=True)
class Change:
    """What changed in one field of a topic, or of the taxonomy: what is new there, and what is gone.

    `lang` is empty for a field without languages.
    """

    field: str
    lang: str
    added: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """From an old taxonomy to a new one.

    Attributes
    ----------
    taxonomy
        Changes of the taxonomy's own fields.
    added, gone
        Paths of topics that only the new one has, or only the old one.
    moved
        Old path to new path.
    changed
        Changes by the new path of a topic that both have.
    """

    taxonomy: tuple[Change, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    moved: Mapping[str, str]
    changed: Mapping[str, tuple[Change, ...]]

    def __bool__(self) -> bool:
        return bool(self.taxonomy or self.added or self.gone or self.moved or self.changed)


@dataclass(frozen=True)
class Relabelled:
    """A text (its number, from 0) whose labels change: paths that are new, and old paths that are gone."""

    number: int
    added: tuple[str, ...]
    gone: tuple[str, ...]


def difference(old: Taxonomy, new: Taxonomy) -> Difference:
    """What changed from `old` to `new`; the order of topics and words does not matter."""
    added = [path for path in new.paths if path not in old]
    gone = [path for path in old.paths if path not in new]
    moved = _moved([old[path] for path in gone], [new[path] for path in added])
    pairs = [(path, path) for path in old.paths if path in new] + list(moved.items())
    changed = {after: changes for before, after in pairs if (changes := _changes(old[before], new[after]))}
    return Difference(
        taxonomy=_of_fields(_head(old), _head(new)),
        added=tuple(path for path in added if path not in moved.values()),
        gone=tuple(path for path in gone if path not in moved),
        moved=moved,
        changed={path: changed[path] for path in new.paths if path in changed},
    )


def labels_by_keywords(taxonomy: Taxonomy, texts: Iterable[str]) -> list[frozenset[str]]:
    """For each text the topics of which a keyword fires, and those above them."""
    cues = Cues(taxonomy)
    fired = (cues.find(text, fold(text)).cue.tolist() for text in texts)
    return [taxonomy.expand(topic for cue in found for topic in cues.cues[cue].topics) for found in fired]


def relabelled(
    moved: Mapping[str, str], before: Iterable[Collection[str]], after: Iterable[Collection[str]]
) -> list[Relabelled]:
    """The texts whose labels change: `before` and `after` hold those of each text; a moved topic is the same label."""
    found = []
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        added = tuple(sorted(set(other) - {moved.get(path, path) for path in one}))
        gone = tuple(sorted(path for path in one if moved.get(path, path) not in other))
        if added or gone:
            found.append(Relabelled(number, added, gone))
    return found


def _moved(gone: Iterable[Topic], added: Iterable[Topic]) -> dict[str, str]:
    """Pairs of old and new paths that are one topic, the likest first."""
    added = list(added)
    pairs = []
    for topic in gone:
        for other in added:
            share = _share(_words(topic), _words(other))
            if share >= SAME or (topic.id == other.id and (share > 0 or not (_words(topic) and _words(other)))):
                pairs.append((share, topic.id == other.id, topic.path, other.path))
    moved: dict[str, str] = {}
    for _, _, before, after in sorted(pairs, key=lambda pair: (-pair[0], not pair[1], pair[2:])):
        if before not in moved and after not in moved.values():
            moved[before] = after
    return dict(sorted(moved.items()))


def _words(topic: Topic) -> set[tuple[str, str]]:
    return {(lang, word) for lang, words in topic.keywords.items() for word in words}


def _share(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _head(taxonomy: Taxonomy) -> dict[str, Any]:
    data = taxonomy.to_dict()
    del data["topics"]
    return {**data, "exclusive": str(taxonomy.exclusive).lower()}


def _changes(old: Topic, new: Topic) -> tuple[Change, ...]:
    one, other = old.to_dict(), new.to_dict()
    return _of_fields(*({key: value for key, value in data.items() if key != "topics"} for data in (one, other)))


def _of_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    changes = []
    for field in dict.fromkeys((*old, *new)):
        one, other = _by_lang(old.get(field)), _by_lang(new.get(field))
        for lang in dict.fromkeys((*one, *other)):
            before, after = one.get(lang, ()), other.get(lang, ())
            added = tuple(item for item in after if item not in before)
            gone = tuple(item for item in before if item not in after)
            if added or gone:
                changes.append(Change(field, lang, added, gone))
    return tuple(changes)


def _by_lang(value: Any) -> dict[str, tuple[str, ...]]:
    """A field's texts by language; of one without languages all stand under an empty one."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {"": (value,)}
    if isinstance(value, dict):
        return {lang: (item,) if isinstance(item, str) else tuple(item) for lang, item in value.items()}
    found: dict[str, tuple[str, ...]] = {}
    for item in value:
        lang, text = ("", item) if isinstance(item, str) else (item.get("lang", ""), item["text"])
        found[lang] = (*found.get(lang, ()), text)
    return found
