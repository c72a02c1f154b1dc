"""Whatever a stranger's file holds, it is read or refused in words of ours; the long run is `python -m fuzz`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fuzz.doors import DOORS, Door
from hypothesis import given, settings
from hypothesis import strategies as st

TOKENS = [
    "\x00",
    "\n",
    '"',
    "{",
    "[",
    "]",
    "<",
    ">",
    "&",
    ":",
    ",",
    "*",
    "-",
    "\t",
    "1e9",
    "能",
    "null",
    "<!--",
    "\\ud800",
]
# What is done at a place, given as a share of the file's length: cut out, put in, repeated.
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 40),
        st.sampled_from([token.encode() for token in TOKENS]) | st.binary(max_size=4),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.filterwarnings("ignore::topicat.errors.EditedModelWarning")  # it says that the model was changed
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@settings(max_examples=25)
@given(st.data())
def test_whatever_is_changed_a_file_is_read_or_refused(door: Door, data: st.DataObject) -> None:
    """Bytes cut out, put in and repeated: an error of ours, or what can be used; never another exception."""
    content = data.draw(st.sampled_from(door.seeds()))
    for share, gone, new, times in data.draw(EDITS):
        at = int(share * len(content))
        content = content[:at] + new * times + content[at + gone :]
    door.enter(content)


@pytest.mark.parametrize(
    ("door", "content"),
    [
        ("predict", "\ud83d 能源".encode("utf-8", "surrogatepass")),
        ("taxonomy-annif-csv", b"\xcci,uri,label_en,notation\nurn:topicat:garden:fruit\n"),
        ("taxonomy-lexicoder3", b"+a+\n" * 5_000),
        ("predictions", DOORS["predictions"].seeds()[0].replace(b'{"topic": "fruit"', b'{"topic": "fvuit"')),
        ("model-json", DOORS["model-json"].seeds()[0].replace(b'"parts": [\n   4', b'"parts": [\n   0')),
    ],
)
def test_what_was_found_once_is_not_found_again(door: str, content: bytes) -> None:
    """Half a character, a row without its IRI, one name many times, a stray topic, parts of words without letters."""
    DOORS[door].enter(content)


@pytest.mark.parametrize(
    "args",
    [
        ("predict", "{}"),
        ("predict", "-f", "html", "{}"),
        ("train", "{}"),
        ("train", "energy", "-s", "{}"),
        ("evaluate", "{}"),
        ("report", "{}"),
        ("audit", "{}"),
        ("suggest", "{}"),
        ("taxonomy", "check", "{}"),
        ("taxonomy", "convert", "{}", "-o", "-", "--to", "skos"),
        ("seeds", "convert", "{}", "-o", "-", "--to", "csv"),
        ("model", "verify", "{}"),
        ("predict", "-m", "{}", "README.md"),
    ],
    ids=" ".join,
)
def test_devices_pipes_links_and_folders_given_as_files_are_refused(
    cli: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    """At once: a pipe that nobody writes to is never waited for, and a device without end is never read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("a")
    os.mkfifo("pipe.txt")
    Path("loop.txt").symlink_to("loop.txt")
    Path("gone.txt").symlink_to("nowhere")
    Path("to-pipe.yaml").symlink_to("pipe.txt")
    Path("folder.yaml").mkdir()
    for name in ("pipe.txt", "loop.txt", "gone.txt", "to-pipe.yaml", "folder.yaml", "/dev/zero", "nowhere.jsonl"):
        done = cli(*(arg.format(name) for arg in args))
        assert done.exit_code in (1, 2), name
        said = str(done.exception) if "Error" in type(done.exception).__name__ else done.stderr + done.stdout
        assert name in said, (name, said)
