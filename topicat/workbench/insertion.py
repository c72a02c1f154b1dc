"""A word put into the text of a taxonomy file; every other character stays as it is.

By the places that the YAML parser gives, not by parsing and writing anew: even ruamel.yaml, which keeps comments, lays
out lists again, and would change four of five lines of the bundled taxonomies.
"""

from __future__ import annotations

from typing import Any

import yaml

from topicat.errors import UsageError
from topicat.taxonomy_yaml import compose_yaml, dump_flow

_WIDTH = 116
"""A longer line is broken."""


def with_word(text: str, file: str, topic: str, field: str, lang: str, word: str) -> str:
    """The YAML `text` of `file` with `word` at the end of the list ``topic.field.lang``, which is made if need be.

    >>> text = "topics:\\n  gas:\\n    keywords: {en: [gas]}  # more?"
    >>> print(with_word(text, "x.yaml", "gas", "keywords", "en", "LNG"))
    topics:
      gas:
        keywords: {en: [gas, LNG]}  # more?

    Raises
    ------
    TaxonomyError
        If it is not YAML.
    UsageError
        If the file does not hold the topic itself but includes it.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    node = compose_yaml(text, file)
    for id in topic.split("."):
        node = _value(_value(node, "topics"), id)
    if node is None:
        raise UsageError(f"topic '{topic}' does not stand in {file} but in a file that it includes; add the word there")
    fields = _value(node, field)
    words = _value(fields, lang)
    if not isinstance(node, yaml.MappingNode):  # a topic of which nothing is said
        entry = " " + dump_flow({field: {lang: [word]}})
        begin, end = int(node.start_mark.index), int(node.end_mark.index)
        return mark + text[:begin] + entry + text[end:]
    if words is not None:
        return mark + _added(text, words, [word])
    if fields is not None:
        return mark + _added(text, fields, {lang: [word]})
    return mark + _added(text, node, {field: {lang: [word]}})


def _value(node: Any, name: str) -> Any:
    """The node under the key `name`, or None."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _added(text: str, node: Any, data: Any) -> str:
    """`text` with the one entry of `data` at the end of a list or mapping."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    entry = dump_flow(data)[1:-1]
    if node.flow_style:
        before = text[: int(node.end_mark.index) - 1].rstrip()
        begun = len(before) - before.rfind("\n") - 1
        gap = "" if before[-1] in "[{" else " "
        if gap and begun + len(entry) > _WIDTH:
            gap = line_end + " " * (int(node.start_mark.column) + 1)
        comma = "," if gap and not before.endswith(",") else ""
        return before + comma + gap + entry + text[len(before) :]
    at = _end(text, node)
    indent = " " * int(node.start_mark.column)
    at = len(text) if (found := text.find("\n", at)) < 0 else found - (text[found - 1] == "\r")
    dash = "- " if isinstance(data, list) else ""
    return text[:at] + line_end + indent + dash + entry + text[at:]


def _end(text: str, node: Any) -> int:
    """Where the last thing in a block ends: the parser says where the next one begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return len(text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end
