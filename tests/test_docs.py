"""The documentation cannot lie: every block of the README and of docs/ is run, in order, by a reader of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from code_blocks import LANGUAGES, Block, Reader, blocks_of, brought
from stand_ins import make
from test_plugin_example import Environment

ROOT = Path(__file__).parent.parent
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
    if "_build" not in path.parts
}
# Its examples of wrong files are run by test_diagnostic.py, one by one.
PAGES["docs/diagnostics.md"] = PAGES["docs/diagnostics.md"].partition("## Errors")[0]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that readers bring along."""
    folder = tmp_path_factory.mktemp("shelf")
    make(folder)
    return folder


@pytest.mark.parametrize("name", [n for n, page in PAGES.items() if blocks_of(page) and n != "README.zh.md"])
def test_the_blocks_of_the_page_run(name: str, tmp_path: Path, shelf: Path) -> None:
    """From a folder that holds only what the page says, in a fresh environment with topicat."""
    environment = Environment(tmp_path / "venv")
    environment.put_commands()
    folder = tmp_path / "folder"
    folder.mkdir()
    for own in brought(PAGES[name]):
        (folder / own).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (shelf / own).is_dir() else shutil.copy
        copy(shelf / own, folder / own)
    reader = Reader(folder, environment.python.parent)
    for block in blocks_of(PAGES[name]):
        wrong = reader.run(block)
        assert not wrong, f"{name}:{block.line}: {wrong}"


def test_the_chinese_readme_has_the_blocks_of_the_english_one() -> None:
    """All but the comments in them; so it needs no run of its own, and does not fall behind."""
    english, chinese = (
        [(block.language, re.sub(r" +# .*", "", block.text)) for block in blocks_of(PAGES[name])]
        for name in ("README.md", "README.zh.md")
    )
    assert chinese == english


def test_no_block_escapes() -> None:
    """Every fence is a block of a known language or a directive of the site; few are not run, and say why."""
    not_run: list[tuple[str, Block]] = []
    for name, page in PAGES.items():
        blocks = blocks_of(page)
        assert len(re.findall(r"^ *(?:```|~~~)", page, re.MULTILINE)) == 2 * len(blocks), name
        assert {b.language for b in blocks if not b.language.startswith("{")} <= set(LANGUAGES), name
        if name != "README.zh.md":  # its blocks are those of README.md
            not_run += [(name, b) for b in blocks if b.mark == "not run"]
    assert all(len(block.value) > 10 for _, block in not_run)
    assert len(not_run) <= 14, [(name, block.line) for name, block in not_run]


def test_the_links_of_the_readme_lead_somewhere() -> None:
    """The site's own builder looks after the pages in docs/."""
    for name in ("README.md", "README.zh.md"):
        targets = re.findall(r"\]\(([^)#]+)", PAGES[name])
        assert [t for t in targets if "://" not in t and not (ROOT / t).exists()] == []


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (Block("sh", "true\nfalse | true\n", 1), "exit code 1"),
        (Block("sh", "true\n", 1, "exit", "1"), "exit code 0"),
        (Block("console", "$ echo a\na\n$ echo b\nc\n", 1), "$ echo b\nb\n\nis not\nc\n"),
        (Block("python", ">>> 1 + 1\n3\n", 1), "Expected:\n    3\nGot:\n    2\n"),
    ],
)
def test_a_wrong_block_is_found(tmp_path: Path, block: Block, wrong: str) -> None:
    """By its exit code, or by what it prints."""
    assert wrong in Reader(tmp_path, tmp_path).run(block)


@pytest.mark.parametrize(
    "block",
    [
        Block("sh", "false\n", 1, "exit", "1"),
        Block("sh", "false\n", 1, "not run", "for a reason"),
        Block("console", "$ echo a; echo b; echo c >&2\na\n…\nc\n", 1),
        Block("python", ">>> print('one two')\none …\n>>> 1 + 1\n2\n".replace("…", "..."), 1),
        Block("json", '{"a": 1}\n{"a": 2}\n', 1),
    ],
)
def test_a_right_block_passes(tmp_path: Path, block: Block) -> None:
    """Also one that fails on purpose, or whose output is left out in part."""
    assert Reader(tmp_path, tmp_path).run(block) == ""


def test_what_a_session_prints_is_made_anew(tmp_path: Path) -> None:
    """By docs/refresh.py, after a new model; all else stays."""
    page = tmp_path / "page.md"
    page.write_text(
        "a\n```python\n>>> for i in range(2):\n...     print(i)\n5\n>>> x = 1\n```\n```sh\nls\n```\n", "utf-8"
    )
    subprocess.run([sys.executable, ROOT / "docs" / "refresh.py", page], check=True)
    assert page.read_text("utf-8").split("print(i)\n")[1] == "0\n1\n>>> x = 1\n```\n```sh\nls\n```\n"


def test_a_file_is_saved_where_the_page_says(tmp_path: Path) -> None:
    """Folders are made."""
    [block] = blocks_of('<!-- file: a/b.jsonl -->\n```json\n{"a": 1}\n```\n')
    assert Reader(tmp_path, tmp_path).run(block) == ""
    assert (tmp_path / "a" / "b.jsonl").read_text("utf-8") == '{"a": 1}\n'
