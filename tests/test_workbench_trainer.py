"""The model is trained anew as labels come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from topicat.errors import OutputError
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.reading import make_document
from topicat.rendering import wording
from topicat.seeds import Example
from topicat.workbench import trainer as module
from topicat.workbench.app import training_view
from topicat.workbench.labels_file import LabelsFile
from topicat.workbench.session import Session
from topicat.workbench.trainer import Figure, Point, Trainer

TEXTS = [f"{i} 个葡萄在架上。" if i % 2 else f"{i} 号会议开始了。" for i in range(40)]


@pytest.fixture
def session(model: Model, tmp_path: Path) -> Iterator[Session]:
    """A coder on forty paragraphs, half of them of a fruit that the model does not know."""
    documents = [make_document(f"{i}.txt", text) for i, text in enumerate(TEXTS)]
    paragraphs = [p for d in documents for p in d.paragraphs]
    labels = LabelsFile(tmp_path / "labels.jsonl")
    yield Session([d.name for d in documents], paragraphs, model.taxonomy, model, labels, "ada")
    labels.close()


def code(session: Session, n: int) -> None:
    """Label the next `n` paragraphs: grapes are fruit."""
    for _ in range(n):
        item = session.item("w")
        assert item is not None
        text = session.queue.texts[session.queue.index[item["key"]]]
        session.decide("w", item["key"], "label", ["fruit"] if "葡萄" in text else [])


def test_the_model_learns_from_labels_and_is_measured_on_them(session: Session, examples: list[Example]) -> None:
    """After ten labels, in the background; figures are out of fold; the next run finds them again."""
    trainer = Trainer(session, examples, rjieba())
    before = session.model
    code(session, 9)
    trainer.notice()
    assert not trainer.running
    code(session, 21)
    trainer.notice()
    trainer.wait(120)
    assert trainer.error == ""
    assert session.model is not before
    [said] = session.model.predict(["葡萄在架上。"])
    assert "fruit" in said.labels
    [point] = trainer.points
    assert point.labels == 30
    assert point.all is not None
    assert point.all.n == 30
    assert point.all.f1 > 0.8
    assert point.all.low is not None
    assert point.all.low <= point.all.f1
    assert Trainer(session, examples, rjieba()).points == trainer.points
    view = training_view(trainer, wording("en"))
    assert view["said"].startswith("The model has learned from 30 labels")
    assert "<svg" in view["charts"]["all"]


def test_without_a_cache_the_model_is_the_same(session: Session, examples: list[Example]) -> None:
    """Trained twice either way, so that there is something to remember: byte for byte."""
    code(session, 30)
    weights = []
    for cache in (True, False):
        trainer = Trainer(session, examples, rjieba(), cache=cache)
        for _ in range(2):
            trainer.start()
            trainer.wait(120)
        assert trainer.error == ""
        weights.append(session.model.heads[0].weights)
    assert np.array_equal(weights[0], weights[1])


def test_the_random_sample_has_figures_of_its_own(session: Session, examples: list[Example]) -> None:
    """Of those drawn, and those before them in the draw that were coded for their doubt."""
    trainer = Trainer(session, examples, rjieba())
    code(session, 40)
    assert sum(row["drawn"] for row in session.labels.rows) >= 4
    trainer.start()
    trainer.wait(120)
    [point] = trainer.points
    assert point.random is not None
    assert point.all is not None
    assert 5 <= point.random.n <= point.all.n == 40


def test_labels_that_teach_nothing_are_a_message(session: Session) -> None:
    """Without seeds and with one class only: the old model stays, and the page says why."""
    trainer = Trainer(session, [], rjieba())
    before = session.model
    item = session.item("w")
    assert item is not None
    session.decide("w", item["key"], "label", [])
    trainer.start()
    trainer.wait(120)
    assert "only one class" in trainer.error
    assert session.model is before
    assert trainer.points == []
    assert not trainer.running


def test_one_model_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second start while one is under way does nothing, or has one more follow."""
    trainer = Trainer(session, [], rjieba())
    seen: list[bool] = []

    def fit(*args: object, **more: object) -> tuple[Model, None]:
        seen.append(trainer.start(again=not seen))
        return session.model, None

    monkeypatch.setattr(module, "train_held_out", fit)
    assert trainer.start()
    trainer.wait(120)
    assert seen == [False, False]
    assert [point.all for point in trainer.points] == [None, None]


def test_it_says_when_more_will_hardly_help(session: Session) -> None:
    """From the curve of the models so far."""
    trainer = Trainer(session, [], None)

    def curve(*scores: float) -> str:
        trainer.points = [
            Point(10 * i, 1.0, None, Figure(10 * i, score, None, None)) for i, score in enumerate(scores, 1)
        ]
        return str(training_view(trainer, wording("en"))["said"])

    assert "points" not in curve(0.5, 0.6, 0.65)
    assert "50 more would add about" in curve(0.3, 0.42, 0.51, 0.58)
    assert "hardly help" in curve(0.8, 0.8, 0.8, 0.8, 0.8)


def test_damaged_figures_are_a_message(session: Session) -> None:
    """Not a traceback when the command starts."""
    (session.labels.path.parent / "labels.curve.jsonl").write_text('{"labels": 3}\n')
    with pytest.raises(OutputError, match=r"remove the file"):
        Trainer(session, [], None)
