"""Out-of-fold figures in the shape of an evaluation."""

from __future__ import annotations

from topicat.held_out import held_out_scores
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import out_of_fold, train, train_held_out


def test_out_of_fold_figures_are_those_of_training(garden: Taxonomy, examples: list[Example]) -> None:
    """One fit gives the model and what was held out; its figures are those that the model states."""
    model, held = train_held_out(garden, examples, tokenizer=rjieba())
    assert held is not None
    whole = train(garden, examples, tokenizer=rjieba())
    assert model.info == whole.info
    scores = held_out_scores(model, held, examples, errors=3)
    apart = out_of_fold(garden, examples, tokenizer=rjieba())
    assert (apart.probabilities[:, :3] == held.probabilities[:, :3]).all()
    assert scores["n"] == len(examples)
    stated = model.info["cross_validation"]["topics"]
    assert {t: row["support"] for t, row in scores["topics"].items()} == {t: stated[t]["support"] for t in stated}
    assert len(scores["errors"]) == min(3, scores["wrong_decisions"])
    confident = [error["confidence"] for error in scores["errors"]]
    assert confident == sorted(confident, reverse=True)
