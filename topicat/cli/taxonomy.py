"""`topicat taxonomy`: list, show, check, schema; new and convert are in files of their own."""

from __future__ import annotations

import json
import sys

import click

from topicat.cli.convert import convert
from topicat.cli.new import new


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


@taxonomy.command()
@click.argument("name")
@click.argument("topic", required=False)
@click.option("--lang", default="en", show_default=True, help="Language of the labels.")
def show(name: str, topic: str | None, lang: str) -> None:
    """Print the tree of a taxonomy (a name or a YAML file), or one TOPIC in full."""
    import topicat
    from topicat.taxonomy_yaml import dump_topic

    tree = topicat.taxonomy(name)
    if topic:
        click.echo(dump_topic(tree[topic]), nl=False)
        return
    kind = "exclusive" if tree.exclusive else "a text may have several topics, or none"
    click.echo(f"{tree.id} {tree.version}: {len(tree.paths)} topics, {kind}")
    for item in tree.walk():
        depth = item.path.count(".")
        counts = "  ".join(f"{code} {len(words)}" for code, words in item.keywords.items())
        line = f"{'  ' * depth}{item.id:<{max(16 - 2 * depth, 1)}} {item.name(lang)}"
        click.echo(line + (f"  ({counts} keywords)" if counts else ""))


@taxonomy.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a taxonomy file; findings are printed as file:line:column. Exit code 1 if there are any."""
    import topicat

    tree = topicat.taxonomy(file)
    keywords = sum(len(words) for topic in tree.walk() for words in topic.keywords.values())
    click.echo(f"{file}: fine: {tree.id} {tree.version}, {len(tree.paths)} topics, {keywords:,} keywords")


taxonomy.add_command(new)
taxonomy.add_command(convert)


@taxonomy.command()
def schema() -> None:
    """Print the JSON Schema of taxonomy files, for editors."""
    from topicat.taxonomy_yaml import schema as make

    click.echo(json.dumps(make(), ensure_ascii=False, indent=2))
