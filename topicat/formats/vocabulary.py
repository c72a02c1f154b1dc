"""The names that topicat adds to those of SKOS, and rdflib, which reads and writes both."""

from __future__ import annotations

from typing import Any

from topicat.errors import UsageError

VOCABULARY = "urn:topicat:vocabulary#"
SCHEMES = "urn:topicat:scheme:"
"""What stands before the name of a coding scheme in the datatype of a ``skos:notation``."""
MAPPINGS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
"""SKOS properties that a topic's `match` holds by their names."""
NOTATION = "notation"
"""The entry of a topic's `match` for a ``skos:notation`` of no named scheme."""


def import_rdflib() -> Any:
    """The module rdflib.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        import rdflib
    except ImportError:
        raise UsageError("SKOS needs the package rdflib, which is not installed: pip install 'topicat[skos]'") from None
    return rdflib
