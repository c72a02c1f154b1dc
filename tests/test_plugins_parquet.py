"""Parquet files: each row a document, a few hundred rows in memory at a time, damage named by its row group."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import topicat
from topicat.document import Document
from topicat.errors import ReadingError
from topicat.plugins.parquet import read_parquet


def packed(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file with these columns."""
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream, **options)
    return stream.getvalue()


def read(data: bytes) -> list[Document]:
    """The documents of a Parquet file."""
    return list(read_parquet("a.parquet", io.BytesIO(data)))


def refusal(data: bytes) -> str:
    """The message of the ReadingError that the data raise."""
    with pytest.raises(ReadingError) as caught:
        read(data)
    return str(caught.value)


@given(st.lists(st.text(max_size=50), min_size=1, max_size=8), st.integers(1, 3))
def test_each_row_is_a_document(texts: list[str], rows: int) -> None:
    """The text is kept to the letter, whatever the row groups, and paragraphs lead back to it."""
    found = read(packed({"text": texts}, row_group_size=rows))
    assert [d.text for d in found] == texts
    assert [d.name for d in found] == [str(number) for number in range(1, len(texts) + 1)]
    assert all(d[p.start : p.end] == p.text for d in found for p in d.paragraphs)


def test_rows_have_ids_and_dates() -> None:
    """Column names in any case, other columns passed over; an id may be a number, a date of any type."""
    columns = {
        "n": [1, 2, 3],
        "Text": ["a", " date 2024-01-02 b", "c"],
        "ID": ["x", None, " "],
        "date": [datetime.date(2025, 11, 15), None, datetime.date(2025, 11, 16)],
    }
    assert [(d.name, d.date) for d in read(packed(columns))] == [
        ("x", "2025-11-15"),
        ("2", "2024-01-02"),
        ("3", "2025-11-16"),
    ]
    columns = {"text": ["a", "b"], "id": [7, 8], "date": ["15.11.2025", "soon"]}
    assert [(d.name, d.date) for d in read(packed(columns))] == [("7", "2025-11-15"), ("8", None)]
    moments = pa.array([datetime.datetime(2025, 11, 15, 8, 30)], pa.timestamp("us"))
    assert read(packed({"text": ["a"], "date": moments}))[0].date == "2025-11-15"


KINDS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_texts_of_every_kind(kind: pa.DataType) -> None:
    """As Arrow, pandas and polars write them."""
    assert [d.text for d in read(packed({"text": pa.array(["甲", "乙", "甲"]).cast(kind)}))] == ["甲", "乙", "甲"]


def test_a_text_that_a_dictionary_repeats_is_there_once() -> None:
    """A small file that would unpack to terabytes is read row by row."""
    long = "x" * 2_000_000
    indices = pa.array([0] * 1_000_000, pa.int32())
    data = packed({"text": pa.DictionaryArray.from_arrays(indices, pa.array([long]))})
    before = pa.total_allocated_bytes()
    documents = read_parquet("a.parquet", io.BytesIO(data))
    assert [len(next(documents)) for _ in range(3)] == [len(long)] * 3
    assert pa.total_allocated_bytes() - before < 50_000_000


def test_rows_come_before_the_file_is_read_to_its_end() -> None:
    """Of a thousand row groups the first document needs one."""
    data = packed({"text": [f"{number:0100}" for number in range(10_000)]}, row_group_size=10, compression="none")
    stream = Counting(data)
    assert next(read_parquet("a.parquet", stream)).name == "1"
    assert stream.count < len(data) / 2


class Counting(io.BytesIO):
    """A file that counts the bytes which are read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Some bytes."""
        data = super().read(size)
        self.count += len(data)
        return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.parquet: not a whole Parquet file ("),
        ("会谈开始。".encode(), "a.parquet: not a whole Parquet file ("),
        (packed({"text": ["a"]})[:-6], "a.parquet: not a whole Parquet file ("),
        (
            packed({"body": ["a"], "id": [1]}),
            "a.parquet: there is no column 'text' (it has: body, id); name the column of the texts 'text'",
        ),
        (packed({"text": [1]}), "a.parquet: the column 'text' is of type int64, not string; write it as text"),
        (packed({"text": [b"\xff"]}), "a.parquet: the column 'text' is of type binary, not string; write it"),
        (packed({"text": [["a"]]}), "a.parquet: the column 'text' is of type list<"),
        (packed({"text": ["a", None]}), "a.parquet: row 2: the text is null; leave such rows out"),
        (
            packed({"text": pa.array([], pa.string())}),
            "a.parquet: there is no row in the file; there is nothing to label",
        ),
    ],
    ids=["empty", "text", "cut", "no-column", "numbers", "bytes", "lists", "null", "no-row"],
)
def test_what_cannot_be_read_is_refused(data: bytes, message: str) -> None:
    """With its place and the way out."""
    assert refusal(data).startswith(message)


def test_a_damaged_row_group_is_named() -> None:
    """The rows before it are read."""
    data = packed({"text": [f"text {number}" for number in range(30)]}, row_group_size=10, compression="zstd")
    group = parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(0)
    place = group.dictionary_page_offset
    data = data[:place] + b"\xff" * group.total_compressed_size + data[place + group.total_compressed_size :]
    found: list[Document] = []
    message = r"^a\.parquet: row group 2 of 3 is damaged after row 10 of the file \(.+\); write the file anew$"
    with pytest.raises(ReadingError, match=message):
        found.extend(read_parquet("a.parquet", io.BytesIO(data)))
    assert [d.text for d in found] == [f"text {number}" for number in range(10)]


def test_texts_that_are_not_utf_8_are_damage() -> None:
    """Arrow does not check them when it reads."""
    text = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    assert refusal(packed({"text": text})).startswith(
        "a.parquet: row group 1 of 1 is damaged after row 0 of the file ("
    )


def test_a_file_is_read_by_its_ending(tmp_path: Path) -> None:
    """Open, without a limit of size, or packed by gzip."""
    path = tmp_path / "a.parquet"
    path.write_bytes(packed({"text": ["甲。", "乙。"]}))
    assert [d.text for d in topicat.read(path)] == ["甲。", "乙。"]
    path.write_bytes(b"PAR1")
    with pytest.raises(ReadingError, match=r"a\.parquet: not a whole Parquet file \("):
        topicat.read(path)


WHOLE = packed({"text": ["会谈开始。", "The talks went on."] * 5}, row_group_size=4)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_whatever_is_damaged_a_file_is_read_or_refused(place: int, noise: bytes) -> None:
    """Documents, or ReadingError; never another exception."""
    message = "a.parquet:"
    try:
        read(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
    except ReadingError as error:
        message = str(error)
    assert message.startswith("a.parquet:")
