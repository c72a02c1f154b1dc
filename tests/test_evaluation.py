"""Metrics against scikit-learn's; intervals against resampling row by row; confusions and errors by hand."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)

from topicat.errors import TaxonomyError, UsageError
from topicat.evaluation import (
    average_precision,
    bootstrap_intervals,
    calibration_error,
    confusion,
    evaluate_model,
    field_values,
    group_numbers,
    multilabel_scores,
)
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import train

Bools = NDArray[np.bool_]


def drawn(texts: int, topics: int = 3, seed: int = 0) -> tuple[Bools, Bools, NDArray[np.float64]]:
    """What is right, what was said, and probabilities, at random; some texts have no topic."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.random((texts, topics)), 2)
    return rng.random(p.shape) < p * 0.8, p > 0.6, p


def test_metrics_equal_those_of_scikit_learn() -> None:
    """Precision, recall, F1 and average precision, of each topic, micro, macro and of no topic."""
    truth, guess, p = drawn(80)
    scores = multilabel_scores(truth, guess, p, ["a", "b", "c"])
    assert scores["micro_f1"] == pytest.approx(f1_score(truth, guess, average="micro"))
    assert scores["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert scores["exact_match"] == pytest.approx(accuracy_score(truth, guess))
    for average in ("micro", "macro"):
        row = scores[average]
        assert row["f1"] == scores[f"{average}_f1"]
        assert row["precision"] == pytest.approx(precision_score(truth, guess, average=average))
        assert row["recall"] == pytest.approx(recall_score(truth, guess, average=average))
        assert row["average_precision"] == pytest.approx(average_precision_score(truth, p, average=average))
    for k, topic in enumerate("abc"):
        row = scores["topics"][topic]
        assert row["precision"] == pytest.approx(precision_score(truth[:, k], guess[:, k]))
        assert row["recall"] == pytest.approx(recall_score(truth[:, k], guess[:, k]))
        assert row["average_precision"] == pytest.approx(average_precision_score(truth[:, k], p[:, k]))
        assert average_precision(truth[:, k], p[:, k]) == row["average_precision"]
        assert scores["topic_calibration_error"][topic] == calibration_error(truth[:, k], p[:, k])
    none, none_guess = ~truth.any(axis=1), ~guess.any(axis=1)
    assert scores["none"] == {
        "precision": pytest.approx(precision_score(none, none_guess)),
        "recall": pytest.approx(recall_score(none, none_guess)),
        "f1": pytest.approx(f1_score(none, none_guess)),
        "support": none.sum(),
    }
    assert scores["none_f1"] == scores["none"]["f1"]


def test_no_topic_is_an_answer_that_is_scored() -> None:
    """Texts without a topic are a class of their own."""
    truth = np.array([[True], [False], [False], [False]])
    guess = np.array([[True], [False], [True], [False]])
    scores = multilabel_scores(truth, guess, guess.astype(float), ["a"])
    assert scores["none_f1"] == pytest.approx(0.8)
    assert (scores["none"]["precision"], scores["none"]["recall"]) == (1.0, pytest.approx(2 / 3))


def test_the_calibration_error_is_the_gap_between_probability_and_frequency() -> None:
    """Of four texts said to have 0.75 and four with 0.25 half each came true: a gap of a quarter."""
    p = np.array([0.75] * 4 + [0.25] * 4)
    assert calibration_error(np.array([True, False] * 4), p) == pytest.approx(0.25)
    assert calibration_error(np.array([True, True, True, False, False, False, False, True]), p) == 0.0


def test_nothing_to_compare_is_no_crash() -> None:
    """Empty data and topics without support."""
    empty = np.zeros((0, 2))
    scores = multilabel_scores(empty.astype(bool), empty.astype(bool), empty, ["a", "b"])
    assert (scores["n"], scores["micro_f1"], scores["topics"]["a"]["average_precision"]) == (0, 0.0, None)
    assert (scores["macro"]["f1"], scores["macro"]["average_precision"]) == (0.0, None)
    intervals = bootstrap_intervals(empty.astype(bool), empty.astype(bool), ["a", "b"], np.zeros(0, np.int64))
    assert (intervals["micro_f1"], intervals["topics"]) == (None, {"a": None, "b": None})


def test_intervals_are_percentiles_over_resampled_groups() -> None:
    """The same groups, drawn and scored one resample at a time, give the same ends."""
    truth, guess, p = drawn(120)
    groups = np.random.default_rng(1).integers(40, size=120)
    groups[:40] = np.arange(40)
    members = [np.flatnonzero(groups == g) for g in range(40)]
    draws = np.random.default_rng(7).integers(40, size=(60, 40))
    figures: list[dict[str, Any]] = []
    for draw in draws:
        rows = np.concatenate([members[g] for g in draw])
        figures.append(multilabel_scores(truth[rows], guess[rows], p[rows], ["a", "b", "c"]))
    found = bootstrap_intervals(truth, guess, ["a", "b", "c"], groups, resamples=60, level=0.9, seed=7)
    assert (found["groups"], found["resamples"], found["level"]) == (40, 60, 0.9)
    for key in ("micro_f1", "macro_f1", "exact_match", "none_f1"):
        assert found[key] == pytest.approx(np.quantile([f[key] for f in figures], [0.05, 0.95]))
    for topic in "abc":
        values = [f["topics"][topic]["f1"] for f in figures]
        assert found["topics"][topic] == pytest.approx(np.quantile(values, [0.05, 0.95]))


def test_intervals_of_independent_texts_are_as_wide_as_theory_says() -> None:
    """Exact match is a share of n texts: 1.96 standard errors to either side."""
    truth, guess, _ = drawn(400)
    low, high = bootstrap_intervals(truth, guess, ["a", "b", "c"], np.arange(400))["exact_match"]
    share = (truth == guess).all(axis=1).mean()
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(share * (1 - share) / 400), rel=0.1)


def test_copies_in_one_group_add_no_certainty() -> None:
    """Four copies of each text, kept together, give the intervals of one; taken apart they would halve them."""
    truth, guess, _ = drawn(60)
    topics, one = ["a", "b", "c"], np.arange(60)
    once = bootstrap_intervals(truth, guess, topics, one)
    together = bootstrap_intervals(np.repeat(truth, 4, 0), np.repeat(guess, 4, 0), topics, np.repeat(one, 4))
    apart = bootstrap_intervals(np.repeat(truth, 4, 0), np.repeat(guess, 4, 0), topics, np.arange(240))
    assert together == once
    assert np.diff(apart["micro_f1"]) == pytest.approx(np.diff(once["micro_f1"]) / 2, rel=0.2)
    assert once == bootstrap_intervals(truth, guess, topics, one)


def test_an_interval_needs_two_groups_and_a_figure() -> None:
    """One group says nothing of others; a topic neither real nor said has no F1."""
    truth = np.array([[True, False], [True, False], [True, False]])
    assert bootstrap_intervals(truth, truth, ["a", "b"], np.zeros(3, np.int64))["micro_f1"] is None
    found = bootstrap_intervals(truth, truth, ["a", "b"], np.arange(3))
    assert found["micro_f1"] == found["topics"]["a"] == [1.0, 1.0]
    assert (found["none_f1"], found["topics"]["b"]) == (None, None)


def test_intervals_are_quick() -> None:
    """A thousand resamples of ten thousand texts, in much less than it took to label them."""
    truth, guess, _ = drawn(10_000, 5)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        bootstrap_intervals(truth, guess, list("abcde"), np.arange(10_000))
        times.append(time.perf_counter() - start)
    assert min(times) < 2.0


def test_the_confusion_of_single_labels_is_the_ordinary_matrix() -> None:
    """Equal to scikit-learn's; nothing stands under none, for each text has a topic and was given one."""
    rng = np.random.default_rng(0)
    right, said = rng.integers(4, size=(2, 200))
    counts = confusion(np.eye(4, dtype=bool)[right], np.eye(4, dtype=bool)[said])
    assert (counts[:4, :4] == confusion_matrix(right, said)).all()
    assert not counts[4].any()
    assert not counts[:, 4].any()


def test_the_confusion_of_several_labels_counts_what_was_said_in_the_place_of_a_miss() -> None:
    """As its definition, text by text."""
    truth, guess, _ = drawn(200)
    expected = np.zeros((4, 4), int)
    for real, said in zip(truth, guess, strict=True):
        for k in np.flatnonzero(real & said):
            expected[k, k] += 1
        missed = [*np.flatnonzero(real & ~said)] or [3]
        wrong = [*np.flatnonzero(said & ~real)] or [3]
        for a in missed:
            for b in wrong:
                expected[a, b] += (a, b) != (3, 3)
        expected[3, 3] += not real.any() and not said.any()
    assert confusion(truth, guess).tolist() == expected.tolist()


def test_a_model_is_evaluated_at_the_top_and_below(model: Model, examples: list[Example]) -> None:
    """Overall figures are over the top; subtopics are listed because the data name them."""
    scores = evaluate_model(model, examples)
    assert scores["n"] == len(examples)
    assert scores["micro_f1"] > 0.9
    assert scores["topics"]["fruit"]["support"] == 8
    assert scores["topics"]["fruit.berry"]["support"] == 3
    assert set(scores["topics"]) == set(scores["topic_calibration_error"]) == set(scores["intervals"]["topics"])
    assert scores["confusion"]["topics"] == ["fruit", "tool", "animal"]
    flat = [Example(e.text, tuple(label.split(".")[0] for label in e.labels)) for e in examples]
    assert set(evaluate_model(model, flat)["topics"]) == {"fruit", "tool", "animal"}
    assert json.loads(json.dumps(scores)) == scores


def test_intervals_can_be_left_out(model: Model, examples: list[Example]) -> None:
    """No resamples, no intervals, anywhere."""
    scores = evaluate_model(model, examples, by=["lang"], resamples=0)
    assert "intervals" not in scores
    assert "intervals" not in scores["by"]["lang"]["en"]


def test_groups_are_those_of_the_data(model: Model, examples: list[Example]) -> None:
    """A text without a group is one of its own, also beside a group named like its number."""
    named = [Example("a", group="x"), Example("b"), Example("c", group="x"), Example("d", group="1")]
    assert group_numbers(named).tolist() == [0, 1, 0, 2]
    grouped = [dataclasses.replace(e, group=f"g{i // 2}") for i, e in enumerate(examples)]
    assert evaluate_model(model, grouped)["intervals"]["groups"] == (len(examples) + 1) // 2


def test_figures_by_the_value_of_a_field(model: Model, examples: list[Example]) -> None:
    """The most frequent value first; each with the figures that its texts have by themselves."""
    marked = [dataclasses.replace(e, extra=(("year", 2020 + i % 2),) if i < 15 else ()) for i, e in enumerate(examples)]
    scores = evaluate_model(model, marked, by=["lang", "year"])
    assert list(scores["by"]) == ["lang", "year"]
    assert [(value, part["n"]) for value, part in scores["by"]["lang"].items()] == [("zh", 13), ("en", 10)]
    assert [(value, part["n"]) for value, part in scores["by"]["year"].items()] == [("", 8), ("2020", 8), ("2021", 7)]
    flat = [dataclasses.replace(e, labels=tuple({label.split(".")[0] for label in e.labels})) for e in examples]
    alone = evaluate_model(model, [e for e in flat if e.lang == "en"])
    alone.pop("confusion")
    assert scores["by"]["lang"]["en"] == alone


def test_a_field_that_no_row_has_is_an_error() -> None:
    """With the fields that there are, and the nearest one; empty ones do not count."""
    rows = [Example("a", lang="zh", extra=(("source", "x"), ("note", None), ("page", "")))]
    with pytest.raises(UsageError, match=r"a field 'sorce'; did you mean 'source'\? There is: lang, source$"):
        field_values(rows, "sorce")
    with pytest.raises(UsageError, match="the rows have only texts and labels"):
        field_values([Example("a")], "lang")
    assert field_values([*rows, Example("b", extra=(("source", ["y"]),))], "source") == ["x", '["y"]']


def test_the_worst_errors_come_first_and_say_why(model: Model) -> None:
    """What was said and is not right, what was missed, with probability, place and words."""
    rows = [
        Example("果园里的苹果今年收成很好。", ("tool",), id="a", place="x.jsonl:1"),
        Example("他用铁锹翻了一上午的地。", ("tool",), place="x.jsonl:2"),
        Example("今天多云转晴，最高气温二十度。" * 30, ("animal",), place="x.jsonl:3"),
    ]
    scores = evaluate_model(model, rows, errors=10)
    errors = scores["errors"]
    assert scores["wrong_decisions"] == len(errors) == 3
    assert [e["confidence"] for e in errors] == sorted((e["confidence"] for e in errors), reverse=True)
    found = {(e["error"], e["topic"]): e for e in errors}
    said, missed = found["said", "fruit"], found["missed", "tool"]
    assert (said["id"], said["place"], said["said"], said["right"]) == ("a", "x.jsonl:1", ["fruit"], ["tool"])
    assert said["probability"] > said["threshold"] > 0
    assert "苹果" in [e["text"] for e in said["evidence"]]
    for e in said["evidence"]:
        assert rows[0].text[e["start"] : e["end"]] == e["text"]
    assert missed["probability"] < missed["threshold"]
    assert "苹果" not in [e["text"] for e in missed["evidence"]]
    assert (found["missed", "animal"]["said"], len(found["missed", "animal"]["text"])) == ([], 241)
    assert evaluate_model(model, rows, errors=1)["errors"] == errors[:1]


def test_in_an_exclusive_taxonomy_a_text_has_one_error(garden: Taxonomy, examples: list[Example]) -> None:
    """Taking one topic for another is one mistake; accuracy is the share of texts without it."""
    single = dataclasses.replace(garden, exclusive=True)
    tops = [dataclasses.replace(e, labels=e.labels[:1]) for e in examples if e.labels]
    model = train(single, tops, tokenizer=rjieba())
    wrong = dataclasses.replace(tops[0], labels=("animal",))
    scores = evaluate_model(model, [wrong, *tops[4:]], errors=5)
    right = [e.labels[0].split(".")[0] for e in (wrong, *tops[4:])]
    said = [p.labels[0] for p in model.predict([e.text for e in (wrong, *tops[4:])])]
    assert scores["accuracy"] == scores["exact_match"] == pytest.approx(accuracy_score(right, said))
    assert [(e["topic"], e["error"], e["right"], e["threshold"]) for e in scores["errors"]] == [
        ("fruit", "said", ["animal"], None)
    ]
    assert scores["wrong_decisions"] == 1


def test_labels_that_the_model_lacks_are_an_error(model: Model) -> None:
    """Never a silent zero."""
    with pytest.raises(TaxonomyError, match="no topic 'fruits'; did you mean 'fruit'"):
        evaluate_model(model, [Example("果园", ("fruits",))])
