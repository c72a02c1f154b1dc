"""`Workers`: processes of this machine or a cluster that do batches of work, in order, through joblib."""

from __future__ import annotations

import collections
import contextlib
import importlib.util
import os
import pickle
import signal
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from topicat.errors import UsageError, WorkerError

B = TypeVar("B")
R = TypeVar("R")

BACKENDS = {
    "loky": ("joblib", "joblib"),
    "dask": ("distributed", "'topicat[dask]'"),
    "ray": ("ray", "ray"),
    "spark": ("joblibspark", "joblibspark pyspark"),
}
"""For each backend the module it needs, and what to install."""
AHEAD = 8
"""Batches for each worker that may wait to be written; more would pile up in memory where writing is slow."""
TRIES = 3
"""How often the same batch is run when workers are killed."""
CONNECT = 10.0
"""Seconds to wait for a cluster to answer at all."""
TIMEOUT = 300.0
"""Seconds without an answer after which a cluster is given up."""


class Workers:
    """Processes that do batches of work; with one job and no backend, this process itself.

    Parameters
    ----------
    jobs
        Number of worker processes on this machine; a cluster has its own number.
    backend
        One of `BACKENDS`; None: loky where there is more than one job.
    cluster
        Address of the cluster: of Dask's scheduler, of Ray's head, Spark's master. None: where the
        backend's own settings point to, else one that is started on this machine.
    lost
        Is told when a worker was killed and its work is done again.

    Raises
    ------
    UsageError
        If the backend is unknown, its package is not installed, or an address is given for this machine.
    """

    def __init__(
        self,
        jobs: int = 1,
        backend: str | None = None,
        cluster: str | None = None,
        lost: Callable[[str], None] = lambda message: None,
    ) -> None:
        if backend is not None and backend not in BACKENDS:
            raise UsageError(f"backend '{backend}': there is no such one; choose one of: {', '.join(BACKENDS)}")
        if backend is not None and importlib.util.find_spec(BACKENDS[backend][0]) is None:
            raise UsageError(
                f"backend '{backend}' needs the package {BACKENDS[backend][0]}, which is not installed; "
                f"pip install {BACKENDS[backend][1]}"
            )
        if cluster is not None and backend in (None, "loky"):
            raise UsageError(f"a cluster ('{cluster}') needs a backend that has one: dask, ray or spark")
        self.jobs = jobs
        self.backend = backend or ("loky" if jobs != 1 else None)
        self.cluster = cluster
        self._lost = lost

    def map(self, work: Callable[[B], R], batches: Iterable[B]) -> Iterator[R]:
        """What `work` gives for each of `batches`, in their order.

        `batches` is read as workers come free, at most `AHEAD` for each in advance of what has been taken. If a
        worker is killed, what it had is done again: no result is lost, and none comes twice.

        Raises
        ------
        WorkerError
            If workers are killed time and again, or the cluster does not answer.
        """
        if self.backend is None:
            yield from map(work, batches)
            return
        import joblib

        with self._configured(), contextlib.ExitStack() as stack:
            call = joblib.delayed(work)
            if self.backend == "loky":
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="topicat-"))
                call = joblib.delayed(_ByFile(work, Path(folder)))
            queue = _Queue(batches, AHEAD * joblib.effective_n_jobs(self.jobs))
            tries = 0
            while queue:
                results: Any = None
                # A new one each time: a thread of one that failed may still be waiting for the source.
                parallel = joblib.Parallel(
                    batch_size=1,  # joblib's own batches are for calls much shorter than ours
                    timeout=TIMEOUT if self.backend in ("dask", "ray") else None,
                    return_as="generator" if self.backend in ("loky", "dask") else "list",
                )
                try:
                    results = parallel(call(batch) for batch in queue.window())
                    for result in results:
                        queue.taken()
                        tries = 0
                        yield _ByFile.take(result) if self.backend == "loky" else result
                except Exception as error:
                    if not _is_loss(error):
                        raise
                    tries += 1
                    if tries == TRIES:
                        raise WorkerError(_SAY[self.backend].format(tries=TRIES)) from error
                    self._lost("a worker process was killed; what it had is done again")
                finally:
                    if hasattr(results, "close"):
                        with warnings.catch_warnings(), _deaf_to_loky():
                            # joblib warns of work that is thrown away; here that is meant.
                            warnings.simplefilter("ignore")
                            results.close()

    @contextlib.contextmanager
    def _configured(self) -> Iterator[None]:
        """joblib set to the backend, which is connected and, if it is ours, stopped in the end."""
        import joblib

        with contextlib.ExitStack() as stack:
            try:
                more = stack.enter_context(_CONNECT[self.backend or "loky"](self.cluster, self.jobs))
                stack.enter_context(joblib.parallel_config(backend=self.backend, n_jobs=self.jobs, **more))
            except (OSError, ValueError, RuntimeError, ImportError) as error:
                where = self.cluster or "the cluster"
                raise WorkerError(
                    f"{where} cannot be reached by {self.backend}: {error}; check its address (--cluster)"
                ) from error
            yield


_SAY = {
    "loky": "worker processes were killed {tries} times over the same paragraphs; "
    "they may need more memory than there is: use fewer workers (-j)",
    **dict.fromkeys(
        ("dask", "ray", "spark"),
        "the cluster failed {tries} times over the same paragraphs, or gave no answer; look at its logs",
    ),
}


def _is_loss(error: BaseException) -> bool:
    """Whether a worker, not the work, has failed."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, (TimeoutError, ConnectionError)) or bool(
        names & {"BrokenExecutor", "KilledWorker", "CancelledError", "WorkerCrashedError", "RayActorError"}
    )


@contextlib.contextmanager
def _deaf_to_loky() -> Iterator[None]:
    """loky's thread that hands out work may miss what it was to hand out, since that was thrown away meanwhile.

    It ends in any case, and its traceback would tell nobody anything.
    """
    before = threading.excepthook

    def hook(what: threading.ExceptHookArgs) -> None:
        if what.exc_type is not KeyError or type(what.thread).__name__ != "_ExecutorManagerThread":
            before(what)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


class _ByFile:
    """Work that leaves its result in a file and gives the file's name.

    The processes of loky share one pipe for their results. One that is killed while it writes a long one leaves half
    of it there, for the rest of which the reader would wait for ever; a name goes through in one piece.
    """

    def __init__(self, work: Callable[[Any], Any], folder: Path) -> None:
        self._work = work
        self._folder = folder

    def __call__(self, batch: Any) -> str:
        result = self._work(batch)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as stream:
            pickle.dump(result, stream, pickle.HIGHEST_PROTOCOL)
        return stream.name

    @staticmethod
    def take(name: str) -> Any:
        """The result in the file of that name, which is deleted."""
        data = Path(name).read_bytes()
        os.unlink(name)
        return pickle.loads(data)


@contextlib.contextmanager
def _loky(cluster: str | None, jobs: int) -> Iterator[dict[str, Any]]:
    import joblib

    # Ctrl-C reaches every process of a terminal, and what it means is this one's to say: workers are born deaf to it,
    # for one that is still starting would answer with a traceback. Only the main thread can see to that.
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            joblib.Parallel(n_jobs=jobs, backend="loky")(joblib.delayed(os.getpid)() for _ in range(jobs))
        finally:
            signal.signal(signal.SIGINT, before)
    yield {}


@contextlib.contextmanager
def _dask(cluster: str | None, jobs: int) -> Iterator[dict[str, Any]]:
    import dask
    import distributed

    ours = not (cluster or dask.config.get("scheduler-address", None))
    options: dict[str, Any] = {"timeout": CONNECT}
    if ours:
        options = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.Client(cluster, set_as_default=False, **options) as client:
        yield {"client": client}


@contextlib.contextmanager
def _ray(cluster: str | None, jobs: int) -> Iterator[dict[str, Any]]:
    import ray
    from ray.util.joblib import register_ray

    ours = not ray.is_initialized()
    if ours:
        ray.init(address=cluster)
    register_ray()
    try:
        yield {}
    finally:
        if ours:
            ray.shutdown()


@contextlib.contextmanager
def _spark(cluster: str | None, jobs: int) -> Iterator[dict[str, Any]]:
    from joblibspark import register_spark
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("topicat")
    if cluster:
        builder = builder.master(cluster)
    builder.getOrCreate()
    register_spark()
    yield {}


_CONNECT = {"loky": _loky, "dask": _dask, "ray": _ray, "spark": _spark}


class _Queue:
    """Batches on their way: read from the source by whichever thread sends work, kept until their result is taken."""

    def __init__(self, source: Iterable[Any], limit: int) -> None:
        self._source = iter(source)
        self._limit = limit
        self._lock = threading.Lock()
        self._window: object = None
        self._again: collections.deque[Any] = collections.deque()
        self._sent: collections.deque[Any] = collections.deque()
        self._error: BaseException | None = None
        self._exhausted = False

    def __bool__(self) -> bool:
        """Whether there may be batches whose result was not taken; raises what the source raised, at its place."""
        if self._sent or self._again or not self._exhausted:
            return True
        if self._error is not None:
            raise self._error
        return False

    def window(self) -> Iterator[Any]:
        """The batches from the first whose result was not taken, until too many wait for that.

        Then it ends. It must not block instead, for joblib reads it in the thread that also hands over results.
        An older window gives nothing more.
        """
        with self._lock:
            self._window = mine = object()
            self._again.extendleft(reversed(self._sent))
            self._sent.clear()
        while True:
            with self._lock:
                if self._window is not mine or len(self._sent) >= self._limit or not self._fill():
                    return
                batch = self._again.popleft()
                self._sent.append(batch)
            yield batch

    def _fill(self) -> bool:
        """Whether a batch is at hand, read if need be."""
        if not self._again and not self._exhausted:
            try:
                self._again.append(next(self._source))
            except StopIteration:
                self._exhausted = True
            except BaseException as error:  # in joblib's thread it would be lost
                self._error, self._exhausted = error, True
        return bool(self._again)

    def taken(self) -> None:
        """The result of the first batch has been taken."""
        self._sent.popleft()
