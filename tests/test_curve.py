"""Learning curves: what is measured, the power law, and the command."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from topicat.curve import fit_power_law, learning_curve
from topicat.errors import NotFoundError, TrainingError
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy
from topicat.training import TrainingSettings

Cli = Callable[..., Result]
FAST: dict[str, Any] = {"sizes": 3, "repeats": 2, "tokenizer": rjieba(), "settings": TrainingSettings(folds=2)}


@pytest.fixture(scope="module")
def bare() -> Taxonomy:
    """Three topics of which nothing is known but their names and one keyword: labels have to teach."""
    words = {"fruit": "水果", "tool": "工具", "animal": "动物"}
    topics = {topic: {"keywords": {"zh": [word]}} for topic, word in words.items()}
    return Taxonomy.from_dict({"taxonomy": "bare", "topics": topics})


@pytest.fixture(scope="module")
def flat(examples: list[Example]) -> list[Example]:
    """Forty-six examples with labels at the top only."""
    many = [dataclasses.replace(e, text=f"{e.text}{mark}") for mark in ("", " 又及。") for e in examples]
    return [dataclasses.replace(e, labels=tuple({x.split(".")[0]: None for x in e.labels})) for e in many]


def test_labels_raise_the_score(bare: Taxonomy, flat: list[Example]) -> None:
    """Sizes ascend from none to all; with half of the texts seen the other half is easy."""
    curve = learning_curve(bare, flat[:23], test=flat[23:], **FAST)
    assert [p.size for p in curve.points] == [0, 10, 15, 23]
    assert all(len(p.scores) == 2 for p in curve.points)
    means = [p.mean for p in curve.points]
    assert means[0] < means[1] < means[3]
    assert means[3] > 0.9
    assert curve.law is not None
    assert curve.gain is not None
    assert curve.low is not None
    assert curve.high is not None
    assert curve.gain >= 0
    assert curve.low <= curve.high


def test_the_same_call_gives_the_same_curve(bare: Taxonomy, flat: list[Example]) -> None:
    """Measured on folds of the examples themselves; progress is told up to the end."""
    seen: list[tuple[int, int]] = []
    one = learning_curve(bare, flat, progress=lambda done, steps, what: seen.append((done, steps)), **FAST)
    assert one == learning_curve(bare, flat, **FAST)
    assert seen == [(done, 8) for done in range(9)]
    assert one.labels == 46
    assert one.points[-1].size == 23


def test_what_is_measured_on_is_not_learned(bare: Taxonomy, flat: list[Example]) -> None:
    """Examples and base texts that are in the test data are left out; equal texts share a fold."""
    curve = learning_curve(bare, flat, test=flat[23:], base=flat[23:], **FAST)
    assert curve.labels == 23
    with pytest.raises(TrainingError, match="of 1 groups, and 2 folds need one each"):
        learning_curve(bare, [flat[0]] * 30, **FAST)


def test_a_base_is_where_the_curve_starts(bare: Taxonomy, flat: list[Example]) -> None:
    """Every model learns from it too."""
    [start, *_] = learning_curve(bare, flat[:23], test=flat[23::2], base=flat[24::2], **FAST).points
    assert start.size == 0
    assert start.mean > 0.3  # the taxonomy alone finds nothing here


def test_too_little_for_a_curve(garden: Taxonomy, examples: list[Example]) -> None:
    """Too few seeds, or of one class."""
    with pytest.raises(TrainingError, match="too few seeds for a curve: 19, it needs 20; label some more"):
        learning_curve(garden, examples[:19])
    tools = [Example(f"铁锹 {i}", ("tool",)) for i in range(20)]
    with pytest.raises(TrainingError, match="only one class"):
        learning_curve(garden, tools, **FAST)


def test_a_power_law_is_found_again() -> None:
    """From points without noise; the law then predicts."""
    sizes = [10, 20, 40, 80, 160, 320]
    law = fit_power_law(sizes, [0.85 - 0.6 * n**-0.4 for n in sizes])
    assert law is not None
    assert (law.limit, law.drop, law.rate) == pytest.approx((0.85, 0.6, 0.4), abs=0.03)
    assert law(1000) == pytest.approx(0.85 - 0.6 * 1000**-0.4, abs=0.002)


def test_a_power_law_keeps_its_bounds() -> None:
    """Falling scores promise nothing; no law ends above 1; two points are no curve."""
    falling = fit_power_law([10, 20, 40, 80], [0.9, 0.8, 0.7, 0.6])
    assert falling is not None
    assert falling(10_000) == falling(80)
    steep = fit_power_law([10, 20, 40, 80], [0.1, 0.4, 0.7, 0.99])
    assert steep is not None
    assert steep.limit <= 1
    assert fit_power_law([10, 20], [0.5, 0.6]) is None


def test_the_command(cli: Cli, garden: Taxonomy, flat: list[Example], tmp_path: Path) -> None:
    """A line for each size and what more would bring; JSON with the repeats; a taxonomy without seeds has no base."""
    yaml = tmp_path / "garden.yaml"
    yaml.write_text(dump_taxonomy(garden), "utf-8")
    seeds = tmp_path / "seeds.jsonl"
    rows = [{"text": e.text, "labels": e.labels} for e in flat]
    seeds.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    args = ["curve", seeds, "-t", yaml, "--repeats", "2", "--sizes", "3", "--next", "25"]
    done = cli(*args)
    assert done.exit_code == 0, done.stderr
    for words in ("labels  micro-F1", "(the taxonomy alone)", "25 more would bring", "80 % interval"):
        assert words in done.stdout
    data = json.loads(cli(*args, "-f", "json").stdout)
    assert [point["labels"] for point in data["points"]] == [0, 10, 15, 23]
    assert data["next"]["labels"] == 25
    assert isinstance(cli(*args, "--base").exception, NotFoundError)
    assert cli("curve").exit_code == 2
