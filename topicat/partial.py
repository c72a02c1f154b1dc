"""`Partial`: an output file on its way, from which a run goes on after a crash.

Beside ``OUT`` stand, until it is finished, ``OUT.partial``, what has been written; ``OUT.partial.json``, the journal,
which says how much of that is safe and what it was made from; and ``OUT.lock``, held by the process that writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from topicat.batches import Position
from topicat.errors import OutputError
from topicat.whole import replacing

FORMAT = 1
"""Raise it when a partial output of the old number cannot be gone on with."""
SECONDS = 1.0
"""How much work at most is done again after a crash."""


class Partial:
    """An output file on its way; use it in a ``with`` statement and call `finish` at the end.

    Parameters
    ----------
    path
        Where the output will stand.
    made_from
        What it is made from and how, as JSON values; a run goes on only if all of it is the same. The keys
        are words for people.
    resume
        Whether to go on from what an earlier run left; else that is thrown away.

    Attributes
    ----------
    found
        How far the run was that left something, if it is gone on with.

    Raises
    ------
    OutputError
        On entering, if the place cannot be written, another process writes it, or what an earlier run left was made
        from something else. On leaving, if writing failed; the message says what is safe and how to go on.
    """

    def __init__(self, path: str | Path, made_from: Mapping[str, Any], *, resume: bool) -> None:
        # A link stays, and what it leads to is written.
        self.path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
        self.data = self.path.with_name(f"{self.path.name}.partial")
        self.journal = self.path.with_name(f"{self.path.name}.partial.json")
        self.found = Position()
        self._made_from = {"format": FORMAT, **made_from}
        self._resume = resume
        self._position = self._safe = Position()
        self._bytes = self._safe_bytes = 0
        self._saved = time.monotonic()
        self._finished = False
        self._failed: OSError | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Partial:
        with contextlib.ExitStack() as stack:
            try:
                if self.path.exists() and not self.path.is_file():
                    raise OutputError(f"{self.path}: not an ordinary file; to write to a device, use '>' instead of -o")
                stack.enter_context(_locked(self.path))
                if self._resume:
                    self._read_journal()
                else:
                    self.journal.unlink(missing_ok=True)
                self._stream = stack.enter_context(open(self.data, "r+b" if self._safe_bytes else "wb"))
                self._stream.truncate(self._safe_bytes)
                self._stream.seek(self._safe_bytes)
            except OSError as error:
                raise OutputError(
                    f"{self.path}: cannot be written: {error.strerror or error}; choose another place with -o"
                ) from None
            self._stack = stack.pop_all()
        return self

    def write(self, data: bytes, position: Position) -> None:
        """Append `data`, with which the run has come to `position`; now and then all of it is made safe."""
        with self._writing():
            self._stream.write(data)
            self._bytes += len(data)
            self._position = position
            if time.monotonic() - self._saved >= SECONDS:
                self._save()

    def finish(self, make: Callable[[Path, Path], None] | None = None) -> None:
        """Put the output in its place, whole; `make` turns what was written (first path) into it (second path)."""
        with self._writing():
            self._put(make)

    def _put(self, make: Callable[[Path, Path], None] | None) -> None:
        self._save()
        self._stream.close()
        if make is None:
            os.replace(self.data, self.path)
        else:
            with replacing(self.path) as made:
                make(self.data, made)
            self.data.unlink()
        self.journal.unlink()
        self._finished = True

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        with self._stack:
            if self._finished:
                return
            with contextlib.suppress(OSError, ValueError):
                self._save()
            with contextlib.suppress(OSError, ValueError):
                # A full disk: what is safe ends where the journal says, and the rest gives room again.
                self._stream.close()
            with contextlib.suppress(OSError):
                os.truncate(self.data, self._safe_bytes)
            if not self._safe.paragraphs:
                for path in (self.data, self.journal):
                    with contextlib.suppress(OSError):
                        path.unlink()
        if self._failed is not None and error is self._failed:
            reason = self._failed.strerror or self._failed
            raise OutputError(f"{self.path}: cannot be written: {reason}; {self.advice}") from None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Tells an error of writing from one of whatever else happens in the ``with`` statement."""
        try:
            yield
        except OSError as error:
            self._failed = error
            raise

    @property
    def advice(self) -> str:
        """What is safe, and how to go on."""
        if not self._safe.paragraphs:
            return "nothing is written yet; choose another place with -o, or start again"
        return (
            f"{self._safe.paragraphs:,} paragraphs are safe in {self.data}, up to {self._safe.place}; "
            "give the same command with --resume to go on from there"
        )

    def _save(self) -> None:
        """Make everything written so far safe: first the data, then the journal that vouches for them."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        state = {**self._made_from, "bytes": self._bytes, **asdict(self._position)}
        with replacing(self.journal, 0o600) as journal:
            text = json.dumps(state, ensure_ascii=False, indent=1)
            journal.write_text(text, "utf-8", errors="surrogateescape")
        self._safe, self._safe_bytes, self._saved = self._position, self._bytes, time.monotonic()

    def _read_journal(self) -> None:
        if not self.data.exists() or not self.journal.exists():
            self.journal.unlink(missing_ok=True)
            return
        restart = "run without --resume to start again"
        try:
            state = json.loads(self.journal.read_text("utf-8", "surrogateescape"))
            position = Position(**{key: state[key] for key in asdict(Position())})
            size = int(state["bytes"])
        except (ValueError, KeyError, TypeError):
            raise OutputError(f"{self.journal}: damaged, so nothing can be gone on with; {restart}") from None
        for what, now in self._made_from.items():
            if state.get(what) != now:
                raise OutputError(
                    f"{self.data}: {what} was {_shown(state.get(what))} when it was begun and is {_shown(now)} now; "
                    f"give the same again, or {restart}"
                )
        if self.data.stat().st_size < size:
            raise OutputError(f"{self.data}: shorter than its journal says, so it was changed; {restart}")
        self.found = self._position = self._safe = position
        self._bytes = self._safe_bytes = size


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value, ensure_ascii=False)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Be the one process that writes `path`; the lock goes with the process, however that ends."""
    lock = path.with_name(f"{path.name}.lock")
    while True:
        stream = open(lock, "ab")  # noqa: SIM115 - closed below, after the file is gone
        try:
            _lock(stream.fileno())
        except OSError:
            stream.close()
            raise OutputError(
                f"{path}: another process is writing it ({lock}); wait until it ends, or choose another place with -o"
            ) from None
        # Whoever held the lock until now has deleted the file, maybe after it was opened here.
        try:
            if os.path.samestat(os.fstat(stream.fileno()), os.stat(lock)):
                break
        except FileNotFoundError:
            pass
        stream.close()
    try:
        yield
    finally:
        if sys.platform != "win32":
            lock.unlink(missing_ok=True)
        stream.close()


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
