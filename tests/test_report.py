"""Evaluations as text: what is shown, and that it fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from topicat.evaluation import bootstrap_intervals, confusion, evaluate_model, multilabel_scores
from topicat.model import Model
from topicat.report import WIDTH, by_table, columns_of, confusion_table, evaluation_report, scores_table, wrapped
from topicat.seeds import Example


@pytest.fixture(scope="module")
def scores(model: Model, examples: list[Example]) -> dict[str, Any]:
    """Figures with everything in them; one example's label is wrong."""
    wrong = Example("山羊和鸡" * 60, ("tool",), "zh", "w1", place="/far/away/in/a/folder/rows.jsonl:7")
    return evaluate_model(model, [wrong, *examples], by=["lang"], errors=5)


def made(topics: list[str], texts: int = 300, exclusive: bool = False) -> dict[str, Any]:
    """Figures of random decisions over `topics`."""
    rng = np.random.default_rng(0)
    truth, guess = rng.random((2, texts, len(topics))) < 0.3
    scores = multilabel_scores(truth, guess, guess.astype(float), topics, exclusive=exclusive)
    scores["intervals"] = bootstrap_intervals(truth, guess, topics, np.arange(texts), resamples=50)
    scores["confusion"] = {"topics": topics, "counts": confusion(truth, guess).tolist()}
    return scores


def test_a_report_has_all_parts_and_fits_the_page(scores: dict[str, Any]) -> None:
    """Title, figures with intervals, no topic, confusion, a line for each value, the errors with their words."""
    text = evaluation_report(scores, "garden on rows.jsonl")
    assert text.startswith("garden on rows.jsonl · 24 texts\n")
    for words in (
        "95 % interval",
        "(no topic)",
        "micro-F1",
        "1,000 bootstrap resamples of 24 texts",
        "Confusion",
        "by lang",
        "The most confident 2 of 2 wrong decisions",
        "said animal",
        "missed tool",
        "w1 · rows.jsonl:7",
        "right: tool   said: animal",
        "spoke for animal: ",
        "山羊",
    ):
        assert words in text
    assert max(map(columns_of, text.splitlines())) <= WIDTH
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_figures_of_a_training_need_no_intervals() -> None:
    """Nor have those that an older version stored with a model a calibration error for each topic."""
    scores = made(["a", "b"])
    plain = {key: scores[key] for key in ("n", "micro_f1", "macro_f1", "exact_match", "none_f1", "topics")}
    text = scores_table(plain)
    assert "interval" not in text
    assert "calib. error" not in text
    assert f"no-topic F1        {scores['none_f1']:.3f}" in text


def test_no_topic_is_no_answer_in_an_exclusive_taxonomy() -> None:
    """Accuracy stands in its place."""
    text = scores_table(made(["a", "b"], exclusive=True))
    assert "accuracy" in text
    assert "no-topic" not in text
    assert "(no topic)" not in text


def test_a_rate_of_nothing_is_a_dash() -> None:
    """A topic that no text has has no recall and no F1; neither has no topic where each text has one."""
    truth = np.ones((4, 2), bool)
    truth[:, 1] = False
    scores = multilabel_scores(truth, truth, truth.astype(float), ["a", "b"])
    rows = {line.split()[0]: line.split() for line in scores_table(scores).splitlines() if line[:2] in ("a ", "b ")}
    assert rows["b"][:5] == ["b", "0", "0.000", "–", "–"]
    assert by_table("lang", {"": scores}).splitlines()[-1].split()[-2:] == ["–", "0.000"]
    assert "(no value)" in by_table("lang", {"": scores})


def test_a_matrix_too_wide_becomes_a_list() -> None:
    """The most frequent confusions first, the number of the others said; long names are cut."""
    narrow = confusion_table(made(["trade", "energy"])["confusion"])
    assert narrow.splitlines()[1].split() == ["right", "trade", "energy", "(nothing)"]
    topics = [f"主题{i}" * (1 + 4 * (i == 3)) for i in range(20)]
    scores = made(topics)
    wide = confusion_table(scores["confusion"]).splitlines()
    assert wide[1].split() == ["right", "→", "said", "texts"]
    numbers = [int(line.split()[-1]) for line in wide[3:23]]
    assert numbers == sorted(numbers, reverse=True)
    assert wide[23].startswith("… and ")
    long = made(["x" * 200, "y"])
    assert max(map(columns_of, evaluation_report(long).splitlines())) <= WIDTH
    assert max(map(columns_of, evaluation_report(scores).splitlines())) <= WIDTH


def test_a_report_without_errors_says_so(model: Model) -> None:
    """Also where there is nothing to list."""
    scores = evaluate_model(model, [Example("他用铁锹翻了一上午的地。", ("tool",))], errors=3)
    assert evaluation_report(scores).endswith("No wrong decision.")


def test_wrapping_keeps_alphabetic_words_whole_and_counts_wide_characters() -> None:
    """Two columns a Han character; no space is needed between them."""
    assert list(wrapped("水库放水灌溉农田", 8, 3)) == ["水库放水", "灌溉农田"]
    assert list(wrapped("irrigation of fields", 13, 3)) == ["irrigation of", "fields"]
    assert list(wrapped("a" * 30, 10, 2)) == ["a" * 10, "a" * 9 + "…"]
    assert list(wrapped("  ", 10, 2)) == []
