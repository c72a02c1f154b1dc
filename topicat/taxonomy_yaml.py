"""A taxonomy as a YAML file: parsed, checked with file:line:column, written, and its JSON Schema.

YAML is read as a tree of nodes, never as Python objects, so that every finding knows its place, and
aliases, tags and merge keys are refused before they can do anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from topicat.diagnostic import WARNING, Diagnostic, Place, refusal
from topicat.errors import TaxonomyError, TopicatError
from topicat.taxonomy import Taxonomy, Topic, nearest

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are refused: the bundled taxonomies are a hundredth of it."""
MAX_DEPTH = 40
"""Deeper nesting of YAML is refused before it is parsed; so are longer chains of includes."""

_ID = re.compile(r"[^\W_](?:[\w-]*[^\W_])?\Z")
_NUMBER = re.compile(r"[-+]?(\d[\d.]*[eE][-+]?\d+|0o[0-7]+)\Z")
"""Words to PyYAML, which reads YAML 1.1; numbers to a reader of YAML 1.2, as editors and other languages have."""
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")

Include = Callable[[str, Path], Path]
"""Turns the name or path in `include`, and the file it stands in, into the path of a file."""


Places = Mapping[tuple[Any, ...], Place]
"""Where things stand in the files: of topic ``("energy.gas",)``, of keyword ``("energy.gas", "keywords", "zh", 3)``."""


@dataclass(frozen=True)
class Located:
    """A taxonomy, the file it was read from, and the place of everything in it, also of what it includes."""

    taxonomy: Taxonomy
    file: str
    places: Places

    def place(self, *key: Any) -> Place:
        """The place of `key`, else of the nearest thing around it."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, (self.file, 1, 1))

    def finding(
        self, code: str, key: tuple[Any, ...], message: str, severity: str = WARNING, **more: Any
    ) -> Diagnostic:
        """A finding of `severity` at `key`; it stays on one line, even if it quotes a value that does not."""
        return Diagnostic(*self.place(*key), " ".join(message.split()), code, severity, more)


def load_taxonomy(path: str | Path, include: Include | None = None) -> Taxonomy:
    """Read and check the taxonomy file at `path`, with what it includes.

    Parameters
    ----------
    path
        A YAML file in UTF-8.
    include
        Finds included taxonomies; by default only files, relative to the including file.

    Raises
    ------
    TaxonomyError
        With every finding on a line of its own.
    """
    return locate_taxonomy(path, include).taxonomy


def locate_taxonomy(path: str | Path, include: Include | None = None) -> Located:
    """As `load_taxonomy`, with the place of everything.

    Raises
    ------
    TaxonomyError
        With every finding, also as its `diagnostics`.
    """
    return _load(Path(path), include or _beside, ())


def parse_taxonomy(text: str, file: str = "<text>") -> Taxonomy:
    """The taxonomy in YAML `text`, which includes nothing."""
    checker = _Checker(file)
    checked = checker.check(text)
    if checked.get("include"):
        line, column = checker.places[("include",)]
        problem = "'include' needs a file on disk; use load_taxonomy"
        raise refusal([Diagnostic(file, line, column, problem, "T012")])
    return Taxonomy.from_dict(checked)


def dump_taxonomy(taxonomy: Taxonomy, include: Sequence[str] = ()) -> str:
    """`taxonomy` as YAML text that `parse_taxonomy` reads back as an equal one; with names to `include`, if any."""
    data = taxonomy.to_dict()
    topics = data.pop("topics")
    if include:
        data["include"] = list(include)
    if topics or not include:
        data["topics"] = topics
    return _dump(data)


def dump_topic(topic: Topic) -> str:
    """One topic, with what is below it, as the YAML text that stands in a taxonomy file."""
    return _dump({topic.id: topic.to_dict()})


def quoted(text: str) -> str:
    """`text`, which holds no white space, as it stands in YAML: in quotes where it would be a number or the like.

    >>> quoted("trade"), quoted("no"), quoted("1e3")
    ('trade', "'no'", "'1e3'")
    """
    return _dump(text).split("\n", 1)[0]


def dump_flow(data: Any) -> str:
    """`data` as YAML on one line, in brackets.

    >>> dump_flow({"zh": ["天然气", "1e3"]})
    "{zh: [天然气, '1e3']}"
    """
    made = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1e9, default_flow_style=True)
    return str(made).strip()


class _Dumper(yaml.SafeDumper):
    """Puts into quotes what a reader of YAML 1.2 would take for a number."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-+0123456789"))


def _dump(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


def compose_yaml(text: str, file: str = "<text>") -> Any:
    """The tree of nodes of YAML `text` (None if it is empty), of whatever shape.

    Raises
    ------
    TaxonomyError
        If it is not YAML, nested too deeply, or has aliases, anchors or tags.
    """
    return _Checker(file)._compose(text)


def _beside(name: str, file: Path) -> Path:
    base = file.parent / name
    for path in (base, base.with_name(base.name + ".yaml"), base.with_name(base.name + ".yml")):
        if path.is_file():
            return path
    raise TaxonomyError(f"there is no '{name}' beside {file}")


def _load(path: Path, include: Include, trail: tuple[Path, ...]) -> Located:
    file = str(path)
    checker = _Checker(file)
    data = checker.check(_read(path))
    own = Taxonomy.from_dict(data)
    included = []
    here = path.resolve()
    for number, name in enumerate(data.get("include", ())):
        place = checker.places["include", number]
        what = f"include '{' '.join(name.split())}'"
        try:
            target = include(name, path)
        except (TopicatError, OSError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            problem = f"{what}: {' '.join(reason.split())}"  # it may quote the name, which may have several lines
            raise refusal([Diagnostic(file, *place, problem, "T012")]) from None
        if len(trail) >= MAX_DEPTH:
            problem = f"{what}: includes are nested deeper than {MAX_DEPTH} files"
            raise refusal([Diagnostic(file, *place, problem, "T013")])
        resolved = target.resolve()
        if resolved == here or resolved in trail:
            ring = " -> ".join(p.name for p in (*trail[(*trail, here).index(resolved) :], here, resolved))
            problem = f"{what} includes itself ({ring}); remove one of the includes"
            raise refusal([Diagnostic(file, *place, problem, "T013")])
        included.append(_load(target, include, (*trail, here)))
    try:
        whole = own.including([part.taxonomy for part in included])
    except TaxonomyError as error:
        raise refusal([Diagnostic(file, *checker.places[("include",)], str(error), "T014")]) from None
    below = {key: place for part in included for key, place in part.places.items()}
    return Located(whole, file, _lay_over(below, _places_of_topics(file, checker.places)))


def _places_of_topics(file: str, places: Mapping[tuple[Any, ...], tuple[int, int]]) -> Places:
    """Places by topic path instead of by the keys from the top of the file."""
    found = {}
    for key, (line, column) in places.items():
        ids = []
        while len(key) >= 2 and key[0] == "topics":
            ids.append(key[1])
            key = key[2:]
        if ids and key != ("topics",):
            found[".".join(ids), *key] = (file, line, column)
    return found


def _lay_over(base: Places, over: Places) -> Places:
    """The places of topics laid over others, as `Taxonomy.including` lays the topics themselves."""
    replaced = {key[:2] if key[1].endswith("examples") else key[:3] for key in over if len(key) > 2}
    kept = {key: place for key, place in base.items() if key[:2] not in replaced and key[:3] not in replaced}
    first = {key: place for key, place in base.items() if len(key) == 1}
    return {**kept, **over, **first}


def _read(path: Path) -> str:
    def refused(problem: str, line: int = 0, column: int = 0) -> TaxonomyError:
        return refusal([Diagnostic(str(path), line, column, problem, "T001")])

    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "not there" if not path.exists() else "not an ordinary file"
            raise refused(f"cannot read the taxonomy: it is {kind}; give the path of a YAML file")
        if path.stat().st_size > MAX_BYTES:
            size = path.stat().st_size
            raise refused(f"{size:,} bytes is too large for a taxonomy (at most {MAX_BYTES:,})")
        data = path.read_bytes()
    except OSError as error:
        raise refused(f"cannot read the taxonomy: {error.strerror or error}") from None
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        problem = f"the byte 0x{data[error.start]:02x} is not UTF-8; save the taxonomy as UTF-8"
        raise refused(problem, *_place(data[: error.start].decode("utf-8"))) from None


class _Checker:
    """Checks one file's nodes against the shape below and turns them into plain data."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []
        self._node: Any = None

    @cached_property
    def places(self) -> dict[tuple[Any, ...], tuple[int, int]]:
        """Line and column of every key and list entry, by the keys and numbers that lead to it."""
        found: dict[tuple[Any, ...], tuple[int, int]] = {}

        def walk(node: Any, path: tuple[Any, ...]) -> None:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    found[*path, key.value] = (key.start_mark.line + 1, key.start_mark.column + 1)
                    walk(value, (*path, key.value))
            elif isinstance(node, yaml.SequenceNode):
                for number, item in enumerate(node.value):
                    found[*path, number] = (item.start_mark.line + 1, item.start_mark.column + 1)
                    walk(item, (*path, number))

        walk(self._node, ())
        return found

    def check(self, text: str) -> dict[str, Any]:
        """The file as plain data of the right shape; raises `TaxonomyError` if it is anything else."""
        node = self._node = self._compose(text)
        data: dict[str, Any] = {}
        if node is None or _empty(node):
            self.found.append(
                Diagnostic(self.file, 1, 1, "the file is empty; it needs 'taxonomy:' and 'topics:'", "T006")
            )
        else:
            data = self._taxonomy(node)
        if self.found:
            raise refusal(sorted(self.found, key=lambda d: (d.line, d.column)))
        return data

    def _compose(self, text: str) -> Any:
        if stray := yaml.reader.Reader.NON_PRINTABLE.search(text):
            # libyaml would count its place in bytes.
            line, column = _place(text[: stray.start()])
            code = f"U+{ord(stray[0]):04X}"
            raise self._no_yaml(f"it may not contain {code}; remove it", line, column)
        try:
            self._scan(text)
            return yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = str(error.problem or error.context or "not YAML")
            if error.context == "while scanning a quoted scalar" and error.context_mark:
                mark, problem = error.context_mark, "the quotation mark is never closed"
            elif mark and _has_tab(text, mark.line):
                problem = "a tab in the indentation; YAML allows only spaces"
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise self._no_yaml(_PROBLEMS.get(problem, problem), line, column) from None
        except yaml.YAMLError as error:
            raise self._no_yaml(str(error), 1, 1) from None

    def _no_yaml(self, problem: str, line: int, column: int) -> TaxonomyError:
        return refusal([Diagnostic(self.file, line, column, f"not valid YAML: {problem}", "T002")])

    def _scan(self, text: str) -> None:
        """Refuse what a taxonomy never needs, on the event stream, before a tree is built."""
        depth = 0
        event: Any
        for event in yaml.parse(text, Loader=_LOADER):
            problem = ""
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problem = "anchors and aliases (& and *) are not allowed; put words with * in quotes"
            elif getattr(event, "tag", None):
                problem = f"the tag '{event.tag}' is not allowed; write plain values"
            elif isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    problem = f"nested deeper than {MAX_DEPTH} levels"
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if problem:
                mark = event.start_mark
                raise refusal([Diagnostic(self.file, mark.line + 1, mark.column + 1, problem, "T003")])

    def _say(self, node: Any, code: str, message: str) -> None:
        mark = node.start_mark
        # A finding stays on one line, even if it quotes a value that does not.
        self.found.append(Diagnostic(self.file, mark.line + 1, mark.column + 1, " ".join(message.split()), code))

    def _say_wrong(self, node: Any, what: str, wanted: str) -> None:
        if _empty(node):
            self._say(node, "T008", f"{what} is empty; it must be {wanted}; write it or remove it")
        else:
            self._say(node, "T007", f"{what} must be {wanted}, found {_kind(node)}")

    def _pairs(self, node: Any, what: str) -> Iterator[tuple[str, Any, Any]]:
        """Key text, key node and value node of a mapping, duplicate keys reported."""
        if not isinstance(node, yaml.MappingNode):
            self._say_wrong(node, what, "a mapping of 'key: value' lines")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._say(key, "T007", f"a key of {what} must be a word, found {_kind(key)}")
            elif key.tag == _MERGE:
                self._say(key, "T003", "merge keys (<<) are not allowed; use 'include' to compose taxonomies")
            elif key.value in seen:
                self._say(key, "T004", f"duplicate key '{key.value}' in {what}; remove or rename one")
            else:
                seen.add(key.value)
                yield key.value, key, value

    def _known(self, node: Any, what: str, keys: dict[str, str]) -> Iterator[tuple[str, Any, Any]]:
        for key, key_node, value in self._pairs(node, what):
            if key in keys:
                yield key, key_node, value
            else:
                near = nearest(key, keys)
                hint = f"did you mean '{near}'?" if near else f"allowed: {', '.join(keys)}"
                self._say(key_node, "T005", f"unknown key '{key}' in {what}; {hint}")

    def _taxonomy(self, node: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        blamed = False
        for key, _, value in self._known(node, "the taxonomy", _TAXONOMY_KEYS):
            before = len(self.found)
            data[key] = self._value(_TAXONOMY_KEYS[key], value, key)
            blamed |= key in ("topics", "include") and len(self.found) > before
        if isinstance(node, yaml.MappingNode):
            if "taxonomy" not in data:
                self._say(node, "T006", "the key 'taxonomy' is missing; its value is the taxonomy's id")
            if not (data.get("topics") or data.get("include")) and not blamed:
                self._say(node, "T006", "the taxonomy has no topics; add 'topics:' or 'include:'")
        return data

    def _topic(self, node: Any, what: str) -> dict[str, Any]:
        return {
            key: self._value(_TOPIC_KEYS[key], value, f"'{key}' of {what}")
            for key, _, value in self._known(node, what, _TOPIC_KEYS)
        }

    def _value(self, shape: str, node: Any, what: str) -> Any:
        return getattr(self, f"_{shape}")(node, what)

    def _id(self, node: Any, what: str) -> str:
        value = self._text(node, what)
        if value.strip() and not _empty(node):
            self._check_id(node, value, what)
        return value

    def _check_id(self, node: Any, value: str, what: str) -> None:
        if not _ID.match(value):
            self._say(
                node, "T009", f"{what}: '{value}' is no id; use letters, digits, '-' and '_' (no '.' and no space)"
            )
        elif node.tag != _STR or (not node.style and _NUMBER.match(value)):
            kind = node.tag.rsplit(":", 1)[-1] if node.tag != _STR else "float"
            self._say(
                node, "T009", f"{what}: YAML reads {value} as {_KINDS.get(kind, kind)}; put it in quotes: '{value}'"
            )

    def _text(self, node: Any, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._say(node, "T007", f"{what} must be text, found {_kind(node)}")
            return ""
        if _empty(node) or not node.value.strip():
            self._say(node, "T008", f"{what} is empty; write its text or remove it")
        return str(node.value)

    def _flag(self, node: Any, what: str) -> bool:
        value = str(node.value).lower()
        if node.tag != _BOOL or value not in ("true", "false"):
            self._say_wrong(node, what, "true or false, without quotes")
        return value == "true"

    def _list(self, node: Any, what: str) -> list[str]:
        if not isinstance(node, yaml.SequenceNode):
            self._say_wrong(node, what, "a list, as in [one, two]")
            return []
        return [self._text(item, f"an entry of {what}") for item in node.value]

    def _langs(self, node: Any, what: str) -> list[str]:
        if not isinstance(node, yaml.SequenceNode):
            return self._list(node, what)
        return [self._lang(item, f"an entry of {what}") for item in node.value]

    def _lang(self, node: Any, what: str) -> str:
        value = self._text(node, what)
        if value.strip() and not _empty(node):
            self._check_lang(node, value)
        return value

    def _check_lang(self, node: Any, value: str) -> None:
        if not _LANG.match(value):
            self._say(node, "T010", f"'{value}' is no language code; use ISO 639 as in zh, en, ru, kk")
        elif node.tag != _STR:
            self._say(
                node, "T010", f"YAML reads the language code {value} as something else; put it in quotes: '{value}'"
            )

    def _by_lang(self, node: Any, what: str) -> dict[str, str]:
        data = {}
        for key, key_node, value in self._pairs(node, what):
            self._check_lang(key_node, key)
            data[key] = self._text(value, f"{what} in '{key}'")
        return data

    def _words(self, node: Any, what: str) -> dict[str, list[str]]:
        data = {}
        for key, key_node, value in self._pairs(node, what):
            self._check_lang(key_node, key)
            words = self._list(value, f"{what} in '{key}'")
            if isinstance(value, yaml.SequenceNode) and not words:
                self._say(value, "T008", f"{what} in '{key}' is empty; list words or remove the key")
            for item, word in zip(value.value, words, strict=False):
                if word.strip() and not _empty(item) and not any(c.isalnum() for c in word):
                    self._say(
                        item, "T011", f"the keyword '{word}' has no letter or digit, so it would never match a word"
                    )
            data[key] = words
        return data

    def _texts(self, node: Any, what: str) -> list[dict[str, str]]:
        if not isinstance(node, yaml.SequenceNode):
            self._say_wrong(node, what, "a list of {text: …, lang: …}")
            return []
        data = []
        for item in node.value:
            where = f"an entry of {what}"
            entry = {
                key: self._value(_TEXT_KEYS[key], value, f"'{key}' of {where}")
                for key, _, value in self._known(item, where, _TEXT_KEYS)
            }
            if "text" not in entry and isinstance(item, yaml.MappingNode):
                self._say(item, "T006", f"{where} has no 'text'")
            data.append(entry)
        return data

    def _codes(self, node: Any, what: str) -> dict[str, str]:
        return {key: self._text(value, f"{what} for '{key}'") for key, _, value in self._pairs(node, what)}

    def _topics(self, node: Any, what: str) -> dict[str, Any]:
        data = {}
        for key, key_node, value in self._pairs(node, what):
            self._check_id(key_node, key, "topic id")
            data[key] = {} if _empty(value) else self._topic(value, f"topic '{key}'")
        return data


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STR = "tag:yaml.org,2002:str"
_BOOL = "tag:yaml.org,2002:bool"
_MERGE = "tag:yaml.org,2002:merge"
_KINDS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date", "null": "nothing"}

# What libyaml says of the commonest slips, in words that name the way out.
_PROBLEMS = {
    "but found another document": "a second document (---); a file holds one taxonomy",
    "could not find expected ':'": "a line without ':', or a wrong indentation",
    "did not find expected key": "a wrong indentation, or text behind a closed quotation mark or bracket",
    "did not find expected ',' or ']'": "a list [ ] that is not closed, or lacks a comma or quotation marks",
    "did not find expected ',' or '}'": "a mapping { } that is not closed, or lacks a comma or quotation marks",
    "found character that cannot start any token": "a text that begins with this character needs quotation marks",
    "mapping values are not allowed in this context": "a colon within a text; put the text in quotation marks, "
    "or mend the line above or the indentation",
}

# The shape of the file: each key with the method of `_Checker` that reads its value.
_TAXONOMY_KEYS = {
    "taxonomy": "id",
    "version": "text",
    "title": "by_lang",
    "languages": "langs",
    "include": "list",
    "exclusive": "flag",
    "topics": "topics",
}
_TOPIC_KEYS = {
    "label": "by_lang",
    "definition": "by_lang",
    "keywords": "words",
    "not_keywords": "words",
    "examples": "texts",
    "not_examples": "texts",
    "match": "codes",
    "topics": "topics",
}
_TEXT_KEYS = {"text": "text", "lang": "lang"}

_DESCRIPTIONS = {
    "taxonomy": "The taxonomy's id: letters, digits, '-' and '_'.",
    "version": "The version of this file, as in 1.0.0.",
    "title": "The taxonomy's name, by language.",
    "languages": "The languages that every topic should have keywords in.",
    "include": "Other taxonomies whose topics join this one: names, or paths relative to this file.",
    "exclusive": "true: every text has exactly one topic.",
    "topics": "Topics by id.",
    "label": "The topic's name, by language.",
    "definition": "What the topic covers and what goes elsewhere, by language.",
    "keywords": "Words that speak for the topic, by language; '*' stands for any letters of an alphabetic word.",
    "not_keywords": "Longer words that contain a keyword and do not speak for the topic.",
    "examples": "Short texts that carry the topic.",
    "not_examples": "Short texts that look like the topic and are not.",
    "match": "The topic's codes in other schemes, as in {cap: '8', sdg: '7'}.",
}


# Inside [^ ]: white space and punctuation, of ASCII, general and Chinese; in an id - and _ may stand between letters.
_MARKS = r"\s!-/:-@\[-`{-~\u00a1-\u00a9\u2000-\u206f\u3000-\u3004\u3008-\u3020"
_MARKS_IN_IDS = r"\s!-,./:-@\[-^`{-~\u00a1-\u00a9\u2000-\u206f\u3000-\u3004\u3008-\u3020"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a taxonomy file, for editors and validators."""
    # Patterns name the marks, not the letters: \\w means ASCII alone to the validators of editors.
    word = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
    lang = {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}
    id = {"type": "string", "pattern": rf"^[^{_MARKS}]([^{_MARKS_IN_IDS}]*[^{_MARKS}])?$"}
    keyword = {"type": ["string", "number", "boolean"], "pattern": f"[^{_MARKS}]"}

    def by_lang(shape: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "propertyNames": lang, "additionalProperties": shape}

    shapes: dict[str, Any] = {
        "id": id,
        "text": word,
        "by_lang": by_lang(word),
        "langs": {"type": "array", "items": lang},
        "list": {"type": "array", "items": word},
        "flag": {"type": "boolean"},
        "words": by_lang({"type": "array", "items": keyword, "minItems": 1}),
        "texts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": word, "lang": lang},
                "required": ["text"],
                "additionalProperties": False,
            },
        },
        "codes": {"type": "object", "additionalProperties": word},
        "topics": {
            "type": "object",
            "propertyNames": id,
            "additionalProperties": {"anyOf": [{"$ref": "#/$defs/topic"}, {"type": "null"}]},
        },
    }

    def properties(keys: dict[str, str]) -> dict[str, Any]:
        return {key: {**shapes[shape], "description": _DESCRIPTIONS[key]} for key, shape in keys.items()}

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "topicat taxonomy",
        "type": "object",
        "properties": properties(_TAXONOMY_KEYS),
        "required": ["taxonomy"],
        "anyOf": [
            {"required": ["topics"], "properties": {"topics": {"minProperties": 1}}},
            {"required": ["include"], "properties": {"include": {"minItems": 1}}},
        ],
        "additionalProperties": False,
        "$defs": {
            "topic": {"type": "object", "properties": properties(_TOPIC_KEYS), "additionalProperties": False},
        },
    }


def _empty(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _kind(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"'{node.value}'" if len(node.value) <= 60 else f"'{node.value[:60]}…'"


def _place(before: str) -> tuple[int, int]:
    """Line and column of what stands behind the text `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _has_tab(text: str, line: int) -> bool:
    lines = text.split("\n")
    around = lines[max(0, line - 1) : line + 1]
    return any("\t" in row[: len(row) - len(row.lstrip())] for row in around)
