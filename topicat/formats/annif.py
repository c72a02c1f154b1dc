"""Annif vocabularies: CSV of ``uri,label_en,label_zh,…,notation``, and TSV of ``<uri>``, label, notation.

Without keywords and without a tree, unless the IRIs are of topicat's own making, which name the path.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from topicat.draft import topic_id
from topicat.errors import TaxonomyError
from topicat.formats import iris
from topicat.formats.dictionary import check_depth, guess_lang, unique
from topicat.formats.format import Options
from topicat.formats.vocabulary import NOTATION
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy

_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def write_csv(taxonomy: Taxonomy, options: Options) -> str:
    """IRI, labels in every language and notation of each topic.

    Annif never suggests a subject without a label: where a topic has none, its id stands in for it.
    """
    langs = list(dict.fromkeys(lang for topic in taxonomy.walk() for lang in topic.label)) or ["en"]
    nodes = iris.iris_of(taxonomy)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["uri", *(f"label_{lang}" for lang in langs), NOTATION])
    for topic in taxonomy.walk():
        labels = topic.label or {langs[0]: topic.id}
        cells = [labels.get(lang, "") for lang in langs]
        writer.writerow([nodes[topic.path], *cells, topic.match.get(NOTATION, "")])
    return stream.getvalue()


def read_csv(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of the vocabulary in CSV.

    Raises
    ------
    TaxonomyError
        If there is no column ``uri`` or a row does not fit the header.
    """
    csv.field_size_limit(len(text) + 1)
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    vocabulary = _Vocabulary(name, options)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if "uri" not in header or not any(column.startswith("label_") for column in header):
            raise TaxonomyError(
                f"{name}:1: an Annif vocabulary has columns uri, label_en, …, notation; found: {', '.join(header)}"
            )
        for cells in rows:
            place = f"{name}:{rows.line_num}"
            if len(cells) > len(header):
                raise TaxonomyError(f"{place}: {len(cells)} cells, but the header has {len(header)}")
            row = dict(zip(header, cells, strict=False))
            labels = {}
            for column, cell in row.items():
                lang = column.removeprefix("label_")
                if column in ("uri", NOTATION) or not cell.strip():
                    continue
                if lang == column or not _LANG.match(lang):
                    vocabulary.lost.append(Lost(place, column, cell, why="no label in a language that is named"))
                else:
                    labels[lang] = cell.strip()
            if any(cell.strip() for cell in cells):
                vocabulary.add(row.get("uri", ""), labels, row.get(NOTATION, ""), place)
    except csv.Error as error:
        raise TaxonomyError(f"{name}:{rows.line_num}: not valid CSV: {error}") from None
    return vocabulary.taxonomy(), vocabulary.lost


def write_tsv(taxonomy: Taxonomy, options: Options) -> str:
    """IRI, label in one language (`options.only`, else the first of the taxonomy) and notation of each topic."""
    lang = options.only or next(iter(taxonomy.languages), "en")
    nodes = iris.iris_of(taxonomy)
    lines = []
    for topic in taxonomy.walk():
        label = " ".join(topic.label.get(lang, topic.id).split())
        cells = [f"<{nodes[topic.path]}>", label, " ".join(topic.match.get(NOTATION, "").split())]
        lines.append("\t".join(cells).rstrip("\t"))
    return "\n".join(lines) + "\n"


def read_tsv(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of the vocabulary in TSV, whose labels are of `options.lang`, else of the language of their script.

    Raises
    ------
    TaxonomyError
        If a line has no IRI.
    """
    vocabulary = _Vocabulary(name, options)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            iri, label, notation = (*line.strip().split("\t", 2), "", "")[:3]
            lang = options.lang or guess_lang(label)
            vocabulary.add(iri, {lang: label.strip()} if label.strip() else {}, notation, f"{name}:{number}")
    return vocabulary.taxonomy(), vocabulary.lost


class _Vocabulary:
    """Collects subjects; a topic's place in the tree is the path in an IRI of our own, else the top."""

    def __init__(self, file: str, options: Options) -> None:
        self.file, self.id = file, options.id
        self.lost: list[Lost] = []
        self._topics: dict[str, Any] = {}
        self._seen: set[str] = set()

    def add(self, iri: str, labels: dict[str, str], notation: str, place: str) -> None:
        iri = iri.strip().removeprefix("<").removesuffix(">")
        if not iris.is_iri(iri):
            raise TaxonomyError(f"{place}: '{iri:.60}' is no IRI; the first column of a vocabulary holds IRIs")
        if iri in self._seen:
            raise TaxonomyError(f"{place}: <{iri}> a second time; remove one of the rows")
        self._seen.add(iri)
        topic = self._place(iri)
        if labels:
            topic["label"] = labels
        match = {NOTATION: notation.strip(), iris.KEY: "" if iri.startswith(iris.OWN) else iri}
        if any(match.values()):
            topic["match"] = {key: value for key, value in match.items() if value}

    def _place(self, iri: str) -> dict[str, Any]:
        own = iris.own_path(iri)
        if own is None:
            topic: dict[str, Any] = self._topics.setdefault(unique(iris.id_from(iri), self._topics), {})
            return topic
        self.id = own[0]
        check_depth(own[1], self.file)
        node: dict[str, Any] = {"topics": self._topics}
        for part in own[1].split("."):
            node = node.setdefault("topics", {}).setdefault(topic_id(part), {})
        return node

    def taxonomy(self) -> Taxonomy:
        if not self._topics:
            raise TaxonomyError(f"{self.file}: no subject in this vocabulary; it needs rows of IRI and label")
        taxonomy = Taxonomy.from_dict({"taxonomy": self.id, "topics": self._topics})
        langs = {lang: None for topic in taxonomy.walk() for lang in topic.label}
        return Taxonomy.from_dict({**taxonomy.to_dict(), "languages": list(langs)})
