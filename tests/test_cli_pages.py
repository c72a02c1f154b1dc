"""`predict -f html`, `report`, `evaluate -f html` and `train --report` as a user meets them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from topicat.errors import TopicatError
from topicat.model import Model
from topicat.store import save_model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy

Cli = Callable[..., Result]
ARTICLE = "date 2025-11-15 果园里的草莓熟了。\n\n铁锹和山羊都在院子里。\n\n双方互致问候。\n"


@pytest.fixture(scope="module")
def folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's model in a folder."""
    path = tmp_path_factory.mktemp("models") / "garden"
    save_model(model, path)
    return path


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A short dated article."""
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


@pytest.fixture
def predictions(cli: Cli, article: Path, folder: Path, tmp_path: Path) -> Path:
    """The article's records."""
    path = tmp_path / "p.jsonl"
    assert cli("predict", article, "-m", folder, "-f", "jsonl", "-o", path).exit_code == 0
    return path


@pytest.fixture
def garden_file(garden: Taxonomy, tmp_path: Path) -> Path:
    """The garden as a YAML file."""
    path = tmp_path / "garden.yaml"
    path.write_text(dump_taxonomy(garden), "utf-8")
    return path


def test_predict_writes_a_page(cli: Cli, article: Path, folder: Path, tmp_path: Path) -> None:
    """To a file or to standard output, the same bytes each time; in the language asked for."""
    target = tmp_path / "page.html"
    done = cli("predict", article, "-m", folder, "-f", "html", "--lang", "zh", "-o", target)
    assert (done.exit_code, done.stdout) == (0, "")
    assert target.read_text("utf-8").startswith('<!doctype html>\n<html lang="zh">')
    again = cli("predict", article, "-m", folder, "-f", "html", "--lang", "zh")
    assert again.stdout == target.read_text("utf-8")
    assert "2025-11-15" in again.stdout


def test_a_page_of_what_can_be_read(cli: Cli, article: Path, folder: Path, tmp_path: Path) -> None:
    """A file that cannot be read is named, the others are in the page, and the exit code is 1."""
    done = cli("predict", article, tmp_path / "missing.txt", "-m", folder, "-f", "html")
    assert done.exit_code == 1
    assert "missing.txt" in done.stderr
    assert "草莓" in done.stdout


def test_a_language_without_a_page_is_wrong_usage(cli: Cli, article: Path, folder: Path) -> None:
    """Only pages have one."""
    done = cli("predict", article, "-m", folder, "--lang", "zh")
    assert done.exit_code == 2
    assert "--lang is for pages, and the format is table" in done.stderr


def test_an_unknown_language_is_wrong_usage(cli: Cli, article: Path, folder: Path, predictions: Path) -> None:
    """The languages that there are stand in the message; a language of labels alone is fine."""
    for command in (["predict", article, "-m", folder, "-f", "html"], ["report", predictions]):
        done = cli(*command, "--lang", "zhh")
        assert done.exit_code == 2
        assert "--lang: no words and no labels in language 'zhh'; there is: en, ru, zh" in done.stderr
        assert done.stdout == ""


def test_report_writes_a_page_and_tables(cli: Cli, predictions: Path, garden_file: Path, tmp_path: Path) -> None:
    """The page with the taxonomy's labels; each table as a CSV file; all of them as JSON."""
    page, tables = tmp_path / "r.html", tmp_path / "deep" / "tables"
    done = cli(
        "report", predictions, "-o", page, "--tables", tables, "-t", garden_file, "--lang", "zh", "--title", "年报"
    )
    assert done.exit_code == 0, done.stderr
    text = page.read_text("utf-8")
    assert '<h1 dir="auto">年报</h1>' in text
    assert "水果" in text
    data = json.loads(cli("report", predictions, "-f", "json").stdout)
    assert sorted(p.stem for p in tables.iterdir()) == sorted(data)
    with (tables / "topics.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [r["topic"] for r in rows] == [r["topic"] for r in data["topics"]]


def test_labels_of_another_taxonomy_are_not_shown(cli: Cli, predictions: Path) -> None:
    """Without -t topics that are not policy's keep their paths; a taxonomy that lacks them is refused."""
    assert "Fruit" not in cli("report", predictions).stdout
    done = cli("report", predictions, "-t", "water")
    assert done.exit_code == 1
    assert "taxonomy 'water' has no topic 'fruit'" in str(done.exception) or "no topic 'fruit'" in done.stderr


def test_report_reads_standard_input_and_refuses_other_things(cli: Cli, predictions: Path, article: Path) -> None:
    """`-` is a pipe; a text is no record of predictions."""
    assert "<!doctype html>" in cli("report", "-", input=predictions.read_bytes()).stdout
    done = cli("report", article)
    assert done.exit_code == 1
    assert isinstance(done.exception, TopicatError)
    assert "the line is not JSON" in str(done.exception)
    assert cli("report").exit_code == 2


def test_tables_that_cannot_be_written(cli: Cli, predictions: Path, article: Path) -> None:
    """The folder's name stands in the message."""
    done = cli("report", predictions, "--tables", article)
    assert "article.txt: cannot be made" in str(done.exception)


def test_evaluate_writes_a_card(cli: Cli, seeds_file: Path, folder: Path, tmp_path: Path) -> None:
    """With its maker's notes and errors; the table may go to a file as well."""
    notes = tmp_path / "notes.txt"
    notes.write_text("For gardens only.", "utf-8")
    card = tmp_path / "card.html"
    done = cli("evaluate", seeds_file, "-m", folder, "-f", "html", "--notes", notes, "-o", card)
    assert done.exit_code == 0, done.stderr
    text = card.read_text("utf-8")
    assert "measured on garden.jsonl" in text
    assert "For gardens only." in text
    done = cli("evaluate", seeds_file, "-m", folder, "--notes", notes)
    assert done.exit_code == 2
    assert "--curve and --notes are for cards, and the format is table; add -f html" in done.stderr


def test_train_writes_a_card(cli: Cli, garden_file: Path, seeds_file: Path, tmp_path: Path) -> None:
    """Out of fold, beside the model, which is the same with and without."""
    card = tmp_path / "card.html"
    done = cli("train", garden_file, "-s", seeds_file, "-o", tmp_path / "a", "--report", card)
    assert done.exit_code == 0, done.stderr
    assert "out of fold" in card.read_text("utf-8")
    assert cli("train", garden_file, "-s", seeds_file, "-o", tmp_path / "b").exit_code == 0
    assert (tmp_path / "a" / "model.json").read_bytes() == (tmp_path / "b" / "model.json").read_bytes()


def test_train_from_the_taxonomy_alone_has_a_card_too(cli: Cli, garden_file: Path, tmp_path: Path) -> None:
    """Without figures."""
    card = tmp_path / "card.html"
    assert cli("train", garden_file, "-s", "none", "-o", tmp_path / "m", "--report", card).exit_code == 0
    assert "Nothing is known of how good it is" in card.read_text("utf-8")


def test_what_is_wrong_with_a_card_is_said_before_training(cli: Cli, garden_file: Path, tmp_path: Path) -> None:
    """A folder that is not there, a curve that is none: no model is made."""
    for options in (
        ["--report", tmp_path / "no" / "card.html"],
        ["--report", tmp_path / "c.html", "--curve", garden_file],
    ):
        done = cli("train", garden_file, "-s", "none", "-o", tmp_path / "m", *options)
        assert done.exit_code == 1
        assert isinstance(done.exception, TopicatError)
        assert not (tmp_path / "m").exists()
        assert not (tmp_path / "c.html").exists()
    done = cli("train", garden_file, "-s", "none", "--notes", garden_file)
    assert done.exit_code == 2
    assert "add --report FILE" in done.stderr
