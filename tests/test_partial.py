"""An output on its way: what is safe, who may write, and when it is gone on with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from topicat import partial
from topicat.batches import Position
from topicat.errors import OutputError
from topicat.partial import Partial

MADE = {"the model": "garden", "the format": "jsonl"}
FIRST, SECOND = Position(3, "abc", "a.txt", 3), Position(5, "def", "b.txt", 2)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where an output shall stand."""
    return tmp_path / "out.jsonl"


def upper(written: Path, target: Path) -> None:
    """Copies in capitals."""
    target.write_bytes(written.read_bytes().upper())


def interrupt(out: Path) -> None:
    """A run that writes a batch, has it made safe, writes half of another, and is interrupted."""

    def run() -> None:
        with Partial(out, MADE, resume=False) as file:
            file.write(b"one\n", FIRST)
            file.write(b"two\n", SECOND)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()


def test_it_appears_whole_and_alone(out: Path) -> None:
    """While it is written the old file stands; in the end nothing else is left."""
    out.write_text("old")
    with Partial(out, MADE, resume=False) as file:
        file.write(b"one\n", FIRST)
        assert out.read_text() == "old"
        file.finish()
    assert out.read_text() == "one\n"
    assert list(out.parent.iterdir()) == [out]


def test_it_can_be_made_into_something_else(out: Path) -> None:
    """As Arrow batches into a Parquet file; a failure there loses nothing."""

    def run() -> None:
        with Partial(out, MADE, resume=False) as file:
            file.write(b"one\n", FIRST)
            file.finish(lambda written, target: os.rename(written, out / "nowhere" / "else"))

    with pytest.raises(OutputError, match=r"3 paragraphs are safe .* up to paragraph 3 of a\.txt; .*--resume"):
        run()
    with Partial(out, MADE, resume=True) as file:
        assert file.found == FIRST
        file.finish(upper)
    assert out.read_text() == "ONE\n"
    assert list(out.parent.iterdir()) == [out]


def test_an_interrupted_run_is_gone_on_with(out: Path) -> None:
    """From where it stood; the end is the same as of an undisturbed one."""
    interrupt(out)
    assert out.with_name("out.jsonl.partial").read_bytes() == b"one\ntwo\n"
    with Partial(out, MADE, resume=True) as file:
        assert file.found == SECOND
        assert "5 paragraphs are safe" in file.advice
        file.write(b"three\n", Position(6))
        file.finish()
    assert out.read_bytes() == b"one\ntwo\nthree\n"


def test_an_error_of_something_else_stays_what_it_is(out: Path) -> None:
    """Only writing makes an output that cannot be written; what was written is kept all the same."""

    def run() -> None:
        with Partial(out, MADE, resume=False) as file:
            file.write(b"one\n", FIRST)
            raise PermissionError("of the input")

    with pytest.raises(PermissionError, match="of the input"):
        run()
    with Partial(out, MADE, resume=True) as file:
        assert file.found == FIRST


def test_what_the_journal_does_not_vouch_for_is_written_again(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed leaves what it wrote since the journal: it is cut off."""
    interrupt(out)
    with open(out.with_name("out.jsonl.partial"), "ab") as stream:
        stream.write(b"half a li")
    with Partial(out, MADE, resume=True) as file:
        file.finish()
    assert out.read_bytes() == b"one\ntwo\n"


def test_without_resume_it_starts_again(out: Path) -> None:
    """And what the other run left is gone, journal and all."""
    interrupt(out)
    with Partial(out, MADE, resume=False) as file:
        assert file.found == Position()
        assert not file.journal.exists()
        file.finish()
    assert out.read_bytes() == b""


def test_with_nothing_to_go_on_with_it_starts(out: Path) -> None:
    """`--resume` may be given always."""
    with Partial(out, MADE, resume=True) as file:
        assert file.found == Position()
        file.finish()
    assert out.exists()


def test_another_input_model_or_option_is_refused(out: Path) -> None:
    """What differs is named, with both values and the ways out; what was written stays."""
    interrupt(out)
    words = 'the model was "garden" when it was begun and is "policy" now; give the same again, or run without --resume'
    with pytest.raises(OutputError, match=words), Partial(out, {**MADE, "the model": "policy"}, resume=True):
        pass
    with Partial(out, MADE, resume=True) as file:
        assert file.found == SECOND
        file.finish()


def test_a_journal_that_lies_is_refused(out: Path) -> None:
    """Damaged, of another format, or of more than there is."""
    interrupt(out)
    journal, data = out.with_name("out.jsonl.partial.json"), out.with_name("out.jsonl.partial")
    state = json.loads(journal.read_text())
    for text, words in (
        (json.dumps({**state, "format": 99}), "format was 99"),
        (json.dumps({**state, "bytes": "many"}), "damaged"),
        (journal.read_text()[:40], "damaged"),
        ("[]", "damaged"),
    ):
        journal.write_text(text)
        with pytest.raises(OutputError, match=words), Partial(out, MADE, resume=True):
            pass
    journal.write_text(json.dumps(state))
    data.write_bytes(b"one\n")
    with pytest.raises(OutputError, match="shorter than its journal says"), Partial(out, MADE, resume=True):
        pass


def test_one_process_writes(out: Path) -> None:
    """A second one is refused and harms nothing; the lock of one that died is none."""
    out.with_name("out.jsonl.lock").write_text("")
    code = "import sys\nfrom topicat.partial import Partial\nwith Partial(sys.argv[1], {}, resume=False): pass"
    with Partial(out, MADE, resume=False) as file:
        file.write(b"one\n", FIRST)
        other = subprocess.run([sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=False)
        assert other.returncode == 1
        assert "another process is writing it" in other.stderr
        file.finish()
    assert out.read_bytes() == b"one\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(out: Path) -> None:
    """One clear message."""
    out.parent.chmod(0o555)
    words = "cannot be written: Permission denied; choose another place with -o"
    with pytest.raises(OutputError, match=words), Partial(out, MADE, resume=False):
        pass


def test_a_place_that_is_none(out: Path) -> None:
    """A missing folder, a device."""
    for path in (out / "more" / "out.jsonl", Path(os.devnull)):
        with pytest.raises(OutputError, match=r"-o"), Partial(path, MADE, resume=False):
            pass


def test_safe_now_and_then(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal moves on while the run goes on, whatever ends it."""
    monkeypatch.setattr(partial, "SECONDS", 0.0)
    with Partial(out, MADE, resume=False) as file:
        file.write(b"one\n", FIRST)
        assert json.loads(file.journal.read_text())["paragraphs"] == 3
        file.finish()
