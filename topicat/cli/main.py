"""The `topicat` command: the group of all commands, and how it ends."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from typing import Any

import click

import topicat
from topicat.cli.audit import audit
from topicat.cli.curve import curve
from topicat.cli.evaluate import evaluate
from topicat.cli.keywords import keywords
from topicat.cli.label import label
from topicat.cli.model import model
from topicat.cli.plugins import plugins
from topicat.cli.predict import predict
from topicat.cli.report import report
from topicat.cli.seeds import seeds
from topicat.cli.serve import serve
from topicat.cli.suggest import suggest
from topicat.cli.taxonomy import taxonomy
from topicat.cli.train import train
from topicat.errors import EditedModelWarning, TopicatError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(topicat.__version__, prog_name="topicat")
def main() -> None:
    """Say, paragraph by paragraph, which policy topics an article speaks of.

    Exit codes: 0 fine; 1 a check found something or a file could not be read; 2 wrong usage.
    """


for command in (
    predict, report, train, evaluate, suggest, curve, audit, keywords, taxonomy, model, seeds, plugins, label, serve
):  # fmt: skip
    main.add_command(command)


def run() -> None:
    """Entry point: errors of ours are one clear message and exit code 1, never a traceback; so are warnings."""
    # A model is tens of thousands of objects that stay: looking for garbage among them again and again, as it is made,
    # would be a tenth of the time in which an article is labelled.
    gc.set_threshold(100_000)
    warnings.showwarning = _show_warning
    try:
        code = main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TopicatError as error:
        click.echo(f"topicat: {error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("topicat: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): keep Python from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        click.echo(f"topicat: {error.filename or 'output'}: {error.strerror or error}", err=True)
        sys.exit(1)


_show_other = warnings.showwarning


def _show_warning(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
    """Ours is a message like all others, without a line of code below it."""
    if issubclass(category, EditedModelWarning):
        click.echo(f"topicat: {message}", err=True)
    else:
        _show_other(message, category, *place, **more)
