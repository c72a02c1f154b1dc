"""How predictions, taxonomies and models show themselves in a notebook: HTML without style sheet and script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

COLORS = ("42,53,232", "232,69,12", "31,147,171", "194,92,240", "87,24,8", "196,96,95", "92,26,134", "20,24,47")
"""Red, green and blue of the topics' colours, in the order of the pages' own."""
_TOPICS = 200
"""Topics of a taxonomy that are listed; no one scrolls through more in a notebook."""
_LEFT = '<td style="text-align:left">'

Span = tuple[int, int, float]
"""Start, end and weight of a piece of evidence."""


def prediction_html(
    text: str, topics: Sequence[tuple[str, float, Sequence[Span]]], probabilities: Mapping[str, float]
) -> str:
    """A text with its evidence in colour, its topics with their probabilities, and the other topics below.

    Parameters
    ----------
    topics
        Path, probability and evidence of each assigned topic, best first.
    probabilities
        Of every topic at the top; their order gives the colours.
    """
    order = list(probabilities)
    named = [(topic, p, _color(order.index(topic.split(".")[0]))) for topic, p, _ in topics]
    chips = " ".join(
        f'<span style="border-left:4px solid rgb({color});padding:0 .5em;margin-right:.5em">{escape(topic)} '
        f"<b>{p:.2f}</b></span>"
        for topic, p, color in named
    )
    others = {t: p for t, p in probabilities.items() if t not in {topic for topic, _, _ in topics}}
    below = ", ".join(f"{escape(t)} {p:.2f}" for t, p in sorted(others.items(), key=lambda item: -item[1]))
    spans = [(s, e, w, color) for (_, _, found), (_, _, color) in zip(topics, named, strict=True) for s, e, w in found]
    return (
        f'<div style="max-width:50em"><p dir="auto" style="white-space:pre-line;line-height:1.7">'
        f"{_marked(text, spans)}</p><p>{chips or 'no topic'}</p>"
        f'<p style="opacity:.75">{below}</p></div>'
    )


def taxonomy_html(name: str, topics: Iterable[tuple[str, str, str, int]]) -> str:
    """A taxonomy as a table: each topic's path, label, definition and number of keywords."""
    rows = list(topics)
    cells = "".join(
        f"<tr>{_LEFT}<code>{escape(path)}</code></td>{_LEFT}{escape(label)}</td>{_LEFT}{escape(definition)}</td>"
        f"<td>{keywords:,}</td></tr>"
        for path, label, definition, keywords in rows[:_TOPICS]
    )
    more = f"<p>… and {len(rows) - _TOPICS:,} more</p>" if len(rows) > _TOPICS else ""
    head = "".join(f'<th scope="col">{title}</th>' for title in ("topic", "label", "definition", "keywords"))
    return f"<p><b>{escape(name)}</b></p><table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>{more}"


def model_html(name: str, facts: Mapping[str, str], topics: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """A model: what it is, and for each topic at the top its threshold and, if known, its out-of-fold figures."""
    rows = [(topic, dict(figures)) for topic, figures in topics]
    columns = list(dict.fromkeys(column for _, figures in rows for column in figures))
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in ("topic", *columns))
    body = "".join(
        f"<tr>{_LEFT}{escape(topic)}</td>"
        + "".join(f"<td>{escape(str(figures.get(column, '')))}</td>" for column in columns)
        + "</tr>"
        for topic, figures in rows
    )
    about = " · ".join(f"{escape(key)} {escape(value)}" for key, value in facts.items())
    return f"<p><b>{escape(name)}</b><br>{about}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _color(number: int) -> str:
    return COLORS[number % len(COLORS)]


def _marked(text: str, spans: Sequence[tuple[int, int, float, str]]) -> str:
    """`text` with each stretch of evidence in the colour of the topic for which it weighs most."""
    cuts = sorted({0, len(text), *(at for start, end, _, _ in spans for at in (start, end))})
    parts = []
    for start, end in pairwise(cuts):
        inside = [(weight, color) for s, e, weight, color in spans if s <= start and end <= e]
        piece = escape(text[start:end])
        if inside:
            weight, color = max(inside)
            alpha = 0.12 + 0.25 * min(1.0, weight / 2)
            style = f"background:rgba({color},{alpha:.2f});border-bottom:2px solid rgb({color})"
            piece = f'<span style="{style}" title="+{weight:.2f}">{piece}</span>'
        parts.append(piece)
    return "".join(parts)
