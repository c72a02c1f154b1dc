"""LIWC dictionaries (``.dic``): numbered categories between two lines ``%``, then words with their numbers.

Tabs before a number say how deep the category stands, as in LIWC 2015.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicat.errors import TaxonomyError
from topicat.formats import dictionary
from topicat.formats.dictionary import Category
from topicat.formats.format import Options
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy

_CATEGORY = re.compile(r"(?P<tabs>\s*)(?P<number>\d{1,9})\s+(?P<name>\S.*?)(?:\s*\((?P<label>[^()]+)\))?\s*")
_WORD = re.compile(r"(?P<word>\S.*?)(?P<numbers>(?:\s+\d{1,9})+)\s*")


def write(taxonomy: Taxonomy, options: Options) -> str:
    """The keywords of `taxonomy` as a dictionary, each word once with the numbers of its topics."""
    legend: list[str] = []
    numbers: dict[str, list[str]] = {}
    for level, category in _flat(dictionary.from_taxonomy(taxonomy, options), 0):
        number = str(len(legend) + 1)
        legend.append("\t" * level + f"{number}\t{category.name}")
        for word in category.words:
            numbers.setdefault(word, []).append(number)
    words = ["\t".join((word, *own)) for word, own in numbers.items() if _holds(word)]
    return "\n".join(["%", *legend, "%", *words]) + "\n"


def _holds(word: str) -> bool:
    """Whether `word` is read back whole: no number at its end, and nothing that LIWC gives a meaning."""
    return not re.search(r"(\s|^)\d+$|[<>()]", word)


def _flat(categories: list[Category], level: int) -> Iterator[tuple[int, Category]]:
    for category in categories:
        yield level, category
        yield from _flat(category.below, level + 1)


def read(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy of the dictionary in `text`.

    Raises
    ------
    TaxonomyError
        If a line is neither a category nor a word with numbers of categories.
    """
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if line.strip() == "%"]
    if len(marks) < 2 or any(line.strip() for line in lines[: marks[0]]):
        raise TaxonomyError(f"{name}:1: no LIWC dictionary; its categories stand between two lines '%'")
    roots: list[Category] = []
    known = _legend(lines, marks, name, roots)
    lost: list[Lost] = []
    for index in range(marks[1] + 1, len(lines)):
        line, place = lines[index], f"{name}:{index + 1}"
        if not line.strip():
            continue
        if re.search(r"[<>()]", line):
            lost.append(
                Lost(place, "words", line.strip(), why="conditional entries, with ( ) or < >, have no counterpart")
            )
            continue
        match = _WORD.fullmatch(line)
        if match is None:
            raise TaxonomyError(
                f"{place}: expected a word and the numbers of its categories, found '{line.strip():.60}'"
            )
        for number in dict.fromkeys(int(number) for number in match["numbers"].split()):
            if number in known:
                known[number].words.append(match["word"])
            else:
                lost.append(Lost(place, "words", f"{match['word']} {number}", why="no category has this number"))
    taxonomy, more = dictionary.to_taxonomy(roots, name, options)
    return taxonomy, [*lost, *more]


def _legend(lines: list[str], marks: list[int], name: str, roots: list[Category]) -> dict[int, Category]:
    """The categories by number; those at the top are added to `roots`."""
    known: dict[int, Category] = {}
    trail: list[tuple[int, Category]] = []
    for index in range(marks[0] + 1, marks[1]):
        if not lines[index].strip():
            continue
        match = _CATEGORY.fullmatch(lines[index])
        if match is None or int(match["number"]) in known:
            problem = "two categories have this number" if match else "expected a number and a name"
            raise TaxonomyError(f"{name}:{index + 1}: {problem}: '{lines[index].strip():.60}'")
        category = Category(match["name"], label=match["label"] or "")
        known[int(match["number"])] = category
        depth = len(match["tabs"])
        while trail and trail[-1][0] >= depth:
            trail.pop()
        (trail[-1][1].below if trail else roots).append(category)
        trail.append((depth, category))
    return known
