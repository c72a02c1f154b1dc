"""One writer at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from topicat.errors import ModelError
from topicat.reservation import reserved


def test_a_second_writer_is_told(tmp_path: Path) -> None:
    """In this process or another, until the first has done."""
    folder = tmp_path / "a" / "b"
    script = "import pathlib, sys, topicat.reservation as r\nwith r.reserved(pathlib.Path(sys.argv[1])): pass"
    with reserved(folder):
        told = pytest.raises(ModelError, match=r"b: another training is about to write .*; wait until it ends, or")
        with told, reserved(folder):
            pytest.fail("the folder was reserved twice")
        done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=False)
        assert "another training is about to write" in done.stderr
    with reserved(folder):
        assert folder.is_dir()


def test_a_folder_that_stays_empty_goes_again(tmp_path: Path) -> None:
    """With its parents that were made for it; one with something in it stays, and so does one that was there."""
    with reserved(tmp_path / "a" / "b"):
        pass
    assert not list(tmp_path.iterdir())
    (tmp_path / "c").mkdir()
    with reserved(tmp_path / "c"), reserved(tmp_path / "d"):
        (tmp_path / "d" / "x").write_text("x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "d"]


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    """Below a file."""
    (tmp_path / "file").write_text("x")
    refused = pytest.raises(ModelError, match=r"file/a: the model cannot be written: Not a directory; choose another")
    with refused, reserved(tmp_path / "file" / "a"):
        pytest.fail("a folder below a file")
