"""File formats of other tools for labelled texts: which there are, and which one a file is in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from topicat.corpora import annif, doccano, fasttext, label_studio, own, prodigy, spacy
from topicat.corpora.format import Files, Format, Options
from topicat.errors import ReadingError, UsageError
from topicat.lost import Lost
from topicat.reading import decode, json_rows, load_bytes
from topicat.seeds import Example

FORMATS = {
    form.name: form
    for form in (
        Format("seeds", "topicat seeds", (".jsonl", ".ndjson"), own.read_seeds, own.write_seeds),
        Format("csv", "CSV", (".csv",), own.read_csv, own.write_csv),
        Format("predictions", "topicat predictions", (), own.read_predictions, None),
        Format("doccano", "doccano", (), doccano.read, doccano.write),
        Format("label-studio", "Label Studio", (".json",), label_studio.read, label_studio.write),
        Format("prodigy", "Prodigy", (), prodigy.read, prodigy.write),
        Format("spacy", "spaCy", (), spacy.read, spacy.write),
        Format("fasttext", "fastText", (".txt", ".ft"), fasttext.read, fasttext.write),
        Format("annif-tsv", "Annif corpus in TSV", (".tsv",), annif.read_tsv, annif.write_tsv),
        Format("annif", "Annif corpus in a folder", ("",), annif.read_folder, annif.write_folder),
    )
}


def read_examples(
    path: str | Path, form: str | None = None, options: Options | None = None
) -> tuple[list[Example], list[Lost]]:
    """The labelled texts in a file or folder of another tool, and what examples cannot hold of it.

    `form` is a key of `FORMATS`; None tells it by the file's ending and content.

    Raises
    ------
    ReadingError, SeedsError
        If it cannot be read, or is not what its format asks for.
    UsageError
        If neither ending nor content tells the format, or a taxonomy is needed.
    """
    if Path(path).is_dir():
        if form not in (None, "annif"):
            raise UsageError(f"{path}: a folder, but the format {form} is one file; only annif is a folder")
        files = {
            file.name: _text(file) for file in sorted(Path(path).iterdir()) if file.suffix in (".txt", ".tsv", ".key")
        }
        return annif.read_folder(files, str(path), options or Options())
    if form == "annif":
        raise ReadingError(f"{path}: not a folder; the format annif is a folder of pairs like 1.txt and 1.tsv")
    ending, data = load_bytes(path)
    text = decode(data, str(path))
    found = FORMATS[form] if form else tell(str(path), ending, text)
    return found.read({"": text}, str(path), options or Options())


def _text(file: Path) -> str:
    """The text of a file in a folder, where empty ones have their meaning: a text without topics."""
    _, data = load_bytes(file)
    return decode(data, str(file)) if data.strip() else ""


def write_examples(examples: Sequence[Example], form: str, options: Options | None = None) -> tuple[Files, list[Lost]]:
    """The files of `examples` in a format of `FORMATS`, and what those files do not hold.

    They are read back and compared, so that the second part is never less than the truth.

    Raises
    ------
    SeedsError
        If a label is none of the taxonomy's, where the format needs one.
    UsageError
        If the format is only read, or a taxonomy is needed.
    """
    found = FORMATS[form]
    options = options or Options()
    if found.write is None:
        raise UsageError(f"{found.title} are only read; choose another format: {names()}")
    files = found.write(examples, options)
    again = {name: decode(text.encode(), name) if text.strip() else "" for name, text in files.items()}
    back, lost = found.read(again, f"<{found.title}>", options)
    return files, [*lost, *differences(examples, back)]


def differences(before: Sequence[Example], after: Sequence[Example]) -> list[Lost]:
    """What the examples `before` have and those `after` have not, or have otherwise.

    The order of labels and of examples means nothing.
    """
    pairs: list[tuple[Example, Example | None]]
    same_texts = sorted(example.text for example in before) == sorted(example.text for example in after)
    if len(before) == len(after) and not same_texts:
        pairs = list(zip(before, after, strict=True))
    else:
        left: dict[str, list[Example]] = {}
        for example in after:
            left.setdefault(example.text, []).append(example)
        pairs = [(example, _likest(example, left.get(example.text, []))) for example in before]
    lost: list[Lost] = []
    for number, (old, new) in enumerate(pairs, 1):
        where = old.place or f"example {number}"
        if new is None:
            lost.append(Lost(where, "example", {"text": old.text, "labels": list(old.labels)}))
            continue
        values = [(name, getattr(old, name), getattr(new, name)) for name in ("text", "lang", "id", "group")]
        values.append(("labels", sorted(old.labels), sorted(new.labels)))
        extra = dict(new.extra)
        values += [(key, value, extra.get(key)) for key, value in old.extra]
        values += [(key, None, value) for key, value in new.extra if key not in dict(old.extra)]
        # A file's name where there was no id is no loss.
        lost += [Lost(where, n, value, now) for n, value, now in values if value != now and (n, value) != ("id", "")]
    return lost


def _likest(example: Example, others: list[Example]) -> Example | None:
    """The one of `others`, which have the text of `example`, that is most like it, taken out of them."""
    best = min(others, key=lambda o: (o.id != example.id, set(o.labels) != set(example.labels)), default=None)
    if best is not None:
        others.remove(best)
    return best


def tell(name: str, ending: str, text: str) -> Format:
    """The format of a file, by its ending and content.

    Raises
    ------
    UsageError
        If neither tells.
    """
    first = next((line for line in text.split("\n") if line.strip()), "")
    if ending == ".csv" or (ending == ".tsv" and "text" in first.lower().split("\t")):
        return FORMATS["csv"]
    if ending == ".tsv":
        return FORMATS["annif-tsv"]
    if first.lstrip().startswith("["):
        return FORMATS["label-studio"]
    if first.lstrip().startswith("{"):
        _, row = next(iter(json_rows(name, first)))
        for keys, form in (
            ({"probabilities", "topics"}, "predictions"),
            ({"cats"}, "spacy"),
            ({"accept"}, "prodigy"),
            ({"answer"}, "prodigy"),
            ({"labels"}, "seeds"),
            ({"label"}, "doccano"),
        ):
            if keys <= set(row):
                return FORMATS[form]
        return FORMATS["seeds"]
    if "__label__" in text or ending == ".ft":
        return FORMATS["fasttext"]
    raise UsageError(f"{name}: neither its ending nor its content tells the format; name it with --from: {names()}")


def tell_by_ending(name: str) -> str:
    """The format that the ending of a file to be written asks for.

    Raises
    ------
    UsageError
        If it asks for none.
    """
    ending = Path(name).suffix.lower()
    for form in FORMATS.values():
        if ending in form.endings and name != "-":
            return form.name
    raise UsageError(f"{name}: its ending tells no format; name one with --to: {names()}")


def names() -> str:
    """The names of the formats that are written, for messages."""
    return ", ".join(form.name for form in FORMATS.values() if form.write)
