"""Pages: what a person sees of them, however broken they are."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.plugins.html import read_html

TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t \u3000。！.,;\"'#->`*&<"),
    max_size=200,
)


def documents(data: bytes | str) -> list[Document]:
    """What is read of a page."""
    return list(read_html("a.html", data.encode() if isinstance(data, str) else data))


def refusal(data: bytes | str) -> str:
    """The message of the ReadingError that a page raises."""
    with pytest.raises(ReadingError) as caught:
        documents(data)
    return str(caught.value)


def holds(document: Document) -> bool:
    """Whether every span leads back to its text, and every text can be written out."""
    document.text.encode()
    return all(document[p.start : p.end] == p.text for p in document.paragraphs)


FRAMES = ["<p>{}</p>", "<article>{}<br>x</article>", "<div>{}<nav>x</nav><b>y</b></div>", "{}", "<p {}>x"]


@given(TEXT, st.sampled_from(FRAMES))
def test_pages_lead_back_to_their_text(text: str, frame: str) -> None:
    """Escaped or raw, what the reader makes of a page has paragraphs that lead back to it."""
    for body in (text, html.escape(text)):
        try:
            [document] = documents(frame.format(body))
        except ReadingError:
            continue
        assert holds(document)


def test_a_page_is_what_a_reader_sees_of_its_main_part() -> None:
    """Menus, scripts and tables of links are left out; entities are resolved; blocks are paragraphs."""
    page = """<!DOCTYPE html><html><head><title>Site</title><style>p {color: red}</style>
    <meta property="article:published_time" content="2025-11-15T08:00:00+05:00"></head>
    <body><nav><ul><li>Home</ul></nav><article><h1>Talks &amp; trade</h1>
    <p>The <b>ministers</b>   met
    again.</p><script>var x = "<p>no</p>";</script><p>Line one<br>Line two&#33;</article><footer>Contact</footer>"""
    [document] = documents(page)
    assert document.text == "Talks & trade\n\nThe ministers met again.\n\nLine one\nLine two!"
    assert [p.text for p in document.paragraphs] == [
        "Talks & trade",
        "The ministers met again.",
        "Line one\nLine two!",
    ]
    assert document.date == "2025-11-15"


def test_a_page_within_one_form_is_read() -> None:
    """As many sites put it; the form's buttons are left out."""
    page = "<form action=/><p>会谈开始。</p><select><option>选择</select><button>发送</button></form>"
    assert next(read_html("a.html", page.encode())).text == "会谈开始。"


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("<meta name=date content='15 November 2025'>", "2025-11-15"),
        ("<meta name=PubDate content=2025-11-15>", "2025-11-15"),
        ("<time datetime='2025-11-15T08:00'>today</time>", "2025-11-15"),
        ("<time datetime='08:00'>today</time>", None),
        ("<p>2025年11月15日</p>", "2025-11-15"),
    ],
)
def test_the_date_of_a_page(head: str, date: str | None) -> None:
    """From the meta elements and `time`, else from a dateline."""
    assert next(read_html("a.html", f"{head}<p>会谈开始。</p>".encode())).date == date


def test_a_page_may_declare_its_encoding() -> None:
    """A page too short to guess from is read as it says; what it says is not believed against UTF-8."""
    for charset, text in (("windows-1251", "Газ"), ("KOI8-R", "Вода"), ("gb2312", "你好"), ("Big5", "水庫")):
        page = f'<meta http-equiv=content-type content="text/html; charset={charset}"><p>{text}</p>'
        assert next(read_html("a.html", page.encode(charset))).text == text
    assert next(read_html("a.html", '<meta charset="gbk"><p>天然气</p>'.encode())).text == "天然气"
    assert next(read_html("a.html", b'<meta charset="rot13"><p>Gas</p>')).text == "Gas"


@pytest.mark.parametrize(
    "page",
    [
        "<p>Text</p>" + "<div>" * 100_000,
        "<p>Text</p>" + "<nav>" * 100_000 + "</form>" * 100_000 + "</nav>" * 100_000,
        "<p>Text</p>" + "<a " * 100_000,
        "<p>Text</p>" + "<a x='" * 100_000,
        "<p>Text</p>" + "<a x='" * 100_000 + ">",
        "<p>Text</p>" + "<!--" * 100_000,
        "<p>Text</p>" + "<![CDATA[" * 100_000,
        "<p>Text</p><![unknown[ <![if x]>" + "<!" * 100_000,
        "<p>Text</p><!-- never closed",
        "<p>Text</p><script>never closed",
        "<p>Text</p><p title='never closed",
    ],
    ids=[
        "deep",
        "skipped",
        "tags",
        "attributes",
        "attributes-closed",
        "comments",
        "cdata",
        "marked",
        "comment",
        "script",
        "tag",
    ],
)
def test_hostile_and_broken_pages_are_read_in_time(page: str) -> None:
    """Nesting and unclosed marks by the hundred thousand cost seconds, not hours, and no text before them."""
    begin = time.perf_counter()
    [document] = documents(page)
    assert document.text.startswith("Text")
    assert time.perf_counter() - begin < 5


def test_a_page_without_text_is_refused() -> None:
    """A menu is no text."""
    assert refusal("<nav>Menu</nav>") == "a.html: the page has no text; there is nothing to label"


def test_character_references_that_name_no_character_are_replaced() -> None:
    """However many digits they have."""
    assert next(read_html("a.html", f"a&#{'9' * 5000};b&#xD800;c".encode())).text == "a\ufffdb\ufffdc"


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\ud8e<>/!-=&#;a1\n\t text', max_size=100).map(str.encode))
def test_whatever_the_bytes_a_page_is_read_or_refused(data: bytes) -> None:
    """A document whose paragraphs lead back to its text, or ReadingError; never another exception."""
    found: list[Document] = []
    message = "a.html:"
    try:
        found = documents(data)
    except ReadingError as error:
        message = str(error)
    assert message.startswith("a.html:")
    assert all(map(holds, found))
