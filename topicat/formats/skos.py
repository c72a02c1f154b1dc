"""A taxonomy as SKOS, in Turtle and RDF/XML, so that nothing of it is lost.

What SKOS has a property for is in that property, for the tools that know SKOS. What it has none for is
in the vocabulary ``urn:topicat:vocabulary#``:

================================  ================================================================
property                          value
================================  ================================================================
``id``                            the id of a topic or taxonomy
``topics``                        list of the topics directly below, in their order
``keywords``, ``examples``        list that gives ``skos:altLabel`` and ``skos:hiddenLabel``, and
                                  ``skos:example``, their order
``notKeywords``, ``notExamples``  lists of texts
``languages``, ``exclusive``      of the taxonomy
================================  ================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from topicat.formats import iris
from topicat.formats.format import Options
from topicat.formats.skos_reading import read
from topicat.formats.vocabulary import MAPPINGS, NOTATION, SCHEMES, VOCABULARY, import_rdflib
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy, Terms, Topic, TopicText

if TYPE_CHECKING:
    from rdflib import Graph, Literal, URIRef


def write_turtle(taxonomy: Taxonomy, options: Options) -> str:
    """`taxonomy` as SKOS in Turtle."""
    return str(graph_of(taxonomy).serialize(format="turtle"))


def write_xml(taxonomy: Taxonomy, options: Options) -> str:
    """`taxonomy` as SKOS in RDF/XML."""
    return str(graph_of(taxonomy).serialize(format="xml"))


def read_turtle(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in SKOS `text` in Turtle or N-Triples; raises TaxonomyError."""
    return read(text, name, options, "turtle")


def read_xml(text: str, name: str, options: Options) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in SKOS `text` in RDF/XML; raises TaxonomyError."""
    return read(text, name, options, "xml")


def graph_of(taxonomy: Taxonomy) -> Graph:
    """The triples of `taxonomy`."""
    import_rdflib()
    from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, Namespace, URIRef

    own = Namespace(VOCABULARY)
    graph = Graph()
    for prefix, namespace in (("skos", SKOS), ("dcterms", DCTERMS), ("owl", OWL), ("topicat", own)):
        graph.bind(prefix, namespace)
    scheme = URIRef(iris.scheme_iri(taxonomy))
    nodes = {path: URIRef(iri) for path, iri in iris.iris_of(taxonomy).items()}

    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, own.id, Literal(taxonomy.id)))
    graph.add((scheme, OWL.versionInfo, Literal(taxonomy.version)))
    graph.add((scheme, own.exclusive, Literal(taxonomy.exclusive)))
    for lang, text in taxonomy.title.items():
        graph.add((scheme, DCTERMS.title, Literal(text, lang=lang)))
    _list(graph, scheme, own.languages, [Literal(lang) for lang in taxonomy.languages])
    _list(graph, scheme, own.topics, [nodes[path] for path in taxonomy.roots])
    for root in taxonomy.topics:
        graph.add((scheme, SKOS.hasTopConcept, nodes[root.path]))
        graph.add((nodes[root.path], SKOS.topConceptOf, scheme))
    for topic in taxonomy.walk():
        node = nodes[topic.path]
        graph.add((node, RDF.type, SKOS.Concept))
        graph.add((node, SKOS.inScheme, scheme))
        _add_topic(graph, node, topic)
        for child in topic.topics:
            graph.add((node, SKOS.narrower, nodes[child.path]))
            graph.add((nodes[child.path], SKOS.broader, node))
        _list(graph, node, own.topics, [nodes[child.path] for child in topic.topics])
    return graph


def _add_topic(graph: Graph, node: URIRef, topic: Topic) -> None:
    from rdflib import SKOS, Literal, Namespace, URIRef

    own = Namespace(VOCABULARY)
    graph.add((node, own.id, Literal(topic.id)))
    for lang, text in topic.label.items():
        graph.add((node, SKOS.prefLabel, Literal(text, lang=lang)))
    for lang, text in topic.definition.items():
        graph.add((node, SKOS.definition, Literal(text, lang=lang)))
    for word in (words := _words(topic.keywords)):
        # In SKOS a concept's labels differ from each other: a keyword that is its label stands in the list alone.
        if (node, SKOS.prefLabel, word) not in graph:
            graph.add((node, SKOS.hiddenLabel if "*" in word else SKOS.altLabel, word))
    _list(graph, node, own.keywords, words)
    _list(graph, node, own.notKeywords, _words(topic.not_keywords))
    for text in (examples := _texts(topic.examples)):
        graph.add((node, SKOS.example, text))
    _list(graph, node, own.examples, examples)
    _list(graph, node, own.notExamples, _texts(topic.not_examples))
    for scheme, code in topic.match.items():
        if scheme in MAPPINGS and iris.is_iri(code):
            graph.add((node, SKOS[scheme], URIRef(code)))
        elif scheme == NOTATION:
            graph.add((node, SKOS.notation, Literal(code)))
        elif (scheme, code) != (iris.KEY, str(node)):
            graph.add((node, SKOS.notation, Literal(code, datatype=URIRef(SCHEMES + quote(scheme, safe="")))))


def _words(terms: Terms) -> list[Literal]:
    from rdflib import Literal

    return [Literal(word, lang=lang) for lang, words in terms.items() for word in words]


def _texts(texts: Iterable[TopicText]) -> list[Literal]:
    from rdflib import Literal

    return [Literal(text.text, lang=text.lang or None) for text in texts]


def _list(graph: Graph, node: URIRef, predicate: URIRef, items: Sequence[Literal] | Sequence[URIRef]) -> None:
    from rdflib import BNode
    from rdflib.collection import Collection

    if items:
        head = BNode()
        graph.add((node, predicate, head))
        Collection(graph, head, list(items))
