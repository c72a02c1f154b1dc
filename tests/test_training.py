"""Fitting: from a taxonomy alone, from seeds, always the same, equal to scikit-learn."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from topicat import training
from topicat.cues import Cues
from topicat.errors import SeedsError, TrainingError, UsageError
from topicat.features import SCRIPTS, Extractor, han_words
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.store import save_model
from topicat.taxonomy import Taxonomy
from topicat.training import TrainingSettings, train


def test_scores_equal_those_of_scikit_learn(garden: Taxonomy, examples: list[Example]) -> None:
    """Seeds alone, no pooling: TfidfTransformer and LogisticRegression give the same decision function to 1e-6."""
    bare = Taxonomy.from_dict({"taxonomy": "bare", "topics": {"fruit": {}, "tool": {}, "animal": {}}})
    flat = [dataclasses.replace(e, labels=tuple(label.split(".")[0] for label in e.labels)) for e in examples]
    settings = TrainingSettings(pooling="none", neutral_weight=0, min_df=1, term_weights={}, idf_power=1.0)
    model = train(bare, flat, settings=settings, tokenizer=rjieba())

    texts = [e.text for e in flat]
    words = han_words(texts, [], rjieba(), settings.features)
    terms = Extractor(settings.features, Cues(bare), words)(texts)
    vocabulary, column = np.unique(terms.hash, return_inverse=True)
    row = terms.text_of_sentence[terms.sentence]
    counts = scipy.sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(flat), len(vocabulary)))
    matrix = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    scores = model.decision_function([e.text for e in flat])
    for k, topic in enumerate(model.topics):
        truth = [topic in e.labels for e in flat]
        expected = LogisticRegression(
            C=10, solver="liblinear", dual=True, class_weight="balanced", max_iter=1000, random_state=0
        ).fit(matrix, truth)
        np.testing.assert_allclose(scores[:, k], expected.decision_function(matrix), atol=1e-6)


def test_same_inputs_give_the_same_bytes(garden: Taxonomy, examples: list[Example], tmp_path: Any) -> None:
    """Trained twice, saved twice, every file is equal."""
    for name in ("one", "two"):
        save_model(train(garden, examples, tokenizer=rjieba()), tmp_path / name)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two


def test_processes_give_the_same_bytes(garden: Taxonomy, examples: list[Example], tmp_path: Any) -> None:
    """Fits side by side are those one after the other."""
    for jobs in (1, 2):
        save_model(train(garden, examples, tokenizer=rjieba(), jobs=jobs), tmp_path / str(jobs))
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("1", "2"))
    assert one == two


def test_no_process_at_all_is_refused(garden: Taxonomy) -> None:
    """The message says what was found and what is allowed."""
    with pytest.raises(UsageError, match="jobs: 0; give 1 or more"):
        train(garden, tokenizer=rjieba(), jobs=0)


def test_topics_of_many_seeds_are_fitted_together(
    garden: Taxonomy, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With plenty of seeds the topics are fitted together: other weights, the same labels."""
    own = [dataclasses.replace(e, text=f"{e.text} {i}") for i in range(8) for e in examples]
    full = train(garden, own, tokenizer=rjieba())
    monkeypatch.setattr(training, "_TOLERANCES", ((0, None),))
    model = train(garden, own, tokenizer=rjieba())
    assert not np.array_equal(model.heads[0].weights, full.heads[0].weights)
    texts = [e.text for e in examples]
    assert [set(p.labels) for p in model.predict(texts)] == [set(p.labels) for p in full.predict(texts)]


def test_a_taxonomy_alone_is_a_classifier(garden: Taxonomy) -> None:
    """Its keywords decide, also in sentences; its counter-keywords hold; other text has no topic."""
    model = train(garden, tokenizer=rjieba())
    sentences = {
        "今年果园丰收，村民忙着采摘。": {"fruit"},
        "他把铁锹放回了墙角。": {"tool"},
        "She sold two goats and a rake at the market.": {"animal", "tool"},
        "他买了一部苹果手机送给母亲。": set(),
        "双方就共同关心的问题深入交换了意见。": set(),
        "The committee adjourned until Monday.": set(),
    }
    for text, expected in sentences.items():
        [prediction] = model.predict([text])
        assert {label for label in prediction.labels if "." not in label} == expected, text


def test_one_topic_alone_is_a_classifier() -> None:
    """A taxonomy of a single topic still says no to other text."""
    tree = Taxonomy.from_dict({"taxonomy": "t", "topics": {"oil": {"keywords": {"zh": ["石油", "原油", "油田"]}}}})
    model = train(tree, tokenizer=rjieba())
    yes, no = model.predict(["油田昨天出了石油。", "昨天他们在公园里散步。"])
    assert (yes.labels, no.labels) == (("oil",), ())


def test_the_model_knows_where_it_came_from(model: Model, garden: Taxonomy, examples: list[Example]) -> None:
    """Fingerprints of taxonomy and seeds, settings, counts, out-of-fold figures."""
    assert model.info["taxonomy"]["fingerprint"] == garden.fingerprint
    assert model.info["seeds"]["count"] == len(examples)
    assert len(model.info["seeds"]["fingerprint"]) == 64
    assert model.info["settings"]["c"] == 10.0
    assert len(model.info["settings"]["fingerprint"]) == 64
    assert 0.5 < model.info["cross_validation"]["micro_f1"] <= 1.0
    assert model.terms is not None
    assert {"K:苹果", "T:fruit.berry", "c:果园", "c:果"} <= set(model.terms)


def test_a_script_without_seeds_falls_back_to_keywords(garden: Taxonomy, examples: list[Example]) -> None:
    """Chinese seeds alone: English is decided as from the taxonomy alone, and the model says so."""
    chinese = [dataclasses.replace(e, text=f"{n}：{e.text}") for n in range(9) for e in examples if e.lang == "zh"]
    model = train(garden, chinese, tokenizer=rjieba())
    assert model.info["seeds"]["keywords_only"] == ["latin"]
    assert set(model.info["seeds"]["scripts"]) == {"han"}
    head, latin, han = model.heads[0], SCRIPTS.index("latin"), SCRIPTS.index("han")
    assert head.slope[latin].tolist() == head.intercept[latin].tolist() == [1.5] * 3
    assert head.slope[han].tolist() != [1.5] * 3
    said = model.predict(["He put the rake away.", "Two goats went up the hill.", "It rained all day."])
    assert [set(p.labels) for p in said] == [{"tool"}, {"animal"}, set()]


def test_weights_of_examples_count(garden: Taxonomy, examples: list[Example]) -> None:
    """A text with a weight pulls the model its way."""
    odd = "昨夜的雨下得很大。"
    light = train(garden, [*examples, Example(odd, ("tool",), weight=0.05)], tokenizer=rjieba())
    heavy = train(garden, [*examples, Example(odd, ("tool",), weight=20.0)], tokenizer=rjieba())
    k = light.topics.index("tool")
    assert heavy.predict_proba([odd])[0, k] > light.predict_proba([odd])[0, k]


def test_progress_is_told(garden: Taxonomy, examples: list[Example]) -> None:
    """Steps never go back and end at the end."""
    seen: list[tuple[int, int]] = []
    train(garden, examples, tokenizer=rjieba(), progress=lambda done, steps, what: seen.append((done, steps)))
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_unknown_labels_are_named_with_the_nearest(garden: Taxonomy) -> None:
    """Place, found, nearest."""
    bad = [Example("x y", ("fruit.bery",), place="mine.jsonl:7")]
    with pytest.raises(SeedsError, match=r"mine\.jsonl:7: .*no topic 'fruit\.bery'; did you mean 'fruit\.berry'\?"):
        train(garden, bad, tokenizer=rjieba())


def test_one_class_only_is_refused() -> None:
    """Nothing to tell the topic from, or nothing to learn it from."""
    one = Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {}}})
    with pytest.raises(TrainingError, match="only one class"):
        train(one, [Example("一二", ("a",)), Example("三四", ("a",))])
    two = Taxonomy.from_dict({"taxonomy": "t", "topics": {"a": {}, "b": {}}})
    with pytest.raises(TrainingError, match="nothing to learn topic 'b' from"):
        train(two, [Example("一二", ("a",)), Example("三四")])
    with pytest.raises(TrainingError, match="nothing to learn topic 'a' from"):
        train(one)


def test_a_topic_with_one_seed_is_learned(garden: Taxonomy) -> None:
    """Few examples are no error."""
    model = train(garden, [Example("山羊跑了", ("animal",)), Example("下雨了")], tokenizer=rjieba())
    assert "animal" in model.predict(["一只山羊"])[0].labels


def test_a_topic_without_keywords_is_known_by_its_name() -> None:
    """The name counts like a text where the topic says nothing else of itself; keywords or a definition say more."""
    seeds = [
        Example(f"{word} {n}", (topic,)) for topic, word in (("a", "mare"), ("b", "sloop")) for n in ["one", "two"]
    ]

    def share(**more: Any) -> float:
        topics = {"a": {"label": {"en": "Horses"}, **more}, "b": {"label": {"en": "Ships"}}}
        model = train(Taxonomy.from_dict({"taxonomy": "t", "exclusive": True, "topics": topics}), seeds)
        return float(model.predict_proba(["horses"])[0, 0])

    assert share() > 0.6
    assert share(definition={"en": "What neighs."}) < share()
    assert share(keywords={"en": ["mare"]}) < share()
