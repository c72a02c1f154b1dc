"""The model folder: whole, plain, checked."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topicat import registry
from topicat.errors import ModelError
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.store import FORMAT, load_model, save_model, verify_model, write_whole

TEXTS = ["果园里有草莓和铁锹。山羊跑了。", "Apples, goats and tools.", "苹果手机", "12", ""]


def load(folder: Path) -> Model:
    """The model with the tokenizer that the tests use."""
    return load_model(folder, lambda name: rjieba())


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    """`model`, saved."""
    save_model(model, tmp_path / "garden")
    return tmp_path / "garden"


def test_a_loaded_model_predicts_the_same(model: Model, folder: Path) -> None:
    """Bit for bit, subtopics and all."""
    loaded = load(folder)
    assert np.array_equal(loaded.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert loaded.predict(TEXTS) == model.predict(TEXTS)
    assert loaded.taxonomy == model.taxonomy
    assert list(loaded.terms or ()) == list(model.terms or ())


def test_a_model_whose_tokenizer_is_gone_says_so(model: Model, folder: Path) -> None:
    """Labels do without it; evidence would be shown in other words in silence, so it is refused."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    data["settings"]["tokenizer"] = "gone"
    (folder / "model.json").write_text(json.dumps(data), "utf-8")
    orphan = load_model(folder, registry.get_tokenizer)
    assert orphan.predict(TEXTS) == model.predict(TEXTS)
    with pytest.raises(
        ModelError, match=r"garden: evidence needs the model's tokenizer: no 'gone' among the tokenizers; .*; in"
    ):
        orphan.predict(TEXTS, evidence=True)


def test_saving_twice_gives_the_same_bytes(model: Model, folder: Path) -> None:
    """Same names, same contents; a loaded model saved again too."""
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    save_model(load(folder), folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_new_model_replaces_the_old_one(model: Model, folder: Path) -> None:
    """Files that the new model does not name are gone."""
    stale = folder / "weights-000000000000.npy"
    stale.write_bytes(b"old")
    (folder / "notes.md").write_text("mine")
    save_model(model, folder)
    assert not stale.exists()
    assert (folder / "notes.md").read_text() == "mine"


def test_loading_needs_neither_pickle_nor_scikit_learn(folder: Path) -> None:
    """`pickle` and `joblib.load` raise, scikit-learn and scipy are not imported, and a prediction comes out."""
    script = (
        "import pickle, sys, joblib\n"
        "def refuse(*a, **k): raise AssertionError('pickle')\n"
        "pickle.load = pickle.loads = pickle.Unpickler = joblib.load = refuse\n"
        "import numpy.lib.format; numpy.lib.format.pickle = None\n"
        "import topicat\n"
        "print(topicat.load(sys.argv[1]).predict(['果园里的苹果'])[0].labels)\n"
        "assert not {'sklearn', 'scipy', 'jieba'} & set(sys.modules), sorted(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "('fruit',)"), done.stderr


def test_a_pickled_array_is_refused(folder: Path) -> None:
    """An object array in place of the weights never runs its code."""
    path = next(folder.glob("idf-*.npy"))
    size = path.stat().st_size
    np.save(path, np.array([pickle.dumps(1)], dtype=object))
    path.write_bytes(path.read_bytes().ljust(size, b" ")[:size])
    with pytest.raises(ModelError, match=r"idf-.*: (damaged|holds)"):
        load(folder)


def edit(folder: Path, **changes: Any) -> None:
    """Change keys of model.json."""
    path = folder / "model.json"
    data = json.loads(path.read_text("utf-8"))
    data.update(changes)
    path.write_text(json.dumps(data), "utf-8")


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    """Place and remedy."""
    with pytest.raises(ModelError, match=r"nothing: there is no such model folder.*topicat model list"):
        load(tmp_path / "nothing")
    with pytest.raises(ModelError, match=r"no model\.json in it.*topicat train -o"):
        load(tmp_path)


def test_a_later_format_says_so(folder: Path) -> None:
    """Found and allowed numbers, and the way out."""
    edit(folder, format=1)
    with pytest.raises(ModelError, match="format 1 is older than any release; train the model again"):
        load_model(folder)
    edit(folder, format=FORMAT + 1)
    with pytest.raises(
        ModelError, match=rf"format {FORMAT + 1} is later than this topicat reads \(up to {FORMAT}\); upgrade"
    ):
        load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "1"}', '{"format": true}', '{"format": 1}', "\xff"])
def test_a_damaged_description_is_one_clear_error(folder: Path, text: str) -> None:
    """Truncated, empty, of another shape."""
    (folder / "model.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=r"model\.json: .*train the model again"):
        load(folder)


def test_truncated_and_missing_arrays_are_named(folder: Path) -> None:
    """The file and what it should have been."""
    path = next(folder.glob("weights-*.npy"))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelError, match=r"weights-.*: has [\d,]+ bytes where model\.json promises"):
        load(folder)
    path.unlink()
    with pytest.raises(ModelError, match=r"weights-.*: missing, though model\.json names it"):
        load(folder)


def test_arrays_that_do_not_fit_the_description_are_refused(folder: Path) -> None:
    """Weights of another number of topics; a path out of the folder; columns out of range."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    heads = data["heads"]
    edit(folder, heads=[{**heads[0], "topics": heads[0]["topics"][:-1]}, *heads[1:]])
    with pytest.raises(ModelError, match="damaged"):
        load(folder)
    edit(folder, heads=heads, files={**data["files"], "idf": {**data["files"]["idf"], "file": "../idf.npy"}})
    with pytest.raises(ModelError, match="outside the folder"):
        load(folder)
    edit(folder, files={**data["files"], "idf": data["files"]["columns"]})
    with pytest.raises(ModelError, match=r"holds <i4.* where model\.json promises <f4"):
        load(folder)


def test_verify_names_what_was_changed(folder: Path) -> None:
    """A byte changed in an array is found by its checksum."""
    assert verify_model(folder) == []
    path = next(folder.glob("weights-*.npy"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    assert verify_model(folder) == [path.name]


def test_a_folder_with_other_things_is_not_overwritten(model: Model, tmp_path: Path) -> None:
    """Nor is a file."""
    (tmp_path / "thesis.tex").write_text("important")
    with pytest.raises(ModelError, match="holds other files and no model"):
        save_model(model, tmp_path)
    with pytest.raises(ModelError, match="is a file"):
        save_model(model, tmp_path / "thesis.tex")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_writing_is_whole_or_nothing(tmp_path: Path) -> None:
    """A failed write leaves the old content and no debris."""
    path = tmp_path / "x"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    shutil.rmtree(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        write_whole(path, b"new")
