"""The concepts of a SKOS graph that make one taxonomy, and the tree that they stand in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from topicat.errors import TaxonomyError
from topicat.formats.rdf import ordered, short
from topicat.lost import Lost


@dataclass(frozen=True)
class Tree:
    """Concepts of one scheme.

    Attributes
    ----------
    scheme
        The concept scheme, or None where there is none.
    roots, children
        The concepts below none, and those directly below each.
    left_out
        The concepts of other schemes.
    """

    scheme: Any
    roots: Sequence[Any]
    children: dict[Any, list[Any]]
    left_out: Collection[Any]


def tree_of(graph: Any, file: str, wanted: str, lost: list[Lost]) -> Tree:
    """The concepts of the scheme with the IRI `wanted`, or of the only one if that is empty.

    What cannot stand in a tree, and the concepts of other schemes, are added to `lost`.

    Raises
    ------
    TaxonomyError
        If there is no concept, no such scheme, several schemes and none is wanted, or a ring of broader concepts.
    """
    from rdflib import RDF, SKOS

    concepts = {
        *graph.subjects(RDF.type, SKOS.Concept),
        *(node for edge in (SKOS.broader, SKOS.narrower) for pair in graph.subject_objects(edge) for node in pair),
        *graph.subjects(SKOS.topConceptOf),
        *graph.objects(None, SKOS.hasTopConcept),
    }
    concepts = {node for node in concepts if (node, None, None) in graph}
    if not concepts:
        kinds = ", ".join(short(graph, kind) for kind in ordered(set(graph.objects(None, RDF.type)))[:5])
        raise TaxonomyError(f"{file}: no skos:Concept in this RDF (it has: {kinds or 'no types'})")
    members = _members(graph)
    scheme = _choose(members, file, wanted)
    own = members[scheme] & concepts if len(members) > 1 else concepts
    if not own:
        raise TaxonomyError(f"{file}: no concept in the scheme <{scheme}>")
    lost += [Lost(str(n), "skos:Concept", why=f"not in the scheme <{scheme}>") for n in ordered(concepts - own)]
    broader = _broader(graph, own, lost)
    _refuse_rings(broader, file)
    children: dict[Any, list[Any]] = {}
    for node, parents in broader.items():
        if parents:
            children.setdefault(parents[0], []).append(node)
        for other in parents[1:]:
            lost.append(Lost(str(node), "skos:broader", str(other), why="a topic stands below one other topic only"))
    return Tree(scheme, [node for node, parents in broader.items() if not parents], children, concepts - own)


def _members(graph: Any) -> dict[Any, set[Any]]:
    """The concepts of each scheme."""
    from rdflib import RDF, SKOS

    members: dict[Any, set[Any]] = {node: set() for node in graph.subjects(RDF.type, SKOS.ConceptScheme)}
    for edge in (SKOS.inScheme, SKOS.topConceptOf):
        for node, scheme in graph.subject_objects(edge):
            members.setdefault(scheme, set()).add(node)
    for scheme, node in graph.subject_objects(SKOS.hasTopConcept):
        members.setdefault(scheme, set()).add(node)
    return members


def _choose(members: dict[Any, set[Any]], file: str, wanted: str) -> Any:
    schemes = ordered(members)
    found = [scheme for scheme in schemes if str(scheme) == wanted] if wanted else schemes
    if len(found) == 1:
        return found[0]
    if not schemes and not wanted:
        return None
    problem = f"no concept scheme <{wanted}>" if wanted else f"{len(schemes)} concept schemes"
    counts = ", ".join(f"<{scheme}> ({len(members[scheme]):,} concepts)" for scheme in schemes)
    raise TaxonomyError(f"{file}: {problem}; choose one with --scheme IRI: {counts or 'the file names none'}")


def _broader(graph: Any, own: set[Any], lost: list[Lost]) -> dict[Any, list[Any]]:
    """The concepts directly above each of `own`, if they are in it."""
    from rdflib import SKOS

    broader: dict[Any, list[Any]] = {}
    for node in ordered(own):
        above = {*graph.objects(node, SKOS.broader), *graph.subjects(SKOS.narrower, node)}
        for outside in ordered(above - own):
            why = "the broader concept is not in the taxonomy"
            lost.append(Lost(str(node), "skos:broader", str(outside), why=why))
        for outside in ordered(set(graph.objects(node, SKOS.narrower)) - own):
            why = "the narrower concept is not in the taxonomy"
            lost.append(Lost(str(node), "skos:narrower", str(outside), why=why))
        broader[node] = ordered(above & own)
    return broader


def _refuse_rings(broader: dict[Any, list[Any]], file: str) -> None:
    done: set[Any] = set()
    for start in broader:
        trail: dict[Any, Iterator[Any]] = {start: iter(broader[start])}
        while trail:
            node = next(reversed(trail))
            above = next((n for n in trail[node] if n not in done), None)
            if above is None:
                done.add(node)
                del trail[node]
            elif above in trail:
                ring = list(trail)[list(trail).index(above) :]
                shown = " -> ".join([*(f"<{n}>" for n in ring[:6]), *(["…"] if len(ring) > 6 else []), f"<{above}>"])
                raise TaxonomyError(
                    f"{file}: skos:broader goes in a ring of {len(ring)}: {shown}; remove one of the links"
                )
            else:
                trail[above] = iter(broader[above])
