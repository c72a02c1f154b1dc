"""The model folder: whole, plain, checked."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from topicat import registry, store
from topicat.errors import EditedModelWarning, ModelError
from topicat.manifest import FORMAT, Manifest, read_manifest, sealed
from topicat.model import Model
from topicat.npy import npy_bytes
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.store import load_model, save_model, verify_model, write_whole
from topicat.taxonomy import Taxonomy

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
    with pytest.warns(EditedModelWarning, match=r"garden/model\.json: edited by hand since it was saved"):
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
    truncated = r"where model\.json promises [\d,]+; it is truncated or of another model; train again$"
    with pytest.raises(ModelError, match=rf"weights-.*: has [\d,]+ bytes {truncated}"):
        load(folder)
    path.unlink()
    with pytest.raises(
        ModelError, match=r"weights-.*: missing, though model\.json names it; copy the whole folder or train again$"
    ):
        load(folder)


def test_arrays_that_do_not_fit_the_description_are_refused(folder: Path) -> None:
    """Weights of another number of topics; a path out of the folder; columns out of range."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    heads = data["heads"]
    edit(folder, heads=[{**heads[0], "topics": heads[0]["topics"][:-1]}, *heads[1:]])
    with pytest.raises(ModelError, match="damaged"):
        load(folder)
    edit(folder, heads=heads, files={**data["files"], "idf": {**data["files"]["idf"], "file": "../idf.npy"}})
    outside = r"garden/model\.json: file '\.\./idf\.npy' would lie outside the folder; train the model again$"
    with pytest.raises(ModelError, match=outside):
        load(folder)
    edit(folder, files={**data["files"], "idf": data["files"]["columns"]})
    with pytest.raises(
        ModelError, match=r"holds <i4\(.* where model\.json promises <f4\(.*,\); the files are not of one model"
    ):
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
    text: Any = "text"
    with pytest.raises(TypeError):
        write_whole(path, text)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    shutil.rmtree(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        write_whole(path, b"new")


OLD = Path(__file__).with_name("model_format_2")


def test_a_model_of_the_first_release_of_the_format_loads_for_ever() -> None:
    """The folder is as that release wrote it, and says what it said then."""
    loaded = load(OLD)
    golden = json.loads(OLD.with_suffix(".json").read_text("utf-8"))
    for wanted, found in zip(golden, loaded.predict([row["text"] for row in golden], evidence=True), strict=True):
        assert {s.topic: s.probability for s in found.topics} == pytest.approx(wanted["topics"], abs=1e-6)
        assert dict(found.probabilities) == pytest.approx(wanted["probabilities"], abs=1e-6)
    assert len(loaded.terms or ()) == len(loaded.vocabulary)


def test_an_edited_model_is_named_as_such(folder: Path) -> None:
    """It loads with a warning, `verify` names it, and saving it anew makes it a model like any other."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    heads = data["heads"]
    heads[0]["threshold"] = [0, 0, 0]
    edit(folder, heads=heads)
    assert verify_model(folder) == ["model.json"]
    with pytest.warns(EditedModelWarning) as caught:
        edited = load(folder)
    assert [str(w.message) for w in caught] == [
        f"{folder}/model.json: edited by hand since it was saved, so this is not the model that was trained; train it "
        "again, or keep the edit with topicat.save(topicat.load(FOLDER), FOLDER)"
    ]
    assert edited.heads[0].threshold.dtype == np.float64
    assert set(edited.predict(["草莓"])[0].labels) >= {"fruit", "tool", "animal"}
    save_model(edited, folder)
    assert verify_model(folder) == []
    assert load(folder).predict(TEXTS) == edited.predict(TEXTS)


@pytest.mark.parametrize("name", ["vocabulary", "idf", "columns", "weights", "terms"])
def test_a_changed_byte_is_found_before_it_is_used(folder: Path, name: str) -> None:
    """At loading; in the terms, when they are first asked for."""
    path = next(folder.glob(f"{name}-*"))
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError, match=rf"{name}-.*: changed or damaged since it was saved, as its checksum shows"):
        list(load(folder).terms or ())


def rewritten(folder: Path, name: str, array: NDArray[Any]) -> None:
    """Puts another array in the place of one, checksum and all, as an attacker would."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    content, entry = npy_bytes(array), data["files"][name]
    (folder / entry["file"]).write_bytes(content)
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "length": len(array)}
    del data["sha256"]
    (folder / "model.json").write_bytes(sealed(data))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("vocabulary", lambda a: a[::-1], "terms out of order"),
        ("vocabulary", lambda a: np.concatenate([a[:1], a[:-1]]), "terms out of order"),
        ("vocabulary", lambda a: np.concatenate([a[:-1], a[-2:-1]]), "terms out of order"),
        ("idf", lambda a: 0 * a, "a weight that is no number"),
        ("idf", lambda a: a * np.float32("nan"), "a weight that is no number"),
        ("idf", lambda a: -a, "a weight that is no number"),
        ("idf", lambda a: a[:-1], r"\d+ idf values for \d+ terms"),
        ("weights", lambda a: a + np.float32("inf"), "a weight that is no number"),
        ("weights", lambda a: a[:-1], "cannot reshape array of size .*"),
        ("columns", lambda a: a + 10_000_000, "columns out of order or range"),
        ("columns", lambda a: np.concatenate([[-1], a[1:]]).astype(np.int32), "columns out of order or range"),
        ("columns", lambda a: np.concatenate([a[:1], a[:-1]]), "columns out of order or range"),
        ("columns", lambda a: a[::-1], "columns out of order or range"),
    ],
)
def test_arrays_that_make_no_model_are_refused(folder: Path, name: str, change: Any, message: str) -> None:
    """Although every checksum fits."""
    rewritten(folder, name, change(np.load(next(folder.glob(f"{name}-*.npy")))))
    with pytest.raises(ModelError, match=rf"garden/model\.json: damaged \({message}\); train the model again$"):
        load(folder)


def test_other_arrays_in_the_folder_are_nobody_s_business(folder: Path, model: Model, examples: list[Example]) -> None:
    """Damaged ones, a folder of such a name, and more of them than a model has."""
    expected = model.decision_function([e.text for e in examples])
    (folder / "notes.npy").write_bytes(b"none")
    (folder / "more.npy").mkdir()
    np.testing.assert_array_equal(load(folder).decision_function([e.text for e in examples]), expected)
    for number in range(5):
        (folder / f"weights-{number}.npy").write_bytes(npy_bytes(np.zeros(3)))
    np.testing.assert_array_equal(load(folder).decision_function([e.text for e in examples]), expected)


@pytest.mark.parametrize(
    ("heads", "message"),
    [
        ([], "no head for the topics at the top"),
        ([1], "no head for the topics at the top"),
        ([0, 1, 1], "head of 'fruit' does not fit the taxonomy"),
        ([0, 0], "head of '' does not fit the taxonomy"),
    ],
)
def test_heads_that_make_no_tree_are_refused(folder: Path, heads: list[int], message: str) -> None:
    """None at the top, or one twice."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    edit(folder, heads=[data["heads"][i] for i in heads])
    with pytest.raises(ModelError, match=rf"garden/model\.json: damaged \({message}\); train the model again$"):
        load(folder)


def test_topics_must_stand_below_their_heads_parent(folder: Path) -> None:
    """Not in another place of the tree, and not twice."""
    data = json.loads((folder / "model.json").read_text("utf-8"))
    top, sub = data["heads"]
    edit(folder, heads=[top, {**sub, "topics": ["fruit.berry", "fruit.berry"]}])
    with pytest.raises(ModelError, match="one of them twice"):
        load(folder)
    edit(folder, heads=[{**top, "topics": ["fruit", "tool", "fruit.berry"]}, sub])
    with pytest.raises(ModelError, match=r"'fruit\.berry' does not stand below ''"):
        load(folder)


def test_a_model_that_is_replaced_while_it_is_read_is_read_whole(
    model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading model.json and the arrays another process saves: the new model comes, no error."""
    other = dataclasses.replace(model, idf=model.idf * np.float32(2))
    read = read_manifest

    def slow(path: Path) -> Manifest:
        found = read(path)
        monkeypatch.setattr(store, "read_manifest", read)
        save_model(other, folder)
        return found

    monkeypatch.setattr(store, "read_manifest", slow)
    assert np.array_equal(load(folder).idf, other.idf)


def test_a_training_that_was_killed_is_in_nobodys_way(model: Model, tmp_path: Path) -> None:
    """Arrays without a model.json, and half-written files: the next one is saved over them."""
    (tmp_path / "weights-0123456789ab.npy").write_bytes(b"half")
    (tmp_path / ".model.json-x.tmp").write_bytes(b"{")
    save_model(model, tmp_path)
    assert verify_model(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 6


def test_a_model_that_cannot_be_written_leaves_the_old_one(
    model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No space for the last file: a clear error, no debris, and the old model is whole."""
    before = sorted(folder.iterdir())
    write = write_whole

    def full(path: Path, data: bytes) -> None:
        if path.name == "model.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data)

    monkeypatch.setattr(store, "write_whole", full)
    with pytest.raises(ModelError, match="garden: the model cannot be written: No space left on device"):
        save_model(dataclasses.replace(model, idf=model.idf * np.float32(2)), folder)
    assert sorted(folder.iterdir()) == before
    assert load(folder).predict(TEXTS) == model.predict(TEXTS)


def test_a_model_that_cannot_be_written_leaves_nothing(model: Model, tmp_path: Path) -> None:
    """No space for the last array of a first model."""
    folder = tmp_path / "new"

    def full(path: Path, data: bytes) -> None:
        if path.name.startswith("terms"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_whole(path, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write_whole", full)
        with pytest.raises(ModelError, match=r"new: the model cannot be written: No space left on device$"):
            save_model(model, folder)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("exclusive", [False, True])
def test_every_part_of_a_model_is_read_as_it_was_saved(shed: Model, tmp_path: Path, exclusive: bool) -> None:
    """Also with several heads of some columns each, the first and the last among them, and whatever the terms."""
    tree = dataclasses.replace(shed.taxonomy, exclusive=exclusive)
    heads = tuple(dataclasses.replace(head, exclusive=exclusive and not head.parent) for head in shed.heads)
    first = dataclasses.replace(shed, taxonomy=tree, heads=heads, terms=("w:\ud83d", "w:a b", "c:\u2028", "x:"))
    save_model(first, tmp_path / "shed")
    loaded = load_model(tmp_path / "shed")
    assert [list(loaded.terms or ()), loaded.taxonomy, loaded.settings] == [
        list(first.terms or ()),
        tree,
        shed.settings,
    ]
    for field in ("vocabulary", "idf"):
        assert np.array_equal(getattr(loaded, field), getattr(first, field))
    for one, other in zip(loaded.heads, heads, strict=True):
        for name, value in dataclasses.asdict(other).items():
            found = getattr(one, name)
            assert type(found) is type(value) or isinstance(found, np.ndarray)
            assert np.array_equal(found, value) if isinstance(value, np.ndarray) else found == value
    columns = [head.columns for head in heads if head.columns is not None]
    assert (min(map(min, columns)), max(map(max, columns))) == (0, 3)
    assert loaded.tokenizer is None


def test_many_heads_keep_their_own_columns_and_weights(shed: Model, tmp_path: Path) -> None:
    """All heads' stand in two files, one head's behind the other's."""
    top, fruit, tool = shed.heads
    subtopics: dict[str, Any] = {f"t{n}": {"topics": {"a": {}, "b": {}}} for n in range(4)}
    tree = Taxonomy.from_dict({"taxonomy": "t", "topics": subtopics})
    numbers = ("bias", "slope", "intercept", "threshold")
    four: dict[str, Any] = {name: np.repeat(getattr(top, name), 2, axis=-1) for name in numbers}
    heads = [dataclasses.replace(top, topics=tuple(subtopics), weights=np.repeat(top.weights, 2, axis=1), **four)]
    for n, head in enumerate((fruit, tool, tool, fruit)):
        weights = np.arange(4, dtype=np.float32).reshape(2, 2) + n
        heads.append(dataclasses.replace(head, parent=f"t{n}", topics=(f"t{n}.a", f"t{n}.b"), weights=weights))
    save_model(dataclasses.replace(shed, taxonomy=tree, heads=tuple(heads)), tmp_path / "t")
    for one, other in zip(load_model(tmp_path / "t").heads, heads, strict=True):
        assert np.array_equal(one.weights, other.weights)
        if one.columns is None or other.columns is None:
            assert one.columns is other.columns
        else:
            assert np.array_equal(one.columns, other.columns)


def test_a_model_without_terms_is_saved_and_read(shed: Model, tmp_path: Path) -> None:
    """They are for people; a model predicts without them."""
    save_model(shed, tmp_path / "shed")
    assert load_model(tmp_path / "shed").terms is None
    assert not list((tmp_path / "shed").glob("terms-*"))


def test_files_are_named_by_what_they_hold(folder: Path) -> None:
    """And by the first 12 digits of their SHA-256."""
    for path in folder.iterdir():
        name, _, rest = path.name.partition("-")
        if name != "model.json":
            ending = ".txt" if name == "terms" else ".npy"
            assert rest == hashlib.sha256(path.read_bytes()).hexdigest()[:12] + ending


def test_saving_mends_a_damaged_array(model: Model, folder: Path) -> None:
    """Although a file of that name is there."""
    path = next(folder.glob("weights-*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    save_model(model, folder)
    assert verify_model(folder) == []


def test_terms_that_are_gone_when_they_are_asked_for_say_so(folder: Path) -> None:
    """Place and remedy."""
    loaded = load(folder)
    path = next(folder.glob("terms-*.txt"))
    path.unlink()
    with pytest.raises(ModelError, match=rf"{path.name}: cannot be read; copy the folder again or train again$"):
        list(loaded.terms or ())


@pytest.mark.parametrize("numbers", [[0.5, 0.5], [0.5, 0.5, float("nan")], [[0.5], [0.5], [0.5]]])
def test_numbers_that_are_not_one_each_are_refused(folder: Path, numbers: list[Any]) -> None:
    """Too few, not finite, of another shape."""
    heads = json.loads((folder / "model.json").read_text("utf-8"))["heads"]
    edit(folder, heads=[{**heads[0], "threshold": numbers}, *heads[1:]])
    message = r"model\.json: damaged \(the numbers of fruit, tool, animal are not one each\); train the model again$"
    with pytest.raises(ModelError, match=message):
        load(folder)


OURS = ["weights-0123456789ab.npy", "terms-0.txt", ".model.json-x.tmp", ".weights-0123456789ab.npy-x.tmp"]
OTHERS = ["my-notes.txt", "weights.npy", "terms", "weights-old.zip", "model.json-x.bak", "x.tmp", "notes-terms.txt"]


@pytest.mark.parametrize("name", OURS)
def test_what_a_killed_training_left_is_removed(model: Model, tmp_path: Path, name: str) -> None:
    """By its name, whatever is in it."""
    (tmp_path / name).write_bytes(b"half")
    save_model(model, tmp_path)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_ours_is_kept(model: Model, tmp_path: Path, name: str) -> None:
    """A folder of it is refused; beside a model it stays."""
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(ModelError, match=r"the folder holds other files and no model; choose another or an empty one$"):
        save_model(model, tmp_path)
    (tmp_path / name).unlink()
    save_model(model, tmp_path)
    (tmp_path / name).write_bytes(b"mine")
    save_model(dataclasses.replace(model, idf=model.idf * np.float32(2)), tmp_path)
    assert (tmp_path / name).read_bytes() == b"mine"
