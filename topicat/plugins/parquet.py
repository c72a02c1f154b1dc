"""The built-in reader of Parquet files, by pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from topicat.document import Document
from topicat.errors import MissingPackageError, ReadingError, reason_of
from topicat.paragraphs import find_date
from topicat.reading import from_file, make_document

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError as error:
    raise MissingPackageError(
        "reading Parquet files needs pyarrow; install it with: pip install 'topicat[parquet]'"
    ) from error

_ERRORS = (pa.ArrowException, OSError, ValueError)
_ROWS = 512
"""Rows that are in memory at a time."""


@from_file
def read_parquet(name: str, data: BinaryIO) -> Iterator[Document]:
    """A Parquet file: each row is one document; columns ``text``, maybe ``id`` and ``date``, in any case.

    A few hundred rows are in memory at a time, so that a file may be of any size.

    Raises
    ------
    ReadingError
        If it is no Parquet file, has no column of texts or no row, or is damaged; the message says at which
        row.
    """
    number = 0
    for number, (text, id, date) in enumerate(_rows(name, data), 1):
        if text is None:
            raise ReadingError(f"{name}: row {number:,}: the text is null; leave such rows out")
        title = str(id) if id is not None and str(id).strip() else str(number)
        yield make_document(title, text, date=find_date(str(date))[0])
    if not number:
        raise ReadingError(f"{name}: there is no row in the file; there is nothing to label")


def _rows(name: str, data: BinaryIO) -> Iterator[tuple[Any, Any, Any]]:
    """Text, id and date of every row; None where there is none."""
    file, columns = _open(name, data)
    wanted = [column for column in columns if column is not None]
    done = 0
    # Row group by row group, so that a damaged one can be named.
    for group in range(file.num_row_groups):
        try:
            for batch in file.iter_batches(_ROWS, [group], wanted, use_threads=False):
                found = [None if column is None else batch.column(column) for column in columns]
                for row in range(batch.num_rows):
                    # One by one: a long text that a dictionary repeats is never there many times over.
                    text, id, date = (None if column is None else column[row].as_py() for column in found)
                    yield text, id, date
                    done += 1
        except _ERRORS as error:
            raise ReadingError(
                f"{name}: row group {group + 1} of {file.num_row_groups} is damaged after row {done:,} of the file "
                f"({reason_of(error)}); write the file anew"
            ) from None


def _open(name: str, data: BinaryIO) -> tuple[parquet.ParquetFile, list[str | None]]:
    """The file, and its columns of texts, ids and dates."""
    try:
        file = parquet.ParquetFile(data)
        schema = file.schema_arrow
    except _ERRORS as error:
        raise ReadingError(f"{name}: not a whole Parquet file ({reason_of(error)}); write the file anew") from None
    names = {column.strip().lower(): column for column in reversed(schema.names)}
    text, *others = (names.get(column) for column in ("text", "id", "date"))
    if text is None:
        have = ", ".join(schema.names) or "nothing"
        raise ReadingError(f"{name}: there is no column 'text' (it has: {have}); name the column of the texts 'text'")
    kind = schema.field(text).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise ReadingError(f"{name}: the column '{text}' is of type {kind}, not string; write it as text")
    # As a dictionary the column takes the memory of its different texts.
    return parquet.ParquetFile(data, metadata=file.metadata, read_dictionary=[text]), [text, *others]
