"""`topicat taxonomy new`: a first taxonomy, from names or from labelled data."""

from __future__ import annotations

import re
from pathlib import Path

import click

from topicat.errors import OutputError, UsageError


@click.command("new")
@click.argument("name")
@click.option("-o", "--output", required=True, help="File to write, as in mine.yaml; it must not be there yet.")
@click.option(
    "--topics", help="Names of the topics, parted by commas or on lines of their own.  [default: two to start from]"
)
@click.option("--from-labels", "data", help="Labelled texts (JSON Lines or CSV): every label becomes a topic.")
@click.option("--keywords", default=0, show_default=True, help="With --from-labels: mined keywords to use for a topic.")
@click.option(
    "--candidates", default=15, show_default=True, help="With --from-labels: mined keywords to list as comments."
)
def new(name: str, output: str, topics: str | None, data: str | None, keywords: int, candidates: int) -> None:
    """Write a first taxonomy with the id NAME, from names or from labelled data.

    Mined keywords are listed as comments, to choose from: used unseen, beside the texts that they were mined
    from, they make a model trust itself too much and cost it accuracy.
    """
    from topicat import draft, registry
    from topicat.seeds import read_seeds
    from topicat.store import write_whole
    from topicat.taxonomy_yaml import parse_taxonomy

    if topics and data:
        raise click.UsageError("give either --topics or --from-labels")
    path = Path(output)
    if path.exists():
        raise UsageError(f"{path}: is there already; choose another name or remove it")
    if data:
        text = draft.from_labels_text(name, read_seeds(data), registry.get_tokenizer("rjieba"), keywords, candidates)
    else:
        names = "first topic,second topic" if topics is None else topics
        text = draft.from_names(name, re.split(r"[,，、\n]", names), output)
    parse_taxonomy(text, output)  # whatever was asked for, the result passes `check`
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
    click.echo(f"{path}: written; next: topicat taxonomy check {path}", err=True)
