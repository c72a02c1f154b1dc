"""`TaxonomyFile`: a taxonomy that is mended while one codes: tried first, then written, and taken back."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from topicat import registry
from topicat.difference import Relabelled, relabelled
from topicat.errors import OutputError, TaxonomyError, UsageError
from topicat.folding import fold
from topicat.lint import lint
from topicat.model import Model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import Located
from topicat.workbench.insertion import with_word
from topicat.workbench.labels_file import replace_file

FIELDS = ("keywords", "not_keywords")


@dataclass(frozen=True)
class Edit:
    """A word for the keywords or counter-keywords of a topic, in a language."""

    topic: str
    field: str
    lang: str
    word: str


@dataclass(frozen=True)
class Trial:
    """What an edit would do.

    Attributes
    ----------
    base
        The fingerprint of the file that it was tried on.
    text
        The file as it would be.
    taxonomy
        What it would say.
    findings
        What `topicat taxonomy check` would say that it does not say now.
    with_word
        How many paragraphs hold the word.
    changed
        Paragraphs whose labels would change, by their number.
    """

    base: str
    text: str
    taxonomy: Taxonomy
    findings: tuple[str, ...]
    with_word: int
    changed: tuple[Relabelled, ...]

    @property
    def mark(self) -> str:
        """What tells this trial from any other."""
        return _mark(self.base + self.text)


class TaxonomyFile:
    """The YAML file of a taxonomy, and what was changed in it since it was opened."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._done: list[tuple[str, str]] = []

    @property
    def edits(self) -> int:
        """How many edits can be taken back."""
        return len(self._done)

    def attempt(self, edit: Edit, model: Model, texts: Sequence[str]) -> Trial:
        """What `edit` would do to the file and to the labels that `model` gives to `texts`, nothing being written.

        The labels are the model's with the word counted as a cue, before it is trained anew.

        Raises
        ------
        TaxonomyError
            If the file is not valid now, or has no such topic.
        UsageError
            If there is no word, it is there already, or the file cannot be changed that way.
        """
        word = " ".join(edit.word.split())
        if not any(c.isalnum() for c in word) or len(word) > 200:
            raise UsageError("a keyword has a letter and at most 200 characters; mark a word, or write one")
        if edit.field not in FIELDS:
            raise UsageError(f"'{edit.field:.40}' is no list of words; there is: {', '.join(FIELDS)}")
        text = self._read()
        now = registry.locate_taxonomy(self.path)
        topic = now.taxonomy[edit.topic]
        terms = getattr(topic, edit.field)
        if word in terms.get(edit.lang, ()):
            raise UsageError(f"'{word}' is one of the {edit.field} of '{edit.topic}' already")
        changed = with_word(text, str(self.path), edit.topic, edit.field, edit.lang, word)
        new = self._located(changed)
        if new.taxonomy != _expected(now.taxonomy, edit, word):
            raise UsageError(f"{self.path}: '{word}' cannot be put in without harm; add it in an editor")
        known = {(d.code, d.message) for d in lint(now)}
        findings = tuple(f"{d.severity}: {d.message} [{d.code}]" for d in lint(new) if (d.code, d.message) not in known)
        plain = fold(word).replace("*", "")
        places = [i for i, t in enumerate(texts) if plain in fold(t)]
        candidates = [texts[i] for i in places]
        before = [p.labels for p in dataclasses.replace(model, taxonomy=now.taxonomy).predict(candidates)]
        after = [p.labels for p in dataclasses.replace(model, taxonomy=new.taxonomy).predict(candidates)]
        rows = tuple(dataclasses.replace(r, number=places[r.number]) for r in relabelled({}, before, after))
        return Trial(_mark(text), changed, new.taxonomy, findings, len(places), rows)

    def keep(self, trial: Trial) -> None:
        """Write what was tried, whole or not at all.

        Raises
        ------
        UsageError
            If someone else changed the file meanwhile.
        OutputError
            If it cannot be written.
        """
        text = self._read()
        if _mark(text) != trial.base:
            raise UsageError(f"{self.path} was changed by someone else meanwhile; look at the preview again")
        replace_file(self.path, trial.text)
        self._done.append((text, trial.text))

    def undo(self) -> Taxonomy:
        """Take the last edit back; gives the taxonomy as it is then.

        Raises
        ------
        UsageError
            If there is none, or someone else changed the file since.
        """
        if not self._done:
            raise UsageError("there is no edit to take back")
        before, after = self._done[-1]
        if self._read() != after:
            raise UsageError(f"{self.path} was changed by someone else since; take the word out in an editor")
        replace_file(self.path, before)
        self._done.pop()
        return registry.get_taxonomy(self.path)

    def _read(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8")
        except OSError as error:
            raise TaxonomyError(f"{self.path}: cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise TaxonomyError(f"{self.path}: it is no longer UTF-8; save it as UTF-8") from None

    def _located(self, text: str) -> Located:
        """The taxonomy that `text` would be in the place of the file: beside it, for what it includes by path."""
        with self._beside(text) as path:
            try:
                found = registry.locate_taxonomy(path)
            except TaxonomyError as error:
                raise TaxonomyError(str(error).replace(str(path), str(self.path))) from None
        return dataclasses.replace(found, file=str(self.path))

    @contextlib.contextmanager
    def _beside(self, text: str) -> Iterator[Path]:
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self.path.stem}-", suffix=".yaml", dir=self.path.parent)
        except OSError as error:
            raise OutputError(f"{self.path.parent}: cannot be written: {error.strerror or error}") from None
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _expected(taxonomy: Taxonomy, edit: Edit, word: str) -> Taxonomy:
    """`taxonomy` with the word where it belongs."""
    data = taxonomy.to_dict()
    topic = data
    for id in edit.topic.split("."):
        topic = topic["topics"][id]
    topic.setdefault(edit.field, {}).setdefault(edit.lang, []).append(word)
    return Taxonomy.from_dict(data)
