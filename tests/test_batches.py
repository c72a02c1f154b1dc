"""Batches: every paragraph once and in order; where a run stands."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from topicat.batches import CHARACTERS, PARAGRAPHS, Position, batches, paragraphs
from topicat.document import Document
from topicat.reading import make_document


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3000), max_size=3))
def test_every_paragraph_once_and_in_order(counts: list[int]) -> None:
    """Batches are full but for the last."""
    documents = [make_document(f"d{i}", "果。\n" * count) for i, count in enumerate(counts)]
    found = list(batches(documents))
    assert all(len(batch) == PARAGRAPHS for batch in found[:-1])
    expected = [(d.name, p) for d in documents for p in d.paragraphs]
    assert [(d.name, p) for batch in found for d, p in paragraphs(batch)] == expected


def test_long_paragraphs_end_a_batch_early() -> None:
    """Memory is bounded by characters too."""
    document = make_document("d", "\n".join(["果" * (CHARACTERS // 2)] * 5))
    assert [len(batch) for batch in batches([document])] == [2, 2, 1]


def test_a_position_tells_what_was_before_it() -> None:
    """Another text, name or date of any paragraph gives another digest."""

    def behind(*documents: Document) -> Position:
        position = Position()
        for batch in batches(documents):
            position = position.after(batch)
        return position

    one = make_document("a", "一。\n二。", date="2024-01-01")
    assert behind(one) == behind(one)
    assert (behind(one).paragraphs, behind(one).place) == (2, "paragraph 2 of a")
    others = [("a", "一。\n三。", "2024-01-01"), ("b", "一。\n二。", "2024-01-01"), ("a", "一。\n二。", "2024-01-02")]
    digests = {behind(make_document(name, text, date=date)).digest for name, text, date in others}
    assert len(digests | {behind(one).digest}) == 4
