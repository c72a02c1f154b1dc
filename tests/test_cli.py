"""The command line as a user meets it: contracts, bad input, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

import topicat
from topicat.cli.main import main
from topicat.model import Model
from topicat.seeds import Example
from topicat.store import save_model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy

Cli = Callable[..., Result]
ARTICLE = " date 2025-11-15 果园里的草莓熟了。\n\n铁锹和山羊都在院子里。\n\n双方互致问候。\n"


@pytest.fixture(scope="session")
def garden_model(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`model` in a folder."""
    folder = tmp_path_factory.mktemp("models") / "garden"
    save_model(model, folder)
    return folder


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A short dated article."""
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


def records(text: str) -> list[dict[str, Any]]:
    """The objects of JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def topicat_process(*args: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-c", "from topicat.cli.main import run; run()", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def test_jsonl_records_keep_the_contract(cli: Cli, article: Path, garden_model: Path) -> None:
    """Keys, date, numbers from 1, offsets into the document as read, topics best first."""
    done = cli("predict", article, "-m", garden_model, "-f", "jsonl", "--evidence")
    assert done.exit_code == 0, done.stderr
    rows = records(done.stdout)
    keys = ["document", "date", "paragraph", "start", "end", "text", "topics", "probabilities"]
    assert [list(r) for r in rows] == [keys] * 3
    assert [r["paragraph"] for r in rows] == [1, 2, 3]
    assert {r["document"] for r in rows} == {str(article)}
    assert {r["date"] for r in rows} == {"2025-11-15"}
    for row in rows:
        assert ARTICLE[row["start"] : row["end"]] == row["text"]
        assert set(row["probabilities"]) == {"fruit", "tool", "animal"}
        for topic in row["topics"]:
            for e in topic["evidence"]:
                assert ARTICLE[e["start"] : e["end"]] == e["text"]
                assert e["weight"] > 0
    assert rows[0]["text"] == "果园里的草莓熟了。"
    assert [t["topic"] for t in rows[0]["topics"]] == ["fruit", "fruit.berry"]
    assert {t["topic"] for t in rows[1]["topics"]} == {"tool", "animal"}
    assert rows[2]["topics"] == []


def test_evidence_only_when_asked_for(cli: Cli, article: Path, garden_model: Path) -> None:
    """Without the flag the key is absent."""
    done = cli("predict", article, "-m", garden_model, "-f", "jsonl")
    assert all(set(t) == {"topic", "probability"} for r in records(done.stdout) for t in r["topics"])


def test_csv_has_a_row_a_paragraph(cli: Cli, article: Path, garden_model: Path) -> None:
    """Topics joined by semicolons, a probability a topic."""
    rows = list(csv.DictReader(io.StringIO(cli("predict", article, "-m", garden_model, "-f", "csv").stdout)))
    assert [r["topics"] for r in rows][2] == ""
    assert set(rows[1]["topics"].split(";")) == {"tool", "animal"}
    assert 0.5 < float(rows[0]["p_fruit"]) <= 1.0


def test_the_table_names_topics_and_none(cli: Cli, article: Path, garden_model: Path) -> None:
    """Document, date, numbers, topics with probability and subtopics, a summary."""
    out = cli("predict", article, "-m", garden_model).stdout
    assert "2025-11-15" in out
    assert "3 paragraphs" in out
    assert "berry" in out
    assert "no topic 1" in out
    assert max(len(line) for line in out.splitlines()) <= 160


def test_rows_of_jsonl_and_csv_are_documents(cli: Cli, tmp_path: Path, garden_model: Path) -> None:
    """Named by id, else by number."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "山羊"}\n\n{"text": "铁锹", "id": "b7", "date": "2024-02-29"}\n', "utf-8")
    done = cli("predict", rows, "-m", garden_model, "-f", "jsonl")
    assert [(r["document"], r["date"]) for r in records(done.stdout)] == [("1", None), ("b7", "2024-02-29")]


def test_standard_input(cli: Cli, garden_model: Path) -> None:
    """A dash, or nothing at all, reads standard input; its format can be named."""
    for args in (["predict", "-"], ["predict"]):
        [row] = records(cli(*args, "-m", garden_model, "-f", "jsonl", input="一只山羊").stdout)
        assert (row["document"], row["topics"][0]["topic"]) == ("-", "animal")
    done = cli("predict", "-", "--input-format", "jsonl", "-m", garden_model, "-f", "jsonl", input='{"text": "铁锹"}\n')
    assert records(done.stdout)[0]["topics"][0]["topic"] == "tool"
    assert cli("predict", "-", "--input-format", "odt", "-m", garden_model, input="x").exit_code == 2


def test_bad_files_in_a_folder_are_named_at_the_end(cli: Cli, tmp_path: Path, garden_model: Path) -> None:
    """Of a thousand articles with three bad ones the 997 are labelled, the exit code is 1."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(997):
        (folder / f"{i:04}.txt").write_text(f"第{i}篇：果园里的山羊。", "utf-8")
    (folder / "0100a.txt").write_bytes(b"")
    (folder / "0200a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    (folder / "0300a.jsonl").write_text('{"text": "x"\n', "utf-8")
    done = cli("predict", folder, "-m", garden_model, "-f", "jsonl")
    assert done.exit_code == 1
    assert len(records(done.stdout)) == 997
    assert [name for name in ("0100a.txt", "0200a.txt", "0300a.jsonl:1") if name in done.stderr] != []
    assert all(name in done.stderr for name in ("0100a.txt", "0200a.txt", "0300a.jsonl:1"))
    assert "3 files could not be read; everything else is labelled" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_file_appears_whole_or_not_at_all(
    cli: Cli, article: Path, tmp_path: Path, garden_model: Path
) -> None:
    """Written at the end; a place that cannot be written is one clear line."""
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    assert cli("predict", article, "-m", garden_model, "-f", "jsonl", "-o", out).exit_code == 0
    assert len(records(out.read_text("utf-8"))) == 3
    lost = cli("predict", article, "-m", garden_model, "-f", "jsonl", "-o", tmp_path / "no" / "out.jsonl")
    assert lost.exit_code == 1
    assert "cannot be written" in str(lost.exception)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["article.txt", "out.jsonl"]


def test_train_then_predict(cli: Cli, garden: Taxonomy, seeds_file: Path, tmp_path: Path) -> None:
    """A taxonomy of one's own, seeds of one's own with a weight, a model, a label."""
    yaml = tmp_path / "garden.yaml"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    folder = tmp_path / "model"
    done = cli("train", yaml, "-s", f"{seeds_file}:2", "-o", folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    for words in ("5 topics", "23 seed texts", "weight 2", "out of fold", "micro-F1", f"saved to {folder}"):
        assert words in done.stderr
    [row] = records(cli("predict", "-", "-m", folder, "-f", "jsonl", input="果园里的柠檬").stdout)
    assert [t["topic"] for t in row["topics"]] == ["fruit", "fruit.citrus"]
    shown = cli("model", "show", folder)
    assert shown.exit_code == 0
    assert garden.fingerprint[:12] in shown.stdout


def test_a_language_without_seeds_is_said(cli: Cli, garden: Taxonomy, examples: list[Example], tmp_path: Path) -> None:
    """By training, and by predicting such a text; its keywords decide."""
    yaml, seeds, folder = tmp_path / "garden.yaml", tmp_path / "zh.jsonl", tmp_path / "model"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    rows = [{"text": f"{n}：{e.text}", "labels": e.labels} for n in range(9) for e in examples if e.lang == "zh"]
    seeds.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    done = cli("train", yaml, "-s", seeds, "-o", folder)
    assert "hardly a seed in latin script: of texts in it the taxonomy's keywords decide" in done.stderr
    found = cli("predict", "-", "-m", folder, "-f", "jsonl", input="He put the rake away.\n\n果园里的柠檬")
    assert [[t["topic"] for t in row["topics"]][:1] for row in records(found.stdout)] == [["tool"], ["fruit"]]
    assert "1 paragraph in latin script: the model has hardly a seed in it" in found.stderr
    assert cli("predict", "-", "-m", folder, input="果园里的柠檬").stderr == ""


def test_train_from_the_taxonomy_alone(cli: Cli, garden: Taxonomy, tmp_path: Path) -> None:
    """`-s none`, and a taxonomy given by path, which has no seeds."""
    yaml = tmp_path / "garden.yaml"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    for options in (["-s", "none"], []):
        done = cli("train", yaml, "-o", tmp_path / "m", *options)
        assert done.exit_code == 0
        assert "no seeds: learning from the taxonomy alone" in done.stderr
    assert cli("train", yaml, "-s", "none", "-s", "x.jsonl").exit_code == 2


def test_evaluate(cli: Cli, seeds_file: Path, garden_model: Path) -> None:
    """A table for people; JSON with the contract's keys."""
    table = cli("evaluate", seeds_file, "-m", garden_model)
    assert "micro-F1" in table.stdout
    scores = json.loads(cli("evaluate", seeds_file, "-m", garden_model, "-f", "json").stdout)
    assert {"n", "micro_f1", "macro_f1", "exact_match", "topics"} <= set(scores)
    assert set(scores["topics"]["fruit"]) == {"precision", "recall", "f1", "support", "average_precision"}


def test_taxonomy_commands(cli: Cli, garden: Taxonomy, tmp_path: Path) -> None:
    """list, show, check, schema."""
    yaml = tmp_path / "garden.yaml"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    assert "policy" in cli("taxonomy", "list").stdout
    assert "水果" in cli("taxonomy", "show", yaml, "--lang", "zh").stdout
    assert "berr*" in cli("taxonomy", "show", yaml, "fruit.berry").stdout
    assert "fine: garden 1.2.0, 5 topics" in cli("taxonomy", "check", yaml).stdout
    assert json.loads(cli("taxonomy", "schema").stdout)["title"] == "topicat taxonomy"


BROKEN = {
    "no such file": (["predict", "nothing.txt"], "there is no such file; check the path"),
    "an empty folder": (["predict", "empty"], "no readable file in this folder; topicat reads"),
    "no such model": (["predict", "a.txt", "-m", "polcy"], "did you mean 'policy'?"),
    "a folder that is no model": (["predict", "a.txt", "-m", "./empty"], "no model.json in it"),
    "no such taxonomy": (["train", "polcy"], "did you mean 'policy'?"),
    "no such taxonomy file": (["train", "x.yaml"], "there is no such taxonomy file"),
    "a broken taxonomy": (["taxonomy", "show", "bad.yaml"], "bad.yaml:2:1: unknown key 'topic'"),
    "an unknown label": (["train", "ok.yaml", "-s", "label.jsonl"], "label.jsonl:1: taxonomy 't' has no topic 'aa'"),
    "one class only": (["train", "ok.yaml", "-s", "one.jsonl"], "only one class"),
    "no JSON": (["train", "ok.yaml", "-s", "broken.jsonl"], "broken.jsonl:1:"),
    "no text": (["evaluate", "notext.jsonl"], "notext.jsonl:1: no 'text'"),
    "a CSV without the column": (["predict", "x.csv"], "there is no column 'text' (it has: a, b)"),
    "unknown labels in the data": (["evaluate", "label.jsonl"], "label.jsonl:1: taxonomy 'policy' has no topic 'aa'"),
    "an unknown topic": (["taxonomy", "show", "ok.yaml", "b"], "has no topic 'b'"),
    "an output folder that is a file": (["train", "ok.yaml", "-o", "a.txt"], "a.txt: is a file"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_bad_input_is_one_clear_line(case: str, tmp_path: Path) -> None:
    """On standard error, with place and remedy, exit code 1, no traceback."""
    (tmp_path / "empty").mkdir()
    files = {
        "a.txt": "山羊",
        "bad.yaml": "taxonomy: t\ntopic: {}\n",
        "ok.yaml": "taxonomy: t\ntopics:\n  a: {keywords: {zh: [山羊]}}\n  c: {keywords: {zh: [铁锹]}}\n",
        "label.jsonl": '{"text": "x", "labels": ["aa"]}\n',
        "one.jsonl": '{"text": "山羊", "labels": ["a"]}\n{"text": "羊", "labels": ["a"]}\n',
        "broken.jsonl": '{"text": \n',
        "notext.jsonl": '{"txt": "x", "labels": []}\n',
        "x.csv": "a,b\n1,2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    args, words = BROKEN[case]
    done = topicat_process(*args, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert sum(line.startswith("topicat: ") for line in done.stderr.splitlines()) == 1


def test_wrong_usage_is_exit_code_2(cli: Cli) -> None:
    """Unknown options, commands and formats."""
    for args in (["predict", "--nonsense"], ["nonsense"], ["predict", "-f", "xml"], ["train", "a", "b"]):
        assert topicat_process(*args).returncode == 2


def test_every_command_has_help(cli: Cli) -> None:
    """And every option of it."""

    def walk(command: click.Command, path: list[str]) -> None:
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
                assert parameter.help or isinstance(parameter.type, click.Choice), (path, parameter.name)
        assert cli(*path, "--help").exit_code == 0
        if isinstance(command, click.Group):
            for name, child in command.commands.items():
                walk(child, [*path, name])

    walk(main, [])


def test_help_imports_nothing_heavy() -> None:
    """Neither numpy nor anything that a prediction or a training needs."""
    script = (
        "import sys\nfrom topicat.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'sklearn', 'scipy', 'jieba', 'rjieba', 'yaml', 'joblib', 'charset_normalizer'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


def test_start_up_stays_near_that_of_numpy() -> None:
    """The start-up gate: `topicat --help` takes at most 1.5 times `python -c "import numpy"` (best of several)."""

    def best(*command: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            times.append(time.perf_counter() - start)
        return min(times)

    help_ = best(sys.executable, "-c", "from topicat.cli.main import run; run()", "--help")
    assert help_ <= 1.5 * best(sys.executable, "-c", "import numpy")


def test_a_closed_pipe_ends_quietly(tmp_path: Path, garden_model: Path) -> None:
    """`topicat predict … | head -1`: no message."""
    big = tmp_path / "big.txt"
    big.write_text("果园里的山羊吃草莓。\n" * 20_000, "utf-8")
    code = "from topicat.cli.main import run; run()"
    command = [sys.executable, "-c", code, "predict", str(big), "-m", str(garden_model), "-f", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(timeout=60)


def test_interruption_ends_quietly(garden_model: Path) -> None:
    """Ctrl-C: one line, exit code 130, no traceback."""
    code = "from topicat.cli.main import run; run()"
    command = [sys.executable, "-c", code, "predict", "-", "-m", str(garden_model)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.decode().strip() == "topicat: interrupted"


def test_the_public_api(tmp_path: Path, seeds_file: Path, garden: Taxonomy, article: Path) -> None:
    """Train, save, load, read, predict; every public name is there."""
    model = topicat.train(garden, [seeds_file])
    topicat.save(model, tmp_path / "m")
    [document] = topicat.read(article)
    assert document[document.paragraphs[1].start : document.paragraphs[1].end] == document.paragraphs[1].text
    predictions = topicat.load(tmp_path / "m").predict([p.text for p in document.paragraphs])
    assert predictions[0].labels[0] == "fruit"
    for name in topicat.__all__:
        assert getattr(topicat, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        attrgetter("nonsense")(topicat)
    assert os.environ.get("TOPICAT_PLUGINS") is None
