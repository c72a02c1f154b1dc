"""What travels inside the wheel: taxonomies, seeds, the policy model."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import topicat
from topicat import registry
from topicat.model import Model
from topicat.seeds import Example, check_labels, near_duplicates, read_seeds
from topicat.store import verify_model
from topicat.taxonomy_yaml import schema

MODULES = ("trade", "energy", "water", "culture", "security")


@pytest.fixture(scope="module")
def seeds() -> list[Example]:
    """The seeds of `policy`."""
    return [e for path in registry.seeds_paths("policy") for e in read_seeds(path)]


@pytest.fixture(scope="module")
def policy() -> Model:
    """The bundled model."""
    return topicat.load("policy")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_a_taxonomy_of_its_own(name: str) -> None:
    """One topic, at least five subtopics, definitions in three languages, keywords by the hundred, examples."""
    tree = topicat.taxonomy(name)
    assert tree.roots == (name,)
    assert len(tree[name].topics) >= 5
    counts: Counter[str] = Counter()
    for topic in tree.walk():
        assert {"zh", "en", "ru"} <= set(topic.label), topic.path
        assert {"zh", "en", "ru"} <= set(topic.definition), topic.path
        assert topic.examples, topic.path
        for lang, words in topic.keywords.items():
            counts[lang] += len(set(words))
    assert counts["zh"] >= 120
    assert min(counts["en"], counts["ru"]) >= 60


def test_policy_is_made_of_its_modules() -> None:
    """By includes; every topic is the module's own."""
    policy = topicat.taxonomy("policy")
    assert policy.roots == MODULES
    assert all(policy[name] == topicat.taxonomy(name)[name] for name in MODULES)


def test_seeds_are_many_and_mixed(seeds: list[Example]) -> None:
    """Languages, texts without a topic and with several, every subtopic, all labels known."""
    check_labels(seeds, topicat.taxonomy("policy"))
    by_lang = Counter(e.lang for e in seeds)
    assert by_lang["zh"] >= 1500
    assert min(by_lang["en"], by_lang["ru"]) >= 600
    tops = [{label.split(".")[0] for label in e.labels} for e in seeds]
    assert sum(not t for t in tops) >= len(seeds) / 5
    assert sum(len(t) > 1 for t in tops) >= len(seeds) / 5
    used = {label for e in seeds for label in e.labels}
    assert {t.path for t in topicat.taxonomy("policy").walk() if "." in t.path} <= used


@pytest.mark.parametrize("lang", ["zh", "en", "ru"])
def test_seeds_are_no_near_duplicates(seeds: list[Example], lang: str) -> None:
    """No two texts share 40 % of the shorter one's 4-grams."""
    texts = [e.text for e in seeds if e.lang == lang]
    assert [(texts[i][:30], texts[j][:30], s) for i, j, s in near_duplicates(texts, 0.4)] == []


def test_the_model_is_whole_and_small(policy: Model) -> None:
    """At most 8 MiB, every checksum right, of the bundled taxonomy."""
    folder = registry.model_path("policy")
    assert sum(p.stat().st_size for p in folder.iterdir()) <= 8 * 2**20
    assert verify_model(folder) == []
    assert policy.taxonomy.fingerprint == topicat.taxonomy("policy").fingerprint


def test_training_the_model_anew_gives_the_same_predictions(policy: Model, seeds: list[Example]) -> None:
    """From the bundled taxonomy and seeds, with the default settings."""
    again = topicat.train("policy")
    assert again.info["seeds"] == policy.info["seeds"]
    texts = [e.text for e in seeds[:: len(seeds) // 200]]
    np.testing.assert_allclose(again.predict_proba(texts), policy.predict_proba(texts), atol=1e-6)
    assert [p.labels for p in again.predict(texts)] == [p.labels for p in policy.predict(texts)]


def test_the_example_article_is_labelled_right(policy: Model) -> None:
    """The article of the README: each paragraph's topics as a reader sees them."""
    expected = [
        set(),
        set(),
        {"trade"},
        {"trade"},
        {"energy"},
        {"water"},
        {"water"},
        {"culture"},
        {"security"},
        {"water", "security"},
        {"trade", "energy", "water", "culture", "security"},
        set(),
    ]
    [document] = topicat.read(Path(__file__).parent.parent / "examples" / "talks-2026-05-18.txt")
    found = [{x for x in p.labels if "." not in x} for p in policy.predict([p.text for p in document.paragraphs])]
    assert document.date == "2026-05-18"
    assert sum(a == b for a, b in zip(found, expected, strict=True)) >= 11, json.dumps([sorted(f) for f in found])


def test_the_schema_is_published() -> None:
    """`taxonomies/schema.json`, for editors, is what `topicat taxonomy schema` prints."""
    published = registry.taxonomy_path("policy").with_name("schema.json")
    assert json.loads(published.read_text("utf-8")) == schema()
