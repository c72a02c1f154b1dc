"""Where a command's result goes: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from topicat.errors import OutputError
from topicat.whole import replacing


@contextlib.contextmanager
def output_to(path: str | None) -> Iterator[TextIO]:
    """A text stream in UTF-8 to `path`, or to standard output if it is None or ``-``.

    Raises
    ------
    OutputError
        If the file cannot be written; nothing is left behind then.
    """
    if path is None or path == "-":
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
        yield sys.stdout
        return
    target = Path(path)
    if os.path.islink(target):  # it stays, and what it leads to is written
        target = Path(os.path.realpath(target))
    if is_device(path):
        with device(path) as stream:
            yield stream
        return
    try:
        with replacing(target) as temporary, _text(temporary) as stream:
            yield stream
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}; choose another place with -o"
        ) from None


def is_device(path: str) -> bool:
    """Whether something stands there that is no ordinary file: a device, a pipe, a folder."""
    return os.path.exists(path) and not os.path.isfile(path)


@contextlib.contextmanager
def device(path: str) -> Iterator[TextIOWrapper]:
    """A device or a pipe, which is written to where it is: a file put in its place would be no device any more."""
    try:
        with _text(path) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}; choose another place with -o"
        ) from None


def _text(path: str | Path) -> TextIOWrapper:
    return open(path, "w", encoding="utf-8", errors="surrogateescape", newline="")
