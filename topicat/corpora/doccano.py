"""doccano, text classification: JSON Lines of ``text``, ``label`` and metadata.

doccano numbers texts itself, in ``id``; an id of ours is kept in ``seed_id``.
"""

from __future__ import annotations

from collections.abc import Sequence

from topicat.corpora.format import Files, Options
from topicat.corpora.meta import json_lines, meta_of, with_meta
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.reading import json_rows
from topicat.seeds import Example

_ID = "seed_id"


def write(examples: Sequence[Example], options: Options) -> Files:
    """A row for each example."""
    rows = []
    for example in examples:
        meta = meta_of(example)
        if "id" in meta:
            meta[_ID] = meta.pop("id")
        rows.append({"text": example.text, "label": list(example.labels), **meta})
    return {"": json_lines(rows)}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The rows of an export.

    Raises
    ------
    SeedsError
        If a row has no text, or spans for labels.
    """
    examples = []
    for number, row in json_rows(name, files[""]):
        place = f"{name}:{number}"
        labels = row.pop("label", row.pop("labels", None))
        if isinstance(labels, str):
            labels = [labels] if labels else []
        if not isinstance(labels, list):
            raise SeedsError(f"{place}: no 'label'; a doccano row has a list of labels")
        if not all(isinstance(label, str) for label in labels):
            raise SeedsError(
                f"{place}: the labels are not words but {labels[0]!r:.60}; spans of sequence labelling are no topics; "
                "export a project of text classification"
            )
        if _ID in row:
            row["id"] = row.pop(_ID)
        examples.append(with_meta(row.get("text"), labels, row, place))
    return examples, []
