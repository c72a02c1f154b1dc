"""A file that appears whole or not at all: it is written beside its place, made safe, and put there in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path, permissions: int | None = None) -> Iterator[Path]:
    """The path of a file to be written, which takes the place of `path` at the end; an error leaves `path` as it was.

    Parameters
    ----------
    path
        Where the file will stand.
    permissions
        Its mode; by default what the user's mask allows.

    Raises
    ------
    OSError
        If it cannot be written there; nothing is left behind then.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        if permissions is None:
            umask = os.umask(0)
            os.umask(umask)
            permissions = 0o666 & ~umask
        os.chmod(temporary, permissions)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
