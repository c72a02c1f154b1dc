"""`Session`: what one coder sees and decides, whatever windows are open."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from topicat.document import Paragraph
from topicat.errors import UsageError
from topicat.model import Model
from topicat.page import strength
from topicat.prediction import Prediction
from topicat.taxonomy import Taxonomy
from topicat.workbench.agreement import agreements
from topicat.workbench.labels_file import LABEL, LabelsFile, Row, key_of
from topicat.workbench.queue import Place, Queue

AROUND = 2
"""Paragraphs of the article shown before and behind."""
_LIVE = 30.0
"""Seconds without a sign of a window after which its paragraph goes to another."""


class CodedMeanwhileError(UsageError):
    """Another window decided of the paragraph first."""


@dataclass
class _Window:
    """What a window shows, and when it was last heard of."""

    key: str = ""
    place: Place | None = None
    seen: float = 0.0


class Session:
    """A coder at work on a corpus. Its methods may be called from several threads.

    Parameters
    ----------
    documents, paragraphs
        The corpus: every paragraph with its document's name, in order.
    model
        What predicts, until another takes its place.
    labels
        Where decisions go.
    coder
        Who decides.
    """

    def __init__(
        self,
        documents: Sequence[str],
        paragraphs: Sequence[Paragraph],
        taxonomy: Taxonomy,
        model: Model,
        labels: LabelsFile,
        coder: str,
    ) -> None:
        self.documents, self.paragraphs = documents, paragraphs
        self.taxonomy, self.model, self.labels, self.coder = taxonomy, model, labels, coder
        self.lock = threading.RLock()
        self.queue = Queue([paragraph.text for paragraph in paragraphs])
        self._windows: dict[str, _Window] = {}
        self._decided_in: dict[str, str] = {}
        self._known_mark: tuple[Model, str] | None = None
        self.queue.put(self.queue.rank(model, self.known()))

    def known(self) -> list[str]:
        """Texts that this coder has decided of."""
        return [row["text"] for row in self.labels.of(self.coder).values()]

    def item(self, window: str) -> dict[str, Any] | None:
        """What `window` is to code now: the same until it is decided. None if nothing is left."""
        with self.lock:
            mine = self._seen(window)
            decided = self.labels.of(self.coder)
            others = {w.key for w in self._windows.values() if w is not mine and w.seen > time.monotonic() - _LIVE}
            if mine.place is None or mine.key in decided:
                taken = {*decided, *others}
                if not self.queue.lined_up(taken):
                    self.queue.put(self.queue.rank(self.model, self.known()))
                mine.place = self.queue.next(taken, len(taken), self._of_others())
                mine.key = self.queue.keys[mine.place.index] if mine.place else ""
            return self._shown(mine.place) if mine.place else None

    def decide(self, window: str, key: str, kind: str, labels: Sequence[str]) -> None:
        """Save what the coder says of the paragraph shown in `window`.

        Parameters
        ----------
        kind
            ``label``, ``unsure`` or ``skip``.
        labels
            Topic paths; those above others are left out.

        Raises
        ------
        CodedMeanwhileError
            If another window was first.
        UsageError
            If the paragraph is not of the corpus, or the taxonomy is exclusive and there is not one topic.
        TaxonomyError
            If there is no such topic.
        OutputError
            If it cannot be saved.
        """
        with self.lock:
            mine = self._seen(window)
            if key in self.labels.of(self.coder):
                raise CodedMeanwhileError("this paragraph was coded in another window meanwhile; here is the next")
            if key not in self.queue.index:
                raise UsageError(f"no paragraph '{key:.20}' in this corpus; load the page again")
            place = mine.place if mine.key == key and mine.place else Place(self.queue.index[key], "", False)
            self.labels.add(self._row(place, self._paths(labels) if kind == LABEL else []), kind)
            self._decided_in[key] = window

    def undo(self, window: str) -> dict[str, Any] | None:
        """Take back the last decision made in `window`, else the last of an earlier run; its paragraph is shown again.

        None if there is nothing to take back.
        """
        with self.lock:
            mine = self._seen(window)
            for key, row in reversed(self.labels.of(self.coder).items()):
                if self._decided_in.get(key, window) == window and key in self.queue.index:
                    self.labels.remove(row["text"], self.coder)
                    mine.key = key
                    mine.place = Place(self.queue.index[key], row.get("why", ""), bool(row.get("drawn")))
                    return {**self._shown(mine.place), "labels": row["labels"]}
            return None

    def state(self, window: str) -> dict[str, Any]:
        """Figures for the page's foot: how many are coded, and how far coders agree."""
        with self.lock:
            self._seen(window)
            coded = sum(row.get("coder", "") == self.coder for row in self.labels.rows)
            aside = sum(row.get("coder", "") == self.coder for row in self.labels.aside)
            left = len(self.queue.index.keys() - self.labels.of(self.coder).keys())
            found = agreements(self.labels.rows, self.coder, self.taxonomy)
            return {
                "coded": coded,
                "aside": aside,
                "left": left,
                "agreement": [
                    {
                        "other": a.other,
                        "n": a.n,
                        "same": a.same,
                        "kappa": a.mean,
                        "topics": a.kappa,
                        "settle": [self.queue.texts[self.queue.index[k]] for k in a.differ if k in self.queue.index],
                    }
                    for a in found
                ],
            }

    def replace(self, model: Model, taxonomy: Taxonomy | None = None) -> None:
        """Go on with another model at once; then the paragraphs are lined up anew, those shown stay."""
        with self.lock:
            known = self.known()
            self.model = model
            self.taxonomy = taxonomy or self.taxonomy
        doubtful = self.queue.rank(model, known)
        with self.lock:
            self.queue.put(doubtful)

    def _seen(self, window: str) -> _Window:
        found = self._windows.setdefault(window, _Window())
        found.seen = time.monotonic()
        return found

    def _of_others(self) -> list[str]:
        return [key_of(row["text"]) for row in self.labels.rows if row.get("coder", "") != self.coder]

    def _paths(self, labels: Sequence[str]) -> list[str]:
        paths = [self.taxonomy.resolve(label) for label in labels]
        paths = [p for p in paths if not any(other.startswith(f"{p}.") for other in paths)]
        if self.taxonomy.exclusive and len({p.split(".")[0] for p in paths}) != 1:
            found = ", ".join(paths) or "none"
            raise UsageError(f"taxonomy '{self.taxonomy.id}' is exclusive: choose one topic, not {found}")
        return paths

    def _row(self, place: Place, labels: list[str]) -> Row:
        paragraph, document = self.paragraphs[place.index], self.documents[place.index]
        [said] = self.model.predict([paragraph.text])
        return {
            "text": paragraph.text,
            "labels": labels,
            "group": document,  # paragraphs of one document never straddle a fold
            "document": document,
            "paragraph": paragraph.number,
            "coder": self.coder,
            "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
            "why": place.why,
            "drawn": place.drawn,
            "predicted": list(said.labels),
            "model": self._mark(),
            "taxonomy": self.taxonomy.fingerprint[:12],
        }

    def _mark(self) -> str:
        """The fingerprint of what the model learned from, and how."""
        if self._known_mark is None or self._known_mark[0] is not self.model:
            info = {key: self.model.info.get(key) for key in ("taxonomy", "seeds", "settings")}
            text = json.dumps(info, sort_keys=True, default=str)
            self._known_mark = self.model, hashlib.sha256(text.encode()).hexdigest()[:12]
        return self._known_mark[1]

    def _shown(self, place: Place) -> dict[str, Any]:
        paragraph, document = self.paragraphs[place.index], self.documents[place.index]
        [said] = self.model.predict([paragraph.text], evidence=True)
        return {
            "key": self.queue.keys[place.index],
            "document": document,
            "number": paragraph.number,
            "before": self._beside(place.index, -1)[::-1],
            "after": self._beside(place.index, 1),
            "parts": parts(said),
            "labels": list(said.labels),
            "probabilities": {**said.probabilities, **{s.topic: s.probability for s in said.topics}},
            "why": place.why,
            "drawn": place.drawn,
        }

    def _beside(self, index: int, step: int) -> list[str]:
        """Texts of the same document before or behind, the nearest first."""
        found = []
        for i in range(index + step, index + step * (AROUND + 1), step):
            if not 0 <= i < len(self.paragraphs) or self.documents[i] != self.documents[index]:
                break
            if self.paragraphs[i].number - self.paragraphs[i - step].number != step:
                break
            found.append(self.paragraphs[i].text)
        return found


def parts(prediction: Prediction) -> list[dict[str, Any]]:
    """The text cut where evidence begins and ends, each part with the topic that it spoke for most, and how strongly.

    Texts, not offsets: the browser counts characters in another way.
    """
    found = [(e.weight, e.start, e.end, s.topic.split(".")[0]) for s in prediction.topics for e in s.evidence]
    cuts = sorted({0, len(prediction.text), *(at for _, start, end, _ in found for at in (start, end))})
    cut = []
    for start, end in itertools.pairwise(cuts):
        weight, topic = max(((w, t) for w, a, b, t in found if a <= start and end <= b), default=(0.0, ""))
        cut.append({"text": prediction.text[start:end], "topic": topic, "strength": strength(weight)})
    return cut
