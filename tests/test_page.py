"""The article page, read as markup: no browser is needed here (see `test_browser.py`)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser

import pytest

from topicat.document import Document
from topicat.model import Model
from topicat.page import FLOOR, page, strength
from topicat.plugins.tokenizers import rjieba
from topicat.reading import make_document
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import train

TEXTS = ["果园里的草莓熟了。", "铁锹和山羊都在院子里。", "双方互致问候。"]


class Dom(HTMLParser):
    """Start tags with attributes and all text of a page; texts of paragraphs apart."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.paragraphs: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "p":
            self._inside = dict(attrs).get("class") == "text"
            if self._inside:
                self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.paragraphs[-1] += data

    def of(self, name: str, kind: str) -> list[dict[str, str | None]]:
        """Attributes of the tags of that name and class."""
        return [attrs for tag, attrs in self.tags if tag == name and kind in (attrs.get("class") or "").split()]


def made(model: Model, texts: Sequence[str], title: str = "talks.txt", name: str = "garden", lang: str = "en") -> str:
    """The page of one document of those paragraphs."""
    document = make_document(title, "\n\n".join(texts), date="2025-11-15")
    assert [p.text for p in document.paragraphs] == list(texts)
    return page(model, [(document, model.predict(list(texts)))], name=name, lang=lang)


def test_the_article_reads_as_it_is(model: Model) -> None:
    """Every paragraph's text stands there, whole, whatever is marked in it."""
    dom = Dom(made(model, TEXTS))
    assert dom.paragraphs == TEXTS


def test_what_is_assigned_is_what_predict_says(model: Model) -> None:
    """Chips marked as the model's own are its labels; the others are hidden or doubtful."""
    names = json.loads(data_of(made(model, TEXTS)))["names"]
    for text in TEXTS:
        [prediction] = model.predict([text])
        dom = Dom(made(model, [text]))
        shown = [c for c in dom.of("li", "chip") if "data-own" in c]
        assert [names[int(c["data-t"] or 0)] for c in shown] == [
            model.taxonomy[s.topic].name() for s in prediction.topics if "." not in s.topic
        ]
        for chip in dom.of("li", "chip"):
            assert ("hidden" in chip) == ("data-own" not in chip and "doubt" not in (chip["class"] or ""))
            assert float(chip["data-p"] or 0) >= FLOOR or "data-own" in chip
        [nothing] = dom.of("li", "nothing")
        assert ("hidden" in nothing) == bool(prediction.topics)


def data_of(html: str) -> str:
    """The JSON of a page's data."""
    [found] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    return str(found)


def test_evidence_is_marked_with_its_weight(model: Model) -> None:
    """The words that decided, stronger where they weigh more."""
    [prediction] = model.predict([TEXTS[0]], evidence=True)
    dom = Dom(made(model, [TEXTS[0]]))
    [fruit] = [s for s in prediction.topics if s.topic == "fruit"]
    numbers = [pair.split(":") for m in dom.of("mark", "c0") for pair in (m["data-e"] or "").split(" ")]
    weights = sorted(float(w) for k, w in numbers if k == "0")
    assert weights == pytest.approx(sorted(e.weight for e in fruit.evidence), abs=0.006)
    assert strength(0.5) < strength(1.0) < strength(4.0) == strength(40.0)


def test_a_doubtful_paragraph_is_marked(model: Model) -> None:
    """Within a tenth of the threshold, on either side."""
    [prediction] = model.predict([TEXTS[0]])
    p = prediction.probabilities["fruit"]
    for threshold in (p - 0.05, p + 0.05):
        heads = tuple(
            dataclasses.replace(h, threshold=h.threshold * 0 + threshold) if not h.parent else h for h in model.heads
        )
        near = dataclasses.replace(model, heads=heads)
        dom = Dom(made(near, [TEXTS[0]]))
        [chip] = [c for c in dom.of("li", "chip") if c["data-t"] == "0"]
        assert "doubt" in (chip["class"] or "")
        assert ("ghost" in (chip["class"] or "")) == (threshold > p)
        assert "hidden" not in chip


HOSTILE = [
    "</script><script>alert(1)</script> 草莓",
    '"><img src=x onerror=alert(1)> 铁锹',
    "مرحبا بالعالم 草莓",
    "😀🍓 草莓 👩‍🌾",
    "{{ 7 * 7 }} {% raw %} 草莓 &lt;b&gt;",
]


def test_hostile_text_and_names_stay_text(model: Model) -> None:
    """In paragraphs, names of documents and of models, in every language of the page."""
    for lang in ("en", "zh", "ru", "kk"):
        html = made(model, HOSTILE, HOSTILE[0], HOSTILE[1], lang)
        dom = Dom(html)
        assert dom.paragraphs == HOSTILE
        assert [tag for tag, _ in dom.tags].count("script") == 2
        assert "img" not in [tag for tag, _ in dom.tags]


def test_labels_come_in_the_language_asked_for(model: Model) -> None:
    """And the page's own words with them."""
    html = made(model, TEXTS, lang="zh")
    assert '<html lang="zh">' in html
    for words in ("水果", "无议题", "阈值"):
        assert words in html
    assert "Threshold" not in html


def test_the_foot_says_which_model_it_was(model: Model) -> None:
    """Name, taxonomy with version and fingerprint, seeds, settings, thresholds."""
    html = made(model, TEXTS)
    for words in (
        "garden",
        f"garden 1.2.0, {model.taxonomy.fingerprint[:12]}",
        model.info["seeds"]["fingerprint"][:12],
    ):
        assert words in html


def test_nothing_to_say(model: Model) -> None:
    """No topic anywhere; a document without paragraphs; no document at all."""
    assert Dom(made(model, [TEXTS[2]])).of("mark", "c0") == []
    empty = page(model, [(Document("empty.txt", ""), [])], name="garden")
    assert "0 paragraphs" in empty
    assert "0 documents" in page(model, [], name="garden")


def test_several_documents(model: Model) -> None:
    """Each has its heading, its date and its own mix; paragraphs have ids of their own."""
    documents = [make_document(f"{i}.txt", text, date="2025-01-02") for i, text in enumerate(TEXTS)]
    html = page(model, [(d, model.predict([p.text for p in d.paragraphs])) for d in documents], name="garden")
    dom = Dom(html)
    ids = [attrs["id"] for attrs in dom.of("div", "par")]
    assert ids == ["d1p1", "d2p1", "d3p1"]
    assert html.count("<h2") == 3


def test_a_page_fetches_nothing(model: Model) -> None:
    """No link, image, frame or style from elsewhere."""
    dom = Dom(made(model, TEXTS))
    assert not {"link", "img", "iframe", "object", "form"} & {tag for tag, _ in dom.tags}
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in dom.tags)
    assert all("src" not in attrs for _, attrs in dom.tags)


def test_the_policy_allows_the_one_script_by_its_hash(model: Model) -> None:
    """So that no other can run, however it came in."""
    html = made(model, TEXTS)
    [script] = re.findall(r"<script>(.*?)</script>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in unescape(html)


def test_an_exclusive_taxonomy_has_one_topic_a_paragraph(garden: Taxonomy, examples: list[Example]) -> None:
    """The doubt is about the second likeliest; no threshold is shown."""
    flat = [dataclasses.replace(e, labels=(e.labels[0].split(".")[0],)) for e in examples if len(e.labels) == 1]
    one = train(dataclasses.replace(garden, exclusive=True), flat, tokenizer=rjieba())
    html = made(one, TEXTS)
    dom = Dom(html)
    own = [c for c in dom.of("li", "chip") if "data-own" in c]
    assert len(own) == sum(bool(p.topics) for p in one.predict(TEXTS))
    for chip in own:
        assert float(chip["data-p"] or 0) >= float(chip["data-h"] or 0)
    assert "Thresholds" not in html
    assert json.loads(data_of(html))["exclusive"] is True
