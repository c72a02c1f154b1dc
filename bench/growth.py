"""How time and memory grow with paragraphs and with topics: numbers, and a drawing of them (`speed.py growth`)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from speed import NAMES, shown, task

PLAIN_MOST = 10_000
"""The rivals are asked for no more paragraphs: a million would take them an hour."""
TOPICS = (5, 50, 500)
ROWS = 2_000

Curve = dict[str, list[tuple[int, float]]]
"""For each rival points (how many, figure)."""


def main(output: Path, most: int) -> None:
    """Measure, print and draw `growth.svg` in the folder `output`."""
    by_paragraphs: Curve = {name: [] for name in NAMES}
    memory: Curve = {name: [] for name in NAMES}
    training: Curve = {name: [] for name in NAMES}
    rate: Curve = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        task("material", folder, 20_000, "-")
        for name in NAMES:
            task("prepare", name, folder)
            n = 1000
            while n <= (most if name == "topicat" else min(most, PLAIN_MOST)):
                done = task("paragraphs", name, folder, n)
                by_paragraphs[name].append((n, done["seconds"]))
                memory[name].append((n, done["megabytes"]))
                n *= 10
            for count in TOPICS:
                done = task("topics", name, ROWS, count)
                training[name].append((count, done["seconds"]))
                rate[name].append((count, done["rate"]))
    _print("paragraphs", {"seconds": by_paragraphs, "peak memory, MB": memory})
    _print("topics", {f"training on {ROWS:,} rows, s": training, "paragraphs a second": rate})
    _draw(
        output / "growth.svg",
        {
            ("paragraphs", "seconds to label them"): by_paragraphs,
            ("paragraphs", "peak memory, MB"): memory,
            ("topics", f"seconds to train on {ROWS:,} rows"): training,
            ("topics", "paragraphs a second"): rate,
        },
    )


def _print(what: str, curves: dict[str, Curve]) -> None:
    heads = [f"{name}: {figure}" for figure in curves for name in NAMES]
    print(f"\n| {what} | " + " | ".join(heads) + " |\n| ---: |" + " ---: |" * len(heads))
    for n in sorted({n for curve in curves.values() for points in curve.values() for n, _ in points}):
        values = [dict(curve[name]).get(n) for curve in curves.values() for name in NAMES]
        print(f"| {n:,} | " + " | ".join("–" if v is None else shown(v) for v in values) + " |")


def _draw(path: Path, charts: dict[tuple[str, str], Curve]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "topicat"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
    for axis, ((across, up), curve) in zip(axes.flat, charts.items(), strict=True):
        for name, points in curve.items():
            axis.plot(*zip(*points, strict=True), marker="o", label=name)
        axis.set(xscale="log", yscale="log", xlabel=across, ylabel=up)
        axis.grid(True, alpha=0.3)
    axes[0, 0].legend()
    figure.savefig(path, metadata={"Date": None})
    print(f"\ndrawn: {path}")
