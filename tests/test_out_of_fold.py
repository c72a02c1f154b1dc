"""Out-of-fold probabilities, and trial trainings: what `audit` and `curve` stand on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from topicat.errors import TrainingError
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import TrainingSettings, out_of_fold, train


def test_each_probability_is_that_of_the_model_of_its_fold(garden: Taxonomy, examples: list[Example]) -> None:
    """The models that come along give the same probabilities; every fold is used."""
    found = out_of_fold(garden, examples, tokenizer=rjieba())
    assert found.topics[:3] == ("fruit", "tool", "animal")
    assert set(found.fold.tolist()) == set(range(5))
    for i, example in enumerate(examples):
        model = found.models[found.fold[i]]
        columns = [model.topics.index(topic) for topic in found.topics[:3]]
        expected = model.predict_proba([example.text])[0, columns]
        np.testing.assert_allclose(found.probabilities[i, :3], expected, atol=1e-6)
        assert found.truth[i].tolist() == [topic in garden.expand(example.labels) for topic in found.topics]


def test_subtopics_are_asked_only_below_their_parent(garden: Taxonomy, examples: list[Example]) -> None:
    """NaN for a text without the parent."""
    many = [dataclasses.replace(e, text=f"{e.text} {i}") for i in range(3) for e in examples]
    found = out_of_fold(garden, many, tokenizer=rjieba())
    berry = found.topics.index("fruit.berry")
    np.testing.assert_array_equal(np.isnan(found.probabilities[:, berry]), ~found.truth[:, 0])


def test_groups_are_kept_whole(garden: Taxonomy, examples: list[Example]) -> None:
    """Texts of one group have the same fold."""
    grouped = [dataclasses.replace(e, group=f"article {i % 7}") for i, e in enumerate(examples)]
    found = out_of_fold(garden, grouped, tokenizer=rjieba())
    assert all(len(set(found.fold[i::7].tolist())) == 1 for i in range(7))


def test_topics_of_an_exclusive_taxonomy_share_one_probability(garden: Taxonomy, examples: list[Example]) -> None:
    """They add up to 1."""
    flat = [dataclasses.replace(e, labels=(e.labels[0].split(".")[0],)) for e in examples if len(e.labels) == 1]
    found = out_of_fold(dataclasses.replace(garden, exclusive=True), flat, tokenizer=rjieba())
    np.testing.assert_allclose(found.probabilities[:, :3].sum(axis=1), 1.0)


def test_too_few_to_hold_any_out(garden: Taxonomy, examples: list[Example]) -> None:
    """Says how many there are and how many it takes."""
    with pytest.raises(TrainingError, match="too few seeds to hold any out: 9, and 5 folds need 10"):
        out_of_fold(garden, examples[:9], tokenizer=rjieba())


def test_a_trial_decides_as_the_whole(garden: Taxonomy, examples: list[Example]) -> None:
    """The classifiers at the top are equal, with too little to calibrate by and with enough; below there are none."""
    settings = TrainingSettings(folds=2)
    many = [dataclasses.replace(e, text=f"{e.text} {i}") for i in range(4) for e in examples]
    for seeds in (examples, many):
        whole = train(garden, seeds, settings=settings, tokenizer=rjieba()).heads[0]
        [trial] = train(garden, seeds, settings=settings, tokenizer=rjieba(), trial=True).heads
        for name in ("weights", "bias", "slope", "intercept", "threshold"):
            np.testing.assert_array_equal(getattr(trial, name), getattr(whole, name))
