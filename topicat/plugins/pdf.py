"""The built-in reader of PDF files, by pypdf."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from topicat.document import Document
from topicat.errors import MissingPackageError, ReadingError, reason_of
from topicat.reading import make_document

try:
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
except ImportError as error:
    raise MissingPackageError("reading PDF files needs pypdf; install it with: pip install 'topicat[pdf]'") from error

MAX_TEXT = 1 << 26
"""A file with more characters of text than this is refused."""

# It reports each oddity that it mends; what it cannot mend is an error of ours.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# Characters that a PDF has for the look of them: ligatures, and radicals for the Han characters that they resemble.
_LOOKS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad]")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]|/g\\d+")
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_DIVIDED = re.compile(r"[^\W\d_]-$")
_ENDS = re.compile("[.!?。！？；：:…][\"'”’»)）】》]*$")


def read_pdf(name: str, data: bytes) -> Iterator[Document]:
    """A PDF file: one document whose text is that of its pages, lines joined to paragraphs.

    The format has no paragraphs. A line ends one where it is clearly shorter than a full one, so a paragraph
    whose last line is full is joined to the next. Running heads and page numbers are left out.

    Raises
    ------
    ReadingError
        If it is no PDF file, encrypted, damaged, too large, or has no text (as scans have none).
    """
    if not data.strip():
        raise ReadingError(f"{name}: the file is empty; there is nothing to label")
    if b"%PDF-" not in data[:1024]:
        raise ReadingError(f"{name}: not a PDF file, which begins with %PDF; is it something else under that ending?")
    pages = _pages(name, data)
    text = "\n\n".join(_paragraphs(_without_heads(pages)))
    if not any(map(str.isalnum, text)):
        raise ReadingError(f"{name}: the PDF has no text, as scanned pages have none; run OCR on it first")
    if 10 * sum(len(found) for found in _UNKNOWN.findall(text)) > len(text):
        raise ReadingError(f"{name}: the fonts of the PDF do not say which characters they show; run OCR on it first")
    yield make_document(name, text)


def _pages(name: str, data: bytes) -> list[list[str]]:
    """The lines of text of each page."""
    pages: list[list[str]] = []
    size = 0
    try:
        # Opening tries the empty password, with which a file that only forbids printing or copying is read.
        for page in pypdf.PdfReader(io.BytesIO(data)).pages:
            text = _plain(page.extract_text())
            size += len(text)
            if size > MAX_TEXT:
                raise LimitReachedError(f"more than {MAX_TEXT:,} characters")
            pages.append([line for line in map(str.strip, text.split("\n")) if line])
    except FileNotDecryptedError:
        raise ReadingError(f"{name}: the PDF is encrypted; save it without a password") from None
    except DependencyError as error:
        raise ReadingError(f"{name}: {reason_of(error)}; install it with: pip install 'topicat[pdf]'") from None
    except LimitReachedError as error:
        raise ReadingError(
            f"{name}: the PDF unpacks to too much ({reason_of(error)}); split it, or save it as plain text"
        ) from None
    except Exception as error:  # "broken PDF files might cause other exceptions", says pypdf
        raise ReadingError(
            f"{name}: not a whole PDF file ({reason_of(error)}); save it anew, or as plain text"
        ) from None
    return pages


def _plain(text: str) -> str:
    """`text` without halves of surrogate pairs, control characters and characters that stand for others."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\u00ad\n", "-\n")
    return _CONTROL.sub("", _LOOKS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text))


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    """The pages without the first and last lines that, but for their numbers, stand on most pages."""

    def bare(line: str) -> str:
        return re.sub(r"\d+", "", line)

    edges = Counter(bare(line) for page in pages for line in {*page[:1], *page[-1:]})
    heads = {line for line, count in edges.items() if count >= 3 and 2 * count > len(pages)}
    kept = []
    for page in pages:
        page = page[bool(page) and bare(page[0]) in heads :]
        kept.append(page[:-1] if page and bare(page[-1]) in heads else page)
    return kept


def _paragraphs(pages: list[list[str]]) -> Iterator[str]:
    """Lines joined to paragraphs.

    >>> list(_paragraphs([["Talks", "The ministers spoke of a gas pipe-", "line and of the water in the river."]]))
    ['Talks', 'The ministers spoke of a gas pipeline and of the water in the river.']
    """
    lines = [line for page in pages for line in page]
    widths = sorted(map(_width, lines))
    begun: list[str] = []
    for line in lines:
        if begun and _DIVIDED.search(begun[-1][-2:]) and line[0].islower():
            begun[-1] = begun[-1][:-1]
        elif begun and not _HAN.search(begun[-1][-1] + line[0]):
            begun.append(" ")
        begun.append(line)
        # Not the widest line, which may be that of a table.
        share = _width(line) / widths[len(widths) * 4 // 5]
        if share < 0.6 or (share < 0.9 and _ENDS.search(line[-4:])):
            yield "".join(begun)
            begun = []
    if begun:
        yield "".join(begun)


def _width(line: str) -> int:
    """Columns that the line takes: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
