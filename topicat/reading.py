"""Files, folders and standard input to `Document`s: formats, encodings, dates."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import itertools
import json
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from topicat.document import Document
from topicat.errors import ReadingError, UsageError
from topicat.paragraphs import find_date, front_matter_end, split_paragraphs

MAX_BYTES = 1 << 30
"""A single file larger than this is refused; split it, or give its rows as JSONL."""
MAX_LINE = 1 << 26
"""A row of a file of rows longer than this many bytes is refused: it would break the promise of constant memory."""

MAX_PARAGRAPH = 1_000_000
"""A longer paragraph is refused: labelling takes seven hundred bytes of memory for each of its characters."""

Reader = Callable[[str, Any], Iterator[Document]]
"""Turns a file's name and bytes into documents; one marked by `from_file` takes an open binary file instead."""

_R = TypeVar("_R", bound=Reader)


def from_file(reader: _R) -> _R:
    """Marks a reader that takes an open, seekable binary file instead of bytes, and so reads files of any size."""
    reader.from_file = True  # type: ignore[attr-defined]
    return reader


def read(
    source: str | Path, *, readers: dict[str, Reader] | None = None, format: str | None = None
) -> Iterator[Document]:
    """The documents of a file, of every readable file in a folder, or of standard input (``-``).

    Parameters
    ----------
    source
        A path, or ``-``.
    readers
        Readers by ending (``.html``); by default `READERS`.
    format
        An ending that overrides the file's own.

    Raises
    ------
    ReadingError
        If the source is missing or cannot be read, or a paragraph in it is too long. For a folder use `files` and
        `read` each file in its own ``try``, so that one bad file does not hide the others.
    UsageError
        If no reader has the `format`.
    """
    readers = READERS if readers is None else readers
    if format and format not in readers:
        raise UsageError(f"format '{format}': no reader for it; there is: {', '.join(sorted(readers))}")
    name = str(source)
    if name == "-":
        yield from _whole("-", _read_bytes(readers.get(format or ".txt", read_text), "-", _stdin()))
    elif name and _is_folder(name):
        for file in files(name, readers):
            yield from read(file, readers=readers, format=format)
    else:
        packed, ending = _endings(name)
        reader = readers.get(format or ending, read_text)
        if packed or not _from_file(reader):
            yield from _whole(name, _read_bytes(reader, name, load_bytes(name)[1]))
        else:
            with _file(name) as stream:
                yield from _whole(name, reader(name, stream))


def _whole(name: str, documents: Iterator[Document]) -> Iterator[Document]:
    """The documents of a file, as long as none has a paragraph that would fill the memory."""
    for document in documents:
        for number, paragraph in enumerate(document.paragraphs, 1):
            if (size := paragraph.end - paragraph.start) > MAX_PARAGRAPH:
                within = "" if document.name == name else f"document '{document.name:.60}': "
                raise ReadingError(
                    f"{name}: {within}paragraph {number} has {size:,} characters (at most {MAX_PARAGRAPH:,}); "
                    "break it into lines"
                )
        yield document


def _from_file(reader: Reader) -> bool:
    return getattr(reader, "from_file", False)


def _read_bytes(reader: Reader, name: str, data: bytes) -> Iterator[Document]:
    return reader(name, io.BytesIO(data) if _from_file(reader) else data)


def _endings(name: str) -> tuple[bool, str]:
    """Whether the file is packed, and its ending in lower case without ``.gz``."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    packed = suffixes[-1:] == [".gz"]
    return packed, "".join(suffixes[-1 - packed : len(suffixes) - packed])


def load_bytes(source: str | Path) -> tuple[str, bytes]:
    """The ending of a file in lower case, without ``.gz``, and its bytes, unpacked; ``-`` is standard input.

    Raises
    ------
    ReadingError
        If it is missing, no ordinary file, too large, or a broken gzip file.
    """
    if str(source) == "-":
        return "", _stdin()
    name = str(source)
    packed, ending = _endings(name)
    data = _bytes(name)
    return ending, _gunzip(name, data) if packed else data


def files(folder: str | Path, readers: Iterable[str] | None = None) -> list[Path]:
    """The files below `folder` whose ending a reader knows, sorted, without hidden ones and locks (``~$``) of Word.

    Raises
    ------
    ReadingError
        If there is none.
    """
    endings = tuple(readers if readers is not None else READERS)
    folder = Path(folder)
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        name = path.name.lower().removesuffix(".gz")
        if not hidden and name.endswith(endings) and path.is_file():
            found.append(path)
    if not found:
        raise ReadingError(f"{folder}: no readable file in this folder; topicat reads {', '.join(sorted(endings))}")
    return found


def decode(data: bytes, name: str, declared: str = "") -> str:
    """`data` as text: UTF-8 or UTF-16 with or without BOM, GB18030, else what charset-normalizer finds.

    Line ends become ``\\n``. `declared` is the encoding that the data claim for themselves; it is
    tried where they are not UTF-8.

    Raises
    ------
    ReadingError
        If the data are empty, binary, or in no encoding that fits.
    """
    text = _decode(data, name, declared) if data.strip() else ""
    if not text.replace("\ufeff", "").strip():
        raise ReadingError(f"{name}: the file is empty; there is nothing to label")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_MARKS = (
    (b"\xef\xbb\xbf", "UTF-8"),
    (b"\xff\xfe\x00\x00", "UTF-32-LE"),
    (b"\x00\x00\xfe\xff", "UTF-32-BE"),
    (b"\xff\xfe", "UTF-16-LE"),
    (b"\xfe\xff", "UTF-16-BE"),
)


def _decode(data: bytes, name: str, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise ReadingError(
                    f"{name}: byte {error.start + len(mark)} is not {encoding}, though the file begins with its mark; "
                    "save the file as UTF-8"
                ) from None
            if is_binary(text):
                raise _no_text(name)
            return text
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise ReadingError(
                f"{name}:{line}: byte {error.start} is not UTF-8, though the rest of the file is; "
                "it may be cut off or pasted from two files; save it as UTF-8 again"
            ) from None
    else:
        if not is_binary(text):
            return text
    found = _utf16(data)
    if found is None and b"\x00" not in data:
        found = _detect(data, declared)
    if found is None:
        raise _no_text(name)
    return found


def _no_text(name: str) -> ReadingError:
    return ReadingError(
        f"{name}: no text in UTF-8, UTF-16 or GB18030, nor in Big5, Windows-1251, KOI8-R or Windows-1252; "
        "is it binary? Save it as UTF-8 text"
    )


def is_binary(text: str) -> bool:
    """Whether `text` is none: it has a zero byte, or more than one control character in 200."""
    head = text[:100_000]
    controls = sum(1 for c in head if c < " " and c not in "\t\n\r\f\v\x1b")
    return "\x00" in text or controls * 200 > len(head)


def _mostly_utf8(data: bytes) -> bool:
    """Whether UTF-8 sequences outnumber the bytes that fit in none; chance makes one in ten of GB18030 text."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - bad > 4 * bad


def _utf16(data: bytes) -> str | None:
    """`data` as UTF-16 without a mark, in the byte order that makes text of it; None if neither does.

    Zero bytes alone do not tell: 一 (U+4E00), the commonest Chinese character, has one on the other side.
    """
    best, found = 0.9, None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = text[:4000]
        share = sum(map(_common, head)) / max(1, len(head))
        if share > best and not is_binary(text):
            best, found = share, text
    return found


# Letters and marks of living scripts but Han and Hangul: two bytes of GB2312 read as one character are Hangul.
_COMMON = re.compile(
    "[\t\n\r -~\u00a0-\u06ff\u10a0-\u10ff\u1e00-\u1fff\u2010-\u206f\u20a0-\u20bf\u3000-\u30ff\uff01-\uff65]"
)


def _common(char: str) -> bool:
    """Whether `char` is one that texts are full of: of Han characters, the first levels of GB2312 and Big5."""
    if not "\u4e00" <= char <= "\u9fff":
        return _COMMON.match(char) is not None
    return b"\xb0" <= char.encode("gb2312", "ignore")[:1] <= b"\xd7" or (
        b"\xa4" <= char.encode("big5", "ignore")[:1] <= b"\xc6"
    )


# What charset-normalizer may choose among: the encodings of the languages that topicat is made for.
_ENCODINGS = ["gb18030", "big5", "cp1251", "koi8_r", "cp1252"]
# What web pages call these and their like, with the largest encoding that contains each.
_DECLARED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "windows-1251": "cp1251",
    "cp1251": "cp1251",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "iso-8859-5": "iso8859_5",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
}
_SAMPLE = 1 << 16


def _detect(data: bytes, declared: str) -> str | None:
    import charset_normalizer

    # The sample begins where ASCII ends, and is made of whole lines, so that it cuts no character in two.
    foreign = re.search(rb"[\x80-\xff]", data)
    begin = data.rfind(b"\n", 0, foreign.start()) + 1 if foreign else 0
    sample = data[begin:]
    if len(sample) > _SAMPLE:
        sample = sample[:_SAMPLE].rpartition(b"\n")[0] or sample
    best = charset_normalizer.from_bytes(sample, cp_isolation=_ENCODINGS).best()
    for encoding in (_DECLARED.get(declared.lower()), best.encoding if best else None, "gb18030"):
        if encoding is None:
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not is_binary(text) and _plausible(text):
            return text
    return None


def _plausible(text: str) -> bool:
    """Whether nearly all characters are ones that written text has (no private use, no rare scripts)."""
    head = text[:20_000]
    odd = sum(1 for c in head if not (c.isalnum() or c.isspace() or c.isprintable()) or "\ue000" <= c <= "\uf8ff")
    return odd * 50 <= len(head)


def _stdin() -> bytes:
    try:
        # Python sets sys.stdin to None where the process was started without one.
        return sys.stdin.buffer.read() if sys.stdin else b""
    except OSError as error:
        raise ReadingError(f"-: standard input cannot be read: {error.strerror or error}; give a file") from None


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # as for a name that is too long; `_bytes` says so
        return False


def _bytes(name: str) -> bytes:
    with _file(name) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MAX_BYTES:
            raise ReadingError(f"{name}: {size:,} bytes is too large (at most {MAX_BYTES:,}); split it")
        return stream.read()


@contextlib.contextmanager
def _file(name: str) -> Iterator[BinaryIO]:
    """The file, open; a ReadingError if it is missing, no ordinary file, or cannot be read."""
    path = Path(name)
    try:
        if not name or not path.exists():
            raise ReadingError(f"{name or repr(name)}: there is no such file; check the path")
        if not path.is_file():
            raise ReadingError(f"{name}: not an ordinary file; give a file, a folder, or - for standard input")
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        shown = name if len(name) <= 200 else f"{name[:200]}…"
        reason = error.strerror or str(error)
        raise ReadingError(f"{shown}: cannot be read: {reason}; check the path and its permissions") from None


def _gunzip(name: str, data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise ReadingError(f"{name}: not a whole gzip file; compress it again, or give it uncompressed") from None
    if len(plain) > MAX_BYTES:
        raise ReadingError(f"{name}: unpacks to more than {MAX_BYTES:,} bytes; split it")
    return plain


def make_document(name: str, text: str, *, date: str | None = None, markdown: bool = False) -> Document:
    """A `Document` of `text`, with its paragraphs and, if `date` is None, the date it opens with."""
    found, start = find_date(text)
    return Document(name, text, date or found, split_paragraphs(text, start, markdown=markdown))


def _iso(stated: object) -> str | None:
    """The date in a field or tag, however it is written there, as ``YYYY-MM-DD``."""
    return find_date(stated)[0] if isinstance(stated, str) else None


def read_text(name: str, data: bytes) -> Iterator[Document]:
    """A plain text file: one document."""
    yield make_document(name, decode(data, name))


def read_markdown(name: str, data: bytes) -> Iterator[Document]:
    """A Markdown file: one document whose text is the source as written."""
    text = decode(data, name)
    body = front_matter_end(text)
    fields = dict(line.lower().split(":", 1) for line in text[:body].split("\n") if ":" in line)
    yield make_document(name, text, date=_iso(fields.get("date")) or _iso(text[body:]), markdown=True)


def read_jsonl(name: str, data: bytes) -> Iterator[Document]:
    """JSON Lines: each line an object with ``text``, and maybe ``id`` and ``date``, is one document."""
    yield from jsonl_documents(name, decode(data, name))


def jsonl_documents(name: str, whole: str | Iterable[str]) -> Iterator[Document]:
    """The documents of JSON Lines, given whole or line by line."""
    for number, (line, row) in enumerate(json_rows(name, whole), 1):
        text = row.get("text")
        if not isinstance(text, str):
            have = f"it has: {', '.join(row) or 'nothing'}"
            if "text" in row:
                have = f"'text' is {text!r:.40}, not a string"
            raise ReadingError(f"{name}:{line}: the line has no text ({have}); each line needs a string 'text'")
        id = row.get("id")
        title = str(id) if isinstance(id, (str, int, float)) and str(id).strip() else str(number)
        yield make_document(title, text, date=_iso(row.get("date")))


def json_rows(name: str, text: str | Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every non-blank line of JSON Lines, given whole or line by line."""
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "\\ud" in line.lower():
                # Half a surrogate pair (\\ud83d) is valid JSON but no character: it could never be written out again.
                row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            reason = "too deeply nested" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
            raise ReadingError(
                f"{name}:{number}:{column}: the line is not JSON ({reason}); JSON Lines has one object a line"
            ) from None
        if not isinstance(row, dict):
            raise ReadingError(f'{name}:{number}: expected an object like {{"text": …}}, found {type(row).__name__}')
        yield number, row


def read_csv(name: str, data: bytes) -> Iterator[Document]:
    """CSV or TSV with a header: each row is one document; columns ``text``, maybe ``id`` and ``date``."""
    yield from csv_documents(name, decode(data, name))


def csv_documents(name: str, whole: str | Iterable[str]) -> Iterator[Document]:
    """The documents of CSV or TSV, given whole or line by line."""
    number = 0
    for number, (_, row) in enumerate(csv_rows(name, whole), 1):
        yield make_document(row.get("id") or str(number), row["text"], date=_iso(row.get("date")))
    if not number:
        raise ReadingError(f"{name}: there is no row below the header; there is nothing to label")


def csv_rows(name: str, text: str | Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number (from 1 after the header, blank lines too) and cells by column of each row that is not blank.

    `text` is CSV or TSV with a column ``text``, given whole or line by line, the lines without their ends.
    """
    below = iter(_lines(text))
    above = [line.removeprefix("\ufeff") for line in _until_header(below)]
    header = above[-1].lstrip(" ") if above else ""
    delimiter = "\t" if "\t" in header else ";" if ";" in header and "," not in header else ","
    csv.field_size_limit(MAX_LINE)
    # Strict, for else a quotation mark that is never closed would swallow all rows below it.
    ended = (f"{line}\n" for line in itertools.chain(above, below))
    rows = csv.reader(ended, delimiter=delimiter, strict=True)
    columns: list[str] = []
    number = begin = 0
    try:
        for cells in rows:
            line, begin = begin + 1, rows.line_num
            number += bool(columns)
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [c.strip().lower() for c in cells]
                if "text" not in columns:
                    raise ReadingError(
                        f"{name}:{line}: there is no column 'text' (it has: {', '.join(columns)}); "
                        "name the column of the texts 'text'"
                    )
                continue
            row = dict(zip(columns, cells, strict=False))
            if "text" not in row or any(cells[len(columns) :]):
                raise ReadingError(
                    f"{name}:{line}: the row has {len(cells)} cells, the header {len(columns)}; "
                    f"put texts with '{delimiter}' in quotes"
                )
            yield number, row
    except csv.Error as error:
        raise ReadingError(
            f"{name}:{begin + 1}: the row that begins here is not valid CSV: {error}; "
            "close every quotation mark, and double those inside a quoted cell"
        ) from None


def _lines(text: str | Iterable[str]) -> Iterable[str]:
    return text.split("\n") if isinstance(text, str) else text


def _until_header(lines: Iterator[str]) -> Iterator[str]:
    """The `lines` down to the first that is not blank."""
    for line in lines:
        yield line
        if line.strip("\ufeff "):
            return


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
}
"""The built-in readers by file ending."""
