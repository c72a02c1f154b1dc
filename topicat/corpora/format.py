"""`Format`: how labelled texts of another tool become examples, and examples such files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from topicat.lost import Lost
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy

Files = dict[str, str]
"""The texts of files by name, as of a folder; a format of one file has it under the empty name."""


@dataclass(frozen=True)
class Options:
    """What a format cannot say for itself.

    Attributes
    ----------
    taxonomy
        What the labels are of; only Annif's formats, which name topics by IRI, need it.
    predictions
        The labels are a model's, to be corrected by people.
    """

    taxonomy: Taxonomy | None = None
    predictions: bool = False


Read = Callable[[Files, str, Options], tuple[list[Example], list[Lost]]]
"""Texts, the name of the file or folder for messages, and options to examples and what they cannot hold."""
Write = Callable[[Sequence[Example], Options], Files]


@dataclass(frozen=True)
class Format:
    """A file format of labelled texts; `write` is None for one that is only read."""

    name: str
    title: str
    endings: tuple[str, ...]
    read: Read
    write: Write | None
