"""The directive `taxonomy-schema`: the keys of a taxonomy file, from the JSON Schema that validates it."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from topicat.taxonomy_yaml import schema


class TaxonomySchema(SphinxDirective):
    """A list of keys, with kind and meaning of each; its argument is `taxonomy` or `topic`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The list."""
        whole = schema()
        chosen = whole if self.arguments[0] == "taxonomy" else whole["$defs"][self.arguments[0]]
        required = chosen.get("required", [])
        lines: list[str] = []
        for key, value in chosen["properties"].items():
            must = ", must be there" if key in required else ""
            lines += [f"`{key}`", f": *{kind(value)}{must}*", "", f"  {value['description']}", ""]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=False)


def kind(value: dict[str, Any]) -> str:
    """What a value of this schema is, in words."""
    if "$ref" in value:
        return str(value["$ref"]).rpartition("/")[2]
    if "anyOf" in value:
        return " or ".join(kind(choice) for choice in value["anyOf"])
    match value.get("type"):
        case "array":
            return f"a list, each {kind(value['items'])}"
        case "object" if value.get("additionalProperties"):
            return f"by {_key(value)}: {kind(value['additionalProperties'])}"
        case "object":
            return "{" + ", ".join(value["properties"]) + "}"
        case "boolean":
            return "true or false"
        case "null":
            return "nothing"
        case _:
            return "language code" if "[a-z]{2,3}" in value.get("pattern", "") else "text"


def _key(value: dict[str, Any]) -> str:
    names = value.get("propertyNames", {})
    return "name" if not names else "language" if "[a-z]{2,3}" in names["pattern"] else "id"


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this."""
    app.add_directive("taxonomy-schema", TaxonomySchema)
    return {"parallel_read_safe": True}
