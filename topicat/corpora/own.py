"""topicat's own formats: seeds in JSON Lines, seeds in CSV, and what `topicat predict` writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from topicat.corpora.format import Files, Options
from topicat.corpora.meta import json_lines, meta_of, with_meta
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.reading import json_rows
from topicat.seeds import Example, parse_seeds


def write_seeds(examples: Sequence[Example], options: Options) -> Files:
    """JSON Lines of ``text``, ``labels`` and whatever else there is."""
    return {"": json_lines({"text": e.text, "labels": list(e.labels), **meta_of(e)} for e in examples)}


def read_seeds(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """Seeds in JSON Lines; raises SeedsError or ReadingError."""
    return parse_seeds(files[""], name), []


def write_csv(examples: Sequence[Example], options: Options) -> Files:
    """CSV with a column for every field that occurs; labels are parted by ``;``."""
    rows = [meta_of(example) for example in examples]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["text", "labels", *columns])
    for example, row in zip(examples, rows, strict=True):
        writer.writerow([example.text, ";".join(example.labels), *(row.get(column, "") for column in columns)])
    return {"": stream.getvalue()}


def read_csv(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """Seeds in CSV or TSV, empty cells left out; raises SeedsError or ReadingError."""
    examples = parse_seeds(files[""], name, ".csv")
    return [_without_blanks(example) for example in examples], []


def _without_blanks(example: Example) -> Example:
    fields = {key: value for key, value in meta_of(example).items() if value != ""}
    return with_meta(example.text, example.labels, fields, example.place)


def read_predictions(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The paragraphs that `topicat predict -f jsonl` labelled, each document a group.

    The extra field ``score`` is how sure the model is of the decision that it is least sure of, .5 to 1.

    Raises
    ------
    SeedsError
        If `options.predictions` does not say that they are wanted, or a line is no such record.
    """
    if not options.predictions:
        raise SeedsError(
            f"{name}: these labels are a model's predictions, and a model should not learn from them unseen; "
            "say --predictions to have people correct them"
        )
    examples = []
    for number, row in json_rows(name, files[""]):
        place = f"{name}:{number}"
        try:
            labels = [topic["topic"] for topic in row["topics"]]
            sure = [max(p, 1 - p) for p in row["probabilities"].values()]
            meta: dict[str, Any] = {"id": f"{row['document']}:{row['paragraph']}", "group": row["document"]}
        except (KeyError, TypeError, AttributeError):
            raise SeedsError(
                f"{place}: no record of 'topicat predict -f jsonl'; it has no topics and probabilities"
            ) from None
        if row.get("date"):
            meta["date"] = row["date"]
        if sure:
            meta["score"] = round(min(sure), 6)
        examples.append(with_meta(row.get("text"), labels, meta, place))
    return examples, []
