"""`topicat taxonomy convert`: taxonomies to and from the formats of other tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topicat.cli.output import output_to
from topicat.errors import TaxonomyError, UsageError

if TYPE_CHECKING:
    from topicat.formats.format import Options
    from topicat.lost import Lost
    from topicat.taxonomy import Taxonomy

# Names alone, so that --help imports nothing; a test compares them with `topicat.formats.FORMATS`.
FORMAT_NAMES = (
    "topicat", "skos", "skos-xml", "quanteda", "lexicoder", "lexicoder3", "liwc", "annif-csv", "annif-tsv",
)  # fmt: skip


@click.command()
@click.argument("source", metavar="TAXONOMY|FILE")
@click.option("-o", "--output", required=True, help="File to write, or - for standard output.")
@click.option("--from", "source_form", type=click.Choice(FORMAT_NAMES), help="Format of FILE.  [default: it is told]")
@click.option(
    "-f", "--to", "target_form", type=click.Choice(FORMAT_NAMES), help="Format to write.  [default: by the ending]"
)
@click.option("--lost", "lost_file", help="Write what could not be held to this file, as JSON.")
@click.option("--lang", default="", help="Language of the words and labels that name none in FILE, as in en.")
@click.option("--only", default="", help="The one language to write, where the format names no languages.")
@click.option("--scheme", default="", help="IRI of the SKOS concept scheme to read, where FILE has several.")
def convert(
    source: str,
    output: str,
    source_form: str | None,
    target_form: str | None,
    lost_file: str | None,
    lang: str,
    only: str,
    scheme: str,
) -> None:
    """Turn a taxonomy into files of other tools, and back.

    What a format cannot hold is listed: in short on standard error, in full with --lost.
    """
    from topicat import formats
    from topicat.formats.format import Options
    from topicat.taxonomy_yaml import MAX_BYTES

    try:
        target = target_form or formats.tell_by_ending(output)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    taxonomy, lost = _read(source, source_form, Options(lang=_lang(lang, "--lang"), scheme=scheme))
    id = taxonomy.id if output == "-" else formats.id_of(output)
    options = Options(id=id, only=_lang(only, "--only"))
    text, more = formats.write_taxonomy(taxonomy, target, options, output)
    if target == "topicat" and len(text.encode()) > MAX_BYTES:
        raise TaxonomyError(f"{source}: too large for a taxonomy: {len(text.encode()):,} bytes of {MAX_BYTES:,}")
    with output_to(output) as stream:
        stream.write(text)
    report(lost, f"{source}: what a taxonomy cannot hold")
    report(more, f"{output}: what the format {target} cannot hold")
    write_lost([*lost, *more], lost_file)


def _read(source: str, form: str | None, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """A taxonomy by name or from a file; one of our own with what it includes."""
    import topicat
    from topicat import formats
    from topicat.reading import decode, load_bytes

    path = Path(source)
    if form in (None, "topicat"):
        if not path.is_file() and (form or (len(path.parts) == 1 and not path.suffix)):
            return topicat.taxonomy(source), []
        ending, data = load_bytes(source)
        if form or formats.tell(source, ending, decode(data, source)).name == "topicat":
            return topicat.taxonomy(source), []
    return formats.read_taxonomy(source, form, options)


def _lang(code: str, option: str) -> str:
    import re

    if code and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        raise click.UsageError(f"{option} '{code}': no language code; use ISO 639 as in zh, en, ru, kk")
    return code


def report(lost: Sequence[Lost], head: str) -> None:
    """What was lost, in short, on standard error."""
    from topicat.lost import summary

    if lost:
        click.echo(f"topicat: {head}:", err=True)
        for line in summary(lost):
            click.echo(f"  {line}", err=True)


def write_lost(lost: Sequence[Lost], file: str | None) -> None:
    """What was lost, in full, as JSON in `file` if there is one."""
    if file:
        with output_to(file) as stream:
            stream.write(json.dumps([item.to_dict() for item in lost], ensure_ascii=False, indent=1) + "\n")
