"""Files of rows line by line: the same documents as of the whole file, in bounded memory."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat import reading, streams
from topicat.document import Document
from topicat.errors import ReadingError, UsageError
from topicat.reading import READERS, decode, read
from topicat.streams import documents, lines

ROWS = [{"text": f"第{i}行，果园里的山羊。", "id": f"r{i}"} for i in range(200)]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 100 bytes, lines of 1,000."""
    monkeypatch.setattr(streams, "BLOCK", 100)
    monkeypatch.setattr(reading, "MAX_LINE", 1000)


def jsonl(rows: list[dict[str, str]]) -> str:
    """`rows` as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def found(path: Path) -> list[Document]:
    """The documents of `path`, streamed."""
    return list(documents(path, readers=READERS))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_rows_are_those_of_the_whole_file(tmp_path: Path, encoding: str, end: str, ending: str) -> None:
    """In every encoding and with every line end; rows of CSV may have several lines."""
    text = jsonl(ROWS) if ending == ".jsonl" else "id,text\n" + "".join(f'{r["id"]},"{r["text"]}\n二"\n' for r in ROWS)
    path = tmp_path / f"rows{ending}"
    path.write_bytes(text.replace("\n", end).encode(encoding))
    assert len(found(path)) == len(ROWS)
    assert found(path) == list(read(path))
    packed = tmp_path / f"rows{ending}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert found(packed) == found(path)


@pytest.mark.usefixtures("small_blocks")
def test_another_encoding_below_much_ascii(tmp_path: Path) -> None:
    """The first row that tells the encoding may come late."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes(('{"text": "a goat"}\n' * 50 + jsonl(ROWS)).encode("gb18030"))
    assert found(path) == list(read(path))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r"), min_size=1))
def test_lines_are_those_of_the_decoded_text(text: str) -> None:
    """Whatever the blocks; only the empty line behind the last end is left out."""
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", 7)
        try:
            expected = decode(data, "x").removesuffix("\n").split("\n")
        except ReadingError as error:
            with pytest.raises(ReadingError, match=str(error).split(";")[0]):
                list(lines("x", io.BytesIO(data)))
        else:
            assert [*lines("x", io.BytesIO(data))] == expected


FAULTS: dict[str, tuple[str | bytes, int, str]] = {
    "not JSON": (jsonl(ROWS[:100]) + "{\n", 100, "rows.jsonl:101:2: the line is not JSON"),
    "a long line": (jsonl([*ROWS[:100], {"text": "长" * 2000}, ROWS[0]]), 100, "rows.jsonl:101: the line is longer"),
    "not UTF-8": (jsonl(ROWS[:100]).encode() + b'{"text": "\xff\xfe"}\n', 100, "rows.jsonl:101: byte"),
    "empty": ("\n \n", 0, "the file is empty"),
    "binary": (bytes(range(256)) * 4, 0, "is it binary"),
}


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("case", FAULTS)
def test_the_rows_before_a_fault_are_given(case: str, tmp_path: Path) -> None:
    """And the message names the line."""
    content, count, words = FAULTS[case]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    got: list[Document] = []
    with pytest.raises(ReadingError, match=words):
        got.extend(documents(path, readers=READERS))
    stream = documents(path, readers=READERS)
    assert [next(stream).name for _ in range(count)] == [row["id"] for row in ROWS[:count]]


def test_what_cannot_be_opened_or_unpacked(tmp_path: Path) -> None:
    """A clear message, as for files that are read whole."""
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(jsonl(ROWS).encode())[:-20])
    with pytest.raises(ReadingError, match="not a whole gzip file"):
        found(packed)
    with pytest.raises(ReadingError, match="there is no such file"):
        found(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"format '\.docx': no reader for it"):
        list(documents(packed, readers=READERS, format=".docx"))


def test_the_open_file_is_shown(tmp_path: Path) -> None:
    """So that a progress bar can ask where it stands."""
    path = tmp_path / "rows.jsonl"
    path.write_text(jsonl(ROWS), "utf-8")
    seen: list[int] = []
    for _ in documents(path, readers=READERS, watch=lambda file: seen.append(file.tell())):
        pass
    assert seen == [0]
