"""`topicat evaluate`: how a model's labels compare with those of labelled data."""

from __future__ import annotations

import json
from pathlib import Path

import click

from topicat.cli.output import output_to
from topicat.errors import UsageError
from topicat.report import scores_table

__all__ = ["evaluate", "scores_table"]


@click.command()
@click.argument("data")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="A report for people, or everything as data.",
)  # fmt: skip
@click.option(
    "--by", "fields", multiple=True, metavar="FIELD",
    help="Figures for each value of this field of the rows too, as in --by lang. May be repeated.",
)  # fmt: skip
@click.option(
    "--errors", default=0, metavar="N", type=click.IntRange(min=0),
    help="List the N most confident errors, with the words that decided.",
)  # fmt: skip
def evaluate(data: str, model_name: str, form: str, fields: tuple[str, ...], errors: int) -> None:
    """Compare a model's labels with those in DATA (JSON Lines or CSV with text and labels).

    Texts without a topic count: "no topic" is an answer. Intervals hold 95 % of bootstrap resamples of whole groups
    (rows with the same `group`, such as an article).
    """
    import topicat
    from topicat.evaluation import evaluate_model
    from topicat.report import evaluation_report
    from topicat.seeds import check_labels, read_seeds

    model = topicat.load(model_name)
    examples = check_labels(read_seeds(data), model.taxonomy)
    try:
        scores = evaluate_model(model, examples, by=fields, errors=errors)
    except UsageError as error:
        raise click.UsageError(f"--by: {error}") from None
    if form == "json":
        text = json.dumps(scores, ensure_ascii=False, indent=1)
    else:
        text = evaluation_report(scores, f"{model_name} on {Path(data).name or data}")
    with output_to(None) as stream:
        stream.write(text + "\n")
