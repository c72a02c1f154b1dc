"""`Document` and `Paragraph`: text with offsets that always lead back to the source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a document.

    Attributes
    ----------
    number
        Its place in the document, from 1.
    start, end
        Its span in the document's text, in characters: ``document[start:end] == text``.
    text
        The characters of that span.
    """

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Document:
    """A text as it was read, and where it came from.

    Attributes
    ----------
    name
        The path as given, the row's id, or ``-`` for standard input.
    text
        The whole text; all offsets count its characters.
    date
        ``YYYY-MM-DD`` if the document states one, else None.
    paragraphs
        The paragraphs in order; what stands between them is white space or markup.
    """

    name: str
    text: str
    date: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()

    def __getitem__(self, span: slice) -> str:
        return self.text[span]

    def __len__(self) -> int:
        return len(self.text)
