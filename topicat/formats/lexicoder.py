"""Lexicoder dictionaries: XML (``.lcd``, also Yoshikoder's ``.ykd``) and the lines of Lexicoder 3 (``.lc3``).

Lines have no tree; a category's name is the topic's path there.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from topicat.errors import TaxonomyError
from topicat.formats import dictionary
from topicat.formats.dictionary import Category
from topicat.formats.format import Options
from topicat.formats.markup import checked
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy


def write_xml(taxonomy: Taxonomy, options: Options) -> str:
    """The keywords of `taxonomy` as a dictionary in XML."""
    root = ET.Element("dictionary", style="Lexicoder", name=taxonomy.id)
    for category in dictionary.from_taxonomy(taxonomy, options):
        _add(root, category)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add(parent: ET.Element, category: Category) -> None:
    node = ET.SubElement(parent, "cnode", name=category.name)
    for word in category.words:
        ET.SubElement(node, "pnode", name=word)
    for child in category.below:
        _add(node, child)


def read_xml(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of a dictionary in XML.

    Raises
    ------
    TaxonomyError
        If it is not XML with ``cnode`` and ``pnode`` elements.
    """
    root = ET.fromstring(checked(text, name))
    if root.tag != "dictionary":
        raise TaxonomyError(f"{name}: the XML is <{root.tag}>, not a <dictionary> of <cnode> and <pnode>")
    top = Category("")
    lost: list[Lost] = []
    waiting = [(root, top)]
    while waiting:
        node, category = waiting.pop()
        for child in node:
            if child.tag == "cnode":
                category.below.append(Category(child.get("name", "")))
                waiting.append((child, category.below[-1]))
            elif child.tag == "pnode":
                category.words.append(child.get("name", ""))
            else:
                lost.append(Lost(category.name, f"<{child.tag}>", dict(child.attrib)))
    if top.words:
        lost.append(Lost("", "words", top.words, why="they are in no category"))
    taxonomy, more = dictionary.to_taxonomy(top.below, name, options)
    return taxonomy, [*lost, *more]


def write_lines(taxonomy: Taxonomy, options: Options) -> str:
    """The keywords of `taxonomy` as lines: ``+path``, then a word a line."""
    lines = list(_lines(dictionary.from_taxonomy(taxonomy, options), ""))
    return "\n".join(lines) + "\n"


def _lines(categories: list[Category], parent: str) -> Iterator[str]:
    for category in categories:
        path = f"{parent}.{category.name}" if parent else category.name
        yield f"+{path}"
        yield from (word for word in category.words if not word.startswith("+"))
        yield from _lines(category.below, path)


def read_lines(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of a dictionary in lines.

    Raises
    ------
    TaxonomyError
        If words come before the first category, or there is none.
    """
    roots: list[Category] = []
    known: dict[str, Category] = {}
    current: Category | None = None
    for number, line in enumerate(text.split("\n"), 1):
        word = line.strip()
        if word.startswith("+") and word.strip("+ "):
            path = word[1:].strip()
            parent, _, last = path.rpartition(".")
            current = known[path] = Category(last if parent in known else path)
            (known[parent].below if parent in known else roots).append(current)
        elif word and current is None:
            raise TaxonomyError(f"{name}:{number}: a word before the first category; categories begin with '+'")
        elif word and current is not None:
            current.words.append(word)
    return dictionary.to_taxonomy(roots, name, options)
