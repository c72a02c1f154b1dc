"""The template of a plugin: what names do, and that nothing is overwritten. `test_plugin_example.py` installs one."""

from __future__ import annotations

from pathlib import Path

import pytest

from topicat.errors import OutputError, UsageError
from topicat.plugin_template import write
from topicat.taxonomy_yaml import load_taxonomy


def test_its_taxonomy_passes_the_check(tmp_path: Path) -> None:
    """As it is written."""
    write("fleet", tmp_path / "new" / "fleet")
    tree = load_taxonomy(tmp_path / "new" / "fleet" / "topicat_fleet" / "taxonomies" / "fleet.yaml")
    assert (tree.id, tree.roots) == ("fleet", ("boats", "fish"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("policy", r"^'policy' is taken: there is plugin 'policy' \(topicat\.taxonomies\) of topicat "),
        ("pdf", r"^'pdf' is taken: there is plugin '\.pdf' \(topicat\.readers\) of topicat "),
        ("My-Fleet", r"^'My-Fleet' cannot name a plugin: write lower case letters, digits and _, as in my_topics$"),
        ("../up", "cannot name a plugin"),
        ("", "cannot name a plugin"),
    ],
)
def test_a_name_that_does_not_do_is_refused(tmp_path: Path, name: str, message: str) -> None:
    """And nothing is written."""
    with pytest.raises(UsageError, match=message):
        write(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds something is left alone, as is a file."""
    (tmp_path / "kept").write_text("")
    with pytest.raises(UsageError, match="is there already and not empty; choose another folder with -o"):
        write("fleet", tmp_path)
    with pytest.raises(OutputError, match="kept: cannot be written: File exists; choose another place with -o"):
        write("fleet", tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
