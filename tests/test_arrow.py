"""Labels for Arrow record batches."""

from __future__ import annotations

import pyarrow as pa
import pytest

from topicat import arrow
from topicat.arrow import label_batches, labelled_schema, record_batch
from topicat.batches import batches
from topicat.errors import MissingPackageError, ModelError, UsageError
from topicat.model import Model
from topicat.reading import make_document

TEXTS = ["果园里的草莓熟了。", None, "双方互致问候。", "The goat ate the hen's breakfast."]


def test_each_batch_gets_two_columns(model: Model) -> None:
    """Topics and probabilities as `predict` gives them; a missing text gets nulls; other columns stay."""
    batch = pa.record_batch({"id": [1, 2, 3, 4], "text": TEXTS})
    [done] = label_batches([batch], model=model)
    assert done.schema == labelled_schema(batch.schema, model=model)
    assert done.column("id").to_pylist() == [1, 2, 3, 4]
    expected = model.predict([text for text in TEXTS if text])
    for row, prediction in zip([0, 2, 3], expected, strict=True):
        given = done.column("topics")[row].as_py()
        assert [t["topic"] for t in given] == list(prediction.labels)
        assert [t["probability"] for t in given] == [round(t.probability, 6) for t in prediction.topics]
        rounded = {topic: round(p, 6) for topic, p in prediction.probabilities.items()}
        assert done.column("probabilities")[row].as_py() == rounded
    assert done.column("topics")[1].as_py() is None
    assert done.column("probabilities")[1].as_py() is None
    assert done.column("topics")[2].as_py() == []


def test_tables_stay_tables_and_batches_come_one_by_one(model: Model) -> None:
    """One item for each, when it is asked for; empty ones too."""
    table = pa.table({"body": pa.chunked_array([TEXTS, TEXTS])})
    [done] = label_batches([table], model=model, text="body")
    assert isinstance(done, pa.Table)
    assert len(done) == 8
    stream = label_batches(iter([table.slice(0, 0), None]), model=model, text="body")
    assert next(stream).num_rows == 0


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_strings_of_every_kind(model: Model, kind: pa.DataType) -> None:
    """Spark, polars and pandas each have their own."""
    batch = pa.record_batch({"text": pa.array(TEXTS).cast(kind)})
    [done] = label_batches([batch], model=model)
    assert done.column("topics")[0].as_py()[0]["topic"] == "fruit"


def test_evidence(model: Model) -> None:
    """Offsets count characters of the text."""
    [done] = label_batches([pa.record_batch({"text": TEXTS})], model=model, evidence=True)
    words = [word for topic in done.column("topics")[0].as_py() for word in topic["evidence"]]
    assert words
    assert all(TEXTS[0][word["start"] : word["end"]] == word["text"] for word in words if TEXTS[0])


def test_records_of_paragraphs(model: Model) -> None:
    """Offsets count characters of the document."""
    document = make_document("a.txt", "一只山羊。\n果园里的草莓熟了。")
    [batch] = batches([document])
    records = record_batch(batch, model.predict([row[-1] for row in batch], evidence=True), model, True).to_pylist()
    assert [(r["document"], r["paragraph"]) for r in records] == [("a.txt", 1), ("a.txt", 2)]
    for record in records:
        for topic in record["topics"]:
            assert all(document[word["start"] : word["end"]] == word["text"] for word in topic["evidence"])


def test_batches_that_cannot_be_labelled(model: Model) -> None:
    """The message names the column and the ones there are."""
    for columns, words in (
        ({"body": ["x"]}, r"no one column 'text' \(columns: body\)"),
        ({"text": [1]}, "column 'text' holds int64, not strings"),
        ({"text": ["x"], "topics": ["y"]}, r"there is a column 'topics' already \(columns: text, topics\)"),
    ):
        with pytest.raises(UsageError, match=words):
            next(label_batches([pa.record_batch(columns)], model=model))
    with pytest.raises(ModelError, match="no model 'polcy'"):
        next(label_batches([pa.record_batch({"text": ["x"]})], model="polcy"))


def test_a_model_given_by_name_is_read_once() -> None:
    """In each process, however often the engine calls."""
    arrow._model.cache_clear()
    batch = pa.record_batch({"text": ["双方商定扩大天然气供应。"]})
    found = [next(label_batches([batch])).column("topics")[0].as_py()[0]["topic"] for _ in range(2)]
    assert found == ["energy", "energy"]
    assert arrow._model.cache_info().misses == 1


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'topicat\[parquet\]'"):
        next(label_batches([]))
