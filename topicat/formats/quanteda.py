"""quanteda and newsmap dictionaries: YAML of nested keys with lists of words and globs.

A key with words and keys below it has the words under the key ``__``, which is what quanteda writes, or in
one list with the keys.
"""

from __future__ import annotations

from typing import Any

import yaml

from topicat.errors import TaxonomyError
from topicat.formats import dictionary
from topicat.formats.dictionary import Category
from topicat.formats.format import Options
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import compose_yaml

OWN_WORDS = "__"


def write(taxonomy: Taxonomy, options: Options) -> str:
    """The keywords of `taxonomy` as a dictionary."""
    data = _mapping(dictionary.from_taxonomy(taxonomy, options))
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110))


def _mapping(categories: list[Category]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for category in categories:
        if category.below:
            words = {OWN_WORDS: category.words} if category.words else {}
            data[category.name] = {**_mapping(category.below), **words}
        else:
            data[category.name] = category.words
    return data


def read(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of the dictionary in `text`.

    Raises
    ------
    TaxonomyError
        If it is not YAML, or not of that shape; the message names file, line and column.
    """
    node = compose_yaml(text, name)
    if not isinstance(node, yaml.MappingNode):
        raise TaxonomyError(
            f"{name}:1:1: no dictionary; it needs keys with lists of words, as in 'energy: [oil, gas*]'"
        )
    return dictionary.to_taxonomy(_below(node, name).below, name, options)


def _below(node: Any, name: str) -> Category:
    """The words and categories in the value of a key, as a category without a name."""
    found = Category("")
    if isinstance(node, yaml.ScalarNode):
        if node.tag != "tag:yaml.org,2002:null":
            found.words.append(node.value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            inner = _below(item, name)
            found.words += inner.words
            found.below += inner.below
    else:
        seen: set[str] = set()
        for key, value in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if not isinstance(key, yaml.ScalarNode):
                raise TaxonomyError(f"{name}:{line}:{column}: a key must be a word")
            if key.value in seen:
                raise TaxonomyError(f"{name}:{line}:{column}: duplicate key '{key.value}'; remove or rename one")
            seen.add(key.value)
            inner = _below(value, name)
            if key.value.strip("_ "):
                found.below.append(Category(key.value, inner.words, inner.below))
            else:
                found.words += inner.words
                found.below += inner.below
    return found
