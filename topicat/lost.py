"""`Lost`: something that a format cannot hold, said so that nobody has to find it out."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topicat.taxonomy import Taxonomy, Topic


@dataclass(frozen=True)
class Lost:
    """One thing that was not carried over, or not as it was.

    Attributes
    ----------
    where
        A topic's path, an IRI, or file and line; empty for the whole.
    what
        The field, as in ``definition.en``.
    value
        What it was, as plain data.
    now
        What stands in its place; None for nothing.
    why
        The reason, where it is not that the format has no room for the field.
    """

    where: str
    what: str
    value: Any = None
    now: Any = None
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, empty fields left out."""
        return {key: value for key, value in dataclasses.asdict(self).items() if value not in (None, "")}


def summary(lost: Sequence[Lost]) -> list[str]:
    """A line for each kind of loss: how often, where first, and why.

    >>> summary([Lost("energy", "definition.en", "…"), Lost("water", "definition.en", "…")])
    ['definition.en: 2 (energy, water)']
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for item in lost:
        kinds.setdefault((item.what, item.why), []).append(item.where)
    lines = []
    for (what, why), places in kinds.items():
        named = [place for place in dict.fromkeys(places) if place]
        shown = ", ".join(named[:3]) + (", …" if len(named) > 3 else "")
        count = f": {len(places):,}" if named else ""
        lines.append(f"{what}{count}" + (f" ({shown})" if shown else "") + (f"; {why}" if why else ""))
    return lines


def differences(before: Taxonomy, after: Taxonomy) -> list[Lost]:
    """What `before` has and `after` has not, or has otherwise; empty only if the two are equal."""
    lost: list[Lost] = []
    for name in ("id", "version", "languages", "exclusive"):
        lost += _value("", name, _plain(getattr(before, name)), _plain(getattr(after, name)))
    lost += _by_key("", "title", before.title, after.title)
    for path in before.paths:
        if path in after:
            lost += _topic(before[path], after[path])
        else:
            lost.append(Lost(path, "topic", _alone(before[path])))
    lost += [Lost(path, "topic", None, _alone(after[path])) for path in after.paths if path not in before]
    shared = [path for path in before.paths if path in after]
    now = [path for path in after.paths if path in before]
    if shared != now:
        lost.append(Lost("", "order of topics", shared, now))
    return lost


def _alone(topic: Topic) -> dict[str, Any]:
    return dataclasses.replace(topic, topics=()).to_dict()


def _topic(before: Topic, after: Topic) -> list[Lost]:
    lost: list[Lost] = []
    for name in ("label", "definition", "match"):
        lost += _by_key(before.path, name, getattr(before, name), getattr(after, name))
    for name in ("keywords", "not_keywords"):
        old, new = getattr(before, name), getattr(after, name)
        for lang in dict.fromkeys((*old, *new)):
            lost += _items(before.path, f"{name}.{lang}", old.get(lang, ()), new.get(lang, ()))
    for name in ("examples", "not_examples"):
        old_texts = [dataclasses.astuple(e) for e in getattr(before, name)]
        lost += _items(before.path, name, old_texts, [dataclasses.astuple(e) for e in getattr(after, name)])
    return lost


def _by_key(where: str, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Lost]:
    for key in dict.fromkeys((*before, *after)):
        yield from _value(where, f"{what}.{key}", before.get(key), after.get(key))


def _value(where: str, what: str, before: Any, after: Any) -> Iterable[Lost]:
    if before != after:
        yield Lost(where, what, before, after)


def _items(where: str, what: str, before: Sequence[Any], after: Sequence[Any]) -> Iterable[Lost]:
    """Items that are missing and items that are new, each as often as it is; else their order, if it changed."""
    missing, new = Counter(before), Counter(after)
    shared = missing & new
    gone, come = _plain((missing - shared).elements()), _plain((new - shared).elements())
    if gone or come:
        yield Lost(where, what, gone, come or None)
    elif list(before) != list(after):
        yield Lost(where, f"order of {what}", _plain(before), _plain(after))


def _plain(value: Any) -> Any:
    if isinstance(value, (str, bool)):
        return value
    return [_plain(item) for item in value]
