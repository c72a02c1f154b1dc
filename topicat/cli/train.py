"""`topicat train`: a taxonomy and seeds in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topicat.cli.evaluate import CARD_ERRORS, card_files
from topicat.cli.output import output_to

if TYPE_CHECKING:
    from topicat.seeds import Example
    from topicat.taxonomy import Taxonomy


@click.command()
@click.argument("taxonomy", default="policy")
@click.option(
    "-s", "--seeds", "seed_files", multiple=True, metavar="FILE[:WEIGHT]",
    help="Labelled texts (JSON Lines or CSV), maybe with a weight as in mine.jsonl:3; 'none' for the taxonomy alone. "
    "Default: the seeds that come with the taxonomy.",
)  # fmt: skip
@click.option("-o", "--output", help="Folder of the model.  [default: TAXONOMY-model]")
@click.option("--tokenizer", default="rjieba", show_default=True, help="What cuts Chinese words ('topicat plugins').")
@click.option("--report", metavar="FILE", help="Write a model card to this file: an HTML page of figures and errors.")
@click.option("--curve", metavar="FILE", help="Show in the card what `topicat curve -f json` wrote to this file.")
@click.option("--notes", metavar="FILE", help="Put this text in the card: your word on use and limits.")
@click.option("--seed", "random_state", default=0, show_default=True, help="Seed of the cross-validation's folds.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1), default=1, show_default=True,
    help="Processes that fit topics side by side; pays from some ten thousand seeds on.",
)  # fmt: skip
def train(
    taxonomy: str,
    seed_files: tuple[str, ...],
    output: str | None,
    report: str | None,
    curve: str | None,
    notes: str | None,
    tokenizer: str,
    random_state: int,
    jobs: int,
) -> None:
    """Train a model of TAXONOMY (a name or a YAML file; default: policy)."""
    import contextlib
    import dataclasses
    import sys
    import time

    import topicat
    from topicat import registry
    from topicat.card import model_card
    from topicat.held_out import held_out_scores
    from topicat.seeds import check_labels
    from topicat.store import saving_to
    from topicat.training import TrainingSettings, train_held_out

    start = time.perf_counter()
    tree = topicat.taxonomy(taxonomy)
    examples, sources = _examples(taxonomy, seed_files)
    check_labels(examples, tree)
    folder = output or f"{tree.id}-model"
    if report is None and (curve or notes):
        raise click.UsageError("--curve and --notes are for the card; add --report FILE")
    measured, words = card_files(curve, notes)
    click.echo(_learns_from(tree, examples, sources), err=True)
    settings = TrainingSettings()
    features = dataclasses.replace(settings.features, tokenizer=tokenizer)
    settings = dataclasses.replace(settings, features=features, random_state=random_state)
    # The card's file is opened first: hours of training must not end in a folder that is not there.
    with saving_to(folder) as save, output_to(report) if report else contextlib.nullcontext() as card:
        with click.progressbar(length=1000, label="training", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def progress(done: int, steps: int, what: str) -> None:
                bar.update(1000 * done // steps - bar.pos)

            held = None
            if card:
                cut = registry.get_tokenizer(tokenizer)
                model, held = train_held_out(
                    tree, examples, settings=settings, tokenizer=cut, progress=progress, jobs=jobs
                )
            else:
                model = topicat.train(tree, examples, settings=settings, progress=progress, jobs=jobs)
        save(model)
        if card:
            scores = held_out_scores(model, held, examples, errors=CARD_ERRORS) if held else None
            data = ", ".join(sources) or "nothing: it learned from the taxonomy alone"
            page = model_card(
                model,
                scores,
                name=folder,
                data=data,
                examples=examples,
                out_of_fold=True,
                curve=measured,
                notes=words,
            )
            card.write(page)
    hint = "" if output else " (choose another place with -o)"
    click.echo(figures_table(model.info["cross_validation"]), err=True)
    if examples and (scripts := model.info["seeds"]["keywords_only"]):
        click.echo(
            f"hardly a seed in {' or '.join(scripts)} script: of texts in it the taxonomy's keywords decide; add some",
            err=True,
        )
    click.echo(
        f"{len(model.topics)} topics, {len(model.vocabulary):,} terms, {time.perf_counter() - start:.1f} s; "
        f"saved to {folder}{hint}\nuse it: topicat predict -m {folder} FILE",
        err=True,
    )


def _examples(taxonomy: str, seed_files: tuple[str, ...]) -> tuple[list[Example], list[str]]:
    from topicat import registry
    from topicat.seeds import read_seeds

    if "none" in seed_files:
        if len(seed_files) > 1:
            raise click.UsageError("'-s none' means no seeds at all; give either it or files")
        return [], []
    examples: list[Example] = []
    names: list[str] = []
    chosen = [_weighted(f) for f in seed_files] or [(str(p), 1.0) for p in registry.seeds_paths(taxonomy)]
    for name, weight in chosen:
        found = read_seeds(name, weight)
        examples += found
        names.append(f"{Path(name).name} ({len(found)}" + (f", weight {weight:g})" if weight != 1 else ")"))
    return examples, names


def _weighted(text: str) -> tuple[str, float]:
    name, colon, number = text.rpartition(":")
    if not colon or Path(text).exists():
        return text, 1.0
    try:
        weight = float(number)
    except ValueError:
        return text, 1.0
    if not 0 < weight <= 1000:
        raise click.UsageError(f"-s {text}: the weight must be over 0 and at most 1000, found {number}")
    return name, weight


def _learns_from(tree: Taxonomy, examples: list[Example], sources: list[str]) -> str:
    keywords = sum(len(words) for topic in tree.walk() for words in topic.keywords.values())
    lines = [f"taxonomy {tree.id} {tree.version}: {len(tree.paths)} topics, {keywords:,} keywords"]
    if not examples:
        return "\n".join([*lines, "no seeds: learning from the taxonomy alone"])
    none = sum(1 for e in examples if not e.labels)
    several = sum(1 for e in examples if len({label.split(".")[0] for label in e.labels}) > 1)
    lines.append(
        f"{len(examples):,} seed texts, {none:,} without a topic, {several:,} with several: {', '.join(sources)}"
    )
    return "\n".join(lines)


def figures_table(figures: dict[str, Any]) -> str:
    """Per topic and overall figures, aligned; with what out-of-fold figures do not promise."""
    if not figures:
        return "no out-of-fold figures: too little to hold anything out"
    from topicat.cli.evaluate import scores_table

    return "\n".join(
        [
            "out of fold, groups kept whole (text like the seeds; on other text expect ten points less or more):",
            scores_table(figures),
        ]
    )
