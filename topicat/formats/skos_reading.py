"""SKOS, of topicat's own making or a stranger's, as a taxonomy, with a word on everything left behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from topicat.draft import topic_id
from topicat.errors import TaxonomyError
from topicat.formats import iris
from topicat.formats.dictionary import check_depth, unique
from topicat.formats.format import Options
from topicat.formats.rdf import items, ordered, parse, plain, short
from topicat.formats.skos_tree import tree_of
from topicat.formats.vocabulary import MAPPINGS, NOTATION, SCHEMES, VOCABULARY, import_rdflib
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy

_LANG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8})*)\Z")


def read(text: str, name: str, options: Options, form: str) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in SKOS `text`; `form` is ``turtle`` or ``xml``.

    Raises
    ------
    TaxonomyError
        If it is not RDF or has no concept, if labels have no language or ``broader`` goes in a ring, or if it
        has several concept schemes and `options.scheme` names none.
    """
    reader = _Reader(parse(text, name, form), name, options)
    return reader.taxonomy(), reader.lost


class _Reader:
    """Turns one graph into a taxonomy; `lost` collects what has no place there."""

    def __init__(self, graph: Any, file: str, options: Options) -> None:
        rdflib = import_rdflib()
        self.graph, self.file, self.options = graph, file, options
        self.lost: list[Lost] = []
        self._untagged: list[str] = []
        self._rdf, self._skos, self._own = rdflib.RDF, rdflib.SKOS, rdflib.Namespace(VOCABULARY)
        self._literal, self._blank = rdflib.Literal, rdflib.BNode
        skos, own = self._skos, self._own
        self._titles = (rdflib.DCTERMS.title, rdflib.DC.title, skos.prefLabel, rdflib.RDFS.label)
        self._version = rdflib.OWL.versionInfo
        self._read_of_scheme = {*self._titles, self._version, skos.hasTopConcept, own.id, own.languages, own.exclusive}
        self._read_of_scheme |= {own.topics, self._rdf.type}
        self._read_of_concept = {
            *(skos.prefLabel, skos.altLabel, skos.hiddenLabel, skos.definition, skos.example, skos.notation),
            *(skos.broader, skos.narrower, skos.inScheme, skos.topConceptOf),
            *(own.id, own.topics, own.keywords, own.notKeywords, own.examples, own.notExamples),
            *(skos[name] for name in MAPPINGS),
        }

    def taxonomy(self) -> Taxonomy:
        tree = tree_of(self.graph, self.file, self.options.scheme, self.lost)
        scheme, children = tree.scheme, tree.children
        topics = self._topics(self._in_order(scheme, tree.roots), children, "")
        data: dict[str, Any] = {"taxonomy": self.options.id, "topics": topics}
        if scheme is not None:
            data |= self._head(scheme)
        if self._untagged:
            more = f", and {len(self._untagged) - 5:,} more" if len(self._untagged) > 5 else ""
            raise TaxonomyError(
                f"{self.file}: labels without a language: {', '.join(self._untagged[:5])}{more}; "
                "say which language it is with --lang, as in --lang en"
            )
        taxonomy = Taxonomy.from_dict(data)
        if "languages" not in data:
            langs = {lang: None for topic in taxonomy.walk() for lang in (*topic.keywords, *topic.label)}
            taxonomy = Taxonomy.from_dict({**data, "languages": list(langs)})
        known = {*tree.roots, *(node for below in children.values() for node in below), *tree.left_out, scheme}
        for node in ordered(set(self.graph.subjects()) - known):
            if not isinstance(node, self._blank):
                kind = next(iter(ordered(self.graph.objects(node, self._rdf.type))), "resource")
                self._lose(str(node), short(self.graph, kind), why="neither a concept nor the concept scheme")
        return taxonomy

    def _in_order(self, parent: Any, nodes: Iterable[Any]) -> list[Any]:
        place = {node: number for number, node in enumerate(items(self.graph, parent, self._own.topics))}
        return sorted(nodes, key=lambda node: place.get(node, len(place)))

    # What is said of each

    def _topics(self, nodes: Iterable[Any], children: dict[Any, list[Any]], parent: str) -> dict[str, Any]:
        topics: dict[str, Any] = {}
        for node in nodes:
            stated = self.graph.value(node, self._own.id)
            id = unique(topic_id(str(stated)) if stated is not None else self._id(node), topics)
            path = f"{parent}.{id}" if parent else id
            check_depth(path, self.file)
            topics[id] = self._topic(node, path)
            if node in children:
                topics[id]["topics"] = self._topics(self._in_order(node, children[node]), children, path)
        return topics

    def _id(self, node: Any) -> str:
        if own := iris.own_path(str(node)):
            return own[1].rsplit(".", 1)[-1]
        if isinstance(node, self._blank):
            labels = ordered(self.graph.objects(node, self._skos.prefLabel))
            return topic_id(str(labels[0])) if labels else "topic"
        return iris.id_from(str(node))

    def _topic(self, node: Any, path: str) -> dict[str, Any]:
        skos, own = self._skos, self._own
        topic = {
            "label": self._by_lang(node, path, "label", (skos.prefLabel,)),
            "definition": self._by_lang(node, path, "definition", (skos.definition,)),
            "keywords": self._words(self._keywords(node, path), path, "keywords"),
            "not_keywords": self._words(items(self.graph, node, own.notKeywords), path, "not_keywords"),
            "examples": self._texts(self._with_order(node, own.examples, (skos.example,)), path, "examples"),
            "not_examples": self._texts(items(self.graph, node, own.notExamples), path, "not_examples"),
            "match": self._match(node, path),
        }
        for predicate, value in ordered(self.graph.predicate_objects(node)):
            if predicate not in self._read_of_concept and (predicate, value) != (self._rdf.type, skos.Concept):
                self._lose(path, short(self.graph, predicate), value)
        return {key: value for key, value in topic.items() if value}

    def _head(self, scheme: Any) -> dict[str, Any]:
        own = self._own
        data: dict[str, Any] = {"title": self._by_lang(scheme, "", "title", self._titles)}
        for predicate, name in ((own.id, "taxonomy"), (self._version, "version"), (own.exclusive, "exclusive")):
            values = [v for v in ordered(self.graph.objects(scheme, predicate)) if str(v).strip()]
            if values:
                data[name] = str(values[0]) == "true" if name == "exclusive" else str(values[0])
            for value in values[1:]:
                self._lose("", name, value, why="a second one")
        if "taxonomy" in data:
            data["taxonomy"] = topic_id(data["taxonomy"])
            data["languages"] = [str(lang) for lang in items(self.graph, scheme, own.languages)]
        for predicate, value in ordered(self.graph.predicate_objects(scheme)):
            if predicate not in self._read_of_scheme:
                self._lose("", short(self.graph, predicate), value)
        return data

    def _by_lang(self, node: Any, path: str, what: str, predicates: Iterable[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for predicate in predicates:
            for value in ordered(self.graph.objects(node, predicate)):
                lang = self._lang(value, path, what)
                if lang and found.setdefault(lang, str(value)) != str(value):
                    self._lose(path, f"{what}.{lang}", value, why="a second one in this language")
        return found

    def _keywords(self, node: Any, path: str) -> list[Any]:
        listed = items(self.graph, node, self._own.keywords)
        labels = set(self.graph.objects(node, self._skos.prefLabel))
        found = self._with_order(node, self._own.keywords, (self._skos.altLabel, self._skos.hiddenLabel), labels)
        for word in ordered(set(listed).difference(found)):
            self._lose(path, "topicat:keywords", word, why="listed, but neither altLabel nor hiddenLabel any more")
        return found

    def _with_order(self, node: Any, order: Any, predicates: Iterable[Any], more: Iterable[Any] = ()) -> list[Any]:
        """The values of `predicates`, first those in the list `order` as it has them; of `more` only those in it."""
        values = {value for predicate in predicates for value in self.graph.objects(node, predicate)}
        listed = items(self.graph, node, order)
        return [
            *(value for value in listed if value in values or value in more),
            *ordered(values.difference(listed)),
        ]

    def _words(self, values: Iterable[Any], path: str, what: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in values:
            lang = self._lang(value, path, what)
            if lang and any(c.isalnum() for c in value):
                found.setdefault(lang, []).append(str(value))
            elif lang:
                self._lose(path, f"{what}.{lang}", value, why="no letter or digit, so it would match nothing")
        return found

    def _texts(self, values: Iterable[Any], path: str, what: str) -> list[dict[str, str]]:
        found = []
        for value in values:
            untagged = isinstance(value, self._literal) and not value.language
            lang = "" if untagged else self._lang(value, path, what)
            if lang is not None and str(value).strip():
                found.append({"text": str(value), "lang": lang})
        return found

    def _match(self, node: Any, path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        codes = [(name, value) for name in MAPPINGS for value in ordered(self.graph.objects(node, self._skos[name]))]
        for value in ordered(self.graph.objects(node, self._skos.notation)):
            kind = str(getattr(value, "datatype", None) or "")
            codes.append((unquote(kind[len(SCHEMES) :]) if kind.startswith(SCHEMES) else NOTATION, value))
        for name, value in codes:
            if not str(value).strip():
                continue
            if found.setdefault(name, str(value)) != str(value):
                self._lose(path, f"match.{name}", value, why="a second one")
        if not isinstance(node, self._blank) and not str(node).startswith(iris.OWN):
            found[iris.KEY] = str(node)
        return found

    # Small change

    def _lang(self, value: Any, path: str, what: str) -> str | None:
        """The language of a literal; None if it has none that a taxonomy can name, which is said."""
        tag = getattr(value, "language", None) if isinstance(value, self._literal) else None
        match = _LANG.match(tag or self.options.lang)
        if not str(value).strip():
            return None
        if match:
            return match[1].lower() + match[2]
        if isinstance(value, self._literal) and not tag:
            self._untagged.append(f"'{value:.40}' ({what} of {path or 'the scheme'})")
        else:
            self._lose(path, what, value, why=f"'{tag}' is no language code" if tag else "no text")
        return None

    def _lose(self, where: str, what: str, value: Any = None, why: str = "") -> None:
        self.lost.append(Lost(where, what, plain(self.graph, value), why=why))
