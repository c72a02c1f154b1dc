"""`topicat predict`: documents in, a record a paragraph out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from topicat.cli.corpus import documents_of
from topicat.cli.output import output_to

if TYPE_CHECKING:
    from topicat.document import Document
    from topicat.model import Model, Prediction
    from topicat.reading import Reader

Labelled = tuple["Document", list["Prediction"]]
_BATCH = 512


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "jsonl", "csv", "html"]), default="table", show_default=True,
    help="How to write the result.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, whole or not at all.")
@click.option("--evidence", is_flag=True, help="Say which words decided; an HTML page always does.")
@click.option(
    "--lang", metavar="CODE", help="Language of an HTML page and its labels: en, zh or ru.  [default: en]"
)  # fmt: skip
@click.option("--input-format", help="Read every source as this ending, as in '.jsonl' (for standard input).")
def predict(
    sources: tuple[str, ...],
    model_name: str,
    form: str,
    output: str | None,
    evidence: bool,
    lang: str | None,
    input_format: str | None,
) -> None:
    """Label every paragraph of files, folders or standard input (-) with its topics.

    Reads plain text, Markdown, HTML, JSON Lines and CSV (a column `text`; each row one document).
    """
    import topicat
    from topicat import registry

    if lang and form != "html":
        raise click.UsageError(f"--lang is for pages, and the format is {form}; leave it out, or add -f html")
    if not sources:
        if sys.stdin.isatty():
            raise click.UsageError("nothing to label; give a file, a folder, or - for standard input")
        sources = ("-",)
    readers = registry.get_readers()
    ending = _ending(input_format, readers) if input_format else None
    model = topicat.load(model_name)
    if form == "html":
        _check_lang(lang or "en", model)
    problems: list[str] = []
    documents = documents_of(sources, readers, ending, problems)
    with output_to(output) as stream:
        if form == "html":
            from topicat.page import page

            stream.write(page(model, _labelled(model, documents, False), name=model_name, lang=lang or "en"))
        else:
            from topicat.cli import records

            write = {"table": records.write_table, "jsonl": records.write_jsonl, "csv": records.write_csv}[form]
            write(stream, _labelled(model, documents, evidence), model)
    for problem in problems:
        click.echo(f"topicat: {problem}", err=True)
    if len(problems) > 1:
        click.echo(f"topicat: {len(problems)} files could not be read; everything else is labelled", err=True)
    if problems:
        sys.exit(1)


def _check_lang(lang: str, model: Model) -> None:
    from topicat.errors import UsageError
    from topicat.rendering import check_lang

    try:
        check_lang(lang, model.taxonomy.label_languages)
    except UsageError as error:
        raise click.UsageError(f"--lang: {error}") from None


def _ending(text: str, readers: dict[str, Reader]) -> str:
    ending = text if text.startswith(".") else f".{text}"
    if ending not in readers:
        raise click.UsageError(f"--input-format '{text}': no reader for it; there is: {', '.join(readers)}")
    return ending


def _labelled(model: Model, documents: Iterable[Document], evidence: bool) -> Iterator[Labelled]:
    """Documents with a prediction for each paragraph, in order, predicted a few hundred paragraphs at a time."""
    waiting: list[Document] = []
    count = 0
    for document in documents:
        waiting.append(document)
        count += len(document.paragraphs)
        if count >= _BATCH:
            yield from _flush(model, waiting, evidence)
            waiting, count = [], 0
    yield from _flush(model, waiting, evidence)


def _flush(model: Model, documents: list[Document], evidence: bool) -> Iterator[Labelled]:
    texts = [p.text for d in documents for p in d.paragraphs]
    predictions = iter(model.predict(texts, evidence=evidence))
    for document in documents:
        yield document, [next(predictions) for _ in document.paragraphs]
