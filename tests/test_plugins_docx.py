"""Word files: the text of the body in its order, and one clear error for what is no Word file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml.parser import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from topicat.document import Document
from topicat.errors import ReadingError
from topicat.plugins import docx as plugin
from topicat.plugins.docx import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def word(*blocks: str) -> bytes:
    """A Word file with these paragraphs; what begins with ``<`` is XML of its body."""
    document = docx.Document()
    for block in blocks:
        if block.startswith("<"):
            document.element.body.insert(len(document.element.body) - 1, parse_xml(block))
        else:
            document.add_paragraph(block)
    return saved(document)


def saved(document: Any) -> bytes:
    """The bytes of a python-docx document."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip file with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def read(data: bytes) -> Document:
    """The one document of a Word file."""
    [document] = read_docx("a.docx", data)
    return document


def refusal(data: bytes) -> str:
    """The message of the ReadingError that the data raise."""
    with pytest.raises(ReadingError) as caught:
        read(data)
    return str(caught.value)


def holds(document: Document) -> bool:
    """Whether every span leads back to its text."""
    return all(document[p.start : p.end] == p.text for p in document.paragraphs)


def test_paragraphs_are_those_of_the_file() -> None:
    """In order, with the date that the text opens with."""
    document = read(word(" date 2025-11-15 会谈开始。", "", "双方讨论了天然气管道。", "The talks went on."))
    assert [p.text for p in document.paragraphs] == ["会谈开始。", "双方讨论了天然气管道。", "The talks went on."]
    assert document.date == "2025-11-15"
    assert holds(document)


def test_breaks_and_tabs_are_white_space() -> None:
    """A break within a paragraph is a line end, as it looks."""
    document = docx.Document()
    run = document.add_paragraph("Gas").add_run("\tand water")
    run.add_break()
    run.add_text("flow.")
    assert read(saved(document)).text == "Gas\tand water\nflow."


def test_tables_stand_where_they_are() -> None:
    """Each cell's paragraphs, row by row, a merged cell once; tables within cells too."""
    document = docx.Document()
    document.add_paragraph("Before.")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Merged."
    table.cell(1, 0).text = "Left."
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "Inner."
    document.add_paragraph("After.")
    assert [p.text for p in read(saved(document)).paragraphs] == ["Before.", "Merged.", "Left.", "Inner.", "After."]


@pytest.mark.parametrize(
    ("block", "texts"),
    [
        (
            f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>In a content control.</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            ["In a content control."],
        ),
        (
            f"<w:p {W}><w:ins><w:r><w:t>Inserted.</w:t></w:r></w:ins><w:del><w:r><w:delText>Gone.</w:delText></w:r>"
            "</w:del></w:p>",
            ["Inserted."],
        ),
        (
            f"<w:p {W}><w:moveFrom><w:r><w:t>Moved. </w:t></w:r></w:moveFrom><w:r><w:t>Here. </w:t></w:r>"
            "<w:moveTo><w:r><w:t>Moved.</w:t></w:r></w:moveTo></w:p>",
            ["Here. Moved."],
        ),
        (
            f"<w:p {W} {MC}><w:r><w:t>Out.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r>"
            "<w:t>Box.</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>Box."
            "</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            ["Out.", "Box."],
        ),
        (
            f"<w:p {W}><w:hyperlink><w:r><w:t>Linked</w:t></w:r></w:hyperlink><w:r><w:t> words</w:t><w:noBreakHyphen/>"
            "<w:t>here.</w:t></w:r></w:p>",
            ["Linked words\u2011here."],
        ),
        (f"<w:p {W}><w:r><w:instrText>PAGE</w:instrText><w:t>Text.</w:t></w:r></w:p>", ["Text."]),
    ],
    ids=["content-control", "insertion", "move", "text-box", "link", "field"],
)
def test_text_that_a_plain_list_of_paragraphs_leaves_out(block: str, texts: list[str]) -> None:
    """What a person sees is read, once; what was deleted is not."""
    assert [p.text for p in read(word("First.", block)).paragraphs] == ["First.", *texts]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.docx: the file is empty; there is nothing to label"),
        ("会谈开始。".encode(), "a.docx: not a whole Word file (File is not a zip file); save it anew as .docx"),
        (word("Text.")[:-200], "a.docx: not a whole Word file (File is not a zip file)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "a.docx: an old or an encrypted Word file; save it",
        ),
        (word(), "a.docx: the Word file has no text; there is nothing to label"),
        (word("", "–"), "a.docx: the Word file has no text; there is nothing to label"),
    ],
    ids=["empty", "text", "cut", "old", "no-text", "no-letter"],
)
def test_what_is_no_word_file_is_refused(data: bytes, message: str) -> None:
    """With the way out."""
    assert refusal(data).startswith(message)


def test_a_zip_file_of_something_else_is_refused() -> None:
    """With python-docx's reason."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "text")
    assert refusal(stream.getvalue()).startswith("a.docx: not a whole Word file (")


def test_broken_xml_is_refused() -> None:
    """With lxml's reason."""
    data = changed(word("Text."), "word/document.xml", lambda xml: xml[:-20])
    assert refusal(data).startswith("a.docx: not a whole Word file (")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    """They could fill the memory, read other files, or hide text: the parser leaves unknown ones out."""
    xml = f"""<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
    <w:document {W}><w:body><w:p><w:r><w:t>Text &b;</w:t></w:r></w:p></w:body></w:document>"""
    data = changed(word("Text."), "word/document.xml", lambda _: xml.encode(encoding))
    assert refusal(data).startswith("a.docx: word/document.xml declares a DOCTYPE, as no Word file does")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the sizes that the zip file states; it cannot give more than those."""
    monkeypatch.setattr(plugin, "MAX_UNPACKED", 1 << 20)
    bomb = changed(word("Text."), "docProps/app.xml", lambda xml: xml + b" " * (1 << 20))
    assert len(bomb) < 50_000
    assert refusal(bomb).endswith("bytes (at most 1,048,576); save it as plain text")


WHOLE = word("会谈开始。", "The talks went on.")


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_whatever_is_damaged_a_file_is_read_or_refused(place: int, noise: bytes) -> None:
    """A document whose paragraphs lead back to its text, or ReadingError; never another exception."""
    found: list[Document] = []
    message = "a.docx:"
    try:
        found.extend(read_docx("a.docx", WHOLE[:place] + noise + WHOLE[place + len(noise) :]))
    except ReadingError as error:
        message = str(error)
    assert message.startswith("a.docx:")
    assert all(map(holds, found))
