"""IRIs of topics: the one in ``match: {iri: …}``, else ``urn:topicat:TAXONOMY:PATH``."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from topicat.draft import topic_id
from topicat.taxonomy import Taxonomy

OWN = "urn:topicat:"
KEY = "iri"
"""The entry of a topic's `match` that holds its IRI in another vocabulary."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\xa0<>\"{}|\\^`\u2028\u2029\u3000]+")


def is_iri(text: str) -> bool:
    """Whether `text` can stand as an absolute IRI.

    >>> is_iri("http://www.yso.fi/onto/yso/p1265"), is_iri("energy"), is_iri("a: b")
    (True, False, False)
    """
    return _IRI.fullmatch(text) is not None


def scheme_iri(taxonomy: Taxonomy) -> str:
    """The IRI of the taxonomy itself."""
    return OWN + quote(taxonomy.id, safe="")


def iris_of(taxonomy: Taxonomy) -> dict[str, str]:
    """The IRI of every topic, by path; all different."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for topic in taxonomy.walk():
        stated = topic.match.get(KEY, "")
        if not is_iri(stated) or stated.startswith(OWN) or stated in taken:
            stated = f"{scheme_iri(taxonomy)}:{quote(topic.path, safe='.')}"
        taken.add(stated)
        found[topic.path] = stated
    return found


def own_path(iri: str) -> tuple[str, str] | None:
    """The taxonomy's id and the topic's path in an IRI that `iris_of` made; None for any other.

    >>> own_path("urn:topicat:policy:energy.gas")
    ('policy', 'energy.gas')
    """
    id, colon, path = iri.removeprefix(OWN).partition(":")
    if not iri.startswith(OWN) or not colon:
        return None
    path = ".".join(topic_id(unquote(part)) for part in path.split("."))
    return topic_id(unquote(id)), path


def id_from(iri: str) -> str:
    """A topic id made of the last part of an IRI.

    >>> id_from("http://eurovoc.europa.eu/c_1234"), id_from("http://example.org/food#bread%20rolls")
    ('c_1234', 'bread-rolls')
    """
    return topic_id(unquote(re.split(r"[/#:]", iri.rstrip("/#:"))[-1]))
