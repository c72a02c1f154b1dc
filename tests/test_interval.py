"""Wilson's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.interval import wilson


@pytest.mark.parametrize(
    ("n", "of", "ends"), [(15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))]
)
def test_published_values(n: int, of: int, ends: tuple[float, float]) -> None:
    """Newcombe, Statistics in Medicine 17, 1998, table I, method 3: without continuity correction."""
    assert wilson(n, of) == pytest.approx(ends, abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_it_holds_the_share_and_stays_within_0_and_1(n: int, more: int) -> None:
    """Also where all or none have it, and where there is nothing."""
    low, high = wilson(n, n + more)
    assert 0.0 <= low <= high <= 1.0
    if n + more:
        assert low <= n / (n + more) <= high
    assert wilson(0, 0) == (0.0, 1.0)
