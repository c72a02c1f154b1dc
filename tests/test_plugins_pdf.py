"""PDF files: lines joined to paragraphs, and one clear error for what has no text."""

from __future__ import annotations

import io
import zlib

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.plugins import pdf as plugin
from topicat.plugins.pdf import read_pdf

ZH = [
    "会谈纪要",
    "两国能源部长在会谈中讨论了一条新的天然气管道，并就建设费用的分担、管道的走向",
    "和气价达成一致。双方商定明年春天开工，工期三年，由两国的公司共同承担施工任务。",
    "会谈持续了两个小时。",
    "水利部门的代表说，上游水库今年的蓄水量比往年多，下游各县的灌溉用水可以保证，农",
    "民不必担心。",
]
EN = [
    "Talks",
    "The ministers spoke about a gas pipeline and the water in the reser\u00ad",
    "voir, and agreed to meet again in the spring of next year, when the",
    "snow has gone.",
    "They did not speak about anything else, said the spokesman on Monday.",
]


def pdf(*pages: list[str]) -> bytes:
    """A PDF file with these lines on its pages, in a font whose codes are UTF-16 code units."""
    codes = sorted({unit for page in pages for line in page for unit in units(line)})
    # A CMap has at most 100 characters in a block.
    blocks = [codes[i : i + 100] for i in range(0, len(codes), 100)]
    ranges = "".join(f"{len(b)} beginbfchar {' '.join(f'<{c}> <{c}>' for c in b)} endbfchar\n" for b in blocks)
    cmap = f"begincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{ranges}endcmap"
    contents = [f"BT /F1 11 Tf 14 TL 50 800 Td {''.join(shown(line) for line in page)} ET" for page in pages]
    first = 6
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /ToUnicode 5 0 R "
        b"/DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        stream(cmap.encode()),
    ]
    for i, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * i + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(stream(content.encode()))
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


def units(line: str) -> list[str]:
    """The UTF-16 code units of a line, in hexadecimal."""
    code = line.encode("utf-16-be").hex().upper()
    return [code[i : i + 4] for i in range(0, len(code), 4)]


def shown(line: str) -> str:
    """The operators that show a line and go to the next."""
    return f"<{''.join(units(line))}> Tj T* "


def stream(data: bytes) -> bytes:
    """A compressed stream."""
    packed = zlib.compress(data)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def read(data: bytes) -> Document:
    """The one document of a PDF file."""
    [document] = read_pdf("a.pdf", data)
    return document


def texts(*pages: list[str]) -> list[str]:
    """The paragraphs of a PDF file with these lines on its pages."""
    document = read(pdf(*pages))
    assert all(document[p.start : p.end] == p.text for p in document.paragraphs)
    return [p.text for p in document.paragraphs]


def refusal(data: bytes) -> str:
    """The message of the ReadingError that the data raise."""
    with pytest.raises(ReadingError) as caught:
        read(data)
    return str(caught.value)


def test_chinese_lines_are_joined_to_paragraphs() -> None:
    """Without a space; a short line ends one, and one that is too wide changes nothing."""
    paragraphs = [ZH[0], ZH[1] + ZH[2] + ZH[3], ZH[4] + ZH[5]]
    assert texts(ZH) == paragraphs
    assert texts([*ZH, "进口" * 50]) == [*paragraphs, "进口" * 50]


def test_alphabetic_lines_are_joined_to_paragraphs() -> None:
    """With a space, and a word that was divided is one word."""
    joined = "The ministers spoke about a gas pipeline and the water in the reservoir, and agreed to meet again in the "
    assert texts(EN) == [EN[0], joined + "spring of next year, when the snow has gone.", EN[4]]


def test_a_paragraph_goes_on_over_the_page_and_its_running_head() -> None:
    """Heads and page numbers are on most pages; a line that is on one or two is text."""
    body = [[ZH[1], ZH[1]], [ZH[1], ZH[2]], [ZH[4], "完。"]]
    pages = [["能源月报 第7期", *lines, f"- {number} -"] for number, lines in enumerate(body, 1)]
    assert texts(*pages) == [ZH[1] * 3 + ZH[2] + ZH[4] + "完。"]
    assert texts(["能源月报", *ZH], ["能源月报", *ZH])[0] == "能源月报"


def test_the_date_that_the_text_opens_with() -> None:
    """As in other texts; the date in the file's metadata is that of the printing."""
    assert read(pdf(["2025年11月15日", *ZH])).date == "2025-11-15"


def test_characters_for_their_looks_become_those_that_are_meant() -> None:
    """Kangxi radicals, compatibility forms and ligatures, which no keyword has."""
    assert texts(["\u2f54\u2f72\u8c48\uf900 o\ufb03ce"]) == ["水禾豈豈 office"]


def test_a_file_that_only_forbids_printing_is_read() -> None:
    """It is encrypted with an empty password."""
    for algorithm in ("RC4-128", "AES-256"):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(ZH)))
        writer.encrypt("", "owner", algorithm=algorithm)
        data = io.BytesIO()
        writer.write(data)
        assert read(data.getvalue()).paragraphs[0].text == ZH[0]


def test_an_encrypted_file_is_refused() -> None:
    """With the way out."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(ZH)))
    writer.encrypt("secret", algorithm="AES-256")
    data = io.BytesIO()
    writer.write(data)
    assert refusal(data.getvalue()) == "a.pdf: the PDF is encrypted; save it without a password"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.pdf: the file is empty; there is nothing to label"),
        ("会谈开始。".encode(), "a.pdf: not a PDF file, which begins with %PDF"),
        (b"%PDF-1.7\n", "a.pdf: not a whole PDF file ("),
        (pdf(ZH)[:500], "a.pdf: not a whole PDF file ("),
        (pdf([]), "a.pdf: the PDF has no text, as scanned pages have none; run OCR on it first"),
        (pdf(), "a.pdf: the PDF has no text, as scanned pages have none; run OCR on it first"),
        (pdf(["\ue001\ue002 2"]), "a.pdf: the fonts of the PDF do not say which characters they show; run OCR"),
    ],
    ids=["empty", "text", "head", "cut", "no-text", "no-page", "private-use"],
)
def test_what_has_no_text_is_refused(data: bytes, message: str) -> None:
    """With the way out."""
    assert refusal(data).startswith(message)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that unpacks to too much by pypdf, many pages of text by us."""
    bomb = pdf(["a"]).replace(stream(b"BT /F1 11 Tf 14 TL 50 800 Td <0061> Tj T*  ET"), stream(b" " * 100_000_000))
    assert refusal(bomb).startswith("a.pdf: the PDF unpacks to too much (")
    monkeypatch.setattr(plugin, "MAX_TEXT", 100)
    assert refusal(pdf(ZH)).startswith("a.pdf: the PDF unpacks to too much (more than 100 characters); split it")


WHOLE = pdf(ZH, EN)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_whatever_is_damaged_a_file_is_read_or_refused(place: int, noise: bytes) -> None:
    """A document whose paragraphs lead back to its text, or ReadingError; never another exception."""
    found: list[Document] = []
    message = "a.pdf:"
    try:
        found.extend(read_pdf("a.pdf", WHOLE[:place] + noise + WHOLE[place + len(noise) :]))
    except ReadingError as error:
        message = str(error)
    assert message.startswith("a.pdf:")
    for document in found:
        document.text.encode()
        assert all(document[p.start : p.end] == p.text for p in document.paragraphs)
