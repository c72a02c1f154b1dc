"""Drafts of taxonomies pass the check and say what they were made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from topicat.draft import from_labels, from_labels_text, from_names, mine, topic_id
from topicat.errors import SeedsError, UsageError
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy_yaml import parse_taxonomy

Cli = Callable[..., Result]


BARN = [
    *(Example(f"山羊在第{i}号牧场", ("animal",), "zh") for i in range(6)),
    *(Example(f"铁锹放在第{i}号仓库", ("tool",), "zh") for i in range(6)),
    *(Example(f"会议第{i}天", ("none",), "zh") for i in range(12)),
]


@pytest.mark.parametrize(
    "names", [["Trade", "energy & water"], ["no", "2025", "1e3"], ["教育", "Спорт"], ['a "b" \\', "#c: d"]]
)
def test_a_starter_file_passes_the_check(names: list[str]) -> None:
    """Whatever the topics are called."""
    taxonomy = parse_taxonomy(from_names("mine", names))
    assert [t.name() for t in taxonomy.walk()] == names
    assert all(list(t.keywords) == list(t.label) for t in taxonomy.walk())
    assert set(taxonomy.languages) == {lang for t in taxonomy.walk() for lang in t.label}


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])), max_size=4), st.sampled_from(["m", "no"])
)
def test_whatever_the_names_the_starter_passes_the_check(names: list[str], id: str) -> None:
    """Or the name without a letter is named."""
    named = [name for name in names if name.strip()]
    if not named or not all(any(c.isalnum() for c in name) for name in named):
        with pytest.raises(UsageError, match=r"letter or digit|no names"):
            from_names(id, names)
    else:
        assert parse_taxonomy(from_names(id, names)).id == id


def test_names_become_keywords_in_their_own_language() -> None:
    """Parted where a name joins two; a name given twice is one topic, equal ids are told apart."""
    tree = parse_taxonomy(from_names("mine", ["科学/技术", "energy & water", "Спорт", "Спорт", "a/b", "a-b"]))
    assert tree.languages == ("zh", "en", "ru")
    assert tree["科学-技术"].keywords == {"zh": ("科学", "技术")}
    assert tree["energy-water"].keywords == {"en": ("energy", "water")}
    assert tree.paths == ("科学-技术", "energy-water", "Спорт", "a-b", "a-b-2")
    with pytest.raises(UsageError, match=r"topic '\*\*': a name needs a letter or digit"):
        from_names("mine", ["**"])


def test_labels_become_topics(examples: list[Example]) -> None:
    """One label a text makes an exclusive taxonomy; ids are made of labels and stay distinct."""
    rows = [Example("一", ("science/technology",)), Example("二", ("science-technology",)), Example("三", ("no",))]
    taxonomy, paths = from_labels("t", rows, {})
    assert taxonomy.exclusive
    assert len(set(paths.values())) == 3
    assert paths["no"] == "no"
    tree, _ = from_labels("t", examples, {})
    assert not tree.exclusive
    assert "fruit.berry" in tree
    with pytest.raises(SeedsError, match="no text has a label"):
        from_labels("t", [Example("一")], {})


def test_mined_keywords_are_the_words_that_tell() -> None:
    """Over-represented words, each at one label, by language."""
    mined = mine(BARN, rjieba(), 5)
    assert "山羊" in mined["animal"]["zh"]
    assert "铁锹" in mined["tool"]["zh"]
    assert not set(mined["animal"]["zh"]) & set(mined["tool"]["zh"])


def test_the_command_writes_a_file_that_trains(cli: Cli, seeds_file: Path, tmp_path: Path) -> None:
    """From labels, with candidates as comments; a file that is there is not overwritten."""
    out = tmp_path / "mine.yaml"
    done = cli("taxonomy", "new", "mine", "-o", out, "--from-labels", seeds_file, "--keywords", "2")
    assert done.exit_code == 0, done.stderr
    assert cli("taxonomy", "check", out).exit_code == 0
    trained = cli("train", out, "-s", seeds_file, "-o", tmp_path / "own")
    assert trained.exit_code == 0, trained.exception
    assert cli("taxonomy", "show", out, "fruit.berry").exit_code == 0
    again = cli("taxonomy", "new", "mine", "-o", out)
    assert "is there already" in str(again.exception)
    barn = tmp_path / "barn.jsonl"
    barn.write_text("".join(json.dumps({"text": e.text, "labels": e.labels}) + "\n" for e in BARN), "utf-8")
    assert cli("taxonomy", "new", "barn", "-o", tmp_path / "barn.yaml", "--from-labels", barn).exit_code == 0
    assert "    # candidates, zh: " in (tmp_path / "barn.yaml").read_text("utf-8")
    assert cli("taxonomy", "check", tmp_path / "barn.yaml").exit_code == 0
    starter = tmp_path / "starter.yaml"
    assert cli("taxonomy", "new", "mine", "-o", starter, "--topics", "trade, energy").exit_code == 0
    assert cli("train", starter, "-s", "none", "-o", tmp_path / "m").exit_code == 0


def test_ids() -> None:
    """Letters of any script, digits, hyphens; never empty."""
    assert [topic_id(n) for n in ("A b", "能源/水", "***", "_x_")] == ["A-b", "能源-水", "topic", "x"]


LABEL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(str.strip)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.tuples(st.text(max_size=9), st.lists(LABEL | st.sampled_from(["a", "a.b", "no", "1e3"]), max_size=2)))
)
def test_whatever_the_labels_the_draft_passes_the_check(rows: list[tuple[str, list[str]]]) -> None:
    """With mined keywords in use and as comments; every label has a topic."""
    data = [Example(text or "x", tuple(labels)) for text, labels in rows] * 3
    assume(any(e.labels for e in data))
    tree = parse_taxonomy(from_labels_text("mine", data, rjieba(), 2, 2))
    _, paths = from_labels("mine", data, {})
    assert set(paths.values()) <= set(tree.paths)
