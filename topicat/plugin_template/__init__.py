"""A first plugin package, written from the files beside this one."""

from __future__ import annotations

import re
import string
from importlib import resources
from pathlib import Path

from topicat import registry
from topicat.errors import OutputError, UsageError

_ENDING = ".in"


def write(name: str, folder: str | Path) -> None:
    """Write an installable package with a taxonomy, a tokenizer and a reader called `name`.

    Parameters
    ----------
    name
        Lower case letters, digits and ``_``; the distribution is called ``topicat-NAME``.
    folder
        Where; it must not be there yet, or be empty.

    Raises
    ------
    UsageError
        If the name does not do or is taken, or the folder is not empty.
    OutputError
        If the folder cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"'{name}' cannot name a plugin: write lower case letters, digits and _, as in my_topics")
    for plugin in [plugin for group in registry.GROUPS for plugin in registry.plugins(group)]:
        if plugin.name in (name, f".{name}"):
            raise UsageError(f"'{name}' is taken: there is {plugin}; choose another name")
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise UsageError(f"{root}: is there already and not empty; choose another folder with -o")
        for path, text in _files(name):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    except OSError as error:
        raise OutputError(
            f"{root}: cannot be written: {error.strerror or error}; choose another place with -o"
        ) from None


def _files(name: str) -> list[tuple[str, str]]:
    """Path and text of each file of the package."""
    package = f"topicat_{name}"
    places = {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        "test_plugin.py": "test_plugin.py",
        "__init__.py": f"{package}/__init__.py",
        "taxonomy.yaml": f"{package}/taxonomies/{name}.yaml",
        "seeds.jsonl": f"{package}/seeds/{name}.jsonl",
    }
    source = resources.files(__name__)
    found = []
    for file, place in places.items():
        template = string.Template(source.joinpath(file + _ENDING).read_text("utf-8"))
        found.append((place, template.substitute(name=name, distribution=package.replace("_", "-"))))
    return found
