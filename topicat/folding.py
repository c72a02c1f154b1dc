"""Folding: every character to the one it is compared as, one for one, so that offsets never move.

Lower case, full-width forms to ASCII, traditional Chinese characters to simplified ones (OpenCC's
character table), ё to е, halves of surrogate pairs to U+FFFD. The table is data (`folding.npy`, row 0: the
folded code point, row 1: the character's class) because building it takes longer than a prediction;
``python -m topicat.folding`` writes it anew and a test compares.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OTHER, LETTER, DIGIT, HAN = range(4)
"""Classes of characters; a letter is alphabetic and not Han."""

_FILE = Path(__file__).with_name("folding.npy")
_PLANE = 0x10000


@cache
def _table() -> NDArray[np.uint16]:
    table: NDArray[np.uint16] = np.load(_FILE, allow_pickle=False)
    return table


def codes_of(text: str) -> NDArray[np.uint32]:
    """The code points of `text`, shape (characters,)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold_codes(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Folded code points and character classes, each of the shape of `codes`."""
    table = _table()
    inside = np.minimum(codes, _PLANE - 1)
    folded = table[0][inside].astype(np.uint32)
    classes = table[1][inside]
    outside = codes >= _PLANE
    if outside.any():
        folded = np.where(outside, codes, folded)
        han = (codes >= 0x20000) & (codes < 0x32000)
        classes = np.where(outside, np.where(han, HAN, OTHER), classes).astype(np.uint16)
    return folded, classes


def fold(text: str) -> str:
    """`text` as it is compared, of the same length.

    >>> fold("Ｇ20與能源安全 Ёлка")
    'g20与能源安全 елка'
    """
    folded, _ = fold_codes(codes_of(text))
    return text_of(folded)


def text_of(codes: NDArray[np.uint32]) -> str:
    """The inverse of `codes_of`."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def build_table() -> NDArray[np.uint16]:
    """The table, made from Unicode and OpenCC (a development dependency); shape (2, 65536)."""
    import opencc

    converter: Any = opencc.OpenCC("t2s")
    table = np.zeros((2, _PLANE), dtype=np.uint16)
    for code in range(_PLANE):
        char = chr(code)
        table[0, code], table[1, code] = code, OTHER
        if 0xD800 <= code < 0xE000:
            table[0, code] = 0xFFFD  # half a character, which no other library takes
            continue
        folded = _fold_one(char)
        if _is_han(code):
            simple = str(converter.convert(char))
            folded = simple if len(simple) == 1 and ord(simple) < _PLANE else char
        table[0, code] = ord(folded)
        category = unicodedata.category(folded)
        if _is_han(ord(folded)):
            table[1, code] = HAN
        elif category[0] in "LM":
            table[1, code] = LETTER
        elif category == "Nd":
            table[1, code] = DIGIT
    return table


def _fold_one(char: str) -> str:
    if 0xFF01 <= ord(char) <= 0xFF5E:
        char = chr(ord(char) - 0xFEE0)
    elif char in "\u3000\u00a0":
        char = " "
    lower = char.lower()
    char = lower if len(lower) == 1 and ord(lower) < _PLANE else char
    return "е" if char == "ё" else char


def _is_han(code: int) -> bool:
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code == 0x3007


if __name__ == "__main__":
    np.save(_FILE, build_table())
