"""`topicat report`: a labelled corpus as a page, or as tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topicat.cli.output import output_to
from topicat.errors import OutputError, UsageError

if TYPE_CHECKING:
    from topicat.corpus_report import CorpusReport
    from topicat.labelled import LabelledCorpus


@click.command()
@click.argument("predictions", nargs=-1, required=True, metavar="PREDICTIONS...")
@click.option(
    "-f", "--format", "form", type=click.Choice(["html", "json"]), default="html", show_default=True,
    help="A page for people, or every table as data.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, whole or not at all.")
@click.option("--tables", metavar="FOLDER", help="Write every table as a CSV file to this folder too.")
@click.option(
    "--by", type=click.Choice(["folder", "file", "none"]),
    help="What sources to compare: the documents' folders, or the files of PREDICTIONS.  [default: what there is]",
)  # fmt: skip
@click.option(
    "-t", "--taxonomy", help="Name or file of the taxonomy whose labels to show.  [default: policy, if it fits]"
)
@click.option(
    "--lang", default="en", show_default=True, metavar="CODE", help="Language of page and labels: en, zh, ru."
)
@click.option("--title", help="Title of the page.")
def report(
    predictions: tuple[str, ...],
    form: str,
    output: str | None,
    tables: str | None,
    by: str | None,
    taxonomy: str | None,
    lang: str,
    title: str | None,
) -> None:
    """Report on a corpus: topics over time, together, by source, and the words of each period.

    PREDICTIONS are files of records (- for standard input) that `topicat predict -f jsonl` wrote. On the page, every
    figure leads to the documents behind it.
    """
    from topicat import registry
    from topicat.corpus_page import corpus_page
    from topicat.corpus_report import corpus_report
    from topicat.labelled import read_labelled

    corpus = read_labelled(predictions)
    made = corpus_report(corpus, by=by, tokenizer=registry.get_tokenizer("rjieba"))
    names = _names(corpus, taxonomy, lang)
    if tables:
        _write_tables(made, Path(tables))
    with output_to(output) as stream:
        if form == "json":
            stream.write(json.dumps(made.tables(), ensure_ascii=False, indent=1) + "\n")
        else:
            heading = title or ", ".join(Path(name).name for name in predictions)
            stream.write(corpus_page(corpus, made, title=heading, names=names, lang=lang))


def _names(corpus: LabelledCorpus, taxonomy: str | None, lang: str) -> dict[str, str]:
    """Labels of the topics in `lang`, from `taxonomy`, or from policy if that is what was predicted."""
    import topicat
    from topicat.rendering import check_lang

    tree = topicat.taxonomy(taxonomy or "policy")
    fits = taxonomy is not None or set(tree.roots) == set(corpus.topics)
    try:
        check_lang(lang, tree.label_languages if fits else ())
    except UsageError as error:
        raise click.UsageError(f"--lang: {error}") from None
    if not fits:
        return {}
    below = {topic for document in corpus.documents for topic in document.topics}
    return {topic: tree[topic].name(lang) for topic in (*corpus.topics, *sorted(below))}


def _write_tables(made: CorpusReport, folder: Path) -> None:
    from topicat.corpus_report import to_csv

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}; choose another folder with --tables") from None
    for name, rows in made.tables().items():
        with output_to(str(folder / f"{name}.csv")) as stream:
            stream.write(to_csv(rows))
