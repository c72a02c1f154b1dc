"""`topicat curve`: how the F1 grows with the number of labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from topicat.cli.output import output_to

if TYPE_CHECKING:
    from topicat.curve import Curve

_BAR = 40


@click.command()
@click.argument("seed_files", nargs=-1, required=True, metavar="SEEDS...")
@click.option("-t", "--taxonomy", default="policy", show_default=True, help="Name or file of a taxonomy.")
@click.option("--test", "test_file", metavar="DATA", help="Labelled texts to measure on.  [default: folds of SEEDS]")
@click.option("--base", is_flag=True, help="Train every model with the seeds that come with the taxonomy too.")
@click.option(
    "--weight", default=1.0, show_default=True, type=click.FloatRange(0, 1000, min_open=True),
    help="How much each of SEEDS counts in training.",
)  # fmt: skip
@click.option(
    "--sizes", default=6, show_default=True, type=click.IntRange(3, 20), help="How many numbers of labels to try."
)
@click.option(
    "--repeats", default=5, show_default=True, type=click.IntRange(2, 20), help="How many folds, or shuffles."
)
@click.option(
    "--next", "step", default=50, show_default=True, type=click.IntRange(min=1), help="How many more labels to look at."
)
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="A table for people, or everything as data.",
)  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="Seed of the shuffles.")
def curve(
    seed_files: tuple[str, ...],
    taxonomy: str,
    test_file: str | None,
    base: bool,
    weight: float,
    sizes: int,
    repeats: int,
    step: int,
    form: str,
    seed: int,
) -> None:
    """Measure how micro-F1 grows with the number of labels in SEEDS, and say what more would bring.

    Trains a model for each number of labels and repeat, so it takes minutes; fewer --repeats take less.
    """
    import sys

    import topicat
    from topicat import registry
    from topicat.curve import learning_curve
    from topicat.errors import NotFoundError
    from topicat.seeds import read_seeds
    from topicat.training import TrainingSettings

    tree = topicat.taxonomy(taxonomy)
    examples = [e for name in seed_files for e in read_seeds(name, weight)]
    bundled = registry.seeds_paths(taxonomy) if base else []
    if base and not bundled:
        raise NotFoundError(f"--base: no seeds come with taxonomy '{taxonomy}'; leave it out")
    settings = TrainingSettings()
    with click.progressbar(length=1000, label="training", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, steps: int, what: str) -> None:
            bar.update(1000 * done // steps - bar.pos)

        found = learning_curve(
            tree,
            examples,
            test=read_seeds(test_file) if test_file else (),
            base=[e for path in bundled for e in read_seeds(path)],
            settings=settings,
            tokenizer=registry.get_tokenizer(settings.features.tokenizer),
            sizes=sizes,
            repeats=repeats,
            step=step,
            seed=seed,
            progress=progress,
        )
    with output_to(None) as stream:
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) if form == "json" else curve_table(found, base)
        stream.write(text + "\n")


def curve_table(found: Curve, base: bool) -> str:
    """A line and a bar for each number of labels, and the extrapolation."""
    lines = ["labels  micro-F1   ± sd"]
    for point in found.points:
        bar = "█" * round(_BAR * point.mean)
        what = "" if point.size else "  (the base alone)" if base else "  (the taxonomy alone)"
        lines.append(f"{point.size:>6,}  {point.mean:8.3f}  {point.deviation:5.3f}  {bar}{what}")
    repeats = max(len(point.scores) for point in found.points)
    lines.append(f"mean and standard deviation of {repeats} repeats, topics at the top")
    if found.law is None or found.gain is None or found.low is None or found.high is None:
        lines.append("too few sizes for a power law; label some more")
        return "\n".join(lines)
    now, points = found.law(found.labels), f"{100 * found.gain:+.1f} points"
    interval = f"80 % interval {100 * found.low:+.1f} to {100 * found.high:+.1f}"
    lines.append(
        f"with all {found.labels:,} labels about {now:.3f}; {found.step} more would bring {points} ({interval})"
    )
    return "\n".join(lines)
