"""SKOS by strangers: what becomes of it, what is said of the rest, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from topicat.errors import TaxonomyError, UsageError
from topicat.formats import read_taxonomy, write_taxonomy
from topicat.formats.format import Options
from topicat.formats.skos import graph_of, read_turtle, read_xml
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy

HEAD = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <http://example.org/t/> .
"""
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
CONCEPT = (
    '<skos:Concept rdf:about="http://example.org/x"><skos:prefLabel xml:lang="EN">&w;</skos:prefLabel></skos:Concept>'
)


def read(turtle: str, **options: str) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in Turtle, prefixes added."""
    return read_turtle(HEAD + turtle, "x.ttl", Options(id="x", **options))


def refused(turtle: str, **options: str) -> str:
    """The message that refuses it."""
    with pytest.raises(TaxonomyError) as caught:
        read(turtle, **options)
    return str(caught.value)


def test_a_strangers_thesaurus_becomes_a_taxonomy() -> None:
    """Labels, definition, other labels as keywords, tree, codes, and the IRI itself."""
    taxonomy, lost = read(
        """
        ex:scheme a skos:ConceptScheme ; dcterms:title "Test"@en ; skos:hasTopConcept ex:energy .
        ex:energy a skos:Concept ; skos:prefLabel "Energy"@en, "能源"@zh-Hans ; skos:definition "All of it."@en ;
            skos:altLabel "power"@en ; skos:hiddenLabel "enregy"@en ; skos:example "Gas flows."@en, "燃气" ;
            skos:notation "E1" ; skos:exactMatch ex:other ;
            skos:narrower <http://example.org/t/gas%20pipes> .
        <http://example.org/t/gas%20pipes> a skos:Concept ; skos:inScheme ex:scheme .
        """
    )
    assert lost == []
    assert taxonomy.to_dict() == {
        "taxonomy": "x",
        "version": "0",
        "title": {"en": "Test"},
        "languages": ["en", "zh-Hans"],
        "exclusive": False,
        "topics": {
            "energy": {
                "label": {"en": "Energy", "zh-Hans": "能源"},
                "definition": {"en": "All of it."},
                "keywords": {"en": ["enregy", "power"]},
                "examples": [{"text": "Gas flows.", "lang": "en"}, {"text": "燃气"}],
                "match": {
                    "exactMatch": "http://example.org/t/other",
                    "notation": "E1",
                    "iri": "http://example.org/t/energy",
                },
                "topics": {"gas-pipes": {"match": {"iri": "http://example.org/t/gas%20pipes"}}},
            }
        },
    }


def test_everything_without_a_place_is_listed() -> None:
    """Second parents, second labels, notes, links, codes, collections, labels that would match nothing."""
    _, lost = read(
        """
        ex:a a skos:Concept ; skos:prefLabel "A"@en, "AA"@en, "foo"@i-klingon ; skos:broader ex:b, ex:c, ex:gone ;
            skos:notation "1", "2" ; skos:changeNote [ ex:by "me" ] ; skos:altLabel "!!"@en ; skos:related ex:b .
        ex:b a skos:Concept . ex:c a skos:Concept .
        ex:col a skos:Collection ; skos:member ex:a .
        ex:s a skos:ConceptScheme ; skos:note "n"@en .
        """
    )
    assert {(item.where, item.what, str(item.value)) for item in lost} == {
        ("http://example.org/t/a", "skos:broader", "http://example.org/t/c"),
        ("http://example.org/t/a", "skos:broader", "http://example.org/t/gone"),
        ("b.a", "label.en", "AA"),
        ("b.a", "label", "foo"),
        ("b.a", "match.notation", "2"),
        ("b.a", "skos:changeNote", "{'ex:by': 'me'}"),
        ("b.a", "keywords.en", "!!"),
        ("b.a", "skos:related", "http://example.org/t/b"),
        ("", "skos:note", "n"),
        ("http://example.org/t/col", "skos:Collection", "None"),
    }


def test_labels_without_a_language_ask_for_it() -> None:
    """None is dropped: the message names them, and --lang says what they are."""
    turtle = 'ex:a a skos:Concept ; skos:prefLabel "Energy" ; skos:altLabel "oil"@en, "gas" ; skos:example "Gas." .'
    message = refused(turtle)
    assert message.startswith("x.ttl: labels without a language: 'Energy' (label of a), 'gas' (keywords of a); ")
    assert "--lang en" in message
    taxonomy, lost = read(turtle, lang="en")
    assert (taxonomy["a"].label, taxonomy["a"].keywords, lost) == ({"en": "Energy"}, {"en": ("gas", "oil")}, [])


@pytest.mark.parametrize(
    ("turtle", "ring"),
    [
        ("ex:a skos:broader ex:a .", "a ring of 1: <http://example.org/t/a> -> <http://example.org/t/a>"),
        (
            "ex:a skos:broader ex:b . ex:b a skos:Concept . ex:c skos:narrower ex:b ; skos:broader ex:a .",
            "a ring of 3: <http://example.org/t/a> -> <http://example.org/t/b> -> <http://example.org/t/c> -> ",
        ),
    ],
)
def test_a_ring_of_broader_concepts_is_refused(turtle: str, ring: str) -> None:
    """The message names every concept in it."""
    assert ring in refused(turtle)


def test_a_long_ring_is_named_in_short() -> None:
    """Its first six concepts, and where it closes."""
    message = refused("".join(f"ex:n{i} a skos:Concept ; skos:broader ex:n{(i + 1) % 9} .\n" for i in range(9)))
    assert "a ring of 9: " in message
    assert message.count("->") == 7
    assert "/n5> -> … -> <http://example.org/t/n0>; remove one of the links" in message


def test_two_schemes_ask_for_one() -> None:
    """The message lists them; the chosen one's concepts are read and the others named."""
    turtle = """
        ex:s a skos:ConceptScheme . ex:t a skos:ConceptScheme .
        ex:a a skos:Concept ; skos:inScheme ex:s . ex:b a skos:Concept ; skos:topConceptOf ex:t .
        ex:c a skos:Concept .
    """
    counts = "<http://example.org/t/s> (1 concepts), <http://example.org/t/t> (1 concepts)"
    assert refused(turtle) == f"x.ttl: 2 concept schemes; choose one with --scheme IRI: {counts}"
    assert refused(turtle, scheme="ex:s").startswith("x.ttl: no concept scheme <ex:s>; choose one with --scheme IRI")
    taxonomy, lost = read(turtle, scheme="http://example.org/t/s")
    assert taxonomy.paths == ("a",)
    assert [(item.where, item.what) for item in lost] == [
        ("http://example.org/t/b", "skos:Concept"),
        ("http://example.org/t/c", "skos:Concept"),
        ("http://example.org/t/t", "skos:ConceptScheme"),
    ]


def test_a_deep_chain_is_refused() -> None:
    """As many levels as a taxonomy file may have, and no more."""
    chain = "".join(f"ex:n{i} a skos:Concept ; skos:broader ex:n{i + 1} .\n" for i in range(3000)) + "ex:n3000 a ex:X ."
    assert "nested deeper than 18 levels" in refused(chain)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("this is no RDF", "x.ttl:1: not RDF in Turtle: "),
        ("<a> <b> " + "(" * 5000, "x.ttl: not RDF in Turtle: "),
        ("<urn:a> a <urn:Thing> .", "x.ttl: no skos:Concept in this RDF (it has: <urn:Thing>)"),
    ],
)
def test_what_is_not_skos_is_refused(text: str, message: str) -> None:
    """With the place, where the parser knows it."""
    with pytest.raises(TaxonomyError) as caught:
        read_turtle(text, "x.ttl", Options())
    assert str(caught.value).startswith(message)


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha"}">' for i in range(40))


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        (LAUGHS, "x.rdf:1: the XML entity 'a1' is nested, long, or of another file"),
        ('<!ENTITY w SYSTEM "file:///etc/passwd">', "x.rdf:1: the XML entity 'w' is nested, long, or of another file"),
        (f'<!ENTITY w "{"ha" * 5000}">', "x.rdf:1: the XML entity 'w' is nested, long, or of another file"),
        ('<!ENTITY % w "ha">', "x.rdf:1: the XML entity 'w' is nested, long, or of another file"),
        ("", "x.rdf:1:"),
    ],
)
def test_entities_are_not_expanded(entities: str, message: str) -> None:
    """Ten to the fortieth of laughs, a file of this machine, an undeclared one: refused before anything is read."""
    with pytest.raises(TaxonomyError) as caught:
        read_xml(f"<!DOCTYPE x [{entities}]>{XML}{CONCEPT}</rdf:RDF>", "x.rdf", Options())
    assert str(caught.value).startswith(message)


def test_short_entities_are_what_namespaces_are_written_with() -> None:
    """Ontology editors declare them; the language tag is a language in any case."""
    text = f'<?xml version="1.0" encoding="gb2312"?><!DOCTYPE x [<!ENTITY w "Word">]>{XML}{CONCEPT}</rdf:RDF>'
    taxonomy, lost = read_xml(text, "x.rdf", Options())
    assert (taxonomy["x"].label, lost) == ({"en": "Word"}, [])


def test_other_tools_see_the_keywords(garden: Taxonomy) -> None:
    """Words as altLabel, patterns as hiddenLabel, and a label never as both."""
    from rdflib import SKOS, Literal, URIRef

    graph = graph_of(garden)
    fruit = URIRef("urn:topicat:garden:fruit")
    assert set(graph.objects(fruit, SKOS.altLabel)) == {Literal("苹果", lang="zh"), Literal("果园", lang="zh")}
    assert Literal("fruit*", lang="en") in set(graph.objects(fruit, SKOS.hiddenLabel))
    assert Literal("水果", lang="zh") in set(graph.objects(fruit, SKOS.prefLabel))
    assert set(graph.objects(fruit, SKOS.narrower)) == {fruit + ".berry", fruit + ".citrus"}


def test_an_edit_in_another_tool_counts(garden: Taxonomy) -> None:
    """A new altLabel becomes a keyword; one that was removed stays away, and the order's mention of it is named."""
    text, _ = write_taxonomy(garden, "skos")
    taxonomy, lost = read_turtle(text.replace('skos:altLabel "果园"@zh', 'skos:altLabel "梨子"@zh'), "x.ttl", Options())
    assert taxonomy["fruit"].keywords["zh"] == ("水果", "苹果", "梨子")
    assert [(item.where, item.value) for item in lost] == [("fruit", "果园")]


def test_without_rdflib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, garden: Taxonomy) -> None:
    """The message is the command that helps."""
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(UsageError, match=r"pip install 'topicat\[skos\]'"):
        write_taxonomy(garden, "skos")


def test_a_file_in_another_encoding_is_read(tmp_path: Path) -> None:
    """What an XML declaration says gives way to what the bytes are."""
    path = tmp_path / "x.rdf"
    text = f'<?xml version="1.0" encoding="utf-16"?>\n<!DOCTYPE x [<!ENTITY w "Слово">]>{XML}{CONCEPT}</rdf:RDF>'
    path.write_bytes(text.encode("utf-16"))
    assert read_taxonomy(path)[0]["x"].label == {"en": "Слово"}
