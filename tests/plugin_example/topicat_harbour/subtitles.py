"""A reader of subtitles (.srt): what is said, without numbers and times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.reading import decode, make_document

_TIMES = re.compile(r"^\d+\n\d\d:\d\d:\d\d,\d{3} --> .*\n", re.M)


def read(name: str, data: bytes) -> Iterator[Document]:
    """One document, a paragraph a subtitle.

    Raises
    ------
    ReadingError
        If there is no subtitle.
    """
    text, count = _TIMES.subn("", decode(data, name))
    if not count:
        raise ReadingError(
            f"{name}: there is no subtitle, which begins with a number and '00:00:01,000 --> 00:00:02,000'"
        )
    yield make_document(name, text)
