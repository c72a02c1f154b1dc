"""The code blocks of a Markdown page, and a reader who runs them one after the other in a folder of their own.

=============  ====================================================================================
block          what the reader does
=============  ====================================================================================
``sh``         runs it by bash; every command must succeed
``console``    types what stands after ``$`` and compares what follows; ``…`` stands for anything
``python``     runs it, with the names of the blocks before it; with ``>>>`` also compares what follows
``yaml``       parses it
``json``       parses it, a line each or as a whole
``text``, ''   looks at it
=============  ====================================================================================

A comment on the line before a block says what differs: ``<!-- file: NAME -->`` (save it as that file),
``<!-- exit: 1 -->`` (the exit code of ``sh``) or ``<!-- not run: WHY -->``. ``<!-- the reader has: NAMES -->``
anywhere in the page names the files that a reader brings along, as `stand_ins` makes them.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("sh", "console", "python", "yaml", "json", "text", "")
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>file|exit|not run): (?P<value>.*?) -->\n)?^```(?P<language>[^`\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line that it begins in, and the comment before it."""

    language: str
    text: str
    line: int
    mark: str = ""
    value: str = ""


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, in order; those whose language is in braces are directives of the site."""
    return [
        Block(m["language"], m["text"], page.count("\n", 0, m.start("language")) + 1, m["mark"] or "", m["value"] or "")
        for m in _BLOCK.finditer(page)
    ]


def brought(page: str) -> list[str]:
    """The files that the reader of a page brings along."""
    return [
        name for names in re.findall(r"^<!-- the reader has: (.*?) -->$", page, re.MULTILINE) for name in names.split()
    ]


class Reader:
    """Runs blocks in `folder`, with the programs of `bin` first on the path."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self.folder = folder
        self._names: dict[str, Any] = {"__name__": "__main__"}
        not_theirs = ("PIP_", "PYTHON", "TOPICAT_", "COLUMNS")
        self._variables = {k: v for k, v in os.environ.items() if not k.startswith(not_theirs)}
        self._variables |= {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
        # Both streams in the order of a terminal; pip without a network, as tests are.
        self._variables |= {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
        self._variables |= {"PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(self, block: Block) -> str:
        """Do what the block says; what was wrong, or nothing."""
        if block.mark == "not run" or block.language.startswith("{"):
            return ""
        if block.mark == "file":
            path = self.folder / block.value
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        match block.language:
            case "sh":
                code, output = self._bash(block.text)
                expected = int(block.value) if block.mark == "exit" else 0
                return "" if code == expected else f"exit code {code}:\n{output}"
            case "console":
                return self._console(block.text)
            case "python":
                return self._python(block.text)
            case "yaml":
                yaml.safe_load(block.text)
            case "json":
                parse_json(block.text)
        return ""

    def _bash(self, command: str) -> tuple[int, str]:
        # The commands are those that take minutes in full, with an option that spares most of them.
        command = re.sub(r"\btopicat curve\b", "topicat curve --sizes 3 --repeats 2", command)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder, env=self._variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    def _console(self, text: str) -> str:
        for command, expected in re.findall(r"^\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            _, output = self._bash(command)
            if not re.fullmatch(_pattern(expected), _trimmed(output), re.DOTALL):
                return f"$ {command}\n{output}\nis not\n{expected}"
        return ""

    def _python(self, text: str) -> str:
        output = io.StringIO()
        with contextlib.chdir(self.folder):
            if not text.startswith(">>>"):
                with contextlib.redirect_stdout(output):
                    exec(compile(text, "page", "exec"), self._names)
                return ""
            session = doctest.DocTestParser().get_doctest(text, {}, "page", None, 0)
            session.globs = self._names
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            failed = runner.run(session, out=output.write, clear_globs=False).failed
        return output.getvalue() if failed else ""


def parse_json(text: str) -> None:
    """JSON as a whole, or JSON Lines.

    Raises
    ------
    ValueError
        If it is neither.
    """
    try:
        json.loads(text)
    except ValueError:
        for line in text.splitlines():
            json.loads(line)


def _trimmed(output: str) -> str:
    return "\n".join(line.rstrip() for line in output.strip("\n").splitlines())


def _pattern(expected: str) -> str:
    return ".*".join(map(re.escape, _trimmed(expected).split("…")))
