"""Files, folders and standard input to `Document`s: formats, encodings, dates."""

from __future__ import annotations

import csv
import gzip
import html.parser
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.paragraphs import find_date, split_paragraphs

MAX_BYTES = 1 << 30
"""A single file larger than this is refused; split it, or give its rows as JSONL."""

Reader = Callable[[str, bytes], Iterator[Document]]
"""Turns a file's name and bytes into documents."""


def read(source: str | Path, *, readers: dict[str, Reader] | None = None, format: str | None = None) -> Iterator[Document]:
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
        If the source is missing or cannot be read. For a folder use `files` and `read` each
        file in its own ``try``, so that one bad file does not hide the others.
    """
    readers = READERS if readers is None else readers
    name = str(source)
    if name == "-":
        yield from readers[format or ".txt"]("-", _stdin())
        return
    path = Path(source)
    if path.is_dir():
        for file in files(path, readers):
            yield from read(file, readers=readers, format=format)
        return
    ending, data = load_bytes(path)
    yield from readers.get(format or ending, readers[".txt"])(name, data)


def load_bytes(path: Path) -> tuple[str, bytes]:
    """The ending of a file in lower case, without ``.gz``, and its bytes, unpacked.

    Raises
    ------
    ReadingError
        If it is missing, no ordinary file, too large, or a broken gzip file.
    """
    data = _bytes(path)
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        data = _gunzip(str(path), data)
        suffixes.pop()
    return suffixes[-1] if suffixes else "", data


def files(folder: str | Path, readers: Iterable[str] | None = None) -> list[Path]:
    """The files below `folder` whose ending a reader knows, sorted; hidden ones are left out.

    Raises
    ------
    ReadingError
        If there is none.
    """
    endings = tuple(readers if readers is not None else READERS)
    folder = Path(folder)
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        name = path.name.lower().removesuffix(".gz")
        if not hidden and name.endswith(endings) and path.is_file():
            found.append(path)
    if not found:
        raise ReadingError(f"{folder}: no readable file in this folder; topicat reads {', '.join(sorted(endings))}")
    return found


def decode(data: bytes, name: str) -> str:
    """`data` as text: UTF-8 or UTF-16 with or without BOM, GB18030, else what charset-normalizer finds.

    Line ends become ``\\n``.

    Raises
    ------
    ReadingError
        If the data are empty, binary, or in no encoding that fits.
    """
    if not data.strip():
        raise ReadingError(f"{name}: the file is empty; there is nothing to label")
    text = _decode(data, name)
    if not text.strip("\ufeff \t\r\n"):
        raise ReadingError(f"{name}: the file is empty; there is nothing to label")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes, name: str) -> str:
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(bom):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise ReadingError(
                    f"{name}: byte {error.start} is not {encoding}, though the file begins with its mark; "
                    "save the file as UTF-8"
                ) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and not _binary(text):
        return text
    return _detect(data, name)


def _binary(text: str) -> bool:
    """More than one control character in 200 is no text."""
    head = text[:100_000]
    controls = sum(1 for c in head if c < " " and c not in "\t\n\r\f\v\x1b")
    return "\x00" in head or controls * 200 > len(head)


# What charset-normalizer may choose among: the encodings of the languages that topicat is made for.
_ENCODINGS = ["gb18030", "utf_16_le", "utf_16_be", "big5", "cp1251", "koi8_r", "cp1252"]


def _detect(data: bytes, name: str) -> str:
    refusal = ReadingError(
        f"{name}: neither text in UTF-8, UTF-16 or GB18030 nor any encoding that topicat knows "
        f"({', '.join(_ENCODINGS)}); is it binary? Save it as UTF-8 text"
    )
    for encoding, zero_at in (("utf-16-le", 1), ("utf-16-be", 0)):
        # UTF-16 of text with ASCII marks or line ends has zero bytes on one side only.
        sample = data[: 1 << 16]
        side, other = sample[zero_at::2].count(0), sample[1 - zero_at :: 2].count(0)
        if side > 0 and other == 0 and len(data) % 2 == 0:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not _binary(text) and _plausible(text):
                return text
    if b"\x00" in data[:100_000]:
        raise refusal
    import charset_normalizer

    best = charset_normalizer.from_bytes(data[: 1 << 16].rpartition(b"\n")[0] or data, cp_isolation=_ENCODINGS).best()
    candidates = ["gb18030"] if best is None else [best.encoding, "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _binary(text) and _plausible(text):
            return text
    raise refusal


def _plausible(text: str) -> bool:
    """Whether nearly all characters are ones that written text has (no private use, no rare scripts)."""
    head = text[:20_000]
    odd = sum(1 for c in head if not (c.isalnum() or c.isspace() or c.isprintable()) or "\ue000" <= c <= "\uf8ff")
    return odd * 50 <= len(head)


def _stdin() -> bytes:
    return sys.stdin.buffer.read()


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise ReadingError(f"{path}: there is no such file; check the path")
        if not path.is_file():
            raise ReadingError(f"{path}: not an ordinary file; give a file, a folder, or - for standard input")
        if path.stat().st_size > MAX_BYTES:
            raise ReadingError(f"{path}: {path.stat().st_size:,} bytes is too large (at most {MAX_BYTES:,}); split it")
        return path.read_bytes()
    except OSError as error:
        raise ReadingError(f"{path}: cannot be read: {error.strerror or error}") from None


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


def read_text(name: str, data: bytes) -> Iterator[Document]:
    """A plain text file: one document."""
    yield make_document(name, decode(data, name))


def read_markdown(name: str, data: bytes) -> Iterator[Document]:
    """A Markdown file: one document whose text is the source as written."""
    text = decode(data, name)
    date = None
    if text.startswith("---\n"):
        front = text[4 : text.find("\n---", 4)] if "\n---" in text[4:] else ""
        for line in front.split("\n"):
            if line.lower().startswith("date:"):
                date, _ = find_date(line)
    yield make_document(name, text, date=date, markdown=True)


def read_html(name: str, data: bytes) -> Iterator[Document]:
    """An HTML page: one document whose text is what a reader sees of its main part."""
    parser = _Page()
    parser.feed(decode(data, name))
    parser.close()
    text = parser.text()
    if not text.strip():
        raise ReadingError(f"{name}: the page has no text; there is nothing to label")
    yield make_document(name, text, date=parser.date)


def read_jsonl(name: str, data: bytes) -> Iterator[Document]:
    """JSON Lines: each line an object with ``text``, and maybe ``id`` and ``date``, is one document."""
    for number, row in json_rows(name, decode(data, name)):
        text = row.get("text")
        if not isinstance(text, str):
            have = ", ".join(map(str, row)) or "nothing"
            raise ReadingError(f"{name}:{number}: the line has no 'text' (it has: {have}); each line needs one")
        date = row.get("date")
        yield make_document(str(row.get("id", number)), text, date=date if isinstance(date, str) else None)


def json_rows(name: str, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every non-blank line of JSON Lines `text`."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            raise ReadingError(
                f"{name}:{number}:{column}: the line is not JSON ({getattr(error, 'msg', 'too deeply nested')}); "
                "JSON Lines has one object a line"
            ) from None
        if not isinstance(row, dict):
            raise ReadingError(f"{name}:{number}: expected an object like {{\"text\": …}}, found {type(row).__name__}")
        yield number, row


def read_csv(name: str, data: bytes) -> Iterator[Document]:
    """CSV or TSV with a header: each row is one document; columns ``text``, maybe ``id`` and ``date``."""
    for number, row in csv_rows(name, decode(data, name)):
        yield make_document(row.get("id") or str(number), row["text"], date=row.get("date") or None)


def csv_rows(name: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number (from 1, after the header) and cells by column of CSV or TSV `text` with a ``text`` column."""
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in header else ";" if ";" in header and "," not in header else ","
    csv.field_size_limit(MAX_BYTES)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: list[str] = []
    try:
        columns = [c.strip().lower() for c in next(rows)]
        if "text" not in columns:
            raise ReadingError(
                f"{name}:1: there is no column 'text' (it has: {', '.join(columns)}); name the column of the texts 'text'"
            )
        for number, cells in enumerate(rows, 1):
            if not any(cells):
                continue
            row = dict(zip(columns, cells, strict=False))
            if "text" not in row:
                raise ReadingError(
                    f"{name}:{rows.line_num}: the row has {len(cells)} cells, the header {len(columns)}; "
                    "put texts with commas in quotes"
                )
            yield number, row
    except csv.Error as error:
        raise ReadingError(f"{name}:{rows.line_num}: not valid CSV: {error}") from None


class _Page(html.parser.HTMLParser):
    """Collects visible text, block by block; the text of <article> or <main> if there is one."""

    _SKIP = frozenset("script style noscript template title nav header footer aside form button svg iframe select".split())
    _INLINE = frozenset("a abbr b bdi bdo cite code em font i kbd mark q s small span strong sub sup time u var wbr".split())
    _MAIN = frozenset(("article", "main"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: dict[bool, list[str]] = {False: [], True: []}
        self._skipping: list[str] = []
        self._main = 0
        self.date: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        stamp = None
        if tag == "meta" and (values.get("property") or values.get("name") or "").lower() in _DATE_METAS:
            stamp = values.get("content")
        elif tag == "time":
            stamp = values.get("datetime")
        if stamp and self.date is None:
            self.date, _ = find_date(stamp[:10])
        if tag in self._SKIP:
            self._skipping.append(tag)
        if tag in self._MAIN:
            self._main += 1
        if tag == "br":
            self._add("\n")
        elif tag not in self._INLINE:
            self._add("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipping:
            while self._skipping and self._skipping.pop() != tag:
                pass
        if tag not in self._INLINE and tag != "br":
            self._add("\n\n")
        if tag in self._MAIN and self._main:
            self._main -= 1

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._add(" ".join(("x" + data + "x").split())[1:-1])

    def _add(self, text: str) -> None:
        self._parts[self._main > 0].append(text)

    def text(self) -> str:
        main, rest = "".join(self._parts[True]), "".join(self._parts[False])
        raw = main if main.strip() else rest
        lines = [line.strip() for line in raw.split("\n")]
        tidy: list[str] = []
        for line in lines:
            if line or (tidy and tidy[-1]):
                tidy.append(line)
        return "\n".join(tidy).strip()


_DATE_METAS = frozenset(
    ("article:published_time", "date", "pubdate", "publishdate", "datepublished", "dc.date", "dc.date.issued", "og:published_time")
)

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
}
"""The built-in readers by file ending."""
