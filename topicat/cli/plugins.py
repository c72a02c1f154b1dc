"""`topicat plugins`: list with states; `topicat plugins new`: a package to start from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from topicat.health import Health


@click.group(invoke_without_command=True)
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="How to write the list.",
)  # fmt: skip
@click.pass_context
def plugins(context: click.Context, form: str) -> None:
    """List taxonomies, tokenizers and readers: name, group, version, origin and state of each.

    Exit code 1 if one is broken, or two have one name. TOPICAT_PLUGINS=off leaves only the built-in ones.
    """
    if context.invoked_subcommand:
        return
    from topicat import registry
    from topicat.health import examine

    found = examine()
    click.echo(_json(found) if form == "json" else _table(found))
    if registry.switched_off():
        click.echo(f"plugins of others are off ({registry.SWITCH}=off)", err=True)
    if any(health.state in ("broken", "clash") for health in found):
        sys.exit(1)


@plugins.command("new")
@click.argument("name")
@click.option("-o", "--output", required=True, help="Folder to write, as in my-plugin; it must not be there yet.")
def new(name: str, output: str) -> None:
    """Write an installable package with a taxonomy, a tokenizer and a reader called NAME, to start from."""
    from topicat.plugin_template import write

    write(name, output)
    click.echo(f"{output}: written; next: pip install -e {output} && topicat plugins", err=True)


def _json(found: list[Health]) -> str:
    rows = [
        {
            "name": health.plugin.name,
            "group": health.plugin.group,
            "version": health.plugin.version,
            "origin": health.plugin.distribution,
            "built_in": health.plugin.built_in,
            "state": health.state,
            "cause": health.cause,
        }
        for health in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _table(found: list[Health]) -> str:
    rows = [("name", "group", "version", "origin", "state")]
    rows += [(p.name, p.group.rsplit(".")[-1], p.version, p.distribution, h.state) for h in found for p in [h.plugin]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    causes = ["", *(health.cause for health in found)]
    return "\n".join(f"{line}\n    {cause}" if cause else line for line, cause in zip(lines, causes, strict=True))
