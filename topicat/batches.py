"""Batches of paragraphs: what is predicted at once, sent to a worker, and written whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from topicat.document import Document, Paragraph

PARAGRAPHS = 1024
"""Paragraphs in a batch: enough that sending it to a worker costs little beside predicting it."""
CHARACTERS = 400_000
"""A batch ends early at this many characters, so that memory stays bounded."""

Row = tuple[str, str | None, int, int, int, str]
"""Name and date of the document; number, start, end and text of the paragraph.

Rows are plain tuples in plain lists because they travel between processes: they pickle several times faster than
objects, and Dask sends them along with the call, where an object would be placed on one worker and lost with it.
"""
Batch = list[Row]


def batches(documents: Iterable[Document]) -> Iterator[Batch]:
    """The paragraphs of `documents` in order; where a batch ends depends on nothing but them."""
    batch: Batch = []
    size = 0
    for document in documents:
        for p in document.paragraphs:
            batch.append((document.name, document.date, p.number, p.start, p.end, p.text))
            size += len(p.text)
            if len(batch) >= PARAGRAPHS or size >= CHARACTERS:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def paragraphs(batch: Batch) -> Iterator[tuple[Document, Paragraph]]:
    """Each paragraph of a batch with its document, of which only name and date are there."""
    for name, date, number, start, end, text in batch:
        yield Document(name, "", date), Paragraph(number, start, end, text)


@dataclass(frozen=True)
class Position:
    """How far a run has come.

    Attributes
    ----------
    paragraphs
        How many are done.
    digest
        Of all of them, so that another run can tell whether it begins with the same.
    document, paragraph
        The name of the last one's document, and its number there; empty and 0 at the beginning.
    """

    paragraphs: int = 0
    digest: str = ""
    document: str = ""
    paragraph: int = 0

    def after(self, batch: Batch) -> Position:
        """The position behind `batch`.

        >>> Position().after([("a.txt", None, 1, 0, 2, "一。"), ("a.txt", None, 2, 3, 5, "二。")]).place
        'paragraph 2 of a.txt'
        """
        digest = hashlib.sha256(self.digest.encode() + repr(batch).encode("utf-8", "surrogatepass")).hexdigest()
        return Position(self.paragraphs + len(batch), digest, batch[-1][0], batch[-1][2])

    @property
    def place(self) -> str:
        """The last paragraph, in words."""
        return f"paragraph {self.paragraph} of {self.document}" if self.paragraphs else "the beginning"
