"""The site: it builds without a warning and without a network, and its reference leaves nothing out."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import topicat
from topicat import errors
from topicat.cli.main import main
from topicat.taxonomy_yaml import schema

ROOT = Path(__file__).parent.parent


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The command and all below it, with what is typed for each."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")


COMMANDS = dict(commands(main, "topicat"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built anew; a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-E",
        "-d",
        folder / "trees",
    ]
    done = subprocess.run(
        [*command, ROOT / "docs", folder / "pages"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "pages"


def text_of(page: Path) -> str:
    """What a reader sees of it, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8"))).split())


def test_every_page_is_there_and_asks_nobody_else(site: Path) -> None:
    """No script, style, font or picture comes from elsewhere."""
    pages = {str(path.relative_to(ROOT / "docs").with_suffix(".html")) for path in (ROOT / "docs").glob("**/*.md")}
    assert {name for name in pages if not (site / name).exists()} == set()
    for name in pages:
        page = (site / name).read_text("utf-8")
        assert re.findall(r"<(?:script|img|iframe|source)[^>]*src=\"(?:https?:)?//[^\"]*", page) == []
        assert re.findall(r"<link[^>]*rel=\"(?:stylesheet|preload|icon)\"[^>]*href=\"(?:https?:)?//[^\"]*", page) == []


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_has_help(path: str) -> None:
    """A sentence for the command, and one for every option, each ending as sentences do."""
    command = COMMANDS[path]
    assert (command.help or "").strip().partition("\n\n")[0].rstrip()[-1] in ".:)"
    bare = [p.opts[-1] for p in command.params if isinstance(p, click.Option) and not (p.help or "").strip()]
    assert bare == []


def test_every_command_and_option_is_on_the_page(site: Path) -> None:
    """Made from the commands, so none can be forgotten."""
    page = (site / "reference" / "cli.html").read_text("utf-8")
    shown = text_of(site / "reference" / "cli.html")
    for path, command in COMMANDS.items():
        assert f'id="{path.replace(" ", "-")}"' in page, path
        for option in (p for p in command.params if isinstance(p, click.Option) and not p.hidden):
            identity = f"cmdoption-{path.replace(' ', '-')}-{option.opts[0].lstrip('-')}"
            assert re.search(rf'id="{re.escape(identity)}"', page, re.IGNORECASE), identity
            assert " ".join((option.help or "").replace("`", "").split()) in shown, identity


def test_every_public_name_is_on_the_page(site: Path) -> None:
    """What `topicat` exports, and every error."""
    page = (site / "reference" / "api.html").read_text("utf-8")
    ids = set(re.findall(r'id="(topicat[\w.]*)"', page))
    public = {name for name in topicat.__all__ if name != "TopicatError"}
    assert {name for name in public if f"topicat.{name}" not in ids} == set()
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert {name for name in classes if f"topicat.errors.{name}" not in ids} == set()


def test_every_key_of_the_schema_is_on_the_page(site: Path) -> None:
    """With what the schema says of it."""
    shown = text_of(site / "reference" / "schema.html")
    for part in (schema(), schema()["$defs"]["topic"]):
        for key, value in part["properties"].items():
            assert key in shown
            assert value["description"] in shown
