"""`LabelsFile`: the decisions of coders, safe on disk before anyone is told so."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import filelock

from topicat.errors import OutputError, SeedsError, UsageError
from topicat.folding import fold
from topicat.reading import decode, json_rows
from topicat.seeds import Example, example_of
from topicat.whole import replacing

Row = dict[str, Any]
LABEL, UNSURE, SKIP = "label", "unsure", "skip"
"""What a coder decides of a paragraph: its labels, that it is to be talked about, or nothing."""


@lru_cache(maxsize=1 << 16)
def key_of(text: str) -> str:
    """What a paragraph is known by: the same for texts that differ in white space and case alone."""
    return hashlib.sha256("".join(fold(text).split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class LabelsFile:
    """A seeds file that grows by one line a decision, and beside it one of the paragraphs put aside.

    ``labels.jsonl`` holds labelled paragraphs and nothing else; ``labels.aside.jsonl`` holds those that were skipped or
    are unsure. A line is on the disk when `add` returns. One process writes at a time.

    Attributes
    ----------
    rows
        Labelled paragraphs as they stand in the file.
    aside
        The others; ``aside`` says why.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if self.path.suffix != ".jsonl":
            raise UsageError(f"{path}: labels are JSON Lines; choose a name that ends in .jsonl with -o")
        if not self.path.parent.is_dir():
            raise OutputError(
                f"{path}: there is no folder {self.path.parent}; make it, or choose another place with -o"
            )
        self.aside_path = self.path.with_suffix(".aside.jsonl")
        self._lock = filelock.FileLock(self.path.with_name(f".{self.path.name}.lock"))
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise UsageError(
                f"{path}: another topicat label writes it; end that, or choose another file with -o"
            ) from None
        except OSError as error:
            raise _unwritable(self.path, error) from None
        try:
            self.rows = _opened(self.path)
            self.aside = _opened(self.aside_path)
            self.examples()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others write the file."""
        self._lock.release()

    def add(self, row: Row, kind: str = LABEL) -> None:
        """Append a decision; the same coder's earlier one on the same text goes.

        Raises
        ------
        OutputError
            If it cannot be written, as on a full disk; the file is then as it was.
        """
        aside = kind != LABEL
        row = {**row, "aside": kind} if aside else row
        places = [(self.aside_path, self.aside), (self.path, self.rows)]
        (path, rows), other = places if aside else places[::-1]
        kept = _without(rows, row["text"], row["coder"])
        if len(kept) < len(rows):
            replace_file(path, "".join(map(_line, [*kept, row])))
        else:
            append(path, row)
        rows[:] = [*kept, row]
        self._drop(*other, row["text"], row["coder"])

    def remove(self, text: str, coder: str) -> None:
        """Take back what `coder` decided of `text`; raises OutputError."""
        self._drop(self.path, self.rows, text, coder)
        self._drop(self.aside_path, self.aside, text, coder)

    def _drop(self, path: Path, rows: list[Row], text: str, coder: str) -> None:
        kept = _without(rows, text, coder)
        if len(kept) < len(rows):
            replace_file(path, "".join(map(_line, kept)))
            rows[:] = kept

    def of(self, coder: str) -> dict[str, Row]:
        """The decisions of `coder` by the key of the text, in the order in which they were made."""
        mine = [row for row in (*self.rows, *self.aside) if row.get("coder", "") == coder]
        return {key_of(row["text"]): row for row in sorted(mine, key=lambda row: str(row.get("time", "")))}

    def examples(self) -> list[Example]:
        """The labelled paragraphs as training examples; raises SeedsError if a row is none."""
        return [example_of(row, f"{self.path}:{number}") for number, row in enumerate(self.rows, 1)]


def replace_file(path: Path, text: str) -> None:
    """Write `path` anew, whole or not at all; raises OutputError."""
    try:
        permissions = path.stat().st_mode & 0o777 if path.exists() else 0o600
        with replacing(path, permissions) as temporary:
            temporary.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise _unwritable(path, error) from None


def _without(rows: Sequence[Row], text: str, coder: str) -> list[Row]:
    """`rows` but those of `coder` on `text`."""
    key = key_of(text)
    return [row for row in rows if row.get("coder", "") != coder or key_of(row["text"]) != key]


def append(path: Path, row: Row) -> None:
    """Add a line, on the disk when this returns; raises OutputError, and the file is as it was."""
    data = _line(row).encode()
    try:
        with path.open("ab", buffering=0) as stream:
            before = stream.seek(0, os.SEEK_END)
            try:
                while data:
                    data = data[stream.write(data) :]
                os.fsync(stream.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    stream.truncate(before)  # half a line would spoil the file
                raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _opened(path: Path) -> list[Row]:
    """The rows of a file, if it is there; the line that a dying process left unfinished is cut off."""
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise _unwritable(path, error) from None
    if data and not data.endswith(b"\n"):
        whole, _, last = data.rpartition(b"\n")
        with contextlib.suppress(ValueError):
            json.loads(last)
            whole, last = data, b""
        data = whole + b"\n" if whole else b""
        replace_file(path, data.decode())
    rows = list(_rows(path, data))
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("text"), str):
            raise SeedsError(f"{path}:{number}: no 'text'; these are no labels: choose another file with -o")
    return rows


def _rows(path: Path, data: bytes) -> Iterator[Row]:
    if data.strip():
        for _, row in json_rows(str(path), decode(data, str(path))):
            yield row


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: not saved: {error.strerror or error}; make room or choose another place with -o")
