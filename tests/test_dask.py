"""A real Dask cluster of two worker processes, of which one is killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from topicat import workers
from topicat.batches import batches
from topicat.cli.labelling import Labelling
from topicat.document import Document
from topicat.errors import WorkerError
from topicat.model import Model
from topicat.reading import make_document
from topicat.store import save_model
from topicat.workers import Workers

N = 50_000


@pytest.fixture
def cluster() -> Iterator[distributed.LocalCluster]:
    """Two processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


def documents() -> Iterator[Document]:
    """`N` short ones."""
    texts = ("草莓熟了。", "铁锹和山羊。", "互致问候。")
    return (make_document(str(i), texts[i % 3]) for i in range(N))


def test_every_paragraph_exactly_once_though_a_worker_is_killed(
    cluster: distributed.LocalCluster, model: Model, tmp_path: Path
) -> None:
    """In order, and equal to what this process says."""
    save_model(model, tmp_path / "garden")
    labelling = Labelling.of(str(tmp_path / "garden"), "jsonl", False)
    pool = Workers(backend="dask", cluster=cluster.scheduler_address)
    victim = next(iter(cluster.workers.values())).pid
    found: list[bytes] = []
    killed = False
    for data in pool.map(labelling, batches(documents())):
        found.append(data)
        if not killed and len(found) * 1024 > N // 2:
            os.kill(victim, signal.SIGKILL)
            killed = True
    assert killed
    records = [json.loads(line) for data in found for line in data.splitlines()]
    assert [record["document"] for record in records] == [str(i) for i in range(N)]
    assert found == list(Workers().map(labelling, batches(documents())))


def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message with the address, soon."""
    monkeypatch.setattr(workers, "CONNECT", 0.5)
    with pytest.raises(WorkerError, match=r"tcp://127\.0\.0\.1:9 cannot be reached by dask"):
        list(Workers(backend="dask", cluster="tcp://127.0.0.1:9").map(len, [[]]))
