"""Sudden ends, full disks, and places where nothing can be written; the long run is `python -m fuzz.crash`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fuzz import crash

from topicat.model import Model
from topicat.reservation import reserved
from topicat.store import save_model

TAXONOMY = """
taxonomy: garden
topics:
  fruit: {keywords: {en: [apple, pear]}}
  tool: {keywords: {en: [rake, spade]}}
"""


@pytest.mark.parametrize(("work", "times"), [("save", 4), ("train", 3), ("predict", 3)])
def test_what_is_killed_leaves_the_old_result_or_the_new(work: str, times: int) -> None:
    """By -9, at random moments, again and again in one place; `run` looks at what is there each time."""
    found = crash.run(work, times, seed=0)
    assert sum(found.values()) == times
    assert found["nothing"] == 0  # the first result was there before the first kill


def child(folder: Path, script: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Runs `script` with the command line's `run` at hand, in `folder`."""
    begin = "import os, resource, sys\nfrom topicat.cli.main import run\n"
    command = [sys.executable, "-c", begin + script, *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def garden_folder(tmp_path: Path, model: Model) -> Path:
    """A folder with a taxonomy, a text and a model; anybody may read it."""
    (tmp_path / "garden.yaml").write_text(TAXONOMY)
    (tmp_path / "text.txt").write_text("The apple fell on the rake.\n\n" * 300)
    save_model(model, tmp_path / "model")
    tmp_path.chmod(0o755)
    return tmp_path


FULL = "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\nrun()"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["train", "garden.yaml", "-s", "none", "-o", "new/er"],
            "topicat: new/er: the model cannot be written: File too",
        ),
        (
            ["train", "garden.yaml", "-s", "none", "-o", "model"],
            "topicat: model: the model cannot be written: File too",
        ),
        (
            ["predict", "text.txt", "-m", "model", "-f", "jsonl", "-o", "out.jsonl"],
            "topicat: out.jsonl: cannot be written",
        ),
    ],
)
def test_a_full_disk_is_an_error_and_leaves_nothing(garden_folder: Path, args: list[str], message: str) -> None:
    """A limit on the size of files stands for it: the old model is as it was, and there is no half-written file."""
    before = {path: path.read_bytes() for path in garden_folder.rglob("*") if path.is_file()}
    done = child(garden_folder, FULL, *args)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in garden_folder.rglob("*") if path.is_file()} == before
    assert not (garden_folder / "new").exists()


# Whoever is root may write anywhere, so a process that is becomes nobody, with all that it needs imported before.
NOBODY = """
from click.testing import CliRunner
from topicat.cli.main import main
args = sys.argv[1:]
CliRunner().invoke(main, [*args[:-1], args[-1] + "-first"])
os.chmod(".", 0o555)
if os.geteuid() == 0:
    os.setuid(65534)
result = CliRunner().invoke(main, args)
print(result.exit_code, result.exception or result.stderr)
"""


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["train", "garden.yaml", "-s", "none", "-o", "new"], "new: the model cannot be written: Permission denied"),
        (
            ["train", "garden.yaml", "-s", "none", "-o", "model"],
            "model: the model cannot be written: Permission denied",
        ),
        (
            ["predict", "text.txt", "-m", "model", "-f", "jsonl", "-o", "out"],
            "out: cannot be written: Permission denied",
        ),
    ],
)
def test_a_folder_that_is_read_only_is_an_error_at_once(garden_folder: Path, args: list[str], message: str) -> None:
    """Before anything is trained, and with the way out."""
    (garden_folder / "model").chmod(0o555)
    done = child(garden_folder, NOBODY, *args)
    garden_folder.chmod(0o755)
    assert done.stdout.startswith(f"1 {message}; choose another"), done.stderr + done.stdout


def test_of_two_trainings_to_one_folder_one_wins(
    cli: Callable[..., Result], garden_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other is told at once, before it has trained; afterwards the folder is free again."""
    monkeypatch.chdir(garden_folder)
    train = ("train", "garden.yaml", "-s", "none", "-o", "new")
    with reserved(Path("new")):
        lost = cli(*train)
    assert "new: another training is about to write its model there; wait until it ends" in str(lost.exception)
    won = cli(*train)
    assert won.exit_code == 0
    assert "saved to new" in won.stderr


def test_output_to_a_link_or_a_device_writes_there(cli: Callable[..., Result], garden_folder: Path) -> None:
    """A link stays one, and so does a device: neither is replaced by a file."""
    plain, link, pipe = (garden_folder / name for name in ("plain", "link", "pipe"))
    link.symlink_to(plain)
    os.mkfifo(pipe)
    args = ("predict", garden_folder / "text.txt", "-m", garden_folder / "model", "-f", "csv", "-o")
    assert cli(*args, link).exit_code == 0
    assert link.is_symlink()
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert cli(*args, pipe).exit_code == 0
        assert reader.communicate()[0] == plain.read_bytes()
    assert pipe.is_fifo()
    assert cli(*args, os.devnull).exit_code == 0
    assert Path(os.devnull).is_char_device()
