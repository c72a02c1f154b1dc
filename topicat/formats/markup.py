"""XML from strangers: entity declarations are looked at before anything expands them."""

from __future__ import annotations

import re
import xml.parsers.expat

from topicat.errors import TaxonomyError

MAX_ENTITY = 400
"""Characters in an entity's value: enough for a namespace, which is what RDF/XML files abbreviate."""
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def checked(text: str, name: str) -> str:
    """`text` without its XML declaration (it is decoded already), if it is well-formed and its entities are tame.

    Raises
    ------
    TaxonomyError
        If it is no XML, or declares entities that are long, nested, or stand in other files.
    """
    plain = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text.removeprefix("\ufeff"))
    parser = xml.parsers.expat.ParserCreate("utf-8", " ")

    def entity(entity: str, parameter: bool, value: str | None, *_: object) -> None:
        if parameter or value is None or len(value) > MAX_ENTITY or "&" in value:
            raise TaxonomyError(
                f"{name}:{parser.CurrentLineNumber}: the XML entity '{entity}' is nested, long, or of another file; "
                "such entities are not expanded; write their text out"
            )

    parser.EntityDeclHandler = entity
    try:
        parser.Parse(plain.encode("utf-8", "surrogatepass"), True)
    except xml.parsers.expat.ExpatError as error:
        reason = xml.parsers.expat.ErrorString(error.code)
        raise TaxonomyError(f"{name}:{error.lineno}:{error.offset + 1}: not valid XML: {reason}") from None
    return plain
