"""`topicat evaluate`: how a model's labels compare with those of labelled data."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command()
@click.argument("data")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def evaluate(data: str, model_name: str, form: str) -> None:
    """Compare a model's labels with those in DATA (JSON Lines or CSV with text and labels)."""
    import topicat
    from topicat.evaluation import evaluate_model
    from topicat.seeds import check_labels, read_seeds

    model = topicat.load(model_name)
    scores = evaluate_model(model, check_labels(read_seeds(data), model.taxonomy))
    click.echo(json.dumps(scores, ensure_ascii=False, indent=1) if form == "json" else scores_table(scores))


def scores_table(scores: dict[str, Any]) -> str:
    """The figures of `topicat.evaluation` as aligned text."""
    width = max(12, *(len(t) for t in scores["topics"])) if scores["topics"] else 12
    lines = [f"{'topic':<{width}}  precision  recall     F1  avg.prec.  support"]
    for topic, row in scores["topics"].items():
        ap = "        –" if row["average_precision"] is None else f"{row['average_precision']:9.3f}"
        rates = f"{row['precision']:9.3f}  {row['recall']:6.3f}  {row['f1']:5.3f}"
        lines.append(f"{topic:<{width}}  {rates}  {ap}  {row['support']:7d}")
    overall = [f"texts {scores['n']}", f"micro-F1 {scores['micro_f1']:.3f}", f"macro-F1 {scores['macro_f1']:.3f}"]
    overall += [f"exact match {scores['exact_match']:.3f}", f"no-topic F1 {scores['none_f1']:.3f}"]
    overall.append(f"calibration error {scores['calibration_error']:.3f}")
    if "accuracy" in scores:
        overall.append(f"accuracy {scores['accuracy']:.3f}")
    return "\n".join([*lines, "   ".join(overall)])
