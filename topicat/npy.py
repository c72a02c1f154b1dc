"""Arrays in ``.npy`` files, mapped into memory: only the plain kind that `numpy.save` writes of one dimension.

numpy's own reader evaluates the header as Python source, if only as literals. Here it is compared with a pattern, so
nothing in a file is ever compiled, and a file that asks for anything else (objects, records) is refused unread.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Callable
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


def map_npy(path: Path) -> tuple[NDArray[Any], Callable[[], str]]:
    """The array in `path`, read-only, and what waits for the SHA-256 of the whole file.

    That of a large file is made in a thread of its own: it takes longer than all else about loading a model.

    Raises
    ------
    ValueError
        If it is no such file, or its length is not the one that it states.
    OSError
        If it cannot be read.
    """
    data = np.asarray(np.memmap(path, np.uint8, mode="r"))
    header = _HEADER.match(data[:256].tobytes())
    if header is None:
        raise ValueError("not a .npy array of one dimension")
    content, kind, length = data[header.end() :], np.dtype(header[1].decode()), int(header[2])
    if len(content) != length * kind.itemsize:
        raise ValueError(f"{length:,} numbers of {kind.str} do not take {len(content):,} bytes")
    return content.view(kind), _digest(data)


def _digest(data: NDArray[np.uint8]) -> Callable[[], str]:
    if len(data) < _LARGE:
        return hashlib.sha256(data.data).hexdigest
    made = hashlib.sha256()
    thread = threading.Thread(target=made.update, args=(data.data,), daemon=True)
    thread.start()

    def wait() -> str:
        thread.join()
        return made.hexdigest()

    return wait


_LARGE = 1 << 20
"""Bytes; a thread takes a tenth of a millisecond to start, a megabyte five tenths to digest."""
