"""A coder at work in several windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from topicat.errors import TaxonomyError, UsageError
from topicat.model import Model
from topicat.reading import make_document
from topicat.seeds import Example, read_seeds
from topicat.taxonomy import Taxonomy
from topicat.training import train
from topicat.workbench.labels_file import LabelsFile
from topicat.workbench.session import CodedMeanwhileError, Session

ARTICLES = {
    "one.txt": "果园里的草莓熟了。\n\n🍓铁锹和山羊都在院子里，草莓也在。\n\n双方互致问候。",
    "two.txt": "山羊吃草。\n\n工具都在仓库里。",
}
Make = Callable[..., Session]


@pytest.fixture
def make(model: Model, tmp_path: Path) -> Iterator[Make]:
    """Begins a session on two articles, as a new process would."""
    open_files: list[LabelsFile] = []

    def begin(coder: str = "ada", with_model: Model = model) -> Session:
        for file in open_files:
            file.close()
        documents = [make_document(name, text) for name, text in ARTICLES.items()]
        labels = LabelsFile(tmp_path / "labels.jsonl")
        open_files.append(labels)
        names = [d.name for d in documents for _ in d.paragraphs]
        paragraphs = [p for d in documents for p in d.paragraphs]
        return Session(names, paragraphs, with_model.taxonomy, with_model, labels, coder)

    yield begin
    for file in open_files:
        file.close()


def code_all(session: Session, *labels: str, window: str = "w") -> list[str]:
    """Code everything that comes; gives the keys."""
    keys = []
    while item := session.item(window):
        session.decide(window, item["key"], "label", labels)
        keys.append(item["key"])
    return keys


def key_in(item: dict[str, Any] | None) -> str:
    """Of a paragraph that there must be."""
    assert item is not None
    key: str = item["key"]
    return key


def test_a_paragraph_is_shown_in_its_article(make: Make) -> None:
    """With neighbours of the same document, evidence as parts of the text, predicted labels and probabilities."""
    session = make()
    items = {}
    while item := session.item("w"):
        items[item["document"], item["number"]] = item
        session.decide("w", item["key"], "skip", [])
    assert len(items) == 5
    middle = items["one.txt", 2]
    assert middle["before"] == ["果园里的草莓熟了。"]
    assert middle["after"] == ["双方互致问候。"]
    assert "".join(part["text"] for part in middle["parts"]) == "🍓铁锹和山羊都在院子里，草莓也在。"
    assert {(p["text"], p["topic"]) for p in middle["parts"] if p["strength"]} >= {
        ("草莓", "fruit"),
        ("山羊", "animal"),
    }
    assert "fruit.berry" in middle["labels"]
    assert middle["probabilities"]["fruit"] > 0.5
    assert items["two.txt", 1]["before"] == []


def test_every_decision_says_who_when_and_by_which_model(make: Make, tmp_path: Path, garden: Taxonomy) -> None:
    """And is a seed; parents are left out."""
    session = make()
    item = session.item("w")
    assert item is not None
    session.decide("w", item["key"], "label", ["fruit", "fruit.berry", "Tools"])
    [example] = read_seeds(tmp_path / "labels.jsonl")
    extra = dict(example.extra)
    assert example.labels == ("fruit.berry", "tool")
    assert example.group == item["document"]
    assert extra["coder"] == "ada"
    assert extra["time"].endswith("+00:00")
    assert extra["taxonomy"] == garden.fingerprint[:12]
    assert len(extra["model"]) == 12
    assert extra["drawn"] is False


def test_two_windows_do_not_clash(make: Make) -> None:
    """Each has a paragraph of its own, keeps it on reload, and a decision that comes second is refused."""
    session = make()
    one, two = session.item("one"), session.item("two")
    assert one is not None
    assert two is not None
    assert one["key"] != two["key"]
    assert session.item("one") == one
    session.decide("one", two["key"], "label", ["tool"])
    with pytest.raises(CodedMeanwhileError, match="coded in another window meanwhile"):
        session.decide("two", two["key"], "label", ["fruit"])
    following = session.item("two")
    assert following is not None
    assert following["key"] not in (one["key"], two["key"])
    assert [row["labels"] for row in session.labels.rows] == [["tool"]]


def test_undo_takes_back_what_this_window_decided(make: Make) -> None:
    """The last first; another window's stays; then there is nothing to take back."""
    session = make()
    keys = []
    for window, labels in (("one", ["tool"]), ("one", ["fruit"]), ("two", [])):
        item = session.item(window)
        assert item is not None
        session.decide(window, item["key"], "label", labels)
        keys.append(item["key"])
    back = session.undo("one")
    assert back is not None
    assert (back["key"], back["labels"]) == (keys[1], ["fruit"])
    assert key_in(session.item("one")) == keys[1]
    assert key_in(session.undo("one")) == keys[0]
    assert session.undo("one") is None
    assert list(session.labels.of("ada")) == [keys[2]]


def test_a_new_run_goes_on_where_the_last_one_ended(make: Make) -> None:
    """Nothing coded comes again; undo reaches back; when all is done there is nothing."""
    session = make()
    item = session.item("w")
    assert item is not None
    session.decide("w", item["key"], "unsure", [])
    session = make()
    assert session.state("w") | {"agreement": 0} == {"coded": 0, "aside": 1, "left": 4, "agreement": 0}
    keys = code_all(session, "tool")
    assert item["key"] not in keys
    assert len(keys) == 4
    assert make().item("w") is None
    assert key_in(make().undo("w")) == keys[-1]


def test_a_second_coder_is_measured_against_the_first(make: Make) -> None:
    """The paragraphs of the first come first, without what was said; agreement and what to settle."""
    first = make()
    keys = code_all(first, "tool")[:5]
    second = make("bob")
    for number, key in enumerate(keys):
        item = second.item("w")
        assert item is not None
        assert (item["key"], item["why"]) == (key, "coded by another")
        second.decide("w", key, "label", ["tool"] if number else ["animal"])
    [found] = second.state("w")["agreement"]
    assert (found["other"], found["n"], found["same"]) == ("ada", 5, 4)
    assert found["settle"] == [second.queue.texts[second.queue.index[keys[0]]]]
    assert found["kappa"] == 0.0


def test_what_cannot_be_saved_is_refused(make: Make, garden: Taxonomy, examples: list[Example]) -> None:
    """Unknown topics and paragraphs; of an exclusive taxonomy anything but one topic."""
    session = make()
    key = key_in(session.item("w"))
    with pytest.raises(TaxonomyError, match="has no topic 'fruits'"):
        session.decide("w", key, "label", ["fruits"])
    with pytest.raises(UsageError, match="no paragraph 'x' in this corpus"):
        session.decide("w", "x", "label", [])
    single = replace(garden, exclusive=True)
    kept = [e for e in examples if len({label.split(".")[0] for label in e.labels}) == 1]
    session = make(with_model=train(single, kept))
    for labels in ([], ["fruit", "tool"]):
        with pytest.raises(UsageError, match="choose one topic"):
            session.decide("w", key, "label", labels)
    session.decide("w", key, "skip", [])
    assert session.labels.rows == []


def test_another_model_takes_its_place_while_a_paragraph_is_shown(make: Make, garden: Taxonomy) -> None:
    """The paragraph stays; what is said of it is the new model's."""
    session = make()
    before = session.item("w")
    session.replace(train(garden, []))
    after = session.item("w")
    assert before is not None
    assert after is not None
    assert after["key"] == before["key"]
    assert after["probabilities"] != before["probabilities"]
