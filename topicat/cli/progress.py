"""`Meter`: how far a run is, for whoever waits at the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import click


class Meter:
    """Counts paragraphs and bytes read, and shows them on standard error.

    Parameters
    ----------
    show
        Whether to show anything; None: if standard error is a terminal.
    paths
        What will be read; ``-`` has no size, and then nobody knows how long it takes.
    clock
        Gives the seconds since some moment.
    """

    def __init__(
        self, show: bool | None, paths: Sequence[str | Path] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._line = sys.stderr.isatty()
        self._show = self._line if show is None else show
        self._total = sum(map(_size, paths)) if self._show and "-" not in map(str, paths) else 0
        self._file: BinaryIO | None = None
        self._passed = self._first = self._first_read = self._done = 0
        self._clock = clock
        self._begin = self._last = clock()

    def watch(self, file: BinaryIO) -> None:
        """`file` is being read."""
        self._file = file

    def passed(self, path: str | Path) -> None:
        """The file at `path` has been read."""
        self._file = None
        self._passed += _size(path)

    def start(self, paragraphs: int) -> None:
        """An earlier run has done so many; rate and time left count from here."""
        self._first = self._done = paragraphs
        self._first_read = self._read()
        self._begin = self._clock()

    def show(self, paragraphs: int) -> None:
        """So many are done."""
        self._done = paragraphs
        now = self._clock()
        if self._show and now - self._last >= (0.2 if self._line else 10.0):
            self._last = now
            self._write(self._words(now) + self._left(now), end="" if self._line else "\n")

    def finish(self) -> None:
        """The run is over, one way or the other: leave what was done in how long."""
        if self._show:
            now = self._clock()
            self._write(f"{self._words(now)}, in {_time(now - self._begin)}", end="\n")

    def _write(self, words: str, end: str) -> None:
        click.echo(f"\r{words}\x1b[K{end}" if self._line else f"{words}{end}", nl=False, err=True)

    def _words(self, now: float) -> str:
        rate = (self._done - self._first) / max(now - self._begin, 1e-9)
        return f"{self._done:,} paragraphs, {rate:,.0f}/s"

    def _left(self, now: float) -> str:
        """Share of the input that was read, and the time that the rest will take at this rate."""
        read, total = self._read() - self._first_read, self._total - self._first_read
        if not 0 < read <= total:
            return ""
        return f", {self._read() / self._total:.0%}, {_time((now - self._begin) * (total - read) / read)} left"

    def _read(self) -> int:
        if self._file is not None:
            with contextlib.suppress(OSError, ValueError):  # a pipe has no place; a file may just have been closed
                return self._passed + self._file.tell()
        return self._passed


def _size(path: str | Path) -> int:
    try:
        return os.path.getsize(path)
    except OSError:  # whoever reads it says so
        return 0


def _time(seconds: float) -> str:
    """Hours, minutes and seconds.

    >>> _time(3725.4)
    '1:02:05'
    """
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"
