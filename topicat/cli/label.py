"""`topicat label`: code paragraphs on a page of this machine."""

from __future__ import annotations

import getpass
import secrets
from typing import TYPE_CHECKING

import click

from topicat.cli.corpus import read_corpus

if TYPE_CHECKING:
    from topicat.model import Model
    from topicat.taxonomy import Taxonomy
    from topicat.workbench.taxonomy_file import TaxonomyFile


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="CORPUS...")
@click.option("-m", "--model", "model_name", help="Name or folder of a model.  [default: TAXONOMY's, else policy]")
@click.option("-t", "--taxonomy", "taxonomy_name", help="Name or file of a taxonomy.  [default: the model's]")
@click.option(
    "-o", "--output", default="labels.jsonl", show_default=True, help="Seeds file to add to, as for train -s."
)
@click.option(
    "-s", "--seeds", "seed_files", multiple=True, metavar="FILE",
    help="Seeds to learn from beside the labels; 'none' for the taxonomy alone.  [default: those of the taxonomy]",
)  # fmt: skip
@click.option("--coder", help="Who decides; a second coder is measured against the first.  [default: the user]")
@click.option("--lang", default="en", show_default=True, metavar="CODE", help="Language of the page: en, zh or ru.")
@click.option(
    "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for any that is free."
)
@click.option("--open/--no-open", "opens", default=True, help="Whether to open the browser.")
@click.option(
    "--cache/--no-cache", default=True, show_default=True,
    help="Whether texts that were read once are remembered, which trains sooner; the models are the same.",
)  # fmt: skip
def label(
    sources: tuple[str, ...],
    model_name: str | None,
    taxonomy_name: str | None,
    output: str,
    seed_files: tuple[str, ...],
    coder: str | None,
    lang: str,
    port: int,
    opens: bool,
    cache: bool,
) -> None:
    """Code the paragraphs of CORPUS (files, folders) that teach the most, on a page in the browser.

    The page is served on this machine alone, until Ctrl-C. Every decision is saved at once; run the command again to
    go on.
    """
    import topicat
    import topicat.workbench
    from topicat import registry
    from topicat.errors import UsageError
    from topicat.rendering import check_lang
    from topicat.seeds import check_labels, read_seeds
    from topicat.training import TrainingSettings
    from topicat.web.server import serve
    from topicat.workbench.app import application
    from topicat.workbench.labels_file import LabelsFile
    from topicat.workbench.session import Session
    from topicat.workbench.trainer import Trainer

    taxonomy = topicat.taxonomy(taxonomy_name) if taxonomy_name else None
    model = _model(model_name, taxonomy_name, taxonomy)
    taxonomy = taxonomy or model.taxonomy
    try:
        check_lang(lang, taxonomy.label_languages)
    except UsageError as error:
        raise click.UsageError(f"--lang: {error}") from None
    source = taxonomy_name or (model_name or "policy")
    seeds_given = [str(p) for p in registry.seeds_paths(source)] if not seed_files else list(seed_files)
    corpus = read_corpus(sources)
    labels = LabelsFile(output)
    try:
        check_labels(labels.examples(), taxonomy)
        name = coder or _user()
        seeds = check_labels([e for f in seeds_given if f != "none" for e in read_seeds(f)], taxonomy)
        click.echo(f"{len(corpus.paragraphs):,} paragraphs: choosing which to code first", err=True)
        session = Session(corpus.documents, corpus.paragraphs, taxonomy, model, labels, name)
        tokenizer = registry.get_tokenizer(TrainingSettings().features.tokenizer)
        trainer = Trainer(session, seeds, tokenizer, cache=cache)
        if labels.rows:
            trainer.start()  # what was coded before counts at once
        token = secrets.token_urlsafe(24)

        def ready(url: str) -> None:
            address = f"{url}/{token}/"
            click.echo(f"coding as {name} into {output}; the page is {address} (end with Ctrl-C)", err=True)
            if opens:
                click.launch(address)

        serve(application(session, trainer, token, file=_own_file(taxonomy_name), lang=lang), "127.0.0.1", port, ready)
    finally:
        labels.close()
    count = len(labels.rows)
    click.echo(f"{count:,} labelled paragraph{'s' * (count != 1)} in {output}", err=True)
    if count:
        click.echo(f"train with them: {_train_command(source, seeds_given, output)}", err=True)
    corpus.finish()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "coder"


def _model(model_name: str | None, taxonomy_name: str | None, taxonomy: Taxonomy | None) -> Model:
    """The model that is named, else that of the taxonomy's name, else one trained from the taxonomy alone."""
    import topicat
    from topicat import registry

    if taxonomy is None:
        return topicat.load(model_name or "policy")
    if model_name is None and taxonomy_name not in registry.model_names():
        click.echo(f"learning from taxonomy {taxonomy.id} alone", err=True)
        return topicat.train(taxonomy, [])
    model = topicat.load(model_name or taxonomy_name or "")
    if lacking := [root for root in model.taxonomy.roots if root not in taxonomy]:
        raise click.UsageError(
            f"the model knows topic '{lacking[0]}', which taxonomy '{taxonomy.id}' lacks: train anew"
        )
    return model


def _own_file(taxonomy_name: str | None) -> TaxonomyFile | None:
    """The taxonomy's file if the user gave one that may be written; bundled ones are not to be changed."""
    import os
    from pathlib import Path

    from topicat import registry
    from topicat.workbench.taxonomy_file import TaxonomyFile

    if taxonomy_name is None or registry.taxonomy_path(taxonomy_name) != Path(taxonomy_name):
        return None
    return TaxonomyFile(taxonomy_name) if os.access(taxonomy_name, os.W_OK) else None


def _train_command(source: str, seeds: list[str], output: str) -> str:
    """How to train a model from what was coded; a model's folder does not say where its taxonomy's file is."""
    import shlex
    from pathlib import Path

    target = "TAXONOMY" if Path(source).is_dir() else source
    given = [part for name in seeds if name != "none" for part in ("-s", name)]
    return shlex.join(["topicat", "train", target, *given, "-s", f"{output}:3", "-o", "my-model"])
