"""What a valid taxonomy says that it cannot mean."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from topicat.cues import Cues
from topicat.lint import lint, votes
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import locate_taxonomy

TAXONOMIES = Path(__file__).parent.parent / "taxonomies"
FULL = """\
taxonomy: garden
languages: [en]
topics:
  fruit:
    definition: {en: Fruit of all kinds.}
    keywords: {en: [orchard, "berr*"]}
    examples: [{text: An orchard in bloom., lang: en}]
"""


def find(folder: Path, text: str, *codes: str) -> list[tuple[str, str, str]]:
    """Line:column, code and message of what is found in a YAML text; only `codes`, if given."""
    path = folder / "t.yaml"
    path.write_text(text, "utf-8")
    return [
        (f"{d.line}:{d.column}", d.code, d.message) for d in lint(locate_taxonomy(path)) if not codes or d.code in codes
    ]


def topics(folder: Path, text: str, *codes: str) -> list[tuple[str, str]]:
    """Code and message of what is found in `topics` as YAML."""
    found = find(folder, f"taxonomy: t\ntopics:\n{text}\n", *codes)
    return [(code, message) for _, code, message in found]


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    """A topic with definition, example, and keywords that hold."""
    assert find(tmp_path, FULL) == []


@pytest.mark.parametrize(
    ("keyword", "code"),
    [
        ("果", "T105"),
        ("ai", "T105"),
        ("AI", ""),
        ("5g", ""),
        ("a*", "T107"),
        ("ai*", "T107"),
        ("*phobia", ""),
        ("air raid*", ""),
        ("苹果*", "T117"),
        ("苹果＊", "T117"),
        ("ＡＰＥＣ", "T109"),
        ("Ｇ20峰会", "T109"),
        ("刚果（金)", ""),
        ("刚果（金)和（布）(x)", "T109"),
        ("刚果（金）", ""),
        ("вaкцина", "T116"),
        ("IT-компани*", ""),
        ("orchard", ""),
    ],
)
def test_the_form_of_a_keyword(keyword: str, code: str, tmp_path: Path) -> None:
    """Too short, a glob too wide, full-width forms, two scripts, a star without effect."""
    found = topics(tmp_path, f'  a: {{keywords: {{en: ["{keyword}"]}}}}', "T105", "T107", "T109", "T116", "T117")
    assert [c for c, _ in found] == ([code] if code else [])
    assert all(f"'{keyword}'" in message for _, message in found)


@pytest.mark.parametrize(
    ("keywords", "counter", "silences"),
    [
        ("energy", "dark energ*", True),
        ("энергия", "темн* энерги*", True),
        ("СМИ", "по данным СМИ", True),
        ("GDP", "占GDP", True),
        ("安全", "粮食安全", True),
        ("大棚", "扩大棚改", True),
        ("棚改工程", "扩大棚改", True),
        ("labour market", "in labour", True),
        ("apple", "orange county", False),
        ("aids", "first aid", False),
        ("安全", "粮食", False),
        ("apple", "apple", False),
    ],
)
def test_a_counter_keyword_must_meet_a_keyword(keywords: str, counter: str, silences: bool, tmp_path: Path) -> None:
    """Inside it or at its ends, in any of its forms; one that is a keyword as well loses to it."""
    found = topics(tmp_path, f'  a: {{keywords: {{en: ["{keywords}"]}}, not_keywords: {{en: ["{counter}"]}}}}', "T104")
    assert len(found) == (not silences)


def test_a_counter_keyword_at_the_wrong_level(tmp_path: Path) -> None:
    """It silences its own topic only; the message names where it belongs."""
    text = "  a:\n    not_keywords: {zh: [思想武器]}\n    topics: {b: {keywords: {zh: [武器]}}}"
    [(_, message)] = topics(tmp_path, text, "T104")
    assert (
        message == "'思想武器' silences nothing: the keyword in it is one of 'a.b'; move it to the not_keywords there"
    )


def test_gaps_are_named_by_language(tmp_path: Path) -> None:
    """Definition, examples, keywords; at the field that is there, else at the topic."""
    text = FULL.replace("languages: [en]", "languages: [en, zh]")
    assert find(tmp_path, text) == [
        ("5:5", "T110", "'fruit' has no definition in 'zh'"),
        ("6:5", "T112", "'fruit' has no keyword in 'zh'"),
        ("7:5", "T111", "'fruit' has no example in 'zh'"),
    ]
    bare = find(tmp_path, "taxonomy: garden\nlanguages: [en]\ntopics:\n  fruit:\n")
    assert [(place, code) for place, code, _ in bare] == [("4:3", "T110"), ("4:3", "T111"), ("4:3", "T112")]
    other = find(tmp_path, FULL.replace('"berr*"]', '"berr*"], kz: [алма]'))
    assert [(place, code) for place, code, _ in other] == [("6:40", "T115")]


def test_what_subtopics_have_their_parent_has(tmp_path: Path) -> None:
    """Keywords and examples; the definition is its own."""
    below = "\n".join(f"    {line}" for line in FULL.splitlines()[3:])
    found = find(tmp_path, f"taxonomy: garden\nlanguages: [en]\ntopics:\n  plants:\n    topics:\n{below}\n")
    assert [(place, code) for place, code, _ in found] == [("4:3", "T110")]


def test_examples_that_the_keywords_label_wrongly(tmp_path: Path) -> None:
    """None fires; in an exclusive taxonomy a rival has more; in a counter-example the own topic has most."""
    two = "  a:\n    keywords: {en: [apple]}\n    examples: [{text: TEXT}]\n  b: {keywords: {en: [pear, plum]}}"
    assert topics(tmp_path, two.replace("TEXT", "An apple beside pear and plum."), "T113") == []
    [(_, message)] = topics(tmp_path, two.replace("TEXT", "A pear."), "T113")
    assert "do not label this example 'a': they say 'b'" in message
    exclusive = f"taxonomy: t\nexclusive: true\ntopics:\n{two}\n"
    [(place, _, message)] = find(tmp_path, exclusive.replace("TEXT", "An apple beside pear and plum."), "T113")
    assert (place, "they say 'b'" in message) == ("6:16", True)
    counter = two.replace("examples", "not_examples")
    assert len(topics(tmp_path, counter.replace("TEXT", "An apple."), "T113")) == 1
    assert topics(tmp_path, counter.replace("TEXT", "An apple and a pear."), "T113") == []


def test_twins(tmp_path: Path) -> None:
    """More than half of the keywords are a sibling's; a cousin does not matter."""
    twins = "  a: {keywords: {en: [apple, pear]}}\n  b: {keywords: {en: [apple, pear, plum, fig]}}"
    assert [m[:30] for _, m in topics(tmp_path, twins, "T114")] == ["2 of 2 keywords of 'a' are key"]
    cousins = "  a: {keywords: {en: [apple]}}\n  b:\n    topics: {c: {keywords: {en: [apple]}}}"
    assert topics(tmp_path, cousins, "T114") == []


def test_ordinary_words(tmp_path: Path) -> None:
    """What fires in several sentences about nothing is a warning, in one a note."""
    path = tmp_path / "t.yaml"
    path.write_text("taxonomy: t\ntopics: {a: {keywords: {en: [he, spokesman]}}}\n", "utf-8")
    found = {d.more["keyword"]: d.severity for d in lint(locate_taxonomy(path)) if d.code == "T106"}
    assert found == {"he": "warning", "spokesman": "note"}


def test_findings_stand_in_the_file_that_says_it(tmp_path: Path) -> None:
    """In the included one, or in the one that lays something over it."""
    (tmp_path / "part.yaml").write_text(
        "taxonomy: part\ntopics:\n  a:\n    keywords: {en: [x], zh: [果]}\n    examples: [{text: none}]\n", "utf-8"
    )
    whole = tmp_path / "whole.yaml"
    whole.write_text(
        "taxonomy: whole\ninclude: [part]\ntopics:\n  a:\n    keywords: {en: [y]}\n  b: {keywords: {zh: [木]}}\n",
        "utf-8",
    )
    located = locate_taxonomy(whole)
    found = [(Path(d.file).name, d.line, d.column, d.code) for d in lint(located) if d.code in ("T105", "T113")]
    assert found == [
        ("part.yaml", 4, 30, "T105"),
        ("part.yaml", 5, 16, "T113"),
        ("whole.yaml", 5, 21, "T105"),
        ("whole.yaml", 6, 23, "T105"),
    ]
    assert located.place("a") == (str(tmp_path / "part.yaml"), 3, 3)
    assert located.place("nowhere", "keywords") == (str(whole), 1, 1)


def test_bundled_taxonomies_have_few_warnings() -> None:
    """Real ones: a few dozen among ten thousand keywords."""
    counts = {
        name: Counter(d.severity for d in lint(locate_taxonomy(TAXONOMIES / f"{name}.yaml")))["warning"]
        for name in ("policy", "cap", "sdg")
    }
    assert counts["policy"] < 50
    assert counts["cap"] < 20
    assert counts["sdg"] < 80


def test_votes() -> None:
    """Keywords by topic, each time it fires."""
    tree = Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {"keywords": {"en": ["apple"]}}, "b": {}}})
    assert votes(Cues(tree), "An apple, another apple.") == {"a": 2}
