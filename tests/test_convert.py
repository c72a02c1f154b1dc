"""`topicat taxonomy convert` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from topicat import corpora
from topicat.cli.convert import FORMAT_NAMES
from topicat.formats import FORMATS
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import dump_taxonomy, load_taxonomy

Cli = Callable[..., Result]


@pytest.fixture
def garden_yaml(garden: Taxonomy, tmp_path: Path) -> Path:
    """`garden` as a file."""
    path = tmp_path / "garden.yaml"
    path.write_text(dump_taxonomy(garden), "utf-8")
    return path


def test_the_names_of_the_formats_are_those_that_there_are() -> None:
    """The command repeats them so that its help imports nothing."""
    assert tuple(FORMATS) == FORMAT_NAMES


def test_there_and_back(cli: Cli, garden: Taxonomy, garden_yaml: Path, tmp_path: Path) -> None:
    """By the endings alone, without a word where nothing is lost."""
    for args in ((garden_yaml, "-o", tmp_path / "a.ttl"), (tmp_path / "a.ttl", "-o", tmp_path / "back.yaml")):
        done = cli("taxonomy", "convert", *args)
        assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert load_taxonomy(tmp_path / "back.yaml") == garden


def test_what_is_lost_is_listed(cli: Cli, garden_yaml: Path, tmp_path: Path) -> None:
    """In short on standard error, in full as JSON; the dictionary itself goes to standard output."""
    done = cli("taxonomy", "convert", garden_yaml, "-o", "-", "--to", "quanteda", "--lost", tmp_path / "lost.json")
    assert done.exit_code == 0
    assert done.stdout.startswith("fruit:\n  berry:\n")
    assert done.stderr.startswith(
        "topicat: -: what the format quanteda cannot hold:\n  version\n  label.en: 3 (fruit, tool, animal)\n"
    )
    lost = json.loads((tmp_path / "lost.json").read_text("utf-8"))
    assert {"where": "fruit", "what": "not_keywords.zh", "value": ["苹果手机"]} in lost


def test_a_bundled_taxonomy_is_given_by_name(cli: Cli, tmp_path: Path) -> None:
    """With what it includes; the result is one whole file."""
    done = cli("taxonomy", "convert", "policy", "-o", tmp_path / "flat.yaml")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "include" not in (tmp_path / "flat.yaml").read_text("utf-8").split("topics:")[0]
    assert cli("taxonomy", "check", tmp_path / "flat.yaml").exit_code == 0


def test_the_source_can_be_forced(cli: Cli, tmp_path: Path) -> None:
    """A quanteda dictionary that has a key `taxonomy` of its own."""
    path = tmp_path / "biology.yml"
    path.write_text("taxonomy: [species, genus]\n", "utf-8")
    done = cli("taxonomy", "convert", path, "-o", tmp_path / "a.yaml")
    assert "taxonomy must be text, found a list" in str(done.exception)
    done = cli("taxonomy", "convert", path, "--from", "quanteda", "-o", tmp_path / "a.yaml", "--lang", "la")
    assert (done.exit_code, done.stderr) == (0, "")
    assert load_taxonomy(tmp_path / "a.yaml")["taxonomy"].keywords == {"la": ("species", "genus")}


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("policy", "-o", "a.bin"), 2, "a.bin: its ending tells no format; name one with --to: topicat, skos"),
        (("policy", "-o", "-"), 2, "-: its ending tells no format"),
        (("polcy", "-o", "a.ttl"), 1, "did you mean 'policy'?"),
        (("missing.ttl", "-o", "a.yaml"), 1, "missing.ttl: there is no such file"),
        (("policy", "-o", "no/such/a.ttl"), 1, "no/such/a.ttl: cannot be written"),
        (("policy", "-o", "a.yml", "-f", "quanteda", "--only", "Chinese"), 2, "--only 'Chinese': no language code"),
        (("policy", "-o", "a.ttl", "--from", "word"), 2, "'word' is not one of 'topicat', 'skos'"),
    ],
)
def test_wrong_usage_says_what_is_right(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, message: str
) -> None:
    """Exit code 2 for wrong usage, 1 for what is not there; nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = cli("taxonomy", "convert", *args)
    assert (done.exit_code or int(done.exception is not None)) == code
    assert message in done.stderr + str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_what_a_taxonomy_file_cannot_have_is_not_written(cli: Cli, tmp_path: Path) -> None:
    """A language that is none: the message names the line in the file that would have been."""
    path = tmp_path / "a.ttl"
    path.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix t: <urn:topicat:vocabulary#> .\n"
        '<urn:s> a skos:ConceptScheme ; t:id "s" ; t:languages ("Chinese") . <urn:a> a skos:Concept .',
        "utf-8",
    )
    done = cli("taxonomy", "convert", path, "-o", tmp_path / "a.yaml")
    assert "a.yaml:4:3: 'Chinese' is no language code" in str(done.exception)
    assert not (tmp_path / "a.yaml").exists()


def test_the_page_names_every_format() -> None:
    """Taxonomies and labelled texts."""
    page = (Path(__file__).parent.parent / "docs" / "formats.md").read_text("utf-8")
    assert [name for name in (*FORMATS, *corpora.FORMATS) if f"`{name}`" not in page] == ["predictions"]
