"""Labels for Arrow record batches: what Spark, Ray Data, Dask and Parquet files are made of.

A call for each engine; the model is read once in each of its processes::

    # Spark, DataFrame.mapInArrow
    schema = from_arrow_schema(labelled_schema(to_arrow_schema(frame.schema), model="policy"))
    frame.mapInArrow(lambda batches: label_batches(batches, model="policy"), schema)

    # Ray Data
    dataset.map_batches(lambda table: next(label_batches([table], model="policy")), batch_format="pyarrow")

    # Dask, over a bag of tables
    bag.map_partitions(lambda tables: label_batches(tables, model="policy"))
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import topicat
from topicat.batches import Batch
from topicat.errors import MissingPackageError, UsageError

if TYPE_CHECKING:
    import pyarrow

    from topicat.model import Model
    from topicat.prediction import Prediction

    Rows = TypeVar("Rows", bound=pyarrow.RecordBatch | pyarrow.Table)

DIGITS = 6
"""Decimals of probabilities and weights."""


def label_batches(
    batches: Iterable[Rows], *, model: str | Model = "policy", text: str = "text", evidence: bool = False
) -> Iterator[Rows]:
    """Each of `batches` with two columns more: the topics of its texts, and the probabilities.

    Parameters
    ----------
    batches
        Record batches or tables; each is labelled by itself, so memory does not grow with their number.
    model
        A model, or its name or folder; a name is read once in a process.
    text
        The column of texts. Each text is labelled as one paragraph; a missing one (null) gets nulls.
    evidence
        Whether to say which words decided; offsets count characters of the text.

    Returns
    -------
    An item for each of `batches`, of the same kind, with ``topics``, a list of structs ``topic``, ``probability``
    and, if asked for, ``evidence``; and ``probabilities``, a struct with a field for each topic at the top.

    Raises
    ------
    UsageError
        If there is no such column of strings, or a column is called as one of the new ones.
    ModelError
        If there is no such model.
    MissingPackageError
        If pyarrow is not installed.
    """
    pa = require_pyarrow()
    found = _model(model) if isinstance(model, str) else model
    for batch in batches:
        schema = labelled_schema(batch.schema, model=found, text=text, evidence=evidence)
        texts = batch.column(text).to_pylist()
        there = [value for value in texts if value is not None]
        predicted = iter(found.predict(there, evidence=evidence))
        fields = prediction_fields(found, evidence)
        values = [next(predicted) if value is not None else None for value in texts]
        more = [pa.array(column, f.type) for f, column in zip(fields, _columns(values, evidence), strict=True)]
        yield type(batch).from_arrays([*batch.columns, *more], schema=schema)


def labelled_schema(
    schema: pyarrow.Schema, *, model: str | Model = "policy", text: str = "text", evidence: bool = False
) -> pyarrow.Schema:
    """The schema of what `label_batches` makes of batches of `schema`.

    Raises
    ------
    UsageError, ModelError, MissingPackageError
        As `label_batches`.
    """
    pa = require_pyarrow()
    found = _model(model) if isinstance(model, str) else model
    have = ", ".join(schema.names) or "none"
    if schema.names.count(text) != 1:
        raise UsageError(f"there is no one column '{text}' (columns: {have}); name that of the texts: text='…'")
    kind = schema.field(text).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not any(test(plain) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)):
        raise UsageError(f"column '{text}' holds {kind}, not strings; choose another, or cast it")
    for field in prediction_fields(found, evidence):
        if field.name in schema.names:
            raise UsageError(f"there is a column '{field.name}' already (columns: {have}); rename it before")
        schema = schema.append(field)
    return schema


def require_pyarrow() -> Any:
    """The module pyarrow.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        import pyarrow
    except ImportError:
        raise MissingPackageError(
            "Arrow and Parquet need the package pyarrow, which is not installed; pip install 'topicat[parquet]'"
        ) from None
    return pyarrow


def prediction_fields(model: Model, evidence: bool) -> list[pyarrow.Field]:
    """The fields ``topics`` and ``probabilities`` of predictions of `model`."""
    pa = require_pyarrow()
    topic = [("topic", pa.string()), ("probability", pa.float64())]
    if evidence:
        word = [("text", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("weight", pa.float64())]
        topic.append(("evidence", pa.list_(pa.struct(word))))
    roots = [(root, pa.float64()) for root in model.topics if "." not in root]
    return [pa.field("topics", pa.list_(pa.struct(topic))), pa.field("probabilities", pa.struct(roots))]


def record_schema(model: Model, evidence: bool) -> pyarrow.Schema:
    """The schema of the records of paragraphs."""
    pa = require_pyarrow()
    numbers = [("paragraph", pa.int32()), ("start", pa.int64()), ("end", pa.int64())]
    plain = [("document", pa.string()), ("date", pa.string()), *numbers, ("text", pa.string())]
    return pa.schema([*plain, *prediction_fields(model, evidence)])


def record_batch(rows: Batch, predictions: Sequence[Prediction], model: Model, evidence: bool) -> pyarrow.RecordBatch:
    """The records of paragraphs and their predictions, in Arrow; offsets count characters of the document."""
    pa = require_pyarrow()
    schema = record_schema(model, evidence)
    columns = [list(column) for column in zip(*rows, strict=True)]
    columns += _columns(predictions, evidence, [row[3] for row in rows])
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _columns(
    predictions: Sequence[Prediction | None], evidence: bool, starts: Sequence[int] | None = None
) -> list[list[Any]]:
    """The columns of `prediction_fields`; `starts` are where the texts begin in their documents."""
    topics: list[Any] = []
    probabilities: list[Any] = []
    for i, prediction in enumerate(predictions):
        if prediction is None:
            topics.append(None)
            probabilities.append(None)
            continue
        begin = starts[i] if starts else 0
        assigned: list[dict[str, Any]] = []
        for score in prediction.topics:
            assigned.append({"topic": score.topic, "probability": round(score.probability, DIGITS)})
            if evidence:
                assigned[-1]["evidence"] = [
                    {
                        "text": e.text,
                        "start": begin + e.start,
                        "end": begin + e.end,
                        "weight": round(e.weight, DIGITS),
                    }
                    for e in score.evidence
                ]
        topics.append(assigned)
        probabilities.append({topic: round(p, DIGITS) for topic, p in prediction.probabilities.items()})
    return [topics, probabilities]


@functools.cache
def _model(name: str) -> Model:
    return topicat.load(name)
