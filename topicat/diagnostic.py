"""`Diagnostic`: one finding about a taxonomy file, and the codes that findings have. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from topicat.errors import TaxonomyError

Place = tuple[str, int, int]
"""A file, a line and a column; both count from 1."""

ERROR, WARNING, NOTE = "error", "warning", "note"

CODES: dict[str, str] = {
    "T001": "the file cannot be read",
    "T002": "the file is not YAML",
    "T003": "an anchor, alias, tag, merge key or too deep a nesting",
    "T004": "a key twice",
    "T005": "an unknown key",
    "T006": "something is missing",
    "T007": "a value of the wrong kind",
    "T008": "an empty value",
    "T009": "no id",
    "T010": "no language code",
    "T011": "a keyword without a letter",
    "T012": "an include that cannot be found",
    "T013": "an include that includes itself",
    "T014": "a topic from two includes",
    "T101": "a keyword twice",
    "T102": "a keyword under two topics",
    "T103": "a keyword inside another topic's longer one",
    "T104": "a counter-keyword that never applies",
    "T105": "a keyword that is too short",
    "T106": "a keyword of ordinary text",
    "T107": "a glob that matches too much",
    "T108": "a keyword that can never fire",
    "T109": "full-width forms in a keyword",
    "T110": "no definition",
    "T111": "no example",
    "T112": "no keyword in a declared language",
    "T113": "an example that the keywords label wrongly",
    "T114": "a topic that its keywords cannot tell from its sibling",
    "T115": "a language that is not declared",
    "T116": "letters of two scripts in one word",
    "T117": "a * that does nothing",
    "T201": "a keyword in the corpus",
    "T202": "a keyword that never fires in the corpus",
    "T203": "a keyword that fires nearly everywhere",
    "T204": "a topic in the corpus",
    "T205": "a topic that never occurs in the corpus",
    "T206": "two topics that occur together",
    "T207": "a keyword that loses to another topic's in the corpus",
}
"""Every code with its title, explained in docs/diagnostics.md: T0 errors, T1 the taxonomy, T2 with a corpus."""


@dataclass(frozen=True)
class Diagnostic:
    """One finding in a taxonomy file.

    Attributes
    ----------
    line, column
        Counted from 1; line 0 means the file as a whole.
    code
        One of `CODES`.
    severity
        ``error`` (the taxonomy cannot be used), ``warning`` (it does not do what it seems to do) or ``note``.
    more
        Further facts as plain data, for programs.
    """

    file: str
    line: int
    column: int
    message: str
    code: str
    severity: str = ERROR
    more: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        kind = "" if self.severity == ERROR else f"{self.severity}: "
        return f"{place}: {kind}{self.message} [{self.code}]"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; a finding about the whole file is at its first character."""
        return {
            "file": self.file,
            "line": max(self.line, 1),
            "column": max(self.column, 1),
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            **self.more,
        }


def refusal(found: Iterable[Diagnostic]) -> TaxonomyError:
    """The error that says `found`, a line each, and holds them as `diagnostics`."""
    found = tuple(found)
    return TaxonomyError("\n".join(map(str, found)), found)
