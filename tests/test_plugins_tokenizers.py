"""The built-in tokenizers: nothing is lost, and Chinese is cut where it should be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.plugins.tokenizers import alphabetic, jieba, rjieba
from topicat.tokenizers import Tokenizer

TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {"rjieba": rjieba, "jieba": jieba, "alphabetic": alphabetic}


@pytest.mark.parametrize("name", TOKENIZERS)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("天然气管道\n gas"), max_size=60)
)
def test_the_pieces_make_up_the_text(name: str, text: str) -> None:
    """Whatever the text."""
    assert "".join(TOKENIZERS[name]()(text)) == text


@pytest.mark.parametrize("name", ["rjieba", "jieba"])
def test_chinese_is_cut_into_words(name: str) -> None:
    """By the same dictionary."""
    assert TOKENIZERS[name]()("水库旁边的天然气管道") == ["水库", "旁边", "的", "天然气", "管道"]


def test_the_alphabetic_one_leaves_chinese_whole() -> None:
    """No dictionary decides."""
    assert alphabetic()("修建天然气管道\n水库") == ["修建天然气管道", "\n", "水库"]
