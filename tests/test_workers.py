"""Workers: every batch once, in order, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from topicat.errors import ReadingError, UsageError, WorkerError
from topicat.workers import AHEAD, BACKENDS, Workers


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def slow_first(number: int) -> int:
    """The number; the first takes longest."""
    time.sleep(0.3 if number == 0 else 0.0)
    return number


class DieOnce:
    """Work whose process is killed the first time that it gets 20."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, number: int) -> int:
        if number == 20 and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number


def die(number: int) -> int:
    """Never gives anything."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    """Fails with an error of ours at 5."""
    if number == 5:
        raise ReadingError("number 5 is bad")
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    """Every one once, though the first is the last to be ready."""
    assert list(Workers(jobs).map(double, range(100))) == [2 * i for i in range(100)]
    assert list(Workers(jobs).map(slow_first, range(100))) == list(range(100))
    assert list(Workers(jobs).map(double, [])) == []


def test_no_more_is_read_than_can_wait() -> None:
    """Where results are taken slowly, the source is read slowly too."""
    read: list[int] = []

    def source() -> Iterator[int]:
        for i in range(1000):
            read.append(i)
            yield i

    results = Workers(2).map(double, source())
    for taken in range(1, 200):
        assert next(results) == 2 * (taken - 1)
        if taken % 40 == 0:
            time.sleep(0.05)
        assert len(read) <= taken + 2 * AHEAD
    assert isinstance(results, Generator)
    results.close()


def test_a_killed_worker_is_made_good(tmp_path: Path) -> None:
    """What it had is done again, nothing is lost or doubled, and it is said."""
    said: list[str] = []
    work = DieOnce(tmp_path / "mark")
    assert list(Workers(2, lost=said.append).map(work, range(200))) == list(range(200))
    assert said == ["a worker process was killed; what it had is done again"]


def test_workers_that_are_killed_time_and_again() -> None:
    """An error that says what to do, not a loop without end."""
    with pytest.raises(WorkerError, match=r"killed 3 times over the same paragraphs; .* use fewer workers \(-j\)"):
        list(Workers(2).map(die, range(10)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_of_the_work_and_of_the_source_arrive(jobs: int) -> None:
    """As they were raised; of the source once all before it is done."""

    def source() -> Iterator[int]:
        yield from range(5)
        raise ReadingError("the source is bad")

    with pytest.raises(ReadingError, match="number 5 is bad"):
        list(Workers(jobs).map(refuse, range(10)))
    results = Workers(jobs).map(double, source())
    assert [next(results) for _ in range(5)] == [0, 2, 4, 6, 8]
    with pytest.raises(ReadingError, match="the source is bad"):
        next(results)


def test_a_back_end_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, or its package missing: what there is, what to install."""
    with pytest.raises(
        UsageError, match="backend 'slurm': there is no such one; choose one of: loky, dask, ray, spark"
    ):
        Workers(2, "slurm")
    monkeypatch.setitem(BACKENDS, "dask", ("no_such_package", "'topicat[dask]'"))
    with pytest.raises(UsageError, match=r"not installed; pip install 'topicat\[dask\]'"):
        Workers(2, "dask")
    with pytest.raises(UsageError, match="needs a backend that has one"):
        Workers(2, None, "tcp://127.0.0.1:1")


def deaf(_: int) -> bool:
    """Whether this process ignores Ctrl-C."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_workers_are_deaf_to_ctrl_c() -> None:
    """From their birth on; the process that starts them hears it as before."""
    assert list(Workers(2).map(deaf, range(4))) == [True] * 4
    assert not deaf(0)
