"""`topicat seeds`: labelled texts to and from the formats of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topicat.cli.convert import report, write_lost
from topicat.cli.output import output_to
from topicat.errors import OutputError, UsageError

if TYPE_CHECKING:
    from topicat.corpora.format import Files

# Names alone, so that --help imports nothing; a test compares them with `topicat.corpora.FORMATS`.
READ_NAMES = (
    "seeds", "csv", "predictions", "doccano", "label-studio", "prodigy", "spacy", "fasttext", "annif-tsv", "annif",
)  # fmt: skip
WRITTEN_NAMES = tuple(name for name in READ_NAMES if name != "predictions")


@click.group()
def seeds() -> None:
    """Work with labelled texts."""


@seeds.command()
@click.argument("source", metavar="FILE|FOLDER")
@click.option("-o", "--output", required=True, help="File or, for annif, folder to write; - for standard output.")
@click.option("--from", "source_form", type=click.Choice(READ_NAMES), help="Format of FILE.  [default: it is told]")
@click.option(
    "-f", "--to", "target_form", type=click.Choice(WRITTEN_NAMES), help="Format to write.  [default: by the ending]"
)
@click.option("--predictions", is_flag=True, help="The labels are a model's, for people to correct.")
@click.option("-t", "--taxonomy", help="What the labels are of: Annif's IRIs and --interface need it.")
@click.option("--interface", "interface_file", help="Write Label Studio's labelling interface for -t to this file.")
@click.option("--lost", "lost_file", help="Write what could not be held to this file, as JSON.")
def convert(
    source: str,
    output: str,
    source_form: str | None,
    target_form: str | None,
    predictions: bool,
    taxonomy: str | None,
    interface_file: str | None,
    lost_file: str | None,
) -> None:
    """Turn labelled texts into files of other tools, and back.

    What a format cannot hold is listed: in short on standard error, in full with --lost.
    """
    import topicat
    from topicat import corpora
    from topicat.corpora import label_studio
    from topicat.corpora.format import Options

    tree = topicat.taxonomy(taxonomy) if taxonomy else None
    options = Options(taxonomy=tree, predictions=predictions)
    if target_form == "annif" and output == "-":
        raise click.UsageError("-o -: the format annif is a folder; name one")
    if interface_file and tree is None:
        raise click.UsageError("--interface needs -t TAXONOMY, whose topics are the choices")
    try:
        target = target_form or corpora.tell_by_ending(output)
        examples, lost = corpora.read_examples(source, source_form, options)
        files, more = corpora.write_examples(examples, target, options)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    if target == "annif":
        _write_folder(files, output)
    else:
        with output_to(output) as stream:
            stream.write(files[""])
    if interface_file and tree is not None:
        with output_to(interface_file) as stream:
            stream.write(label_studio.interface(tree))
    report(lost, f"{source}: what seeds cannot hold")
    report(more, f"{output}: what the format {target} cannot hold")
    write_lost([*lost, *more], lost_file)


def _write_folder(files: Files, output: str) -> None:
    folder = Path(output)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{output}: is there already and not an empty folder; choose another name with -o")
    try:
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8", newline="")
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {error.strerror or error}") from None
