"""The built-in reader of Word files (.docx), by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from topicat.document import Document
from topicat.errors import MissingPackageError, ReadingError, reason_of
from topicat.reading import make_document

try:
    import docx
except ImportError as error:
    raise MissingPackageError(
        "reading Word files needs python-docx; install it with: pip install 'topicat[docx]'"
    ) from error

MAX_UNPACKED = 1 << 28
"""A file whose parts unpack to more bytes than this is refused."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
# An encrypted .docx, and any .doc, is not a zip file but a compound file.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_docx(name: str, data: bytes) -> Iterator[Document]:
    """A Word file: one document whose text is its body, a blank line between paragraphs.

    Cells of tables, text boxes and content controls are paragraphs where they stand; tracked insertions
    count and deletions do not; headers, footers, notes and comments are left out.

    Raises
    ------
    ReadingError
        If it is no Word file, encrypted, damaged, empty, too large, or declares XML entities.
    """
    if not data.strip():
        raise ReadingError(f"{name}: the file is empty; there is nothing to label")
    if data.startswith(_COMPOUND):
        raise ReadingError(f"{name}: an old or an encrypted Word file; save it as .docx without a password")
    _check(name, data)
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        text = "\n\n".join(_paragraphs(body))
    except Exception as error:  # python-docx and lxml raise whatever a damaged part leads them to
        raise _damaged(name, error) from None
    if not any(map(str.isalnum, text)):
        raise ReadingError(f"{name}: the Word file has no text; there is nothing to label")
    yield make_document(name, text)


def _check(name: str, data: bytes) -> None:
    """Refuse what would fill the memory, or hold text that the parser would pass over."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            # A part gives at most the bytes that the directory states, so their sum is a bound.
            size = sum(part.file_size for part in package.infolist())
            if size > MAX_UNPACKED:
                raise ReadingError(
                    f"{name}: unpacks to {size:,} bytes (at most {MAX_UNPACKED:,}); save it as plain text"
                )
            for part in package.namelist():
                if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _ascii(package.read(part)):
                    raise ReadingError(f"{name}: {part} declares a DOCTYPE, as no Word file does; save it anew")
    except ReadingError:
        raise
    except Exception as error:  # zipfile raises BadZipFile, zlib.error, NotImplementedError, RuntimeError, …
        raise _damaged(name, error) from None


def _ascii(part: bytes) -> bytes:
    """The part without the zero bytes of UTF-16, in which XML may also be written."""
    return part.replace(b"\x00", b"") if part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:4] else part


def _damaged(name: str, error: Exception) -> ReadingError:
    return ReadingError(f"{name}: not a whole Word file ({reason_of(error)}); save it anew as .docx, or as plain text")


def _paragraphs(body: Any) -> Iterator[str]:
    """The text of each paragraph in the order of the file, of those in a text box after the one that holds it.

    python-docx's own lists leave out what stands in content controls, tracked insertions and text boxes.
    """
    for paragraph in body.iter(f"{_W}p"):
        # Text boxes are written twice, the second time for old programs.
        if next(paragraph.iterancestors(_FALLBACK), None) is None:
            yield "".join(_pieces(paragraph)).strip()


def _pieces(node: Any) -> Iterator[str]:
    for child in node.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in (f"{_W}p", _FALLBACK, f"{_W}pPr", f"{_W}moveFrom"):
            yield from _pieces(child)
