"""What a model of 200 seeds says, guarded to 1e-6: whatever numpy, scikit-learn, Python or machine, now and later.

Where training is meant to give other models, ``python tests/test_golden.py`` writes the figures anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import topicat
from topicat.model import Model

FOLDER = Path(__file__).with_name("golden")
FIGURES = FOLDER / "probabilities.json"


def trained() -> tuple[Model, list[str]]:
    """The model, and the texts that it learned from."""
    seeds = FOLDER / "seeds.jsonl"
    texts = [json.loads(line)["text"] for line in seeds.read_text("utf-8").splitlines()]
    return topicat.train(FOLDER / "taxonomy.yaml", [seeds]), texts


def test_the_probabilities_of_200_seeds_are_as_ever() -> None:
    """Every topic's probability of every text, out of training and out of prediction."""
    model, texts = trained()
    golden = json.loads(FIGURES.read_text("utf-8"))
    assert len(texts) == 200
    assert list(model.topics) == golden["topics"]
    assert model.predict_proba(texts) == pytest.approx(np.array(golden["probabilities"]), abs=1e-6)
    labels = [" ".join(prediction.labels) for prediction in model.predict(texts)]
    assert labels == golden["labels"]


def write() -> None:
    """The figures of this version."""
    model, texts = trained()
    golden = {
        "topics": list(model.topics),
        "labels": [" ".join(prediction.labels) for prediction in model.predict(texts)],
        "probabilities": [[round(p, 9) for p in row] for row in model.predict_proba(texts).tolist()],
    }
    FIGURES.write_text(json.dumps(golden, ensure_ascii=False).replace("], [", "],\n[") + "\n", "utf-8")


if __name__ == "__main__":
    write()
