"""`Trainer`: the model is trained anew in the background as labels come in, and measured on them."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from topicat.curve import fit_power_law
from topicat.encoding import Memory
from topicat.errors import OutputError, TopicatError
from topicat.evaluation import Decisions
from topicat.held_out import held_out_decisions
from topicat.reading import json_rows
from topicat.seeds import Example
from topicat.tokenizers import Tokenizer
from topicat.training import TrainingSettings, train_held_out
from topicat.workbench.labels_file import append, key_of
from topicat.workbench.session import Session

EVERY = 10
"""After so many new labels the model is trained anew."""
WEIGHT = 3.0
"""How much a label counts beside a seed: it is of the text that the model is for."""
STEP = 50
"""So many more labels the forecast is about."""
HARDLY = 0.01
"""A forecast of less F1 than this is not worth the work."""
_SETTINGS = TrainingSettings(folds=3)
"""Two folds fewer than `topicat train` has by default save a quarter of the time, and cost 0.001 of F1 on real news."""
_FEWEST = 5
"""Of fewer labels there are no figures."""
_RESAMPLES = 300


@dataclass(frozen=True)
class Figure:
    """Micro-F1 over the topics at the top on `n` labels, each judged by a model that had not seen its article.

    `low` and `high` are the ends of the 95 % interval, None where the labels are of one article.
    """

    n: int
    f1: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Point:
    """A model of so many labels, and how good it is: on the random sample, and on all labels."""

    labels: int
    seconds: float
    random: Figure | None
    all: Figure | None


class Trainer:
    """Trains for a session, one model at a time, in a thread of its own.

    Parameters
    ----------
    seeds
        What every model learns from beside the labels.
    tokenizer
        As for `topicat.training.train`.
    cache
        Whether texts that were read once are remembered by their content: sooner trained, for some memory.

    Attributes
    ----------
    points
        The models so far; they are kept in a file beside the labels.
    """

    def __init__(
        self, session: Session, seeds: Sequence[Example], tokenizer: Tokenizer | None, *, cache: bool = True
    ) -> None:
        self.session, self.seeds, self.tokenizer = session, seeds, tokenizer
        self.running = False
        self.share = 0.0
        self.error = ""
        self._memory = Memory(session.queue.texts) if cache else None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._trained = 0
        self._again = False
        self._path = session.labels.path.with_suffix(".curve.jsonl")
        text = self._path.read_text("utf-8") if self._path.exists() else ""
        self.points = [_point(row) for _, row in json_rows(str(self._path), text)]

    def notice(self) -> None:
        """A label came in: train if there are enough new ones."""
        if abs(len(self.session.labels.rows) - self._trained) >= EVERY:
            self.start()

    def start(self, *, again: bool = False) -> bool:
        """Train with the labels there are; False if that goes on already: with `again` it is then done once more."""
        with self._lock:
            if self.running:
                self._again |= again
                return False
            self.running, self.share, self.error = True, 0.0, ""
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self._thread.start()
        return True

    def wait(self, seconds: float) -> None:
        """Until the model that is being trained is in place."""
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while self.running:
                self._train()
                with self._lock:
                    self.running, self._again = self._again, False
        except TopicatError as error:
            self.error = str(error)
        except Exception:
            self.error = "the training failed; the terminal says more"
            raise
        finally:
            self.running = False

    def _train(self) -> None:
        begin = time.perf_counter()
        with self.session.lock:
            taxonomy = self.session.taxonomy
            own = [dataclasses.replace(e, weight=WEIGHT) for e in self.session.labels.examples()]
        self._trained = len(own)
        known = {key_of(e.text) for e in own}
        examples = [*own, *(e for e in self.seeds if key_of(e.text) not in known)]

        def progress(done: int, steps: int, what: str) -> None:
            self.share = done / max(1, steps)

        model, held = train_held_out(
            taxonomy, examples, settings=_SETTINGS, tokenizer=self.tokenizer, progress=progress, memory=self._memory
        )
        # Words that were added meanwhile count at once; the next model learns from them.
        self.session.replace(dataclasses.replace(model, taxonomy=self.session.taxonomy))
        random = every = None
        if held is not None:
            decisions, asked = held_out_decisions(model, held, examples)
            mine = asked & (np.arange(len(examples)) < len(own))
            sample = self._sample()
            drawn = mine & np.array([i < len(own) and key_of(e.text) in sample for i, e in enumerate(examples)], bool)
            random, every = _figure(decisions.at(drawn)), _figure(decisions.at(mine))
        point = Point(len(own), time.perf_counter() - begin, random, every)
        self.points.append(point)
        append(self._path, dataclasses.asdict(point))

    def _sample(self) -> set[str]:
        rows = self.session.labels.rows
        return self.session.queue.sample([key_of(row["text"]) for row in rows if row.get("drawn")])

    def forecast(self) -> float | None:
        """How much F1 the next `STEP` labels are expected to add; None while there are too few models to say."""
        by_size = {p.labels: p.all.f1 for p in self.points if p.all and p.labels}
        law = fit_power_law(list(by_size), list(by_size.values())) if len(by_size) > 3 else None
        last = max(by_size, default=0)
        return law(last + STEP) - law(last) if law else None


def _figure(decisions: Decisions) -> Figure | None:
    if len(decisions.truth) < _FEWEST:
        return None
    scores = decisions.scores(_RESAMPLES)
    low, high = scores["intervals"]["micro_f1"] or (None, None)
    return Figure(len(decisions.truth), scores["micro_f1"], low, high)


def _point(row: dict[str, Any]) -> Point:
    try:
        figures = {key: Figure(**row[key]) if row[key] else None for key in ("random", "all")}
        return Point(int(row["labels"]), float(row["seconds"]), **figures)
    except (KeyError, TypeError, ValueError):
        raise OutputError(
            f"no figures of topicat label: {json.dumps(row)[:80]}; remove the file *.curve.jsonl"
        ) from None
