"""Every way in for what strangers wrote: seeds of each kind of file, and what must hold of whatever they become."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import topicat
from topicat import corpora, formats, reading
from topicat.corpora import format as corpus_format
from topicat.cues import Cues
from topicat.document import Document
from topicat.errors import TopicatError
from topicat.folding import fold
from topicat.formats import format as taxonomy_format
from topicat.labelled import read_labelled
from topicat.manifest import sealed
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.store import load_model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy, parse_taxonomy

OLD = Path(__file__).parent.parent / "model_format_2"
TEXT = "能源部长谈天然气管道。双方商定明年开工。\n\nThe ministers spoke of water, 2 km.\n\n— Газопровод и вода.\n"


@dataclass(frozen=True)
class Door:
    """One kind of file.

    Attributes
    ----------
    seeds
        Files of the kind, to begin with.
    enter
        Takes any bytes; raises nothing but an error of ours, which is not passed on.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    enter: Callable[[bytes], None]


def _refusing(use: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """`use`, whose errors are allowed if they are of ours and say something."""

    def enter(data: bytes) -> None:
        try:
            use(data)
        except TopicatError as error:
            if not str(error):
                raise AssertionError("an error without a message") from error

    return enter


# Readers: documents whose paragraphs lead back to their text, and whose texts can be written out again.


def _reads(ending: str) -> Callable[[bytes], None]:
    def use(data: bytes) -> None:
        from topicat import registry

        reader = registry.get_readers()[ending]
        source: Any = io.BytesIO(data) if getattr(reader, "from_file", False) else data
        for document in reader("a", source):
            _check(document)

    return _refusing(use)


def _check(document: Document) -> None:
    document.text.encode("utf-8")
    document.name.encode("utf-8")
    for paragraph in document.paragraphs:
        assert document[paragraph.start : paragraph.end] == paragraph.text


def _gunzip(data: bytes) -> None:
    with _file("a.txt.gz", data) as path:
        for document in reading.read(path):
            _check(document)


class _file:
    """A file of that name and content, for as long as the block lasts."""

    def __init__(self, name: str, data: bytes) -> None:
        self._folder = Path(tempfile.mkdtemp())
        self._path = self._folder / name
        self._path.write_bytes(data)

    def __enter__(self) -> Path:
        return self._path

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self._folder)


def _texts() -> list[bytes]:
    encodings = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030")
    return [*(TEXT.encode(e) for e in encodings), "能源合作".encode("big5"), "Вода".encode("koi8-r"), b"---\ndate: x\n"]


def _pages() -> list[bytes]:
    page = (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="date" content="2025-11-15"><title>T</title>'
        "<script>x</script></head><body><nav>n</nav><article><h1>能源</h1><p>a &amp; b &#x4e00; c<br>d</p><!-- c -->"
        '<![CDATA[x]]><?p?><svg><a/></svg><time datetime="2025-11-15">1</time><p hidden>x</article></body></html>'
    )
    return [page.encode(), b"<p>a<p>b", b"&#99999999999;<", "<p>能源".encode("gb18030")]


def _rows() -> list[bytes]:
    return [b'{"text": "a", "id": 1, "date": "2025-11-15"}\n\n{"text": "\\ud83d\\ude00 \\ud83d"}\n', TEXT.encode()]


def _tables() -> list[bytes]:
    return [b'id,text,date\n1,"a, ""b""",2025-11-15\n', b"text\tid\na\tb\n", b"\xef\xbb\xbftext;x\na;b\n"]


def _words() -> list[bytes]:
    import docx

    document = docx.Document()
    document.add_paragraph("能源合作。")
    document.add_table(1, 2).rows[0].cells[0].text = "cell"
    stream = io.BytesIO()
    document.save(stream)
    return [stream.getvalue()]


def _document_xml(data: bytes) -> bytes:
    """A Word file whose main part is `data`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_first(_words)[0])) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, data if name == "word/document.xml" else old.read(name))
    return stream.getvalue()


@functools.cache
def _first(seeds: Callable[[], list[bytes]]) -> list[bytes]:
    return seeds()


def _word_parts() -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(_first(_words)[0])) as package:
        return [package.read("word/document.xml")]


_PDF = (
    "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\n"
    "endobj\n"
    "5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\nendobj\n"
)


def _pdf(content: bytes) -> bytes:
    """A PDF file of one page with these operators."""
    head = _PDF.encode() + b"4 0 obj\n<</Length %d>>\nstream\n" % len(content)
    return head + content + b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n"


def _operators() -> list[bytes]:
    return [b"BT /F1 11 Tf 14 TL 50 800 Td (The water) Tj T* [(of) -250 (the)] TJ 1 0 0 1 5 5 Tm <41> ' ET q Q /X Do"]


def _parquets() -> list[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    files = []
    for options in ({}, {"compression": "none", "use_dictionary": False}, {"compression": "zstd"}):
        stream = io.BytesIO()
        columns = {"text": ["能源", "water", "a"], "id": [1, 2, 3], "date": ["2025-11-15", None, ""]}
        parquet.write_table(pa.table(columns), stream, row_group_size=2, **options)
        files.append(stream.getvalue())
    return files


# Taxonomies: of our own kind or another's; what is read can be asked, matched and written as our own.

_YAML = """
taxonomy: garden
version: 1.2.0
title: {en: Garden, zh: 园}
languages: [zh, en]
exclusive: false
topics:
  fruit:
    label: {en: Fruit}
    definition: {en: Fruit of all kinds.}
    keywords: {zh: [苹果], en: ["berr*", "*melon", IT]}
    not_keywords: {zh: [苹果手机]}
    examples: [{text: An apple., lang: en}]
    match: {cap: "8"}
    topics: {citrus: {keywords: {en: [lemon]}}}
  tool: {keywords: {en: [rake, "garden hose"]}}
"""


def _whole(taxonomy: Taxonomy) -> None:
    assert parse_taxonomy(dump_taxonomy(taxonomy)) == taxonomy
    for text in (TEXT, " ".join(word for topic in taxonomy.walk() for w in topic.keywords.values() for word in w)):
        found = Cues(taxonomy).find(text, fold(text))
        assert (found.start < found.end).all()
        assert (found.end <= len(text)).all()


def _taxonomy(data: bytes) -> None:
    with _file("a.yaml", data) as path:
        _whole(topicat.taxonomy(path))


def _format(name: str) -> Callable[[bytes], None]:
    def use(data: bytes) -> None:
        read = formats.FORMATS[name].read
        found, _ = read(reading.decode(data, "a"), "a", taxonomy_format.Options(id="a"))
        try:
            text = dump_taxonomy(found)
            text.encode("utf-8")
        except UnicodeEncodeError:  # half a character, which `write_taxonomy` refuses
            return
        _whole(parse_taxonomy(text))

    return _refusing(use)


def _written(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        return [formats.write_taxonomy(parse_taxonomy(_YAML), name)[0].encode()]

    return seeds


# Labelled texts.


def _corpus(name: str) -> Callable[[bytes], None]:
    def use(data: bytes) -> None:
        options = corpus_format.Options(_garden(), predictions=True)
        found, _ = corpora.FORMATS[name].read({"": reading.decode(data, "a")}, "a", options)
        for example in found:
            assert example.text.strip()

    return _refusing(use)


@functools.cache
def _garden() -> Taxonomy:
    return parse_taxonomy(_YAML)


_EXAMPLES = b"""{"text": "An apple.", "labels": ["fruit"], "id": "1", "group": "g", "lang": "en", "note": {"x": [1]}}
{"text": "\\u6c34", "labels": []}
{"text": "A rake.", "label": "tool"}
"""


def _corpus_seeds(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        found, _ = corpora.FORMATS["seeds"].read({"": _EXAMPLES.decode()}, "a", corpus_format.Options())
        if corpora.FORMATS[name].write is None:
            return [_prediction()]
        return [
            text.encode() for text in corpora.write_examples(found, name, corpus_format.Options(_garden()))[0].values()
        ]

    return seeds


def _prediction() -> bytes:
    row = {
        "document": "a.txt", "date": "2025-11-15", "paragraph": 1, "start": 0, "end": 2, "text": "能源",
        "topics": [{"topic": "fruit", "probability": 0.9, "evidence": []}],
        "probabilities": {"fruit": 0.9, "tool": 0.1},
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _labelled(data: bytes) -> None:
    from topicat.corpus_page import corpus_page
    from topicat.corpus_report import corpus_report

    with _file("a.jsonl", data) as path:
        corpus = read_labelled([str(path)])
        made = corpus_report(corpus, tokenizer=rjieba())
        corpus_page(corpus, made, title="a", names={}, lang="en").encode("utf-8")


# Models: one that loads also answers, with probabilities.


def _answers(model: Model) -> None:
    found = model.predict([TEXT, "苹果和berries", ""], evidence=True)
    for prediction in found:
        assert all(0 <= p <= 1 for p in prediction.probabilities.values())
    model.explain("草莓和铁锹")
    assert model.predict_proba([TEXT]).shape == (1, len(model.topics))


def _described(data: bytes) -> None:
    """A model.json, beside the arrays of a model."""
    with _file("model.json", data) as path:
        for other in OLD.glob("*-*"):
            (path.parent / other.name).symlink_to(other)
        _answers(load_model(path.parent, lambda name: rjieba()))


def _descriptions() -> list[bytes]:
    return [(OLD / "model.json").read_bytes()]


_ARRAYS = ("vocabulary", "idf", "columns", "weights")


def _array(data: bytes) -> None:
    """One of a model's arrays, told by the first byte, with the checksum that it now has."""
    if not data:
        return
    name, content = _ARRAYS[data[0] % len(_ARRAYS)], data[1:]
    description = json.loads((OLD / "model.json").read_text("utf-8"))
    entry = description["files"][name]
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with _file("model.json", sealed(description)) as path:
        for other in OLD.glob("*-*"):
            if other.name == entry["file"]:
                (path.parent / other.name).write_bytes(content)
            else:
                (path.parent / other.name).symlink_to(other)
        _answers(load_model(path.parent, lambda name: rjieba()))


def _arrays() -> list[bytes]:
    return [bytes([i]) + next(OLD.glob(f"{name}-*")).read_bytes() for i, name in enumerate(_ARRAYS)]


@functools.cache
def _model() -> Model:
    return load_model(OLD, lambda name: rjieba())


def _predicted(data: bytes) -> None:
    """Any text, with halves of characters and zeros too."""
    if data[:1] == b"\xff":
        text = data[1 : len(data) // 2 * 2 - 1].decode("utf-16-le", "surrogatepass")
    else:
        text = data.decode("utf-8", "surrogateescape")
    model = _model()
    for prediction in model.predict([text, text[::-1]], evidence=True):
        for topic in prediction.topics:
            for evidence in topic.evidence:
                assert prediction.text[evidence.start : evidence.end] == evidence.text
    for found in model.explain(text):
        assert abs(found.bias + sum(e.weight for e in found.evidence) - found.log_odds) < 1e-6


def _keyword(data: bytes) -> None:
    """A keyword and a text, parted by a line end."""
    keyword, _, text = data.decode("utf-8", "replace").partition("\n")
    keyword = keyword[:60]
    taxonomy = Taxonomy.from_dict(
        {"taxonomy": "a", "topics": {"x": {"keywords": {"en": [keyword]}}, "y": {"not_keywords": {"en": [keyword]}}}}
    )
    found = Cues(taxonomy).find(text, fold(text))
    assert (found.start < found.end).all()


def _all() -> Iterator[Door]:
    yield Door("text", _texts, _reads(".txt"))
    yield Door("markdown", _texts, _reads(".md"))
    yield Door("html", _pages, _reads(".html"))
    yield Door("jsonl", _rows, _reads(".jsonl"))
    yield Door("csv", _tables, _reads(".csv"))
    yield Door("gzip", lambda: [gzip.compress(text, mtime=0) for text in _texts()], _refusing(_gunzip))
    yield Door("docx", _words, _reads(".docx"))
    yield Door("docx-xml", _word_parts, lambda data: _reads(".docx")(_document_xml(data)))
    yield Door("pdf", lambda: [_pdf(o) for o in _operators()], _reads(".pdf"))
    yield Door("pdf-page", _operators, lambda data: _reads(".pdf")(_pdf(data)))
    yield Door("parquet", _parquets, _reads(".parquet"))
    yield Door("taxonomy", lambda: [_YAML.encode()], _refusing(_taxonomy))
    for name in formats.FORMATS:
        if name != "topicat":
            yield Door(f"taxonomy-{name}", _written(name), _format(name))
    for name in corpora.FORMATS:
        if name != "annif":
            yield Door(f"labelled-{name}", _corpus_seeds(name), _corpus(name))
    yield Door("predictions", lambda: [_prediction()], _refusing(_labelled))
    yield Door("model-json", _descriptions, _refusing(_described))
    yield Door("model-array", _arrays, _refusing(_array))
    yield Door("predict", lambda: [TEXT.encode(), b"\xff" + TEXT.encode("utf-16-le")], _predicted)
    yield Door("keyword", lambda: [b"*a*b\nxaxb", "能源*\n能源".encode(), b"IT\nIT it"], _keyword)


DOORS = {door.name: door for door in _all()}
