"""The report's page, read as markup (see `test_browser.py` for what it does)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from test_corpus_report import SMALL, corpus, document

from topicat.corpus_page import BUDGET, EXCERPT, corpus_page
from topicat.corpus_report import corpus_report
from topicat.labelled import LabelledCorpus

BAD = "</script><script>alert('1')</script>\"&"


def made(found: LabelledCorpus, **more: Any) -> str:
    """The page of a corpus."""
    return corpus_page(found, corpus_report(found), **{"title": "talks", **more})


def data_of(page: str, id: str = "data") -> Any:
    """JSON in the page."""
    [found] = re.findall(rf'<script type="application/json" id="{id}">(.*?)</script>', page, re.S)
    return json.loads(found)


def test_every_figure_leads_to_its_documents() -> None:
    """Totals, points, pairs and sources carry what selects the documents; the data has them all."""
    page = made(SMALL)
    for words in ('data-topic="energy"', 'data-period="2025-01"', 'data-other="water"', 'data-source="daily"'):
        assert words in page
    data = data_of(page)
    assert [d[0] for d in data["documents"]] == ["daily/1", "daily/2", "wire/3", "wire/4"]
    assert data["documents"][0][4] == [[0, 1], [1, 1], [2, 1]]  # energy, energy.gas, water: a paragraph each


def test_the_tables_are_in_the_page() -> None:
    """As `tables` gives them, without the documents, which are there already."""
    tables = data_of(made(SMALL), "tables")
    report = corpus_report(SMALL).tables()
    assert set(tables) == set(report) - {"documents"}
    assert [dict(zip(tables["topics"]["columns"], row, strict=True)) for row in tables["topics"]["rows"]] == report[
        "topics"
    ]


def test_documents_without_dates() -> None:
    """Some: they are counted and said to be missing over time. All: it is said why there is no time."""
    assert "1 documents have no date" in made(SMALL)
    page = made(corpus(document("a", None, ["energy"]), document("b", None, [])))
    assert "No document has a date" in page
    assert "Topics over time" not in page


def test_one_document_and_no_topic_anywhere() -> None:
    """A page all the same."""
    assert "1 documents" in made(corpus(document("a", "2025-01-01", ["energy"])))
    page = made(LabelledCorpus((document("a", "2025-01-01", []),), ()))
    assert "no topic" in page


def test_names_and_texts_stay_text() -> None:
    """Titles, documents, topics, sources, excerpts."""
    odd = LabelledCorpus((document(BAD, "2025-01-01", ["t"], text=BAD), document("x/" + BAD, None, [BAD])), ("t", BAD))
    page = made(odd, title=BAD, names={"t": BAD * 5})
    assert "<script>alert" not in page
    assert data_of(page)["documents"][0][0] == BAD


def test_excerpts_are_short_and_have_a_budget() -> None:
    """A corpus of many words has none."""
    long = corpus(document("a", None, ["energy"], text="能" * 500))
    [[_, text, topics]] = data_of(made(long))["documents"][0][5]
    assert (len(text), text[-1], topics) == (EXCERPT, "…", [0])
    n = BUDGET // EXCERPT // 100 + 1
    many = corpus(*(document(str(i), None, *[["energy"]] * 100, text="能" * 500) for i in range(n)))
    assert data_of(made(many))["documents"][0][5] == []


def test_two_hundred_documents_stay_below_three_megabytes() -> None:
    """With ten paragraphs of two hundred characters each, over a year."""
    many = corpus(
        *(
            document(
                f"{i % 5}/{i}", f"2025-{i % 12 + 1:02}-{i % 28 + 1:02}", *[["energy", "water"]] * 10, text="能源" * 100
            )
            for i in range(200)
        )
    )
    assert len(made(many).encode()) < 3_000_000


@pytest.mark.parametrize(("lang", "words"), [("zh", "议题随时间的变化"), ("ru", "Темы во времени")])
def test_other_languages(lang: str, words: str) -> None:
    """The page's own words."""
    assert words in made(SMALL, lang=lang)
