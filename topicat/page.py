"""`Page`: labelled documents as one HTML page, with the words that decided and a threshold that the reader moves."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from topicat.rendering import color, render, wording

if TYPE_CHECKING:
    from topicat.document import Document, Paragraph
    from topicat.model import Model
    from topicat.prediction import Prediction

FLOOR = 0.05
"""Topics less probable than this are not in the page: no threshold shows them."""
DOUBT = 0.1
"""A decision is doubtful when its probability lies this near to the threshold."""
STRONGEST = 0.35
"""How much of a topic's colour lies under the word that decided most; more would leave too little contrast."""
_SATURATED = 4.0
"""Log-odds that a word must add to be shown as strong as can be."""


class Span(NamedTuple):
    """A stretch of a paragraph, and what it added to the log-odds of topics (their numbers), strongest first."""

    text: str
    weights: tuple[tuple[int, float], ...]
    strength: float


def page(
    model: Model, labelled: Iterable[tuple[Document, Sequence[Prediction]]], *, name: str, lang: str = "en"
) -> str:
    """One self-contained page of `labelled`.

    Parameters
    ----------
    model
        That made the predictions; it is asked once more, for the words that decided and for topics that a lower
        threshold would show.
    labelled
        Documents with a prediction for each paragraph.
    name
        What the model is called, for the foot of the page.
    lang
        Language of the topics' labels and of the page's own words (``en``, ``zh``, ``ru``).
    """
    view = _View(model, lang)
    documents = [view.document(i, document, list(said)) for i, (document, said) in enumerate(labelled, 1)]
    paragraphs = [p for d in documents for p in d["paragraphs"]]
    seen = {chip["topic"] for p in paragraphs for chip in p["chips"]}
    *mix, without = view.mix(paragraphs)
    words = view.words
    return render(
        "page",
        lang,
        title=documents[0]["name"] if len(documents) == 1 else words["several"].format(n=len(documents)),
        documents=documents,
        total=len(paragraphs),
        keys=[row for row in mix if row["topic"] in seen],
        without=without["n"],
        doubtful=sum(p["doubt"] for p in paragraphs),
        data={
            "names": view.names,
            "colors": view.colors,
            "classes": [color(k) for k in range(max(view.colors) + 1)],
            "roots": [k for k, topic in enumerate(view.topics) if "." not in topic],
            "doubt": DOUBT,
            "strongest": STRONGEST,
            "saturated": _SATURATED,
            "exclusive": model.taxonomy.exclusive,
            "words": {key: text for key, text in words.items() if key.startswith("js_")},
        },
        facts=model_facts(model, name, lang),
        thresholds=[(view.names[k], h) for k, h in view.thresholds.items()],
        floor=FLOOR,
        doubt=DOUBT,
    )


def model_facts(model: Model, name: str, lang: str) -> list[tuple[str, str]]:
    """Name and value of what says which model it was, and what it learned from."""
    from topicat import __version__

    words, info, taxonomy = wording(lang), model.info, model.taxonomy
    seeds, settings = info.get("seeds", {}), info.get("settings", {})
    facts = [
        (words["model"], name),
        (words["taxonomy"], f"{taxonomy.id} {taxonomy.version}, {taxonomy.fingerprint[:12]}"),
        (words["seeds"], f"{seeds['count']:,}, {seeds['fingerprint'][:12]}" if seeds else ""),
        (words["settings"], settings.get("fingerprint", "")[:12]),
        ("topicat", __version__),
    ]
    return [(key, value) for key, value in facts if value]


class _View:
    """A model's topics as numbers, names and colours, and the second look at its paragraphs."""

    def __init__(self, model: Model, lang: str) -> None:
        self.exclusive = model.taxonomy.exclusive
        self.words = wording(lang)
        self.topics = model.topics
        self.number = {topic: k for k, topic in enumerate(self.topics)}
        self.names = [model.taxonomy[topic].name(lang) for topic in self.topics]
        roots = [topic for topic in self.topics if "." not in topic]
        self.colors = [roots.index(topic.split(".")[0]) for topic in self.topics]
        top = [head for head in model.heads if not head.parent]
        self.thresholds = {} if self.exclusive else {
            self.number[topic]: float(h) for head in top for topic, h in zip(head.topics, head.threshold, strict=True)
        }  # fmt: skip
        lower = (dataclasses.replace(h, threshold=np.minimum(h.threshold, FLOOR)) for h in model.heads)
        self.lower = dataclasses.replace(model, heads=tuple(lower))

    def document(self, number: int, document: Document, said: Sequence[Prediction]) -> dict[str, Any]:
        """What the template shows of a document."""
        looked = self.lower.predict([p.text for p in document.paragraphs], evidence=True)
        each = zip(document.paragraphs, said, looked, strict=True)
        paragraphs = [self.paragraph(f"d{number}p{p.number}", p, own, lower) for p, own, lower in each]
        name = self.words["stdin"] if document.name == "-" else document.name
        return {"name": name, "date": document.date, "paragraphs": paragraphs, "mix": self.mix(paragraphs)}

    def paragraph(self, id: str, paragraph: Paragraph, said: Prediction, lower: Prediction) -> dict[str, Any]:
        """What the template shows of a paragraph."""
        own = {score.topic: score.probability for score in said.topics}
        below = {s.topic: s.probability for s in lower.topics if s.probability >= FLOOR} | own
        chips = []
        for topic, p in sorted(said.probabilities.items(), key=lambda item: -item[1]):
            if p < FLOOR and topic not in own:
                continue
            h = self.threshold(topic, said.probabilities)
            subtopics = [
                {"topic": self.number[t], "p": q, "own": t in own, "name": self.names[self.number[t]]}
                for t, q in below.items()
                if t.startswith(f"{topic}.")
            ]
            k = self.number[topic]
            more = {"own": topic in own, "doubt": abs(p - h) < DOUBT, "subtopics": subtopics}
            chips.append({"topic": k, "p": p, "threshold": h, "name": self.names[k], "color": self.colors[k], **more})
        return {
            "id": id,
            "number": paragraph.number,
            "spans": self.spans(lower, own),
            "chips": chips,
            "none": not own,
            "doubt": any(chip["doubt"] for chip in chips),
            "p": [said.probabilities[t] for t in self.topics if "." not in t],
        }

    def threshold(self, topic: str, probabilities: Mapping[str, float]) -> float:
        """From where a topic is assigned; in an exclusive taxonomy, the probability of the likeliest other one."""
        if self.exclusive:
            return max((p for other, p in probabilities.items() if other != topic), default=0.0)
        return self.thresholds[self.number[topic]]

    def spans(self, prediction: Prediction, own: Mapping[str, float]) -> list[Span]:
        """The text cut where evidence begins and ends; its colour is that of the strongest topic assigned."""
        found = [(e.start, e.end, self.number[s.topic], e.weight) for s in prediction.topics for e in s.evidence]
        cuts = sorted({0, len(prediction.text), *(at for start, end, _, _ in found for at in (start, end))})
        at = {cut: i for i, cut in enumerate(cuts)}
        weights: list[list[tuple[int, float]]] = [[] for _ in cuts]
        for start, end, k, weight in found:
            for i in range(at[start], at[end]):
                weights[i].append((k, weight))
        spans = []
        for i, (start, end) in enumerate(itertools.pairwise(cuts)):
            ranked = tuple(sorted(weights[i], key=lambda pair: -pair[1]))
            shown = next((weight for k, weight in ranked if self.topics[k] in own), 0.0)
            # The first of a mark's weights gives its colour before any script runs: put those assigned first.
            ordered = tuple(sorted(ranked, key=lambda pair: self.topics[pair[0]] not in own))
            spans.append(Span(prediction.text[start:end], ordered, strength(shown)))
        return spans

    def mix(self, paragraphs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """In how many paragraphs each topic at the top stands, in the order of the taxonomy; no topic last."""
        counts = Counter(chip["topic"] for p in paragraphs for chip in p["chips"] if chip["own"])
        rows: list[dict[str, Any]] = [
            {"topic": k, "name": self.names[k], "color": self.colors[k], "n": counts[k]}
            for k, topic in enumerate(self.topics)
            if "." not in topic
        ]
        return [*rows, {"topic": "none", "n": sum(p["none"] for p in paragraphs)}]


def strength(weight: float) -> float:
    """How much of the colour a word gets that added `weight` to the log-odds; 0 for one that decided nothing.

    >>> strength(0.0), strength(1.0), strength(9.0)
    (0.0, 0.163, 0.35)
    """
    return round(0.1 + (STRONGEST - 0.1) * min(1.0, weight / _SATURATED), 3) if weight > 0 else 0.0
