"""`topicat suggest`: which paragraphs of a corpus to code next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from topicat.cli.corpus import Corpus, read_corpus
from topicat.cli.output import output_to
from topicat.report import WIDTH, cut, wrapped

if TYPE_CHECKING:
    from topicat.suggestion import Suggestion


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="CORPUS...")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option(
    "-s", "--seeds", "seed_files", multiple=True, metavar="SEEDS",
    help="Paragraphs that are coded already: they and their like are not suggested. May be repeated.",
)  # fmt: skip
@click.option("-n", "--number", default=20, show_default=True, type=click.IntRange(min=1), help="How many to suggest.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
    help="A list for people, or rows whose labels are to be corrected.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, whole or not at all.")
@click.option(
    "--random", "share", default=0.1, show_default=True, type=click.FloatRange(0, 1),
    help="The share that is drawn at random, to keep figures honest.",
)  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="Seed of the random draw.")
def suggest(
    sources: tuple[str, ...],
    model_name: str,
    seed_files: tuple[str, ...],
    number: int,
    form: str,
    output: str | None,
    share: float,
    seed: int,
) -> None:
    """Say which paragraphs of an unlabelled CORPUS (files, folders, - for standard input) to code next.

    Those the model doubts most, each unlike the others and unlike what is coded already, and a few at random. With
    -f jsonl each row carries the model's labels: correct them, and the file is one of seeds for `topicat train -s`.
    """
    import topicat
    from topicat import suggestion
    from topicat.seeds import read_seeds

    model = topicat.load(model_name)
    known = [example.text for name in seed_files for example in read_seeds(name)]
    corpus = read_corpus(sources)
    found = suggestion.suggest(model, corpus.texts, known=known, n=number, random_share=share, seed=seed)
    with output_to(output) as stream:
        for rank, item in enumerate(found, 1):
            if form == "jsonl":
                stream.write(json.dumps(_row(corpus, item), ensure_ascii=False) + "\n")
            else:
                stream.write("\n".join(_lines(corpus, rank, item)) + "\n")
    drawn = sum(item.drawn for item in found)
    of = f"{len(found)} of {len(corpus.paragraphs):,} paragraphs"
    less = "" if len(found) == number else f"; not {number}, for the others are coded already or repeat one another"
    click.echo(f"{of}: {len(found) - drawn} doubtful, {drawn} at random{less}", err=True)
    corpus.finish()


def _row(corpus: Corpus, item: Suggestion) -> dict[str, Any]:
    document = corpus.documents[item.index]
    return {
        "text": corpus.paragraphs[item.index].text,
        "labels": list(item.labels),
        "group": document,  # paragraphs of one document never straddle a fold
        "document": document,
        "paragraph": corpus.paragraphs[item.index].number,
        "why": item.why,
        "doubt": round(item.doubt, 4),
        "probabilities": {topic: round(p, 4) for topic, p in item.probabilities.items()},
    }


def _lines(corpus: Corpus, rank: int, item: Suggestion) -> list[str]:
    paragraph = corpus.paragraphs[item.index]
    return [
        cut(f"{rank:>3}  {', '.join(item.labels) or 'no topic'}", WIDTH),
        cut(f"     {item.why}", WIDTH),
        *(f"     {line}" for line in wrapped(paragraph.text, WIDTH - 5, 2)),
        f"     {corpus.documents[item.index]}, paragraph {paragraph.number}",
    ]
