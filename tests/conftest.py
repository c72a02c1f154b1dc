"""A small taxonomy, a few seeds and a model of them, shared by the tests."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from click.testing import CliRunner, Result

from topicat import registry
from topicat.cli.main import main
from topicat.features import SCRIPTS, Settings, hash_terms
from topicat.model import Head, Model
from topicat.plugins.tokenizers import rjieba
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy
from topicat.training import train

# No test fails because the machine is busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A package of its own, with modules that are installed before they are imported.
collect_ignore = ["plugin_example"]

TAXONOMY = {
    "taxonomy": "garden",
    "version": "1.2.0",
    "languages": ["zh", "en"],
    "topics": {
        "fruit": {
            "label": {"en": "Fruit", "zh": "水果"},
            "definition": {"en": "Fruit of all kinds.", "zh": "各种水果。"},
            "keywords": {"zh": ["水果", "苹果", "果园"], "en": ["fruit*", "apple*", "orchard*"]},
            "not_keywords": {"zh": ["苹果手机"], "en": ["apple computer*"]},
            "topics": {
                "berry": {"keywords": {"zh": ["草莓", "蓝莓"], "en": ["berr*", "strawberr*"]}},
                "citrus": {"keywords": {"zh": ["柑橘", "柠檬"], "en": ["lemon*", "orange*"]}},
            },
        },
        "tool": {
            "label": {"en": "Tools", "zh": "工具"},
            "keywords": {"zh": ["锄头", "铁锹", "工具"], "en": ["spade*", "rake*", "tool*"]},
        },
        "animal": {
            "label": {"en": "Animals", "zh": "动物"},
            "keywords": {"zh": ["鸡", "山羊", "动物"], "en": ["hen*", "goat*", "animal*"]},
        },
    },
}

ROWS: list[tuple[str, list[str]]] = [
    ("果园里的苹果今年收成很好。", ["fruit"]),
    ("草莓大棚开门迎客，孩子们提着篮子采摘。", ["fruit.berry"]),
    ("农户把蓝莓卖到了城里的超市。", ["fruit.berry"]),
    ("山坡上的柑橘熟了，柠檬也挂满枝头。", ["fruit.citrus"]),
    ("他用铁锹翻了一上午的地。", ["tool"]),
    ("仓库里摆着新买的锄头和各种工具。", ["tool"]),
    ("山羊从栏里跑出来，把鸡吓得乱飞。", ["animal"]),
    ("村里的动物医生每周来一次。", ["animal"]),
    ("他一手提着水果，一手牵着山羊。", ["fruit", "animal"]),
    ("会议在友好的气氛中结束，代表们互致问候。", []),
    ("今天多云转晴，最高气温二十度。", []),
    ("双方回顾了多年的友谊，期待再次见面。", []),
    ("他买了一部苹果手机。", []),
    ("The orchard sold its apples early this year.", ["fruit"]),
    ("Strawberries and other berries ripen in June.", ["fruit.berry"]),
    ("Lemons and oranges came by ship.", ["fruit.citrus"]),
    ("She leaned the rake and the spade on the wall.", ["tool"]),
    ("A good tool lasts for years.", ["tool"]),
    ("The goat ate the hen's breakfast.", ["animal"]),
    ("Animals sleep in the barn.", ["animal"]),
    ("The delegates thanked their hosts and left.", []),
    ("It rained for most of the afternoon.", []),
    ("He opened the session and read the agenda.", []),
]


@pytest.fixture(scope="session")
def garden() -> Taxonomy:
    """A taxonomy of three topics, one with subtopics."""
    return Taxonomy.from_dict(TAXONOMY)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """A few labelled sentences for `garden`."""
    return [Example(text, tuple(labels), "zh" if text[0] > "一" else "en") for text, labels in ROWS]


@pytest.fixture(scope="session")
def model(garden: Taxonomy, examples: list[Example]) -> Model:
    """A model of `garden` and `examples`."""
    return train(garden, examples, tokenizer=rjieba())


@pytest.fixture
def shed() -> Model:
    """A model made by hand: fruit (apple, pear) and tool (rake, spade), each known by its own name alone."""
    words = ["apple", "pear", "rake", "spade"]
    tree: dict[str, Any] = {
        "fruit": {"topics": {"apple": {}, "pear": {}}},
        "tool": {"topics": {"rake": {}, "spade": {}}},
    }
    vocabulary = hash_terms([("w", word) for word in words])
    order = np.argsort(vocabulary)

    def head(parent: str, topics: tuple[str, ...], own: list[int], rows: list[list[float]]) -> Head:
        """The weights of the words of those numbers."""
        places = np.array([order.tolist().index(number) for number in own])
        calibration = np.ones((len(SCRIPTS), len(topics)))
        return Head(
            parent,
            topics,
            np.sort(places) if parent else None,
            np.array(rows, np.float32)[np.argsort(places)],
            np.full(len(topics), -3.0),
            calibration,
            0 * calibration,
            np.full(len(topics), 0.5),
            len(words),
        )

    return Model(
        Taxonomy.from_dict({"taxonomy": "shed", "topics": tree}),
        Settings(han_words=(0, 0), parts=(0, 0), han_chars=False, keyword_terms=False, topic_terms=False),
        "mean",
        vocabulary[order],
        np.full(len(words), 0.5, np.float32),
        (
            head("", ("fruit", "tool"), [0, 1, 2, 3], [[8, 0], [8, 0], [0, 8], [0, 8]]),
            head("fruit", ("fruit.apple", "fruit.pear"), [0, 1], [[9, 0], [0, 9]]),
            head("tool", ("tool.rake", "tool.spade"), [2, 3], [[9, 0], [0, 9]]),
        ),
    )


@pytest.fixture
def seeds_file(tmp_path: Path) -> Path:
    """`ROWS` as a JSON Lines file."""
    path = tmp_path / "garden.jsonl"
    rows = [json.dumps({"text": text, "labels": labels}, ensure_ascii=False) for text, labels in ROWS]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def cli() -> Callable[..., Result]:
    """Runs the command line in this process; gives a result with `stdout`, `stderr` and `exit_code`."""

    def run(*args: str | Path, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(a) for a in args], input=input)

    return run


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], Path]]:
    """Installs a plugin of version 2.0, with its entry points and the code of its module NAME_plugin; gives the folder.

    The registry forgets it afterwards.
    """

    def put(name: str, entries: str, code: str = "") -> Path:
        info = tmp_path / f"{name}-2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n")
        (info / "entry_points.txt").write_text(entries)
        (tmp_path / f"{name}_plugin.py").write_text(code, "utf-8")
        _forget(name)
        return tmp_path

    monkeypatch.syspath_prepend(str(tmp_path))
    yield put
    for info in tmp_path.glob("*.dist-info"):
        _forget(info.name.partition("-")[0])


def _forget(name: str) -> None:
    """Of the plugin `name`, and of the plugins in general."""
    sys.modules.pop(f"{name}_plugin", None)
    importlib.invalidate_caches()
    registry.plugins.cache_clear()
    registry._folder.cache_clear()
