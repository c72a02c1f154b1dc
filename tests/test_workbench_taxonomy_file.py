"""A taxonomy that is mended while one codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from topicat.errors import TaxonomyError, UsageError
from topicat.model import Model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy
from topicat.workbench.taxonomy_file import Edit, TaxonomyFile

TEXTS = ["今天多云。", "院子里有一把园艺剪。", "园艺剪很快。", "山羊看着园艺剪。"]
SHEARS = Edit("tool", "keywords", "zh", "园艺剪")


@pytest.fixture
def file(garden: Taxonomy, tmp_path: Path) -> TaxonomyFile:
    """The garden's taxonomy on disk."""
    path = tmp_path / "garden.yaml"
    path.write_text("# ours\n" + dump_taxonomy(garden), "utf-8")
    return TaxonomyFile(path)


def test_an_edit_is_tried_before_it_is_written(file: TaxonomyFile, model: Model) -> None:
    """Which paragraphs hold the word, which would change; nothing is written but when it is kept."""
    before = file.path.read_text("utf-8")
    trial = file.attempt(SHEARS, model, TEXTS)
    assert trial.with_word == 3
    assert {r.number: r.added for r in trial.changed}.keys() <= {1, 2, 3}
    assert all(r.added == ("tool",) and r.gone == () for r in trial.changed)
    assert trial.changed
    assert "园艺剪" in trial.taxonomy["tool"].keywords["zh"]
    assert file.path.read_text("utf-8") == before
    file.keep(trial)
    assert file.path.read_text("utf-8") == trial.text
    assert file.edits == 1
    assert file.undo() == model.taxonomy
    assert (file.path.read_text("utf-8"), file.edits) == (before, 0)
    assert [p.name for p in file.path.parent.iterdir()] == ["garden.yaml"]


def test_the_checker_speaks_at_once(file: TaxonomyFile, model: Model) -> None:
    """Only of what the edit brings: a keyword under two topics, a counter-keyword that silences nothing."""
    [finding] = file.attempt(Edit("tool", "keywords", "zh", "山羊"), model, TEXTS).findings
    assert "山羊" in finding
    assert finding.endswith("[T102]")
    found = file.attempt(Edit("tool", "not_keywords", "zh", "天气预报"), model, TEXTS).findings
    assert any("silences nothing" in f for f in found)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit("tool", "keywords", "zh", " … "), "a keyword has a letter"),
        (Edit("tool", "keywords", "zh", "x" * 201), "at most 200 characters"),
        (Edit("tool", "label", "zh", "x"), "'label' is no list of words"),
        (Edit("tools", "keywords", "zh", "x"), "did you mean 'tool'?"),
        (Edit("tool", "keywords", "zh", "铁锹"), "'铁锹' is one of the keywords of 'tool' already"),
        (Edit("tool", "keywords", "x!", "x"), "no language code"),
    ],
)
def test_what_cannot_be_a_keyword_is_refused(file: TaxonomyFile, model: Model, edit: Edit, message: str) -> None:
    """With a sentence; the file stays."""
    before = file.path.read_bytes()
    with pytest.raises((UsageError, TaxonomyError), match=message.replace("?", r"\?")):
        file.attempt(edit, model, TEXTS)
    assert file.path.read_bytes() == before
    assert [p.name for p in file.path.parent.iterdir()] == ["garden.yaml"]


def test_what_someone_else_wrote_meanwhile_is_not_lost(file: TaxonomyFile, model: Model) -> None:
    """Neither by keeping an edit nor by taking one back."""
    trial = file.attempt(SHEARS, model, TEXTS)
    theirs = file.path.read_text("utf-8") + "# theirs\n"
    file.path.write_text(theirs, "utf-8")
    with pytest.raises(UsageError, match="was changed by someone else meanwhile; look at the preview again"):
        file.keep(trial)
    assert file.path.read_text("utf-8") == theirs
    file.keep(file.attempt(SHEARS, model, TEXTS))
    assert "# theirs" in file.path.read_text("utf-8")
    file.path.write_text(file.path.read_text("utf-8") + "# again\n", "utf-8")
    with pytest.raises(UsageError, match="was changed by someone else since"):
        file.undo()
    assert "# again" in file.path.read_text("utf-8")
    file.path.write_text("topics: [", "utf-8")
    with pytest.raises(TaxonomyError, match="not valid YAML"):
        file.attempt(SHEARS, model, TEXTS)
    with pytest.raises(UsageError, match="no edit to take back"):
        TaxonomyFile(file.path).undo()


def test_topics_of_an_include_are_mended_in_their_own_file(file: TaxonomyFile, model: Model) -> None:
    """An edit here would replace their words."""
    outer = file.path.with_name("outer.yaml")
    outer.write_text("taxonomy: outer\ninclude: [garden.yaml]\n", "utf-8")
    with pytest.raises(UsageError, match="in a file that it includes"):
        TaxonomyFile(outer).attempt(SHEARS, model, TEXTS)
