"""Templates to self-contained pages: everything escaped, nothing fetched, no script but our own.

Jinja2 is kept for its escaping: every value is escaped unless a template says otherwise, and none does for a value that
comes from outside. A Content-Security-Policy in each page is the second lock: it allows the one script by its hash, and
no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from topicat.errors import UsageError

if TYPE_CHECKING:
    import jinja2

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates, which HTML and UTF-8 cannot hold."""
COLORS = 8
"""Topic colours in the style sheet, ``.c0`` to ``.c7``; from the ninth topic on they return with another line."""
LINES = 4
"""Lines in the style sheet: solid, and ``.u1`` to ``.u3``."""


def render(template: str, lang: str = "en", **values: Any) -> str:
    """The page that `template` (a name without ``.html``) makes of `values`.

    `lang` is the language of the page's own words; one that we do not speak falls back to English. The template finds
    them as ``words``, and its script is the ``.js`` file of the same name, if there is one.
    """
    script = _file(f"{template}.js") if _has(f"{template}.js") else ""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            lang=spoken(lang),
            words=wording(lang),
            style=_file("style.css"),
            script=script,
            script_source=f"'sha256-{digest}'" if script else "'none'",
            **values,
        )
    )
    return _UNPRINTABLE.sub("\ufffd", page)


def spoken(lang: str) -> str:
    """`lang` if the pages' own words are translated into it, else English."""
    return lang if lang in _words() else "en"


def check_lang(lang: str, labels: Iterable[str] = ()) -> None:
    """Make sure that a page in `lang` has words of ours, or labels in one of the languages `labels`.

    Raises
    ------
    UsageError
        If it has neither; the message lists the languages that there are.
    """
    there = sorted({*_words(), *labels})
    if lang not in there:
        raise UsageError(f"no words and no labels in language '{lang}'; there is: {', '.join(there)}")


def wording(lang: str) -> Mapping[str, str]:
    """The pages' own words in `lang`."""
    return _words()[spoken(lang)]


def color(number: int) -> str:
    """Classes of the topic at place `number`: a colour, and a line for those who cannot tell it or when it returns.

    >>> color(1), color(9)
    ('c1', 'c1 u1')
    """
    line = number // COLORS % LINES
    return f"c{number % COLORS}" + (f" u{line}" if line else "")


def percent(share: float) -> str:
    """A share as people read it; certainty is not claimed by rounding.

    >>> percent(0.123), percent(0.9996), percent(0.0001)
    ('12 %', '>99 %', '<1 %')
    """
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"percent": percent, "data": _data, "thousands": lambda n: f"{n:,}"}
    found.globals |= {"color": color}
    return found


def _data(value: Any) -> Any:
    """JSON for a ``<script type="application/json">``; what could end the element is written as an escape."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_file("words.json"))
    return found


def _has(name: str) -> bool:
    return (resources.files("topicat") / "templates" / name).is_file()


@cache
def _file(name: str) -> str:
    return (resources.files("topicat") / "templates" / name).read_text("utf-8").replace("\r\n", "\n")
