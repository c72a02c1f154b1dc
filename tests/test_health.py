"""The list of plugins: each in its state, a broken one with its cause."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from topicat import registry
from topicat.health import examine

Cli = Callable[..., Result]
Install = Callable[[str, str, str], Path]


def states(cli: Cli, exit_code: int) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of `topicat plugins -f json` by group and origin."""
    done = cli("plugins", "-f", "json")
    assert done.exit_code == exit_code, done.stderr
    rows = json.loads(done.stdout)
    return {(row["name"], row["origin"]): row for row in rows}


def test_everything_built_in_is_fine(cli: Cli) -> None:
    """Where the extras are installed."""
    found = [health for health in examine() if health.plugin.built_in]
    assert len(found) >= 24
    assert {(health.state, health.cause) for health in found} == {("fine", "")}
    lines = cli("plugins").stdout.splitlines()
    assert lines[0].split() == ["name", "group", "version", "origin", "state"]
    assert [".pdf", "readers", found[0].plugin.version, "topicat", "fine"] in [line.split() for line in lines]


def test_a_broken_plugin_is_a_line_with_its_cause(cli: Cli, install: Install) -> None:
    """And harms nothing elsewhere: all others are as fine as before."""
    entries = (
        "[topicat.taxonomies]\ngone = bad_plugin:folder\n[topicat.tokenizers]\nlossy = bad_plugin:lossy\n"
        "[topicat.readers]\nsrt = bad_plugin:read\n.vtt = bad_plugin:SEVEN\n.ass = bad_plugin:none\n"
    )
    code = (
        "import pathlib\nSEVEN = 7\n"
        "def folder(): return pathlib.Path(__file__).parent\n"
        "def lossy(): return str.split\n"
        "def read(name, data): return iter(())\n"
    )
    install("bad", entries, code)
    found = states(cli, 1)
    broken = {name: row["cause"] for (name, origin), row in found.items() if origin == "bad"}
    assert {row["state"] for (_, origin), row in found.items() if origin == "bad"} == {"broken"}
    assert {row["state"] for (_, origin), row in found.items() if origin == "topicat"} == {"fine"}
    assert "gone.yaml: cannot read the taxonomy: it is not there" in broken["gone"]
    assert "its pieces of '两国部长" in broken["lossy"]
    assert "'srt' is no ending; an ending is lower case and has its dot: '.srt'" in broken["srt"]
    assert "is bad_plugin:SEVEN, which is no function; a reader is one" in broken[".vtt"]
    assert "has no attribute 'none'" in broken[".ass"]
    assert f"    {broken['lossy']}" in cli("plugins").stdout.splitlines()


def test_a_clash_is_on_both_lines(cli: Cli, install: Install) -> None:
    """Each names both."""
    install("rival", "[topicat.readers]\n.pdf = topicat.plugins.html:read_html\n", "")
    found = states(cli, 1)
    for origin in ("topicat", "rival"):
        assert found[".pdf", origin]["state"] == "clash"
        assert "rival 2.0" in found[".pdf", origin]["cause"]
        assert f"topicat {registry.find('topicat.readers', '.txt').version}" in found[".pdf", origin]["cause"]


@pytest.mark.parametrize(
    ("module", "extra", "ending"),
    [("docx", "docx", ".docx"), ("pypdf", "pdf", ".pdf"), ("pyarrow", "parquet", ".parquet")],
)
def test_a_reader_without_its_library_says_how_to_install_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, ending: str
) -> None:
    """In the list, and where a file is read; that is no fault of the installation."""
    original = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named '{module}'", name=module)
        return original(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, f"topicat.plugins.{extra}", raising=False)
    row = states(cli, 0)[ending, "topicat"]
    assert row["state"] == "not installed"
    assert row["cause"].endswith(f"install it with: pip install 'topicat[{extra}]'")
    (tmp_path / f"a{ending}").write_bytes(b"data")
    done = cli("predict", tmp_path / f"a{ending}")
    assert done.exit_code == 1
    assert f"a{ending}: reading " in done.stderr
    assert f"pip install 'topicat[{extra}]'" in done.stderr


def test_the_switch_is_said(cli: Cli, install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside plugins are not in the list, and a note says why."""
    monkeypatch.setenv("TOPICAT_PLUGINS", "off")
    install("rival", "[topicat.readers]\n.pdf = topicat.plugins.html:read_html\n", "")
    done = cli("plugins")
    assert (done.exit_code, "rival" in done.stdout) == (0, False)
    assert done.stderr == "plugins of others are off (TOPICAT_PLUGINS=off)\n"
