"""A model folder: saved whole or not at all, loaded without running any code.

The folder holds ``model.json`` and the files that it names. Arrays are ``.npy``, mapped into memory; their names carry
the start of their SHA-256, so a new model is written beside the old one and replacing ``model.json`` is the one moment
at which the folder changes. Types, lengths and checksums are compared before anything is used.
"""

from __future__ import annotations

import _thread
import contextlib
import hashlib
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.errors import EditedModelWarning, ModelError, NotFoundError, PluginError
from topicat.features import SCRIPTS, Settings
from topicat.manifest import FORMAT, Manifest, read_manifest, reason, sealed
from topicat.model import Head, Model
from topicat.npy import map_npy, npy_bytes
from topicat.reservation import reserved
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer
from topicat.whole import replacing

_CHANGED = "changed or damaged since it was saved, as its checksum shows; copy the folder again or train again"
_DTYPES = {"vocabulary": "<u8", "idf": "<f4", "columns": "<i4", "weights": "<f4"}


@contextlib.contextmanager
def saving_to(folder: str | Path) -> Iterator[Callable[[Model], None]]:
    """Reserves `folder` for a model that is yet to be trained; gives the function that writes it there.

    Raises
    ------
    ModelError
        If `folder` is something else than a model folder, is reserved by another process, or cannot be written.
    """
    folder = Path(folder)
    check_target(folder)
    with reserved(folder):
        yield lambda model: _write(model, folder)


def save_model(model: Model, folder: str | Path) -> None:
    """Write `model` to `folder`, which is made if it is not there and replaced if it is a model.

    Raises
    ------
    ModelError
        As `saving_to`.
    """
    with saving_to(folder) as save:
        save(model)


def _write(model: Model, folder: Path) -> None:
    contents, description = _contents(model)
    try:
        try:
            for name, data in contents.items():
                if not (folder / name).is_file() or (folder / name).read_bytes() != data:
                    write_whole(folder / name, data)
            _sync(folder)
            write_whole(folder / "model.json", sealed(description))
            _sync(folder)
        finally:
            _sweep(folder)
    except OSError as error:
        raise ModelError(f"{folder}: the model cannot be written: {error.strerror or error}") from None


def _sweep(folder: Path) -> None:
    """Removes the files of models that are not, or not any more, the one in `folder`."""
    kept: set[str] = set()
    if (folder / "model.json").is_file():
        try:
            kept = {entry["file"] for entry in read_manifest(folder).data["files"].values()}
        except ModelError:  # whatever it is, it was there before
            return
    for path in folder.iterdir():
        if path.name not in kept and _is_ours(path.name):
            path.unlink()


def _sync(folder: Path) -> None:
    """Has the names in `folder` written to the disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_target(folder: str | Path) -> None:
    """Make sure that a model may be written to `folder`; nothing is written.

    Raises
    ------
    ModelError
        If it is a file, or a folder of other things.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: is a file; give the path of a folder for the model")
    if not folder.is_dir() or (folder / "model.json").is_file():
        return
    # A training that was killed leaves files of ours; they are in nobody's way.
    if not all(_is_ours(path.name) for path in folder.iterdir()):
        raise ModelError(f"{folder}: the folder holds other files and no model; choose another or an empty one")


def load_model(folder: str | Path, tokenizer_of: Callable[[str], Tokenizer] | None = None) -> Model:
    """Read the model in `folder`.

    Parameters
    ----------
    folder
        A folder that `save_model` wrote.
    tokenizer_of
        Gives the tokenizer of a name; None leaves the Han words of evidence uncut.

    Raises
    ------
    ModelError
        If the folder is missing, incomplete, of a later format, or its parts do not fit each other. Later, when
        evidence is asked for: if its tokenizer cannot be had.
    """
    folder = Path(folder)
    arrays = _Arrays(folder)
    manifest = read_manifest(folder)
    while True:
        try:
            model = _build(folder, manifest, arrays, tokenizer_of)
            break
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise ModelError(f"{folder / 'model.json'}: damaged ({reason(error)}); train the model again") from None
        except ModelError:
            # Another process may have put a new model in the place of the old one since model.json was read.
            now = read_manifest(folder)
            if now.raw == manifest.raw:
                raise
            manifest = now
    if manifest.edited:
        warnings.warn(
            f"{folder / 'model.json'}: edited by hand since it was saved, so this is not the model that was trained; "
            "train it again, or keep the edit with topicat.save(topicat.load(FOLDER), FOLDER)",
            EditedModelWarning,
            stacklevel=3,
        )
    return model


def verify_model(folder: str | Path) -> list[str]:
    """Names of the files in `folder` whose content differs from what ``model.json`` promises."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    wrong = ["model.json"] if manifest.edited else []
    for entry in manifest.data["files"].values():
        path = _file(folder, entry)
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            wrong.append(path.name)
    return wrong


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a crash leaves the old file or the new one, whole."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _is_ours(name: str) -> bool:
    stem = name.lstrip(".").split("-", 1)[0]
    return "-" in name and stem in (*_DTYPES, "terms", "model.json") and name.endswith((".npy", ".txt", ".tmp"))


def _contents(model: Model) -> tuple[dict[str, bytes], dict[str, Any]]:
    heads = []
    columns: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.float32]] = []
    n_columns = n_weights = 0
    for head in model.heads:
        own = None if head.columns is None else [n_columns, n_columns + len(head.columns)]
        if head.columns is not None:
            columns.append(head.columns.astype(np.int32))
            n_columns += len(head.columns)
        heads.append(
            {
                "parent": head.parent,
                "topics": list(head.topics),
                "columns": own,
                "weights": [n_weights, n_weights + head.weights.size],
                "bias": head.bias.tolist(),
                "slope": head.slope.tolist(),
                "intercept": head.intercept.tolist(),
                "threshold": head.threshold.tolist(),
            }
        )
        weights.append(head.weights.ravel())
        n_weights += head.weights.size
    arrays: dict[str, NDArray[Any]] = {
        "vocabulary": model.vocabulary,
        "idf": model.idf,
        "columns": np.concatenate([np.zeros(0, np.int32), *columns]),
        "weights": np.concatenate([np.zeros(0, np.float32), *weights]),
    }
    contents: dict[str, bytes] = {}
    files: dict[str, Any] = {}

    def put(name: str, ending: str, data: bytes, **more: Any) -> None:
        digest = hashlib.sha256(data).hexdigest()
        file = f"{name}-{digest[:12]}{ending}"
        contents[file] = data
        files[name] = {"file": file, "bytes": len(data), "sha256": digest, **more}

    for name, array in arrays.items():
        put(name, ".npy", npy_bytes(array.astype(_DTYPES[name], copy=False)), length=len(array))
    if model.terms is not None:
        put("terms", ".txt", "".join(f"{term}\n" for term in model.terms).encode("utf-8", "surrogatepass"))
    description = {
        "format": FORMAT,
        "taxonomy": model.taxonomy.to_dict(),
        "settings": model.settings.to_dict(),
        "pooling": model.pooling,
        "heads": heads,
        "files": files,
        "info": dict(model.info),
    }
    return contents, description


def _file(folder: Path, entry: dict[str, Any]) -> Path:
    file: str = entry["file"]
    path = folder / file
    if Path(file).name != file:
        raise ModelError(f"{folder / 'model.json'}: file '{file}' would lie outside the folder; train the model again")
    if not path.is_file():
        raise ModelError(f"{path}: missing, though model.json names it; copy the whole folder or train again")
    if path.stat().st_size != entry["bytes"]:
        raise ModelError(
            f"{path}: has {path.stat().st_size:,} bytes where model.json promises {entry['bytes']:,}; "
            "it is truncated or of another model; train again"
        )
    return path


class _Arrays:
    """The arrays in a folder, mapped, and their digests, which a thread makes.

    It takes as long as all else about loading a model, so it begins before model.json is read, which tells whether
    these are the model's at all.
    """

    def __init__(self, folder: Path) -> None:
        self._mapped: dict[str, tuple[NDArray[Any], memoryview]] = {}
        self._digests: dict[str, str] = {}
        with contextlib.suppress(OSError):
            paths = [path for path in folder.iterdir() if path.suffix == ".npy" and path.is_file()]
            if len(paths) <= len(_DTYPES):
                for path in paths:
                    with contextlib.suppress(ValueError, OSError):  # to be told of if it is the model's
                        self._mapped[path.name] = map_npy(path)
        self._busy = _thread.allocate_lock()
        self._busy.acquire()
        # Not `threading`, whose start waits for the thread to run, for a twentieth of the time that loading takes.
        _thread.start_new_thread(self._digest, ())

    def _digest(self) -> None:
        try:
            largest_first = sorted(self._mapped.items(), key=lambda item: -len(item[1][1]))
            for name, (_, data) in largest_first:
                self._digests[name] = hashlib.sha256(data).hexdigest()
        finally:
            self._busy.release()

    def get(self, path: Path) -> NDArray[Any]:
        """The array in `path`; ValueError and OSError as `map_npy`."""
        if path.name not in self._mapped:
            self._mapped[path.name] = map_npy(path)
        return self._mapped[path.name][0]

    def digest(self, path: Path) -> str:
        """The SHA-256 of the file whose array was got."""
        with self._busy:
            pass
        return self._digests.get(path.name) or hashlib.sha256(self._mapped[path.name][1]).hexdigest()


def _build(folder: Path, manifest: Manifest, arrays: _Arrays, tokenizer_of: Callable[[str], Tokenizer] | None) -> Model:
    data = manifest.data
    files = data["files"]
    paths = {name: _file(folder, files[name]) for name in _DTYPES}
    loaded = {name: _array(path, name, files[name], arrays) for name, path in paths.items()}
    try:  # all that there is to do while the arrays are digested
        taxonomy = Taxonomy.from_dict(data["taxonomy"])
        _ = manifest.edited
        heads = _heads(data["heads"], taxonomy, **loaded)
    finally:  # whatever else is wrong, a file that was changed is why
        for name, path in paths.items():
            if arrays.digest(path) != files[name]["sha256"]:
                raise ModelError(f"{path}: {_CHANGED}") from None
    settings = Settings.from_dict(data["settings"])
    return Model(
        taxonomy=taxonomy,
        settings=settings,
        pooling=data["pooling"],
        vocabulary=loaded["vocabulary"],
        idf=loaded["idf"],
        heads=heads,
        info=data["info"],
        terms=_Terms(_file(folder, files["terms"]), files["terms"]["sha256"]) if "terms" in files else None,
        tokenizer=_lazy(folder, tokenizer_of, settings.tokenizer) if tokenizer_of else None,
    )


def _array(path: Path, name: str, entry: dict[str, Any], arrays: _Arrays) -> NDArray[Any]:
    """The array of that name, of the type and length that are promised."""
    try:
        array = arrays.get(path)
    except (ValueError, OSError):
        raise ModelError(f"{path}: damaged, not a .npy array; copy the folder again or train again") from None
    if array.dtype.str != _DTYPES[name] or len(array) != entry["length"]:
        raise ModelError(
            f"{path}: holds {array.dtype.str}({len(array)},) where model.json promises "
            f"{_DTYPES[name]}({entry['length']},); the files are not of one model; train again"
        )
    return array


def _heads(
    entries: Sequence[dict[str, Any]],
    taxonomy: Taxonomy,
    vocabulary: NDArray[Any],
    idf: NDArray[Any],
    columns: NDArray[Any],
    weights: NDArray[Any],
) -> tuple[Head, ...]:
    """The heads, once they and the arrays are known to make a model."""
    heads = tuple(_head(entry, columns, weights, len(vocabulary), taxonomy.exclusive) for entry in entries)
    _check_heads(heads, taxonomy)
    if len(idf) != len(vocabulary):
        raise ValueError(f"{len(idf)} idf values for {len(vocabulary)} terms")
    if not (vocabulary[1:] > vocabulary[:-1]).all():
        raise ValueError("terms out of order")
    with np.errstate(over="ignore", invalid="ignore"):  # a sum is no number if any of its parts is none
        if not ((idf > 0).all() and np.isfinite([idf.sum(), weights.sum()]).all()):
            raise ValueError("a weight that is no number")
    return heads


def _check_heads(heads: Sequence[Head], taxonomy: Taxonomy) -> None:
    """Whether the heads come top down, each of its own parent's children."""
    if not heads or heads[0].parent:
        raise ValueError("no head for the topics at the top")
    parents = {""}
    for head in heads:
        if head.parent not in parents:
            raise ValueError(f"head of '{head.parent}' does not fit the taxonomy")
        parents.discard(head.parent)
        if not head.topics or len(set(head.topics)) < len(head.topics):
            raise ValueError(f"head of '{head.parent}' has no topics, or one of them twice")
        for topic in head.topics:
            if topic not in taxonomy or topic.rpartition(".")[0] != head.parent:
                raise ValueError(f"'{topic}' does not stand below '{head.parent}' in the taxonomy")
        parents.update(head.topics)


def _head(entry: dict[str, Any], columns: NDArray[Any], weights: NDArray[Any], n_terms: int, exclusive: bool) -> Head:
    topics = tuple(entry["topics"])
    own = None
    if entry["columns"] is not None:
        own = columns[entry["columns"][0] : entry["columns"][1]].astype(np.int64)
        if len(own) and (own[0] < 0 or own[-1] >= n_terms or (np.diff(own) <= 0).any()):
            raise ValueError("columns out of order or range")
    n = n_terms if own is None else len(own)
    shapes: dict[str, tuple[int, ...]] = {"bias": (len(topics),), "threshold": (len(topics),)}
    shapes |= dict.fromkeys(("slope", "intercept"), (len(SCRIPTS), len(topics)))
    values = {k: np.array(entry[k], dtype=np.float64) for k in shapes}
    if any(v.shape != shapes[k] or not np.isfinite(v).all() for k, v in values.items()):
        raise ValueError(f"the numbers of {', '.join(topics)} are not one each")
    matrix = weights[entry["weights"][0] : entry["weights"][1]].reshape(n, len(topics))
    parent: str = entry["parent"]
    return Head(parent, topics, own, matrix, **values, n_terms=n_terms, exclusive=exclusive and not parent)


def _lazy(folder: Path, tokenizer_of: Callable[[str], Tokenizer], name: str) -> Tokenizer:
    """The tokenizer of that name, got when a text is first cut: only evidence needs it, and it is slow to import."""

    def cut(text: str) -> list[str]:
        try:
            return tokenizer_of(name)(text)
        except (NotFoundError, PluginError) as error:
            raise ModelError(
                f"{folder}: evidence needs the model's tokenizer: {error}; install the plugin that has it"
            ) from error

    return cut


class _Terms(Sequence[str]):
    """The lines of the terms file, read when first asked for."""

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._digest = digest
        self._lines: list[str] | None = None

    def _load(self) -> list[str]:
        if self._lines is None:
            try:
                data = self._path.read_bytes()
            except OSError:
                raise ModelError(f"{self._path}: cannot be read; copy the folder again or train again") from None
            if hashlib.sha256(data).hexdigest() != self._digest:
                raise ModelError(f"{self._path}: {_CHANGED}")
            self._lines = data.decode("utf-8", "surrogatepass").split("\n")[:-1]
        return self._lines

    def __len__(self) -> int:
        return len(self._load())

    def __getitem__(self, index: Any) -> Any:
        return self._load()[index]
