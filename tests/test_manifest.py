"""model.json: its seal, its types, its limits."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.errors import ModelError
from topicat.manifest import MAX_DEPTH, read_manifest, sealed

OLD = Path(__file__).with_name("model_format_2")


def described() -> dict[str, Any]:
    """What a model.json says that is as it should be, without its seal."""
    found: dict[str, Any] = json.loads((OLD / "model.json").read_text("utf-8"))
    del found["sha256"]
    return found


def write(folder: Path, data: Any) -> Path:
    """A model.json of `data` in `folder`, sealed."""
    (folder / "model.json").write_bytes(sealed(data))
    return folder


def test_a_sealed_file_is_as_it_was_saved(tmp_path: Path) -> None:
    """The seal is one more key of the JSON, and is not broken."""
    manifest = read_manifest(write(tmp_path, described()))
    assert not manifest.edited
    assert {key: value for key, value in manifest.data.items() if key != "sha256"} == described()


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"threshold": [0.', '"threshold": [0.1', 1),
        lambda text: text.replace(' "sha256": "', ' "sha256": "0', 1),
        lambda text: json.dumps(json.loads(text)),
        lambda text: text + "\n",
    ],
    ids=["number", "seal", "layout", "line"],
)
def test_any_edit_breaks_the_seal(tmp_path: Path, edit: Any) -> None:
    """A number, the seal itself, or only the white space."""
    path = write(tmp_path, described()) / "model.json"
    before = path.read_text("utf-8")
    path.write_text(edit(before), "utf-8")
    assert path.read_text("utf-8") != before
    assert read_manifest(tmp_path).edited


def test_files_from_before_there_were_seals_are_read() -> None:
    """Nothing is said of them."""
    assert not read_manifest(OLD).edited


def changed(*path: Any, value: Any = None) -> dict[str, Any]:
    """The description with the value at `path` replaced, or taken out if it is None."""
    data = copy.deepcopy(described())
    at: Any = data
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


def nested(depth: int) -> dict[str, Any]:
    """Topics in topics."""
    topics: dict[str, Any] = {}
    for _ in range(depth):
        topics = {"a": {"topics": topics}}
    return topics


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed("taxonomy"), "'taxonomy' is missing"),
        (changed("info", value=[]), "info is a list, not an object"),
        (changed("taxonomy", "version", value=1), "taxonomy.version is a whole number, not a text"),
        (changed("taxonomy", "topics", "tool", "keywords", "zh", value="锄头"), "keywords.zh is a text, not a list"),
        (changed("taxonomy", "topics", "tool", "keywords", "zh", value=[1]), "zh.0 is a whole number, not a text"),
        (changed("taxonomy", "topics", "tool", "label", value={"zh": {}}), "label.zh is an object, not a text"),
        (changed("taxonomy", "topics", value={"a.b": {}}), "'a.b' is no id of a topic"),
        (changed("taxonomy", "topics", value=nested(MAX_DEPTH + 1)), f"topics are nested deeper than {MAX_DEPTH}"),
        (
            changed("settings", "parts", value=[4, 10**9]),
            "settings.parts is 4 to 1000000000, not within 1 to 16, nor 0 to 0",
        ),
        (
            changed("settings", "han_words", value=[6, 3]),
            "settings.han_words is 6 to 3, not within 1 to 16, nor 0 to 0",
        ),
        (changed("settings", "parts", value=[0, 5]), "settings.parts is 0 to 5, not within 1 to 16, nor 0 to 0"),
        (changed("settings", "words", value=1), "settings.words is a whole number, not true or false"),
        (changed("pooling", value="best"), "pooling is 'best', not mean, max or none"),
        (changed("heads", 0, "weights", value=["a", 2]), "heads.0.weights.0 is a text, not a whole number"),
        (changed("files", "idf", "bytes", value=1.5), "files.idf.bytes is a number, not a whole number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_types_and_limits_are_refused(tmp_path: Path, data: Any, message: str) -> None:
    """Place, found and wanted; at loading, not in the midst of a prediction."""
    with pytest.raises(ModelError) as caught:
        read_manifest(write(tmp_path, data))
    assert f"{message}); train the model again" in str(caught.value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data(), PLAIN)
def test_whatever_stands_in_it_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: Any
) -> None:
    """Some value anywhere in the tree replaced: ModelError, never another exception."""
    description = described()
    at: Any = description
    while isinstance(at, (dict, list)) and at:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], (dict, list)) or data.draw(st.booleans()):
            at[key] = value
            break
        at = at[key]
    folder = write(tmp_path_factory.getbasetemp(), description)
    try:
        edited = read_manifest(folder).edited
    except ModelError:
        return
    assert not edited
