"""fastText: a text a line, after its labels, each written ``__label__energy``.

To fastText every word that begins so is a label, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from topicat.corpora.format import Files, Options
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.seeds import Example

PREFIX = "__label__"


def write(examples: Sequence[Example], options: Options) -> Files:
    """A line for each example; line breaks, words that look like labels and spaces in labels do not survive."""
    lines = []
    for example in examples:
        labels = [PREFIX + "-".join(label.split()) for label in example.labels]
        words = [word for word in example.text.split() if not word.startswith(PREFIX)]
        lines.append(" ".join([*labels, *words]))
    return {"": "\n".join(lines) + "\n"}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The lines with their labels.

    Raises
    ------
    SeedsError
        If no line has a text.
    """
    examples: list[Example] = []
    lost: list[Lost] = []
    for number, line in enumerate(files[""].split("\n"), 1):
        words = [word for word in line.split() if not word.startswith(PREFIX)]
        labels = tuple(dict.fromkeys(w.removeprefix(PREFIX) for w in line.split() if w.startswith(PREFIX)))
        if words:
            examples.append(Example(" ".join(words), labels, place=f"{name}:{number}"))
        elif labels:
            lost.append(Lost(f"{name}:{number}", "labels", list(labels), why="there is no text beside them"))
    if not examples:
        raise SeedsError(f"{name}: no text; each line has labels like {PREFIX}energy and then a text")
    return examples, lost
