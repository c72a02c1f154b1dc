"""A word put into the text of a taxonomy file, and nothing else changed."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from topicat import registry
from topicat.errors import TaxonomyError, UsageError
from topicat.taxonomy_yaml import parse_taxonomy
from topicat.workbench.insertion import with_word

HEAD = "# 🍓 a comment\ntaxonomy: t\n\ntopics:\n"


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ("  gas: {keywords: {en: [a]}} # c\n", "  gas: {keywords: {en: [a, new word]}} # c\n"),
        ("  gas: {keywords: {en: [a, ]}}\n", "  gas: {keywords: {en: [a, new word ]}}\n"),
        ("  gas: {keywords: {zh: [气]}}\n", "  gas: {keywords: {zh: [气], en: [new word]}}\n"),
        ("  gas: {label: {en: G}}\n", "  gas: {label: {en: G}, keywords: {en: [new word]}}\n"),
        ("  gas: {}\n", "  gas: {keywords: {en: [new word]}}\n"),
        ("  gas:\n  oil: {}\n", "  gas: {keywords: {en: [new word]}}\n  oil: {}\n"),
        ("  gas:", "  gas: {keywords: {en: [new word]}}"),
        (
            "  gas:\n    keywords:\n      en:\n      - a  # why\n\n    # next\n  oil: {}\n",
            "  gas:\n    keywords:\n      en:\n      - a  # why\n      - new word\n\n    # next\n  oil: {}\n",
        ),
        (
            "  gas:\n    keywords:\n      zh:\n        - 气\n    label: {en: G}\n",
            "  gas:\n    keywords:\n      zh:\n        - 气\n      en: [new word]\n    label: {en: G}\n",
        ),
        (
            "  gas:\n    definition:\n      en: |\n        Long\n        text.\n\n  oil: {}\n",
            "  gas:\n    definition:\n      en: |\n        Long\n        text.\n    keywords: {en: [new word]}\n"
            "\n  oil: {}\n",
        ),
        (
            "  gas:\r\n    keywords:\r\n      en:\r\n      - a\r\n",
            "  gas:\r\n    keywords:\r\n      en:\r\n      - a\r\n      - new word\r\n",
        ),
        (
            f"  gas:\n    keywords:\n      en: [{'x' * 110}]\n",
            f"  gas:\n    keywords:\n      en: [{'x' * 110},\n           new word]\n",
        ),
    ],
)
def test_the_word_comes_last_in_its_list(topics: str, expected: str) -> None:
    """In every layout; the file then says one word more."""
    for mark in ("", "\ufeff"):
        made = with_word(mark + HEAD + topics, "t.yaml", "gas", "keywords", "en", "new word")
        assert made == mark + HEAD + expected
    assert parse_taxonomy(made.removeprefix("\ufeff"))["gas"].keywords["en"][-1] == "new word"


@pytest.mark.parametrize(
    "word", ["pipeline*", "*gas", "1e3", "no", "a: b", "# c", "{x}", "it's", 'say "x"', "- d", "?"]
)
def test_words_that_yaml_reads_as_something_else_are_quoted(word: str) -> None:
    """What is read back is the word."""
    for topics in ("  gas: {keywords: {en: [a]}}\n", "  gas:\n    keywords:\n      en:\n      - a\n"):
        made = with_word(HEAD + topics, "t.yaml", "gas", "keywords", "en", word)
        if any(c.isalnum() for c in word):
            assert parse_taxonomy(made)["gas"].keywords["en"] == ("a", word)
        assert len(made.splitlines()) - len((HEAD + topics).splitlines()) in (0, 1)


@pytest.mark.parametrize("name", ["trade", "energy", "water", "culture", "security", "cap", "sdg"])
def test_in_a_bundled_taxonomy_one_line_changes(name: str) -> None:
    """For each of its topics, field and language."""
    path = registry.taxonomy_path(name)
    text = Path(path).read_text("utf-8")
    for topic in registry.get_taxonomy(name).walk():
        made = with_word(text, str(path), topic.path, "not_keywords", "en", "qwerty")
        lines = list(difflib.ndiff(text.splitlines(), made.splitlines()))
        assert sum(line.startswith("+ ") for line in lines) in (1, 2)
        assert parse_taxonomy(made)[topic.path].not_keywords["en"][-1] == "qwerty"


def test_an_included_topic_is_mended_in_its_own_file() -> None:
    """And text that is no YAML is refused."""
    with pytest.raises(UsageError, match=r"does not stand in t\.yaml but in a file that it includes"):
        with_word("taxonomy: t\ninclude: [energy]\n", "t.yaml", "energy", "keywords", "en", "x")
    with pytest.raises(TaxonomyError, match=r"t\.yaml:2:1: not valid YAML"):
        with_word("topics: [", "t.yaml", "gas", "keywords", "en", "x")
