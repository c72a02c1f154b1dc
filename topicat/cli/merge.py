"""`topicat taxonomy merge`: several taxonomies as one file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from topicat.cli.output import output_to
from topicat.errors import UsageError


@click.command()
@click.argument("parts", nargs=-1, required=True, metavar="A B...")
@click.option("-o", "--output", required=True, help="File to write, as in all.yaml; it must not be there yet.")
@click.option("--id", "id_", help="The id of the new taxonomy.  [default: the name of the file]")
@click.option("--flat", is_flag=True, help="Write every topic out, so that the file stands alone.")
def merge(parts: tuple[str, ...], output: str, id_: str | None, flat: bool) -> None:
    """Make one taxonomy of several (names or YAML files), which it includes.

    Where two have the same topic at the top, the later is laid over the earlier: what it says replaces, language by
    language, what it leaves out stays. Its topics are then written out, since two includes may not share a topic.
    """
    import topicat
    from topicat import merging, registry
    from topicat.taxonomy_yaml import dump_taxonomy

    path = Path(output)
    if output == "-":
        raise click.UsageError("-o: give the name of a file; what it includes is found from its place")
    if path.exists():
        raise UsageError(f"{path}: is there already; choose another name or remove it")
    if len(set(parts)) < max(2, len(parts)):
        raise click.UsageError("give two different taxonomies or more")
    merged = merging.merge(id_ or path.stem, [(_reference(part, path), topicat.taxonomy(part)) for part in parts])
    text = dump_taxonomy(merged.whole) if flat else dump_taxonomy(merged.own, merged.include)
    with output_to(output) as stream:
        stream.write(text)
    try:
        registry.get_taxonomy(path)  # whatever was merged, the result passes `check`
    except topicat.TopicatError:
        path.unlink()
        raise
    for topic, names in merged.shared.items():
        click.echo(f"topic '{topic}': of {' and '.join(names)}, the last is laid over", err=True)
    click.echo(f"{path}: written; next: topicat taxonomy check {path}", err=True)


def _reference(part: str, output: Path) -> str:
    """How the file `output` includes `part`: by name, unless a file beside it has that name too, else by path."""
    from topicat import registry

    path = registry.taxonomy_path(part)
    named = path.stem == part and not Path(part).exists()
    if named and not (output.parent / f"{part}.yaml").exists():
        return part
    return Path(os.path.relpath(path, output.parent)).as_posix()
