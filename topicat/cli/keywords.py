"""`topicat keywords`: words that the taxonomy lacks, and keywords that never fire."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from topicat.cli.corpus import Corpus, read_corpus
from topicat.cli.output import output_to
from topicat.errors import UsageError
from topicat.report import WIDTH, columns_of, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topicat.keywords import Findings, Term


@click.command()
@click.argument("sources", nargs=-1, metavar="[CORPUS]...")
@click.option(
    "-m", "--model", "model_name", help="Name or folder of a model.  [default: policy, unless only -s is given]"
)
@click.option(
    "-s", "--seeds", "seed_files", multiple=True, metavar="SEEDS", help="Labelled texts, a corpus as well. Repeatable."
)
@click.option("-t", "--taxonomy", help="Name or file of a taxonomy.  [default: the model's own, else policy]")
@click.option("--topic", "topics", multiple=True, help="Only this topic, as in energy.gas. Repeatable.")
@click.option("--lang", default="", help="Only words in the script of this language's keywords, as in zh.")
@click.option(
    "-n", "--number", default=20, show_default=True, type=click.IntRange(min=1), help="How many words for each topic."
)
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="A table for people, or everything as data.",
)  # fmt: skip
def keywords(
    sources: tuple[str, ...],
    model_name: str | None,
    seed_files: tuple[str, ...],
    taxonomy: str | None,
    topics: tuple[str, ...],
    lang: str,
    number: int,
    form: str,
) -> None:
    """Find words that speak for a topic and that no keyword of the taxonomy matches.

    From an unlabelled CORPUS (files, folders, - for standard input), by the topics that a model predicts; from SEEDS,
    by the labels given; and from the model's weights, where chance has a say too. With a corpus also: which keywords
    never fire in it.
    """
    import topicat
    from topicat import registry
    from topicat.keywords import find_keywords
    from topicat.seeds import check_labels, read_seeds

    model = topicat.load(model_name or "policy") if model_name or sources or not seed_files else None
    tree = model.taxonomy if model and not taxonomy else topicat.taxonomy(taxonomy or "policy")
    examples = check_labels([e for name in seed_files for e in read_seeds(name)], tree)
    corpus = read_corpus(sources) if sources else Corpus()
    said = [p.labels for p in model.predict(corpus.texts)] if model else []
    try:
        found = find_keywords(
            tree,
            model=model,
            texts=[*corpus.texts, *(e.text for e in examples)],
            labels=[*said, *(e.labels for e in examples)],
            topics=topics,
            lang=lang,
            n=number,
            tokenizer=model.tokenizer if model else registry.get_tokenizer("rjieba"),
        )
    except UsageError as error:
        raise click.UsageError(f"--lang: {error}") from None
    with output_to(None) as stream:
        text = json.dumps(_data(found), ensure_ascii=False, indent=1) if form == "json" else keywords_table(found)
        stream.write(text + "\n")
    corpus.finish()


def _data(found: Findings) -> dict[str, Any]:
    def plain(terms: Mapping[str, tuple[Term, ...]]) -> dict[str, list[dict[str, Any]]]:
        return {topic: [dataclasses.asdict(term) for term in own] for topic, own in terms.items()}

    return {
        "texts": found.texts,
        "carried": found.carried,
        "learned": plain(found.learned),
        "corpus": plain(found.corpus),
        "coverage": found.coverage,
    }


def keywords_table(found: Findings) -> str:
    """For each topic the words from the corpus, those the model learned, and what never fired."""
    blocks = []
    for topic, carried in found.carried.items():
        lines = [f"{topic}  ·  {carried:,} of {found.texts:,} texts" if found.texts else topic, "─" * WIDTH]
        for name, terms in (("in the corpus (G²)", found.corpus), ("in the model (weight · idf)", found.learned)):
            if topic in terms:
                lines.append(f"missing words {name}" + ("" if terms[topic] else ": none"))
                lines += [_line(term) for term in terms[topic]]
        for lang, fired in found.coverage.get(topic, {}).items():
            silent = [word for word, count in fired.items() if not count]
            lines.append(f"keywords, {lang}: {len(fired) - len(silent)} of {len(fired)} fire")
            if silent and len(silent) < len(fired):
                lines.append(cut(f"  never: {', '.join(silent)}", WIDTH))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _line(term: Term) -> str:
    word = term.term + " " * (18 - columns_of(term.term))
    counts = "" if term.inside is None else f"{term.inside:>6,} : {term.outside or 0:<6,}"
    return cut(f"  {word} {term.score:8.1f}  {counts}  {term.context}", WIDTH).rstrip()
