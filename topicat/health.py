"""What state each plugin is in: tried one by one, so that a broken one is a line in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topicat import registry
from topicat.errors import MissingPackageError, PluginError, TopicatError
from topicat.registry import Plugin

State = Literal["fine", "not installed", "clash", "broken"]

_SAMPLE = "两国部长商定扩大天然气供应。 Gas pipeline, 24 bcm."


@dataclass(frozen=True)
class Health:
    """A plugin and the state it is in.

    Attributes
    ----------
    plugin
        The plugin.
    state
        ``fine``; ``not installed``: it needs a package that is not there; ``clash``: another plugin has the
        same name, and neither is used; ``broken``: anything else that keeps it from use.
    cause
        Why it is not fine, and what to do; empty if it is.
    """

    plugin: Plugin
    state: State
    cause: str = ""


def examine() -> list[Health]:
    """The health of every plugin, in the order of groups and names. Imports all of them."""
    return [_examined(plugin) for group in registry.GROUPS for plugin in registry.plugins(group)]


def _examined(plugin: Plugin) -> Health:
    try:
        registry.find(plugin.group, plugin.name)
    except PluginError as error:
        return Health(plugin, "clash", str(error))
    try:
        _use(plugin)
    except MissingPackageError as error:
        return Health(plugin, "not installed", str(error))
    except TopicatError as error:
        return Health(plugin, "broken", str(error))
    return Health(plugin, "fine")


def _use(plugin: Plugin) -> None:
    if plugin.group == "topicat.taxonomies":
        registry.get_taxonomy(plugin.name)
    elif plugin.group == "topicat.tokenizers":
        registry.get_tokenizer(plugin.name)(_SAMPLE)
    else:
        if not callable(plugin.load()):
            raise PluginError(f"{plugin} is {plugin.entry.value}, which is no function; a reader is one")
        if plugin.name != plugin.name.lower() or not plugin.name.startswith("."):
            raise PluginError(
                f"{plugin}: '{plugin.name}' is no ending; an ending is lower case and has its dot: '.srt'"
            )
