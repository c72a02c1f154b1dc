"""The same input gives the same bytes: in any process, with any hash seed, locale, time zone and number of threads."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from topicat.model import Model
from topicat.plugins.tokenizers import jieba, rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import TrainingSettings, train

GOLDEN = Path(__file__).with_name("golden")
EXAMPLE = Path(__file__).parents[1] / "examples" / "talks-2026-05-18.txt"

# Every kind of result, in one folder.
WORK = """
import sys
from click.testing import CliRunner
from topicat.cli.main import main
golden, text = sys.argv[1:]

def run(*args):
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, (args, result.stderr, result.exception)

run("train", f"{golden}/taxonomy.yaml", "-s", f"{golden}/seeds.jsonl", "-o", "model", "--report", "card.html")
for form in ("table", "jsonl", "csv", "html"):
    run("predict", text, "-m", "model", "-f", form, "--evidence", "-o", f"labels.{form}")
run("evaluate", f"{golden}/seeds.jsonl", "-m", "model", "-f", "json", "-o", "figures.json")
run("report", "labels.jsonl", "-t", f"{golden}/taxonomy.yaml", "-o", "report.html")
run("suggest", text, "-m", "model", "-n", "3", "-f", "jsonl", "-o", "suggested.jsonl")
run("taxonomy", "convert", f"{golden}/taxonomy.yaml", "-o", "taxonomy.ttl")
"""


def results(folder: Path, **environment: str) -> dict[str, str]:
    """The SHA-256 of every file that the work makes, in a process of its own with those variables."""
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))} | environment
    command = [sys.executable, "-c", WORK, str(GOLDEN), str(EXAMPLE)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What comes of the work as a rule."""
    found = results(tmp_path_factory.mktemp("usual") / "results", PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    assert len(found) == 15
    return found


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Shanghai", "OMP_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "zh_CN.GB18030", "TZ": "Pacific/Kiritimati", "OPENBLAS_NUM_THREADS": "8"},
        {"PYTHONHASHSEED": "3", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "America/St_Johns"},
    ],
    ids=["tr_TR", "zh_CN", "C"],
)
def test_the_same_bytes_everywhere(usual: dict[str, str], tmp_path: Path, environment: dict[str, str]) -> None:
    """Models, labels, pages, reports and figures; an uninstalled locale is C, as it would be for a user."""
    assert results(tmp_path / "results", **environment) == usual


def test_jieba_and_rjieba_give_one_model(garden: Taxonomy, examples: list[Example]) -> None:
    """The same terms and weights; only the name of the tokenizer differs."""
    models: list[Model] = []
    for name, tokenizer in (("rjieba", rjieba()), ("jieba", jieba())):
        settings = TrainingSettings()
        settings = dataclasses.replace(settings, features=dataclasses.replace(settings.features, tokenizer=name))
        models.append(train(garden, examples, settings=settings, tokenizer=tokenizer))
    one, other = models
    assert np.array_equal(one.vocabulary, other.vocabulary)
    texts = [example.text for example in examples]
    assert one.predict(texts, evidence=True) == other.predict(texts, evidence=True)
