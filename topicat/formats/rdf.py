"""RDF: text to a graph of rdflib, and what one asks of a graph."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from topicat.errors import TaxonomyError
from topicat.formats.iris import is_iri
from topicat.formats.markup import checked
from topicat.formats.vocabulary import import_rdflib

MAX_CHARACTERS = 32_000_000
"""Longer files are refused: reading them as RDF would take many minutes."""


def parse(text: str, name: str, form: str) -> Any:
    """The rdflib graph of `text`.

    Raises
    ------
    TaxonomyError
        If it is too long or not RDF.
    """
    rdflib = import_rdflib()
    if len(text) > MAX_CHARACTERS:
        raise TaxonomyError(f"{name}: {len(text):,} characters of RDF is too much (at most {MAX_CHARACTERS:,})")
    if form == "xml":
        text = checked(text, name)
    # rdflib logs what it doubts, such as IRIs with spaces, to standard error; what matters is found below.
    logger = logging.getLogger("rdflib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    graph = rdflib.Graph()
    try:
        graph.parse(data=text, format=form, publicID="urn:topicat:file")
    except Exception as error:  # its parsers raise errors of many kinds, SyntaxError and AssertionError among them
        line = getattr(error, "lines", None)
        place = f"{name}:{line + 1}" if isinstance(line, int) else name
        reason = " ".join(str(getattr(error, "_why", "") or error).split()) or type(error).__name__
        raise TaxonomyError(f"{place}: not RDF in {'RDF/XML' if form == 'xml' else 'Turtle'}: {reason:.200}") from None
    finally:
        logger.setLevel(level)
    return graph


def ordered(values: Iterable[Any]) -> list[Any]:
    """Nodes, or tuples of nodes, in an order that does not change from run to run."""

    def key(value: Any) -> list[tuple[str, str]]:
        nodes = value if isinstance(value, tuple) else (value,)
        return [(str(node), getattr(node, "language", None) or "") for node in nodes]

    return sorted(values, key=key)


def items(graph: Any, node: Any, predicate: Any) -> list[Any]:
    """The items of the list that is the value of `predicate`; none if there is no list."""
    from rdflib import RDF

    head = graph.value(node, predicate) if node is not None else None
    found: list[Any] = []
    seen = set()
    while head is not None and head not in seen:
        seen.add(head)
        value = graph.value(head, RDF.first)
        if value is not None:
            found.append(value)
        head = graph.value(head, RDF.rest)
    return found


def short(graph: Any, iri: Any) -> str:
    """An IRI as people write it, such as ``skos:related``; a blank node, which has none, is ``[]``."""
    from rdflib import BNode

    if isinstance(iri, BNode):
        return "[]"
    return str(graph.namespace_manager.normalizeUri(iri)) if is_iri(str(iri)) else f"<{iri}>"


def plain(graph: Any, value: Any) -> Any:
    """A node as plain data: its text or IRI, of a blank node what is said of it."""
    from rdflib import BNode

    if isinstance(value, BNode):
        return {short(graph, p): str(o) for p, o in ordered(graph.predicate_objects(value))}
    return None if value is None else str(value)
