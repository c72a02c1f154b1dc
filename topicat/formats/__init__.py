"""File formats of other tools for taxonomies: which there are, and which one a file is in."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from topicat.draft import topic_id
from topicat.errors import TaxonomyError, UsageError
from topicat.formats import annif, lexicoder, liwc, quanteda, skos
from topicat.formats.format import Format, Options
from topicat.lost import Lost, differences
from topicat.reading import decode, load_bytes
from topicat.taxonomy import Taxonomy, nearest
from topicat.taxonomy_yaml import dump_taxonomy, parse_taxonomy

_OWN = re.compile(r"""^\{?\s?['"]?taxonomy['"]?\s*:""", re.MULTILINE)


def _read_yaml(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    return parse_taxonomy(text, name), []


def _write_yaml(taxonomy: Taxonomy, options: Options) -> str:
    return dump_taxonomy(taxonomy)


FORMATS = {
    form.name: form
    for form in (
        Format("topicat", "topicat taxonomy", (".yaml", ".yml"), _read_yaml, _write_yaml),
        Format("skos", "SKOS in Turtle", (".ttl", ".nt"), skos.read_turtle, skos.write_turtle),
        Format("skos-xml", "SKOS in RDF/XML", (".rdf", ".owl", ".xml"), skos.read_xml, skos.write_xml),
        Format("quanteda", "quanteda dictionary", (".yaml", ".yml"), quanteda.read, quanteda.write),
        Format("lexicoder", "Lexicoder dictionary", (".lcd", ".ykd"), lexicoder.read_xml, lexicoder.write_xml),
        Format("lexicoder3", "Lexicoder 3 dictionary", (".lc3",), lexicoder.read_lines, lexicoder.write_lines),
        Format("liwc", "LIWC dictionary", (".dic",), liwc.read, liwc.write),
        Format("annif-csv", "Annif vocabulary", (".csv",), annif.read_csv, annif.write_csv),
        Format("annif-tsv", "Annif vocabulary", (".tsv",), annif.read_tsv, annif.write_tsv),
    )
}


def read_taxonomy(
    path: str | Path, form: str | None = None, options: Options | None = None
) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in a file of another tool, and what a taxonomy cannot hold of it.

    `form` is a key of `FORMATS`; None tells it by the file's ending and content. Where `options` has no id and
    the file neither, the file's name becomes the id.

    Raises
    ------
    ReadingError
        If the file cannot be read.
    TaxonomyError
        If it is not what its format asks for.
    UsageError
        If the format is unknown.
    """
    ending, data = load_bytes(path)
    text = decode(data, str(path))
    found = FORMATS[form] if form else tell(str(path), ending, text)
    options = options or Options()
    if not options.id:
        options = dataclasses.replace(options, id=id_of(path))
    return found.read(text, str(path), options)


def id_of(path: str | Path) -> str:
    """The id of a taxonomy whose file does not name one: the file's name.

    >>> id_of("words/my words.lcd")
    'my-words'
    """
    return topic_id(Path(path).name.split(".")[0])


def write_taxonomy(
    taxonomy: Taxonomy, form: str, options: Options | None = None, name: str = "<text>"
) -> tuple[str, list[Lost]]:
    """The text of `taxonomy` in a format of `FORMATS`, and what that text does not hold.

    The text is read back and compared, so that the second part is never less than the truth: with
    `options.id`, if it is given, as the id that a reader takes where the format holds none. `name` is the file's,
    for messages.

    Raises
    ------
    TaxonomyError
        If the format cannot hold it at all, as a YAML file cannot hold a language that is none.
    """
    found = FORMATS[form]
    options = options or Options()
    options = dataclasses.replace(options, id=options.id or taxonomy.id)
    text = found.write(taxonomy, options)
    try:
        again = decode(text.encode(), name)
    except UnicodeEncodeError as error:
        raise TaxonomyError(
            f"{name}: half a character, U+{ord(text[error.start]):04X}, would stand behind "
            f"'{' '.join(text[max(0, error.start - 20) : error.start].split())}'; remove it from the taxonomy"
        ) from None
    back, lost = found.read(again, name, dataclasses.replace(options, lang=options.only))
    return text, [*lost, *differences(taxonomy, back)]


def tell(name: str, ending: str, text: str) -> Format:
    """The format of a file, by its ending, and where that does not tell by its content.

    Raises
    ------
    UsageError
        If neither tells.
    """
    claims = [form for form in FORMATS.values() if ending in form.endings]
    if len(claims) == 1:
        return claims[0]
    if claims:
        return FORMATS["topicat" if _OWN.search(text) else "quanteda"]
    first = next((line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    for beginnings, form in (
        (("taxonomy:",), "topicat"),
        (("@prefix", "@base", "PREFIX", "BASE"), "skos"),
        (("%",), "liwc"),
        (("+",), "lexicoder3"),
        (("uri,",), "annif-csv"),
    ):
        if first.startswith(beginnings):
            return FORMATS[form]
    if first.startswith("<"):
        kinds = (("<rdf:RDF", "skos-xml"), ("<dictionary", "lexicoder"))
        for mark, form in kinds:
            if mark in text[:4000]:
                return FORMATS[form]
        if "\t" in first:
            return FORMATS["annif-tsv"]
    raise UsageError(f"{name}: neither its ending nor its content tells the format; name it with --from: {names()}")


def tell_by_ending(name: str) -> str:
    """The format that the ending of a file to be written asks for; of two, topicat's own.

    Raises
    ------
    UsageError
        If it asks for none.
    """
    ending = Path(name).suffix.lower()
    for form in FORMATS.values():
        if ending in form.endings:
            return form.name
    known = sorted({ending for form in FORMATS.values() for ending in form.endings})
    near = nearest(ending, known) if ending else None
    hint = f"; did you mean '{near}'?" if near else ""
    raise UsageError(f"{name}: its ending tells no format{hint}; name one with --to: {names()}")


def names() -> str:
    """The names of the formats, for messages."""
    return ", ".join(FORMATS)
