"""`LabelledDocument`: what `topicat predict` said of a document, read back from its JSON Lines records."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topicat.errors import ReadingError
from topicat.reading import decode, json_rows, load_bytes


@dataclass(frozen=True)
class LabelledParagraph:
    """A record of `predict`.

    Attributes
    ----------
    text
        Empty if the record has none.
    topics
        Probability of each assigned topic, by path.
    place
        File and line, for messages.
    """

    number: int
    text: str
    topics: Mapping[str, float]
    place: str


@dataclass(frozen=True)
class LabelledDocument:
    """The paragraphs of a document in order, its date if it has one, and the file of records it stands in."""

    name: str
    date: datetime.date | None
    file: str
    paragraphs: tuple[LabelledParagraph, ...]

    @property
    def topics(self) -> dict[str, int]:
        """Every topic of the document and in how many of its paragraphs it stands."""
        counts: dict[str, int] = {}
        for paragraph in self.paragraphs:
            for topic in paragraph.topics:
                counts[topic] = counts.get(topic, 0) + 1
        return counts


@dataclass(frozen=True)
class LabelledCorpus:
    """Documents labelled by one model, and the topics at the top that it knows."""

    documents: tuple[LabelledDocument, ...]
    topics: tuple[str, ...]


class _Growing:
    """A document whose records are still coming in."""

    def __init__(self, name: str, date: datetime.date | None, file: str) -> None:
        self.name, self.date, self.file = name, date, file
        self.paragraphs: dict[int, LabelledParagraph] = {}

    def finished(self) -> LabelledDocument:
        return LabelledDocument(
            self.name, self.date, self.file, tuple(self.paragraphs[n] for n in sorted(self.paragraphs))
        )


def read_labelled(sources: Iterable[str | Path]) -> LabelledCorpus:
    """The documents in files of `predict`'s records (``-`` is standard input; ``.gz`` is unpacked).

    Records of one document belong together, wherever in the file they stand; where a paragraph's number returns with
    another text, another document of the same name begins (rows of two tables are both called 1).

    Raises
    ------
    ReadingError
        If a file cannot be read or is none of `predict`'s, if a paragraph stands there twice, or if the records come
        from models of different topics; the message names file and line.
    """
    documents: list[_Growing] = []
    known: list[str] = []
    first_place = ""
    for source in sources:
        file = str(source)
        current: dict[str, _Growing] = {}
        for number, row in json_rows(file, decode(load_bytes(source)[1], file)):
            place = f"{file}:{number}"
            name, date, paragraph, roots = _record(row, place)
            if known and roots and set(known) != set(roots):
                raise ReadingError(
                    f"{place}: a record of topics {', '.join(roots)}, but {first_place} is one of "
                    f"{', '.join(known)}: predictions of two models; make a report of each"
                )
            if roots and not known:
                known, first_place = roots, place
            if strays := [path for path in paragraph.topics if roots and path.split(".")[0] not in roots]:
                raise ReadingError(
                    f"{place}: the topic '{strays[0]}' is none of those with a probability ({', '.join(roots)}); "
                    "write the records with topicat predict -f jsonl"
                )
            document = current.get(name)
            if document is None or paragraph.number in document.paragraphs:
                if document and document.paragraphs[paragraph.number].text == paragraph.text:
                    raise _twice(name, document.paragraphs[paragraph.number], paragraph)
                document = current[name] = _Growing(name, date, file)
                documents.append(document)
            if document.date != date:
                raise ReadingError(
                    f"{place}: document '{name}' is of {date or 'no date'} here, but of "
                    f"{document.date or 'no date'} before; a document has one date: write the records with predict"
                )
            document.paragraphs[paragraph.number] = paragraph
    finished = tuple(document.finished() for document in documents)
    _check_repeats(finished)
    seen = dict.fromkeys(topic.split(".")[0] for d in finished for topic in d.topics)
    return LabelledCorpus(finished, tuple(dict.fromkeys((*known, *seen))))


def _check_repeats(documents: Iterable[LabelledDocument]) -> None:
    """Refuse a document that stands in two files (or twice in one) with the same texts."""
    seen: dict[tuple[str, tuple[str, ...]], LabelledDocument] = {}
    for document in documents:
        key = (document.name, tuple(p.text for p in document.paragraphs))
        if key in seen:
            raise _twice(document.name, seen[key].paragraphs[0], document.paragraphs[0])
        seen[key] = document


def _twice(name: str, first: LabelledParagraph, second: LabelledParagraph) -> ReadingError:
    return ReadingError(
        f"{second.place}: paragraph {second.number} of '{name}' stands in {first.place} already; give the predictions "
        "of one model, and each file once"
    )


def _record(row: dict[str, Any], place: str) -> tuple[str, datetime.date | None, LabelledParagraph, list[str]]:
    name, number, topics = row.get("document"), row.get("paragraph"), row.get("topics")
    if not isinstance(name, str) or type(number) is not int or not isinstance(topics, list):
        wrong = next(
            f"'{key}' must be {kind}, found {row[key]!r:.40}" if key in row else f"no '{key}'"
            for key, kind, fits in (
                ("document", "text", isinstance(name, str)),
                ("paragraph", "a number", type(number) is int),
                ("topics", "a list", isinstance(topics, list)),
            )
            if not fits
        )
        raise ReadingError(f"{place}: no record of predictions: {wrong}; write them with topicat predict -f jsonl")
    chances: dict[str, float] = {}
    for topic in topics:
        path = topic.get("topic") if isinstance(topic, dict) else None
        p = topic.get("probability") if isinstance(topic, dict) else None
        if not isinstance(path, str) or isinstance(p, bool) or not isinstance(p, int | float) or not 0 <= p <= 1:
            raise ReadingError(
                f'{place}: each of \'topics\' must be like {{"topic": "energy", "probability": 0.9}}, '
                f"found {topic!r:.80}; write the records with topicat predict -f jsonl"
            )
        chances[path] = float(p)
    probabilities = row.get("probabilities")
    roots = [str(key) for key in probabilities] if isinstance(probabilities, dict) else []
    text = row.get("text")
    paragraph = LabelledParagraph(number, text if isinstance(text, str) else "", chances, place)
    return name, _date(row.get("date"), place), paragraph, roots


def _date(value: Any, place: str) -> datetime.date | None:
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ReadingError(f"{place}: 'date' must be like 2025-11-15 or null, found {value!r:.40}") from None
