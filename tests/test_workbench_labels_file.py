"""Decisions on disk: appended, taken back, never lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topicat.errors import OutputError, ReadingError, SeedsError, UsageError
from topicat.seeds import read_seeds
from topicat.workbench.labels_file import SKIP, UNSURE, LabelsFile, key_of


def row(text: str, *labels: str, coder: str = "ada", time: str = "1") -> dict[str, Any]:
    """A decision."""
    return {"text": text, "labels": list(labels), "coder": coder, "time": time}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where labels go."""
    return tmp_path / "labels.jsonl"


def test_it_is_a_seeds_file_at_any_time(path: Path) -> None:
    """Labelled paragraphs alone stand in it; what is put aside stands beside it."""
    labels = LabelsFile(path)
    labels.add(row("草莓熟了。", "fruit.berry"))
    labels.add(row("铁锹。", "tool"), UNSURE)
    labels.add(row("你好。"), SKIP)
    labels.add(row("再见。"))
    assert [(e.text, e.labels) for e in read_seeds(path)] == [("草莓熟了。", ("fruit.berry",)), ("再见。", ())]
    aside = [json.loads(line) for line in (path.parent / "labels.aside.jsonl").read_text("utf-8").splitlines()]
    assert [(r["text"], r["aside"]) for r in aside] == [("铁锹。", "unsure"), ("你好。", "skip")]
    labels.close()
    again = LabelsFile(path)
    assert (again.rows, again.aside) == (labels.rows, labels.aside)
    again.close()


def test_the_last_decision_of_a_coder_stands(path: Path) -> None:
    """A second one on the same text replaces the first, also from aside; another coder's stays."""
    labels = LabelsFile(path)
    labels.add(row("a b", "fruit", time="1"))
    labels.add(row("A  B", "tool", time="2"))
    labels.add(row("a b", "animal", coder="bob", time="3"))
    assert [r["labels"] for r in labels.rows] == [["tool"], ["animal"]]
    labels.add(row("a b", time="4"), SKIP)
    assert [r["labels"] for r in labels.rows] == [["animal"]]
    labels.add(row("a b", "fruit", time="5"))
    assert labels.aside == []
    assert [r["labels"] for r in labels.of("ada").values()] == [["fruit"]]
    labels.remove("a b", "ada")
    assert list(labels.of("ada")) == []
    assert [json.loads(line)["coder"] for line in path.read_text().splitlines()] == ["bob"]
    labels.close()


def test_a_killed_process_loses_nothing_that_was_saved(path: Path) -> None:
    """Killed without a chance to close anything: the next run finds every decision, and half a line goes."""
    code = (
        "import sys, os, signal; from topicat.workbench.labels_file import LabelsFile; f = LabelsFile(sys.argv[1]);"
        "[f.add({'text': str(i), 'labels': [], 'coder': 'ada', 'time': str(i)}) for i in range(20)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode != 0
    with path.open("a") as stream:
        stream.write('{"text": "hal')
    labels = LabelsFile(path)
    assert [r["text"] for r in labels.rows] == [str(i) for i in range(20)]
    labels.add(row("21"))
    labels.close()
    assert len(read_seeds(path)) == 21


def test_a_last_line_without_its_end_is_kept(path: Path) -> None:
    """Whole JSON that only lacks the newline, as an editor may leave it."""
    path.write_text('{"text": "a", "labels": []}\n{"text": "b", "labels": []}')
    labels = LabelsFile(path)
    labels.add(row("c"))
    labels.close()
    assert [e.text for e in read_seeds(path)] == ["a", "b", "c"]


def test_a_full_disk_is_a_message_and_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line that could be written is taken back."""
    labels = LabelsFile(path)
    labels.add(row("a"))
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"labels\.jsonl: not saved: No space left on device; make room"):
        labels.add(row("b"))
    with pytest.raises(OutputError):
        labels.remove("a", "ada")
    assert path.read_bytes() == before
    assert [r["text"] for r in labels.rows] == ["a"]
    assert sorted(p.name for p in path.parent.iterdir() if p.suffix != ".lock") == ["labels.jsonl"]
    labels.close()


def test_two_processes_do_not_write_one_file(path: Path) -> None:
    """The second is told so; when the first has ended, it may."""
    first = LabelsFile(path)
    code = "import sys; from topicat.workbench.labels_file import LabelsFile; LabelsFile(sys.argv[1])"
    second = subprocess.run([sys.executable, "-c", code, str(path)], check=False, capture_output=True, text=True)
    assert "another topicat label writes it; end that, or choose another file with -o" in second.stderr
    first.close()
    LabelsFile(path).close()


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("labels.csv", "", UsageError, "choose a name that ends in .jsonl"),
        ("no/labels.jsonl", None, OutputError, "there is no folder"),
        ("labels.jsonl", "text\n", ReadingError, "labels.jsonl:1:1: the line is not JSON"),
        ("labels.jsonl", '{"id": 1}\n', SeedsError, "labels.jsonl:1: no 'text'"),
        ("labels.jsonl", '{"text": "a"}\n', SeedsError, "labels.jsonl:1: no 'labels'"),
    ],
)
def test_what_is_no_labels_file_is_refused(
    tmp_path: Path, name: str, content: str | None, error: type[Exception], message: str
) -> None:
    """With file and line; and the file is free for others afterwards."""
    if content is not None:
        (tmp_path / name).write_text(content)
    for _ in range(2):
        with pytest.raises(error, match=message):
            LabelsFile(tmp_path / name)


def test_keys_see_through_white_space_and_case() -> None:
    """Nothing else is the same paragraph."""
    assert key_of("Gas  pipe\n") == key_of("gas pipe")
    assert key_of("gas pipe") != key_of("gas pipes")
