"""Round trips through every format: what comes back is what went in, less what was said to be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import topicat
from topicat.errors import UsageError
from topicat.formats import FORMATS, read_taxonomy, tell, tell_by_ending, write_taxonomy
from topicat.formats.dictionary import guess_lang, holds
from topicat.formats.format import Options
from topicat.lost import Lost
from topicat.reading import decode
from topicat.taxonomy import Taxonomy, Topic

LANGS = st.sampled_from(["zh", "en", "ru", "kk", "zh-Hant"])
CHARS = st.one_of(
    st.sampled_from("石油天然气煤  aABz?*+%\"'\\<>&;:#-_.,()[]{}|\t\n"),
    st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]),
)
TEXTS = st.text(CHARS, min_size=1, max_size=12).filter(str.strip)
WORDS = st.one_of(
    TEXTS.filter(lambda t: any(c.isalnum() for c in t)), st.sampled_from(["石油", "oil*", "нефть", "WTO"])
)
IDS = st.from_regex(r"[a-z石][a-z0-9_-]{0,5}[a-z0-9]", fullmatch=True)
BY_LANG = st.dictionaries(LANGS, TEXTS, max_size=3)
TERMS = st.dictionaries(LANGS, st.lists(WORDS, min_size=1, max_size=5), max_size=3)
EXAMPLES = st.lists(
    st.fixed_dictionaries({"text": TEXTS}, optional={"lang": st.sampled_from(["zh", "en"])}), max_size=3
)
MATCH = st.dictionaries(
    st.one_of(TEXTS, st.sampled_from(["iri", "notation", "exactMatch", "cap"])),
    st.one_of(TEXTS, st.sampled_from(["http://example.org/a", "http://example.org/a#b", "urn:topicat:x:y"])),
    max_size=3,
)


def topics(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Topics by id, `depth` levels at most."""
    fields: dict[str, Any] = {
        "label": BY_LANG,
        "definition": BY_LANG,
        "keywords": TERMS,
        "not_keywords": TERMS,
        "examples": EXAMPLES,
        "not_examples": EXAMPLES,
        "match": MATCH,
    }
    if depth > 1:
        fields["topics"] = topics(depth - 1)
    return st.dictionaries(IDS, st.fixed_dictionaries({}, optional=fields), max_size=3)


TAXONOMIES = st.builds(
    Taxonomy.from_dict,
    st.fixed_dictionaries(
        {"taxonomy": IDS, "topics": topics(3).filter(bool)},
        optional={
            "version": TEXTS,
            "title": BY_LANG,
            "languages": st.lists(LANGS, unique=True, max_size=3),
            "exclusive": st.booleans(),
        },
    ),
)


def facts(taxonomy: Taxonomy) -> Counter[tuple[str, str, str]]:
    """Everything that a taxonomy says but the order, as (topic, field, value)."""
    found: Counter[tuple[str, str, str]] = Counter()
    for name in ("id", "version", "exclusive"):
        found["", name, str(getattr(taxonomy, name))] += 1
    found["", "languages", str(list(taxonomy.languages))] += 1
    found.update(("", f"title.{lang}", text) for lang, text in taxonomy.title.items())
    for topic in taxonomy.walk():
        found.update(topic_facts(topic))
    return found


def topic_facts(topic: Topic) -> Iterator[tuple[str, str, str]]:
    """What a topic says, but for those below it."""
    yield topic.path, "topic", ""
    for name in ("label", "definition", "match"):
        yield from ((topic.path, f"{name}.{key}", text) for key, text in getattr(topic, name).items())
    for name in ("keywords", "not_keywords"):
        yield from (
            (topic.path, f"{name}.{lang}", word) for lang, words in getattr(topic, name).items() for word in words
        )
    for name in ("examples", "not_examples"):
        yield from ((topic.path, name, str([e.text, e.lang])) for e in getattr(topic, name))


def lost_facts(item: Lost, value: Any) -> Iterator[tuple[str, str, str]]:
    """What `item` says is gone (or, for its `now`, come)."""
    if value is None or item.what.startswith("order of"):
        return
    if item.what == "topic":
        parent, _, id = item.where.rpartition(".")
        yield from topic_facts(Topic.from_dict(id, value, parent))
    elif isinstance(value, list) and item.what != "languages":
        yield from ((item.where, item.what, str(entry)) for entry in value)
    else:
        yield item.where, item.what, str(value)


def back_and_lost(taxonomy: Taxonomy, form: str) -> tuple[Taxonomy, list[Lost]]:
    """What is read from `taxonomy` as written, and what was said to be lost."""
    text, lost = write_taxonomy(taxonomy, form)
    back, notes = FORMATS[form].read(decode(text.encode(), "file"), "file", Options(id=taxonomy.id))
    assert notes == []
    return back, lost


@settings(max_examples=25, deadline=None)
@given(TAXONOMIES)
@pytest.mark.parametrize("form", ["topicat", "skos", "skos-xml"])
def test_nothing_is_lost(form: str, taxonomy: Taxonomy) -> None:
    """SKOS holds a whole taxonomy, in both its notations."""
    assert back_and_lost(taxonomy, form) == (taxonomy, [])


@settings(max_examples=25, deadline=None)
@given(TAXONOMIES)
@pytest.mark.parametrize("form", ["quanteda", "lexicoder", "lexicoder3", "liwc", "annif-csv", "annif-tsv"])
def test_nothing_is_lost_unsaid(form: str, taxonomy: Taxonomy) -> None:
    """What comes back is the taxonomy less what was lost, and with what came in its place."""
    back, lost = back_and_lost(taxonomy, form)
    gone = Counter(fact for item in lost for fact in lost_facts(item, item.value))
    come = Counter(fact for item in lost for fact in lost_facts(item, item.now))
    assert not gone - facts(taxonomy)
    assert facts(taxonomy) - gone + come == facts(back)
    if not lost:
        assert back == taxonomy
    again, more = back_and_lost(back, form)
    if not form.startswith("annif"):  # with the ids of other IRIs, topics move
        assert {item.what for item in more} <= {item.what for item in lost if item.what.startswith("order of")}
        assert facts(again) == facts(back)


@settings(max_examples=25, deadline=None)
@given(TAXONOMIES)
@pytest.mark.parametrize("form", ["quanteda", "lexicoder"])
def test_dictionaries_keep_words_of_a_language_that_the_script_tells(form: str, taxonomy: Taxonomy) -> None:
    """A keyword that means the same there comes back, in its language."""
    back, _ = back_and_lost(taxonomy, form)
    for topic in taxonomy.walk():
        for lang, words in topic.keywords.items():
            kept = [" ".join(word.split()) for word in words if holds(word) and guess_lang(word) == lang]
            assert set(kept) <= set(back[topic.path].keywords.get(lang, ()))


@pytest.mark.parametrize(("name", "form"), [("policy", "skos"), ("cap", "skos-xml")])
def test_bundled_taxonomies_come_back_from_skos(name: str, form: str) -> None:
    """Word for word, in the same order."""
    taxonomy = topicat.taxonomy(name)
    assert back_and_lost(taxonomy, form) == (taxonomy, [])


def test_policy_comes_back_from_quanteda_less_what_is_listed() -> None:
    """All its topics and, but for a word in two languages, all its keywords."""
    policy = topicat.taxonomy("policy")
    back, lost = back_and_lost(policy, "quanteda")
    assert back.paths == policy.paths
    fields = {item.what.partition(".")[0] for item in lost}
    assert fields == {
        *("version", "title", "label", "definition", "match", "not_keywords", "examples", "not_examples", "keywords")
    }
    words = [word for item in lost if item.what.startswith("keywords") for word in item.value]
    assert len(words) < 5


@pytest.mark.parametrize(
    ("file", "text", "form"),
    [
        ("a.yaml", "taxonomy: a\ntopics: {b: {}}\n", "topicat"),
        ("a.yml", "# words\nenergy: [oil]\n", "quanteda"),
        ("a.yml", "energy:\n  taxonomy: [oil]\n", "quanteda"),
        ("a.ttl", "", "skos"),
        ("a.owl", "", "skos-xml"),
        ("a.lcd", "", "lexicoder"),
        ("a.lc3", "", "lexicoder3"),
        ("a.dic", "", "liwc"),
        ("a.csv", "", "annif-csv"),
        ("a.tsv", "", "annif-tsv"),
        ("a.txt", "@prefix skos: <x> .", "skos"),
        ("a.txt", '<?xml version="1.0"?>\n<rdf:RDF/>', "skos-xml"),
        ("a.txt", '<?xml version="1.0"?>\n<dictionary/>', "lexicoder"),
        ("a", "%\n1\ta\n%\n", "liwc"),
        ("a", "+a\nb\n", "lexicoder3"),
        ("a", "uri,label_en\n", "annif-csv"),
        ("a", "<http://example.org/a>\tA\n", "annif-tsv"),
    ],
)
def test_formats_are_told_by_ending_and_content(file: str, text: str, form: str) -> None:
    """The ending first; a YAML without a top key `taxonomy` is a quanteda dictionary."""
    assert tell(file, Path(file).suffix, text).name == form


def test_a_format_that_cannot_be_told_is_asked_for() -> None:
    """Both messages name the option and the formats."""
    with pytest.raises(UsageError, match=r"a.txt: neither its ending nor its content .* --from: topicat, skos"):
        tell("a.txt", ".txt", "words")
    with pytest.raises(UsageError, match=r"a.tll: its ending tells no format; did you mean '.ttl'.*--to: topicat"):
        tell_by_ending("a.tll")


def test_the_file_name_is_the_id_where_the_format_has_none(tmp_path: Path) -> None:
    """As an id: a space becomes a hyphen."""
    path = tmp_path / "my words.yml"
    path.write_text("energy: [oil]\n", "utf-8")
    assert read_taxonomy(path)[0].id == "my-words"
