"""Files to documents: formats, encodings, dates, and one clear error for whatever cannot be read."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from topicat.document import Document
from topicat.errors import ReadingError, UsageError
from topicat.reading import READERS, decode, files, load_bytes, read, read_csv, read_jsonl, read_markdown

ZH = "两国能源部长在会谈中讨论了一条天然气管道，并就水库蓄水达成一致。\n会谈持续了两个小时，气氛友好。\n"
ZHT = "兩國能源部長在會談中討論了一條天然氣管道，並就水庫蓄水達成一致。\n會談持續了兩個小時，氣氛友好。\n"
RU = "Министры энергетики обсудили строительство газопровода и запасы воды в водохранилище.\nВстреча шла два часа.\n"
EN = "The ministers spoke about a gas pipeline and the water in the reservoir.\nThe café was closed.\n"

# Text without control characters, which make a file binary.
TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t \u3000。！.,;\"'#->`*&<"),
    max_size=200,
)


def documents(name: str, data: bytes | str) -> list[Document]:
    """What the built-in reader of the name's ending reads."""
    return list(READERS[Path(name).suffix](name, data.encode() if isinstance(data, str) else data))


def refusal(name: str, data: bytes | str) -> str:
    """The message of the ReadingError that the reader of the name's ending raises."""
    with pytest.raises(ReadingError) as caught:
        documents(name, data)
    return str(caught.value)


def refused(read_it: Callable[[], object]) -> str | None:
    """The message of the ReadingError that `read_it` raises, None if it raises nothing."""
    try:
        read_it()
    except ReadingError as error:
        return str(error)
    return None


def holds(document: Document) -> bool:
    """Whether every span leads back to its text, and every text can be written out."""
    document.text.encode()
    return all(document[p.start : p.end] == p.text for p in document.paragraphs)


# Encodings


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (text, encoding)
        for text, encodings in (
            (ZH, "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 gb18030 gbk gb2312"),
            (ZHT, "utf-8 utf-16-le utf-16-be big5 gb18030"),
            (RU, "utf-8 utf-16-le utf-16-be cp1251 koi8-r gb18030"),
            (EN, "utf-8 utf-16 utf-16-le utf-16-be cp1252"),
        )
        for encoding in encodings.split()
    ],
)
@pytest.mark.parametrize("times", [1, 3, 4000])
def test_encodings_are_told_apart(text: str, encoding: str, times: int) -> None:
    """With or without a mark, short or longer than the sample that is looked at."""
    assert decode((text * times).encode(encoding), "x") == text * times


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("text", ["一个统一的市场", "一二三\n", "天然气", "Газ", "1.\n"])
def test_utf_16_without_a_mark_is_told_by_its_characters(text: str, order: str) -> None:
    """The zero byte in 一 (U+4E00) stands on the other side than the one in ASCII characters."""
    assert decode(text.encode(f"utf-16-{order}"), "x") == text


def test_a_large_text_without_line_ends_is_told_apart() -> None:
    """The sample that is looked at cuts no character in two."""
    text = "能源合作与贸易，双方签署协议，" * 10_000
    assert decode(text.encode("gb18030"), "x") == text


@pytest.mark.parametrize(("text", "encoding"), [(RU, "cp1251"), (RU, "koi8-r"), (ZH, "gb18030"), (ZHT, "big5")])
def test_a_text_that_begins_with_much_ascii_is_told_apart(text: str, encoding: str) -> None:
    """The sample that is looked at has the characters that differ."""
    text = "The ministers met again.\n" * 10_000 + text
    assert decode(text.encode(encoding), "x") == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_become_newlines(end: str) -> None:
    """So that offsets do not depend on the system that wrote the file."""
    assert decode(f"甲。{end}{end}乙。".encode(), "x") == "甲。\n\n乙。"


@pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf", b"\xff\xfe", "\u3000\n".encode(), b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    """Nothing but white space and marks."""
    for name in ("a.txt", "a.md", "a.jsonl", "a.csv"):
        assert refusal(name, data) == f"{name}: the file is empty; there is nothing to label"


NOISE = random.Random(5)
BINARY = {
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00" + NOISE.randbytes(300),
    "noise": NOISE.randbytes(5000),
    "noise-without-zeros": NOISE.randbytes(5000).replace(b"\x00", b"\x01"),
    "zeros": b"\x00" * 100,
    "text-with-zero": b"The ministers met.\x00",
    "late-zero": b"The ministers met.\n" * 10_000 + b"\x00",
    "control-characters": bytes(range(1, 32)) * 10,
    "utf-16-mark-and-noise": b"\xff\xfe" + b"\x01\x00" * 100,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 300 >>\nstream\n" + NOISE.randbytes(900) + b"\nendstream",
    "zip": b"PK\x03\x04\x14\x00\x06\x00" + NOISE.randbytes(300),
    "gzip": gzip.compress(ZH.encode()),
}


@pytest.mark.parametrize("name", BINARY)
def test_a_binary_file_is_refused(name: str) -> None:
    """The message names the file, what can be read, and the way out."""
    with pytest.raises(ReadingError, match=r"^a\.dat: no text in UTF-8, UTF-16 or GB18030, nor in .*Save it as UTF-8"):
        decode(BINARY[name], "a.dat")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((ZH * 3).encode()[:-2], "a:6: byte 425 is not UTF-8, though the rest of the file is"),
        (ZH.encode() + b"\xff" + ZH.encode(), "a:3: byte 143 is not UTF-8, though the rest of the file is"),
        (b"\xef\xbb\xbfab\xff", "a: byte 5 is not UTF-8, though the file begins with its mark; save the file as UTF-8"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "a: byte 4 is not UTF-16-LE, though the file begins with its mark"),
        (b"\xfe\xff\x00", "a: byte 2 is not UTF-16-BE, though the file begins with its mark"),
    ],
    ids=["cut-off", "stray-byte", "utf-8-mark", "lone-surrogate", "odd-length"],
)
def test_damaged_unicode_is_refused_with_its_place(data: bytes, message: str) -> None:
    """A damaged UTF-8 file is not taken for some other encoding, which would read garbage."""
    with pytest.raises(ReadingError) as caught:
        decode(data, "a")
    assert str(caught.value).startswith(message)


MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"\x89PNG\r\n\x1a\n"]
BYTES = st.builds(bytes.__add__, st.sampled_from(MARKS), st.binary(max_size=200))
ENCODED = st.builds(str.encode, TEXT, st.sampled_from(["utf-16-le", "utf-16-be", "gb18030"]))


@given(BYTES | ENCODED)
def test_whatever_the_bytes_decode_reads_or_refuses(data: bytes) -> None:
    """Text that can be written out again, or ReadingError; never another exception."""
    message = refused(lambda: decode(data, "a.txt").encode())
    assert message is None or message.startswith("a.txt:")


# Plain text and Markdown


@given(TEXT)
def test_plain_text_is_the_document_as_it_stands(text: str) -> None:
    """The text is kept to the letter, and paragraphs lead back to it."""
    assume(text.replace("\ufeff", "").strip())
    [document] = documents("a.txt", text)
    assert (document.name, document.text) == ("a.txt", text.removeprefix("\ufeff"))
    assert holds(document)


@given(TEXT)
def test_markdown_is_the_document_as_it_stands(text: str) -> None:
    """The source is kept to the letter, and paragraphs lead back to it."""
    assume(text.replace("\ufeff", "").strip())
    [document] = documents("a.md", text)
    assert document.text == text.removeprefix("\ufeff")
    assert holds(document)


def test_the_opening_date_gives_the_date_and_leaves_the_first_paragraph() -> None:
    """`` date 2025-11-15 `` stays in the document and outside the span."""
    [document] = documents("a.txt", " date 2025-11-15 会谈开始。\n\n—谢谢。\n")
    assert document.date == "2025-11-15"
    assert [(p.start, p.end, p.text) for p in document.paragraphs] == [(17, 22, "会谈开始。"), (24, 28, "—谢谢。")]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Talks\ndate: 2025-11-15\n---\n# Talks\n\nText of 2024-01-01.",
        "---\ntitle: Talks\ntags: [a]\nauthor: me\nlang: en\n---\nASTANA, 15 November 2025. Text.",
        "# Talks\n\n15 ноября 2025 года\n\nText.",
        "---\nDate: November 15, 2025\n---\nText.",
        " date 2025-11-15 Text.",
    ],
)
def test_the_date_of_markdown(text: str) -> None:
    """From the front matter's `date`, else from the body."""
    assert next(read_markdown("a.md", text.encode())).date == "2025-11-15"


# JSON Lines


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_each_line_of_json_is_a_document(texts: list[str]) -> None:
    """The text is kept to the letter, and paragraphs lead back to it."""
    found = documents("a.jsonl", "\n".join(json.dumps({"text": text}) for text in texts))
    assert [d.text for d in found] == texts
    assert [d.name for d in found] == [str(number) for number in range(1, len(texts) + 1)]
    assert all(map(holds, found))


def test_rows_are_named_by_id_else_by_their_number() -> None:
    """Rows are counted, blank lines are not; an id may be a number; a null or empty id is none."""
    rows: list[dict[str, object]] = [{"text": "a", "id": "x"}, {"text": "b"}, {"text": "c", "id": 7}]
    rows += [{"text": "d", "id": None}, {"text": "e", "id": " "}, {"text": "f", "id": 0}, {"text": "g", "id": ["x"]}]
    found = documents("a.jsonl", "\n\n".join(map(json.dumps, rows)) + "\n")
    assert [(d.name, d.text) for d in found] == [
        ("x", "a"),
        ("2", "b"),
        ("7", "c"),
        ("4", "d"),
        ("5", "e"),
        ("0", "f"),
        ("7", "g"),
    ]


def test_the_date_of_a_row() -> None:
    """The field `date` however it is written, else the text's own; the opening is cut off either way."""
    dates = ["2025-11-15T08:00:00Z", "15 ноября 2025", "soon", 5]
    text = " date 2024-01-02 会谈开始。"
    found = documents("a.jsonl", "\n".join(json.dumps({"text": text, "date": date}) for date in dates))
    assert [d.date for d in found] == ["2025-11-15", "2025-11-15", "2024-01-02", "2024-01-02"]
    assert {d.paragraphs[0].text for d in found} == {"会谈开始。"}


def test_half_a_surrogate_pair_is_replaced() -> None:
    """`\\ud83d` alone is valid JSON and no character; a whole pair and an escaped backslash are left as they are."""
    rows = [r'{"text":"a\ud83db","id":"\uDC00"}', r'{"text":"\ud83d\ude00"}', r'{"text":"\\ud83d"}']
    half, whole, escaped = documents("a.jsonl", "\n".join(rows))
    assert (half.name, half.text, whole.text, escaped.text) == ("?", "a?b", "\U0001f600", "\\ud83d")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{}", "a.jsonl:1: the line has no text (it has: nothing); each line needs a string 'text'"),
        ('{"text":"a"}\n\n{"body":"b","id":1}', "a.jsonl:3: the line has no text (it has: body, id)"),
        ('{"text":null}', "a.jsonl:1: the line has no text ('text' is None, not a string)"),
        (
            '{"text":"a"}\nplain',
            "a.jsonl:2:1: the line is not JSON (Expecting value); JSON Lines has one object a line",
        ),
        ('{"text":"a",}', "a.jsonl:1:13: the line is not JSON ("),
        ('{"text":"a"', "a.jsonl:1:12: the line is not JSON ("),
        ('[{"text":"a"}]', 'a.jsonl:1: expected an object like {"text": …}, found list'),
        ("12", 'a.jsonl:1: expected an object like {"text": …}, found int'),
        ("[" * 100_000, "a.jsonl:1:1: the line is not JSON (too deeply nested)"),
        ('{"text":"a","n":' + "9" * 5000 + "}", "a.jsonl:1:1: the line is not JSON (Exceeds the limit"),
    ],
    ids=["nothing", "no-text", "null", "no-json", "comma", "cut-off", "list", "number", "deep", "digits"],
)
def test_bad_json_lines_are_refused_with_their_line(data: str, message: str) -> None:
    """The line of the file, blank ones counted, and what is wrong with it."""
    assert refusal("a.jsonl", data).startswith(message)


# CSV


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_each_row_of_csv_is_a_document(texts: list[str], delimiter: str) -> None:
    """Quotes, delimiters and newlines in cells are kept, and paragraphs lead back to the text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "note"), *((text, "") for text in texts)])
    found = documents("a.csv", stream.getvalue())
    assert [d.text for d in found] == texts
    assert [d.name for d in found] == [str(number) for number in range(1, len(texts) + 1)]
    assert all(map(holds, found))


def test_csv_rows_have_ids_dates_and_numbers() -> None:
    """Column names in any case; rows are counted, blank lines and lines within a cell are not."""
    data = '\ufeff\n ID ,Text,DATE\nx,a,15.11.2025\n\n , ,\n,"b\n\nb",\n,c,2025-11-16\n'
    assert [(d.name, d.text, d.date) for d in documents("a.csv", data)] == [
        ("x", "a", "2025-11-15"),
        ("2", "b\n\nb", None),
        ("3", "c", "2025-11-16"),
    ]


@pytest.mark.parametrize(
    "data", ["\ttext\n0\ta, b\n", "id;text\n0;a, b\n", "text\na\n", "text,id,\na\n", "text,id\na,,\n"]
)
def test_csv_of_several_kinds(data: str) -> None:
    """Tabs and semicolons, one column, short rows, and a delimiter at the end."""
    assert next(read_csv("a.csv", data.encode())).text in ("a, b", "a")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "id,body\n1,a\n",
            "a.csv:1: there is no column 'text' (it has: id, body); name the column of the texts 'text'",
        ),
        ("id,text\n1,a\n\n2\n", "a.csv:4: the row has 1 cells, the header 2; put texts with ',' in quotes"),
        ("id,text\n1,a, b\n", "a.csv:2: the row has 3 cells, the header 2; put texts with ',' in quotes"),
        ('id,text\n1,a\n2,"b\n3,c\n', "a.csv:3: the row that begins here is not valid CSV: unexpected end of data"),
        ('text\n"a" b\n', "a.csv:2: the row that begins here is not valid CSV: ',' expected after '\"'; close every"),
        ("id,text\n\n", "a.csv: there is no row below the header; there is nothing to label"),
    ],
    ids=["no-column", "short", "long", "open-quote", "stray-quote", "no-rows"],
)
def test_bad_csv_is_refused_with_its_line(data: str, message: str) -> None:
    """The line at which the row begins, and what is wrong with it; no row is swallowed or cut off in silence."""
    assert refusal("a.csv", data).startswith(message)


# All formats


FORMAT_TEXT = st.text(alphabet='{}[]":,\\ud8e<>/!-=&#;a1\n\t text', max_size=100)


@given(BYTES | FORMAT_TEXT.map(str.encode), st.sampled_from(sorted(READERS)))
def test_whatever_the_bytes_a_reader_reads_or_refuses(data: bytes, ending: str) -> None:
    """Documents whose paragraphs lead back to their text, or ReadingError; never another exception."""
    found: list[Document] = []
    message = refused(lambda: found.extend(READERS[ending]("a", data)))
    assert message is None or message.startswith("a:")
    assert all(map(holds, found))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", ("能源合作与贸易，双方签署协议。" * 350_000).encode("gb18030")),
        ("a.txt", (ZH * 40_000).encode()),
        ("a.md", ("- Water is scarce here.\n" * 200_000).encode()),
        ("a.jsonl", ('{"text":"能源合作，与贸易"}\n' * 100_000).encode()),
        ("a.csv", ("id,text\n" + '1,"能源合作，与贸易"\n' * 100_000).encode()),
    ],
    ids=["one-line", "txt", "md", "jsonl", "csv"],
)
def test_megabytes_are_read_in_seconds(name: str, data: bytes) -> None:
    """Three to ten megabytes in each format."""
    begin = time.perf_counter()
    documents(name, data)
    assert time.perf_counter() - begin < 8


# Files, folders, standard input


def write(path: Path, text: str = "会谈开始。", pack: Callable[[bytes], bytes] = bytes) -> Path:
    """A file with `text`, in folders that are made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(text.encode()))
    return path


def test_a_folder_gives_its_readable_files_sorted(tmp_path: Path) -> None:
    """Below it too, packed or not; hidden ones and unknown endings are left out; names are paths as given."""
    kept = [write(tmp_path / name) for name in ("a.txt", "b/c.MD", "b/d.markdown", "e.Text")]
    kept.append(write(tmp_path / "f.txt.gz", pack=gzip.compress))
    for name in (".hidden.txt", "~$open.txt", ".git/g.txt", "h.png", "i", "j.gz"):
        write(tmp_path / name)
    assert files(tmp_path) == kept
    assert [d.name for d in read(tmp_path)] == list(map(str, kept))
    assert [d.name for d in read(str(tmp_path / "b"), readers={".md": read_markdown})] == [str(kept[1])]


def test_a_folder_without_readable_files_is_refused(tmp_path: Path) -> None:
    """The message names the endings that would be read."""
    write(tmp_path / "a.png")
    with pytest.raises(
        ReadingError, match=r"no readable file in this folder; topicat reads \.csv, \.jsonl, .*\.tsv, \.txt$"
    ):
        list(read(tmp_path))


def test_endings_and_formats(tmp_path: Path) -> None:
    """An unknown ending is plain text; `format` overrides the ending, and must be one that there is."""
    row = write(tmp_path / "a.log", '{"text": "会谈"}')
    assert next(read(row)).text == '{"text": "会谈"}'
    assert next(read(row, format=".jsonl")).text == "会谈"
    with pytest.raises(UsageError, match=r"format 'jsonl': no reader for it; there is: \.csv"):
        list(read(row, format="jsonl"))


def test_packed_files_are_unpacked(tmp_path: Path) -> None:
    """The ending before ``.gz`` says the format; two packed parts are one file."""
    path = write(tmp_path / "a.JSONL.gz", '{"text": "a"}\n', lambda data: gzip.compress(data) * 2)
    assert load_bytes(path)[0] == ".jsonl"
    assert [d.text for d in read(path)] == ["a", "a"]


@pytest.mark.parametrize("damage", ["cut", "tail", "flip", "plain", "head"])
def test_a_broken_gzip_file_is_refused(tmp_path: Path, damage: str) -> None:
    """Cut off, with rubbish behind, changed within, not packed at all, or nothing but a header."""
    whole = gzip.compress(NOISE.randbytes(500))
    broken = {
        "cut": whole[:-20],
        "tail": whole + b"rubbish",
        "flip": whole[:100] + bytes([whole[100] ^ 255]) + whole[101:],
        "plain": ZH.encode(),
        "head": whole[:5],
    }
    path = tmp_path / "a.txt.gz"
    path.write_bytes(broken[damage])
    with pytest.raises(ReadingError, match=r"a\.txt\.gz: not a whole gzip file; compress it again"):
        list(read(path))


@given(st.binary(max_size=60), st.integers(0, 79))
def test_whatever_a_packed_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int
) -> None:
    """ReadingError, never another exception."""
    path = tmp_path_factory.getbasetemp() / "packed.csv.gz"
    whole = gzip.compress(data)
    for packed in (data, b"\x1f\x8b\x08" + data, whole[:cut] + data[:1] + whole[cut + 1 :]):
        path.write_bytes(packed)
        message = refused(lambda: list(read(path)))
        assert message is None or message.startswith(f"{path}:")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.txt", r"^nowhere\.txt: there is no such file; check the path$"),
        ("nowhere/a.txt.gz", r"^nowhere/a\.txt\.gz: there is no such file"),
        ("", r"^'': there is no such file"),
        ("a\0b", "there is no such file"),
        ("会谈" * 3000, r"^会谈.{198}…: cannot be read: .+; check the path and its permissions$"),
        (os.devnull, "not an ordinary file; give a file, a folder, or - for standard input"),
    ],
    ids=["missing", "missing-folder", "empty-name", "zero", "text-for-a-name", "device"],
)
def test_what_is_no_file_is_refused(source: str, message: str) -> None:
    """The message names the source as given, cut where somebody gave a text for a path."""
    with pytest.raises(ReadingError, match=message):
        list(read(source))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read, and where it grows too large in unpacking."""
    monkeypatch.setattr("topicat.reading.MAX_BYTES", 1000)
    write(tmp_path / "a.txt", "a" * 1001)
    write(tmp_path / "a.txt.gz", "a" * 1001, gzip.compress)
    with pytest.raises(ReadingError, match=r"a\.txt: 1,001 bytes is too large \(at most 1,000\); split it"):
        list(read(tmp_path / "a.txt"))
    with pytest.raises(ReadingError, match=r"a\.txt\.gz: unpacks to more than 1,000 bytes; split it"):
        list(read(tmp_path / "a.txt.gz"))


class Input:
    """Standard input with bytes, or with an error instead of them."""

    def __init__(self, data: bytes | OSError) -> None:
        self.data = data
        self.buffer = self

    def read(self) -> bytes:
        """The bytes, or the error."""
        if isinstance(self.data, OSError):
            raise self.data
        return self.data


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As plain text, or as the format says, in whatever encoding."""
    monkeypatch.setattr(sys, "stdin", Input(ZH.encode("gb18030")))
    [document] = read("-")
    assert (document.name, document.text) == ("-", ZH)
    monkeypatch.setattr(sys, "stdin", Input(b'{"text": "a"}'))
    assert [d.text for d in read("-", format=".jsonl")] == ["a"]
    assert [d.text for d in read("-", readers={".jsonl": read_jsonl})] == ['{"text": "a"}']


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (Input(b""), "-: the file is empty; there is nothing to label"),
        (None, "-: the file is empty; there is nothing to label"),
        (
            Input(IsADirectoryError(21, "Is a directory")),
            "-: standard input cannot be read: Is a directory; give a file",
        ),
    ],
    ids=["empty", "closed", "folder"],
)
def test_standard_input_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, stdin: Input | None, message: str
) -> None:
    """Empty, closed, or a folder."""
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(ReadingError) as caught:
        list(read("-"))
    assert str(caught.value) == message


def test_a_paragraph_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named by file, document and number; files with shorter ones are read."""
    monkeypatch.setattr("topicat.reading.MAX_PARAGRAPH", 10)
    long = write(tmp_path / "a.txt", "会谈开始。\n\n" + "a" * 11)
    rows = write(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": "aaaaaaaaaaa", "id": "x"}\n')
    with pytest.raises(
        ReadingError, match=r"a\.txt: paragraph 2 has 11 characters \(at most 10\); break it into lines$"
    ):
        list(read(long))
    with pytest.raises(ReadingError, match=r"a\.jsonl: document 'x': paragraph 1 has 11 characters"):
        list(read(rows))
    assert [d.text for d in read(write(tmp_path / "b.txt", "a" * 10))] == ["a" * 10]
