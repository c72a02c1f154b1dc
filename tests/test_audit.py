"""Labels that look wrong: confident learning, suspects with evidence, and the command."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from topicat.audit import audit, confident_errors
from topicat.errors import SeedsError, TrainingError
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy

Cli = Callable[..., Result]


@pytest.fixture(scope="module")
def spoiled(examples: list[Example]) -> list[Example]:
    """`examples` with two wrong rows: a goat that is a tool, and a spade that is nothing."""
    rows = [dataclasses.replace(e, place=f"mine.jsonl:{i}") for i, e in enumerate(examples, 1)]
    rows.append(Example("山羊和鸡都是村里的动物。", ("tool",), place="mine.jsonl:24"))
    rows.append(Example("The spade and the rake are good tools.", (), place="mine.jsonl:25"))
    return rows


def test_planted_errors_are_found(garden: Taxonomy, spoiled: list[Example]) -> None:
    """Both sides of a wrong label, with place, probability and the words behind the suspicion."""
    found = audit(garden, spoiled, tokenizer=rjieba())
    suspects = {(s.example.place, s.topic): s for s in found.suspects}
    goat, spade = suspects["mine.jsonl:24", "animal"], suspects["mine.jsonl:25", "tool"]
    assert goat.missing
    assert goat.probability > 0.5
    assert {e.text for e in goat.evidence} >= {"山羊", "动物"}
    assert all(e.weight > 0 for e in goat.evidence)
    wrong = suspects["mine.jsonl:24", "tool"]
    assert not wrong.missing
    assert all(e.weight < 0 for e in wrong.evidence)
    assert spade.missing
    qualities = [s.quality for s in found.suspects]
    assert qualities == sorted(qualities)
    assert max(qualities) < 0.5
    assert found.examples == 25
    assert found.counts["tool"]["given"] == sum("tool" in e.labels for e in spoiled)


def test_no_more_than_asked_for(garden: Taxonomy, spoiled: list[Example]) -> None:
    """The first n of the same list; the same each time."""
    whole, same = (audit(garden, spoiled, n=100, tokenizer=rjieba()) for _ in range(2))
    assert whole == same
    assert audit(garden, spoiled, n=1, tokenizer=rjieba()).suspects == whole.suspects[:1]
    assert len(whole.suspects) < 100


def test_equal_texts_do_not_vouch_for_one_another(garden: Taxonomy, examples: list[Example]) -> None:
    """A wrong label given three times to the same text is doubted all the same."""
    copies = [Example("山羊和鸡都是村里的动物。", ("tool",)) for _ in range(3)]
    found = audit(garden, [*examples, *copies], tokenizer=rjieba())
    assert sum(s.example.text == copies[0].text and s.topic == "animal" for s in found.suspects) == 3


def test_subtopics_that_nobody_coded_are_not_asked_about(garden: Taxonomy, examples: list[Example]) -> None:
    """With labels at the top only, a missing subtopic is no error; with some below, it is one."""
    berries = [Example(f"草莓和蓝莓在第{i}个大棚里熟了。", ("fruit",)) for i in range(3)]
    many = [dataclasses.replace(e, text=f"{e.text} {i}") for i in range(3) for e in examples]
    flat = [dataclasses.replace(e, labels=tuple({x.split(".")[0]: None for x in e.labels})) for e in many]
    assert not any("." in s.topic for s in audit(garden, [*flat, *berries], tokenizer=rjieba()).suspects)
    assert any(s.topic == "fruit.berry" for s in audit(garden, [*many, *berries], tokenizer=rjieba()).suspects)


def test_confident_errors_by_hand() -> None:
    """Thresholds are the mean self-confidences: .7 for the topic, .75 against it."""
    p = np.array([[0.9], [0.9], [0.3], [0.1], [0.1], [0.6], [0.2], [np.nan]])
    given = np.array([[True], [True], [True], [False], [False], [False], [False], [True]])
    missing, wrong = confident_errors(p, given)
    assert not missing.any()
    assert not wrong.any()
    p[2], p[5] = 0.2, 0.9
    missing, wrong = confident_errors(p, given)
    assert np.flatnonzero(missing).tolist() == [5]
    assert np.flatnonzero(wrong).tolist() == [2]


def test_a_topic_of_one_class_has_no_errors() -> None:
    """There is nothing to be as sure as."""
    missing, wrong = confident_errors(np.array([[0.9], [0.1]]), np.array([[True], [True]]))
    assert not missing.any()
    assert not wrong.any()


def test_too_little_to_audit(garden: Taxonomy, examples: list[Example]) -> None:
    """Too few seeds, one class, an unknown label."""
    with pytest.raises(TrainingError, match="too few seeds to hold any out: 4"):
        audit(garden, examples[:4])
    with pytest.raises(TrainingError, match="only one class"):
        audit(garden, [Example(f"铁锹 {i}", ("tool",)) for i in range(20)])
    with pytest.raises(SeedsError, match="no topic 'tol'"):
        audit(garden, [Example("铁锹", ("tol",)), *examples])


def test_the_command(cli: Cli, garden: Taxonomy, spoiled: list[Example], tmp_path: Path) -> None:
    """File and line, what to add or remove, labels given; JSON with the same."""
    yaml, seeds = tmp_path / "garden.yaml", tmp_path / "mine.jsonl"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    rows = [json.dumps({"text": e.text, "labels": e.labels}, ensure_ascii=False) for e in spoiled]
    seeds.write_text("\n".join(rows), "utf-8")
    done = cli("audit", seeds, "-t", yaml)
    assert done.exit_code == 0, done.stderr
    assert "add animal?" in done.stdout
    assert f"{seeds}:24" in done.stdout
    assert "given: tool" in done.stdout
    assert "25 texts; of their labels" in done.stdout
    data = json.loads(cli("audit", seeds, "-t", yaml, "-f", "json", "-n", "2").stdout)
    assert len(data["suspects"]) == 2
    keys = {"place", "text", "labels", "action", "topic", "probability", "quality", "confident", "evidence"}
    assert set(data["suspects"][0]) == keys
    assert set(data["topics"]["tool"]) == {"given", "missing", "wrong"}
    assert cli("audit").exit_code == 2
