"""Write what the sessions of a page print today into the page: `python docs/refresh.py docs/explanation.md`.

The test of the documentation fails when a new model changes them. Read what changes before you commit it: the
words around the numbers must still be true.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import sys
from pathlib import Path
from typing import Any


def refreshed(page: str) -> str:
    """The page with the output of every ``>>>`` block made anew, in order, the names of one known to the next."""
    names: dict[str, Any] = {}

    def run(block: re.Match[str]) -> str:
        examples = doctest.DocTestParser().get_examples(block[1])
        return "```python\n" + "".join(_session(example, names) for example in examples) + "```"

    return re.sub(r"^```python\n(>>> .*?)^```$", run, page, flags=re.MULTILINE | re.DOTALL)


def _session(example: doctest.Example, names: dict[str, Any]) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(example.source, "page", "single"), names)
    first, *more = example.source.splitlines()
    return "".join(f"{line}\n" for line in [f">>> {first}", *(f"... {line}" for line in more)]) + output.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refreshed(path.read_text("utf-8")), "utf-8")
