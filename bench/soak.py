"""Hours of mixed work in one process: memory must stay flat, answers equal, and no file open that was not before.

    python bench/soak.py --minutes 60

Two threads predict, one loads models, one trains and saves; every answer is compared with the first one. Each line
has the minutes, paragraphs labelled, models loaded and trained, resident memory and open files. Exit code 1 if
an answer differed, memory grew by more than 5 % over the second half, or files were left open.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import topicat

HERE = Path(__file__).resolve().parent.parent
GOLDEN = HERE / "tests" / "golden"


class Soak:
    """The work, its counts, and what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts = {"paragraphs": 0, "loads": 0, "trainings": 0}
        self.wrong: list[str] = []
        self.stop = threading.Event()
        self._lock = threading.Lock()
        self.model = topicat.load("policy")
        [document] = topicat.read(HERE / "examples" / "talks-2026-05-18.txt")
        self.texts = [paragraph.text for paragraph in document.paragraphs] * 40
        self.chances = self.model.predict_proba(self.texts)
        self.predictions = self.model.predict(self.texts[:12], evidence=True)
        self.train()
        self.trained = {path.name for path in (folder / "model").iterdir()}

    def _count(self, what: str, number: int) -> None:
        with self._lock:
            self.counts[what] += number

    def predict(self) -> None:
        """The same paragraphs once more."""
        if not np.array_equal(self.model.predict_proba(self.texts), self.chances):
            self.wrong.append("other probabilities")
        if self.model.predict(self.texts[:12], evidence=True) != self.predictions:
            self.wrong.append("other evidence")
        self._count("paragraphs", len(self.texts) + 12)

    def load(self) -> None:
        """The bundled model, loaded anew."""
        if topicat.load("policy").predict(self.texts[:12], evidence=True) != self.predictions:
            self.wrong.append("another answer of a model loaded anew")
        self._count("loads", 1)
        self._count("paragraphs", 12)

    def train(self) -> None:
        """A model of 200 seeds, saved over the last one: the names of its files are their checksums."""
        topicat.save(topicat.train(GOLDEN / "taxonomy.yaml", [GOLDEN / "seeds.jsonl"]), self.folder / "model")
        if self.counts["trainings"] and {p.name for p in (self.folder / "model").iterdir()} != self.trained:
            self.wrong.append("another model of the same seeds")
        self._count("trainings", 1)

    def run(self, work: Callable[[], None]) -> None:
        """Does `work` until the time is up."""
        while not self.stop.is_set():
            try:
                work()
            except Exception as error:  # whatever it is, it belongs into the report
                self.wrong.append(f"{type(error).__name__}: {error}")


def state() -> tuple[float, int]:
    """Resident memory in MiB, and the number of open files (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(os.listdir("/proc/self/fd"))


def main() -> int:
    """Exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        soak = Soak(Path(name))
        threads = [
            threading.Thread(target=soak.run, args=(w,)) for w in (soak.predict, soak.predict, soak.load, soak.train)
        ]
        for thread in threads:
            thread.start()
        begin = time.monotonic()
        states = []
        for step in range(1, 21):
            time.sleep(max(0.0, begin + step * args.minutes * 3 - time.monotonic()))
            states.append(state())
            shown = "  ".join(f"{number:,} {what}" for what, number in soak.counts.items())
            memory, files = states[-1]
            print(f"{step * args.minutes / 20:6.1f} min  {shown}  {memory:,.0f} MiB  {files} files", flush=True)
        soak.stop.set()
        for thread in threads:
            thread.join()
    first, second = (max(memory for memory, _ in part) for part in (states[5:12], states[12:]))
    if second > 1.05 * first:
        soak.wrong.append(f"memory grew from {first:,.0f} to {second:,.0f} MiB")
    if states[-1][1] > states[0][1] + 5:  # some are open for a moment
        soak.wrong.append(f"{states[-1][1]} files are open, {states[0][1]} were at first")
    for line in dict.fromkeys(soak.wrong):
        print(f"wrong: {line} ({soak.wrong.count(line)} times)")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
