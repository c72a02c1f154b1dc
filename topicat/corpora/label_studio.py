"""Label Studio: a JSON list of tasks with annotations, or with predictions for people to correct."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from topicat.corpora.format import Files, Options
from topicat.corpora.meta import meta_of, with_meta
from topicat.errors import SeedsError
from topicat.lost import Lost
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy

CONTROL, TEXT = "topics", "text"
"""Names of the tags in the labelling interface."""


def interface(taxonomy: Taxonomy) -> str:
    """The labelling interface for the topics of `taxonomy`: XML to paste into a project's settings."""
    view = ET.Element("View")
    ET.SubElement(view, "Text", name=TEXT, value="$text")
    choices = ET.SubElement(view, "Choices", name=CONTROL, toName=TEXT)
    choices.set("choice", "single" if taxonomy.exclusive else "multiple")
    for topic in taxonomy.walk():
        choice = ET.SubElement(choices, "Choice", value=topic.path)
        if topic.label or topic.definition:
            hint = [topic.name() if topic.label else "", next(iter(topic.definition.values()), "")]
            choice.set("hint", ": ".join(part for part in hint if part))
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def write(examples: Sequence[Example], options: Options) -> Files:
    """A task for each example; its labels are an annotation, or a prediction if `options` say so."""
    tasks = []
    for example in examples:
        meta = meta_of(example)
        score = meta.pop("score", None) if options.predictions else None
        choice: dict[str, Any] = {
            "from_name": CONTROL,
            "to_name": TEXT,
            "type": "choices",
            "value": {"choices": list(example.labels)},
        }
        verdict: dict[str, Any] = {"result": [choice] if example.labels else []}
        if options.predictions:
            verdict["model_version"] = "topicat"
        if score is not None:
            verdict["score"] = score
        key = "predictions" if options.predictions else "annotations"
        data: dict[str, Any] = {"text": example.text, **meta}
        tasks.append({"data": data, key: [verdict]})
    return {"": json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"}


def read(files: Files, name: str, options: Options) -> tuple[list[Example], list[Lost]]:
    """The annotated tasks of an export in JSON; tasks without an annotation are left out, and said.

    Of several annotations of a task the last one counts. With `options.predictions`, a task that has no
    annotation has its prediction's labels.

    Raises
    ------
    SeedsError
        If it is not a list of tasks with a text.
    """
    try:
        tasks = json.loads(files[""])
        # Half a surrogate pair is valid JSON but no character: it could never be written out again.
        tasks = json.loads(json.dumps(tasks, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise SeedsError(f"{name}:{line}:{column}: not JSON; export the project as JSON") from None
    if not isinstance(tasks, list):
        raise SeedsError(f"{name}: expected a list of tasks; export the project as JSON")
    examples: list[Example] = []
    lost: list[Lost] = []
    for number, task in enumerate(tasks, 1):
        place = f"{name}: task {number}"
        try:
            if example := _example(task, place, options.predictions, lost):
                examples.append(example)
        except (AttributeError, KeyError, TypeError):
            raise SeedsError(
                f"{place}: no task with 'data' and 'annotations'; export the project as JSON, not as JSON-MIN"
            ) from None
    if not examples:
        raise SeedsError(f"{name}: no annotated task among {len(tasks):,}; annotate some, then export again")
    return examples, lost


def _example(task: dict[str, Any], place: str, predictions: bool, lost: list[Lost]) -> Example | None:
    data = task["data"]
    meta = {"id": task.get("id"), **data}
    verdicts = [v for v in task.get("annotations") or [] if not v.get("was_cancelled")]
    if not verdicts and predictions:
        verdicts = (task.get("predictions") or [])[-1:]
        meta["score"] = verdicts[0].get("score") if verdicts else None
    if not verdicts:
        lost.append(Lost(place, "text", data.get("text"), why="nobody has annotated it, or it was skipped"))
        return None
    found = [_labels(verdict, place, lost) for verdict in verdicts]
    for labels in found[:-1]:
        if set(labels) != set(found[-1]):
            lost.append(Lost(place, "annotation", labels, why="the last annotation of a text counts, and differs"))
    known = {key: value for key, value in meta.items() if value is not None}
    return with_meta(data.get("text"), found[-1], known, place)


def _labels(verdict: dict[str, Any], place: str, lost: list[Lost]) -> list[str]:
    labels: list[str] = []
    for result in verdict.get("result") or []:
        value = result.get("value") or {}
        if result.get("type") == "choices":
            labels += [str(choice) for choice in value.get("choices", [])]
        elif result.get("type") == "taxonomy":
            labels += [".".join(str(part) for part in path) for path in value.get("taxonomy", [])]
        else:
            lost.append(Lost(place, str(result.get("type")), value, why="only choices and taxonomy are topics"))
    return labels
