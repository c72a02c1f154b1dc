"""Several taxonomies as one."""

from __future__ import annotations

from typing import Any

import pytest

from topicat.errors import UsageError
from topicat.merging import merge
from topicat.taxonomy import Taxonomy


def tree(id: str, topics: dict[str, Any], **more: Any) -> tuple[str, Taxonomy]:
    """A taxonomy with the name under which it is included."""
    return id, Taxonomy.from_dict({"taxonomy": id, **more, "topics": topics})


FRUIT = tree("fruit", {"fruit": {"label": {"en": "Fruit"}, "keywords": {"en": ["apple"]}}}, languages=["en"])
TOOLS = tree("tools", {"tools": {"keywords": {"en": ["spade"]}}}, languages=["en", "zh"])
MORE = tree("more", {"fruit": {"keywords": {"en": ["pear"], "zh": ["水果"]}, "topics": {"berry": {}}}, "seed": {}})


def test_what_has_nothing_in_common_is_included() -> None:
    """Nothing is written out; languages are joined."""
    merged = merge("all", [FRUIT, TOOLS])
    assert merged.include == ("fruit", "tools")
    assert merged.own.topics == ()
    assert merged.whole.paths == ("fruit", "tools")
    assert (merged.whole.id, merged.whole.languages) == ("all", ("en", "zh"))
    assert merged.shared == {}


def test_the_later_is_laid_over_the_earlier() -> None:
    """Language by language; what it leaves out stays."""
    merged = merge("all", [FRUIT, MORE, TOOLS])
    assert merged.include == ("fruit", "tools")
    assert merged.own.paths == ("fruit", "fruit.berry", "seed")
    assert merged.whole["fruit"].label == {"en": "Fruit"}
    assert merged.whole["fruit"].keywords == {"en": ("pear",), "zh": ("水果",)}
    assert set(merged.whole.paths) == {"fruit", "fruit.berry", "seed", "tools"}
    assert merged.shared == {"fruit": ("fruit", "more")}


def test_the_order_decides() -> None:
    """As if each were laid over all before it, also over topics that are no longer included."""
    last = tree("last", {"seed": {"keywords": {"en": ["kernel"]}}, "tools": {"keywords": {"en": ["axe"]}}})
    parts = [FRUIT, TOOLS, MORE, last]
    merged = merge("all", parts)
    assert merged.include == ("fruit", "tools")
    step = parts[0][1]
    for _, other in parts[1:]:
        step = other.including([step])
    assert {t.path: t for t in merged.whole.walk()} == {t.path: t for t in step.walk()}
    assert merged.whole["tools"].keywords == {"en": ("axe",)}


def test_exclusive_and_not_do_not_mix() -> None:
    """The message names one of each."""
    one = tree("one", {"a": {}}, exclusive=True)
    with pytest.raises(UsageError, match="'one' is exclusive and 'tools' is not"):
        merge("all", [one, TOOLS])
    assert merge("all", [one, tree("two", {"b": {}}, exclusive=True)]).whole.exclusive
