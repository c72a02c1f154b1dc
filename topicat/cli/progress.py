"""`Meter`: how far a run is, for whoever waits at the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable
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
        What will be read.
    """

    def __init__(self, show: bool | None, paths: Iterable[str | Path] = ()) -> None:
        self._line = sys.stderr.isatty()
        self._show = self._line if show is None else show
        self._total = 0
        self._done = 0
        self._file: BinaryIO | None = None
        self._first = self._first_read = 0
        self._begin = self._last = time.monotonic()
        if self._show:
            for path in paths:
                if path == "-":
                    self._total = 0  # nobody knows how much is to come
                    break
                self._total += _size(path)

    def watch(self, file: BinaryIO) -> None:
        """`file` is being read."""
        self._file = file

    def passed(self, path: str | Path) -> None:
        """The file at `path` has been read."""
        self._file = None
        self._done += _size(path)

    def start(self, paragraphs: int) -> None:
        """An earlier run has done so many; the rate counts from here."""
        self._first = paragraphs
        self._first_read = self._read()
        self._begin = time.monotonic()

    def show(self, paragraphs: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if self._show and now - self._last >= (0.2 if self._line else 10.0):
            self._last = now
            click.echo(
                f"\r{self._words(paragraphs, now)}\x1b[K" if self._line else self._words(paragraphs, now),
                nl=not self._line,
                err=True,
            )

    def clear(self) -> None:
        """Leave the line empty for what comes next."""
        if self._show and self._line:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _words(self, paragraphs: int, now: float) -> str:
        passed = max(now - self._begin, 1e-9)
        words = f"{paragraphs:,} paragraphs  {(paragraphs - self._first) / passed:,.0f}/s"
        read = self._read() - self._first_read
        total = self._total - self._first_read
        if 0 < read <= total:
            left = int(passed * (total - read) / read)
            words += (
                f"  {100 * self._read() / self._total:.0f} %  {left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"
            )
        return words

    def _read(self) -> int:
        if self._file is not None:
            with contextlib.suppress(OSError, ValueError):  # a pipe has no place; a file may just have been closed
                return self._done + self._file.tell()
        return self._done


def _size(path: str | Path) -> int:
    try:
        return os.path.getsize(path)
    except OSError:  # whoever reads it says so
        return 0
