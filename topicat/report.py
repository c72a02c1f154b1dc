"""The data of `topicat.evaluation` as text for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

WIDTH = 110
"""Columns of a report."""
_PAIRS = 20
"""Confusions listed where a matrix would be wider than a report."""

Scores = Mapping[str, Any]


def evaluation_report(scores: Scores, title: str = "") -> str:
    """Everything that `topicat.evaluation.evaluate_model` found: figures, confusions, breakdowns, errors.

    Parameters
    ----------
    scores
        As `evaluate_model` gives them.
    title
        What was evaluated on what.
    """
    head = " · ".join(part for part in (title, _size(scores)) if part)
    parts = [head, scores_table(scores)]
    if "confusion" in scores:
        parts.append(confusion_table(scores["confusion"]))
    parts += [by_table(field, values) for field, values in scores.get("by", {}).items()]
    if "errors" in scores:
        parts.append(errors_list(scores["errors"], scores["wrong_decisions"]))
    return "\n\n".join(parts)


def scores_table(scores: Scores) -> str:
    """Figures for each topic and for no topic, then those over all; intervals where there are any."""
    intervals = scores.get("intervals", {})
    own_errors = scores.get("topic_calibration_error", {})
    rows = [(topic, row, intervals.get("topics", {}).get(topic)) for topic, row in scores["topics"].items()]
    if "none" in scores and _speaks_of_none(scores):  # figures stored by an older version have no such row
        rows.append(("(no topic)", scores["none"], intervals.get("none_f1")))
    head = ["topic", "texts", "precision", "recall", "F1", _interval_name(intervals), "avg. precision", "calib. error"]
    cells = [
        [
            topic,
            f"{row['support']:,}",
            _figure(row["precision"]),
            *(_figure(row[key] if row["support"] else None) for key in ("recall", "f1")),
            _interval(interval if row["support"] else None),
            _figure(row.get("average_precision")),
            _figure(own_errors.get(topic)),
        ]
        for topic, row, interval in rows
    ]
    shown = [i for i in range(len(head)) if any(row[i] != "–" for row in cells)]
    lines = table([head[i] for i in shown], [[row[i] for i in shown] for row in cells])
    return "\n".join([*lines, "", *_summary(scores)])


def _summary(scores: Scores) -> Iterator[str]:
    intervals = scores.get("intervals", {})
    micro, macro = (_means(scores.get(key)) for key in ("micro", "macro"))
    facts = [
        ("micro-F1", "micro_f1", f"all decisions{micro}"),
        ("macro-F1", "macro_f1", f"mean over topics{macro}"),
        ("no-topic F1", "none_f1", "'no topic' as an answer"),
        ("exact match", "exact_match", "texts with exactly the right topics"),
        ("accuracy", "accuracy", "texts with the right topic"),
        ("calibration error", "calibration_error", "gap between a probability and how often it came true"),
    ]
    for name, key, meaning in facts:
        if key in scores and (key != "none_f1" or _speaks_of_none(scores)):
            interval = f"{_interval(intervals[key]) if key in intervals else '':<11}  " if intervals else ""
            value = _none_f1(scores) if key == "none_f1" else scores[key]
            yield f"{name:<17}  {_figure(value):<5}  {interval}{meaning}"
    if intervals:
        n = intervals["groups"]
        units = _count(n, "text") if n == scores["n"] else f"whole groups of texts ({n:,})"
        yield f"{_interval_name(intervals)}s: percentiles of {intervals['resamples']:,} bootstrap resamples of {units}"


def _speaks_of_none(scores: Scores) -> bool:
    """Whether "no topic" is an answer: in an exclusive taxonomy it is not."""
    return "accuracy" not in scores


def _none_f1(scores: Scores) -> float | None:
    """The F1 of no topic; None where every text has one, so that there is nothing to find."""
    return scores["none_f1"] if "none" not in scores or scores["none"]["support"] else None


def _means(row: Scores | None) -> str:
    if not row:
        return ""
    return (
        f": precision {_figure(row['precision'])}, recall {_figure(row['recall'])}, "
        f"avg. precision {_figure(row['average_precision'])}"
    )


def confusion_table(confusion: Scores) -> str:
    """The matrix of `topicat.evaluation.confusion`, or its largest cells where it would be too wide."""
    counts = confusion["counts"]
    names = [*confusion["topics"], "(nothing)"]
    rows = [[name, *map(_cell, row)] for name, row in zip(names, counts, strict=True)]
    lines = table(["right", *names], rows, width=10 * WIDTH)
    if columns_of(lines[0]) <= WIDTH:
        lines.insert(0, "Confusion, in texts: what is right (row) and what was said in its place (column)")
        lines.append(
            "Diagonal: right and said, or rightly no topic. A text with several errors counts in several cells."
        )
    else:
        cells = [(n, i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if n and i != j]
        cells.sort(key=lambda cell: -cell[0])
        pairs = [[f"{names[i]} → {names[j]}", f"{n:,}"] for n, i, j in cells]
        lines = ["Confusion: what is right → what was said in its place"]
        lines += table(["right → said", "texts"], pairs[:_PAIRS])
        if len(pairs) > _PAIRS:
            lines.append(f"… and {len(pairs) - _PAIRS} rarer ones")
    lines.append(
        "(nothing) said: missed, and nothing wrong was said. (nothing) right: wrongly said, nothing was missed."
    )
    return "\n".join(lines)


def by_table(field: str, values: Mapping[str, Scores]) -> str:
    """A line for each value of `field`, in the order given."""
    rows = [
        [
            value or "(no value)",
            f"{part['n']:,}",
            f"{part['intervals']['groups']:,}" if "intervals" in part else "–",
            _figure(part["micro_f1"]),
            _interval(part.get("intervals", {}).get("micro_f1")),
            _figure(part["macro_f1"]),
            _figure(_none_f1(part)),
            _figure(part["calibration_error"]),
        ]
        for value, part in values.items()
    ]
    interval = _interval_name(next(iter(values.values()), {}).get("intervals", {}))
    head = ["texts", "groups", "micro-F1", interval, "macro-F1", "no-topic F1", "calib. error"]
    return "\n".join(table([f"by {field}", *head], rows))


def errors_list(errors: Sequence[Scores], total: int) -> str:
    """The errors of `topicat.evaluation.worst_errors`, three or four lines each."""
    if not errors:
        return "No wrong decision."
    lines = [f"The most confident {len(errors)} of {_count(total, 'wrong decision')}", "─" * WIDTH]
    for number, error in enumerate(errors, 1):
        over = "" if error["threshold"] is None else f" (threshold {error['threshold']:.2f})"
        what = f"{number:>3}  {error['error']} {error['topic']} {error['probability']:.2f}{over}"
        # The place of a file is its path; its name and line are enough to find the text again.
        where = " · ".join(part for part in (error["id"], Path(error["place"]).name) if part)
        lines.append(_ends(what, where))
        said, right = (", ".join(error[key]) or "nothing" for key in ("said", "right"))
        lines.append(cut(f"     right: {right}   said: {said}", WIDTH))
        words = list(dict.fromkeys(e["text"] for e in error["evidence"]))
        verb = "spoke" if error["error"] == "said" else "spoke in vain"
        lines.append(cut(f"     {verb} for {error['topic']}: {', '.join(words) or 'no word'}", WIDTH))
        lines += [f"     {line}" for line in wrapped(error["text"], WIDTH - 5, 2)]
    return "\n".join(lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int = WIDTH) -> list[str]:
    """Lines of an aligned table with a rule below its head, the first column to the left, the others to the right.

    Where it would be wider than `width`, the cells of the first column are cut.

    >>> print("\\n".join(table(["topic", "texts"], [["水", "7"], ["energy", "12"]])))
    topic   texts
    ─────────────
    水          7
    energy     12
    """
    widths = [max(columns_of(row[i]) for row in (head, *rows)) for i in range(len(head))]
    widths[0] = max(1, min(widths[0], width - sum(widths[1:]) - 2 * (len(head) - 1)))
    lines = []
    for row in (head, *rows):
        first = cut(row[0], widths[0])
        cells = [first + " " * (widths[0] - columns_of(first))]
        cells += [" " * (w - columns_of(cell)) + cell for cell, w in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells))
    lines.insert(1, "─" * columns_of(lines[0]))
    return lines


def columns_of(text: str) -> int:
    """Columns that `text` takes in a terminal.

    >>> columns_of("水 water")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def cut(text: str, width: int) -> str:
    """`text` if it fits into `width` columns, else its beginning and an ellipsis.

    >>> cut("watershed", 6)
    'water…'
    """
    if columns_of(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += columns_of(char)
        if used > width - 1:
            break
        kept += char
    return kept + "…"


def wrapped(text: str, width: int, most: int) -> Iterator[str]:
    """The first `most` lines of `text`, the last one cut; alphabetic words stay whole where they fit.

    >>> list(wrapped("one two three four five", 9, 2))
    ['one two', 'three fo…']
    """
    rest = " ".join(text.split())
    while rest and most > 1 and columns_of(rest) > width:
        at = len(cut(rest, width + 1)) - 1
        space = rest.rfind(" ", 0, at + 1)
        if space > 0 and rest[at - 1].isalpha() and columns_of(rest[at - 1]) == 1:
            at = space
        yield rest[:at].rstrip()
        rest, most = rest[at:].lstrip(), most - 1
    if rest:
        yield cut(rest, width)


def _ends(left: str, right: str) -> str:
    """One line, `right` at its end; the place is cut before the finding is."""
    left = cut(left, WIDTH)
    right = cut(right, max(1, WIDTH - columns_of(left) - 2)) if right else ""
    return (left + " " * (WIDTH - columns_of(left) - columns_of(right)) + right).rstrip()


def _size(scores: Scores) -> str:
    groups = scores.get("intervals", {}).get("groups", scores["n"])
    within = "" if groups == scores["n"] else f" in {_count(groups, 'group')}"
    return f"{_count(scores['n'], 'text')}{within}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _cell(n: int) -> str:
    return f"{n:,}" if n else "·"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval_name(intervals: Scores) -> str:
    return f"{100 * intervals.get('level', 0.95):g} % interval"


def _interval(ends: Sequence[float] | None) -> str:
    return "–" if ends is None else f"{ends[0]:.3f}–{ends[1]:.3f}"
