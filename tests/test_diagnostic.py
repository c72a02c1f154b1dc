"""The codes of findings: every one is explained in docs/diagnostics.md, with an example that brings it about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from topicat.diagnostic import CODES, NOTE, WARNING, Diagnostic, refusal

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs" / "diagnostics.md").read_text("utf-8")
SECTIONS = {
    code: (title, text) for code, title, text in re.findall(r"^### (T\d+) (.*)\n((?:(?!^##).*\n)*)", DOCS, re.MULTILINE)
}


def block(text: str, language: str) -> str:
    """The first code block in `language`, or nothing."""
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_every_code_is_documented_and_no_other() -> None:
    """In order, under its title, with words of its own before the example."""
    assert {code: title.lower() for code, (title, _) in SECTIONS.items()} == {c: t.lower() for c, t in CODES.items()}
    assert list(SECTIONS) == sorted(CODES)
    assert all(len(text.split("```")[0].strip()) > 10 for _, text in SECTIONS.values())


@pytest.mark.parametrize("code", CODES)
def test_the_example_brings_it_about(
    code: str, cli: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the severity that the first digit promises; a text stands for a corpus of a hundred such paragraphs."""
    monkeypatch.chdir(tmp_path)
    _, text = SECTIONS[code]
    args = block(text, "sh").split()[1:] or ["taxonomy", "check", "example.yaml"]
    (tmp_path / "example.yaml").write_text(block(text, "yaml"), "utf-8")
    if paragraph := block(text, "text"):
        (tmp_path / "corpus.txt").write_text(f"{paragraph}\n" * 100, "utf-8")
        args += ["--corpus", "corpus.txt"]
    done = cli(*args, "-f", "json")
    found = [d for d in json.loads(done.stdout) if d["code"] == code]
    assert found
    assert {d["severity"] for d in found} <= ({"error"} if code < "T1" else {"warning", "note"})
    assert done.exit_code == (code < "T1")


def test_a_finding_is_a_line_and_data() -> None:
    """A whole file has no line in the text, and the first one in the data, where programs want a number."""
    finding = Diagnostic("a.yaml", 3, 5, "so", "T102", WARNING, {"topic": "b"})
    assert str(finding) == "a.yaml:3:5: warning: so [T102]"
    assert finding.to_dict() == {
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "code": "T102",
        "severity": "warning",
        "message": "so",
        "topic": "b",
    }
    whole = Diagnostic("a.yaml", 0, 0, "gone", "T001")
    assert str(whole) == "a.yaml: gone [T001]"
    assert (whole.to_dict()["line"], whole.to_dict()["column"]) == (1, 1)
    error = refusal([whole, finding])
    assert error.diagnostics == (whole, finding)
    assert str(error).splitlines() == [str(whole), str(finding)]
    assert str(Diagnostic("a", 1, 1, "m", "T201", NOTE)) == "a:1:1: note: m [T201]"


def test_the_hook_for_pre_commit_runs_a_command_that_exists(cli: Callable[..., Result], tmp_path: Path) -> None:
    """Its entry takes file names and ends with the exit code of the check."""
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["id"] == "topicat-taxonomy-check"
    assert f"id: {hook['id']}" in DOCS
    program, *args = hook["entry"].split()
    assert program == "topicat"
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("taxonomy: a\ntopics: {b: {keywords: {en: [word]}}}\n", "utf-8")
    bad.write_text("taxonomy: a\n", "utf-8")
    assert cli(*args, good).exit_code == 0
    assert cli(*args, good, bad).exit_code == 1
    assert cli(*args, "--strict", good).exit_code == 1
