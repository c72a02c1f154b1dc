"""Taxonomies, tokenizers and readers by name. Built-ins and plugins use the same entry points.

=======================  ==============================================================================
group                    what the entry point loads to
=======================  ==============================================================================
``topicat.taxonomies``   a function that gives the `Path` of a folder with ``taxonomies/NAME.yaml`` and,
                         if they are there, ``seeds/NAME*.jsonl`` and ``models/NAME/``
``topicat.tokenizers``   a function that gives a `Tokenizer`
``topicat.readers``      a function that is a `Reader`; the entry point's name is the ending (``.html``)
=======================  ==============================================================================

Names are listed without importing anything; a plugin is imported when it is used. Whatever goes wrong in one
is a `PluginError` (in a reader a `ReadingError`) that names it, and concerns nothing else.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topicat.document import Document
from topicat.errors import (
    ModelError,
    NotFoundError,
    PluginError,
    ReadingError,
    TaxonomyError,
    TopicatError,
    reason_of,
)
from topicat.reading import Reader
from topicat.taxonomy import Taxonomy, nearest
from topicat.tokenizers import Tokenizer

if TYPE_CHECKING:
    from topicat.taxonomy_yaml import Located

GROUPS = ("topicat.taxonomies", "topicat.tokenizers", "topicat.readers")
SWITCH = "TOPICAT_PLUGINS"
"""Environment variable; ``off`` leaves only the built-ins."""


@dataclass(frozen=True)
class Plugin:
    """An entry point: its group and name, and the distribution that brings it."""

    group: str
    name: str
    distribution: str
    version: str
    entry: EntryPoint

    @property
    def built_in(self) -> bool:
        return self.distribution == "topicat"

    def load(self) -> Any:
        """What the entry point names.

        Raises
        ------
        PluginError
            If importing it fails, for whatever reason.
        """
        with self.guarded("cannot be loaded"):
            return self.entry.load()

    @contextlib.contextmanager
    def guarded(self, fails: str) -> Iterator[None]:
        """Errors that are not of ours become a `PluginError` that names the plugin and how it `fails`."""
        try:
            yield
        except TopicatError:
            raise
        except (Exception, SystemExit) as error:
            raise PluginError(
                f"{self} {fails}: {type(error).__name__}: {reason_of(error)}; "
                f"repair, update or uninstall {self.distribution}, or set {SWITCH}=off"
            ) from error

    def __str__(self) -> str:
        return f"plugin '{self.name}' ({self.group}) of {self.distribution} {self.version}"


def switched_off() -> bool:
    """Whether the user allows no plugins but the built-in ones."""
    return os.environ.get(SWITCH, "").lower() == "off"


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """The plugins of `group`, sorted by name, nothing imported."""
    found: dict[tuple[str, str, str], Plugin] = {}
    for entry in entry_points(group=group):
        dist = entry.dist
        # Metadata that lack the name or the version must not spoil the list. `dist.name` would raise a KeyError where
        # the backport importlib_metadata is imported, as Dask does on Python 3.11.
        about = dict(dist.metadata.items()) if dist and dist.metadata else {}  # type: ignore[attr-defined]
        name, version = about.get("Name") or "unknown", about.get("Version") or "0"
        if switched_off() and name != "topicat":
            continue
        found[entry.name, name, entry.value] = Plugin(group, entry.name, name, version, entry)
    return tuple(sorted(found.values(), key=lambda p: (p.name, p.distribution)))


def find(group: str, name: str) -> Plugin:
    """The one plugin of `group` called `name`.

    Raises
    ------
    NotFoundError
        If there is none; the message lists those that there are.
    PluginError
        If two claim the name; the message names both.
    """
    claims = [p for p in plugins(group) if p.name == name]
    if len(claims) > 1:
        both = " and ".join(f"{p.distribution} {p.version}" for p in claims)
        raise PluginError(f"'{name}' ({group}) is claimed by {both}; uninstall one of them, or set {SWITCH}=off")
    if not claims:
        names = list(dict.fromkeys(p.name for p in plugins(group)))
        near = nearest(name, names)
        hint = f"; did you mean '{near}'?" if near else ""
        what = group.rsplit(".", 1)[-1]
        off = f" (plugins of others are off: {SWITCH}=off)" if switched_off() else ""
        raise NotFoundError(f"no '{name}' among the {what}{hint}; available: {', '.join(names) or 'none'}{off}")
    return claims[0]


def taxonomy_path(name_or_path: str | Path) -> Path:
    """The file of a taxonomy given by name or path.

    Raises
    ------
    NotFoundError
        If it is neither.
    """
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1 or path.is_file():
        if not path.exists():
            raise NotFoundError(
                f"{path}: there is no such taxonomy file; 'topicat taxonomy list' names the bundled ones"
            )
        return path
    return _folder(str(name_or_path)) / "taxonomies" / f"{name_or_path}.yaml"


def get_taxonomy(name_or_path: str | Path) -> Taxonomy:
    """The taxonomy of that name or path, with what it includes.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    TaxonomyError
        If its file is not valid.
    """
    return locate_taxonomy(name_or_path).taxonomy


def locate_taxonomy(name_or_path: str | Path) -> Located:
    """As `get_taxonomy`, with the place of everything in its files."""
    from topicat import taxonomy_yaml  # it needs the YAML library, and predicting does not

    return taxonomy_yaml.locate_taxonomy(taxonomy_path(name_or_path), _include)


def _include(name: str, file: Path) -> Path:
    beside = file.parent / name
    for path in (beside, beside.with_name(f"{beside.name}.yaml")):
        if path.is_file():
            return path
    try:
        return taxonomy_path(name)
    except NotFoundError as error:
        raise TaxonomyError(f"there is no such file beside {file.name}, and {error}") from None


def seeds_paths(name_or_path: str | Path) -> list[Path]:
    """The seeds that come with a taxonomy given by name; none for one given by path."""
    name = str(name_or_path)
    if not any(p.name == name for p in plugins("topicat.taxonomies")):
        return []
    folder = _folder(name) / "seeds"
    return sorted(p for p in folder.glob(f"{name}*.jsonl") if p.stem.split(".")[0] == name)


def model_path(name_or_path: str | Path) -> Path:
    """The folder of a model given by name or path.

    Raises
    ------
    ModelError
        If it is neither; the message lists the bundled models.
    """
    path = Path(name_or_path)
    if path.exists() or len(path.parts) > 1:
        return path
    names = model_names()
    if str(name_or_path) in names:
        return _folder(str(name_or_path)) / "models" / str(name_or_path)
    near = nearest(str(name_or_path), names)
    hint = f"; did you mean '{near}'?" if near else ""
    raise ModelError(
        f"no model '{name_or_path}'{hint}; give the path of a model folder, or one of: {', '.join(names) or 'none'}"
    )


def model_names() -> list[str]:
    """Names of the models that come with the taxonomies; broken plugins are passed over."""
    names = []
    for plugin in plugins("topicat.taxonomies"):
        try:
            if (_folder(plugin.name) / "models" / plugin.name / "model.json").is_file():
                names.append(plugin.name)
        except PluginError:
            continue
    return names


def get_tokenizer(name: str) -> Tokenizer:
    """The tokenizer called `name`, loaded.

    One of a plugin raises PluginError when it is used and loses or adds characters: offsets would be wrong.

    Raises
    ------
    NotFoundError, PluginError
        If there is none, or it cannot be loaded.
    """
    plugin = find("topicat.tokenizers", name)
    make: Callable[[], Tokenizer] = plugin.load()
    with plugin.guarded("cannot be set up"):
        cut = make()
    return cut if plugin.built_in else _checked(plugin, cut)


def _checked(plugin: Plugin, cut: Tokenizer) -> Tokenizer:
    def checked(text: str) -> list[str]:
        with plugin.guarded(f"failed on {text!r:.60}"):
            pieces = list(cut(text))
            whole = "".join(pieces) == text
        if not whole:
            raise PluginError(
                f"{plugin} is wrong: its pieces of {text!r:.60} do not make up that text again; "
                "a tokenizer leaves out and changes no character"
            )
        return pieces

    return checked


def get_readers() -> dict[str, Reader]:
    """Every reader by ending; a plugin's is imported when the first file of its ending is read."""
    return {plugin.name: LazyReader(plugin.name) for plugin in plugins("topicat.readers")}


class LazyReader:
    """The reader of an ending, found and imported at its first use, so that a broken one spoils no other file."""

    def __init__(self, ending: str) -> None:
        self.ending = ending

    @property
    def from_file(self) -> bool:
        """Whether it takes an open file instead of bytes; a broken one does not, and says why when it is called."""
        try:
            return getattr(find("topicat.readers", self.ending).load(), "from_file", False)
        except PluginError:
            return False

    def __call__(self, name: str, data: Any) -> Iterator[Document]:
        """The documents in `data`.

        Raises
        ------
        ReadingError
            If they cannot be read, the plugin is broken, or two claim the ending.
        """
        try:
            plugin = find("topicat.readers", self.ending)
            read = plugin.load()
            with plugin.guarded("failed"):
                for document in read(name, data):
                    if not isinstance(document, Document):
                        raise TypeError(f"it gave a {type(document).__name__}, not a topicat.Document")
                    yield document
        except PluginError as error:
            raise ReadingError(f"{name}: {error}") from error


@cache
def _folder(name: str) -> Path:
    plugin = find("topicat.taxonomies", name)
    place = plugin.load()
    with plugin.guarded("does not say where its folder is"):
        return Path(place())
