"""Prediction, probabilities, evidence."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topicat.errors import UsageError
from topicat.model import Model, _batches, _telling, pool, shares, sigmoid, softmax
from topicat.plugins.tokenizers import rjieba
from topicat.prediction import Evidence
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import train

WORDS = [
    "果园",
    "草莓",
    "铁锹",
    "山羊",
    "苹果手机",
    "会议",
    "。",
    "，",
    "apples ",
    "a goat. ",
    "The tool ",
    "2025",
    "\n",
    "你好",
    "𠀀",
]
texts = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


def test_topics_are_those_of_the_text(model: Model) -> None:
    """One, several or none, subtopics below their parents."""
    one, several, none = model.predict(["果园里的草莓熟了。", "铁锹旁边站着一只山羊。", "双方互致问候。"])
    assert "fruit.berry" in one.labels
    assert {label.split(".")[0] for label in one.labels} == {"fruit"}
    assert set(several.labels) == {"tool", "animal"}
    assert none.labels == ()


def test_probabilities_are_those_of_predict_proba(model: Model) -> None:
    """Best first; a subtopic is never likelier than its parent."""
    text = "果园里有草莓、山羊和铁锹。"
    [prediction] = model.predict([text])
    row = dict(zip(model.topics, model.predict_proba([text])[0], strict=True))
    assert [s.probability for s in prediction.topics] == sorted(
        (s.probability for s in prediction.topics), reverse=True
    )
    assert all(s.probability == pytest.approx(row[s.topic], abs=1e-12) for s in prediction.topics)
    assert prediction.probabilities == pytest.approx({t: row[t] for t in ("fruit", "tool", "animal")})
    assert row["fruit.berry"] <= row["fruit"]


def test_a_text_without_known_terms_has_no_topic(model: Model) -> None:
    """Digits, punctuation, nothing: no topic, probability 0, no warning."""
    for prediction in model.predict(["12345 67.8 %", "。，！", "", "   \n"]):
        assert prediction.labels == ()
        assert set(prediction.probabilities.values()) == {0.0}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=6))
def test_a_batch_equals_one_by_one(model: Model, batch: list[str]) -> None:
    """To the last bits."""
    together = model.predict_proba(batch)
    alone = np.vstack([model.predict_proba([t]) for t in batch])
    np.testing.assert_allclose(together, alone, atol=1e-12)
    assert [p.labels for p in model.predict(batch)] == [model.predict([t])[0].labels for t in batch]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.sampled_from(["mean", "max", "none"]))
def test_evidence_adds_up_to_the_log_odds(model: Model, text: str, pooling: str) -> None:
    """Bias and weights sum to the log-odds of the probability given the parent, spans are exact."""
    model = dataclasses.replace(model, pooling=pooling)
    for explanation in model.explain(text):
        total = explanation.bias + sum(e.weight for e in explanation.evidence)
        assert total == pytest.approx(explanation.log_odds, abs=1e-9)
        head = next(h for h in model.heads if explanation.topic in h.topics)
        k = head.topics.index(explanation.topic)
        score = model.decision_function([text])[0, model.topics.index(explanation.topic)]
        script = model._encode([text]).terms.script[0]
        expected = float(head.slope[script, k] * score + head.intercept[script, k])
        assert explanation.log_odds == pytest.approx(expected, abs=1e-6)
        assert explanation.probability == pytest.approx(sigmoid(np.array(expected)), abs=1e-6)
        assert explanation.threshold == head.threshold[k]
        assert all(text[e.start : e.end] == e.text for e in explanation.evidence)
        spans = sorted((e.start, e.end) for e in explanation.evidence)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_evidence_is_words_that_speak_for_the_topic(model: Model) -> None:
    """A cue is one span; weights are positive and the strongest comes first."""
    [prediction] = model.predict(["他走进果园，看了看蓝莓。"], evidence=True)
    evidence = prediction.topics[0].evidence
    assert {"果园", "蓝莓"} <= {e.text for e in evidence}
    assert [e.weight for e in evidence] == sorted((e.weight for e in evidence), reverse=True)
    assert evidence[-1].weight > 0


def test_predict_refuses_what_is_no_list_of_strings(model: Model) -> None:
    """A single string would be read letter by letter; say what to write."""
    with pytest.raises(
        UsageError, match=r"^predict takes a list of texts, found one string; put it in a list: \[text\]$"
    ):
        model.predict("果园")
    mixed: list[Any] = ["果园", 3]
    with pytest.raises(UsageError, match=r"^text 1 is no string but int; convert it with str\(\)$"):
        model.predict(mixed)
    assert model.predict([]) == []
    assert model.predict_proba([]).shape == (0, len(model.topics))


def test_a_long_text_among_short_ones(model: Model) -> None:
    """100,000 characters are a paragraph like any other."""
    long = "果园里的苹果熟了。" * 11_000
    labels = [p.labels for p in model.predict(["你好", long, "山羊"])]
    assert labels[1][0] == "fruit"
    assert labels[2] == ("animal",)


def test_traditional_and_full_width_text_counts_the_same(model: Model) -> None:
    """Folding makes no difference to scores."""
    plain, other = model.predict_proba(["鸡和动物在果园里, tool", "雞和動物在果園裡, ｔｏｏｌ"])
    np.testing.assert_allclose(plain, other, atol=1e-12)


def test_an_exclusive_taxonomy_gives_one_topic(examples: list[Example], garden: Taxonomy) -> None:
    """The likeliest, with probabilities that add up to 1."""
    tree = dataclasses.replace(garden, exclusive=True)
    single = [e for e in examples if len(e.labels) == 1]
    model = train(tree, single, tokenizer=rjieba())
    for prediction in model.predict(["果园", "山羊和铁锹", "他喜欢动物"]):
        assert len({label.split(".")[0] for label in prediction.labels}) == 1
        assert math.isclose(sum(prediction.probabilities.values()), 1.0)
        row = dict(zip(model.topics, model.predict_proba([prediction.text])[0], strict=True))
        assert prediction.probabilities == pytest.approx({t: row[t] for t in prediction.probabilities})


def test_pooling() -> None:
    """The mean or the larger of a text's own score and its best sentence's."""
    own, sentences, owner = np.array([[1.0], [0.0]]), np.array([[3.0], [2.0], [-1.0]]), np.array([0, 0, 1])
    assert pool("none", own, sentences, owner).tolist() == [[1.0], [0.0]]
    assert pool("max", own, sentences, owner).tolist() == [[3.0], [0.0]]
    assert pool("mean", own, sentences, owner).tolist() == [[2.0], [-0.5]]


def test_sigmoid_does_not_overflow() -> None:
    """Far ends are 0 and 1."""
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_a_text_that_would_fill_the_memory_is_refused(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its number and the way out."""
    monkeypatch.setattr("topicat.model.MAX_CHARACTERS", 10)
    with pytest.raises(UsageError, match=r"text 1 has 11 characters \(at most 10\); split it into paragraphs"):
        model.predict(["a" * 10, "a" * 11])


def test_subtopics_are_asked_for_below_what_was_assigned(shed: Model) -> None:
    """Whichever parents a text has, in a batch as alone, with their explanations in the same order."""
    wanted = {
        "apple": {"fruit", "fruit.apple"},
        "spade": {"tool", "tool.spade"},
        "pear. rake": {"fruit", "fruit.pear", "tool", "tool.rake"},
        "plum": set(),
        "rake, spade": {"tool", "tool.rake", "tool.spade"},
    }
    for texts in (list(wanted), *([text] for text in wanted)):
        for prediction in shed.predict(texts, evidence=True):
            assert set(prediction.labels) == wanted[prediction.text]
            assert [e.topic for e in shed.explain(prediction.text)] == list(prediction.labels)
            row = dict(zip(shed.topics, shed.predict_proba([prediction.text])[0].tolist(), strict=True))
            assert {s.topic: s.probability for s in prediction.topics} == pytest.approx(
                {topic: row[topic] for topic in prediction.labels}
            )


def test_a_topic_is_assigned_from_its_threshold_on(shed: Model) -> None:
    """The probability itself is enough."""
    [row] = shed.predict_proba(["plum apple"])
    top = shed.heads[0]
    roots = [shed.topics.index(topic) for topic in top.topics]
    at, above = (dataclasses.replace(top, threshold=t) for t in (row[roots], np.nextafter(row[roots], 1)))
    assert dataclasses.replace(shed, heads=(at,)).predict(["plum apple"])[0].labels == ("fruit", "tool")
    assert dataclasses.replace(shed, heads=(above,)).predict(["plum apple"])[0].labels == ()


def test_weights_are_those_of_the_columns(shed: Model) -> None:
    """0 where a head has none; as numbers of double precision."""
    every = np.arange(4)
    for head in shed.heads:
        for k in range(len(head.topics)):
            found = head.weights_at(every, k)
            assert found.dtype == np.float64
            whole = np.zeros(4)
            whole[every if head.columns is None else head.columns] = head.weights[:, k]
            assert found.tolist() == whole.tolist()


def test_texts_are_taken_in_batches_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many texts, so many characters; one that is longer goes alone."""
    monkeypatch.setattr("topicat.model.BATCH", 3)
    monkeypatch.setattr("topicat.model.BATCH_CHARACTERS", 10)
    texts = [letter * n for letter, n in zip("abcdefghij", [4, 6, 1, 9, 1, 1, 1, 1, 20, 1], strict=True)]
    found = _batches(texts)
    assert [len(batch) for batch in found] == [2, 2, 3, 1, 1, 1]
    assert [text for batch in found for text in batch] == texts
    assert _batches([]) == []


def test_batches_make_no_difference(shed: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """To probabilities, scores, scripts and labels."""
    texts = ["apple", "plum", "pear. rake", "", "spade", "rake pear", "12"]
    whole = [f(texts) for f in (shed.predict_proba, shed.decision_function, shed.scripts)]
    labels = [p.labels for p in shed.predict(texts)]
    monkeypatch.setattr("topicat.model.BATCH", 2)
    for one, other in zip(whole, (shed.predict_proba, shed.decision_function, shed.scripts), strict=True):
        np.testing.assert_allclose(one, other(texts), atol=1e-12)
    assert [p.labels for p in shed.predict(texts)] == labels


def test_the_script_of_a_text_without_known_terms_is_none(model: Model) -> None:
    """-1; else its number among `SCRIPTS`."""
    found = model.scripts(["果园", "A goat.", "12", ""])
    assert found.tolist() == [0, 1, -1, -1]
    assert found.dtype == model.scripts([]).dtype == np.int64
    assert model.scripts([]).shape == (0,)


def test_evidence_that_is_shown_is_the_strongest() -> None:
    """At most eight words, none that speaks against the topic, none of less than a twentieth of the strongest."""

    def shown(*weights: float) -> list[float]:
        """The weights that are left of those."""
        return [e.weight for e in _telling(tuple(Evidence("x", 0, 1, weight) for weight in weights))]

    assert shown(0.5, -1.0, 10.0, 0.49, 0.0) == [10.0, 0.5]
    assert shown(*[0.25] * 9) == [0.25] * 8
    assert shown(0.2, 0.3) == [0.3, 0.2]
    assert shown(0.0, -1.0) == []


def test_shares_are_those_of_pooling() -> None:
    """A text's own score (None), its best sentence's, or half of each."""
    sentences = np.array([1.0, 3.0])
    assert shares("none", 2.0, sentences) == [(None, 1.0)]
    assert shares("mean", 2.0, sentences) == [(None, 0.5), (1, 0.5)]
    assert shares("max", 2.0, sentences) == [(1, 1.0)]
    assert shares("max", 4.0, sentences) == shares("max", 3.0, sentences) == [(None, 1.0)]


def test_softmax_does_not_overflow() -> None:
    """Far ends are 0 and 1; each row by itself."""
    assert softmax(np.array([[1e4, 0.0], [-1e4, -1e4]])).tolist() == [[1.0, 0.0], [0.5, 0.5]]
