"""The model card: figures, diagrams, errors, limits; and the learning curve that it reads."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from topicat.card import model_card, read_curve
from topicat.errors import ReadingError
from topicat.evaluation import evaluate_model
from topicat.held_out import held_out_scores
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import train_held_out

CURVE: dict[str, Any] = {
    "points": [{"labels": 0, "micro_f1": 0.4, "deviation": 0.0}, {"labels": 50, "micro_f1": 0.7, "deviation": 0.05}],
    "law": {"limit": 0.9, "drop": 0.6, "rate": 0.3},
}


def made(model: Model, examples: list[Example], **more: Any) -> str:
    """The card of `model` on `examples`."""
    scores = evaluate_model(model, examples, errors=5, curves=True, by=["lang"], resamples=20)
    return model_card(model, scores, **{"name": "garden", "data": "rows", "examples": examples, **more})


def test_the_card_has_every_part(model: Model, examples: list[Example]) -> None:
    """Figures with intervals, data, diagrams, confusion, errors, use, limits, settings, fingerprints."""
    bad = [*examples[:6], dataclasses.replace(examples[6], labels=("tool",), place="far/away/rows.jsonl:7")]
    page = made(model, bad, notes="For gardens.\n\nNot for <b>markets</b>.")
    for words in (
        "micro-F1", "Figures by topic", "Reliability diagram", "Precision and recall", "Confusion", "Worst errors",
        "rows.jsonl:7", "Intended use and limits", "For gardens.", "&lt;b&gt;markets", "By lang", "Settings",
        model.taxonomy.fingerprint[:12], "Fewer than 20 texts", "Fruit of all kinds.", "The rows name no group",
    ):  # fmt: skip
        assert words in page, words
    assert "far/away" not in page
    assert page.count("<svg") == 1 + len({label.split(".")[0] for e in bad for label in e.labels})


def test_figures_on_the_training_texts_say_so(model: Model, examples: list[Example]) -> None:
    """Whoever measures on the seeds is told; on others nothing is said."""
    assert "those that it learned from" in made(model, examples)
    assert "those that it learned from" not in made(model, examples[1:])


def test_no_wrong_decision_and_no_topic(model: Model, examples: list[Example]) -> None:
    """Nothing is drawn of topics that have no texts."""
    page = made(model, [examples[10]])
    assert "No wrong decision." in page
    assert page.count("<svg") == 1


def test_an_exclusive_taxonomy(garden: Taxonomy, examples: list[Example]) -> None:
    """Accuracy, no thresholds, no row of no topic."""
    flat = [dataclasses.replace(e, labels=(e.labels[0].split(".")[0],)) for e in examples if len(e.labels) == 1]
    model, held = train_held_out(dataclasses.replace(garden, exclusive=True), flat, tokenizer=rjieba())
    assert held is not None
    scores = held_out_scores(model, held, flat, errors=2)
    page = model_card(model, scores, name="g", data="seeds", examples=flat, out_of_fold=True)
    assert "accuracy" in page
    assert "The figures are out of fold" in page
    assert "(no topic)" not in page
    assert '<th scope="col">threshold</th>' not in page


def test_a_model_of_the_taxonomy_alone(garden: Taxonomy) -> None:
    """Nothing was held out, and the card says so."""
    model, held = train_held_out(garden, [], tokenizer=rjieba())
    assert held is None
    page = model_card(model, None, name="g", data="nothing", examples=[])
    assert "Nothing is known of how good it is" in page
    assert "<svg" not in page


def test_the_learning_curve(model: Model, examples: list[Example], tmp_path: Path) -> None:
    """Read from a file and drawn; with and without a law."""
    path = tmp_path / "curve.json"
    for law in (CURVE["law"], None):
        path.write_text(json.dumps(CURVE | {"law": law}), "utf-8")
        page = made(model, examples[:4], curve=read_curve(path))
        assert "50 labels: micro-F1 0.700 ± 0.050" in page


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"points": []}', '{"points": [], "law": null}', '{"points": [{"labels": 1}], "law": null}',
     json.dumps(CURVE | {"law": {"limit": 1, "drop": 1, "rate": -1}}), json.dumps(CURVE).replace("0.7", "NaN"),
     "[" * 100_000],
)  # fmt: skip
def test_what_is_no_learning_curve_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name and the command that writes one."""
    path = tmp_path / "curve.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ReadingError, match=r"curve.json: .*learning curve.*topicat curve -f json"):
        read_curve(path)
