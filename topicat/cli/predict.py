"""`topicat predict`: documents in, a record a paragraph out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from topicat.cli.corpus import documents_of, paths_of
from topicat.cli.labelling import FORMS, Labelling, to_parquet
from topicat.cli.output import device, is_device, output_to
from topicat.cli.progress import Meter

if TYPE_CHECKING:
    from topicat.batches import Batch, Position
    from topicat.document import Document
    from topicat.model import Model
    from topicat.partial import Partial
    from topicat.prediction import Prediction
    from topicat.reading import Reader
    from topicat.workers import Workers

Labelled = tuple["Document", list["Prediction"]]


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("-m", "--model", "model_name", default="policy", show_default=True, help="Name or folder of a model.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "jsonl", "csv", "parquet", "html"]), default="table",
    show_default=True, help="How to write the result.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, whole or not at all.")
@click.option("--evidence", is_flag=True, help="Say which words decided; an HTML page always does.")
@click.option(
    "--lang", metavar="CODE", help="Language of an HTML page and its labels: en, zh or ru.  [default: en]"
)  # fmt: skip
@click.option("--input-format", help="Read every source as this ending, as in '.jsonl' (for standard input).")
@click.option("--resume", is_flag=True, help="Go on with what an interrupted run left beside the output file.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes.")
@click.option("--backend", help="Where the workers run: loky (this machine), dask, ray or spark.")
@click.option("--cluster", metavar="ADDRESS", help="Address of the cluster, as in 'tcp://10.0.0.1:8786' for dask.")
@click.option("--progress/--no-progress", default=None, help="Show how far it is; by default on a terminal.")
def predict(
    sources: tuple[str, ...],
    model_name: str,
    form: str,
    output: str | None,
    evidence: bool,
    lang: str | None,
    input_format: str | None,
    resume: bool,
    jobs: int,
    backend: str | None,
    cluster: str | None,
    progress: bool | None,
) -> None:
    """Label every paragraph of files, folders or standard input (-) with its topics.

    Reads plain text, Markdown, HTML, JSON Lines, CSV and Parquet (a column `text`; each row a document), Word, PDF,
    and what plugins read. JSON Lines, CSV and Parquet are written batch by batch, so that input of any size needs the
    same memory.
    """
    from topicat import registry

    if lang and form != "html":
        raise click.UsageError(f"--lang is for pages, and the format is {form}; leave it out, or add -f html")
    if not sources:
        if sys.stdin.isatty():
            raise click.UsageError("nothing to label; give a file, a folder, or - for standard input")
        sources = ("-",)
    to_file = output is not None and output != "-"
    if form not in FORMS and (resume or jobs != 1 or backend):
        raise click.UsageError(f"-f {form} cannot be written by workers or resumed; add -f jsonl, csv or parquet")
    if resume and not to_file:
        raise click.UsageError("--resume needs the output file of the interrupted run: -o FILE")
    if form == "parquet" and not to_file:
        raise click.UsageError("a Parquet file cannot be written to standard output; add -o FILE")
    readers = registry.get_readers()
    ending = _ending(input_format, readers) if input_format else None
    labelling = Labelling.of(model_name, form, evidence)
    workers = _workers(jobs, backend, cluster)
    if form == "html":
        _check_lang(lang or "en", labelling.loaded)
    labelling.header()  # a missing model or package is said before anything is opened
    problems: list[str] = []
    paths = list(paths_of(sources, readers, problems))
    meter = Meter(progress, paths)
    documents: Iterable[Document] = documents_of(map(str, paths), readers, ending, problems, meter)
    seeds = labelling.loaded.info.get("seeds", {})
    unseeded = dict.fromkeys(seeds.get("keywords_only", ()) if seeds.get("count") else (), 0)
    if unseeded:
        documents = _counting(documents, unseeded)
    try:
        if form not in FORMS:
            model = labelling.loaded
            with output_to(output) as stream:
                if form == "html":
                    from topicat.page import page

                    pages = _labelled(model, documents, False, meter)
                    stream.write(page(model, pages, name=model_name, lang=lang or "en"))
                else:
                    from topicat.cli import records

                    records.write_table(stream, _labelled(model, documents, evidence, meter), model)
        elif output is not None and to_file and (resume or form == "parquet" or not is_device(output)):
            made_from = _made_from(labelling, paths, input_format)
            _to_file(output, made_from, resume, _Run(labelling, documents, workers, meter))
        elif output is not None and to_file:
            with device(output) as stream:
                _to_stream(cast(BinaryIO, stream.buffer), _Run(labelling, documents, workers, meter), output)
        else:
            _to_stream(sys.stdout.buffer, _Run(labelling, documents, workers, meter))
    finally:
        meter.finish()
    for script, number in unseeded.items():
        if number:
            click.echo(
                f"topicat: {number:,} paragraph{'s' * (number > 1)} in {script} script: the model has "
                "hardly a seed in it, so the taxonomy's keywords decided; add seeds in that language",
                err=True,
            )
    for problem in problems:
        click.echo(f"topicat: {problem}", err=True)
    if len(problems) > 1:
        click.echo(f"topicat: {len(problems)} files could not be read; everything else is labelled", err=True)
    if problems:
        sys.exit(1)


def _counting(documents: Iterable[Document], scripts: dict[str, int]) -> Iterator[Document]:
    """Passes `documents` on and counts the paragraphs in each of `scripts`."""
    from topicat.features import scripts_of

    for document in documents:
        for script in scripts_of([p.text for p in document.paragraphs]):
            if script in scripts:
                scripts[script] += 1
        yield document


def _check_lang(lang: str, model: Model) -> None:
    from topicat.errors import UsageError
    from topicat.rendering import check_lang

    try:
        check_lang(lang, model.taxonomy.label_languages)
    except UsageError as error:
        raise click.UsageError(f"--lang: {error}") from None


def _ending(text: str, readers: dict[str, Reader]) -> str:
    ending = text if text.startswith(".") else f".{text}"
    if ending not in readers:
        raise click.UsageError(f"--input-format '{text}': no reader for it; there is: {', '.join(readers)}")
    return ending


def _workers(jobs: int, backend: str | None, cluster: str | None) -> Workers:
    from topicat.errors import UsageError
    from topicat.workers import Workers

    try:
        return Workers(jobs, backend, cluster, lost=lambda message: click.echo(f"topicat: {message}", err=True))
    except UsageError as error:
        raise click.UsageError(str(error)) from None


def _made_from(labelling: Labelling, paths: Sequence[str | Path], input_format: str | None) -> dict[str, Any]:
    """What decides the output, in words that a refusal to resume can use."""
    import hashlib

    import topicat

    sizes = [0 if str(path) == "-" else _size(path) for path in paths]
    names = "\n".join(f"{path}\t{size}" for path, size in zip(paths, sizes, strict=True))
    return {
        "the version of topicat": topicat.__version__,
        "the model": f"{labelling.model} ({labelling.fingerprint})",
        "the format": labelling.form,
        "--evidence": labelling.evidence,
        "--input-format": input_format or "none",
        "the input": f"{len(paths)} files, {sum(sizes)} bytes, "
        f"fingerprint {hashlib.sha256(names.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}",
    }


def _size(path: str | Path) -> int:
    return Path(path).stat().st_size if Path(path).exists() else 0


class _Run:
    """Documents on their way to records."""

    def __init__(self, labelling: Labelling, documents: Iterable[Document], workers: Workers, meter: Meter) -> None:
        from topicat.batches import batches

        self.labelling = labelling
        self.meter = meter
        self._batches = batches(documents)
        self._workers = workers

    def skip(self, partial: Partial) -> None:
        """Pass over what an earlier run wrote, making sure that it was written from the same."""
        from topicat.batches import Position
        from topicat.errors import OutputError

        position = Position()
        while position.paragraphs < partial.found.paragraphs and (batch := next(self._batches, None)):
            position = position.after(batch)
        if position != partial.found:
            raise OutputError(
                f"{partial.data}: its {partial.found.paragraphs:,} paragraphs are not those that the input begins with "
                "now, so it was changed; give the same input again, or run without --resume to start again"
            )
        self.meter.start(position.paragraphs)

    def __call__(self, position: Position) -> Generator[tuple[bytes, Position], None, None]:
        """The bytes of each batch, and where the run stands behind it."""
        import collections

        sent: collections.deque[Position] = collections.deque([position])

        def behind(batches: Iterable[Batch]) -> Iterator[Batch]:
            for batch in batches:
                sent.append(sent[-1].after(batch))
                yield batch

        for data in self._workers.map(self.labelling, behind(self._batches)):
            sent.popleft()
            self.meter.show(sent[0].paragraphs)
            yield data, sent[0]


def _to_file(output: str, made_from: dict[str, Any], resume: bool, run: _Run) -> None:
    from topicat.errors import WorkerError
    from topicat.partial import Partial

    partial = Partial(output, made_from, resume=resume)
    try:
        with partial:
            if partial.found.paragraphs:
                run.skip(partial)
                click.echo(f"topicat: going on behind {partial.found.place}, {output}", err=True)
            else:
                partial.write(run.labelling.header(), partial.found)
            with contextlib.closing(run(partial.found)) as batches:
                for data, position in batches:
                    partial.write(data, position)
            partial.finish(to_parquet if run.labelling.form == "parquet" else None)
    except (KeyboardInterrupt, WorkerError):
        click.echo(f"topicat: {output}: {partial.advice}", err=True)
        raise


def _to_stream(stream: BinaryIO, run: _Run, name: str = "standard output") -> None:
    from topicat.batches import Position
    from topicat.errors import OutputError

    position = Position()
    with contextlib.closing(run(position)) as batches:
        try:
            stream.write(run.labelling.header())
            for data, reached in batches:
                stream.write(data)
                position = reached
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(
                f"{name} cannot be written: {error.strerror or error}; it is complete up to "
                f"{position.place} at most; write to a file with -o, which --resume can go on with"
            ) from None


def _labelled(model: Model, documents: Iterable[Document], evidence: bool, meter: Meter) -> Iterator[Labelled]:
    """Documents with a prediction for each paragraph, in order, predicted many paragraphs at a time."""
    from topicat.batches import PARAGRAPHS

    waiting: list[Document] = []
    count = done = 0
    for document in documents:
        waiting.append(document)
        count += len(document.paragraphs)
        if count >= PARAGRAPHS:
            yield from _flush(model, waiting, evidence)
            done += count
            meter.show(done)
            waiting, count = [], 0
    yield from _flush(model, waiting, evidence)
    meter.show(done + count)


def _flush(model: Model, documents: list[Document], evidence: bool) -> Iterator[Labelled]:
    texts = [p.text for d in documents for p in d.paragraphs]
    predictions = iter(model.predict(texts, evidence=evidence))
    for document in documents:
        yield document, [next(predictions) for _ in document.paragraphs]
