"""The tree of topics: paths, labels, composition, identity."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from topicat.errors import TaxonomyError
from topicat.taxonomy import Taxonomy, Topic, TopicText, nearest


def taxonomy(id: str = "garden", /, **topics: Any) -> Taxonomy:
    """A taxonomy of the `topics` by id."""
    return Taxonomy.from_dict({"taxonomy": id, "topics": topics})


def test_paths_are_in_the_order_of_the_file_parents_first(garden: Taxonomy) -> None:
    """Ids joined with dots."""
    assert garden.paths == ("fruit", "fruit.berry", "fruit.citrus", "tool", "animal")
    assert garden.roots == ("fruit", "tool", "animal")
    assert [topic.path for topic in garden.walk()] == list(garden.paths)
    assert [topic.id for topic in garden["fruit"].walk()] == ["fruit", "berry", "citrus"]


def test_a_topic_is_found_by_its_path(garden: Taxonomy) -> None:
    """Not by its id alone."""
    assert garden["fruit.berry"].keywords["zh"] == ("草莓", "蓝莓")
    assert "fruit.berry" in garden
    assert "berry" not in garden
    assert None not in garden


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("fruits", "did you mean 'fruit'?"),
        ("berry", "did you mean 'fruit.berry'?"),
        ("fruit.bery", "did you mean 'fruit.berry'?"),
        ("water", "it has: fruit, tool, animal"),
        ("", "it has: fruit, tool, animal"),
    ],
)
def test_an_unknown_topic_is_named_with_the_nearest_one(garden: Taxonomy, path: str, hint: str) -> None:
    """Or with the topics at the top where none looks like it."""
    with pytest.raises(TaxonomyError) as caught:
        garden[path]
    assert str(caught.value) == f"taxonomy 'garden' has no topic '{path}'; {hint}"


def test_a_label_implies_its_parents(garden: Taxonomy) -> None:
    """An unknown label is refused."""
    assert garden.expand(["fruit.berry", "tool"]) == {"fruit", "fruit.berry", "tool"}
    assert garden.expand([]) == frozenset()
    with pytest.raises(TaxonomyError, match=r"no topic 'fruit\.pear'"):
        garden.expand(["fruit.pear"])


def test_a_topic_has_a_name_in_some_language(garden: Taxonomy) -> None:
    """The language asked for, else any, else the id."""
    assert garden["fruit"].name("zh") == "水果"
    assert garden["fruit"].name("ru") == "Fruit"
    assert garden["fruit.berry"].name() == "berry"


def test_plain_data_goes_there_and_back(garden: Taxonomy) -> None:
    """`from_dict` of `to_dict` is equal, and so is a pickled copy."""
    assert Taxonomy.from_dict(garden.to_dict()) == garden
    copy = pickle.loads(pickle.dumps(garden))
    assert copy == garden
    assert copy.fingerprint == garden.fingerprint


def test_empty_fields_are_left_out() -> None:
    """Down to languages without keywords; a topic may be nothing but its id."""
    tree = taxonomy(fruit={"keywords": {"zh": [], "en": ["fruit"]}, "topics": {"berry": None}}, tool=None)
    assert tree["fruit"].keywords == {"en": ("fruit",)}
    assert tree.to_dict()["topics"] == {"fruit": {"keywords": {"en": ["fruit"]}, "topics": {"berry": {}}}, "tool": {}}
    assert Topic("fruit", "fruit", keywords={"zh": ()}).to_dict() == {}
    assert Topic("a", "a", examples=(TopicText("x"), TopicText("y", "en"))).to_dict() == {
        "examples": [{"text": "x"}, {"text": "y", "lang": "en"}]
    }


def test_a_taxonomy_cannot_be_changed(garden: Taxonomy) -> None:
    """`dataclasses.replace` makes another."""
    frozen: Any = garden
    with pytest.raises(dataclasses.FrozenInstanceError):
        frozen.id = "orchard"
    other = dataclasses.replace(garden, topics=garden.topics[:1])
    assert other.paths == ("fruit", "fruit.berry", "fruit.citrus")
    assert garden.paths[-1] == "animal"


def test_the_fingerprint_is_that_of_the_content() -> None:
    """Equal for equal taxonomies, in whatever order the languages stand; different for any other order or content."""
    one = taxonomy(fruit={"label": {"en": "Fruit", "zh": "水果"}}, tool={})
    same = taxonomy(fruit={"label": {"zh": "水果", "en": "Fruit"}}, tool={})
    assert one == same
    assert one.fingerprint == same.fingerprint
    assert len(one.fingerprint) == 64
    others = [
        taxonomy(tool={}, fruit={"label": {"en": "Fruit", "zh": "水果"}}),
        taxonomy(fruit={"label": {"en": "Fruit", "zh": "水果"}}, tool={"match": {"cap": "8"}}),
        taxonomy(fruit={"label": {"en": "Fruit", "zh": "水果"}, "topics": {"tool": {}}}),
        taxonomy("orchard", fruit={"label": {"en": "Fruit", "zh": "水果"}}, tool={}),
        dataclasses.replace(one, exclusive=True),
        dataclasses.replace(one, version="2"),
    ]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 7


def test_included_topics_come_first_and_own_ones_are_laid_over() -> None:
    """What a topic says replaces, by language and subtopic; what it leaves out stays."""
    fruit = {
        "label": {"en": "Fruit", "zh": "水果"},
        "keywords": {"en": ["fruit"], "zh": ["水果"]},
        "examples": [{"text": "An apple."}],
        "topics": {"berry": {"label": {"en": "Berries"}}, "citrus": {}},
    }
    own = taxonomy(
        tool={},
        fruit={
            "keywords": {"en": ["fruits"]},
            "examples": [{"text": "A pear."}],
            "topics": {"berry": {"match": {"cap": "8"}}, "nut": {}},
        },
    )
    both = own.including([taxonomy("orchard", fruit=fruit), taxonomy("zoo", animal={})])
    assert both.id == "garden"
    assert both.paths == ("fruit", "fruit.berry", "fruit.citrus", "fruit.nut", "animal", "tool")
    merged = both["fruit"]
    assert merged.label == {"en": "Fruit", "zh": "水果"}
    assert merged.keywords == {"en": ("fruits",), "zh": ("水果",)}
    assert merged.examples == (TopicText("A pear."),)
    assert both["fruit.berry"].label == {"en": "Berries"}
    assert both["fruit.berry"].match == {"cap": "8"}
    assert own.including([]) == own


def test_two_includes_may_not_bring_the_same_topic() -> None:
    """The message names the topic, the second include and the way out."""
    with pytest.raises(TaxonomyError, match=r"'fruit' comes from two includes, the second is 'b'; rename one of them"):
        taxonomy(tool={}).including([taxonomy("a", fruit={}), taxonomy("b", fruit={})])


def test_nearest_finds_slips_and_last_parts() -> None:
    """None where nothing is near."""
    assert nearest("lable", ["label", "match"]) == "label"
    assert nearest("gas", ["trade", "energy.gas"]) == "energy.gas"
    assert nearest("zzz", ["label"]) is None
    assert nearest("label", []) is None
