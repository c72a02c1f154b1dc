"""Names: of taxonomies, models, tokenizers, readers; plugins that break or clash."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from topicat import registry
from topicat.errors import ModelError, NotFoundError, PluginError, TaxonomyError
from topicat.reading import READERS


@pytest.fixture
def outsider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path with room for a distribution of entry points; the registry forgets it afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    registry.plugins.cache_clear()
    registry._folder.cache_clear()


def distribution(folder: Path, name: str, entries: str) -> None:
    """An installed distribution, as the file system knows it."""
    info = folder / f"{name}-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text(entries)


def test_built_ins_come_in_by_the_entry_points() -> None:
    """Every built-in reader and tokenizer is declared, and nothing else under their names."""
    assert {p.name for p in registry.plugins("topicat.readers") if p.built_in} == set(READERS)
    assert {p.name for p in registry.plugins("topicat.tokenizers")} >= {"jieba", "rjieba"}
    assert registry.get_readers().keys() >= READERS.keys()


def test_listing_names_imports_nothing(outsider: Path) -> None:
    """A plugin's module is imported when it is used."""
    (outsider / "bomb_plugin.py").write_text("raise RuntimeError('boom')\n")
    distribution(outsider, "bomb", "[topicat.tokenizers]\nbomb = bomb_plugin:make\n")
    assert "bomb" in [p.name for p in registry.plugins("topicat.tokenizers")]
    assert "bomb_plugin" not in sys.modules
    with pytest.raises(PluginError, match=r"plugin 'bomb' .* of bomb 2\.0 cannot be loaded: RuntimeError: boom"):
        registry.get_tokenizer("bomb")
    assert registry.get_tokenizer("rjieba")("好") == ["好"]


def test_a_name_claimed_twice_names_both(outsider: Path) -> None:
    """Neither wins silently."""
    distribution(outsider, "rival", "[topicat.tokenizers]\nrjieba = topicat.tokenizers:jieba\n")
    with pytest.raises(
        PluginError, match=r"'rjieba' .* is claimed by rival 2\.0 and topicat|topicat .* and rival 2\.0"
    ):
        registry.get_tokenizer("rjieba")


def test_outside_plugins_can_be_turned_off(outsider: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TOPICAT_PLUGINS=off leaves the built-ins."""
    distribution(outsider, "rival", "[topicat.tokenizers]\nother = topicat.tokenizers:jieba\n")
    monkeypatch.setenv("TOPICAT_PLUGINS", "off")
    assert {p.name for p in registry.plugins("topicat.tokenizers")} == {"jieba", "rjieba"}


def test_a_plugin_brings_a_taxonomy_with_seeds(outsider: Path) -> None:
    """A folder with taxonomies/NAME.yaml and seeds/NAME*.jsonl."""
    (outsider / "taxonomies").mkdir()
    (outsider / "taxonomies" / "sport.yaml").write_text("taxonomy: sport\ntopics:\n  ball: {keywords: {en: [ball]}}\n")
    (outsider / "seeds").mkdir()
    (outsider / "seeds" / "sport.en.jsonl").write_text('{"text": "x", "labels": []}\n')
    (outsider / "seeds" / "sporty.jsonl").write_text("")
    (outsider / "sport_plugin.py").write_text(f"def folder(): return {str(outsider)!r}\n")
    distribution(outsider, "sporty", "[topicat.taxonomies]\nsport = sport_plugin:folder\n")
    assert registry.get_taxonomy("sport").roots == ("ball",)
    assert [p.name for p in registry.seeds_paths("sport")] == ["sport.en.jsonl"]


def test_misses_say_what_there_is(tmp_path: Path) -> None:
    """With the nearest name."""
    with pytest.raises(
        NotFoundError, match=r"no 'polcy' among the taxonomies; did you mean 'policy'\?; available: .*energy"
    ):
        registry.get_taxonomy("polcy")
    with pytest.raises(NotFoundError, match="no such taxonomy file"):
        registry.get_taxonomy(tmp_path / "mine.yaml")
    with pytest.raises(ModelError, match=r"no model 'polic'; did you mean 'policy'\?"):
        registry.model_path("polic")
    with pytest.raises(NotFoundError, match="no 'spacy' among the tokenizers"):
        registry.get_tokenizer("spacy")


def test_includes_are_files_beside_or_names(tmp_path: Path) -> None:
    """A file beside the including one comes first; a miss says both."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("taxonomy: mine\ninclude: [energy]\n")
    assert "energy.gas" in registry.get_taxonomy(mine)
    (tmp_path / "energy.yaml").write_text("taxonomy: own\ntopics:\n  own: {}\n")
    assert registry.get_taxonomy(mine).roots == ("own",)
    mine.write_text("taxonomy: mine\ninclude: [enrgy]\n")
    with pytest.raises(TaxonomyError, match=r"mine\.yaml:2:11: include 'enrgy': .*did you mean 'energy'"):
        registry.get_taxonomy(mine)
