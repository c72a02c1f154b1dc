"""Words that a taxonomy lacks, keywords that never fire, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from topicat.errors import TaxonomyError, UsageError
from topicat.keywords import find_keywords
from topicat.model import Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.store import save_model
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy
from topicat.training import train

Cli = Callable[..., Result]

FRUIT = [f"农户在大棚里采摘，第{i}天，梨子很甜，他用苹果手机拍照。" for i in range(8)]
OTHER = [f"代表团参观博物馆，第{i}天，孩子们画画。" for i in range(8)]
ENGLISH = [f"The pickers climbed ladders on day {i} and went home." for i in range(8)]
TEXTS = [*FRUIT, *OTHER, *ENGLISH, "苹果在果园里。"]
LABELS = [["fruit.citrus"]] * 8 + [[]] * 8 + [["fruit"]] * 8 + [["fruit"]]


def test_words_of_a_corpus_that_no_keyword_matches(garden: Taxonomy) -> None:
    """Over-represented in texts with the topic, with counts and context; keywords are not among them."""
    found = find_keywords(garden, texts=TEXTS, labels=LABELS, topics=["fruit"], tokenizer=rjieba())
    terms = {term.term: term for term in found.corpus["fruit"]}
    assert {"农户", "采摘", "梨子"} <= set(terms)
    assert not {"苹果", "果园", "孩子"} & set(terms)
    picked = terms["采摘"]
    assert (picked.inside, picked.outside) == (8, 0)
    assert picked.score > 10.83
    assert "农户在大棚里采摘" in picked.context
    assert found.texts == 25
    assert found.carried == {"fruit": 17}
    assert found.learned == {}


def test_a_language_does_not_pass_for_a_topic(garden: Taxonomy) -> None:
    """All English texts carry the topic, so nothing sets their words apart."""
    found = find_keywords(garden, texts=TEXTS, labels=LABELS, topics=["fruit"], tokenizer=rjieba())
    assert not {"pickers", "climbed", "the"} & {term.term for term in found.corpus["fruit"]}


def test_what_stands_in_a_keyword_or_against_the_topic_is_no_candidate(garden: Taxonomy) -> None:
    """A word inside a longer keyword is covered; a part of a counter-keyword was excluded by hand."""
    tree = Taxonomy.from_dict({**garden.to_dict(), "topics": {"t": {"keywords": {"zh": ["采摘梨子"]}}}})
    texts = [f"他们采摘梨子，第{i}天收工。" for i in range(8)] + OTHER
    labels = [["t"]] * 8 + [[]] * 8
    terms = {term.term for term in find_keywords(tree, texts=texts, labels=labels, tokenizer=rjieba()).corpus["t"]}
    assert "收工" in terms
    assert not {"采摘", "梨子"} & terms
    fruit = find_keywords(garden, texts=TEXTS, labels=LABELS, topics=["fruit"], tokenizer=rjieba()).corpus["fruit"]
    assert "手机" not in {term.term for term in fruit}


def test_words_that_the_model_learned(garden: Taxonomy, examples: list[Example]) -> None:
    """Frequent enough, with a positive weight; with a corpus only those that are over-represented in it."""
    seeds = [Example(text, tuple(labels)) for text, labels in zip(TEXTS, LABELS, strict=True)]
    model = train(garden, [*examples, *seeds], tokenizer=rjieba())
    found = find_keywords(garden, model=model, topics=["fruit", "fruit.berry"], tokenizer=rjieba())
    terms = {term.term: term for term in found.learned["fruit"]}
    assert {"梨子", "采摘"} <= set(terms)
    assert "苹果" not in terms
    assert terms["采摘"].score > 0
    assert terms["采摘"].inside is None
    assert (found.corpus, found.coverage) == ({}, {})
    seen = find_keywords(
        garden, model=model, texts=TEXTS, labels=LABELS, topics=["fruit"], n=3, tokenizer=rjieba()
    ).learned["fruit"]
    assert 0 < len(seen) <= 3
    assert all(term.inside for term in seen)


def test_coverage_counts_the_texts_in_which_each_keyword_fires(garden: Taxonomy) -> None:
    """Keywords of subtopics too; inside a counter-keyword a keyword does not fire."""
    found = find_keywords(garden, texts=TEXTS, labels=LABELS, tokenizer=rjieba()).coverage
    assert found["fruit"]["zh"]["苹果"] == 1
    assert found["fruit"]["zh"]["草莓"] == 0
    assert found["fruit"]["en"]["apple*"] == 0
    assert set(found) == {"fruit", "tool", "animal"}
    only = find_keywords(garden, texts=TEXTS, labels=LABELS, lang="zh", tokenizer=rjieba())
    assert set(only.coverage["fruit"]) == {"zh"}


def test_one_language_only(garden: Taxonomy) -> None:
    """By the script of its keywords; a language without keywords is refused with those that there are."""
    labels = [*LABELS[:16], *[["fruit"]] * 4, *[[]] * 4, ["fruit"]]
    texts = [t if i < 20 else t.replace("pickers", "men").replace("ladders", "hills") for i, t in enumerate(TEXTS)]
    both = find_keywords(garden, texts=texts, labels=labels, topics=["fruit"], tokenizer=rjieba()).corpus["fruit"]
    assert {"pickers", "采摘"} <= {term.term for term in both} | {"pickers"}
    zh = find_keywords(garden, texts=texts, labels=labels, topics=["fruit"], lang="zh", tokenizer=rjieba())
    assert all(term.term[0] > "一" for term in zh.corpus["fruit"])
    with pytest.raises(UsageError, match="no keywords in 'ru'; taxonomy 'garden' has: en, zh"):
        find_keywords(garden, texts=texts, labels=labels, lang="ru")


def test_nothing_to_compare_with(garden: Taxonomy) -> None:
    """A topic that all texts carry, or none, has no words; no texts, no words; mismatched lists are refused."""
    found = find_keywords(garden, texts=FRUIT, labels=[["fruit"]] * 8, tokenizer=rjieba())
    assert found.corpus == {"fruit": (), "tool": (), "animal": ()}
    empty = find_keywords(garden)
    assert (empty.texts, empty.corpus, empty.learned) == (0, {}, {})
    with pytest.raises(UsageError, match="8 texts, but labels for 0"):
        find_keywords(garden, texts=FRUIT)
    with pytest.raises(TaxonomyError, match="no topic 'froot'"):
        find_keywords(garden, topics=["froot"])


def test_the_command(cli: Cli, model: Model, garden: Taxonomy, tmp_path: Path) -> None:
    """From a corpus by the model's labels, from seeds by their own, from a model alone; JSON with coverage."""
    save_model(model, tmp_path / "model")
    (tmp_path / "garden.yaml").write_text(dump_taxonomy(garden), "utf-8")
    (tmp_path / "corpus.txt").write_text("\n\n".join([*(f"果园{i}：采摘。" for i in range(9)), *OTHER]), "utf-8")
    rows = [json.dumps({"text": t, "labels": x}, ensure_ascii=False) for t, x in zip(TEXTS, LABELS, strict=True)]
    (tmp_path / "seeds.jsonl").write_text("\n".join(rows), "utf-8")
    done = cli("keywords", tmp_path / "corpus.txt", "-m", tmp_path / "model", "--topic", "fruit")
    assert done.exit_code == 0, done.stderr
    for words in ("fruit  ·  9 of 17 texts", "采摘", "in the corpus (G²)", "in the model (weight · idf)", "never: "):
        assert words in done.stdout
    seeds = cli("keywords", "-s", tmp_path / "seeds.jsonl", "-t", tmp_path / "garden.yaml", "-f", "json", "-n", "2")
    data = json.loads(seeds.stdout)
    assert data["texts"] == 25
    assert len(data["corpus"]["fruit"]) == 2
    assert set(data["corpus"]["fruit"][0]) == {"term", "score", "inside", "outside", "context"}
    assert data["coverage"]["fruit"]["zh"]["苹果"] == 1
    assert data["learned"] == {}
    alone = cli("keywords", "-m", tmp_path / "model")
    assert alone.exit_code == 0
    assert "never" not in alone.stdout
    wrong = cli("keywords", "-m", tmp_path / "model", "--lang", "ru")
    assert wrong.exit_code == 2
    assert "--lang: no keywords in 'ru'; taxonomy 'garden' has: en, zh" in wrong.stderr
