"""TF-IDF rows against scikit-learn, and parts of them."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer

from topicat.rows import Counts, Rows, count, weigh


def test_rows_are_those_of_scikit_learn() -> None:
    """Sublinear tf, smooth idf and L2 norm, as TfidfTransformer computes them."""
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 4, (6, 5))
    counts[counts.sum(axis=1) == 0, 0] = 1
    expected = TfidfTransformer(sublinear_tf=True).fit(counts)
    unit, column = np.nonzero(counts)
    repeated = np.repeat(np.arange(len(unit)), counts[unit, column])
    rows = weigh(unit[repeated], column[repeated], 6, expected.idf_)
    dense = np.zeros((6, 5))
    for i in range(6):
        s, e = rows.indptr[i], rows.indptr[i + 1]
        dense[i, rows.columns[s:e]] = rows.values[s:e]
    np.testing.assert_allclose(dense, expected.transform(counts).toarray(), atol=1e-12)
    weights = rng.normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(rows.dot(weights), dense @ weights, atol=1e-12)


def test_rows_and_columns_can_be_chosen() -> None:
    """Rows in any order, also empty ones; columns renumbered."""
    rows = Rows(np.array([0, 2, 2, 3]), np.array([0, 2, 1]), np.array([1.0, 2.0, 3.0]))
    some = rows.take(np.array([2, 1, 0]))
    assert some.indptr.tolist() == [0, 1, 1, 3]
    assert some.columns.tolist() == [1, 0, 2]
    assert some.values.tolist() == [3.0, 1.0, 2.0]
    kept = rows.select(np.array([-1, 1, 0], np.int32))
    assert kept.indptr.tolist() == [0, 1, 1, 2]
    assert kept.columns.tolist() == [0, 1]
    assert rows.take(np.zeros(0, np.int64)).dot(np.ones((3, 2))).shape == (0, 2)


def test_products_with_few_and_many_topics_agree() -> None:
    """Topic by topic or row by row, an empty row gives zeros."""
    rng = np.random.default_rng(0)
    rows = Rows(np.array([0, 3, 3, 5]), np.array([0, 2, 3, 1, 3]), rng.random(5))
    weights = rng.normal(size=(4, 40)).astype(np.float32)
    many = rows.dot(weights)
    few = np.concatenate([rows.dot(weights[:, k : k + 8]) for k in range(0, 40, 8)], axis=1)
    np.testing.assert_allclose(many, few, atol=1e-12)
    assert not many[1].any()


def test_counts_are_joined_and_chosen() -> None:
    """Parts one after the other; rows in any order; columns that go leave their row shorter."""
    one = count(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, 2)
    two = Counts.joined([one, one])
    assert two.indptr.tolist() == [0, 1, 2, 3, 4]
    assert two.take(np.array([2, 1])).times.tolist() == [2, 1]
    kept = two.select(np.array([-1, 0], np.int32))
    assert kept.indptr.tolist() == [0, 1, 1, 2, 2]
    assert len(kept) == 4
