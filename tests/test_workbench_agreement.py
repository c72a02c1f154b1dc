"""How far coders agree."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sklearn.metrics import cohen_kappa_score

from topicat.taxonomy import Taxonomy
from topicat.workbench.agreement import agreements, cohen
from topicat.workbench.labels_file import key_of


def test_kappa_is_that_of_scikit_learn() -> None:
    """On random decisions of two coders."""
    draw = random.Random(0)
    for _ in range(20):
        one = [draw.random() < 0.4 for _ in range(30)]
        other = [a if draw.random() < 0.7 else not a for a in one]
        assert cohen(one, other) == pytest.approx(cohen_kappa_score(one, other))
    assert cohen([True, True], [True, True]) is None


def test_agreement_is_of_what_both_labelled(garden: Taxonomy) -> None:
    """A subtopic counts for its parent; paragraphs with other labels are to be settled."""

    def row(text: str, coder: str, *labels: str) -> dict[str, Any]:
        return {"text": text, "coder": coder, "labels": list(labels)}

    rows = [
        *(
            row(text, "ada", *labels)
            for text, labels in {"a": ["fruit.berry"], "b": ["tool"], "c": [], "d": []}.items()
        ),
        *(row(text, "bob", *labels) for text, labels in {"a": ["fruit"], "b": ["tool"], "c": [], "e": []}.items()),
        row("z", "eve", "tool"),
    ]
    [found] = agreements(rows, "ada", garden)
    assert (found.other, found.n, found.same) == ("bob", 3, 2)
    assert found.differ == (key_of("a"),)
    assert found.kappa == pytest.approx({"fruit": 1.0, "fruit.berry": 0.0, "tool": 1.0})
    assert found.mean == pytest.approx(2 / 3)
    assert agreements(rows, "eve", garden) == []
