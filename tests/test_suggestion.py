"""What to code next: doubtful, varied, some at random; and the command that says so."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from topicat.errors import UsageError
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example, check_labels, read_seeds
from topicat.store import save_model
from topicat.suggestion import suggest
from topicat.taxonomy import Taxonomy
from topicat.training import train

Cli = Callable[..., Result]

TEXTS = [
    "果园里的苹果熟了。",
    "他把工具收进仓库。",
    "动物医生来到果园。",
    "农户在超市买了提着的篮子。",
    "今天下了一场小雨。",
    "会议期间代表们参观了大棚和仓库。",
    "孩子们牵着羊在山坡上采摘。",
    "栏里的草已经翻过了。",
    "The goat slept on the agenda.",
    "He sold the barn and the ship.",
]


@pytest.fixture(scope="module")
def folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`model` in a folder."""
    path = tmp_path_factory.mktemp("models") / "garden"
    save_model(model, path)
    return path


def test_the_most_doubtful_come_first(model: Model) -> None:
    """Without variety and lot the order is that of doubt, over all texts."""
    found = suggest(model, TEXTS, n=len(TEXTS), random_share=0, variety=0)
    assert sorted(item.index for item in found) == list(range(len(TEXTS)))
    doubts = [item.doubt for item in found]
    assert doubts == sorted(doubts, reverse=True)
    few = suggest(model, TEXTS, n=3, random_share=0, variety=0)
    assert [item.index for item in few] == [item.index for item in found[:3]]


def test_doubt_is_closeness_to_the_threshold(model: Model) -> None:
    """p / t below the threshold, (1 - p) / (1 - t) above it, squared and summed over the topics at the top."""
    head = model.heads[0]
    for item in suggest(model, TEXTS, n=5, random_share=0):
        p = np.array([item.probabilities[topic] for topic in head.topics])
        close = np.where(p < head.threshold, p / head.threshold, (1 - p) / (1 - head.threshold))
        assert item.doubt == pytest.approx((close**2).sum())
        assert set(item.doubtful) == {topic for topic, c in zip(head.topics, close, strict=True) if c >= 0.5}
        assert all(topic in item.why for topic in item.doubtful)


def test_texts_that_are_coded_or_repeated_are_left_out(model: Model) -> None:
    """White space and case aside."""
    texts = [*TEXTS, f" {TEXTS[0]}\n", TEXTS[8].upper()]
    found = suggest(model, texts, known=[TEXTS[1], TEXTS[2] + " "], n=100)
    assert {item.index for item in found} == {0, *range(3, len(TEXTS))}


def test_variety_keeps_like_texts_apart(model: Model) -> None:
    """Of two that differ in a number only one is taken early; what is like a known text comes late."""
    twins = ["农户在第一超市买了提着的篮子和工具。", "农户在第二超市买了提着的篮子和工具。"]
    texts = [*twins, *TEXTS]
    plain = [item.index for item in suggest(model, texts, n=len(texts), random_share=0, variety=0)]
    varied = [item.index for item in suggest(model, texts, n=len(texts), random_share=0, variety=0.9)]
    assert abs(plain.index(0) - plain.index(1)) == 1
    assert abs(varied.index(0) - varied.index(1)) > 1
    known = suggest(model, texts, known=[twins[0]], n=len(texts) - 1, random_share=0, variety=0.9)
    assert known[-1].index == 1


def test_a_share_is_drawn_at_random(model: Model) -> None:
    """From all texts, marked, in the end, the same for the same seed."""
    texts = [f"{text}第{i}次。" for i in range(20) for text in TEXTS]
    one, same, other = (suggest(model, texts, n=20, seed=seed) for seed in (0, 0, 1))
    assert [item.drawn for item in one] == [False] * 18 + [True] * 2
    assert one == same
    assert {item.index for item in one if item.drawn} != {item.index for item in other if item.drawn}
    assert all(item.why == "drawn at random" for item in one[18:])
    everything = suggest(model, texts, n=50, random_share=1)
    assert len({item.index for item in everything if item.drawn}) == 50


def test_labels_are_the_models_and_the_deepest(model: Model) -> None:
    """A label on a subtopic implies its parents, so they are left out."""
    [item] = suggest(model, ["草莓和蓝莓熟了。"], n=1)
    assert item.labels == ("fruit.berry",)


def test_fewer_than_asked_for(model: Model) -> None:
    """As many as there are; none of nothing."""
    assert len(suggest(model, TEXTS[:3], n=20)) == 3
    assert suggest(model, [], n=20) == []
    assert suggest(model, TEXTS[:1], known=TEXTS[:1]) == []
    with pytest.raises(UsageError, match="n must be at least 0"):
        suggest(model, TEXTS, n=-1)


def test_in_an_exclusive_taxonomy_the_runner_up_makes_doubt(garden: Taxonomy, examples: list[Example]) -> None:
    """The likeliest topic wins, so what counts is how close the second comes."""
    flat = [dataclasses.replace(e, labels=(e.labels[0].split(".")[0],)) for e in examples if len(e.labels) == 1]
    model = train(dataclasses.replace(garden, exclusive=True), flat, tokenizer=rjieba())
    texts = ["果园里的苹果和草莓熟了。", "他一手提着铁锹，一手牵着山羊。"]
    first, second = suggest(model, texts, n=2, random_share=0)
    assert first.index == 1
    assert {"tool", "animal"} <= set(first.doubtful)
    assert first.doubt > second.doubt


def test_the_rows_are_seeds(cli: Cli, tmp_path: Path, folder: Path, garden: Taxonomy) -> None:
    """JSON Lines that `train -s` reads as they are, with document, paragraph and reason."""
    corpus = tmp_path / "article.txt"
    corpus.write_text("\n\n".join(TEXTS), "utf-8")
    out = tmp_path / "next.jsonl"
    done = cli("suggest", corpus, "-m", folder, "-n", "5", "-f", "jsonl", "-o", out)
    assert done.exit_code == 0, done.stderr
    assert "5 of 10 paragraphs: 5 doubtful, 0 at random" in done.stderr
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert all({"text", "labels", "document", "paragraph", "why", "doubt"} <= set(row) for row in rows)
    assert all(TEXTS[row["paragraph"] - 1] == row["text"] and row["document"] == str(corpus) for row in rows)
    coded = check_labels(read_seeds(out), garden)
    assert [e.group for e in coded] == [str(corpus)] * 5
    again = cli("suggest", corpus, "-m", folder, "-n", "5", "-f", "jsonl").stdout
    assert again == out.read_text("utf-8")
    rest = cli("suggest", corpus, "-m", folder, "-s", out)
    assert rest.exit_code == 0
    assert "5 of 10 paragraphs" in rest.stderr
    assert "not 20, for the others are coded already" in rest.stderr
    assert not any(e.text in rest.stdout for e in coded)
    assert f"{corpus}, paragraph " in rest.stdout


def test_a_corpus_with_bad_files(cli: Cli, tmp_path: Path, folder: Path) -> None:
    """What can be read is used and the exit code is 1; nothing to read at all is an error that says so."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("果园里的动物。", "utf-8")
    (corpus / "b.txt").write_bytes(b"")
    done = cli("suggest", corpus, "-m", folder)
    assert done.exit_code == 1
    assert "果园里的动物" in done.stdout
    assert "b.txt: the file is empty" in done.stderr
    (corpus / "a.txt").write_text("…… ！", "utf-8")
    nothing = cli("suggest", corpus, "-m", folder)
    assert "no paragraph in the corpus" in str(nothing.exception)
    assert "b.txt: the file is empty" in str(nothing.exception)
    assert cli("suggest").exit_code == 2
