"""Keywords that get in each other's way: shared, swallowed, swallowing, never firing."""

from __future__ import annotations

from pathlib import Path

import pytest

from topicat.collisions import Joined, collisions, keywords_of, related, sample
from topicat.cues import Cues, patterns_of
from topicat.diagnostic import Diagnostic
from topicat.folding import fold
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import locate_taxonomy

HERE = Path(__file__).parent


def findings(path: Path) -> list[Diagnostic]:
    """Everything found in a file."""
    located = locate_taxonomy(path)
    return list(collisions(located, keywords_of(located.taxonomy), Cues(located.taxonomy)))


def find(folder: Path, topics: str) -> list[tuple[str, str, str, str]]:
    """The findings in topics given as YAML: line:column, severity, code and keyword."""
    path = folder / "t.yaml"
    path.write_text(f"taxonomy: t\ntopics:\n{topics}", "utf-8")
    return [(f"{d.line}:{d.column}", d.severity, d.code, str(d.more["keyword"])) for d in findings(path)]


# A dictionary of countries


def test_countries_whose_names_stand_in_each_other_are_found() -> None:
    """India in Indonesia, Mongolia in Inner Mongolia, one Congo in the other, and so on, each at its place."""
    found = findings(HERE / "countries.yaml")
    pairs = {(d.more["keyword"], other["keyword"]) for d in found for other in d.more["others"]}
    assert pairs == {
        ("印度", "印度尼西亚"),
        ("印度", "印度尼西亚人"),
        ("蒙古", "内蒙古"),
        ("刚果", "刚果（金）"),
        ("刚果", "刚果民主共和国"),
        ("几内亚", "几内亚比绍"),
        ("几内亚", "巴布亚新几内亚"),
        ("几内亚", "赤道几内亚"),
        ("尼日", "尼日利亚"),
        ("多米尼加", "多米尼加共和国"),
    }
    assert {(d.code, d.severity) for d in found} == {("T103", "warning")}
    lines = (HERE / "countries.yaml").read_text("utf-8").splitlines()
    for d in found:
        assert lines[d.line - 1][d.column - 1 :].startswith(str(d.more["keyword"]))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("印度尼西亚总统访问印度", {"ID", "IN"}),
        ("印度尼西亞總統訪問雅加達", {"ID"}),
        ("内蒙古与蒙古国接壤", {"CN", "MN"}),
        ("内蒙古自治区", {"CN"}),
        ("刚果（金）政府发表声明", {"CD"}),
        ("刚果(金)政府发表声明", {"CD"}),
        ("刚果（布）政府发表声明", {"CG"}),
        ("刚果民主共和国与刚果共和国", {"CD", "CG"}),
        ("刚果河流域", {"CG"}),
        ("巴布亚新几内亚、几内亚比绍和几内亚", {"PG", "GW", "GN"}),
        ("尼日利亚", {"NG"}),
        ("多米尼加共和国", {"DO"}),
    ],
)
def test_the_longest_name_labels(text: str, labels: set[str]) -> None:
    """Full-width or plain brackets, simplified or traditional."""
    cues = Cues(locate_taxonomy(HERE / "countries.yaml").taxonomy)
    assert {topic for cue in cues.find(text, fold(text)).cue for topic in cues.cues[cue].topics} == labels


# One by one


def test_a_repeated_keyword_is_a_note_in_one_topic_and_a_warning_on_two_levels(tmp_path: Path) -> None:
    """As written, or as matched; by language."""
    assert find(tmp_path, "  a: {keywords: {ru: [озёра, озера], en: [lake, Lake]}}\n") == [
        ("3:30", "note", "T101", "озера"),
        ("3:49", "note", "T101", "Lake"),
    ]
    assert find(tmp_path, "  a:\n    keywords: {en: [lake]}\n    topics: {b: {keywords: {en: [lake]}}}\n") == [
        ("5:34", "warning", "T101", "lake")
    ]


def test_a_shared_keyword_is_named_with_its_other_place(tmp_path: Path) -> None:
    """Where it stands first."""
    path = tmp_path / "t.yaml"
    path.write_text("taxonomy: t\ntopics:\n  a: {keywords: {en: [seed]}}\n  b: {keywords: {en: [seed]}}\n", "utf-8")
    [finding] = findings(path)
    assert str(finding) == (
        f"{path}:4:23: warning: 'seed' is also a keyword of 'a' ({path}:3:23), so it cannot tell the two apart; keep "
        "it at one of them, or make it longer [T102]"
    )


@pytest.mark.parametrize(
    "more",
    ["", "not_keywords: {en: [labour market]}", "keywords: {en: [market, labour market]}", "note"],
    ids=["bare", "excluded", "shared", "many"],
)
def test_a_swallowed_keyword_until_the_author_decides(more: str, tmp_path: Path) -> None:
    """Gone when the longer word is excluded, or added; a note in a topic of many keywords."""
    words = ", ".join(["market", *(f"word{n}" for n in range(10 if more == "note" else 0))])
    own = more if more.startswith("keywords") else f"keywords: {{en: [{words}]}}"
    rest = f", {more}" if more.startswith("not_") else ""
    found = find(tmp_path, f"  a: {{{own}{rest}}}\n  b: {{keywords: {{en: [labour market]}}}}\n")
    severity = {"": "warning", "note": "note"}.get(more)
    assert [(s, k) for _, s, c, k in found if c == "T103"] == ([(severity, "market")] if severity else [])


def test_relatives_do_not_collide(tmp_path: Path) -> None:
    """A label below implies the one above, so nothing is lost there; between siblings it is."""
    below = "  a:\n    keywords: {en: [gas]}\n    topics: {b: {keywords: {en: [gas field]}}}\n"
    assert find(tmp_path, below) == []
    found = find(
        tmp_path, "  a:\n    topics:\n      b: {keywords: {en: [gas]}}\n      c: {keywords: {en: [gas field]}}\n"
    )
    assert found == [("5:27", "warning", "T103", "gas")]


def test_a_glob_that_matches_another_topics_keyword(tmp_path: Path) -> None:
    """The word itself, not one that contains it."""
    found = find(tmp_path, '  b: {keywords: {en: ["fire*"]}}\n  a: {keywords: {en: [firearm, fire brigade]}}\n')
    assert ("3:23", "warning", "T107", "fire*") in found
    assert ("3:23", "warning", "T103", "fire*") in found
    assert len(found) == 2


@pytest.mark.parametrize(
    ("topics", "words"),
    [
        ('  a: {keywords: {en: [library]}}\n  b: {keywords: {en: ["librar*"]}}\n', "'librar*' of 'b' wins"),
        ("  a: {keywords: {en: [north – south]}}\n", "nothing matches it"),
        ("  a: {keywords: {en: [seed]}}\n  b: {not_keywords: {en: ['seed*']}}\n", ""),
    ],
)
def test_a_keyword_that_can_never_fire(topics: str, words: str, tmp_path: Path) -> None:
    """Why is said; a counter-keyword of another topic is no reason."""
    path = tmp_path / "t.yaml"
    path.write_text(f"taxonomy: t\ntopics:\n{topics}", "utf-8")
    messages = [d.message for d in findings(path) if d.code == "T108"]
    assert len(messages) == bool(words)
    assert all(words in message for message in messages)


def test_bundled_policy_has_few_warnings() -> None:
    """And what there is names real places."""
    found = findings(HERE.parent / "taxonomies" / "policy.yaml")
    warnings = [d for d in found if d.severity != "note"]
    assert len(warnings) < 40
    for d in warnings:
        line = Path(d.file).read_text("utf-8").splitlines()[d.line - 1]
        assert str(d.more["keyword"]) in line[d.column - 1 :]


# The parts


def test_related_paths() -> None:
    """The same, or one above the other; not by spelling alone."""
    assert related("a.b", "a")
    assert related("a", "a.b.c")
    assert not related("a.b", "a.c")
    assert not related("a", "ab")


def test_a_sample_is_matched_by_its_keyword() -> None:
    """Stars stand for nothing, or for a word."""
    for word in ("pipeline*", "national * day", "*phobia", "железн* дорог*", "WTO", "能源安全"):
        tree = Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {"keywords": {"en": [word]}}}})
        assert Joined([sample(*patterns_of([word]))]).matches(Cues(tree))[0][0].topics == ("a",)


def test_joined_texts_keep_apart() -> None:
    """A phrase does not reach from one text into the next, and places are those in its own text."""
    tree = Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {"keywords": {"en": ["gas field"], "zh": ["天然气"]}}}})
    found = Joined(["gas", "field", "a gas field", "天然", "气|天然气"]).matches(Cues(tree))
    assert {number: [(m.start, m.end) for m in matches] for number, matches in found.items()} == {
        2: [(2, 11)],
        4: [(2, 5)],
    }
