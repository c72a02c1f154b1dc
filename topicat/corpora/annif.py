"""Annif corpora: a folder of texts, each with a file of its subjects, and TSV of text and subjects.

Subjects are IRIs, which a taxonomy ties to its topics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from topicat.corpora.format import Files, Options
from topicat.errors import SeedsError, TaxonomyError, UsageError
from topicat.formats import iris
from topicat.lost import Lost
from topicat.seeds import Example, check_labels
from topicat.taxonomy import Taxonomy

_IRI = re.compile(r"<([^<>]*)>")


def write_folder(examples: Sequence[Example], options: Options) -> Files:
    """``ID.txt`` with a text and ``ID.tsv`` with the IRIs and labels of its topics, and so on.

    Ids that cannot be names of files, or not of all of them, give way to numbers.
    """
    taxonomy = _taxonomy(options)
    nodes = iris.iris_of(taxonomy)
    files: Files = {}
    for name, example in zip(_names(examples), check_labels(examples, taxonomy), strict=True):
        files[f"{name}.txt"] = example.text
        subjects = [f"<{nodes[path]}>\t{' '.join(taxonomy[path].name().split())}\n" for path in example.labels]
        files[f"{name}.tsv"] = "".join(subjects)
    return files


def _names(examples: Sequence[Example]) -> list[str]:
    ids = [example.id for example in examples]
    if all(re.fullmatch(r"[\w-]{1,80}", id) for id in ids) and len({id.lower() for id in ids}) == len(ids):
        return ids
    return [f"{number:06}" for number in range(1, len(ids) + 1)]


def read_folder(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The texts that have a ``.tsv`` or a ``.key`` beside them; the others have not been coded, and are named.

    Raises
    ------
    SeedsError
        If there is none, or an IRI is of no topic and `options` have no taxonomy.
    """
    subjects = _Subjects(options)
    examples: list[Example] = []
    for file in sorted(name for name in files if name.endswith(".txt")):
        place = f"{name}/{file}"
        coded = [file[:-4] + ending for ending in (".tsv", ".key") if file[:-4] + ending in files]
        if not coded:
            subjects.lost.append(
                Lost(place, "text", why="there is no .tsv or .key beside it, so it has not been coded")
            )
        elif not files[file].strip():
            subjects.lost.append(Lost(place, "text", why="it is empty"))
        else:
            found = subjects.of_lines(files[coded[0]], f"{name}/{coded[0]}")
            examples.append(Example(files[file], found, id=file[:-4], place=place))
    if not examples:
        raise SeedsError(f"{name}: no coded text; an Annif corpus has pairs like 1.txt and 1.tsv, or 1.txt and 1.key")
    return examples, subjects.lost


def write_tsv(examples: Sequence[Example], options: Options) -> Files:
    """A line for each example: the text, a tab, the IRIs of its topics."""
    taxonomy = _taxonomy(options)
    nodes = iris.iris_of(taxonomy)
    lines = [
        " ".join(example.text.split()) + "\t" + " ".join(f"<{nodes[path]}>" for path in example.labels)
        for example in check_labels(examples, taxonomy)
    ]
    return {"": "\n".join(lines) + "\n"}


def read_tsv(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The lines of a corpus in TSV; raises SeedsError as `read_folder` does."""
    subjects = _Subjects(options)
    examples: list[Example] = []
    for number, line in enumerate(files[""].split("\n"), 1):
        place = f"{name}:{number}"
        text, tab, coded = line.partition("\t")
        if not line.strip():
            continue
        if not tab:
            subjects.lost.append(Lost(place, "text", text, why="there is no tab, so it has not been coded"))
        elif not text.strip():
            raise SeedsError(f"{place}: no text before the tab")
        else:
            found = subjects.of_iris(coded.replace("<", " ").replace(">", " ").split(), place)
            examples.append(Example(text, found, place=place))
    if not examples:
        raise SeedsError(f"{name}: no coded text; each line of an Annif corpus is a text, a tab, and IRIs as in <…>")
    return examples, subjects.lost


def _taxonomy(options: Options) -> Taxonomy:
    if options.taxonomy is None:
        raise UsageError("Annif names topics by IRI; say with -t TAXONOMY which topics the labels are")
    return options.taxonomy


class _Subjects:
    """Turns subjects into labels; `lost` collects those that are none."""

    def __init__(self, options: Options) -> None:
        self._tree = options.taxonomy
        self._paths = {iri: path for path, iri in iris.iris_of(self._tree).items()} if self._tree else {}
        self.lost: list[Lost] = []

    def of_lines(self, text: str, file: str) -> tuple[str, ...]:
        found: list[str] = []
        for number, line in enumerate(text.split("\n"), 1):
            place = f"{file}:{number}"
            if match := _IRI.match(line.strip()):
                found += self.of_iris([match[1]], place)
            elif line.strip():
                found += self._of_label(line.strip(), place)
        return tuple(dict.fromkeys(found))

    def of_iris(self, nodes: Iterable[str], place: str) -> tuple[str, ...]:
        found: list[str] = []
        for iri in nodes:
            own = iris.own_path(iri)
            if self._tree is None:
                if own is None:
                    raise SeedsError(f"{place}: which topic is <{iri}>? Say with -t TAXONOMY what the IRIs are of")
                found.append(own[1])
            elif iri in self._paths:
                found.append(self._paths[iri])
            else:
                self.lost.append(Lost(place, "subject", iri, why=f"no topic of '{self._tree.id}' has this IRI"))
        return tuple(dict.fromkeys(found))

    def _of_label(self, label: str, place: str) -> list[str]:
        if self._tree is None:
            return [label]
        try:
            return [self._tree.resolve(label)]
        except TaxonomyError:
            self.lost.append(Lost(place, "subject", label, why=f"no topic of '{self._tree.id}' has this label"))
            return []
