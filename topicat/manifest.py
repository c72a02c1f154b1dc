"""`Manifest`: a ``model.json``, read within limits, its seal compared, its types checked before anything uses it.

The last line but one is the seal, the SHA-256 of all the bytes before it: it tells an edit or damage, not an
attacker, who would write a new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from topicat.errors import ModelError

FORMAT = 2
"""Raise it when a reader of the old number would misread the new folder; keep reading the numbers of releases."""
_OLDEST = 2
"""Format 1 was of no release: its Han words were cut, not looked for."""

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 20
"""Topics nested deeper are refused; a taxonomy file may have as many."""
MAX_GRAM = 16
"""The longest n-grams and Han words, in characters, that settings may ask for."""

_SEAL = re.compile(rb',\n "sha256": "([0-9a-f]{64})"\n\}\n\Z')

# A shape is a type, a list of one shape, or a dict: "*" stands for every key that is not named.
_TEXTS = {"*": str}
_WORDS = {"*": [str]}
_ENTRIES = [{"text": str, "lang": str}]
_TOPIC: dict[str, Any] = {
    "label": _TEXTS,
    "definition": _TEXTS,
    "keywords": _WORDS,
    "not_keywords": _WORDS,
    "examples": _ENTRIES,
    "not_examples": _ENTRIES,
    "match": _TEXTS,
}
_TOPIC["topics"] = {"*": _TOPIC}
_TAXONOMY = {
    "taxonomy": str,
    "version": str,
    "title": _TEXTS,
    "languages": [str],
    "exclusive": bool,
    "topics": {"*": _TOPIC},
}
_SETTINGS = {
    "han_chars": bool,
    "han_words": [int],
    "tokenizer": str,
    "words": bool,
    "parts": [int],
    "keyword_terms": bool,
    "topic_terms": bool,
}
_SHAPE = {
    "taxonomy": _TAXONOMY,
    "settings": _SETTINGS,
    "pooling": str,
    "heads": [{"parent": str, "topics": [str], "weights": [int]}],
    "files": {"*": {"file": str, "bytes": int, "sha256": str, "length": int}},
    "info": {},
}


@dataclass(frozen=True)
class Manifest:
    """What ``model.json`` says.

    Attributes
    ----------
    data
        Of the right types, so far as `read_manifest` looks; keys that this version does not know are left in it.
    raw
        The file's content.
    """

    data: dict[str, Any]
    raw: bytes

    @cached_property
    def edited(self) -> bool:
        """Whether its seal is there and broken: it was changed since it was saved."""
        seal = _SEAL.search(self.raw, max(0, len(self.raw) - 100))
        whole = seal is not None and hashlib.sha256(self.raw[: seal.start()]).hexdigest().encode() == seal[1]
        return "sha256" in self.data and not whole


def sealed(description: dict[str, Any]) -> bytes:
    """`description`, which has no key ``sha256``, as the content of a ``model.json``."""
    # A line for each item, so that it can be read and compared, and no indent, a quarter of what loading would read.
    text = json.dumps(description, ensure_ascii=False, separators=(",\n", ": "))
    body = text.removesuffix("}").encode("utf-8", "surrogatepass")
    return body + b',\n "sha256": "%s"\n}\n' % hashlib.sha256(body).hexdigest().encode()


def read_manifest(folder: Path) -> Manifest:
    """The ``model.json`` in `folder`.

    Raises
    ------
    ModelError
        If it is missing, too large, damaged, of a format that this version does not read, or of another shape.
    """
    path = folder / "model.json"
    try:
        if not folder.exists():
            raise ModelError(f"{folder}: there is no such model folder; check the path, or see 'topicat model list'")
        if not path.is_file():
            raise ModelError(f"{folder}: no model.json in it, so it is no model folder; 'topicat train -o' makes one")
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path}: {path.stat().st_size:,} bytes is too large for a model.json")
        raw = path.read_bytes()
        data = json.loads(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise ModelError(f"{path}: truncated or damaged, not JSON; train the model again or copy it again") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from None
    _check_format(path, data)
    try:
        _check(data, _SHAPE, "")
        _check_limits(data)
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path}: damaged ({reason(error)}); train the model again") from None
    return Manifest(data, raw)


def reason(error: Exception) -> str:
    """What is wrong, of an error that damaged data led to."""
    return f"'{error.args[0]}' is missing" if isinstance(error, KeyError) and error.args else str(error)[:200]


def _check_format(path: Path, data: Any) -> None:
    number = data.get("format") if isinstance(data, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ModelError(f"{path}: has no format number, so it is no model of topicat; train the model again")
    if number < _OLDEST:
        raise ModelError(f"{path}: format {number} is older than any release; train the model again")
    if number > FORMAT:
        raise ModelError(
            f"{path}: format {number} is later than this topicat reads (up to {FORMAT}); upgrade topicat or train again"
        )


def _check(value: Any, shape: Any, place: str, depth: int = 0) -> None:
    """Whether `value` is of `shape`; ValueError with its place if not."""
    wanted: Any = shape if isinstance(shape, type) else type(shape)
    if type(value) is not wanted:
        raise ValueError(f"{place.lstrip('.')} is {_name(type(value))}, not {_name(wanted)}")
    if wanted is list:
        if shape[0] is str and _are_texts(value):  # thousands of keywords, at once
            return
        for number, item in enumerate(value):
            _check(item, shape[0], f"{place}.{number}", depth)
    elif wanted is dict:
        if shape is _TEXTS and _are_texts(value.values()):
            return
        if shape is _WORDS and all(type(words) is list and _are_texts(words) for words in value.values()):
            return
        depth += shape is _TOPIC
        if depth > MAX_DEPTH:
            raise ValueError(f"topics are nested deeper than {MAX_DEPTH}")
        for key, item in value.items():
            if (inner := shape.get(key, shape.get("*"))) is not None:
                _check(item, inner, f"{place}.{key}", depth)


def _are_texts(values: Collection[Any]) -> bool:
    return set(map(type, values)) <= {str}


def _name(kind: type) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}
    return names.get(kind, "null" if kind is type(None) else "a number")


def _check_limits(data: dict[str, Any]) -> None:
    for key in _SHAPE:
        data[key]  # KeyError if it is missing
    for name in ("han_words", "parts"):
        shortest, longest = data["settings"][name]
        if not (1 <= shortest <= longest <= MAX_GRAM or shortest == longest == 0):
            raise ValueError(f"settings.{name} is {shortest} to {longest}, not within 1 to {MAX_GRAM}, nor 0 to 0")
    if data["pooling"] not in ("mean", "max", "none"):
        raise ValueError(f"pooling is '{data['pooling']}', not mean, max or none")
    _check_ids(data["taxonomy"]["topics"])


def _check_ids(topics: dict[str, Any]) -> None:
    for id, topic in topics.items():
        if not id or "." in id:
            raise ValueError(f"'{id}' is no id of a topic")
        _check_ids(topic.get("topics", {}))
