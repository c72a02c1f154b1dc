"""Mapped arrays: what numpy wrote is read, and nothing else is looked into."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from topicat.npy import map_npy, npy_bytes


@pytest.mark.parametrize("kind", ["<u8", "<f4", "<i4"])
@pytest.mark.parametrize("length", [0, 1, 1000, 1 << 18])
def test_what_was_written_is_read(tmp_path: Path, kind: str, length: int) -> None:
    """The same numbers, read-only, and the bytes of the file."""
    path = tmp_path / "a.npy"
    path.write_bytes(npy_bytes(np.arange(length).astype(kind)))
    array, data = map_npy(path)
    assert array.dtype == kind
    assert array.tolist() == list(range(length))
    assert not array.flags.writeable
    assert data == path.read_bytes()
    assert np.load(path).tolist() == list(range(length))


@pytest.mark.parametrize(
    "array",
    [
        np.array([pickle.dumps(1)], dtype=object),
        np.zeros((2, 2)),
        np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]),
        np.array(["text"]),
        np.zeros(2, ">f4"),
        np.float64(1),
    ],
    ids=["objects", "two-dimensions", "records", "texts", "big-endian", "scalar"],
)
def test_other_arrays_are_refused(tmp_path: Path, array: NDArray[Any]) -> None:
    """Objects, which numpy would unpickle, among them."""
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match=r"not a \.npy array of one dimension"):
        map_npy(tmp_path / "a.npy")


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: npy_bytes(np.zeros(3))[:100] + tail))
def test_whatever_the_bytes_they_are_an_array_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """ValueError, never another exception."""
    path = tmp_path_factory.getbasetemp() / "bytes.npy"
    path.write_bytes(data)
    try:
        array, _ = map_npy(path)
    except ValueError:
        return
    assert array.ndim == 1
