"""`topicat label` as a process of its own, and its page in a Chromium."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Browser, Page, expect
from test_browser import HOSTILE, Scheme, browser, overflow, violations

import topicat
from topicat.model import Model
from topicat.seeds import read_seeds
from topicat.store import save_model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy

__all__ = ["browser"]
RUN = [sys.executable, "-c", "from topicat.cli.main import run; run()"]
KINDS = ("果园里有{}个苹果。", "第{}把铁锹在院子里。", "{}只山羊跑出来。", "{}号，双方互致问候。", "{}个草莓和工具。")


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    """A corpus of two articles and a hostile one, and the garden's model."""
    save_model(model, tmp_path / "garden")
    (tmp_path / "corpus").mkdir()
    for name, start in (("one", 0), ("two", 20)):
        texts = [KINDS[i % 5].format(i) for i in range(start, start + 20)]
        (tmp_path / "corpus" / f"{name}.txt").write_text("\n\n".join(texts), "utf-8")
    (tmp_path / "corpus" / "three.txt").write_text(HOSTILE, "utf-8")
    return tmp_path


class Running:
    """A running `topicat label` and the address of its page."""

    def __init__(self, folder: Path, *more: str) -> None:
        command = [*RUN, "label", "corpus", "-m", "./garden", "--no-open", "--coder", "ada", *more]
        self.process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        self.said = ""
        while "the page is " not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        self.url = self.said.split("the page is ")[1].split()[0]

    def end(self, how: int = signal.SIGINT) -> tuple[int, str]:
        """Stop it; its exit code and last words."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@contextlib.contextmanager
def running(folder: Path, *more: str) -> Iterator[Running]:
    """A `topicat label` that ends with the test."""
    found = Running(folder, *more)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate()


class Coder:
    """Someone at the keyboard, and everything the page complained of or asked of others."""

    def __init__(self, browser: Browser, url: str, width: int = 1440, scheme: Scheme = "light") -> None:
        self.problems: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        self.page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        self.page.on("request", lambda request: self._asked(request.url, url))
        self.page.goto(url)
        self.coded(None)

    def _asked(self, url: str, own: str) -> None:
        if not url.startswith(own):
            self.problems.append(f"request: {url}")

    def coded(self, n: int | None) -> None:
        """Wait until the page says that so many are coded."""
        pattern = f"{n} coded" if n is not None else "coded"
        expect(self.page.locator("#progress")).to_contain_text(pattern)

    def text(self) -> str:
        """The paragraph shown."""
        return self.page.locator("#text").inner_text()

    def press(self, *keys: str) -> None:
        """Keys one after the other, each when the page has dealt with the one before."""
        for key in keys:
            self.page.keyboard.press(key)

    def clear(self) -> None:
        """Take every topic at the top away, by its key; its subtopics go along."""
        pressed = ".topic:not(.sub) button[aria-pressed='true']"
        self.press(*self.page.locator(pressed).evaluate_all("found => found.map(button => button.dataset.key)"))
        assert self.page.locator(".topic button[aria-pressed='true']").count() == 0

    def picture(self, name: str) -> None:
        """A screenshot, where one is wanted."""
        if place := os.environ.get("TOPICAT_SCREENSHOTS"):
            self.page.screenshot(path=str(Path(place) / f"{name}.png"))


@pytest.mark.browser
def test_twenty_paragraphs_by_keyboard(browser: Browser, folder: Path) -> None:
    """Code, undo, reload, kill -9, restart: the file has what the page said, and nothing comes twice."""
    with running(folder) as first:
        coder = Coder(browser, first.url)
        seen: dict[str, list[str]] = {}
        for n in range(20):
            text = coder.text()
            assert text not in seen
            if n % 4 == 0:
                coder.press("n")
                seen[text] = []
            else:
                coder.clear()
                coder.press("2", "Enter")
                seen[text] = ["tool"]
            coder.coded(n + 1)
        assert {e.text: list(e.labels) for e in read_seeds(folder / "labels.jsonl")} == seen
        coder.press("z")
        coder.coded(19)
        last = list(seen)[-1]
        assert coder.text() == last
        assert len(read_seeds(folder / "labels.jsonl")) == 19
        coder.page.reload()
        coder.coded(19)
        assert coder.text() == last
        first.process.kill()
        first.process.wait()
        coder.press("n")
        expect(coder.page.locator("#message")).to_contain_text("Not saved: the server does not answer")
    assert [p for p in coder.problems if "ERR_CONNECTION_REFUSED" not in p] == []
    with running(folder) as second:
        again = Coder(browser, second.url)
        again.coded(19)
        for n in range(19, 41):
            assert again.text() not in list(seen)[:-1]
            again.press("s" if n % 2 else "u")
            expect(again.page.locator("#progress")).to_contain_text(f"{n - 18} put aside")
        expect(again.page.locator("#text")).to_have_text("Nothing is left to code.")
        assert again.problems == []
        code, said = second.end()
        assert code == 0
        assert "19 labelled paragraphs in labels.jsonl" in said
        assert "topicat train TAXONOMY -s labels.jsonl:3 -o my-model" in said
    assert {e.text: list(e.labels) for e in read_seeds(folder / "labels.jsonl")} == dict(list(seen.items())[:-1])


@pytest.mark.browser
def test_two_windows_and_a_mouse(browser: Browser, folder: Path) -> None:
    """Two windows show different paragraphs; buttons do what keys do; subtopics bring their parents."""
    with running(folder) as server:
        one, two = Coder(browser, server.url), Coder(browser, server.url)
        assert one.text() != two.text()
        shown = one.text()
        one.clear()
        one.page.locator("button[data-t='fruit.berry']").click()
        assert one.page.locator("button[data-t='fruit']").get_attribute("aria-pressed") == "true"
        expect(one.page.locator("#definition h2")).to_have_text("berry")
        one.press("Enter")
        one.coded(1)
        two.coded(1)
        [example] = read_seeds(folder / "labels.jsonl")
        assert (example.text, example.labels) == (shown, ("fruit.berry",))
        two.page.locator("[data-do='skip']").click()
        expect(two.page.locator("#message")).to_have_text("Skipped.")
        assert one.problems == two.problems == []


@pytest.mark.browser
def test_a_retraining_finishes_while_one_codes(browser: Browser, folder: Path, seeds_file: Path) -> None:
    """After ten labels; the page shows the charts; a page that is closed meanwhile loses nothing."""
    with running(folder, "-s", str(seeds_file)) as server:
        coder = Coder(browser, server.url)
        for n in range(9):
            coder.press("n")
            coder.coded(n + 1)
        coder.clear()
        coder.press("2", "Enter")
        coder.coded(10)
        coder.page.close()
        again = Coder(browser, server.url)
        expect(again.page.locator("#trained")).to_contain_text("learned from 10 labels", timeout=120_000)
        expect(again.page.locator(".charts svg")).to_have_count(1)
        again.press("n")
        again.coded(11)
        again.page.locator("#train").click()
        expect(again.page.locator("#trained")).to_contain_text("learned from 11 labels", timeout=120_000)
        again.picture("label-trained")
        assert overflow(again.page) == 0
        assert violations(again.page) == []
        assert again.problems == []
    assert len((folder / "labels.curve.jsonl").read_text().splitlines()) == 2


@pytest.mark.browser
def test_a_keyword_is_marked_tried_kept_and_taken_back(browser: Browser, folder: Path, garden: Taxonomy) -> None:
    """The preview lists what would change; the file changes by one word, and comes back byte for byte."""
    file = folder / "garden.yaml"
    file.write_text("# ours\n" + dump_taxonomy(garden) + "# the end\n", "utf-8")
    before = file.read_text("utf-8")
    (folder / "corpus" / "four.txt").write_text("院子里有一把园艺剪。\n\n园艺剪很快。\n\n今天下雨。", "utf-8")
    with running(folder, "-t", "garden.yaml", "-s", "none") as server:
        coder = Coder(browser, server.url)
        while "园艺剪" not in coder.text():
            shown = coder.text()
            coder.press("s")
            expect(coder.page.locator("#text")).not_to_have_text(shown)
        coder.clear()
        coder.press("2")
        coder.page.evaluate(
            """() => {
              const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf("园艺剪");
                if (at >= 0) getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + 3);
              }
            }"""
        )
        coder.press("k")
        expect(coder.page.locator("#word")).to_have_value("园艺剪")
        expect(coder.page.locator("#word-topic")).to_have_value("tool")
        expect(coder.page.locator("#word-lang")).to_have_value("zh")
        coder.press("Enter")
        expect(coder.page.locator("#preview")).to_contain_text("2 of 2 paragraphs with the word would change")
        expect(coder.page.locator("#preview li b")).to_have_text(["+tool", "+tool"])
        assert file.read_text("utf-8") == before
        coder.picture("label-words")
        assert overflow(coder.page) == 0
        assert violations(coder.page) == []
        coder.page.locator("#keep").click()
        expect(coder.page.locator("#message")).to_contain_text("Kept")
        after = file.read_text("utf-8")
        assert after != before
        assert after.replace("      - 园艺剪\n", "") == before
        assert "园艺剪" in topicat.taxonomy(file)["tool"].keywords["zh"]
        coder.page.locator("#undo-word").click()
        expect(coder.page.locator("#message")).to_have_text("The taxonomy is as it was before.")
        assert file.read_text("utf-8") == before
        assert coder.problems == []
    assert sorted(p.name for p in folder.glob(".garden*")) == []


@pytest.mark.browser
def test_a_second_coder_sees_the_agreement(browser: Browser, folder: Path) -> None:
    """The first coder's paragraphs come first; kappa and what to settle stand on the page."""
    with running(folder) as first:
        coder = Coder(browser, first.url)
        for n in range(3):
            coder.press("n")
            coder.coded(n + 1)
        first.end()
    texts = [e.text for e in read_seeds(folder / "labels.jsonl")]
    with running(folder, "--coder", "bob") as second:
        coder = Coder(browser, second.url)
        assert coder.text() == texts[0]
        coder.clear()
        coder.press("3", "Enter")
        coder.coded(1)
        coder.press("n")
        coder.coded(2)
        panel = coder.page.locator("#agreement")
        expect(panel.locator("h2")).to_have_text("Agreement with ada: 1 of 2 the same, kappa 0.00")
        panel.locator("summary").click()
        expect(panel.locator("li")).to_have_text([texts[0]])
        assert coder.problems == []
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    assert [row["coder"] for row in rows] == ["ada"] * 3 + ["bob"] * 2


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_page_fits_and_is_accessible(browser: Browser, folder: Path, width: int, scheme: Scheme) -> None:
    """No sideways scrolling, nothing serious for axe-core, hostile text stays text, no request leaves."""
    with running(folder) as server:
        coder = Coder(browser, server.url, width, scheme)
        for _ in range(41):
            if "<script>" in coder.text():
                break
            before = coder.text()
            coder.press("s")
            expect(coder.page.locator("#text")).not_to_have_text(before)
        assert "</script><script>alert(1)</script><img src=" in coder.text()
        coder.picture(f"label-{width}-{scheme}")
        assert overflow(coder.page) == 0
        assert coder.problems == []
        assert violations(coder.page) == []


def test_a_labels_file_of_another_taxonomy_is_refused(cli: Callable[..., Result], folder: Path) -> None:
    """With the label, its line, and what to do; so is wrong usage."""
    other = folder / "other.jsonl"
    other.write_text(json.dumps({"text": "x", "labels": ["energy"]}) + "\n")
    result = subprocess.run(
        [*RUN, "label", "corpus", "-m", "./garden", "-o", "other.jsonl", "--no-open"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "other.jsonl:1: taxonomy 'garden' has no topic 'energy'" in result.stderr
    assert cli("label").exit_code == 2
    assert cli("label", folder / "corpus", "--lang", "xx").exit_code == 2
    assert cli("label", folder / "corpus", "-t", "cap", "-m", folder / "garden").exit_code == 2
    assert not (folder / "labels.jsonl").exists()


def test_without_the_extra_it_says_what_to_install() -> None:
    """A missing package is a message that names the extra."""
    code = "import sys; sys.modules['filelock'] = None; from topicat.cli.main import run; run()"
    result = subprocess.run([sys.executable, "-c", code, "label", "x"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "pip install 'topicat[label]'" in result.stderr
