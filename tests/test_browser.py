"""The pages in a real Chromium: what they do, how they fit, and that nothing leaves them.

Skipped where there is no Chromium. ``TOPICAT_BROWSER`` names one, or is ``required`` to fail instead of skipping;
``TOPICAT_SCREENSHOTS`` names a folder for pictures of every page.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, Route, sync_playwright

import topicat
from topicat.card import model_card
from topicat.corpus_page import corpus_page
from topicat.corpus_report import corpus_report
from topicat.evaluation import evaluate_model
from topicat.held_out import held_out_scores
from topicat.labelled import LabelledCorpus, LabelledDocument, LabelledParagraph
from topicat.model import Model
from topicat.page import page as article_page
from topicat.plugins.tokenizers import rjieba
from topicat.reading import make_document
from topicat.seeds import Example, read_seeds
from topicat.training import train_held_out

Scheme = Literal["light", "dark"]

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>alert(1)</script><img src=https://example.org/x.png onerror=alert(2)> \"'&amp; 草莓"
TEXTS = [
    "果园里的草莓熟了，孩子们提着篮子采摘。",
    "铁锹和山羊都在院子里。",
    "双方互致问候。",
    HOSTILE,
    "مرحبا بالعالم، 草莓",
    "🍓 草莓 👩‍🌾" + "长" * 300 + "W" * 200,
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    named = os.environ.get("TOPICAT_BROWSER", "")
    path = named if named not in ("", "required") else next((p for n in NAMES if (p := shutil.which(n))), None)
    if path is None:
        if named:
            pytest.fail("no Chromium on the path; install one, as in: apt-get install chromium")
        pytest.skip("no Chromium on the path")
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        found = playwright.chromium.launch(executable_path=path, args=[*quiet, "--disable-sync", "--no-first-run"])
        yield found
        found.close()


class Visit:
    """A page opened from a file, and everything it complained of or asked for."""

    def __init__(self, browser: Browser, html: str, folder: Path, width: int, scheme: Scheme) -> None:
        self.problems: list[str] = []
        file = folder / "page.html"
        file.write_text(html, "utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        self.page.route("**/*", self._let)
        self._own = file.as_uri()
        self.page.goto(self._own)

    def _let(self, route: Route) -> None:
        if route.request.url.split("#")[0] != self._own:
            self.problems.append(f"request: {route.request.url}")
        route.continue_()

    def picture(self, name: str) -> None:
        """A screenshot, where one is wanted."""
        if folder := os.environ.get("TOPICAT_SCREENSHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return overflow(self.page)

    def violations(self) -> list[str]:
        """What axe-core finds serious or critical."""
        return violations(self.page)


def overflow(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    page.evaluate(Path(AXE_FILE_PATH).read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0].get('failureSummary', '')}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="module")
def article(model: Model) -> str:
    """The page of two documents."""
    documents = [make_document("talks.txt", "\n\n".join(TEXTS[:3]), date="2025-11-15")]
    documents.append(make_document(HOSTILE, "\n\n".join(TEXTS[3:])))
    return article_page(model, [(d, model.predict([p.text for p in d.paragraphs])) for d in documents], name=HOSTILE)


@pytest.fixture(scope="module")
def corpus() -> LabelledCorpus:
    """Sixty documents of a year from three sources, with odd names and a topic of eighty characters."""
    draw = random.Random(0)
    topics = ["fruit", "tool", "t" * 80]
    documents = []
    for i in range(60):
        said = [{t: 0.9 for t in topics if draw.random() < 0.3} for _ in range(4)]
        paragraphs = tuple(LabelledParagraph(n, TEXTS[(i + n) % 6], t, f"p:{n}") for n, t in enumerate(said, 1))
        date = datetime.date(2025, 1, 1) + datetime.timedelta(draw.randrange(365)) if i % 10 else None
        name = f"{('daily', 'wire', HOSTILE.replace('/', ''))[i % 3]}/{i}.txt"
        documents.append(LabelledDocument(name, date, "p.jsonl", paragraphs))
    return LabelledCorpus(tuple(documents), tuple(topics))


@pytest.fixture(scope="module")
def report(corpus: LabelledCorpus) -> str:
    """The page of `corpus`."""
    return corpus_page(corpus, corpus_report(corpus), title=HOSTILE)


@pytest.fixture(scope="module")
def card(model: Model, examples: list[Example]) -> str:
    """A model card with errors and a learning curve."""
    wrong = [replace(e, labels=("tool",)) if i % 5 == 0 else e for i, e in enumerate(examples)]
    scores = evaluate_model(model, wrong, errors=5, curves=True, by=["lang"])
    curve = {"points": [(0.0, 0.3, 0.0), (10.0, 0.5, 0.1), (23.0, 0.7, 0.05)], "law": None}
    return model_card(model, scores, name=HOSTILE, data="rows", examples=wrong, curve=curve, notes=HOSTILE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", ["article", "report", "card"])
def test_pages_are_quiet_fit_and_are_accessible(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest, name: str, width: int, scheme: Scheme
) -> None:
    """No console message, no request, no dialog, no sideways scrolling, nothing serious for axe-core."""
    visit = Visit(browser, request.getfixturevalue(name), tmp_path, width, scheme)
    visit.picture(f"{name}-{width}-{scheme}")
    assert visit.overflow() == 0
    assert visit.problems == []
    # axe-core is let in by the driver, past the page's own policy.
    assert visit.violations() == []


def visible(page: Page, selector: str) -> int:
    """How many of those elements are shown."""
    return page.locator(f"{selector}:visible").count()


def test_filter_and_threshold_decide_anew(browser: Browser, tmp_path: Path, article: str, model: Model) -> None:
    """The filter shows the paragraphs of a topic; the slider decides anew; the model's own thresholds come back."""
    page = Visit(browser, article, tmp_path, 1440, "light").page
    own = [p.labels for p in model.predict(TEXTS)]
    fruit = sum("fruit" in labels for labels in own)
    assert visible(page, ".par") == len(TEXTS)
    key = page.locator(".key[data-t='0']")
    key.click()
    assert visible(page, ".par") == fruit
    assert key.get_attribute("aria-pressed") == "true"
    key.click()
    page.locator(".key[data-t='none']").click()
    assert visible(page, ".par") == sum(not labels for labels in own)
    page.locator(".key[data-t='none']").click()
    for threshold in (5, 50, 99):
        page.locator("#threshold").fill(str(threshold))
        probabilities = [p.probabilities for p in model.predict(TEXTS)]
        expected = sum(p["fruit"] >= threshold / 100 for p in probabilities)
        assert page.locator(".key[data-t='0'] b").inner_text() == str(expected)
        assert visible(page, ".chip[data-t='0']:not(.ghost)") == expected
    page.locator("#own").click()
    assert page.locator(".key[data-t='0'] b").inner_text() == str(fruit)


def test_before_any_script_the_page_says_the_same(browser: Browser, tmp_path: Path, article: str) -> None:
    """Chips, counts and marks are those that the script makes."""
    look = "[...document.querySelectorAll('.chip, .mix li, .par, .nothing')].map(e => [e.className, e.hidden])"
    counts = "[...document.querySelectorAll('.key b, .mix b, #shown')].map(e => e.textContent)"
    marks = (
        "[...document.querySelectorAll('mark')].map(e => [e.className, e.style.getPropertyValue('--a').slice(0, 5)])"
    )
    seen = []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        file = tmp_path / "page.html"
        file.write_text(article, "utf-8")
        page.goto(file.as_uri())
        seen.append([page.evaluate(code) for code in (look, counts, marks)])
        context.close()
    assert seen[0][:2] == seen[1][:2]
    for (kind, strength), (before, strength_before) in zip(seen[0][2], seen[1][2], strict=True):
        assert kind == before
        assert kind == "off" or float(strength) == pytest.approx(float(strength_before), abs=0.002)


def test_numbers_come_by_hover_and_by_keyboard(browser: Browser, tmp_path: Path, article: str) -> None:
    """A word says what it added; a paragraph's numbers open without a mouse."""
    page = Visit(browser, article, tmp_path, 1440, "light").page
    page.locator("mark:not(.off)").first.hover()
    assert "+" in page.locator(".tip").inner_text()
    page.keyboard.press("Escape")
    assert visible(page, ".tip") == 0
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".nums[open] table")
    assert "Fruit" in page.locator(".nums[open]").inner_text()


def test_every_figure_of_a_report_shows_its_documents(
    browser: Browser, tmp_path: Path, report: str, corpus: LabelledCorpus
) -> None:
    """A total, a cell of a pair, a point in time, a source: as many documents as the figure says."""
    page = Visit(browser, report, tmp_path, 1440, "light").page
    shown = page.locator("#shown")
    for selector in (
        "section .figure[data-topic='fruit']",
        ".figure[data-other='tool']",
        ".figure[data-source='daily']",
    ):
        figure = page.locator(selector).first
        number = figure.inner_text()
        figure.click()
        assert shown.inner_text() == f"{number} of 60 documents"
        assert page.locator(".doc").count() == min(50, int(number))
    page.locator("#reset").click()
    assert shown.inner_text() == "60 of 60 documents"
    for unit in ("week", "month"):
        page.locator(f".unit[data-unit='{unit}']").click()
        point = page.locator(f"[data-of='{unit}'] a[data-topic='fruit']").nth(2)
        said = (point.get_attribute("aria-label") or "").split(": ")[1].split(" of ")[0]
        point.focus()
        page.keyboard.press("Enter")
        assert shown.inner_text() == f"{said} of 60 documents"
    page.locator("#reset").click()
    page.locator(".doc summary").first.click()
    page.wait_for_selector(".doc[open] li")
    assert page.locator(".doc[open] li").count() == 4
    assert len(corpus.documents) == 60


def test_a_table_is_saved_as_csv(browser: Browser, tmp_path: Path, report: str, corpus: LabelledCorpus) -> None:
    """The same as the command writes."""
    from topicat.corpus_report import to_csv

    visit = Visit(browser, report, tmp_path, 1440, "light")
    tables = corpus_report(corpus).tables()
    for name in ("topics", "topics-together", "documents"):
        with visit.page.expect_download() as waiting:
            visit.page.locator(f".save[data-table='{name}']").click()
        assert waiting.value.path().read_text("utf-8") == to_csv(tables[name])


def test_a_page_of_thousands_of_paragraphs_works(browser: Browser, tmp_path: Path, model: Model) -> None:
    """Five thousand paragraphs: it opens, filters and decides anew."""
    document = make_document("long.txt", "\n\n".join(TEXTS[i % 3] for i in range(5000)))
    html = article_page(model, [(document, model.predict([p.text for p in document.paragraphs]))], name="garden")
    visit = Visit(browser, html, tmp_path, 360, "light")
    visit.page.locator(".key[data-t='none']").click()
    assert (
        json.loads(visit.page.evaluate("JSON.stringify(document.querySelectorAll('.par:not([hidden])').length)"))
        == 1666
    )
    visit.page.locator("#threshold").fill("99")
    assert visit.problems == []


ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def policy() -> Model:
    """The bundled model."""
    return topicat.load("policy")


@pytest.fixture(scope="module")
def talks(policy: Model) -> str:
    """The page of the README's example."""
    [document] = topicat.read(ROOT / "examples" / "talks-2026-05-18.txt")
    said = policy.predict([p.text for p in document.paragraphs])
    return article_page(policy, [(replace(document, name="talks-2026-05-18.txt"), said)], name="policy")


@pytest.fixture(scope="module")
def year(policy: Model) -> str:
    """A report of 300 dated articles made of seeds: energy in autumn, floods in summer."""
    rows = read_seeds(ROOT / "seeds" / "policy.zh.jsonl")
    draw = random.Random(1)
    documents = []
    for i in range(300):
        date = datetime.date(2025, 1, 1) + datetime.timedelta(draw.randrange(365))
        theme = "energy" if date.month >= 10 else "water.floods" if 6 <= date.month <= 8 else "none"
        weights = [4 if any(label.startswith(theme) for label in row.labels) else 1 for row in rows]
        texts = [row.text for row in draw.choices(rows, weights, k=draw.randint(2, 6))]
        said = [{s.topic: s.probability for s in p.topics} for p in policy.predict(texts)]
        each = enumerate(zip(texts, said, strict=True), 1)
        paragraphs = tuple(LabelledParagraph(n, text, topics, f"{i}:{n}") for n, (text, topics) in each)
        source = ("daily", "weekly", "wire")[i % 3]
        documents.append(LabelledDocument(f"{source}/{date}-{i}.txt", date, "news.jsonl", paragraphs))
    corpus = LabelledCorpus(tuple(documents), policy.taxonomy.roots)
    names = {topic.path: topic.name() for topic in policy.taxonomy.walk()}
    return corpus_page(corpus, corpus_report(corpus, tokenizer=rjieba()), title="A year of news", names=names)


@pytest.fixture(scope="module")
def quality(policy: Model) -> str:
    """A card of a model of four hundred English seeds, out of fold."""
    rows = read_seeds(ROOT / "seeds" / "policy.en.jsonl")[:400]
    model, held = train_held_out(policy.taxonomy, rows, tokenizer=rjieba())
    assert held is not None
    scores = held_out_scores(model, held, rows, errors=20)
    return model_card(model, scores, name="policy", data="policy.en.jsonl (400)", examples=rows, out_of_fold=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("name", ["talks", "year", "quality"])
def test_real_pages(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest, name: str, width: int, scheme: Scheme
) -> None:
    """Pages of the bundled model, with all its topics: as above, and below three megabytes."""
    html = request.getfixturevalue(name)
    visit = Visit(browser, html, tmp_path, width, scheme)
    visit.picture(f"{name}-{width}-{scheme}")
    assert visit.overflow() == 0
    assert visit.problems == []
    assert visit.violations() == []
    assert len(html.encode()) < 3_000_000
