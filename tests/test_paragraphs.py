"""Paragraphs, sentences and dates: spans that lead back to the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.document import Document, Paragraph
from topicat.paragraphs import find_date, front_matter_end, split_paragraphs, split_sentences

# Arbitrary text, and text dense in the marks that the splitting looks at.
TEXT = st.text() | st.text(alphabet=" \n\t\u3000.!?…;。！？；\"'”’»)](«—-#>*+`~1aAбБ中日date", max_size=200)


def paragraphs(text: str, markdown: bool = False) -> list[str]:
    """The texts of the paragraphs."""
    return [p.text for p in split_paragraphs(text, markdown=markdown)]


def sentences(text: str) -> list[str]:
    """The texts of the sentences."""
    return [text[start:end] for start, end in split_sentences(text)]


@given(TEXT, st.booleans(), st.data())
def test_paragraphs_lead_back_to_the_text(text: str, markdown: bool, data: st.DataObject) -> None:
    """Spans are in order, apart, trimmed, numbered from 1 and from `start` on, and each is its paragraph's text."""
    start = data.draw(st.integers(0, len(text)))
    document = Document("x", text, None, split_paragraphs(text, start, markdown=markdown))
    at = start
    for number, p in enumerate(document.paragraphs, 1):
        assert p.number == number
        assert at <= p.start < p.end <= len(document)
        assert document[p.start : p.end] == p.text == p.text.strip()
        at = p.end


@given(TEXT, st.data())
def test_plain_paragraphs_lose_no_letter(text: str, data: st.DataObject) -> None:
    """Every letter and digit behind `start` stands in a paragraph."""
    start = data.draw(st.integers(0, len(text)))
    kept = "".join(p.text for p in split_paragraphs(text, start))
    assert [c for c in kept if c.isalnum()] == [c for c in text[start:] if c.isalnum()]


@given(TEXT)
def test_sentences_lead_back_to_the_text(text: str) -> None:
    """Spans are in order, apart and trimmed; between them stands white space only."""
    at = 0
    for start, end in split_sentences(text):
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


@given(TEXT)
def test_find_date_gives_a_date_of_the_calendar_and_a_place_in_the_text(text: str) -> None:
    """The date is ISO 8601 or None; the offset lies within the text and is 0 without a date."""
    date, start = find_date(text)
    assert 0 <= start <= len(text)
    assert date is None or time.strptime(date, "%Y-%m-%d")
    assert date or not start


def test_paragraph_says_where_it_stands() -> None:
    """Number, span and text, the indentation outside the span."""
    assert split_paragraphs("　　甲。\n\n　　乙。") == (Paragraph(1, 2, 4, "甲。"), Paragraph(2, 8, 10, "乙。"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n \n\t\n", []),
        ("甲。\n乙。\n丙。", ["甲。", "乙。", "丙。"]),
        ("甲。\n \t\u3000\n乙。", ["甲。", "乙。"]),
        ("One line\nand its end.\n\nTwo.", ["One line\nand its end.", "Two."]),
        (f"{'Long ' * 30}\nShort.", [("Long " * 30).strip(), "Short."]),
        ("Строка\nи её конец.", ["Строка\nи её конец."]),
        ("甲。\n\n* * *\n\n乙。", ["甲。", "乙。"]),
    ],
    ids=["empty", "blank", "lines", "blank-line", "wrapped", "long-lines", "wrapped-ru", "rule"],
)
def test_blank_lines_and_chinese_lines_separate(text: str, expected: list[str]) -> None:
    """Each line is a paragraph, but hard-wrapped alphabetic lines are one; lines without a letter are none."""
    assert paragraphs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Talks\nThe ministers met.\n", ["Talks", "The ministers met."]),
        ("- one\n- two\n  more\n1. three\n2) four", ["one", "two\n  more", "three", "four"]),
        ("> Quoted text.\n", ["Quoted text."]),
        ("> > - deep", ["deep"]),
        ("---\ntitle: Talks\ndate: 2025-11-15\n---\nText.", ["Text."]),
        ("---\n---\nText.", ["Text."]),
        ("---\n\nText above.\n\n---\n\nText below.", ["Text above.", "Text below."]),
        ("Above.\n\n```python\nx = 1\n```\n\nBelow.", ["Above.", "Below."]),
        ("Above.\n\n~~~\nx = 1\n\ny = 2\n~~~~\n\nBelow.", ["Above.", "Below."]),
        ("Above.\n\n```\nnever closed", ["Above."]),
        ("```code``` stands in this line.\n\nBelow.", ["```code``` stands in this line.", "Below."]),
        ("2025. The year begins.", ["2025. The year begins."]),
    ],
)
def test_markdown_marks_stay_outside(text: str, expected: list[str]) -> None:
    """Front matter and code are left out; marks of headings, lists and quotes stand before the spans."""
    assert paragraphs(text, markdown=True) == expected


def test_front_matter_ends_behind_its_last_line() -> None:
    """The offset of the body; 0 where there is no front matter."""
    assert front_matter_end("---\na: b\n---\nText") == 13
    assert front_matter_end("--- \na: b\n") == 0
    assert front_matter_end("Text\n---\na: b\n---\n") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙！丙？丁；戊", ["甲。", "乙！", "丙？", "丁；", "戊"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("真的！？是的……后来", ["真的！？", "是的……", "后来"]),
        ("It rose 3.5 percent. Then it fell.", ["It rose 3.5 percent.", "Then it fell."]),
        ("See e.g. this one. «Да!» —Нет.", ["See e.g. this one.", "«Да!»", "—Нет."]),
        ("«Да!» — сказал он.", ["«Да!» — сказал он."]),
        ("One line\nand another", ["One line", "and another"]),
        ("Wait... And then?! Yes.", ["Wait...", "And then?!", "Yes."]),
        ("  \n ", []),
    ],
)
def test_sentences_end_at_final_marks(text: str, expected: list[str]) -> None:
    """Closing quotes belong to the sentence; a Western stop needs white space and a capital after it."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        " date 2025-11-15 会谈开始。",
        "date 2025-11-15会谈开始。",
        "Date: 2025-11-15\n\n会谈开始。",
        "\n日期：2025-11-15　会谈开始。",
        "date 2025-11-15\t会谈开始。",
    ],
)
def test_the_opening_date_is_not_part_of_the_first_paragraph(text: str) -> None:
    """`` date YYYY-MM-DD `` gives the date and the offset behind it."""
    date, start = find_date(text)
    assert date == "2025-11-15"
    first = split_paragraphs(text, start)[0]
    assert first.text == "会谈开始。"
    assert text[first.start : first.end] == first.text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025年11月15日 星期六\n\n会谈开始。", "2025-11-15"),
        ("新华社阿斯塔纳2025年11月5日电（记者某某）会谈开始。", "2025-11-05"),
        ("会谈开始\n来源：本报 ２０２５年１１月１５日\n\n正文", "2025-11-15"),
        ("2025 年 11 月 15 日", "2025-11-15"),
        ("发布时间：2025/11/15 08:00", "2025-11-15"),
        ("ASTANA, November 15, 2025 - Talks began.", "2025-11-15"),
        ("ASTANA, Nov. 15, 2025 (Agency) -- Talks began.", "2025-11-15"),
        ("Sept. 5, 2025 - Talks began.", "2025-09-05"),
        ("15 November 2025\nTalks began.", "2025-11-15"),
        ("Saturday, 15th Nov 2025", "2025-11-15"),
        ("Published 2025-11-15T08:00:00Z", "2025-11-15"),
        ("АСТАНА, 15 ноября 2025 года. Переговоры начались.", "2025-11-15"),
        ("5 мая 2025 г. — Переговоры начались.", "2025-05-05"),
        ("15 нояб. 2025, Ташкент", "2025-11-15"),
        ("15.11.2025 — Переговоры начались.", "2025-11-15"),
        ("Docket 1234-56-78 of 2025-11-15", "2025-11-15"),
    ],
)
def test_datelines_give_the_date_and_stay(text: str, date: str) -> None:
    """Ordinary datelines in Chinese, English and Russian; nothing is cut off."""
    assert find_date(text) == (date, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "会谈开始。",
        "新华社阿斯塔纳11月15日电",
        "date 2025-13-15 begins",
        "date 2025-02-30 begins",
        "date 0000-00-00",
        "date 2025-11-156",
        "date 12025-11-15",
        "Update 2.15.2025.1",
        "Demarch 15, 2025",
        "x" * 70 + " 2025-11-15",
        "a\nb\nc\n2025-11-15",
        "\n" * 3000 + "date",
    ],
)
def test_what_is_no_dateline_gives_no_date(text: str) -> None:
    """A day without a year, days that no calendar has, numbers, and dates deep in the text."""
    assert find_date(text) == (None, 0)


LONG = 1_000_000
TRAPS = {
    "chinese": "能源合作与贸易。双方签署协议，" * 60_000,
    "wrapped": "Water is scarce here.\n" * 50_000,
    "paragraphs": "a\n\n" * 100_000,
    "headings": "# a\n" * 50_000,
    "spaces": " " * LONG + "a",
    "newlines": "a" + "\n" * LONG + "a",
    "dots": "." * LONG,
    "ellipses": ".…" * LONG,
    "stops": ". " * LONG,
    "stop-and-spaces": ("." + " " * 1000) * 1000,
    "quotes": "." + ")" * LONG,
    "date-and-spaces": "date" + " " * LONG,
    "bullets": "- " * LONG,
    "fences": "```\na\n\n" * 50_000,
    "ticks": "`" * LONG + "a`",
    "indented": (" " * 1000 + "\n") * 1000,
}


@pytest.mark.parametrize("name", TRAPS)
def test_time_grows_with_the_text_only(name: str) -> None:
    """A megabyte of anything is split within seconds: no pattern looks at a long row from each of its places."""
    text = TRAPS[name]
    begin = time.perf_counter()
    find_date(text)
    split_paragraphs(text)
    split_paragraphs(text, markdown=True)
    split_sentences(text)
    assert time.perf_counter() - begin < 5
