"""Names: of taxonomies, models, tokenizers, readers; plugins that break or clash."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import topicat
from topicat import registry
from topicat.errors import ModelError, NotFoundError, PluginError, ReadingError, TaxonomyError
from topicat.reading import READERS

Install = Callable[[str, str, str], Path]


def test_built_ins_come_in_by_the_entry_points() -> None:
    """Every built-in reader and tokenizer is declared."""
    others = {".html", ".htm", ".docx", ".pdf", ".parquet"}
    assert {p.name for p in registry.plugins("topicat.readers") if p.built_in} == {*READERS, *others}
    assert {p.name for p in registry.plugins("topicat.tokenizers")} >= {"jieba", "rjieba", "alphabetic"}


def test_listing_names_imports_nothing(install: Install) -> None:
    """A plugin's module is imported when it is used."""
    install("bomb", "[topicat.tokenizers]\nbomb = bomb_plugin:make\n", "raise RuntimeError('boom')\n")
    assert "bomb" in [p.name for p in registry.plugins("topicat.tokenizers")]
    assert "bomb_plugin" not in sys.modules
    with pytest.raises(
        PluginError,
        match=r"^plugin 'bomb' \(topicat\.tokenizers\) of bomb 2\.0 cannot be loaded: RuntimeError: boom; "
        r"repair, update or uninstall bomb, or set TOPICAT_PLUGINS=off$",
    ):
        registry.get_tokenizer("bomb")
    assert registry.get_tokenizer("rjieba")("好") == ["好"]


def test_a_name_claimed_twice_names_both(install: Install) -> None:
    """Neither wins silently."""
    install("rival", "[topicat.tokenizers]\nrjieba = topicat.plugins.tokenizers:jieba\n", "")
    claimed = r"'rjieba' \(topicat\.tokenizers\) is claimed by (rival 2\.0 and topicat|topicat \S+ and rival 2\.0)"
    with pytest.raises(PluginError, match=claimed):
        registry.get_tokenizer("rjieba")


def test_outside_plugins_can_be_turned_off(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """TOPICAT_PLUGINS=off leaves the built-ins."""
    monkeypatch.setenv("TOPICAT_PLUGINS", "OFF")
    install("rival", "[topicat.tokenizers]\nother = topicat.plugins.tokenizers:jieba\n", "")
    assert {p.name for p in registry.plugins("topicat.tokenizers")} == {"alphabetic", "jieba", "rjieba"}
    with pytest.raises(NotFoundError, match=r"no 'other' .* \(plugins of others are off: TOPICAT_PLUGINS=off\)$"):
        registry.get_tokenizer("other")


def test_metadata_without_name_and_version_spoil_nothing(install: Install) -> None:
    """As an interrupted installation leaves them."""
    folder = install("half", "[topicat.tokenizers]\nhalf = half_plugin:make\n", "")
    (folder / "half-2.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\n")
    found = {p.name: p for p in registry.plugins("topicat.tokenizers")}
    assert found.keys() >= {"half", "rjieba"}


def test_a_plugin_brings_a_taxonomy_with_seeds(install: Install) -> None:
    """A folder with taxonomies/NAME.yaml and seeds/NAME*.jsonl."""
    code = "from pathlib import Path\ndef folder(): return Path(__file__).parent\n"
    folder = install("sporty", "[topicat.taxonomies]\nsport = sporty_plugin:folder\n", code)
    (folder / "taxonomies").mkdir()
    (folder / "taxonomies" / "sport.yaml").write_text("taxonomy: sport\ntopics:\n  ball: {keywords: {en: [ball]}}\n")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "sport.en.jsonl").write_text('{"text": "x", "labels": []}\n')
    (folder / "seeds" / "sporty.jsonl").write_text("")
    assert registry.get_taxonomy("sport").roots == ("ball",)
    assert [p.name for p in registry.seeds_paths("sport")] == ["sport.en.jsonl"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("folder = 7", r"does not say where its folder is: TypeError: 'int' object is not callable; repair"),
        ("def folder(): return None", r"does not say where its folder is: TypeError: "),
        ("import sys; sys.exit(3)", r"cannot be loaded: SystemExit: 3; repair"),
        ("x = 1", r"cannot be loaded: AttributeError: module 'sport_plugin' has no attribute 'folder'"),
        ("import no_such_thing", r"cannot be loaded: ModuleNotFoundError: No module named 'no_such_thing'"),
    ],
)
def test_a_taxonomy_that_is_broken_is_one_error(install: Install, code: str, message: str) -> None:
    """Whatever the plugin does; models and the other taxonomies are there as before."""
    install("sport", "[topicat.taxonomies]\nsport = sport_plugin:folder\n", code)
    with pytest.raises(PluginError, match=f"^plugin 'sport' .* of sport 2.0 {message}"):
        registry.get_taxonomy("sport")
    assert "policy" in registry.model_names()
    assert registry.get_taxonomy("energy").roots == ("energy",)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("str.split", "is wrong: its pieces of '天然 气' do not make up that text again; a tokenizer leaves out"),
        ("lambda text: 1 / 0", "failed on '天然 气': ZeroDivisionError: division by zero; repair"),
        ("lambda text: [1]", "failed on '天然 气': TypeError: "),
    ],
)
def test_a_tokenizer_that_loses_characters_is_an_error(install: Install, code: str, message: str) -> None:
    """Else evidence would stand at the wrong place."""
    install("cut", "[topicat.tokenizers]\ncut = cut_plugin:make\n", f"def make(): return {code}\n")
    cut = registry.get_tokenizer("cut")
    with pytest.raises(PluginError, match=f"^plugin 'cut' .* of cut 2.0 {message}"):
        cut("天然 气")


def test_a_tokenizer_of_a_plugin_is_used_by_its_name(install: Install) -> None:
    """Whatever sequence it gives is a list."""
    install("cut", "[topicat.tokenizers]\ncut = cut_plugin:make\n", "def make(): return tuple\n")
    assert registry.get_tokenizer("cut")("天然 气") == ["天", "然", " ", "气"]


def test_a_tokenizer_that_cannot_be_set_up_is_an_error(install: Install) -> None:
    """As for want of a dictionary."""
    install("cut", "[topicat.tokenizers]\ncut = cut_plugin:make\n", "def make(): open('/no/such/file')\n")
    with pytest.raises(PluginError, match=r"of cut 2\.0 cannot be set up: FileNotFoundError: .*No such file"):
        registry.get_tokenizer("cut")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise RuntimeError('boom')", "cannot be loaded: RuntimeError: boom"),
        ("def read(name, data): return 1 / 0", "failed: ZeroDivisionError: division by zero"),
        ("def read(name, data): yield 'text'", "failed: TypeError: it gave a str, not a topicat.Document"),
        ("def read(name): yield 1", "failed: TypeError: read"),
    ],
)
def test_a_reader_that_is_broken_spoils_no_other_file(
    install: Install, tmp_path: Path, code: str, message: str
) -> None:
    """Its files cannot be read; those of other endings can."""
    install("srt", "[topicat.readers]\n.srt = srt_plugin:read\n", code)
    for name in ("a.srt", "b.txt"):
        (tmp_path / name).write_text("Text.")
    with pytest.raises(ReadingError, match=rf"a\.srt: plugin '\.srt' .* of srt 2\.0 {message}"):
        topicat.read(tmp_path / "a.srt")
    assert [d.text for d in topicat.read(tmp_path / "b.txt")] == ["Text."]


def test_a_reader_whose_ending_is_claimed_twice_spoils_no_other_file(install: Install, tmp_path: Path) -> None:
    """The error names both, where a file of that ending is read."""
    install("rival", "[topicat.readers]\n.txt = rival_plugin:read\n", "")
    for name in ("a.txt", "b.md"):
        (tmp_path / name).write_text("Text.")
    with pytest.raises(ReadingError, match=r"a\.txt: '\.txt' \(topicat\.readers\) is claimed by .*rival 2\.0"):
        topicat.read(tmp_path / "a.txt")
    assert [d.text for d in topicat.read(tmp_path / "b.md")] == ["Text."]


def test_a_reader_may_take_the_open_file(install: Install, tmp_path: Path) -> None:
    """Marked by `from_file`, it reads files larger than a process may hold."""
    code = (
        "from topicat.reading import from_file, make_document\n"
        "@from_file\n"
        "def read(name, file):\n"
        "    for line in file:\n"
        "        yield make_document(name, line.decode())\n"
    )
    install("lines", "[topicat.readers]\n.lines = lines_plugin:read\n", code)
    (tmp_path / "a.lines").write_text("One.\nTwo.\n")
    assert [d.text for d in topicat.read(tmp_path / "a.lines")] == ["One.\n", "Two.\n"]


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
