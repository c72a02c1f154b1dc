"""`topicat serve`: a model as an interface for programs."""

from __future__ import annotations

import click


@click.command()
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for every one.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for any that is free."
)
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME",
    help="Another name under which it may be asked; '*' for any, behind something that checks. May be repeated.",
)  # fmt: skip
@click.option(
    "--max-texts", default=1024, show_default=True, type=click.IntRange(min=1), help="Most texts in one request."
)
@click.option(
    "--max-bytes", default=8 * 1024 * 1024, show_default=True, type=click.IntRange(min=1),
    help="Most bytes in one request.",
)  # fmt: skip
@click.option(
    "--timeout", default=30.0, show_default=True, type=click.FloatRange(0, 3600, min_open=True),
    help="Seconds for a request to arrive, and for its answer.",
)  # fmt: skip
def serve(
    model_name: str, host: str, port: int, names: tuple[str, ...], max_texts: int, max_bytes: int, timeout: float
) -> None:
    """Answer POST /v1/predict with the topics of texts, until Ctrl-C.

    Listens on this machine alone unless told otherwise. GET /openapi.json describes the interface, /metrics counts.
    """
    import topicat.web
    from topicat.web.api import Limits, api
    from topicat.web.server import allowed_hosts
    from topicat.web.server import serve as run

    model = topicat.load(model_name)
    limits = Limits(texts=max_texts, body=max_bytes, seconds=timeout)
    app = api(model, limits=limits, hosts=allowed_hosts(host, names))
    run(app, host, port, lambda url: click.echo(f"serving {model_name} at {url} (end with Ctrl-C)", err=True))
