"""Arrays in ``.npy`` files, mapped into memory: only the plain kind that `numpy.save` writes of one dimension.

numpy's own reader evaluates the header as Python source, if only as literals. Here it is compared with a pattern, so
nothing in a file is ever compiled, and a file that asks for anything else (objects, records) is refused unread.
"""

from __future__ import annotations

import io
import mmap
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<[fiu][1248])', 'fortran_order': False, 'shape': \((\d{1,15}),\), \} *\n", re.S
)


def npy_bytes(array: NDArray[Any]) -> bytes:
    """`array`, of one dimension, as the content of a ``.npy`` file."""
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def map_npy(path: Path) -> tuple[NDArray[Any], memoryview]:
    """The array in `path`, read-only, and all bytes of the file.

    Raises
    ------
    ValueError
        If it is no such file, or its length is not the one that it states.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as stream:  # an empty file cannot be mapped: ValueError
        data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    header = _HEADER.match(data[:256])
    if header is None:
        raise ValueError("not a .npy array of one dimension")
    kind, length = np.dtype(header[1].decode()), int(header[2])
    if len(data) - header.end() != length * kind.itemsize:
        raise ValueError(f"{length:,} numbers of {kind.str} do not take {len(data) - header.end():,} bytes")
    return np.frombuffer(data, kind, length, header.end()), data
