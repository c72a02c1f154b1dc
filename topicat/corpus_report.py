"""`CorpusReport`: a labelled corpus in tables: topics, topics over time, together, by source, and telling words."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from topicat.draft import log_likelihood, words_of
from topicat.errors import UsageError
from topicat.interval import wilson
from topicat.labelled import LabelledCorpus, LabelledDocument
from topicat.tokenizers import Tokenizer

UNITS = ("day", "week", "month", "year")
SOURCES = ("folder", "file", "none")
NO_TOPIC = "(no topic)"
_MOST_PERIODS = 120
"""A unit that would make more periods is left out: no one reads so many points."""
_READABLE_PERIODS = 40
"""The finest unit with at most so many is shown first."""
_SIGNIFICANT = 10.83
"""G² of a chance of one in a thousand (chi-squared, one degree of freedom)."""
_TERMS = 8

Row = dict[str, Any]


@dataclass(frozen=True)
class CorpusReport:
    """Tables of a corpus; each row is a plain dict of words and numbers.

    Attributes
    ----------
    topics
        The topics at the top.
    documents
        A row a document: name, date, source, paragraphs, and in how many paragraphs each topic stands.
    totals
        A row a topic, subtopics and "no topic" too: documents, their share with its 95 % interval, paragraphs.
    time
        For each unit (``day`` …) a row for each period and topic.
    together
        A row for each ordered pair of topics: documents and paragraphs with both, the share of the first's documents
        that have the second, and how many times more documents have both than chance would give (``lift``).
    sources
        A row for each source and topic; empty with one source.
    terms
        For each unit a row for each period and telling word.
    by
        What a source is: ``folder`` or ``file``; ``none``: nothing.
    """

    topics: tuple[str, ...]
    documents: list[Row]
    totals: list[Row]
    time: dict[str, list[Row]]
    together: list[Row]
    sources: list[Row]
    terms: dict[str, list[Row]]
    by: str

    @property
    def unit(self) -> str | None:
        """The unit to show first; None if no document has a date."""
        fitting = [u for u, rows in self.time.items() if len({row["period"] for row in rows}) <= _READABLE_PERIODS]
        return next(iter(fitting or list(self.time)[-1:]), None)

    def tables(self) -> dict[str, list[Row]]:
        """Every table by the name of its file."""
        time = {f"topics-by-{unit}": rows for unit, rows in self.time.items()}
        terms = {f"words-by-{unit}": rows for unit, rows in self.terms.items()}
        found = {"topics": self.totals, **time, "topics-together": self.together, "topics-by-source": self.sources}
        return {name: rows for name, rows in {**found, **terms, "documents": self.documents}.items() if rows}


def corpus_report(corpus: LabelledCorpus, *, by: str | None = None, tokenizer: Tokenizer | None = None) -> CorpusReport:
    """Count `corpus`.

    Documents are what is counted: paragraphs of one document resemble each other, and intervals over paragraphs would
    be too narrow. A document has a topic if one of its paragraphs has. The intervals say how far a share may be off
    because the documents are a sample; they know nothing of wrong labels.

    Parameters
    ----------
    by
        What a source is: ``folder`` of the document, ``file`` of records, ``none``. None: files if there are
        several, else folders if there are several, else nothing.
    tokenizer
        Cuts Han words for the telling words; None leaves them out.

    Raises
    ------
    UsageError
        If `by` is none of these.
    """
    source_of, by = _source_of(corpus.documents, by)
    members = [_expand(d) for d in corpus.documents]
    below = sorted({t for found in members for t in found if "." in t})
    paths = [t for root in corpus.topics for t in (root, *(b for b in below if b.startswith(f"{root}.")))]
    every = range(len(members))
    sources = sorted({source_of(d) for d in corpus.documents})
    units = {u: periods for u in UNITS if (periods := _periods(corpus.documents, u))}
    bags = [frozenset(w for p in d.paragraphs for w in words_of(p.text, tokenizer)) for d in corpus.documents]

    def counted(where: Sequence[int], topics: Iterable[str], **head: Any) -> list[Row]:
        return [head | _share(t, where, members, corpus.documents) for t in topics]

    return CorpusReport(
        topics=corpus.topics,
        documents=[
            {
                "document": d.name,
                "date": d.date.isoformat() if d.date else "",
                "source": source_of(d),
                "paragraphs": len(d.paragraphs),
                **{t: members[i].get(t, 0) for t in paths},
            }
            for i, d in enumerate(corpus.documents)
        ],
        totals=counted(every, [*paths, NO_TOPIC]),
        time={
            unit: [row for period, where in periods.items() for row in counted(where, corpus.topics, period=period)]
            for unit, periods in units.items()
        },
        together=_together(corpus, members),
        sources=[
            row
            for source in sources
            for row in counted(
                [i for i, d in enumerate(corpus.documents) if source_of(d) == source],
                [*corpus.topics, NO_TOPIC],
                source=source,
            )
        ]
        if by != "none"
        else [],
        terms={unit: _terms(periods, bags) for unit, periods in units.items()},
        by=by,
    )


def to_csv(rows: Sequence[Row]) -> str:
    """`rows` as CSV with a header."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    # Whole shares as the page writes them: 0, not 0.0.
    whole = ({k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in row.items()} for row in rows)
    writer.writerows(whole)
    return stream.getvalue()


def _expand(document: LabelledDocument) -> dict[str, int]:
    """In how many paragraphs each topic stands, parents with their subtopics."""
    counts: Counter[str] = Counter()
    for paragraph in document.paragraphs:
        parts = (topic.split(".") for topic in paragraph.topics)
        counts.update({".".join(path[: i + 1]) for path in parts for i in range(len(path))})
    return dict(counts)


def _share(
    topic: str, where: Sequence[int], members: Sequence[Mapping[str, int]], documents: Sequence[LabelledDocument]
) -> Row:
    if topic == NO_TOPIC:
        n = sum(not members[i] for i in where)
        paragraphs = sum(not p.topics for i in where for p in documents[i].paragraphs)
    else:
        n = sum(topic in members[i] for i in where)
        paragraphs = sum(members[i].get(topic, 0) for i in where)
    low, high = wilson(n, len(where))
    share = round(n / len(where), 4) if where else None
    ends = {"low": round(low, 4), "high": round(high, 4)}
    return {"topic": topic, "documents": n, "of": len(where), "share": share, **ends, "paragraphs": paragraphs}


def _together(corpus: LabelledCorpus, members: Sequence[Mapping[str, int]]) -> list[Row]:
    alone = {t: sum(t in found for found in members) for t in corpus.topics}
    both = Counter(
        (a, b) for found in members for a in corpus.topics if a in found for b in corpus.topics if b in found
    )
    inside: Counter[tuple[str, str]] = Counter()
    for document in corpus.documents:
        for paragraph in document.paragraphs:
            roots = {topic.split(".")[0] for topic in paragraph.topics}
            inside.update((a, b) for a in roots for b in roots)
    rows = []
    for a in corpus.topics:
        for b in corpus.topics:
            if a == b:
                continue
            expected = alone[a] * alone[b] / max(1, len(members))
            rows.append(
                {
                    "topic": a,
                    "with": b,
                    "documents": both[a, b],
                    "share": round(both[a, b] / alone[a], 4) if alone[a] else None,
                    "lift": round(both[a, b] / expected, 3) if expected else None,
                    "paragraphs": inside[a, b],
                }
            )
    return rows


def _source_of(documents: Sequence[LabelledDocument], by: str | None) -> tuple[Callable[[LabelledDocument], str], str]:
    kinds: dict[str, Callable[[LabelledDocument], str]] = {
        "file": lambda d: d.file,
        "folder": lambda d: str(PurePath(d.name).parent),
        "none": lambda d: "",
    }
    if by is None:
        by = next((k for k in ("file", "folder") if len({kinds[k](d) for d in documents}) > 1), "none")
    if by not in kinds:
        raise UsageError(f"no source '{by}'; there is: {', '.join(SOURCES)}")
    return kinds[by], by


def _periods(documents: Sequence[LabelledDocument], unit: str) -> dict[str, list[int]]:
    """The documents of each period from the first to the last, empty ones too; nothing if there are too many."""
    dates = [d.date for d in documents if d.date]
    if not dates:
        return {}
    first, last = min(dates), max(dates)
    names: list[str] = []
    if unit == "year":  # the coarsest, which is always there: only years with documents
        names = sorted({_period(date, unit) for date in dates})
    elif (last - first).days / {"day": 1, "week": 7, "month": 30}[unit] <= _MOST_PERIODS:
        days = (first + datetime.timedelta(n) for n in range((last - first).days + 1))
        names = list(dict.fromkeys(_period(day, unit) for day in days))
    found: dict[str, list[int]] = {name: [] for name in names}
    if names:
        for i, document in enumerate(documents):
            if document.date:
                found[_period(document.date, unit)].append(i)
    return found


def _period(date: datetime.date, unit: str) -> str:
    """``2025``, ``2025-11``, the Monday of the week, or the day."""
    if unit == "week":
        # The first days of the calendar may have no Monday before them.
        date = datetime.date.fromordinal(max(1, date.toordinal() - date.weekday()))
    return date.isoformat()[: {"year": 4, "month": 7}.get(unit, 10)]


def _terms(periods: Mapping[str, Sequence[int]], bags: Sequence[frozenset[str]]) -> list[Row]:
    """The words that stand in more documents of a period than chance would put there, against all other periods."""
    dated = [i for where in periods.values() for i in where]
    total = Counter(word for i in dated for word in bags[i])
    rows = []
    for period, where in periods.items():
        inside = Counter(word for i in where for word in bags[i])
        words = sorted(word for word, n in inside.items() if n >= 2)
        if not words or len(where) == len(dated):
            continue
        here = np.array([inside[word] for word in words], float)
        there = np.array([total[word] for word in words], float) - here
        score = log_likelihood(here, there, len(where), len(dated) - len(where))
        for i in np.argsort(-score, kind="stable")[:_TERMS]:
            if score[i] >= _SIGNIFICANT:
                counts = {"documents": int(here[i]), "elsewhere": int(there[i])}
                rows.append({"period": period, "word": words[i], **counts, "g2": round(float(score[i]), 2)})
    return rows
