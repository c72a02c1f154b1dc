"""The record of a paragraph, as `topicat predict -f jsonl` and `topicat serve` give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topicat.document import Document, Paragraph
    from topicat.prediction import Prediction


def record(document: Document, paragraph: Paragraph, prediction: Prediction) -> dict[str, Any]:
    """The record of one paragraph; offsets count characters of the document."""
    topics = []
    for score in prediction.topics:
        topic: dict[str, Any] = {"topic": score.topic, "probability": round(score.probability, 6)}
        if score.evidence:
            topic["evidence"] = [
                {
                    "text": e.text,
                    "start": paragraph.start + e.start,
                    "end": paragraph.start + e.end,
                    "weight": round(e.weight, 6),
                }
                for e in score.evidence
            ]
        topics.append(topic)
    return {
        "document": document.name,
        "date": document.date,
        "paragraph": paragraph.number,
        "start": paragraph.start,
        "end": paragraph.end,
        "text": paragraph.text,
        "topics": topics,
        "probabilities": {topic: round(p, 6) for topic, p in prediction.probabilities.items()},
    }
