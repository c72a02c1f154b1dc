"""`topicat model`: list, show, verify."""

from __future__ import annotations

import sys

import click


@click.group()
def model() -> None:
    """Look at trained models."""


@model.command("list")
def list_() -> None:
    """Name the models that come with taxonomies."""
    import topicat
    from topicat import registry

    for name in registry.model_names():
        found = topicat.load(name)
        size = sum(p.stat().st_size for p in registry.model_path(name).iterdir())
        seeds = found.info["seeds"]["count"]
        click.echo(f"{name:<12} {len(found.topics):>4} topics  {seeds:>6,} seeds  {size / 2**20:5.1f} MiB")


@model.command()
@click.argument("name", default="policy")
def show(name: str) -> None:
    """Say what a model (a name or a folder) learned from, and its out-of-fold figures."""
    import topicat
    from topicat.cli.train import figures_table

    found = topicat.load(name)
    info = found.info
    tree, seeds = info["taxonomy"], info["seeds"]
    click.echo(f"taxonomy      {tree['id']} {tree['version']}  {tree['fingerprint'][:12]}")
    click.echo(f"seeds         {seeds['count']:,}  {seeds['fingerprint'][:12]}")
    click.echo(f"settings      {info['settings']['fingerprint'][:12]}")
    click.echo(f"terms         {len(found.vocabulary):,}")
    click.echo(f"pooling       {found.pooling}")
    click.echo(f"tokenizer     {found.settings.tokenizer}")
    top = found.heads[0]
    thresholds = [f"{topic} {p:.2f}" for topic, p in zip(top.topics, top.threshold, strict=True)]
    click.echo(f"thresholds    {', '.join(thresholds)}")
    click.echo(figures_table(info["cross_validation"]))


@model.command()
@click.argument("folder")
def verify(folder: str) -> None:
    """Compare the files of a model (a name or a folder) with the checksums in its model.json."""
    from topicat import registry, store

    path = registry.model_path(folder)
    wrong = store.verify_model(path)
    for name in wrong:
        click.echo(f"{path / name}: changed since it was saved; train the model again or copy it again", err=True)
    if not wrong:
        click.echo(f"{path}: every file is as it was saved")
    if wrong:
        sys.exit(1)
