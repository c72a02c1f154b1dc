"""A corpus report as one HTML page, with the documents behind every figure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from topicat.chart import Chart
from topicat.corpus_report import NO_TOPIC, Row
from topicat.rendering import percent, render, wording

if TYPE_CHECKING:
    from topicat.corpus_report import CorpusReport
    from topicat.labelled import LabelledCorpus

EXCERPT = 140
"""Characters of a paragraph that stand under its document."""
BUDGET = 1_000_000
"""Characters of excerpts in a page; a corpus that needs more has none."""
_WIDEST = 12
"""Sources that have rows of their own on the page; the tables have all."""


def corpus_page(
    corpus: LabelledCorpus,
    report: CorpusReport,
    *,
    title: str,
    names: Mapping[str, str] | None = None,
    lang: str = "en",
) -> str:
    """One self-contained page of `report`, which was made of `corpus`.

    Parameters
    ----------
    names
        Labels of topics, by path; a topic without one is called by its path.
    lang
        Language of the page's own words (``en``, ``zh``, ``ru``).
    """
    words = wording(lang)
    view = _View(report, {**{t: t for t in _paths(report)}, **(names or {}), NO_TOPIC: words["no_topic"]}, words)
    dates = [d.date for d in corpus.documents if d.date]
    return render(
        "report",
        lang,
        title=title,
        documents=len(corpus.documents),
        paragraphs=sum(len(d.paragraphs) for d in corpus.documents),
        undated=len(corpus.documents) - len(dates),
        span=" – ".join(sorted({min(dates).isoformat(), max(dates).isoformat()})) if dates else "",
        totals=[
            row | {"name": view.names[t], "color": view.color(t), "below": "." in t}
            for row in report.totals
            for t in [row["topic"]]
        ],
        units=[{"unit": unit, "charts": view.charts(unit), "terms": view.terms(unit)} for unit in report.time],
        unit=report.unit,
        together=view.together(),
        roots=[view.names[t] for t in report.topics],
        sources=view.sources(),
        tables={
            name: {"columns": list(rows[0]), "rows": [list(row.values()) for row in rows]}
            for name, rows in report.tables().items()
            if name != "documents"  # the script makes it of its own data
        },
        data=view.data(corpus),
    )


def _paths(report: CorpusReport) -> list[str]:
    return [row["topic"] for row in report.totals if row["topic"] != NO_TOPIC]


class _View:
    """What the template shows of a report."""

    def __init__(self, report: CorpusReport, names: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.report, self.names, self.words = report, names, words
        self.sources_there = sorted({row["source"] for row in report.documents})

    def color(self, topic: str) -> int | None:
        """The place of the topic's root; None for no topic."""
        return None if topic == NO_TOPIC else self.report.topics.index(topic.split(".")[0])

    def charts(self, unit: str) -> list[dict[str, Any]]:
        """A chart for each topic: its share of the documents of each period, on one scale for all."""
        rows = self.report.time[unit]
        periods = list(dict.fromkeys(row["period"] for row in rows))
        top = min(1.0, max([0.1, *(row["high"] for row in rows if row["of"])]))
        made = []
        for topic in self.report.topics:
            own = [row for row in rows if row["topic"] == topic]
            chart = Chart(self.names[topic], x=(0, max(1, len(periods) - 1)), y=(0, top))
            shown = range(0, len(periods), max(1, -(-len(periods) // 4)))
            chart.axes([(i, periods[i]) for i in shown], [(0, "0"), (top / 2, percent(top / 2)), (top, percent(top))])
            pieces = groupby(enumerate(own), key=lambda item: item[1]["of"] > 0)
            for piece in [list(items) for there, items in pieces if there]:
                chart.band([(i, r["low"]) for i, r in piece], [(i, r["high"]) for i, r in piece])
                chart.line([(i, r["share"]) for i, r in piece])
                if len(piece) == 1:
                    chart.bar(piece[0][0], piece[0][1]["low"], piece[0][1]["high"])
            for i, row in enumerate(own):
                if row["of"]:
                    link = {"data-topic": topic, "data-period": row["period"]}
                    chart.point((i, row["share"]), f"{row['period']}: {self.share(row)}", link=link)
            name, color = self.names[topic], self.color(topic)
            made.append({"name": name, "color": color, "svg": chart.svg(), "total": sum(r["documents"] for r in own)})
        return made

    def share(self, row: Row) -> str:
        """A share with its interval, in words."""
        text = self.words["share"].format(n=row["documents"], of=row["of"], share=percent(row["share"] or 0.0))
        return f"{text} ({percent(row['low'])} – {percent(row['high'])})"

    def terms(self, unit: str) -> list[dict[str, Any]]:
        """The telling words of each period."""
        rows = self.report.terms.get(unit, [])
        return [{"period": p, "words": list(items)} for p, items in groupby(rows, key=lambda row: row["period"])]

    def together(self) -> list[dict[str, Any]]:
        """A row for each topic: the share of its documents that have each of the others."""
        rows = self.report.together
        alone = {row["topic"]: row["documents"] for row in self.report.totals}
        return [
            {
                "topic": topic,
                "name": self.names[topic],
                "documents": alone[topic],
                "cells": [
                    next((r for r in rows if (r["topic"], r["with"]) == (topic, other)), None)
                    for other in self.report.topics
                ],
            }
            for topic in self.report.topics
        ]

    def sources(self) -> list[dict[str, Any]]:
        """A row for each of the sources with the most documents."""
        found = [(name, list(rows)) for name, rows in groupby(self.report.sources, key=lambda row: row["source"])]
        found.sort(key=lambda item: -item[1][0]["of"])
        return [{"source": name, "of": rows[0]["of"], "cells": rows} for name, rows in found[:_WIDEST]]

    def data(self, corpus: LabelledCorpus) -> dict[str, Any]:
        """What the script needs: the documents, and the words it shows."""
        paths = _paths(self.report)
        number = {topic: k for k, topic in enumerate(paths)}
        lengths = sum(min(len(p.text), EXCERPT) for d in corpus.documents for p in d.paragraphs)
        excerpts = 0 < lengths <= BUDGET
        return {
            "topics": paths,
            "names": [self.names[t] for t in paths],
            "colors": [self.color(t) for t in paths],
            "sources": self.sources_there,
            "by": self.report.by,
            "excerpts": excerpts,
            "documents": [
                [
                    row["document"],
                    row["date"],
                    self.sources_there.index(row["source"]),
                    row["paragraphs"],
                    [[k, row[t]] for t, k in number.items() if row[t]],
                    [[p.number, _beginning(p.text), [number[t] for t in p.topics]] for p in document.paragraphs]
                    if excerpts
                    else [],
                ]
                for row, document in zip(self.report.documents, corpus.documents, strict=True)
            ],
            "words": {key: text for key, text in self.words.items() if key.startswith("js_")},
        }


def _beginning(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
