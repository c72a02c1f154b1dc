"""A folder reserved for one writer at a time, so that two trainings never mix their files."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from topicat.errors import ModelError

try:
    import fcntl
except ImportError:  # Windows, where the one that is done last wins
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def reserved(folder: Path) -> Iterator[None]:
    """Makes `folder` if it is not there and keeps other writers away; it goes again if it stays empty.

    The lock is the system's on the folder itself: no file shows it, and it ends with the process, however that ends.

    Raises
    ------
    ModelError
        If another writer has it, or it cannot be made or written to.
    """
    try:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        lock = _locked(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise ModelError(
            f"{folder}: the model cannot be written: {error.strerror or error}; choose another folder with -o"
        ) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # not empty: then it stays
            for path in made:
                path.rmdir()
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> int | None:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        if fcntl is None:
            return None
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise ModelError(
                f"{folder}: another training is about to write its model there; wait until it ends, "
                "or choose another folder with -o"
            ) from None
        except OSError:  # a file system without locks
            return lock
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), folder.stat()):
                return lock
        os.close(lock)  # whoever had it removed the folder, empty
