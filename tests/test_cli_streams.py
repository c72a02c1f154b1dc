"""`topicat predict` on streams: every path gives the same, and a run that was stopped is gone on with."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from topicat import reading
from topicat.arrow import label_batches
from topicat.cli.labelling import Labelling
from topicat.cli.progress import Meter
from topicat.errors import ModelError, WorkerError
from topicat.model import Model
from topicat.store import save_model
from topicat.workers import Workers

Cli = Callable[..., Result]
FORMS = ["jsonl", "csv", "parquet"]
FEW, N = 2500, 16_000
TEXTS = ("果园里的草莓熟了。", "铁锹和山羊都在院子里。", "双方互致问候。", "The goat ate the lemons of the orchard.")


@pytest.fixture(scope="module")
def folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`model` in a folder."""
    path = tmp_path_factory.mktemp("models") / "garden"
    save_model(model, path)
    return path


def write_rows(path: Path, count: int) -> Path:
    """A file of `count` rows."""
    lines = [json.dumps({"text": f"{TEXTS[i % 4] * 4} {i}", "id": f"r{i}"}, ensure_ascii=False) for i in range(count)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three batches."""
    return write_rows(tmp_path_factory.mktemp("rows") / "rows.jsonl", FEW)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of many batches, more than workers take in advance."""
    return write_rows(tmp_path_factory.mktemp("rows") / "rows.jsonl", N)


@pytest.fixture(scope="module")
def undisturbed(rows: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of each form, from runs that nothing disturbed."""
    out = tmp_path_factory.mktemp("out")
    for form in FORMS:
        done = run("predict", rows, "-m", folder, "-f", form, "-o", out / f"out.{form}")
        assert done.returncode == 0, done.stderr
    return {form: (out / f"out.{form}").read_bytes() for form in FORMS}


# Every batch is made safe at once, so that a test need not wait.
SCRIPT = "from topicat import partial; partial.SECONDS = 0; from topicat.cli.main import run; run()"


def command(*args: str | Path) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-c", SCRIPT, *map(str, args)]


def run(*args: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(command(*args), capture_output=True, text=True, check=False, **more)


def stop(number: int, out: Path, folder: Path, rows: Path, *args: str | Path) -> str:
    """Start a run that gets its input but not the end of it, stop it by a signal once something is safe; its words."""
    process = subprocess.Popen(
        command("predict", "-", "--input-format", "jsonl", "-m", folder, "-o", out, *args),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stderr is not None
        # Enough to fill several batches and the reader's block, but never the end.
        process.stdin.write(rows.read_bytes())
        process.stdin.flush()
        journal = out.with_name(f"{out.name}.partial.json")
        wait_for(lambda: journal.exists() and json.loads(journal.read_text("utf-8"))["paragraphs"] > 0)
        os.killpg(process.pid, number)
        process.stdin.close()
        words = process.stderr.read().decode()
        process.wait(timeout=60)
    assert not out.exists()
    return words


def wait_for(happened: Callable[[], bool]) -> None:
    """Return when it has; fail after a minute."""
    for _ in range(6000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it never happened")


def records(text: str) -> list[dict[str, Any]]:
    """The objects of JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_every_path_gives_the_same(cli: Cli, few: Path, folder: Path, model: Model, tmp_path: Path) -> None:
    """One by one, in a list, as a stream, as CSV and Parquet, by workers, over Arrow."""
    out = tmp_path / "out.parquet"
    assert cli("predict", few, "-m", folder, "-f", "jsonl", "-o", tmp_path / "out.jsonl").exit_code == 0
    found = records((tmp_path / "out.jsonl").read_text("utf-8"))
    assert [r["document"] for r in found] == [f"r{i}" for i in range(FEW)]
    texts = [r["text"] for r in found]
    by_list = model.predict(texts)
    for record, prediction in zip(found, by_list, strict=True):
        assert [t["topic"] for t in record["topics"]] == list(prediction.labels)
        assert record["probabilities"] == {t: round(p, 6) for t, p in prediction.probabilities.items()}
    for i in range(0, FEW, 251):
        assert model.predict([texts[i]]) == [by_list[i]]
    for form in FORMS:
        for jobs in ("1", "2"):
            target = tmp_path / f"{jobs}.{form}"
            assert cli("predict", few, "-m", folder, "-f", form, "-j", jobs, "-o", target).exit_code == 0
        assert (tmp_path / f"1.{form}").read_bytes() == (tmp_path / f"2.{form}").read_bytes()
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    assert cli("predict", few, "-m", folder, "-f", "jsonl").stdout == (tmp_path / "out.jsonl").read_text("utf-8")
    assert pq.read_table(tmp_path / "1.parquet").to_pylist() == found
    for row, record in zip(csv.DictReader(io.StringIO((tmp_path / "1.csv").read_text("utf-8"))), found, strict=True):
        assert row["topics"] == ";".join(t["topic"] for t in record["topics"])
        assert {f"p_{t}": f"{p:.6f}" for t, p in record["probabilities"].items()}.items() <= row.items()
    [labelled] = label_batches([pa.record_batch({"text": texts})], model=str(folder))
    assert labelled.column("topics").to_pylist() == [r["topics"] for r in found]
    assert labelled.column("probabilities").to_pylist() == [r["probabilities"] for r in found]
    assert not out.exists()


@pytest.mark.parametrize("form", FORMS)
def test_after_a_kill_it_goes_on(
    form: str, rows: Path, folder: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    """To exactly the bytes of an undisturbed run, here over standard input that is given again."""
    out = tmp_path / f"out.{form}"
    assert stop(signal.SIGKILL, out, folder, rows, "-f", form) == ""
    again = ("predict", "-", "--input-format", "jsonl", "-m", folder, "-f", form, "-o", out, "--resume")
    done = run(*again, input=rows.read_text("utf-8"))
    assert done.returncode == 0, done.stderr
    assert "going on behind paragraph 1 of r" in done.stderr
    assert out.read_bytes() == undisturbed[form]
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_says_how_to_go_on(
    jobs: str, rows: Path, folder: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    """What is safe, and up to where; no traceback of any process."""
    out = tmp_path / "out.jsonl"
    words = stop(signal.SIGINT, out, folder, rows, "-f", "jsonl", "-j", jobs)
    assert "Traceback" not in words
    advice, end = filter(None, words.splitlines())
    assert "paragraphs are safe in" in advice
    assert "up to paragraph 1 of r" in advice
    assert "give the same command with --resume" in advice
    assert end == "topicat: interrupted"
    again = ("predict", "-", "--input-format", "jsonl", "-m", folder, "-f", "jsonl", "-o", out, "--resume", "-j", "2")
    assert run(*again, input=rows.read_text("utf-8")).returncode == 0
    assert out.read_bytes() == undisturbed["jsonl"]


def test_a_full_disk(rows: Path, folder: Path, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    """The message names the last paragraph that is safe; with room again it goes on."""
    out = tmp_path / "out.jsonl"
    args = ("predict", rows, "-m", folder, "-f", "jsonl", "-o", out, "--resume")
    size = len(undisturbed["jsonl"]) // 2
    done = run(*args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert done.returncode == 1
    assert "out.jsonl: cannot be written: File too large; 7,168 paragraphs are safe in" in done.stderr
    assert "up to paragraph 1 of r7167; give the same command with --resume" in done.stderr
    assert run(*args).returncode == 0
    assert out.read_bytes() == undisturbed["jsonl"]


def test_a_killed_worker(rows: Path, folder: Path, tmp_path: Path) -> None:
    """Its batches are done again; every paragraph is there once."""
    out = tmp_path / "out.jsonl"
    process = subprocess.Popen(
        command("predict", "-", "--input-format", "jsonl", "-m", folder, "-f", "jsonl", "-j", "2", "-o", out),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(rows.read_bytes() * 2)
        process.stdin.flush()
        journal = out.with_name("out.jsonl.partial.json")
        wait_for(lambda: journal.exists() and json.loads(journal.read_text("utf-8"))["paragraphs"] > 0)
        os.kill(worker_of(process.pid), signal.SIGKILL)
        process.stdin.close()
        assert process.stderr.read().decode().splitlines() in (
            ["topicat: a worker process was killed; what it had is done again"],
            # Between two tasks nothing is lost that would need a word.
            [],
        )
        assert process.wait(timeout=60) == 0
    found = [r["document"] for r in records(out.read_text("utf-8"))]
    assert found == [f"r{i}" for _ in range(2) for i in range(N)]


def worker_of(pid: int) -> int:
    """A worker process of the process `pid`."""
    for entry in Path("/proc").iterdir():
        try:
            status, line = (entry / "stat").read_text(), (entry / "cmdline").read_text()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == pid and "popen_loky" in line:
            return int(entry.name)
    raise AssertionError("there is no worker")


def test_workers_that_fail_for_good(
    cli: Cli, few: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what is safe and how to go on, as for every end before the end."""

    def fail(self: Workers, work: Callable[[Any], bytes], batches: Iterable[Any]) -> Iterator[bytes]:
        yield work(next(iter(batches)))
        raise WorkerError("the cluster failed")

    with monkeypatch.context() as patch:
        patch.setattr(Workers, "map", fail)
        done = cli("predict", few, "-m", folder, "-f", "jsonl", "-o", tmp_path / "out.jsonl")
    assert "1,024 paragraphs are safe in" in done.stderr
    assert str(done.exception) == "the cluster failed"
    done = cli("predict", few, "-m", folder, "-f", "jsonl", "-o", tmp_path / "out.jsonl", "--resume")
    assert "going on behind paragraph 1 of r1023" in done.stderr
    assert len(records((tmp_path / "out.jsonl").read_text("utf-8"))) == FEW


def test_resume_refuses_what_differs(rows: Path, folder: Path, model: Model, tmp_path: Path) -> None:
    """Another option, input, or model at the same place; each is named."""
    out, mine, own = tmp_path / "out.jsonl", tmp_path / "rows.jsonl", tmp_path / "model"
    mine.write_bytes(rows.read_bytes())
    save_model(model, own)
    args = ("predict", mine, "-m", own, "-f", "jsonl", "-o", out, "--resume")
    size = len(rows.read_bytes())
    done = run(*args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert "paragraphs are safe" in done.stderr
    assert "--evidence was false when it was begun and is true now" in run(*args, "--evidence").stderr
    with open(mine, "a", encoding="utf-8") as stream:
        stream.write('{"text": "more"}\n')
    refused = run(*args)
    assert refused.returncode == 1
    assert "the input was" in refused.stderr
    mine.write_text(rows.read_text("utf-8").replace("草莓", "苹果", 1), "utf-8")
    assert "are not those that the input begins with now" in run(*args).stderr
    mine.write_bytes(rows.read_bytes())
    description = json.loads((own / "model.json").read_text("utf-8"))
    (own / "model.json").write_text(json.dumps({**description, "info": {}}), "utf-8")
    assert "the model was" in run(*args).stderr
    assert not out.exists()


def test_wrong_usage(cli: Cli, rows: Path, folder: Path) -> None:
    """Each with what to do instead."""
    for args, words in (
        (("--resume", "-f", "jsonl"), "--resume needs the output file of the interrupted run: -o FILE"),
        (("-j", "2"), "add -f jsonl, csv or parquet"),
        (("-f", "parquet"), "add -o FILE"),
        (("-f", "csv", "--backend", "slurm"), "choose one of: loky, dask, ray, spark"),
        (("-f", "csv", "--cluster", "tcp://127.0.0.1:1"), "needs a backend that has one"),
        (("-f", "csv", "-j", "0"), "0 is not in the range"),
    ):
        done = run("predict", rows, "-m", folder, *args)
        assert done.returncode == 2, args
        assert words in done.stderr


def test_a_line_too_long(cli: Cli, few: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before it is labelled and the message says so; other files go on."""
    monkeypatch.setattr(reading, "MAX_LINE", 20_000)
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(few.read_bytes() + b'{"text": "' + b"x" * 3_000_000 + b'"}\n' + few.read_bytes())
    done = cli("predict", bad, few, "-m", folder, "-f", "jsonl")
    assert done.exit_code == 1
    assert f"bad.jsonl:{FEW + 1}: the line is longer than 20,000 bytes" in done.stderr
    assert f"the {FEW:,} documents before it are done" in done.stderr
    assert len(records(done.stdout)) == 2 * FEW


def test_a_damaged_row_group(cli: Cli, folder: Path, tmp_path: Path) -> None:
    """What stands before it is labelled, and the message names the row."""
    bad, good = tmp_path / "bad.parquet", tmp_path / "good.parquet"
    table = pa.table({"text": [f"{TEXTS[i % 4]} {i}" for i in range(3000)], "id": list(range(3000))})
    pq.write_table(table, good, row_group_size=1000, compression="none", use_dictionary=False)
    data = good.read_bytes()
    at = data.index(b"1500")
    bad.write_bytes(data[: at - 2000] + b"\xff" * 4000 + data[at + 2000 :])
    assert [r["document"] for r in records(cli("predict", good, "-m", folder, "-f", "jsonl").stdout)] == [
        str(i) for i in range(3000)
    ]
    done = cli("predict", bad, "-m", folder, "-f", "jsonl")
    assert done.exit_code == 1
    assert "row group 2 of 3 is damaged after row" in done.stderr
    assert "documents before it are done" in done.stderr
    found = [r["document"] for r in records(done.stdout)]
    assert found == [str(i) for i in range(len(found))]
    assert 1000 <= len(found) < 2000


def test_standard_output_that_is_full(rows: Path, folder: Path) -> None:
    """The message says how far it came and how it can be gone on with next time."""
    with open("/dev/full", "wb") as full:
        args = command("predict", rows, "-m", folder, "-f", "jsonl")
        done = subprocess.run(args, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert "write to a file with -o, which --resume can go on with" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_model_on_a_worker_is_refused(folder: Path, rows: Path, tmp_path: Path) -> None:
    """A cluster whose machines have different models must not mix them."""
    labelling = Labelling.of(str(folder), "jsonl", False)
    assert labelling([("a", None, 1, 0, 2, "山羊")]).startswith(b'{"document": "a"')
    with pytest.raises(ModelError, match="workers and the process that starts them need the same model"):
        Labelling(labelling.model, "0123", "jsonl", False)([])


def test_progress(capsys: pytest.CaptureFixture[str], rows: Path) -> None:
    """Paragraphs, rate, share of the input and time left; nothing unless it is asked for or a terminal waits."""
    now = [0.0]
    meter = Meter(True, [rows, rows], clock=lambda: now[0])
    with open(rows, "rb") as file:
        meter.watch(file)
        file.seek(0, 2)
        now[0] = 20.0
        meter.show(N)
    meter.passed(rows)
    meter.passed(rows)
    now[0] = 40.0
    meter.show(2 * N)
    meter.finish()
    assert capsys.readouterr().err.splitlines() == [
        "16,000 paragraphs, 800/s, 50%, 0:00:20 left",
        "32,000 paragraphs, 800/s, 100%, 0:00:00 left",
        "32,000 paragraphs, 800/s, in 0:00:40",
    ]
    quiet = Meter(None, [rows])
    quiet.show(N)
    quiet.finish()
    assert capsys.readouterr().err == ""


def test_progress_at_a_terminal(few: Path, folder: Path) -> None:
    """One line that is written over, and stays with the sum at the end."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("predict", few, few, "-m", folder, "-f", "csv"), stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 1000):
            shown += data
    except OSError:  # so Linux says that the other side is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"\r5,000 paragraphs, " in shown
    assert b"/s, in 0:00:" in shown
