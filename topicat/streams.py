"""Files of rows of any size as documents, line by line: memory does not grow with the file."""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from topicat import reading
from topicat.document import Document
from topicat.errors import ReadingError, UsageError
from topicat.reading import Reader, csv_documents, decode, is_binary, jsonl_documents

BLOCK = 1 << 20
"""Bytes read at once."""

Watch = Callable[[BinaryIO], None]
"""Is told of each file that is opened, so that it can ask it how far it has been read."""

ROWS: dict[str, Callable[[str, Iterable[str]], Iterator[Document]]] = {
    ".jsonl": jsonl_documents,
    ".ndjson": jsonl_documents,
    ".csv": csv_documents,
    ".tsv": csv_documents,
}
"""What makes documents of the lines of a file of rows, by ending."""


def documents(
    source: str | Path, *, readers: dict[str, Reader], format: str | None = None, watch: Watch | None = None
) -> Iterator[Document]:
    """The documents of a file or of standard input (``-``); files of rows are never in memory as a whole.

    Parameters
    ----------
    source
        A path, or ``-``.
    readers
        Readers by ending, for what is no file of rows.
    format
        An ending that overrides the file's own.
    watch
        Is called with the open file, before it is unpacked or decoded.

    Raises
    ------
    ReadingError
        If the source is missing or cannot be read; the documents before the place at fault have been given.
    UsageError
        If no reader has the `format`.
    """
    name = str(source)
    if format and format not in readers:
        raise UsageError(f"format '{format}': no reader for it; there is: {', '.join(sorted(readers))}")
    ending = format or _ending(name)
    rows = ROWS.get(ending) if ending in readers else None
    from_file = getattr(readers.get(ending), "from_file", False) and name != "-" and not name.lower().endswith(".gz")
    if not (rows or from_file) or (name != "-" and not Path(name).is_file()):
        yield from reading.read(source, readers=readers, format=format)
        return
    with _opened(name, watch) as stream:
        yield from rows(name, lines(name, stream)) if rows else readers[ending](name, stream)


def lines(name: str, stream: BinaryIO) -> Iterator[str]:
    """The lines of UTF-8 text, without their ends, decoded block by block.

    Text in another encoding is read to its end before it is decoded, and may be as large as a single file.

    Raises
    ------
    ReadingError
        As `topicat.reading.decode`; or if a line is longer than `topicat.reading.MAX_LINE` bytes.
    """
    number = offset = 0
    foreign = filled = False
    blocks = _blocks(name, stream)
    for block in blocks:
        try:
            text = block.decode("utf-8" if offset else "utf-8-sig")
            unknown = "\x00" in text or (not offset and is_binary(text))
        except UnicodeDecodeError as error:
            if foreign:
                good = block[: block.rfind(b"\n", 0, error.start) + 1]
                yield from _split(good.decode())
                line = number + good.count(b"\n") + 1
                raise ReadingError(
                    f"{name}:{line}: byte {offset + error.start} is not UTF-8, though all before it is; "
                    "it may be cut off or pasted from two files; save it as UTF-8 again"
                ) from None
            unknown = True
        if unknown:  # and not found out before, if all above is ASCII
            rest = b"".join(_up_to(name, reading.MAX_BYTES, itertools.chain([block], blocks)))
            yield from decode(rest, name).split("\n")
            return
        found = _split(text)
        foreign = foreign or not block.isascii()
        filled = filled or not text.isspace()
        number += len(found)
        offset += len(block)
        yield from found
    if not filled:
        decode(b"", name)  # says that the file is empty


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []


def _up_to(name: str, most: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """All of `blocks`, if they do not add up to more than `most` bytes."""
    size = 0
    for block in blocks:
        size += len(block)
        if size > most:
            raise ReadingError(
                f"{name}: not UTF-8, and too large for other encodings ({most:,} bytes); save it as UTF-8"
            )
        yield block


def _blocks(name: str, stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of `stream`, a few at a time, cut at the end of a line."""
    rest: list[bytes] = []
    size, number = 0, 1
    while data := stream.read(BLOCK):
        cut = data.rfind(b"\n") + 1
        if not cut and b"\n" not in data:
            # Line ends of old Macs; the last byte may be half of one of Windows.
            cut = data.rfind(b"\r", 0, len(data) - 1) + 1
        if cut:
            block = b"".join([*rest, data[:cut]])
            yield block
            number += block.count(b"\n") or block.count(b"\r")
            rest, size = [], 0
        rest.append(data[cut:])
        size += len(data) - cut
        if size > reading.MAX_LINE:
            raise ReadingError(
                f"{name}:{number}: the line is longer than {reading.MAX_LINE:,} bytes; "
                "split its text into several rows, or take it out"
            )
    if size:
        yield b"".join(rest)


def _ending(name: str) -> str:
    path = Path(name.lower())
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix


@contextlib.contextmanager
def _opened(name: str, watch: Watch | None) -> Iterator[BinaryIO]:
    """Standard input or a file, unpacked if it is a gzip file; its faults become ours."""
    with contextlib.ExitStack() as stack:
        try:
            if name == "-":
                # Python sets sys.stdin to None where the process was started without one.
                raw: BinaryIO = sys.stdin.buffer if sys.stdin else io.BytesIO()
            else:
                raw = stack.enter_context(open(name, "rb"))
            if watch:
                watch(raw)
            packed = Path(name).suffix.lower() == ".gz"
            yield gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[misc]  # reads like a BinaryIO
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise ReadingError(f"{name}: not a whole gzip file; compress it again, or give it uncompressed") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise ReadingError(f"{name}: cannot be read: {reason}; check the path and its permissions") from None
