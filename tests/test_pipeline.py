"""The export to scikit-learn: the same answers, in a file that joblib writes and reads."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone

from topicat.errors import UsageError
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.store import load_model, save_model
from topicat.taxonomy import Taxonomy
from topicat.training import train

TEXTS = ["果园里有草莓和铁锹。山羊跑了。", "Apples, goats and tools.", "苹果手机", "Козы.", "12", ""]


@pytest.fixture
def loaded(model: Model, tmp_path: Path) -> Model:
    """`model`, from its folder."""
    save_model(model, tmp_path / "garden")
    return load_model(tmp_path / "garden")


def test_the_pipeline_says_what_the_model_says(loaded: Model) -> None:
    """Scores, probabilities and topics at the top, bit for bit, also where no term is known."""
    pipeline = loaded.to_sklearn()
    roots = [loaded.topics.index(topic) for topic in loaded.heads[0].topics]
    assert list(pipeline.classes_) == list(loaded.heads[0].topics)
    assert np.array_equal(pipeline.decision_function(TEXTS), loaded.decision_function(TEXTS)[:, roots])
    assert np.array_equal(pipeline.predict_proba(TEXTS), loaded.predict_proba(TEXTS)[:, roots])
    labels = [set(p.labels) for p in loaded.predict(TEXTS)]
    wanted = [[int(topic in found) for topic in pipeline.classes_] for found in labels]
    assert pipeline.predict(TEXTS).tolist() == wanted
    assert pipeline.predict(np.array(TEXTS, dtype=object)).tolist() == wanted


def test_an_exclusive_taxonomy_gives_names(garden: Taxonomy, examples: list[Example]) -> None:
    """The likeliest topic's; none where no term is known."""
    one = [e for e in examples if len({label.split(".")[0] for label in e.labels}) == 1]
    model = train(dataclasses.replace(garden, exclusive=True), one, tokenizer=rjieba())
    pipeline = model.to_sklearn()
    roots = [model.topics.index(topic) for topic in model.heads[0].topics]
    assert np.array_equal(pipeline.predict_proba(TEXTS), model.predict_proba(TEXTS)[:, roots])
    found = pipeline.predict(TEXTS).tolist()
    assert found == [next((t for t in p.labels if "." not in t), "") for p in model.predict(TEXTS)]


def test_joblib_keeps_it_and_another_process_reads_it(loaded: Model, tmp_path: Path) -> None:
    """Also after it was used, and when the model's own folder is gone."""
    pipeline = loaded.to_sklearn()
    before = pipeline.predict_proba(TEXTS)
    joblib.dump(pipeline, tmp_path / "garden.joblib")
    for path in (tmp_path / "garden").iterdir():
        path.unlink()
    script = f"import joblib, sys; print(joblib.load(sys.argv[1]).predict_proba({TEXTS!r}).tolist())"
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "garden.joblib"], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(before.tolist()), done.stderr


def test_it_is_an_estimator_that_is_not_fitted_again(loaded: Model) -> None:
    """Cloning works, its picture too; fitting is refused with the way out."""
    pipeline = loaded.to_sklearn()
    assert np.array_equal(clone(pipeline).predict_proba(TEXTS), pipeline.predict_proba(TEXTS))
    assert "TopicScores" in repr(pipeline)
    assert "TopicClassifier" in pipeline._repr_html_()
    with pytest.raises(UsageError, match=r"cannot be fitted; train with topicat\.train, and export"):
        pipeline.fit(TEXTS, [0] * len(TEXTS))
