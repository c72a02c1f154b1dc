"""`topicat taxonomy check`: what is wrong with a taxonomy, what is doubtful, and what its keywords find."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import click

from topicat.cli.output import output_to
from topicat.report import WIDTH, cut, table

if TYPE_CHECKING:
    from topicat.coverage import Coverage, Spot
    from topicat.diagnostic import Diagnostic
    from topicat.taxonomy import Taxonomy

_SHOWN = 5
"""Keywords shown for each topic."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--corpus", "sources", multiple=True, metavar="TEXT", help="Texts to try the keywords on. Repeatable.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="Lines for people, or a list of every finding as data.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--notes", is_flag=True, help="Print notes as well: what may be meant that way.")
@click.option("--ignore", "ignored", multiple=True, metavar="CODE", help="Leave out this code, as in T111. Repeatable.")
def check(
    files: tuple[str, ...], sources: tuple[str, ...], form: str, strict: bool, notes: bool, ignored: tuple[str, ...]
) -> None:
    """Check taxonomies (YAML files or names): findings as file:line:column, each with a code.

    docs/diagnostics.md explains the codes. With a corpus (files, folders, - for standard input) also: how often and
    where keywords fire, and which topics get in each other's way. Exit code 1 if there is an error.
    """
    from topicat.diagnostic import CODES, ERROR, NOTE, WARNING

    if unknown := sorted({code for code in ignored if code not in CODES or code < "T1"}):
        allowed = ", ".join(code for code in CODES if code > "T1")
        raise click.UsageError(f"--ignore '{unknown[0]}' is no code of a warning or note; there is: {allowed}")
    spots = read_spots(sources)
    everything: list[Diagnostic] = []
    with output_to(None) as stream:
        for file in files:
            found, last = _check(file, spots)
            found = [d for d in found if d.code not in ignored]
            everything += found
            if form == "table":
                lines = [str(d) for d in found if notes or d.severity != NOTE]
                stream.write("\n".join([*lines, f"{last}{_counts(found, notes)}"]) + "\n")
        if form == "json":
            stream.write(json.dumps([d.to_dict() for d in everything], ensure_ascii=False, indent=1) + "\n")
    if any(d.severity == ERROR or (strict and d.severity == WARNING) for d in everything):
        sys.exit(1)


def read_spots(sources: tuple[str, ...]) -> list[Spot]:
    """The paragraphs of `sources`; a file without text is said and passed over if its folder has others.

    Raises
    ------
    ReadingError
        If one of the sources has no text at all.
    """
    from topicat.cli.corpus import read_corpus

    spots = []
    for source in sources:
        corpus = read_corpus([source])
        for problem in corpus.problems:
            click.echo(f"topicat: passed over: {problem}", err=True)
        pairs = zip(corpus.documents, corpus.paragraphs, strict=True)
        spots += [(document, paragraph.number, paragraph.text) for document, paragraph in pairs]
    return spots


def _check(file: str, spots: list[Spot]) -> tuple[list[Diagnostic], str]:
    """The findings in one taxonomy, and for people what the keywords found and how large it is."""
    from topicat import registry
    from topicat.coverage import cover, findings
    from topicat.diagnostic import Diagnostic
    from topicat.errors import TopicatError
    from topicat.lint import lint

    try:
        located = registry.locate_taxonomy(file)
    except TopicatError as error:
        placed = [d for d in getattr(error, "diagnostics", ()) if isinstance(d, Diagnostic)]
        return placed or [Diagnostic(file, 0, 0, str(error).removeprefix(f"{file}: "), "T001")], file
    found, tail = lint(located), ""
    if spots:
        coverage = cover(located.taxonomy, spots)
        found += findings(located, coverage)
        tail = f"\n{coverage_table(located.taxonomy, coverage)}\n\n"
    tree = located.taxonomy
    words = sum(len(words) for topic in tree.walk() for words in topic.keywords.values())
    return found, f"{tail}{file}: fine: {tree.id} {tree.version}, {len(tree.paths)} topics, {words:,} keywords"


def _counts(found: list[Diagnostic], notes: bool) -> str:
    counts = Counter(d.severity for d in found)
    parts = [f"{n:,} {kind}{'s' * (n != 1)}" for kind in ("error", "warning", "note") if (n := counts[kind])]
    hint = " (--notes prints them)" if counts["note"] and not notes else ""
    mark = ": " if counts["error"] else "; "
    return f"{mark}{', '.join(parts)}{hint}" if parts else ""


def coverage_table(tree: Taxonomy, coverage: Coverage) -> str:
    """For each topic the paragraphs that have it and the keywords that fire most; then the topics that meet."""
    from topicat.collisions import keywords_of

    keywords = defaultdict(list)
    for keyword in keywords_of(tree):
        keywords[keyword.topic].append(keyword)
    rows, strongest = [], []
    for topic in tree.walk():
        words = {keyword.pattern: keyword.word for keyword in keywords[topic.path]}
        times = {word: coverage.fired[pattern].times for pattern, word in words.items() if pattern in coverage.fired}
        count = coverage.topics[topic.path]
        rows.append(
            [topic.path, f"{count:,}", f"{count / coverage.paragraphs:.0%}", f"{len(times):,} of {len(words):,}"]
        )
        first = sorted(times, key=lambda word: -times[word])[:_SHOWN]
        strongest.append(", ".join(f"{word} {times[word]:,}" for word in first))
    lines = table(["topic", "paragraphs", "share", "keywords that fire"], rows)
    lines[2:] = [cut(f"{line}  {words}", WIDTH).rstrip() for line, words in zip(lines[2:], strongest, strict=True)]
    lines.insert(0, f"{coverage.paragraphs:,} paragraph{'s' * (coverage.paragraphs != 1)} of the corpus")
    if pairs := coverage.together.most_common(2 * _SHOWN):
        lines += ["", cut("together: " + ", ".join(f"{a} + {b} {n:,}" for (a, b), n in pairs), 2 * WIDTH)]
    return "\n".join(lines)
