"""A model folder: saved whole or not at all, loaded without running any code.

The folder holds ``model.json`` and the files that it names. Arrays are ``.npy``, read memory-mapped
with ``allow_pickle=False``; their names carry the start of their SHA-256, so a new model is written
beside the old one and replacing ``model.json`` is the one moment at which the folder changes.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.errors import ModelError, NotFoundError, PluginError
from topicat.features import SCRIPTS, Settings
from topicat.model import Head, Model
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer

FORMAT = 2
"""Raise it when a reader of the old number would misread the new folder; keep reading the numbers of releases."""
_OLDEST = 2
"""Format 1 was of no release: its Han words were cut, not looked for."""

_DTYPES = {"vocabulary": "<u8", "idf": "<f4", "columns": "<i4", "weights": "<f4"}
_MAX_JSON = 64 * 1024 * 1024


def save_model(model: Model, folder: str | Path) -> None:
    """Write `model` to `folder`, which is made if it is not there and replaced if it is a model.

    Raises
    ------
    ModelError
        If `folder` is something else than a model folder, or cannot be written.
    """
    folder = Path(folder)
    check_target(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        contents, description = _contents(model)
        for name, data in contents.items():
            if not (folder / name).is_file() or (folder / name).read_bytes() != data:
                write_whole(folder / name, data)
        text = json.dumps(description, ensure_ascii=False, indent=1) + "\n"
        write_whole(folder / "model.json", text.encode("utf-8", "surrogatepass"))
        for path in folder.iterdir():
            if path.name not in contents and path.name != "model.json" and _is_ours(path.name):
                path.unlink()
    except OSError as error:
        raise ModelError(f"{folder}: the model cannot be written: {error.strerror or error}") from None


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
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "model.json").is_file():
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
    data = _read_json(folder)
    try:
        return _build(folder, data, tokenizer_of)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ModelError(
            f"{folder / 'model.json'}: damaged ({type(error).__name__}: {error}); train the model again"
        ) from None


def verify_model(folder: str | Path) -> list[str]:
    """Names of the files in `folder` whose content differs from what ``model.json`` promises."""
    import hashlib

    folder = Path(folder)
    wrong = []
    for name, entry in _read_json(folder).get("files", {}).items():
        path = _file(folder, name, entry)
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry.get("sha256"):
            wrong.append(path.name)
    return wrong


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a crash leaves the old file or the new one, whole."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_ours(name: str) -> bool:
    stem = name.lstrip(".").split("-", 1)[0]
    return "-" in name and stem in (*_DTYPES, "terms", "model.json") and name.endswith((".npy", ".txt", ".tmp"))


def _contents(model: Model) -> tuple[dict[str, bytes], dict[str, Any]]:
    import hashlib

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
        stream = io.BytesIO()
        np.save(stream, np.ascontiguousarray(array, dtype=_DTYPES[name]), allow_pickle=False)
        put(name, ".npy", stream.getvalue(), length=len(array))
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


def _read_json(folder: Path) -> dict[str, Any]:
    path = folder / "model.json"
    try:
        if not folder.exists():
            raise ModelError(f"{folder}: there is no such model folder; check the path, or see 'topicat model list'")
        if not path.is_file():
            raise ModelError(f"{folder}: no model.json in it, so it is no model folder; 'topicat train -o' makes one")
        if path.stat().st_size > _MAX_JSON:
            raise ModelError(f"{path}: {path.stat().st_size:,} bytes is too large for a model.json")
        data = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise ModelError(f"{path}: truncated or damaged, not JSON; train the model again or copy it again") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from None
    number = data.get("format") if isinstance(data, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ModelError(f"{path}: has no format number, so it is no model of topicat; train the model again")
    if number < _OLDEST:
        raise ModelError(f"{path}: format {number} is older than any release; train the model again")
    if number > FORMAT:
        raise ModelError(
            f"{path}: format {number} is later than this topicat reads (up to {FORMAT}); upgrade topicat or train again"
        )
    return data  # type: ignore[no-any-return]  # a dict, as just checked


def _file(folder: Path, name: str, entry: Any) -> Path:
    file = str(entry["file"])
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


def _array(folder: Path, name: str, files: dict[str, Any]) -> NDArray[Any]:
    path = _file(folder, name, files[name])
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError):
        raise ModelError(f"{path}: damaged, not a .npy array; copy the folder again or train again") from None
    if array.dtype.str != _DTYPES[name] or array.shape != (files[name]["length"],):
        raise ModelError(
            f"{path}: holds {array.dtype.str}{array.shape} where model.json promises "
            f"{_DTYPES[name]}({files[name]['length']},); the files are not of one model; train again"
        )
    return np.asarray(array)


def _build(folder: Path, data: dict[str, Any], tokenizer_of: Callable[[str], Tokenizer] | None) -> Model:
    files = data["files"]
    vocabulary, idf = _array(folder, "vocabulary", files), _array(folder, "idf", files)
    columns, weights = _array(folder, "columns", files), _array(folder, "weights", files)
    taxonomy = Taxonomy.from_dict(data["taxonomy"])
    heads = tuple(_head(entry, columns, weights, len(vocabulary), taxonomy.exclusive) for entry in data["heads"])
    decided = {""}
    for head in heads:
        if head.parent not in decided or any(t not in taxonomy for t in head.topics):
            raise ValueError(f"head of '{head.parent}' does not fit the taxonomy")
        decided.update(head.topics)
    if not heads or heads[0].parent:
        raise ValueError("no head for the topics at the top")
    if len(idf) != len(vocabulary):
        raise ValueError(f"{len(idf)} idf values for {len(vocabulary)} terms")
    settings = Settings.from_dict(data["settings"])
    if data["pooling"] not in ("mean", "max", "none"):
        raise ValueError(f"pooling {data['pooling']!r}")
    return Model(
        taxonomy=taxonomy,
        settings=settings,
        pooling=data["pooling"],
        vocabulary=vocabulary,
        idf=idf,
        heads=heads,
        info=data["info"],
        terms=_Terms(_file(folder, "terms", files["terms"])) if "terms" in files else None,
        tokenizer=_lazy(folder, tokenizer_of, settings.tokenizer) if tokenizer_of else None,
    )


def _head(entry: dict[str, Any], columns: NDArray[Any], weights: NDArray[Any], n_terms: int, exclusive: bool) -> Head:
    topics = tuple(map(str, entry["topics"]))
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
    parent = str(entry["parent"])
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

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] | None = None

    def _load(self) -> list[str]:
        if self._lines is None:
            try:
                self._lines = self._path.read_bytes().decode("utf-8", "surrogatepass").split("\n")[:-1]
            except (OSError, UnicodeDecodeError):
                raise ModelError(f"{self._path}: cannot be read; copy the folder again or train again") from None
        return self._lines

    def __len__(self) -> int:
        return len(self._load())

    def __getitem__(self, index: Any) -> Any:
        return self._load()[index]
