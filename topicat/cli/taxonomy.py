"""`topicat taxonomy`: the group, with list and schema."""

from __future__ import annotations

import json
import sys

import click

from topicat.cli.check import check
from topicat.cli.convert import convert
from topicat.cli.diff import diff
from topicat.cli.merge import merge
from topicat.cli.new import new
from topicat.cli.show import show


@click.group()
def taxonomy() -> None:
    """Work with taxonomies: the YAML files that say what the topics are."""


@taxonomy.command("list")
def list_() -> None:
    """Name the taxonomies that are at hand."""
    from topicat import registry
    from topicat.errors import TopicatError

    failed = False
    for plugin in registry.plugins("topicat.taxonomies"):
        try:
            tree = registry.get_taxonomy(plugin.name)
        except TopicatError as error:
            click.echo(f"topicat: {error}", err=True)
            failed = True
            continue
        title = tree.title.get("en", tree.id)
        langs = " ".join(tree.languages)
        click.echo(f"{plugin.name:<12} {tree.version:<8} {len(tree.paths):>4} topics  {langs:<10} {title}")
    if failed:
        sys.exit(1)


for command in (show, new, check, diff, merge, convert):
    taxonomy.add_command(command)


@taxonomy.command()
def schema() -> None:
    """Print the JSON Schema of taxonomy files, for editors."""
    from topicat.taxonomy_yaml import schema as make

    click.echo(json.dumps(make(), ensure_ascii=False, indent=2))
