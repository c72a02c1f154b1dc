"""Tables of a labelled corpus: counts, shares, periods, pairs, sources, words."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.corpus_report import NO_TOPIC, CorpusReport, corpus_report, to_csv
from topicat.errors import UsageError
from topicat.labelled import LabelledCorpus, LabelledDocument, LabelledParagraph
from topicat.plugins.tokenizers import rjieba


def document(
    name: str, date: str | None, *topics: Iterable[str], text: str = "", file: str = "p.jsonl"
) -> LabelledDocument:
    """A document with a paragraph for each of `topics`."""
    day = datetime.date.fromisoformat(date) if date else None
    paragraphs = (LabelledParagraph(i, text, dict.fromkeys(t, 0.9), f"{file}:{i}") for i, t in enumerate(topics, 1))
    return LabelledDocument(name, day, file, tuple(paragraphs))


def corpus(*documents: LabelledDocument) -> LabelledCorpus:
    """A corpus of three topics."""
    return LabelledCorpus(documents, ("energy", "water", "trade"))


def row(rows: list[dict[str, object]], **key: object) -> dict[str, object]:
    """The one row with these values."""
    [found] = [r for r in rows if all(r[k] == v for k, v in key.items())]
    return found


SMALL = corpus(
    document("daily/1", "2025-01-30", ["energy", "energy.gas"], ["water"], []),
    document("daily/2", "2025-02-03", ["energy"], ["energy", "water"]),
    document("wire/3", "2025-04-01", []),
    document("wire/4", None, ["water"]),
)


def test_totals_count_documents_and_paragraphs() -> None:
    """Subtopics below their parents, no topic last; the parent counts with the subtopic."""
    totals = corpus_report(SMALL).totals
    assert [r["topic"] for r in totals] == ["energy", "energy.gas", "water", "trade", NO_TOPIC]
    assert row(totals, topic="energy") | {"low": 0, "high": 0} == {
        "topic": "energy", "documents": 2, "of": 4, "share": 0.5, "low": 0, "high": 0, "paragraphs": 3,
    }  # fmt: skip
    assert (row(totals, topic=NO_TOPIC)["documents"], row(totals, topic=NO_TOPIC)["paragraphs"]) == (1, 2)
    assert (row(totals, topic="trade")["documents"], row(totals, topic="trade")["share"]) == (0, 0.0)


def test_a_subtopic_alone_counts_for_its_parent() -> None:
    """As everywhere in topicat."""
    found = corpus_report(corpus(document("a", None, ["energy.gas"])))
    assert row(found.totals, topic="energy")["documents"] == 1


def test_time_has_every_period_and_leaves_out_the_undated() -> None:
    """Months without a document are rows of nothing; a week is named by its Monday."""
    found = corpus_report(SMALL)
    months = found.time["month"]
    assert list(dict.fromkeys(r["period"] for r in months)) == ["2025-01", "2025-02", "2025-03", "2025-04"]
    march = row(months, period="2025-03", topic="energy")
    assert (march["of"], march["share"], march["low"], march["high"]) == (0, None, 0.0, 1.0)
    assert row(found.time["week"], period="2025-01-27", topic="energy")["documents"] == 1
    assert sum(int(str(r["of"])) for r in months if r["topic"] == "energy") == 3
    assert found.unit == "week"


def test_units_follow_the_span() -> None:
    """Few days show days; a century shows years, and only those that have documents."""
    near = corpus_report(corpus(*(document(str(i), f"2025-01-{i + 1:02}", []) for i in range(9))))
    assert near.unit == "day"
    far = corpus_report(corpus(document("a", "0001-01-01", ["energy"]), document("b", "9999-12-31", [])))
    assert list(far.time) == ["year"]
    assert [r["period"] for r in far.time["year"] if r["topic"] == "energy"] == ["0001", "9999"]
    assert corpus_report(corpus(document("a", "0001-01-01", []))).time["week"][0]["period"] == "0001-01-01"
    assert corpus_report(corpus(document("a", None, []))).unit is None


def test_pairs_say_more_than_chance() -> None:
    """Documents and paragraphs with both; lift is against independence."""
    found = row(corpus_report(SMALL).together, topic="energy", **{"with": "water"})
    assert (found["documents"], found["paragraphs"], found["share"]) == (2, 1, 1.0)
    assert found["lift"] == pytest.approx(2 / (2 * 3 / 4), abs=0.001)
    assert row(corpus_report(SMALL).together, topic="trade", **{"with": "water"})["lift"] is None


def test_sources_are_files_or_folders() -> None:
    """Folders where one file has several; files where there are several; or what is asked for."""
    found = corpus_report(SMALL)
    assert found.by == "folder"
    assert row(found.sources, source="daily", topic="energy")["share"] == 1.0
    two = corpus(document("a", None, [], file="p.jsonl"), document("b", None, [], file="q.jsonl"))
    assert corpus_report(two).by == "file"
    assert corpus_report(two, by="none").sources == []
    assert corpus_report(corpus(document("a", None, []))).by == "none"
    with pytest.raises(UsageError, match="no source 'paper'; there is: folder, file, none"):
        corpus_report(SMALL, by="paper")


def test_telling_words_stand_in_their_period() -> None:
    """A word of one month's documents is told; one of all documents is not."""
    spring = [document(f"s{i}", f"2025-03-{i + 1:02}", ["water"], text="各地防汛，代表发言。") for i in range(12)]
    autumn = [document(f"a{i}", f"2025-09-{i + 1:02}", ["energy"], text="各地供暖，代表发言。") for i in range(12)]
    terms = corpus_report(corpus(*spring, *autumn), tokenizer=rjieba()).terms["month"]
    words = {(r["period"], r["word"]) for r in terms}
    assert ("2025-03", "防汛") in words
    assert ("2025-09", "供暖") in words
    assert "代表" not in {word for _, word in words}


def test_tables_are_csv_that_reads_back() -> None:
    """Whatever stands in a name."""
    odd = 'a",\n"b'
    found = corpus_report(corpus(document(odd, "2025-01-01", ["energy"])))
    [back] = csv.DictReader(io.StringIO(to_csv(found.documents), newline=""))
    assert (back["document"], back["energy"]) == (odd, "1")
    assert {"topics", "topics-by-day", "topics-together", "documents"} <= set(found.tables())


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.dates()),
            st.lists(st.sets(st.sampled_from(["energy", "water.floods"])), max_size=3),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_counts_add_up(drawn: list[tuple[datetime.date | None, list[set[str]]]]) -> None:
    """Every dated document stands once in every unit, and shares lie in their intervals."""
    documents = [document(str(i), day.isoformat() if day else None, *topics) for i, (day, topics) in enumerate(drawn)]
    found: CorpusReport = corpus_report(corpus(*documents))
    dated = sum(d.date is not None for d in documents)
    for rows in found.time.values():
        assert sum(r["of"] for r in rows if r["topic"] == "energy") == dated
    assert bool(found.time) == bool(dated)
    for r in [*found.totals, *(r for rows in found.time.values() for r in rows)]:
        assert r["share"] is None or r["low"] <= r["share"] <= r["high"]
