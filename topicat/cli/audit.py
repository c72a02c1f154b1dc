"""`topicat audit`: the labels that look wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from topicat.cli.output import output_to
from topicat.report import WIDTH, cut, table, wrapped

if TYPE_CHECKING:
    from topicat.audit import Audit, Suspect


@click.command()
@click.argument("seed_files", nargs=-1, required=True, metavar="SEEDS...")
@click.option("-t", "--taxonomy", default="policy", show_default=True, help="Name or file of a taxonomy.")
@click.option("-n", "--number", default=30, show_default=True, type=click.IntRange(min=0), help="How many to list.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="A list for people, or everything as data.",
)  # fmt: skip
@click.option("--seed", "random_state", default=0, show_default=True, help="Seed of the cross-validation's folds.")
def audit(seed_files: tuple[str, ...], taxonomy: str, number: int, form: str, random_state: int) -> None:
    """List the labels in SEEDS that models which had not seen the text doubt most, to be looked at again.

    It is a list of questions: where the label is right, the text is one that the model has still to learn.
    """
    import dataclasses
    import sys

    import topicat
    from topicat import audit as auditing
    from topicat import registry
    from topicat.seeds import read_seeds
    from topicat.training import TrainingSettings

    tree = topicat.taxonomy(taxonomy)
    examples = [e for name in seed_files for e in read_seeds(name)]
    settings = dataclasses.replace(TrainingSettings(), random_state=random_state)
    tokenizer = registry.get_tokenizer(settings.features.tokenizer)
    with click.progressbar(length=1000, label="training", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, steps: int, what: str) -> None:
            bar.update(1000 * done // steps - bar.pos)

        found = auditing.audit(tree, examples, n=number, settings=settings, tokenizer=tokenizer, progress=progress)
    with output_to(None) as stream:
        text = json.dumps(_data(found), ensure_ascii=False, indent=1) if form == "json" else audit_table(found)
        stream.write(text + "\n")


def _data(found: Audit) -> dict[str, Any]:
    suspects = [
        {
            "place": s.example.place,
            "text": s.example.text,
            "labels": list(s.example.labels),
            "action": _action(s),
            "topic": s.topic,
            "probability": round(s.probability, 4),
            "quality": round(s.quality, 4),
            "confident": s.confident,
            "evidence": [{"text": e.text, "weight": round(e.weight, 4)} for e in s.evidence],
        }
        for s in found.suspects
    ]
    return {"examples": found.examples, "topics": found.counts, "suspects": suspects}


def _action(suspect: Suspect) -> str:
    return "add" if suspect.missing else "remove"


def audit_table(found: Audit) -> str:
    """The suspects, three lines each, and the counts of each topic that has any."""
    lines = []
    for number, s in enumerate(found.suspects, 1):
        sign = "!" if s.confident else " "
        words = ", ".join(dict.fromkeys(e.text for e in s.evidence)) or "no word"
        lines.append(cut(f"{number:>3}{sign} {_action(s)} {s.topic}?  {s.probability:.2f}  {s.example.place}", WIDTH))
        given = ", ".join(s.example.labels) or "no topic"
        lines.append(cut(f"     given: {given}  ·  {'for' if s.missing else 'against'} it: {words}", WIDTH))
        lines += [f"     {line}" for line in wrapped(s.example.text, WIDTH - 5, 2)]
    shown = {topic: row for topic, row in found.counts.items() if "." not in topic}
    rows = [[topic, f"{r['given']:,}", f"{r['missing']:,}", f"{r['wrong']:,}"] for topic, r in shown.items()]
    lines += ["", *table(["topic", "labels given", "look missing", "look wrong"], rows), ""]
    errors = sum(r["missing"] + r["wrong"] for r in found.counts.values())
    lines.append(
        f"{found.examples:,} texts; of their labels, subtopics too, {errors:,} look wrong or missing (! in the list). "
        "The models err as well: look at each."
    )
    return "\n".join(lines)
