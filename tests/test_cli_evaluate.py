"""`topicat evaluate` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from topicat.errors import TopicatError
from topicat.model import Model
from topicat.store import save_model

Cli = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's model in a folder."""
    path = tmp_path_factory.mktemp("models") / "garden"
    save_model(model, path)
    return path


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Labelled rows with fields of their own; one label is wrong."""
    path = tmp_path / "rows.jsonl"
    data = [
        {"text": "果园里的苹果熟了。", "labels": ["fruit"], "lang": "zh", "source": "daily", "group": "g1"},
        {"text": "他用铁锹翻地。", "labels": ["animal"], "lang": "zh", "source": "daily", "id": "r2", "group": "g1"},
        {"text": "The goat and the hen.", "labels": ["animal"], "lang": "en", "source": "weekly"},
        {"text": "双方互致问候。", "labels": [], "lang": "zh"},
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in data), "utf-8")
    return path


def test_json_has_the_contract_and_more(cli: Cli, rows: Path, folder: Path) -> None:
    """The contract's keys as they were; intervals, confusion, values and errors beside them."""
    done = cli("evaluate", rows, "-m", folder, "-f", "json", "--by", "source", "--by", "lang", "--errors", "1")
    assert done.exit_code == 0, done.stderr
    scores = json.loads(done.stdout)
    assert {"n", "micro_f1", "macro_f1", "exact_match", "none_f1", "calibration_error"} <= set(scores)
    assert set(scores["topics"]["fruit"]) == {"precision", "recall", "f1", "support", "average_precision"}
    assert scores["intervals"]["groups"] == 3
    assert scores["confusion"]["topics"] == ["fruit", "tool", "animal"]
    assert {value: part["n"] for value, part in scores["by"]["source"].items()} == {"daily": 2, "": 1, "weekly": 1}
    assert list(scores["by"]["lang"]) == ["zh", "en"]
    [error] = scores["errors"]
    assert (error["id"], error["place"]) == ("r2", f"{rows}:2")
    assert "by" not in json.loads(cli("evaluate", rows, "-m", folder, "-f", "json").stdout)


def test_the_same_data_give_the_same_bytes(cli: Cli, rows: Path, folder: Path) -> None:
    """Intervals are drawn with a fixed seed."""
    assert cli("evaluate", rows, "-m", folder).stdout_bytes == cli("evaluate", rows, "-m", folder).stdout_bytes


def test_the_table_is_a_report(cli: Cli, rows: Path, folder: Path) -> None:
    """Figures, confusion, values, errors."""
    done = cli("evaluate", rows, "-m", folder, "--by", "lang", "--errors", "5")
    assert done.exit_code == 0, done.stderr
    for words in ("on rows.jsonl · 4 texts in 3 groups", "micro-F1", "Confusion", "by lang", "said tool", "铁锹"):
        assert words in done.stdout


def test_a_field_that_is_not_there_is_wrong_usage(cli: Cli, rows: Path, folder: Path) -> None:
    """The fields that are there are named."""
    done = cli("evaluate", rows, "-m", folder, "--by", "sauce")
    assert done.exit_code == 2
    assert "--by: no row can be told by a field 'sauce'; did you mean 'source'" in done.stderr
    assert "lang, group, source, id" in done.stderr
    assert cli("evaluate", rows, "-m", folder, "--errors", "-1").exit_code == 2


UNFIT = {
    "rows without labels": ('{"text": "山羊"}', "rows.jsonl:1: no 'labels'; write \"labels\": [] for a text without"),
    "labels that the model lacks": (
        '{"text": "山羊", "labels": ["goat"]}',
        "rows.jsonl:1: taxonomy 'garden' has no",
    ),
    "an empty file": ("", "rows.jsonl: the file is empty"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_data_that_do_not_fit_are_one_clear_message(case: str, cli: Cli, tmp_path: Path, folder: Path) -> None:
    """Never figures of something else."""
    text, words = UNFIT[case]
    path = tmp_path / "rows.jsonl"
    path.write_text(text, "utf-8")
    done = cli("evaluate", path, "-m", folder)
    assert done.exit_code == 1
    assert isinstance(done.exception, TopicatError)
    assert words in str(done.exception)
    assert done.stdout == ""


def test_csv_columns_are_fields(cli: Cli, tmp_path: Path, folder: Path) -> None:
    """As those of JSON Lines."""
    path = tmp_path / "rows.csv"
    path.write_text("text,labels,year\n山羊,animal,2019\n铁锹,tool,2020\n", "utf-8")
    scores = json.loads(cli("evaluate", path, "-m", folder, "-f", "json", "--by", "year").stdout)
    assert list(scores["by"]["year"]) == ["2019", "2020"]
