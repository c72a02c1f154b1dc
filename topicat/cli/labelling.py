"""What a worker does: read the model once, label a batch, and hand back the bytes to write."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from topicat.errors import ModelError

if TYPE_CHECKING:
    from topicat.batches import Batch
    from topicat.model import Model

FORMS = ("jsonl", "csv", "parquet")
"""The forms whose records stand one after the other, so that batches can be written as they come."""
ROW_GROUP = 65_536
"""Paragraphs in a row group of a Parquet file."""


@dataclass(frozen=True)
class Labelling:
    """How a batch becomes bytes: by which model, in which form. It is sent to every worker with its batch.

    Attributes
    ----------
    model
        Name of a bundled model, or the absolute path of a folder. A worker reads it for itself, memory-mapped, so
        that the workers of a machine share one copy.
    fingerprint
        Of the model; a worker that finds another one under the name refuses.
    form
        One of `FORMS`.
    evidence
        Whether to say which words decided.
    """

    model: str
    fingerprint: str
    form: str
    evidence: bool

    @staticmethod
    def of(model: str, form: str, evidence: bool) -> Labelling:
        """A labelling by the model of that name or path.

        Raises
        ------
        ModelError
            If there is no such model.
        """
        from topicat import registry

        folder = registry.model_path(model)
        name = str(folder.absolute()) if folder.exists() and folder == Path(model) else model
        return Labelling(name, _fingerprint(folder), form, evidence)

    @property
    def loaded(self) -> Model:
        """The model, read once in a process."""
        return _load(self.model, self.fingerprint)

    def header(self) -> bytes:
        """What stands before the first batch."""
        if self.form == "csv":
            from topicat.cli.records import csv_header

            return csv_header(self.loaded).encode("utf-8", "surrogateescape")
        if self.form == "parquet":
            from topicat import arrow

            return bytes(arrow.record_schema(self.loaded, self.evidence).serialize())
        return b""

    def __call__(self, batch: Batch) -> bytes:
        """The records of a batch."""
        model = self.loaded
        predictions = model.predict([row[-1] for row in batch], evidence=self.evidence)
        if self.form == "parquet":
            from topicat import arrow

            return bytes(arrow.record_batch(batch, predictions, model, self.evidence).serialize())
        from topicat.cli import records

        text = (
            records.jsonl(batch, predictions) if self.form == "jsonl" else records.csv_rows(batch, predictions, model)
        )
        return text.encode("utf-8", "surrogateescape")


def to_parquet(written: Path, target: Path) -> None:
    """Make the Parquet file `target` of the Arrow batches `written`, one row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        pa.OSFile(str(written), "rb") as source,
        pa.ipc.open_stream(source) as batches,
        pq.ParquetWriter(target, batches.schema, compression="zstd") as writer,
    ):
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(map(len, waiting)) >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))


def _fingerprint(folder: Path) -> str:
    """Of ``model.json``, which names the content of every other file."""
    path = folder / "model.json"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


@functools.cache
def _load(name: str, fingerprint: str) -> Model:
    import topicat
    from topicat import registry

    folder = registry.model_path(name)
    found = _fingerprint(folder)
    if fingerprint and found != fingerprint:
        raise ModelError(
            f"{folder}: the model here has fingerprint {found or 'none'}, the one to label with {fingerprint}; "
            "workers and the process that starts them need the same model at the same place, unchanged while it runs"
        )
    return topicat.load(name)
