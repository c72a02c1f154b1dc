"""`model_card`: what a model is, what it learned from, how good it is and where it errs, as one HTML page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topicat.chart import Chart
from topicat.errors import ReadingError
from topicat.page import model_facts, strength
from topicat.reading import decode, load_bytes
from topicat.rendering import render
from topicat.seeds import fingerprint

if TYPE_CHECKING:
    from markupsafe import Markup

    from topicat.model import Model
    from topicat.seeds import Example

Scores = Mapping[str, Any]
FEW = 20
"""With fewer texts than this, a topic's figures say little."""
_QUARTERS = [(0.0, "0"), (0.25, ""), (0.5, "0.5"), (0.75, ""), (1.0, "1")]


def model_card(
    model: Model,
    scores: Scores | None,
    *,
    name: str,
    data: str,
    examples: Sequence[Example],
    out_of_fold: bool = False,
    curve: Scores | None = None,
    notes: str = "",
) -> str:
    """One self-contained page about `model`.

    Parameters
    ----------
    scores
        Of `topicat.evaluation.evaluate_model` with `curves` and `errors`, or of `topicat.held_out.held_out_scores`;
        None if there was too little to hold out.
    name
        What the model is called.
    data
        What it was measured on.
    examples
        The texts it was measured on.
    out_of_fold
        Whether those are the seeds it was trained on, each judged by a model that had not seen it.
    curve
        As `read_curve` gives it.
    notes
        What its maker says of it; blank lines part paragraphs.
    """
    facts = model_facts(model, name, "en")
    info = model.info
    top = [head for head in model.heads if not head.parent]
    thresholds = {topic: float(h) for head in top for topic, h in zip(head.topics, head.threshold, strict=True)}
    return render(
        "card",
        title=f"Model card: {name}",
        facts=facts,
        model=model,
        thresholds=thresholds if not model.taxonomy.exclusive else {},
        settings=_flat(info.get("settings", {})),
        scikit_learn=info.get("scikit_learn", ""),
        scores=scores,
        data=data,
        counts=_counts(examples),
        out_of_fold=out_of_fold,
        tiles=_tiles(scores) if scores else [],
        reliability=_reliability(scores) if scores else None,
        precision_recall=_precision_recall(model, scores, thresholds) if scores else [],
        errors=[_shown(error) for error in scores.get("errors", [])] if scores else [],
        number={topic: k for k, topic in enumerate(model.taxonomy.roots)},
        curve=curve,
        curve_chart=_learning_curve(curve) if curve else None,
        uses=_uses(model),
        limits=_limits(model, scores, examples, out_of_fold),
        notes=[part for part in notes.split("\n\n") if part.strip()],
    )


def read_curve(path: str | Path) -> dict[str, Any]:
    """The learning curve in a file that ``topicat curve -f json`` wrote.

    Raises
    ------
    ReadingError
        If it cannot be read or is none.
    """
    text = decode(load_bytes(path)[1], str(path))
    try:
        curve: dict[str, Any] = json.loads(text)
        points = [(float(p["labels"]), float(p["micro_f1"]), float(p["deviation"])) for p in curve["points"]]
        law = curve["law"] and {key: float(curve["law"][key]) for key in ("limit", "drop", "rate")}
        values = [x for point in points for x in point] + list(law.values() if law else ())
        if not all(0 <= x < math.inf for x in values):
            raise ValueError(f"a value that is no number from 0: {next(x for x in values if not 0 <= x < math.inf)}")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReadingError(
            f"{path}: no learning curve ({type(error).__name__}: {error}); write it with topicat curve -f json"
        ) from None
    if not points:
        raise ReadingError(f"{path}: a learning curve without points; write it with topicat curve -f json")
    return {"points": points, "law": law}


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    """What there is of texts, in words."""
    roots = [{label.split(".")[0] for label in example.labels} for example in examples]
    counts = {
        "texts": len(examples),
        "with no topic": sum(not labels for labels in roots),
        "with several topics": sum(len(labels) > 1 for labels in roots),
        "groups (articles)": len({e.group for e in examples if e.group}),
    }
    for lang in sorted({e.lang for e in examples if e.lang}):
        counts[f"in {lang}"] = sum(e.lang == lang for e in examples)
    return {name: n for name, n in counts.items() if n}


def _tiles(scores: Scores) -> list[tuple[str, float, Sequence[float] | None]]:
    intervals = scores.get("intervals", {})
    facts = [("micro-F1", "micro_f1"), ("macro-F1", "macro_f1"), ("no-topic F1", "none_f1")]
    facts += [("exact match", "exact_match"), ("accuracy", "accuracy"), ("calibration error", "calibration_error")]
    return [
        (name, scores[key], intervals.get(key))
        for name, key in facts
        # In an exclusive taxonomy "no topic" is no answer; without such texts there is nothing to find.
        if key in scores and (key != "none_f1" or ("accuracy" not in scores and scores["none"]["support"]))
    ]


def _reliability(scores: Scores) -> Markup:
    chart = Chart("Reliability diagram", x=(0, 1), y=(0, 1), height=260)
    chart.axes(_QUARTERS, _QUARTERS)
    chart.label("probability that was stated")
    chart.line([(0, 0), (1, 1)], "guide")
    for part in scores["reliability"]:
        chart.bar(part["mean"], part["low"], part["high"])
        title = f"{part['n']:,} decisions stated at {part['mean']:.2f}: {part['share']:.2f} came true"
        chart.point((part["mean"], part["share"]), title)
    return chart.svg()


def _precision_recall(model: Model, scores: Scores, thresholds: Mapping[str, float]) -> list[dict[str, Any]]:
    made = []
    for number, (topic, points) in enumerate(scores["precision_recall"].items()):
        if not points:
            continue
        name, row = model.taxonomy[topic].name("en"), scores["topics"][topic]
        chart = Chart(f"Precision and recall of {name}", x=(0, 1), y=(0, 1), height=200)
        chart.axes(_QUARTERS, _QUARTERS)
        chart.label("recall")
        chart.line([(p["recall"], p["precision"]) for p in points])
        at = f"precision {row['precision']:.2f}, recall {row['recall']:.2f}"
        if topic in thresholds:
            at = f"threshold {thresholds[topic]:.2f}: {at}"
        chart.point((row["recall"], row["precision"]), at, "chosen")
        made.append({"name": name, "number": number, "svg": chart.svg(), "at": at})
    return made


def _learning_curve(curve: Scores) -> Markup:
    points = curve["points"]
    most = max(n for n, _, _ in points)
    chart = Chart("Learning curve", x=(0, max(1.0, most)), y=(0, 1), height=220)
    chart.axes([(n, f"{n:,.0f}") for n in (0, most / 2, most)], _QUARTERS)
    chart.label("labels")
    if law := curve["law"]:
        first = min((n for n, _, _ in points if n), default=1.0)
        steps = [first + (most - first) * i / 60 for i in range(61)]
        values = [(n, law["limit"] - law["drop"] * n ** -law["rate"]) for n in steps]
        chart.line([(n, min(1.0, max(0.0, y))) for n, y in values], "guide")
    for n, mean, deviation in points:
        chart.bar(n, max(0.0, mean - deviation), min(1.0, mean + deviation))
        chart.point((n, mean), f"{n:,.0f} labels: micro-F1 {mean:.3f} ± {deviation:.3f}")
    return chart.svg()


def _shown(error: Scores) -> dict[str, Any]:
    # The name of the file and the line are enough to find a text again.
    return {**error, "spans": _spans(error), "place": Path(error["place"]).name}


def _spans(error: Scores) -> list[tuple[str, float]]:
    """The text of an error cut at its evidence, each part with the strength of its colour."""
    parts, at, text = [], 0, error["text"]
    for e in sorted(error["evidence"], key=lambda e: e["start"]):
        if at <= e["start"] and e["end"] <= len(text):
            parts += [(text[at : e["start"]], 0.0), (text[e["start"] : e["end"]], strength(e["weight"]))]
            at = e["end"]
    return [(part, weight) for part, weight in [*parts, (text[at:], 0.0)] if part]


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Settings as one level of names and values."""
    found: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{above}{key}.")
        elif key != "fingerprint":
            found[above + key] = json.dumps(value, ensure_ascii=False)
    return found


def _uses(model: Model) -> list[str]:
    tree = model.taxonomy
    kind = "exactly one topic" if tree.exclusive else "topics, none or several"
    langs = f" in {', '.join(tree.languages)}" if tree.languages else ""
    return [
        f"To give paragraphs of text{langs} {kind} of the taxonomy {tree.id} {tree.version}, as its definitions say.",
        "To count, sort and find texts, where a person looks at what the labels are used for.",
        "Not as the only ground for a decision about a person or an organisation, and not to tell whether a text is "
        "true, new or meant seriously: it sees words, not their sense.",
    ]


def _limits(model: Model, scores: Scores | None, examples: Sequence[Example], out_of_fold: bool) -> list[str]:
    """What the figures do not promise, as far as the data tell."""
    limits = []
    if not scores:
        limits.append("Nothing is known of how good it is: there was too little to hold anything out.")
    elif out_of_fold:
        limits.append(
            "The figures are out of fold, on texts like its seeds, and the thresholds were chosen on them; on other "
            "text expect ten points less or more. Measure it on text of your own: topicat evaluate."
        )
    elif fingerprint(examples) == model.info.get("seeds", {}).get("fingerprint"):
        limits.append("The texts measured are those that it learned from: the figures say nothing about other text.")
    rare = [t for t, row in scores["topics"].items() if row["support"] < FEW and "." not in t] if scores else []
    if rare:
        limits.append(f"Fewer than {FEW} texts, so that the figures say little: {', '.join(rare)}.")
    if scores and not any(e.group for e in examples):
        limits.append(
            "The rows name no group. If several are of one article, the intervals are narrower than they should be."
        )
    strange = sorted({e.lang for e in examples if e.lang and e.lang not in model.taxonomy.languages})
    if strange and model.taxonomy.languages:
        limits.append(
            f"The texts measured are also in languages that the taxonomy does not name: {', '.join(strange)}."
        )
    limits.append("A text without a word that it knows has no topic; so has one in a language it never saw.")
    return limits
