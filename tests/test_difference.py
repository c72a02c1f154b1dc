"""What became of topics, keywords and labels from one taxonomy to another."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from topicat.difference import Change, Relabelled, difference, labels_by_keywords, relabelled
from topicat.taxonomy import Taxonomy


def tree(topics: dict[str, Any], **more: Any) -> Taxonomy:
    """A taxonomy of those topics."""
    return Taxonomy.from_dict({"taxonomy": "garden", **more, "topics": topics})


FRUIT = {"label": {"en": "Fruit"}, "keywords": {"en": ["apple", "pear", "plum"], "zh": ["水果"]}}
TOOL = {"keywords": {"en": ["spade", "rake"]}}


def test_nothing_changed() -> None:
    """Equal taxonomies; the order of topics and words is no difference."""
    assert not difference(tree({"a": FRUIT, "b": TOOL}), tree({"b": TOOL, "a": FRUIT}))
    turned = {**FRUIT, "keywords": {"zh": ["水果"], "en": ["plum", "pear", "apple"]}}
    assert not difference(tree({"a": FRUIT}), tree({"a": turned}))


def test_topics_come_and_go() -> None:
    """Added and gone by path."""
    found = difference(tree({"a": FRUIT}), tree({"b": TOOL}))
    assert (found.added, found.gone, found.moved, found.changed) == (("b",), ("a",), {}, {})


def test_a_topic_moves() -> None:
    """With the same id elsewhere, or with another id and most of its keywords; what is below moves along."""
    below = {"a": {**FRUIT, "topics": {"b": TOOL, "c": {}}}}
    found = difference(tree(below), tree({"top": {"topics": below}}))
    assert found.moved == {"a": "top.a", "a.b": "top.a.b", "a.c": "top.a.c"}
    assert (found.added, found.gone, found.changed) == (("top",), (), {})
    renamed = difference(
        tree({"a": FRUIT}), tree({"z": {**FRUIT, "keywords": {"en": ["apple", "pear", "plum", "fig"]}}})
    )
    assert renamed.moved == {"a": "z"}
    assert renamed.changed == {
        "z": (Change("keywords", "en", ("fig",), ()), Change("keywords", "zh", (), ("水果",))),
    }


def test_a_topic_moves_to_the_likest_place() -> None:
    """And each place takes one topic only."""
    old = tree({"a": {"keywords": {"en": ["x", "y", "z"]}}, "b": {"keywords": {"en": ["x", "y"]}}})
    new = tree({"c": {"keywords": {"en": ["x", "y"]}}})
    found = difference(old, new)
    assert (found.moved, found.gone) == ({"b": "c"}, ("a",))


def test_fields_change() -> None:
    """By field and language; of the taxonomy too."""
    old = tree({"a": {**FRUIT, "match": {"cap": "8"}}}, version="1", languages=["en"])
    more = {"examples": [{"text": "An apple.", "lang": "en"}], "not_keywords": {"en": ["apple pie"]}}
    new = tree({"a": {**FRUIT, **more, "label": {"en": "Fruits"}}}, version="2", languages=["en", "zh"], exclusive=True)
    found = difference(old, new)
    assert found.taxonomy == (
        Change("version", "", ("2",), ("1",)),
        Change("languages", "", ("zh",), ()),
        Change("exclusive", "", ("true",), ("false",)),
    )
    assert found.changed == {
        "a": (
            Change("label", "en", ("Fruits",), ("Fruit",)),
            Change("match", "cap", (), ("8",)),
            Change("not_keywords", "en", ("apple pie",), ()),
            Change("examples", "en", ("An apple.",), ()),
        )
    }


def test_texts_change_their_label() -> None:
    """By keywords; a topic that only moved is the same label."""
    old = tree({"a": FRUIT, "b": TOOL})
    new = tree({"top": {"topics": {"a": {"keywords": {"en": ["apple", "pear"]}}}}, "b": {"keywords": {"en": ["axe"]}}})
    moved = difference(old, new).moved
    assert moved == {"a": "top.a"}
    texts = ["An apple.", "A plum.", "A rake and an axe.", "A spade.", "Nothing."]
    before, after = labels_by_keywords(old, texts), labels_by_keywords(new, texts)
    assert before == [{"a"}, {"a"}, {"b"}, {"b"}, set()]
    assert relabelled(moved, before, after) == [
        Relabelled(0, ("top",), ()),
        Relabelled(1, (), ("a",)),
        Relabelled(3, (), ("b",)),
    ]


WORDS = st.dictionaries(
    st.sampled_from(["en", "zh"]), st.lists(st.sampled_from(["apple", "pear", "rake", "水"]), min_size=1, unique=True)
)
TOPICS = st.dictionaries(st.sampled_from("abc"), st.fixed_dictionaries({"keywords": WORDS}))


@settings(deadline=None)  # a busy machine is no failure
@given(TOPICS, TOPICS)
def test_whatever_changed_every_topic_is_accounted_for(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Each once: kept, added, gone or moved; and back again is the mirror image."""
    old, new = tree(one), tree(other)
    found, back = difference(old, new), difference(new, old)
    kept = set(old.paths) & set(new.paths)
    assert sorted([*found.gone, *found.moved, *kept]) == sorted(old.paths)
    assert sorted([*found.added, *found.moved.values(), *kept]) == sorted(new.paths)
    assert bool(found) == bool(back)
    for path in kept:
        mirror = tuple(Change(c.field, c.lang, c.gone, c.added) for c in found.changed.get(path, ()))
        assert set(mirror) == set(back.changed.get(path, ()))
