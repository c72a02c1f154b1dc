"""`Format`: how a file of another tool becomes a taxonomy, and a taxonomy such a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from topicat.lost import Lost
from topicat.taxonomy import Taxonomy


@dataclass(frozen=True)
class Options:
    """What a format cannot say for itself.

    Attributes
    ----------
    id
        The taxonomy's id, where the file has none.
    lang
        Reading: the language of words and labels that name none.
    only
        Writing: the one language to write, in formats that name no language.
    scheme
        Reading SKOS: the IRI of the concept scheme, where a file has several.
    """

    id: str = ""
    lang: str = ""
    only: str = ""
    scheme: str = ""


Read = Callable[[str, str, Options], tuple[Taxonomy, list[Lost]]]
"""Text, the file's name for messages, and options to a taxonomy and what it could not hold."""
Write = Callable[[Taxonomy, Options], str]


@dataclass(frozen=True)
class Format:
    """A file format of taxonomies.

    Attributes
    ----------
    endings
        File endings that tell it; where two formats share one, the content decides.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    read: Read
    write: Write
