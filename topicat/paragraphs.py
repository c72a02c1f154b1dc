"""Where paragraphs and sentences begin and end, and the date that a text opens with."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise

from topicat.document import Paragraph

Span = tuple[int, int]

_BLANK = re.compile(r"\n[ \t\u3000\u00a0]*(?:\n[ \t\u3000\u00a0]*)+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WRAP = 100
"""Blocks of alphabetic text whose lines are no longer than this are taken as hard-wrapped."""

# A sentence ends at Chinese or Western final punctuation with closing quotes; a Western stop needs
# white space and a capital, a digit or an opening mark after it, so that "3.5" and "e.g. this" stay whole.
# The first character is told by one set, so that the search skips all others quickly; what it is decides the rest.
# The lookbehind and the possessive `*+` keep a long row of dots linear: it is tried once, not at each dot.
_SENTENCE_END = re.compile(
    r"[。！？；!?;.…\n](?:"
    r"(?<=[。！？；])[。！？；]*[”’」』）】》]*"
    r"|(?<=[!?;.…])(?<![!?;.…]{2})[!?;.…]*+[\"'”’»)\]]*+(?=\s++[\"'“‘«(\[—–-]*+[^\W_a-zа-яё])"
    r"|(?<=…)…+"
    r"|(?<=\n)\n*"
    r")"
)

_MARKDOWN_PREFIX = re.compile(r"(?:[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+))+")
_MARKDOWN_HEADING = re.compile(r"\s*#")
_MARKDOWN_BREAK = re.compile(r"[ \t]*(?:#{1,6}[ \t]|[-*+][ \t]|\d{1,3}[.)][ \t])")
# A row of backticks with more backticks after it on its line is inline code, not a fence.
_FENCE = re.compile(r"^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)
# Front matter opens with a key or closes at once; a rule (---) above ordinary text does neither.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?=[ \t]*[\w-]+[ \t]*:|---)(?:.*?\n)??---[ \t]*(?:\n|\Z)", re.S)

_OPENING = re.compile(r"\A\s*(?:date|日期)[ \t]*+[:：]?[ \t]*+(\d{4})-(\d{1,2})-(\d{1,2})(?![\dA-Za-z])[ \t]*", re.I)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "января", "янв"),
            ("february", "feb", "февраля", "фев", "февр"),
            ("march", "mar", "марта", "мар"),
            ("april", "apr", "апреля", "апр"),
            ("may", "мая"),
            ("june", "jun", "июня", "июн"),
            ("july", "jul", "июля", "июл"),
            ("august", "aug", "августа", "авг"),
            ("september", "sept", "sep", "сентября", "сент", "сен"),
            ("october", "oct", "октября", "окт"),
            ("november", "nov", "ноября", "нояб", "ноя"),
            ("december", "dec", "декабря", "дек"),
        ),
        1,
    )
    for name in names
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?<!\d)(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_NAMES})\.?,?\s+(?P<y>\d{{4}})(?!\d)", re.I),
    re.compile(rf"\b(?P<m>{_NAMES})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\d)", re.I),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?!\d)"),
)
_YEAR = re.compile(r"\d{4}")
_DATELINE_WIDTH = 60
"""A dateline stands within this many characters of the start of one of the first lines."""
_DATELINE_LINES = 3


def split_paragraphs(text: str, start: int = 0, *, markdown: bool = False) -> tuple[Paragraph, ...]:
    """The paragraphs of `text` from offset `start` on.

    Blank lines separate paragraphs; within a block every line is one, unless the block is
    hard-wrapped alphabetic text. With `markdown`, front matter and code fences are left out and
    the marks of headings, quotes and lists stay outside the spans.

    >>> [p.text for p in split_paragraphs("一。\\n\\n　　二。\\n三。")]
    ['一。', '二。', '三。']
    """
    spans: list[Span] = []
    skip = _skipped(text) if markdown else []
    for block in _blocks(text, start, skip):
        spans.extend(_lines(text, block, markdown))
    kept = [s for s in spans if any(c.isalnum() for c in text[s[0] : s[1]])]
    return tuple(Paragraph(number, s, e, text[s:e]) for number, (s, e) in enumerate(kept, 1))


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without white space at their ends.

    >>> [("甲。乙！"[s:e]) for s, e in split_sentences("甲。乙！")]
    ['甲。', '乙！']
    """
    spans: list[Span] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, len(text)))
    return [trimmed for s in spans if (trimmed := _trim(text, *s))[0] < trimmed[1]]


def sentence_starts(text: str) -> list[int]:
    """Where each sentence of `text` begins, white space before it included; [0] if there is none.

    >>> sentence_starts("甲。 乙！")
    [0, 2]
    """
    starts = [0, *[match.end() for match in _SENTENCE_END.finditer(text)]]
    if len(starts) == 1:
        return starts
    return [s for s, e in pairwise([*starts, len(text)]) if s < e and not text[s:e].isspace()] or [0]


def find_date(text: str) -> tuple[str | None, int]:
    """The date that `text` opens with, as ``YYYY-MM-DD``, and the offset where its body begins.

    An opening ``date 2025-11-15`` is not part of the body; a date in an ordinary dateline is.

    >>> find_date(" date 2025-11-15 会谈开始。")
    ('2025-11-15', 17)
    >>> find_date("ASTANA, November 15, 2025 - Talks began.")
    ('2025-11-15', 0)
    """
    opening = _OPENING.match(text)
    if opening:
        date = _iso(*opening.groups())
        if date:
            return date, opening.end()
    lines = [line for line in text[:2000].split("\n") if line.strip()][:_DATELINE_LINES]
    for line in lines:
        head = line.strip()[:_DATELINE_WIDTH]
        if not _YEAR.search(head):  # as most lines; the patterns would take ten times as long to say so
            continue
        for pattern in _DATES:
            for match in pattern.finditer(head):
                date = _iso(match["y"], match["m"], match["d"])
                if date:
                    return date, 0
    return None, 0


def _iso(year: str, month: str, day: str) -> str | None:
    m = _MONTHS.get(month.lower()) or (int(month) if month.isdecimal() else 0)
    try:
        date = datetime.date(int(year), m, int(day))
    except ValueError:
        return None
    return date.isoformat() if 1900 <= date.year <= 2100 else None


def front_matter_end(text: str) -> int:
    """The offset at which the body of the Markdown `text` begins: behind the front matter, if it has any.

    >>> front_matter_end("---\\ntitle: Talks\\n---\\nBody.")
    21
    """
    front = _FRONT_MATTER.match(text)
    return front.end() if front else 0


def _blocks(text: str, start: int, skip: list[Span]) -> list[Span]:
    """Runs of non-blank lines outside `skip`."""
    cuts = sorted([(m.start(), m.end()) for m in _BLANK.finditer(text, start)] + skip)
    blocks = []
    at = start
    for s, e in cuts:
        if s > at:
            blocks.append((at, s))
        at = max(at, e)
    blocks.append((at, len(text)))
    return [b for b in blocks if b[0] < b[1]]


def _lines(text: str, block: Span, markdown: bool) -> list[Span]:
    body = text[block[0] : block[1]]
    lines: list[Span] = []
    at = block[0]
    for line in body.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    wrapped = max(e - s for s, e in lines) <= _WRAP and not _HAN.search(body)
    joined: list[Span] = []
    for s, e in lines:
        starts_own = markdown and (_MARKDOWN_BREAK.match(text, s, e) is not None)
        heading_above = markdown and bool(joined) and _MARKDOWN_HEADING.match(text, *joined[-1]) is not None
        if joined and wrapped and not starts_own and not heading_above and text[s:e].strip():
            joined[-1] = (joined[-1][0], e)
        else:
            joined.append((s, e))
    spans = []
    for s, e in joined:
        if markdown and (mark := _MARKDOWN_PREFIX.match(text, s, e)):
            s = mark.end()
        s, e = _trim(text, s, e)
        if s < e:
            spans.append((s, e))
    return spans


def _skipped(text: str) -> list[Span]:
    body = front_matter_end(text)
    spans = [(0, body)] if body else []
    return spans + [m.span() for m in _FENCE.finditer(text, body)]


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())
