"""`topicat taxonomy diff`: what changed from one taxonomy to another."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from topicat.cli.check import read_spots
from topicat.cli.output import output_to
from topicat.report import WIDTH, cut

if TYPE_CHECKING:
    from topicat.coverage import Spot
    from topicat.difference import Change, Difference, Relabelled
    from topicat.taxonomy import Taxonomy


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--corpus", "sources", multiple=True, metavar="TEXT", help="Texts whose labels to compare. Repeatable.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="Lines for people, or everything as data.",
)  # fmt: skip
@click.option("--trained", is_flag=True, help="With --corpus: labels by models trained from each taxonomy alone.")
def diff(old: str, new: str, sources: tuple[str, ...], form: str, trained: bool) -> None:
    """Say what changed from the taxonomy OLD to NEW (names or YAML files): topics added, gone, moved; words.

    With a corpus (files, folders, - for standard input) also which paragraphs change their label, where a paragraph
    has the topics of which a keyword fires, or with --trained those that a model predicts.
    """
    import topicat
    from topicat.difference import difference, labels_by_keywords, relabelled

    if trained and not sources:
        raise click.UsageError("--trained needs a corpus to label; give --corpus")
    trees = topicat.taxonomy(old), topicat.taxonomy(new)
    found = difference(*trees)
    spots = read_spots(sources)
    texts = [text for _, _, text in spots]
    labels = _predicted if trained else labels_by_keywords
    rows = relabelled(found.moved, *(labels(tree, texts) for tree in trees))
    with output_to(None) as stream:
        if form == "json":
            data = {**dataclasses.asdict(found), "paragraphs": len(spots), "relabelled": _data(rows, spots)}
            stream.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        else:
            lines = difference_lines(found)
            if spots:
                lines += ["", *_relabelled_lines(rows, spots)]
            stream.write("\n".join(lines) + "\n")


def _predicted(tree: Taxonomy, texts: list[str]) -> list[frozenset[str]]:
    import topicat

    return [frozenset(prediction.labels) for prediction in topicat.train(tree, []).predict(texts)]


def difference_lines(found: Difference) -> list[str]:
    """The difference for people: ``+`` is new, ``-`` is gone, ``>`` moved, ``~`` changed."""
    lines = [line for change in found.taxonomy for line in _change_lines("", change)]
    lines += [f"+ {path}" for path in found.added]
    lines += [f"- {path}" for path in found.gone]
    lines += [f"> {before} is now {after}" for before, after in found.moved.items()]
    for path, changes in found.changed.items():
        lines.append(f"~ {path}")
        lines += [line for change in changes for line in _change_lines("    ", change)]
    return lines or ["no difference"]


def _change_lines(indent: str, change: Change) -> list[str]:
    name = f"{change.field} {change.lang}".rstrip()
    signs = (("+", change.added), ("-", change.gone))
    return [f"{indent}{name} {sign} {' · '.join(words)}" for sign, words in signs if words]


def _relabelled_lines(rows: list[Relabelled], spots: list[Spot]) -> list[str]:
    lines = [f"{len(rows):,} of {len(spots):,} paragraph{'s' * (len(spots) != 1)} change their label"]
    counts = Counter(f"{sign}{path}" for row in rows for sign, paths in _signs(row) for path in paths)
    if counts:
        lines.append("in all: " + ", ".join(f"{label} {n:,}" for label, n in counts.most_common()))
    for row in rows:
        document, number, text = spots[row.number]
        labels = " ".join(f"{sign}{path}" for sign, paths in _signs(row) for path in paths)
        lines += [f"{document}:{number}: {labels}", cut(f"    {' '.join(text.split())}", WIDTH)]
    return lines


def _signs(row: Relabelled) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("+", row.added), ("-", row.gone)


def _data(rows: list[Relabelled], spots: list[Spot]) -> list[dict[str, object]]:
    return [
        {
            "document": spots[row.number][0],
            "paragraph": spots[row.number][1],
            "text": spots[row.number][2],
            "added": list(row.added),
            "gone": list(row.gone),
        }
        for row in rows
    ]
