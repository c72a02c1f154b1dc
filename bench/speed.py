"""How fast topicat is, beside the plain pipeline and fastText on the same seeds and texts (`rivals.py`).

    python bench/speed.py [TEXTS.jsonl.gz|TEXTS.txt]... [--article FILE] [--labelled ROWS.jsonl.gz] [--repeats N]
    python bench/speed.py growth [-o FOLDER] [--most N]

The first prints a table, each figure the median of N repeats in which the rivals take turns, with ratios to the plain
pipeline. The second prints how time and memory grow with paragraphs and topics, and draws it (`growth.py`). Without
files the texts are made from the seeds (`material.py`). Every figure comes from a process of its own, with one BLAS
thread unless said otherwise; this one imports nothing large, since a child's peak memory counts its parent's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ARTICLE = HERE.parent / "examples" / "talks-2026-05-18.txt"
NAMES = ("topicat", "plain", "fastText")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONWARNINGS": "ignore"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Run(NamedTuple):
    """A finished process: its wall time and processor time, its peak memory in MB, and what it printed."""

    seconds: float
    processor: float
    megabytes: float
    output: str


def run(*command: str, threads: dict[str, str] = ONE_THREAD) -> Run:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as output, open(os.devnull, "w") as null:
        start = time.perf_counter()
        redirect = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, null.fileno(), 2)]
        pid = os.posix_spawn(command[0], command, {**ENVIRONMENT, **threads}, file_actions=redirect)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode("utf-8")
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def task(name: str, *arguments: object, threads: dict[str, str] = ONE_THREAD) -> Any:
    """What a task of `tasks.py` gives, done in a process of its own, with that process's peak memory as `megabytes`."""
    done = run(sys.executable, str(HERE / "tasks.py"), name, *map(str, arguments), threads=threads)
    return {**json.loads(done.output.splitlines()[-1]), "megabytes": done.megabytes}


class Table:
    """Rows of figures for each rival, gathered over repeats."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, list[float]]] = {}

    def add(self, row: str, name: str, value: float) -> None:
        self._values.setdefault(row, {}).setdefault(name, []).append(value)

    def median(self, row: str, name: str) -> float | None:
        values = self._values.get(row, {}).get(name)
        return statistics.median(values) if values else None

    def print(self, columns: Sequence[str]) -> None:
        """In Markdown, with topicat's ratio to the plain pipeline."""
        print("| | " + " | ".join(columns) + " | topicat : plain |\n| --- |" + " ---: |" * (len(columns) + 1))
        for row in self._values:
            values = [self.median(row, name) for name in columns]
            own, plain = self.median(row, "topicat"), self.median(row, "plain")
            cells = [shown(v) if v is not None else "–" for v in values]
            print(f"| {row} | " + " | ".join(cells) + f" | {shown(own / plain) if own and plain else '–'} |")


def shown(value: float) -> str:
    """Three figures of it."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def compare(texts: list[str], article: str, labelled: str | None, repeats: int, n: int) -> None:
    """Print the table, and what was measured on what."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made = task("material", folder, n, labelled or "-", *texts)
        table = Table()
        topicat = str(Path(sys.executable).with_name("topicat"))
        rival = str(HERE / "rivals.py")
        starts: dict[str, Callable[[], Run]] = {
            "topicat": lambda: run(topicat, "predict", article),
            "plain": lambda: run(sys.executable, rival, "plain", str(folder / "plain"), article),
            "fastText": lambda: run(sys.executable, rival, "fastText", str(folder / "fastText"), article),
        }
        for name in NAMES:
            size = task("prepare", name, folder)["bytes"]
            table.add("model on disk, MB", name, size / 1e6)
            starts[name]()  # once for nothing: the disk's cache, jieba's
        for number in range(repeats):
            for name in NAMES:
                started = starts[name]()
                table.add("an article, process start included, ms", name, 1000 * started.seconds)
                table.add("peak memory of an article, MB", name, started.megabytes)
            source, target = folder / "texts.jsonl", folder / "labels.jsonl"
            for jobs, how in (("2", "two workers"), ("1", "one process")):
                done = run(topicat, "predict", str(source), "-f", "jsonl", "-o", str(target), "-j", jobs)
                table.add(f"paragraphs a second, file to file, {how}", "topicat", made["lines"] / done.seconds)
            table.add("processor µs a paragraph, file to file", "topicat", 1e6 * done.processor / made["lines"])
            bare = run(sys.executable, "-c", "import numpy").seconds
            table.add("`--help`, ms", "topicat", 1000 * run(topicat, "--help").seconds)
            table.add("`python -c 'import numpy'`, ms", "topicat", 1000 * bare)
            for name in NAMES:
                for _ in range(5):  # short, so easily disturbed
                    loaded = task("load", name, folder)
                    table.add("loading the model after imports, ms", name, 1000 * loaded["load"])
                    table.add("loading and the first label, ms", name, 1000 * (loaded["load"] + loaded["first"]))
                bulk = task("bulk", name, folder)
                table.add("paragraphs a second, one core", name, bulk["rate"])
                table.add("peak memory in bulk, MB", name, bulk["megabytes"])
                table.add("paragraphs a second, two workers", name, task("workers", name, folder)["rate"])
            print(f"repeat {number + 1} of {repeats} done", file=sys.stderr)
        for number in range(max(1, repeats // 2)):
            for name in NAMES:
                trained = task("train", name, folder)
                table.add("training with one BLAS thread, s", name, trained["seconds"])
                table.add("peak memory in training, MB", name, trained["megabytes"])
                table.add("training, threads as they come, s", name, task("train", name, folder, threads={})["seconds"])
                table.add("micro-F1 on the rows held out", name, trained["f1"])
            print(f"training {number + 1} done", file=sys.stderr)
        table.print(NAMES)
        bytes_in, bytes_out = (path.stat().st_size / made["lines"] for path in (source, target))
        stages = task("stages", folder)
        stages.pop("megabytes")
        print("\nmicroseconds a paragraph: " + ", ".join(f"{stage} {shown(t)}" for stage, t in stages.items()))
        print(f"bytes a paragraph: {bytes_in:,.0f} in, {bytes_out:,.0f} out (JSON Lines)", end="")
        print(f"\n{made['texts']:,} paragraphs of {made['characters']:.0f} characters; ", end="")
        print(f"training on {made['rows']:,} rows with {made['labels']} labels; medians of {repeats} repeats")


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*")
    parser.add_argument("--article", default=str(ARTICLE))
    parser.add_argument("--labelled")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--paragraphs", type=int, default=20_000)
    parser.add_argument("-o", "--output", default=".")
    parser.add_argument("--most", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.texts == ["growth"]:
        import growth

        growth.main(Path(options.output), options.most)
    else:
        compare(options.texts, options.article, options.labelled, options.repeats, options.paragraphs)


if __name__ == "__main__":
    main()
