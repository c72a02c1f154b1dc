"""Columns of pandas and polars."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas
import polars
import pytest

from topicat.errors import UsageError
from topicat.model import Model

TEXTS = ["果园里的草莓熟了。", "双方互致问候。", "铁锹和山羊都在院子里。"]


def test_pandas_keeps_the_index(model: Model) -> None:
    """A frame with a row a text: topics, a probability for each at the top."""
    frame = model.predict(pandas.Series(TEXTS, index=[7, 3, 5], name="text"))
    assert isinstance(frame, pandas.DataFrame)
    assert frame.index.tolist() == [7, 3, 5]
    assert list(frame) == ["topics", "p_fruit", "p_tool", "p_animal"]
    for row, prediction in zip(frame.to_dict("records"), model.predict(TEXTS), strict=True):
        assert row["topics"] == list(prediction.labels)
        assert row["p_fruit"] == prediction.probabilities["fruit"]


def test_polars_has_lists_and_structs(model: Model) -> None:
    """Also where every list is empty, or there is no row."""
    frame = model.predict(polars.Series("text", TEXTS), evidence=True)
    assert isinstance(frame, polars.DataFrame)
    assert frame["topics"].to_list() == [list(p.labels) for p in model.predict(TEXTS)]
    [first, *_] = frame["evidence"].to_list()
    assert {"topic", "text", "start", "end", "weight"} == set(first[0])
    assert TEXTS[0][first[0]["start"] : first[0]["end"]] == first[0]["text"]
    silent = model.predict(polars.Series("text", TEXTS[1:2]), evidence=True)
    empty = model.predict(polars.Series("text", [], dtype=polars.String), evidence=True)
    assert frame.schema == silent.schema == empty.schema
    assert len(empty) == 0


def test_pandas_evidence_and_no_rows(model: Model) -> None:
    """Evidence is a list of plain dicts."""
    frame = model.predict(pandas.Series(TEXTS), evidence=True)
    assert frame["evidence"][0][0]["topic"] == "fruit"
    assert len(model.predict(pandas.Series([], dtype=str))) == 0


BAD: dict[str, tuple[Any, str]] = {
    "a gap in pandas": (
        pandas.Series(["a", None], name="t"),
        r"column 't', row 1: no text; fill the gaps with .fillna",
    ),
    "NaN": (pandas.Series(["a", float("nan")], dtype=object), r"row 1: no text; fill the gaps with .fillna\(''\)"),
    "a gap in polars": (polars.Series("t", ["a", None]), r"column 't', row 1: no text; .*fill_null\(''\)"),
    "numbers": (pandas.Series([1, 2]), r"row 0: 1 is no text; use .astype\(str\)"),
    "numbers in polars": (polars.Series("t", [1]), r"row 0: 1 is no text; use .cast\(polars.String\)"),
    "a frame": (pandas.DataFrame({"text": ["a"]}), r"found a pandas DataFrame; give one column: frame\['text'\]"),
    "a lazy frame": (polars.LazyFrame({"text": ["a"]}), r"found a polars LazyFrame; give one column"),
}


@pytest.mark.parametrize(("column", "words"), BAD.values(), ids=BAD.keys())
def test_bad_columns_are_named(model: Model, column: Any, words: str) -> None:
    """Column, row, and the way out."""
    with pytest.raises(UsageError, match=words):
        model.predict(column)


def test_neither_library_is_imported_for_lists() -> None:
    """Nor is any template."""
    code = (
        "import sys, topicat; topicat.load('policy').predict(['天然气']); "
        "print([m for m in ('pandas', 'polars', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
