"""The built-in reader of HTML: what a person sees of a page's main part."""

from __future__ import annotations

import collections
import html.parser
import re
from collections.abc import Iterator

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.paragraphs import find_date
from topicat.reading import decode, make_document


def read_html(name: str, data: bytes) -> Iterator[Document]:
    """An HTML page: one document whose text is what a reader sees of its main part."""
    declared = _CHARSET.search(data[:2048])
    page = decode(data, name, declared[1].decode() if declared else "")
    # Two traps of the parser: thousands of digits are a ValueError to it, and for the end of each tag that has none
    # it looks through all the rest of the page.
    page = re.sub(r"&#[0-9]{10,};?", "\ufffd", page)
    whole, bracket, rest = page.rpartition(">")
    parser = _Page()
    parser.feed(whole + bracket)
    parser.feed(re.sub(r"<[a-zA-Z/!?].*", "", rest, flags=re.S))
    parser.close()
    text = parser.text()
    if not text.strip():
        raise ReadingError(f"{name}: the page has no text; there is nothing to label")
    yield make_document(name, text, date=parser.date)


_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


class _Page(html.parser.HTMLParser):
    """Collects visible text, block by block; the text of <article> or <main> if there is one."""

    _SKIP = frozenset(
        "script style noscript template title nav header footer aside button svg iframe select".split()  # noqa: SIM905
    )
    _INLINE = frozenset(
        "a abbr b bdi bdo cite code em font i kbd mark q s small span strong sub sup time u var wbr".split()  # noqa: SIM905
    )
    _MAIN = frozenset(("article", "main"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: dict[bool, list[str]] = {False: [], True: []}
        self._skipping: list[str] = []
        self._open = collections.Counter[str]()
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
            self.date = find_date(stamp)[0]
        if tag in self._SKIP:
            self._skipping.append(tag)
            self._open[tag] += 1
        if tag in self._MAIN:
            self._main += 1
        if tag == "br":
            self._add("\n")
        elif tag not in self._INLINE:
            self._add("\n\n")

    def handle_endtag(self, tag: str) -> None:
        # The count spares a page of a thousand unclosed tags a search of the list at every end tag.
        while self._open[tag]:
            self._open[last := self._skipping.pop()] -= 1
            if last == tag:
                break
        if tag not in self._INLINE and tag != "br":
            self._add("\n\n")
        if tag in self._MAIN and self._main:
            self._main -= 1

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """``<![if …]>`` is a comment to browsers; the base class raises AssertionError at an unknown word."""
        return self.parse_bogus_comment(i)

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
    (
        "article:published_time",
        "date",
        "pubdate",
        "publishdate",
        "datepublished",
        "dc.date",
        "dc.date.issued",
        "og:published_time",
    )
)
