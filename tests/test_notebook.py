"""How objects show themselves: in a notebook and as text."""

from __future__ import annotations

import dataclasses
import re
from importlib import resources

from topicat.model import Model
from topicat.notebook import COLORS, model_html
from topicat.prediction import Evidence, Prediction, TopicScore
from topicat.rendering import COLORS as COUNT
from topicat.taxonomy import Taxonomy, Topic

BAD = "<script>\"'&"


def test_reprs_are_a_line(model: Model, garden: Taxonomy) -> None:
    """Of arrays and topics they say how many."""
    assert repr(model) == f"Model(garden 1.2.0: 5 topics, {len(model.vocabulary):,} terms)"
    assert repr(garden) == "Taxonomy(garden 1.2.0: 5 topics: fruit, tool, animal)"
    [prediction] = model.predict(["果园里的草莓熟了。" * 20])
    assert repr(prediction).startswith("Prediction('果园里的草莓熟了。")
    assert "…', fruit " in repr(prediction)
    assert len(repr(prediction)) < 120
    assert repr(Prediction("a", (), {})) == "Prediction('a', no topic)"


def test_a_prediction_shows_its_text_and_evidence(model: Model) -> None:
    """The text is whole, the words are in colour, every topic has its probability."""
    [prediction] = model.predict(["果园里的草莓熟了。"], evidence=True)
    shown = prediction._repr_html_()
    plain = re.sub(r"<[^>]*>", "", shown)
    assert "果园里的草莓熟了。" in plain
    assert re.search(r"<span[^>]*>草莓</span>", shown)
    for topic in ("fruit", "tool", "animal"):
        assert topic in plain


def test_nothing_in_a_text_or_a_name_is_markup() -> None:
    """In predictions and taxonomies."""
    score = TopicScore(BAD, 0.9, (Evidence(BAD[:4], 0, 4, 1.0), Evidence(BAD[2:6], 2, 6, 2.0)))
    tree = Taxonomy(BAD, topics=(Topic(BAD, BAD, definition={"zh": BAD}),))
    for shown in (Prediction(BAD, (score,), {BAD: 0.9, "other": 0.1})._repr_html_(), tree._repr_html_()):
        assert "<script" not in shown
        assert "&lt;" in shown


def test_taxonomies_and_models_are_tables(model: Model, garden: Taxonomy) -> None:
    """Topics with definitions and keyword counts; topics with thresholds and figures, where there are any."""
    assert "Fruit of all kinds." in garden._repr_html_()
    assert "<td>6</td>" in garden._repr_html_()
    assert "threshold" in model._repr_html_()
    bare = dataclasses.replace(model, info={})
    assert "out-of-fold" not in bare._repr_html_()
    many = Taxonomy("many", topics=tuple(Topic(f"t{i}", f"t{i}") for i in range(300)))
    assert "100 more" in many._repr_html_()
    assert repr(many).endswith(", …)")


def test_a_model_shows_its_facts_and_figures(shed: Model) -> None:
    """Of the topics at the top; an exclusive taxonomy has no thresholds."""
    figures = {"topics": {"fruit": {"precision": 0.5, "recall": 0.25, "f1": 1 / 3}, "tool": {"f1": 1}}}
    told = dataclasses.replace(shed, info={"seeds": {"count": 1234}, "cross_validation": figures})
    shown = {"out-of-fold precision": "0.500", "out-of-fold recall": "0.250", "out-of-fold f1": "0.333"}
    facts = {"taxonomy": shed.taxonomy.fingerprint[:12], "terms": "4", "seeds": "1,234"}
    rows = [("fruit", {"threshold": "0.50", **shown}), ("tool", {"threshold": "0.50", "out-of-fold f1": "1.000"})]
    assert told._repr_html_() == model_html("Model(shed 0: 6 topics, 4 terms)", facts, rows)
    one = dataclasses.replace(shed, taxonomy=dataclasses.replace(shed.taxonomy, exclusive=True))
    assert "threshold" not in one._repr_html_()


def test_the_colours_are_those_of_the_pages() -> None:
    """A topic looks the same everywhere."""
    style = (resources.files("topicat") / "templates" / "style.css").read_text("utf-8")
    light = re.findall(r"--t\d: #([0-9a-f]{6})", style)[:COUNT]
    assert tuple(",".join(str(int(c[i : i + 2], 16)) for i in (0, 2, 4)) for c in light) == COLORS
