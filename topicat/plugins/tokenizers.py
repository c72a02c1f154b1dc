"""The built-in tokenizers: rjieba, jieba, and one for texts without Chinese."""

from __future__ import annotations

import re
from functools import cache

from topicat.tokenizers import Tokenizer


@cache
def rjieba() -> Tokenizer:
    """jieba's algorithm in Rust; the same cuts on runs of Han characters, fifteen times as fast."""
    import rjieba

    cut: Tokenizer = rjieba.cut
    return cut


@cache
def jieba() -> Tokenizer:
    """jieba itself, in a tokenizer of our own: no global state, and no cache file of unknown origin."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in jieba's own source on Python 3.12 and later
        import jieba

    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    _initialize_without_cache(own)
    return lambda text: list(own.cut(text))


def _initialize_without_cache(own: object) -> None:
    """Build the dictionary from the package's own file; jieba would trust a file in the temporary folder."""
    with own.lock:  # type: ignore[attr-defined]  # jieba has no type hints
        own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())  # type: ignore[attr-defined]
        own.initialized = True  # type: ignore[attr-defined]


def alphabetic() -> Tokenizer:
    """Cuts where letters or digits begin and end, by no dictionary: a run of Han characters stays whole.

    >>> alphabetic()("gas pipeline, 2 km")
    ['gas', ' ', 'pipeline', ', ', '2', ' ', 'km']
    """
    return re.compile(r"\w+|\W+").findall
