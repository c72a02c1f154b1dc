"""fastText: a text a line, after its labels, each written ``__label__energy``."""

from __future__ import annotations

from collections.abc import Sequence

from topicat.corpora.format import Files, Options
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.seeds import Example

PREFIX = "__label__"


def write(examples: Sequence[Example], options: Options) -> Files:
    """A line for each example; line breaks and spaces in labels do not survive."""
    lines = []
    for example in examples:
        labels = [PREFIX + "-".join(label.split()) for label in example.labels]
        lines.append(" ".join([*labels, *example.text.split()]))
    return {"": "\n".join(lines) + "\n"}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The lines with their labels, which stand before the text.

    Raises
    ------
    SeedsError
        If no line has a text.
    """
    examples: list[Example] = []
    lost: list[Lost] = []
    for number, line in enumerate(files[""].split("\n"), 1):
        words = line.split()
        count = next((i for i, word in enumerate(words) if not word.startswith(PREFIX)), len(words))
        labels = tuple(dict.fromkeys(word.removeprefix(PREFIX) for word in words[:count]))
        if count < len(words):
            examples.append(Example(" ".join(words[count:]), labels, place=f"{name}:{number}"))
        elif words:
            lost.append(Lost(f"{name}:{number}", "labels", list(labels), why="there is no text behind them"))
    if not examples:
        raise SeedsError(f"{name}: no text; each line has labels like {PREFIX}energy and then a text")
    return examples, lost
