"""A corpus from files, folders and standard input: every paragraph, and what could not be read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topicat.errors import ReadingError

if TYPE_CHECKING:
    from topicat.cli.progress import Meter
    from topicat.document import Document, Paragraph
    from topicat.reading import Reader


@dataclass
class Corpus:
    """The paragraphs of documents, each with its document's name, and a message for each file that failed."""

    documents: list[str] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The text of every paragraph."""
        return [paragraph.text for paragraph in self.paragraphs]

    def finish(self) -> None:
        """Report the files that could not be read, and if there are any end with exit code 1."""
        for problem in self.problems:
            click.echo(f"topicat: {problem}", err=True)
        if self.problems:
            sys.exit(1)


def documents_of(
    sources: Iterable[str],
    readers: dict[str, Reader],
    ending: str | None,
    problems: list[str],
    meter: Meter | None = None,
) -> Iterator[Document]:
    """The documents of files, folders and standard input; a file that cannot be read adds to `problems` instead."""
    from topicat.streams import documents

    for path in paths_of(sources, readers, problems):
        count = 0
        try:
            for document in documents(path, readers=readers, format=ending, watch=meter.watch if meter else None):
                count += 1
                yield document
        except ReadingError as error:
            before = f"; the {count:,} document{'s' * (count != 1)} before it are done" if count else ""
            problems.append(f"{error}{before}")
        if meter:
            meter.passed(path)


def paths_of(sources: Iterable[str], readers: dict[str, Reader], problems: list[str]) -> Iterator[str | Path]:
    """`sources` with the files of a folder in its place; a folder without any adds to `problems` instead."""
    from topicat.reading import files

    for source in sources:
        try:
            yield from files(source, readers) if source != "-" and Path(source).is_dir() else [source]
        except ReadingError as error:
            problems.append(str(error))


def read_corpus(sources: Sequence[str]) -> Corpus:
    """Every paragraph of `sources`; a bad file does not hide the others.

    Raises
    ------
    ReadingError
        If there is no paragraph at all.
    """
    from topicat import registry

    corpus = Corpus()
    for document in documents_of(sources, registry.get_readers(), None, corpus.problems):
        corpus.documents += [document.name] * len(document.paragraphs)
        corpus.paragraphs += document.paragraphs
    if not corpus.paragraphs:
        raise ReadingError("\ntopicat: ".join([*corpus.problems, "no paragraph in the corpus; give files with text"]))
    return corpus
