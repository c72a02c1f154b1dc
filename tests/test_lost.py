"""What is said about what a format cannot hold."""

from __future__ import annotations

import dataclasses

from topicat.lost import Lost, differences, summary
from topicat.taxonomy import Taxonomy, TopicText


def test_equal_taxonomies_differ_in_nothing(garden: Taxonomy) -> None:
    """The order of languages in a mapping means nothing."""
    turned = Taxonomy.from_dict(garden.to_dict() | {"title": {}})
    assert differences(garden, turned) == []


def test_each_kind_of_difference_is_named(garden: Taxonomy) -> None:
    """Fields by language, words one by one, topics whole, order alone."""
    fruit, tool, animal = garden.topics
    changed = dataclasses.replace(
        fruit,
        label={"en": "Fruits"},
        keywords={**fruit.keywords, "zh": ("苹果", "水果", "梨子")},
        not_keywords={},
        examples=(TopicText("Pears.", "en"),),
        topics=tuple(reversed(fruit.topics)),
    )
    found = differences(garden, dataclasses.replace(garden, version="2", topics=(changed, tool)))
    assert set(map(str, found)) == {
        str(item)
        for item in (
            Lost("", "version", "1.2.0", "2"),
            Lost("fruit", "label.en", "Fruit", "Fruits"),
            Lost("fruit", "label.zh", "水果"),
            Lost("fruit", "keywords.zh", ["果园"], ["梨子"]),
            Lost("fruit", "not_keywords.zh", ["苹果手机"]),
            Lost("fruit", "not_keywords.en", ["apple computer*"]),
            Lost("fruit", "examples", [], [["Pears.", "en"]]),
            Lost("animal", "topic", animal.to_dict()),
            Lost(
                "",
                "order of topics",
                ["fruit", "fruit.berry", "fruit.citrus", "tool"],
                ["fruit", "fruit.citrus", "fruit.berry", "tool"],
            ),
        )
    }


def test_order_of_words_is_named_where_nothing_else_changed(garden: Taxonomy) -> None:
    """Reversed keywords are the same keywords in another order."""
    fruit, *rest = garden.topics
    turned = dataclasses.replace(fruit, keywords={**fruit.keywords, "en": fruit.keywords["en"][::-1]})
    [found] = differences(garden, dataclasses.replace(garden, topics=(turned, *rest)))
    assert (found.where, found.what) == ("fruit", "order of keywords.en")


def test_the_summary_groups_by_kind_and_reason() -> None:
    """A line for each field and reason, with the first three places."""
    lost = [Lost(path, "match.cap", "1") for path in "abcd"] + [Lost("", "version", "1"), Lost("a", "x", "y", why="no")]
    assert summary(lost) == ["match.cap: 4 (a, b, c, …)", "version", "x: 1 (a); no"]


def test_plain_data_leave_out_what_is_empty() -> None:
    """`now` and `why` stand in the JSON only where there is something to say."""
    assert Lost("a", "exclusive", False, True).to_dict() == {
        "where": "a",
        "what": "exclusive",
        "value": False,
        "now": True,
    }
    assert Lost("a", "label.en", "A").to_dict() == {"where": "a", "what": "label.en", "value": "A"}
