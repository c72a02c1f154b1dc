"""`topicat taxonomy check`, `show`, `diff` and `merge` as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import topicat
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy

Cli = Callable[..., Result]
HERE = Path(__file__).parent
COUNTRIES = HERE / "countries.yaml"


@pytest.fixture
def garden_yaml(garden: Taxonomy, tmp_path: Path) -> Path:
    """`garden` in a file."""
    path = tmp_path / "garden.yaml"
    path.write_text(dump_taxonomy(garden), "utf-8")
    return path


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A folder with an article and a file without text."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("果园里的草莓熟了。\n\n苹果手机降价。\n\n铁锹和山羊都在院子里。\n", "utf-8")
    (folder / "b.jsonl").write_text('{"labels": []}\n', "utf-8")
    return folder


# check


def test_check_says_fine_and_counts_the_rest(cli: Cli, garden_yaml: Path) -> None:
    """Warnings on standard output, and no failure for them; notes when asked for."""
    done = cli("taxonomy", "check", garden_yaml)
    assert done.exit_code == 0
    assert done.stderr == ""
    *lines, last = done.stdout.splitlines()
    assert all(line.startswith(f"{garden_yaml}:") and ": warning: " in line for line in lines)
    assert last.startswith(f"{garden_yaml}: fine: garden 1.2.0, 5 topics, 26 keywords; {len(lines)} warnings")
    assert ": note: " in cli("taxonomy", "check", COUNTRIES, "--corpus", COUNTRIES, "--notes").stdout


def test_check_fails_on_errors_and_if_strict_on_warnings(cli: Cli, garden_yaml: Path, tmp_path: Path) -> None:
    """Every file is checked; `--ignore` takes a code out of the count."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("taxonomy: bad\ntopic: {}\n", "utf-8")
    done = cli("taxonomy", "check", bad, garden_yaml, tmp_path / "none.yaml", "polcy")
    assert done.exit_code == 1
    assert f"{bad}:2:1: unknown key 'topic' in the taxonomy; did you mean 'topics'? [T005]" in done.stdout
    assert f"{bad}: 2 errors\n" in done.stdout
    assert f"{garden_yaml}: fine" in done.stdout
    assert "none.yaml: there is no such taxonomy file" in done.stdout
    assert "did you mean 'policy'?" in done.stdout
    assert cli("taxonomy", "check", garden_yaml, "--strict").exit_code == 1
    codes = {d["code"] for d in json.loads(cli("taxonomy", "check", garden_yaml, "-f", "json").stdout)}
    ignored = [arg for code in codes for arg in ("--ignore", code)]
    assert cli("taxonomy", "check", garden_yaml, "--strict", *ignored).exit_code == 0
    assert cli("taxonomy", "check", garden_yaml, "--ignore", "T999").exit_code == 2
    assert cli("taxonomy", "check", garden_yaml, "--ignore", "T005").exit_code == 2


def test_check_as_data(cli: Cli, tmp_path: Path) -> None:
    """One list for all files, errors too, each with the six keys."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("topics: {a: {}}\n", "utf-8")
    found = json.loads(cli("taxonomy", "check", COUNTRIES, bad, "-f", "json").stdout)
    assert {d["file"] for d in found} == {str(COUNTRIES), str(bad)}
    assert all(list(d)[:6] == ["file", "line", "column", "code", "severity", "message"] for d in found)
    [india] = [d for d in found if d.get("keyword") == "印度"]
    assert (india["code"], india["line"], india["column"], india["topic"]) == ("T103", 7, 44, "IN")
    assert india["others"][0] == {"keyword": "印度尼西亚", "topic": "ID"}


def test_check_with_a_corpus(cli: Cli, garden_yaml: Path, article: Path) -> None:
    """A table of topics; every keyword as data; a file without text in a folder is said and passed over."""
    done = cli("taxonomy", "check", garden_yaml, "--corpus", article)
    assert done.exit_code == 0, done.stderr
    assert "b.jsonl:1: the line has no text" in done.stderr
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line}
    assert rows["fruit"][1:6] == ["1", "33%", "1", "of", "6"]
    assert rows["fruit.berry"][1:] == ["1", "33%", "1", "of", "4", "草莓", "1"]
    assert "together: animal + tool 1" in done.stdout
    found = json.loads(cli("taxonomy", "check", garden_yaml, "--corpus", article, "-f", "json").stdout)
    [spade] = [d for d in found if d["code"] == "T201" and d["keyword"] == "铁锹"]
    assert (spade["times"], spade["paragraphs"], spade["of"]) == (1, 1, 3)
    assert spade["where"] == [{"document": str(article / "a.txt"), "paragraph": 3}]
    assert len([d for d in found if d["code"] in ("T201", "T202")]) == 26
    lost = cli("taxonomy", "check", garden_yaml, "--corpus", article / "b.jsonl")
    assert "no paragraph in the corpus" in str(lost.exception)


def test_policy_has_no_error(cli: Cli) -> None:
    """With an article as corpus: warnings and notes only."""
    done = cli("taxonomy", "check", "policy", "--corpus", HERE.parent / "examples", "-f", "json")
    assert done.exit_code == 0
    assert "error" not in {d["severity"] for d in json.loads(done.stdout)}


# show


def test_show_counts(cli: Cli, garden_yaml: Path) -> None:
    """The whole, and each topic, with labels in the language asked for."""
    lines = cli("taxonomy", "show", garden_yaml, "--lang", "zh").stdout.splitlines()
    assert lines[0] == "garden 1.2.0: 5 topics, zh 13  en 13 keywords; a text may have several topics, or none"
    assert lines[1] == "fruit            水果  (zh 3  en 3 keywords)"
    assert lines[2] == "  berry          berry  (zh 2  en 2 keywords)"
    assert "151 examples" in cli("taxonomy", "show", "policy").stdout.splitlines()[0]


def test_show_one_topic(cli: Cli, garden_yaml: Path) -> None:
    """In full or in one language, by path or by label; what is not there is named."""
    whole = cli("taxonomy", "show", garden_yaml, "fruit").stdout
    assert "apple computer*" in whole
    assert "柠檬" in whole
    chinese = cli("taxonomy", "show", garden_yaml, "水果", "--lang", "zh").stdout
    assert "苹果手机" in chinese
    assert "柠檬" in chinese
    assert "apple" not in chinese
    lost = cli("taxonomy", "show", garden_yaml, "--lang", "fr")
    assert lost.exit_code == 2
    assert "--lang 'fr': taxonomy 'garden' is in zh, en" in lost.stderr
    assert "has no topic 'vegetable'" in str(cli("taxonomy", "show", garden_yaml, "vegetable").exception)


# diff


def test_diff(cli: Cli, garden_yaml: Path, article: Path, tmp_path: Path) -> None:
    """Lines for people, data for programs; with a corpus the paragraphs whose label changes."""
    new = tmp_path / "new.yaml"
    new.write_text(
        "taxonomy: garden\nversion: 1.3.0\nlanguages: [zh, en]\ntopics:\n"
        "  plants:\n    topics:\n      fruit: {keywords: {zh: [水果, 苹果, 果园], en: ['fruit*']}}\n"
        "  tool:\n    label: {en: Tools, zh: 工具}\n"
        "    keywords: {zh: [锄头, 工具, 剪刀], en: ['spade*', 'rake*', 'tool*']}\n",
        "utf-8",
    )
    same = cli("taxonomy", "diff", garden_yaml, garden_yaml)
    assert (same.exit_code, same.stdout) == (0, "no difference\n")
    lines = cli("taxonomy", "diff", garden_yaml, new, "--corpus", article).stdout.splitlines()
    for line in (
        "version + 1.3.0",
        "+ plants",
        "- animal",
        "> fruit is now plants.fruit",
        "~ tool",
        "    keywords zh + 剪刀",
        "    keywords zh - 铁锹",
        "3 of 3 paragraphs change their label",
        f"{article / 'a.txt'}:3: -animal -tool",
    ):
        assert line in lines
    data = json.loads(cli("taxonomy", "diff", garden_yaml, new, "--corpus", article, "-f", "json").stdout)
    assert data["moved"] == {"fruit": "plants.fruit"}
    assert data["changed"]["tool"] == [{"field": "keywords", "lang": "zh", "added": ["剪刀"], "gone": ["铁锹"]}]
    assert data["paragraphs"] == 3
    assert data["relabelled"][2] == {
        "document": str(article / "a.txt"),
        "paragraph": 3,
        "text": "铁锹和山羊都在院子里。",
        "added": [],
        "gone": ["animal", "tool"],
    }


def test_diff_of_trained_labels(cli: Cli, garden_yaml: Path, article: Path) -> None:
    """Two models, each from its taxonomy alone, on the same texts; not without texts."""
    same = cli("taxonomy", "diff", garden_yaml, garden_yaml, "--corpus", article, "--trained")
    assert same.stdout.splitlines()[-1] == "0 of 3 paragraphs change their label"
    animals = garden_yaml.with_name("animals.yaml")
    animals.write_text(garden_yaml.read_text("utf-8").replace("铁锹", "狐狸"), "utf-8")
    less = cli("taxonomy", "diff", garden_yaml, animals, "--corpus", article, "--trained", "-f", "json")
    assert [row["gone"] for row in json.loads(less.stdout)["relabelled"]] == [["tool"]]
    assert cli("taxonomy", "diff", garden_yaml, garden_yaml, "--trained").exit_code == 2


# merge


def test_merge_by_includes(cli: Cli, garden_yaml: Path, tmp_path: Path) -> None:
    """Names stay names, files are found from the new one's place; the result passes the check."""
    out = tmp_path / "sub" / "all.yaml"
    out.parent.mkdir()
    done = cli("taxonomy", "merge", "water", garden_yaml, "-o", out)
    assert done.exit_code == 0, done.exception
    text = out.read_text("utf-8")
    assert "include:\n- water\n- ../garden.yaml\n" in text
    assert "topics:" not in text
    assert topicat.taxonomy(out).roots == ("water", "fruit", "tool", "animal")
    assert cli("taxonomy", "check", out).exit_code == 0
    assert "is there already" in str(cli("taxonomy", "merge", "water", "energy", "-o", out).exception)


def test_merge_with_overrides(cli: Cli, garden_yaml: Path, tmp_path: Path) -> None:
    """A topic of two taxonomies is said; `--flat` gives the same topics without includes."""
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "taxonomy: mine\ntopics: {fruit: {keywords: {zh: [梨]}}, shop: {keywords: {zh: [商店]}}}\n", "utf-8"
    )
    done = cli("taxonomy", "merge", garden_yaml, mine, "-o", tmp_path / "all.yaml")
    assert f"topic 'fruit': of {garden_yaml.name} and {mine.name}, the last is laid over" in done.stderr
    tree = topicat.taxonomy(tmp_path / "all.yaml")
    assert tree["fruit"].keywords["zh"] == ("梨",)
    assert tree["fruit"].keywords["en"] == ("fruit*", "apple*", "orchard*")
    flat = cli("taxonomy", "merge", garden_yaml, mine, "-o", tmp_path / "flat.yaml", "--flat", "--id", "all")
    assert flat.exit_code == 0
    assert "include" not in (tmp_path / "flat.yaml").read_text("utf-8")
    assert topicat.taxonomy(tmp_path / "flat.yaml") == tree


def test_merge_refuses_what_makes_no_taxonomy(cli: Cli, garden_yaml: Path, tmp_path: Path) -> None:
    """One taxonomy only, twice the same, no file, an id that is none; nothing is left behind."""
    assert cli("taxonomy", "merge", "water", "-o", tmp_path / "a.yaml").exit_code == 2
    assert cli("taxonomy", "merge", "water", "water", "-o", tmp_path / "a.yaml").exit_code == 2
    assert cli("taxonomy", "merge", "water", "energy", "-o", "-").exit_code == 2
    assert "is no id" in str(cli("taxonomy", "merge", "water", "energy", "-o", tmp_path / "a b.yaml").exception)
    assert "is exclusive" in str(cli("taxonomy", "merge", "cap", garden_yaml, "-o", tmp_path / "a.yaml").exception)
    assert {path.name for path in tmp_path.iterdir()} == {"garden.yaml"}


def test_merge_keeps_a_name_apart_from_a_file_beside(cli: Cli, garden: Taxonomy, tmp_path: Path) -> None:
    """A bundled taxonomy is included by path where a file of its name would be found first."""
    (tmp_path / "water.yaml").write_text(dump_taxonomy(garden), "utf-8")
    done = cli("taxonomy", "merge", "water", "energy", "-o", tmp_path / "all.yaml")
    assert done.exit_code == 0, done.exception
    assert topicat.taxonomy(tmp_path / "all.yaml").roots == ("water", "energy")
