"""Taxonomy files: read, refused with file:line:column, written, and described by a JSON Schema.

`broken_taxonomies/` holds a pair for each way in which a file can be wrong: NAME.yaml, and NAME.expected with the
lines of the message. NAME begins with `yaml-` (the YAML itself), `shape-` (a JSON Schema can see it), `word-` (it
cannot) or `include-`; `parts/` is included by some.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from topicat.errors import NotFoundError, TaxonomyError
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import (
    MAX_BYTES,
    MAX_DEPTH,
    dump_flow,
    dump_taxonomy,
    dump_topic,
    load_taxonomy,
    locate_taxonomy,
    parse_taxonomy,
    schema,
)

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken_taxonomies").glob("*.yaml"))
BUNDLED = sorted((HERE.parent / "taxonomies").glob("*.yaml"))
VALIDATOR = Draft202012Validator(schema())

WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n 09~:#*&-no'\""), min_size=1)
TERM = WORD.filter(lambda word: any(c.isalnum() for c in word))
TEXT = WORD.filter(str.strip)
PART = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=4)
ID = PART | st.builds("{}-_{}".format, PART, PART) | st.sampled_from(["no", "2025", "0x1F", "null", "1e3", "y"])
LANG = st.sampled_from(["zh", "en", "ru", "no", "kk", "uz-Latn"])
LEAF = st.fixed_dictionaries(
    {},
    optional={
        "label": st.dictionaries(LANG, TEXT, max_size=2),
        "definition": st.dictionaries(LANG, TEXT, max_size=2),
        "keywords": st.dictionaries(LANG, st.lists(TERM, min_size=1, max_size=3), max_size=2),
        "not_keywords": st.dictionaries(LANG, st.lists(TERM, min_size=1, max_size=3), max_size=2),
        "examples": st.lists(st.fixed_dictionaries({"text": TEXT}, optional={"lang": LANG}), max_size=2),
        "match": st.dictionaries(TEXT, TEXT, max_size=2),
    },
)
TOPIC = st.recursive(
    LEAF,
    lambda below: st.builds(
        lambda topic, topics: {**topic, "topics": topics}, LEAF, st.dictionaries(ID, below, max_size=2)
    ),
    max_leaves=4,
)
TAXONOMY = st.fixed_dictionaries(
    {"taxonomy": ID, "topics": st.dictionaries(ID, TOPIC, min_size=1, max_size=3)},
    optional={
        "version": TEXT,
        "title": st.dictionaries(LANG, TEXT, max_size=2),
        "languages": st.lists(LANG, max_size=2),
        "exclusive": st.booleans(),
    },
)

SMALL = """\
taxonomy: garden
version: 1.10
title: {en: Garden, 'no': Hage}
languages: [zh, 'no']
exclusive: true
topics:
  fruit:   # all kinds
    label: {en: Fruit}
    definition: {en: "Fruit: of all kinds."}
    keywords: {zh: [水果, 苹果], en: [fruit, "apple*", 007, 2025-11-15, yes]}
    not_keywords: {en: [fruit fly]}
    examples:
      - {text: An apple a day., lang: en}
    not_examples: []
    match: {cap: 8, sdg: "2"}
    topics:
      berry:
      '2025': {}
"""


def message(path: Path) -> str:
    """What `load_taxonomy` says against the file, which is named without its folder."""
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(path)
    return str(caught.value).replace(f"{path.parent}/", "")


# What is wrong is said with its place


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_refused_with_these_lines(path: Path) -> None:
    """Every finding with file, line and column, in the order of the file."""
    assert message(path).splitlines() == path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


def test_every_broken_file_has_its_lines_and_every_line_its_place() -> None:
    """FILE:line:column: message."""
    assert len(BROKEN) >= 80
    assert [p.with_suffix(".expected") for p in BROKEN] == sorted((HERE / "broken_taxonomies").glob("*.expected"))
    for path in BROKEN:
        for line in path.with_suffix(".expected").read_text(encoding="utf-8").splitlines():
            file, row, column, text = line.split(":", 3)
            assert (path.parent / file).is_file()
            assert file == path.name or file.startswith("parts/")
            assert int(row) >= 1
            assert int(column) >= 1
            assert text.strip()


@pytest.mark.parametrize("path", [p for p in BROKEN if p.stem.startswith("shape-")], ids=lambda path: path.stem)
def test_a_validator_sees_what_is_broken_by_shape(path: Path) -> None:
    """The JSON Schema rejects it, so that an editor marks it."""
    assert not VALIDATOR.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [p for p in BROKEN if p.stem[:5] in ("word-", "inclu")], ids=lambda path: path.stem)
def test_a_validator_cannot_see_the_rest(path: Path) -> None:
    """If it could, the file should be called `shape-`."""
    assert VALIDATOR.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, a folder, or larger than any taxonomy."""
    assert message(tmp_path / "a.yaml") == (
        "a.yaml: cannot read the taxonomy: it is not there; give the path of a YAML file [T001]"
    )
    (tmp_path / "b.yaml").mkdir()
    assert "it is a folder; give the path of a YAML file" in message(tmp_path / "b.yaml")
    (tmp_path / "c.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert (
        message(tmp_path / "c.yaml") == "c.yaml: 8,388,609 bytes is too large for a taxonomy (at most 8,388,608) [T001]"
    )
    with pytest.raises(TaxonomyError, match="cannot read the taxonomy: File name too long"):
        load_taxonomy("x" * 5000)


def test_a_file_of_just_the_largest_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more is refused."""
    monkeypatch.setattr("topicat.taxonomy_yaml.MAX_BYTES", len(SMALL.encode()))
    (tmp_path / "a.yaml").write_text(SMALL, "utf-8")
    assert load_taxonomy(tmp_path / "a.yaml").id == "garden"
    (tmp_path / "a.yaml").write_text(SMALL + "\n", "utf-8")
    assert "is too large for a taxonomy" in message(tmp_path / "a.yaml")


def test_what_is_neither_file_nor_folder_is_refused(tmp_path: Path) -> None:
    """A pipe would be waited for."""
    os.mkfifo(tmp_path / "a.yaml")
    assert message(tmp_path / "a.yaml") == (
        "a.yaml: cannot read the taxonomy: it is not an ordinary file; give the path of a YAML file [T001]"
    )


def test_a_mark_at_the_beginning_is_no_column(tmp_path: Path) -> None:
    """The byte order mark that some editors write."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: \x07\n")
    assert message(tmp_path / "a.yaml") == "a.yaml:1:4: not valid YAML: it may not contain U+0007; remove it [T002]"


WRONG = "taxonomy: a\ntopics: "


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("\ttaxonomy: a\n", ["1:1: not valid YAML: a tab in the indentation; YAML allows only spaces [T002]"]),
        (
            "taxonomy: a\ntitle: a\tb: c\n",
            [
                "2:11: not valid YAML: a colon within a text; put the text in quotation marks, "
                "or mend the line above or the indentation [T002]"
            ],
        ),
        ("taxonomy: null\ntopics: {a: }", ["1:11: taxonomy is empty; write its text or remove it [T008]"]),
        (
            "taxonomy: a\nlanguages: [null]\ntopics: {a: }",
            ["2:13: an entry of languages is empty; write its text or remove it [T008]"],
        ),
        (f"{WRONG}3\nversion: 1", ["2:9: topics must be a mapping of 'key: value' lines, found '3' [T007]"]),
        (
            f"{WRONG}{'x' * 60}",
            [f"2:9: topics must be a mapping of 'key: value' lines, found '{'x' * 60}' [T007]"],
        ),
        (
            f"{WRONG}{'x' * 61}",
            [f"2:9: topics must be a mapping of 'key: value' lines, found '{'x' * 60}…' [T007]"],
        ),
        (
            f"{WRONG}{{a: {{topics: [b]}}}}",
            ["2:22: 'topics' of topic 'a' must be a mapping of 'key: value' lines, found a list [T007]"],
        ),
        (
            WRONG + "[" * (MAX_DEPTH - 2) + "[], [[]]" + "]" * (MAX_DEPTH - 2),
            [f"2:{9 + MAX_DEPTH - 2 + 5}: nested deeper than {MAX_DEPTH} levels [T003]"],
        ),
    ],
    ids=["tab", "tab-in-text", "null-id", "null-language", "blamed", "60", "61", "subtopics", "deep"],
)
def test_a_small_slip_is_one_finding(text: str, lines: list[str]) -> None:
    """The whole message, and no second one that follows from it."""
    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy(text, "a.yaml")
    assert str(caught.value).splitlines() == [f"a.yaml:{line}" for line in lines]


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    """A Python tag is refused before anything is made of it."""
    gone = tmp_path / "gone"
    with pytest.raises(TaxonomyError, match=r"the tag '.*' is not allowed"):
        parse_taxonomy(f"taxonomy: !!python/object/apply:pathlib.Path.mkdir [!!python/object:pathlib.Path [{gone}]]\n")
    assert not gone.exists()


@given(st.text(alphabet="taxonomy: topics\n-[]{}'\"#&*!<|>%@`,?~0é水\t\x07\u2028\ud800", max_size=60))
def test_whatever_the_text_it_is_read_or_refused(text: str) -> None:
    """TaxonomyError with a place on each line, never another exception."""
    check(text)


@given(st.integers(0, len(SMALL)), st.integers(0, 12), st.text(alphabet=" \n\t:-[]{},'\"*&!#~0a水<", max_size=4))
def test_whatever_the_slip_it_is_read_or_refused(at: int, width: int, slip: str) -> None:
    """A valid file with a few characters taken out or put in."""
    check(SMALL[:at] + slip + SMALL[at + width :])


def check(text: str) -> None:
    """Whether `text` is read, or refused with a place on each line; the schema is no stricter than that."""
    problem = ""
    try:
        parse_taxonomy(text, "a.yaml")
    except TaxonomyError as error:
        problem = str(error)
    else:
        with contextlib.suppress(ValueError):  # a date with a thirteenth month, to PyYAML
            assert VALIDATOR.is_valid(plain(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))))
    for line in problem.splitlines():
        assert re.match(r"a\.yaml:[1-9]\d*:[1-9]\d*: \S", line)


def plain(data: Any) -> Any:
    """`data` as a YAML 1.2 parser has it, which knows no dates and only words as keys."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data if data is None or isinstance(data, (str, int, float)) else str(data)


# What is right is read and written


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Numbers, dates and `yes` are words, letter for letter, where words are wanted; a topic may have no body."""
    path = tmp_path / "garden.yaml"
    path.write_text(SMALL, encoding="utf-8")
    tree = load_taxonomy(path)
    assert (tree.id, tree.version, tree.exclusive) == ("garden", "1.10", True)
    assert tree.title == {"en": "Garden", "no": "Hage"}
    assert tree.languages == ("zh", "no")
    assert tree.paths == ("fruit", "fruit.berry", "fruit.2025")
    assert tree["fruit"].keywords == {"zh": ("水果", "苹果"), "en": ("fruit", "apple*", "007", "2025-11-15", "yes")}
    assert tree["fruit"].match == {"cap": "8", "sdg": "2"}
    assert tree["fruit"].examples[0].text == "An apple a day."
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_taxonomy(str(path)) == tree
    assert parse_taxonomy(SMALL) == tree


@given(TAXONOMY)
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    """Equal, whatever words it is made of; a topic by itself too; and the schema accepts it."""
    tree = Taxonomy.from_dict(data)
    text = dump_taxonomy(tree)
    assert parse_taxonomy(text) == tree
    assert VALIDATOR.is_valid(yaml.safe_load(text))
    below = "".join(f"  {line}\n" for line in dump_topic(tree.topics[0]).split("\n"))
    if "\n\n" not in text:  # indenting would change a text of several lines
        assert parse_taxonomy(f"taxonomy: a\ntopics:\n{below}").topics == tree.topics[:1]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_taxonomy_is_valid(path: Path) -> None:
    """For the checker, for a JSON Schema validator, and written out again."""
    tree = load_taxonomy(path)
    assert tree.id == path.stem
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert parse_taxonomy(dump_taxonomy(tree)) == tree


def test_a_taxonomy_is_written_for_people() -> None:
    """In the order it has, in its own letters, lines of about 110 characters; with includes alone, without topics."""
    words = " ".join(["word"] * 20)
    data = {"taxonomy": "t", "topics": {"b": {"definition": {"zh": "水", "en": words}}, "a": {}}}
    tree = Taxonomy.from_dict(data)
    topics = f"topics:\n  b:\n    definition:\n      zh: 水\n      en: {words}\n  a: {{}}\n"
    whole = dump_taxonomy(tree)
    head = whole.removesuffix(topics)
    assert whole == f"{head}{topics}"
    assert head.startswith("taxonomy: t\n")
    assert dump_taxonomy(tree, ["x", "y"]) == f"{head}include:\n- x\n- y\n{topics}"
    bare = Taxonomy.from_dict({"taxonomy": "t", "topics": {}})
    assert dump_taxonomy(bare, ["x"]) == f"{head}include:\n- x\n"
    assert dump_taxonomy(bare) == f"{head}topics: {{}}\n"
    long = dump_taxonomy(Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {"definition": {"en": words * 3}}}}))
    assert 106 <= max(map(len, long.splitlines())) <= 114


def test_data_on_one_line_stays_on_it() -> None:
    """However long it is, in its own order."""
    words = ", ".join(["word"] * 60)
    assert dump_flow({"zh": ["水"], "en": ["word"] * 60}) == f"{{zh: [水], en: [{words}]}}"


def test_the_schema_is_a_schema() -> None:
    """Of draft 2020-12, with a description for every key."""
    Draft202012Validator.check_schema(schema())
    for part in (schema(), schema()["$defs"]["topic"]):
        assert all(value["description"] for value in part["properties"].values())


def test_the_schema_allows_every_letter_and_no_ascii_mark_in_ids() -> None:
    """In words that mean the same to the validators of editors: without ``\\w`` and ``\\d``."""
    pattern = schema()["properties"]["taxonomy"]["pattern"]
    assert not re.search(r"\\[wWdDpP]", pattern)
    for char in map(chr, range(0x10000)):
        if char.isalnum():
            assert re.search(pattern, char)
            assert re.search(pattern, f"a-{char}_b")
        elif char.isascii() and char.isprintable():
            assert not re.search(pattern, char)
            assert not re.search(pattern, f"a{char}")


def test_a_large_file_is_checked_in_seconds() -> None:
    """A hundred thousand findings, each with its place."""
    begin = time.perf_counter()
    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy("taxonomy: a\ntopics:\n" + "".join(f"  t{n}: {{keyword: 1}}\n" for n in range(20_000)))
    assert str(caught.value).count("did you mean 'keywords'?") == 20_000
    assert time.perf_counter() - begin < 20


# Includes


def put(folder: Path, **texts: str) -> None:
    """Files NAME.yaml with `texts`; ``__`` in a name is a folder."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_includes_are_relative_to_the_file_that_has_them(tmp_path: Path) -> None:
    """With or without ending, nested, in their order, before the file's own topics, which are laid over."""
    put(
        tmp_path,
        garden="taxonomy: garden\ninclude: [parts/fruit, parts/zoo.yaml]\ntopics: {tool: {}, fruit: {match: {cap: 8}}}",
        parts__fruit="taxonomy: fruit\ninclude: [berry]\ntopics: {fruit: {label: {en: Fruit}}}",
        parts__berry="taxonomy: berry\ntopics: {berry: {}}",
        parts__zoo="taxonomy: zoo\ntopics: {animal: {}}",
    )
    tree = load_taxonomy(tmp_path / "garden.yaml")
    assert tree.id == "garden"
    assert tree.paths == ("berry", "fruit", "animal", "tool")
    assert tree["fruit"].label == {"en": "Fruit"}
    assert tree["fruit"].match == {"cap": "8"}


def test_an_include_may_end_in_yml(tmp_path: Path) -> None:
    """Named without its ending; `.yaml` comes first, a file of just that name before both."""
    put(tmp_path, garden="taxonomy: garden\ninclude: [fruit]")
    for ending, topic in ((".yml", "c"), (".yaml", "b"), ("", "a")):
        (tmp_path / f"fruit{ending}").write_text(f"taxonomy: fruit\ntopics: {{{topic}: }}", "utf-8")
        assert load_taxonomy(tmp_path / "garden.yaml").paths == (topic,)


def test_everything_has_the_place_where_it_was_said_last(tmp_path: Path) -> None:
    """What a file lays over the topics that it includes replaces them word list by word list."""
    put(
        tmp_path,
        whole="taxonomy: w\ninclude: [part]\ntopics:\n"
        "  a:\n    keywords: {en: [z]}\n    examples: [{text: o}]\n  c: {}\n",
        part="taxonomy: p\ntopics:\n  a:\n"
        "    keywords: {en: [x, y], zh: [水]}\n    examples: [{text: m}, {text: n}]\n"
        "    not_examples: [{text: k}]\n    topics: {b: {label: {en: B}}}\n",
    )
    whole, part = str(tmp_path / "whole.yaml"), str(tmp_path / "part.yaml")
    located = locate_taxonomy(whole)
    assert located.file == whole
    assert dict(located.places) == {
        ("a",): (part, 3, 3),
        ("a", "keywords"): (whole, 5, 5),
        ("a", "keywords", "en"): (whole, 5, 16),
        ("a", "keywords", "en", 0): (whole, 5, 21),
        ("a", "keywords", "zh"): (part, 4, 28),
        ("a", "keywords", "zh", 0): (part, 4, 33),
        ("a", "examples"): (whole, 6, 5),
        ("a", "examples", 0): (whole, 6, 16),
        ("a", "examples", 0, "text"): (whole, 6, 17),
        ("a", "not_examples"): (part, 6, 5),
        ("a", "not_examples", 0): (part, 6, 20),
        ("a", "not_examples", 0, "text"): (part, 6, 21),
        ("a.b",): (part, 7, 14),
        ("a.b", "label"): (part, 7, 18),
        ("a.b", "label", "en"): (part, 7, 26),
        ("c",): (whole, 7, 3),
    }
    assert located.place("a", "keywords", "zh", 9) == (part, 4, 28)
    assert located.place("a", "keywords", "ru", 9) == (whole, 5, 5)
    assert located.place("a", "label", "ru", 9) == (part, 3, 3)
    assert located.place("d", "label") == (whole, 1, 1)


def test_includes_may_be_found_otherwise(tmp_path: Path) -> None:
    """By the function given; its error gets the place of the name."""
    put(tmp_path, garden="taxonomy: garden\ninclude:\n  - orchard\n", other="taxonomy: orchard\ntopics: {fruit: {}}")

    def find(name: str, file: Path) -> Path:
        if name != "orchard":
            raise NotFoundError(f"no '{name}' here")
        return file.with_name("other.yaml")

    assert load_taxonomy(tmp_path / "garden.yaml", find).paths == ("fruit",)
    put(tmp_path, garden="taxonomy: garden\ninclude:\n  - |\n    my\n    field\n")
    with pytest.raises(TaxonomyError, match=r"garden\.yaml:3:5: include 'my field': no 'my field ' here \[T012\]$"):
        load_taxonomy(tmp_path / "garden.yaml", find)


def test_a_long_chain_of_includes_is_refused(tmp_path: Path) -> None:
    """Rather than run into Python's own limit."""
    for number in range(60):
        put(tmp_path, **{f"t{number}": f"taxonomy: t{number}\ninclude: [t{number + 1}]\n"})
    with pytest.raises(
        TaxonomyError, match=r"t40\.yaml:2:11: include .t41.: includes are nested deeper than 40 files \[T013\]$"
    ):
        load_taxonomy(tmp_path / "t0.yaml")


def test_text_has_no_place_to_include_from() -> None:
    """The message names the line and the way out."""
    with pytest.raises(
        TaxonomyError, match=r"^<text>:2:1: 'include' needs a file on disk; use load_taxonomy \[T012\]$"
    ):
        parse_taxonomy("taxonomy: garden\ninclude: [orchard]\n")
