"""`topicat evaluate`: how a model's labels compare with those of labelled data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from topicat.cli.output import output_to
from topicat.errors import UsageError
from topicat.report import scores_table

__all__ = ["CARD_ERRORS", "card_files", "evaluate", "scores_table"]

CARD_ERRORS = 20
"""Worst errors in a model card."""


@click.command()
@click.argument("data")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json", "html"]), default="table", show_default=True,
    help="A report for people, everything as data, or a model card.",
)  # fmt: skip
@click.option(
    "--by", "fields", multiple=True, metavar="FIELD",
    help="Figures for each value of this field of the rows too, as in --by lang. May be repeated.",
)  # fmt: skip
@click.option(
    "--errors", metavar="N", type=click.IntRange(min=0),
    help="List the N most confident errors, with the words that decided.  [default: 0; of a card 20]",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, whole or not at all.")
@click.option("--curve", metavar="FILE", help="Show in the card what `topicat curve -f json` wrote to this file.")
@click.option("--notes", metavar="FILE", help="Put this text in the card: its maker's word on use and limits.")
def evaluate(
    data: str,
    model_name: str,
    form: str,
    fields: tuple[str, ...],
    errors: int | None,
    output: str | None,
    curve: str | None,
    notes: str | None,
) -> None:
    """Compare a model's labels with those in DATA (JSON Lines or CSV with text and labels).

    Texts without a topic count: "no topic" is an answer. Intervals hold 95 % of bootstrap resamples of whole groups
    (rows with the same `group`, such as an article).
    """
    import topicat
    from topicat.evaluation import evaluate_model
    from topicat.report import evaluation_report
    from topicat.seeds import check_labels, read_seeds

    if form != "html" and (curve or notes):
        raise click.UsageError(f"--curve and --notes are for cards, and the format is {form}; add -f html")
    card = form == "html"
    learning, words = card_files(curve, notes)
    model = topicat.load(model_name)
    examples = check_labels(read_seeds(data), model.taxonomy)
    try:
        errors = (CARD_ERRORS if card else 0) if errors is None else errors
        scores = evaluate_model(model, examples, by=fields, errors=errors, curves=card)
    except UsageError as error:
        raise click.UsageError(f"--by: {error}") from None
    measured_on = Path(data).name or data
    if card:
        from topicat.card import model_card

        text = model_card(
            model, scores, examples=examples, name=model_name, data=measured_on, curve=learning, notes=words
        )
    elif form == "json":
        text = json.dumps(scores, ensure_ascii=False, indent=1)
    else:
        text = evaluation_report(scores, f"{model_name} on {measured_on}")
    with output_to(output) as stream:
        stream.write(text + "\n")


def card_files(curve: str | None, notes: str | None) -> tuple[dict[str, Any] | None, str]:
    """What the files hold that go into a model card: a learning curve, and its maker's words."""
    from topicat.card import read_curve
    from topicat.reading import decode, load_bytes

    return read_curve(curve) if curve else None, decode(load_bytes(notes)[1], notes) if notes else ""
