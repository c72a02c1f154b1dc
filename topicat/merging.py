"""Several taxonomies as one: by includes where they have no topic in common, else laid over each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from topicat.errors import UsageError
from topicat.taxonomy import Taxonomy


@dataclass(frozen=True)
class Merged:
    """A merged taxonomy.

    Attributes
    ----------
    whole
        All topics; where two taxonomies have one topic, what the later says replaces what the earlier says.
    own
        The topics that are not included: laid over the included ones, they give `whole`.
    include
        Names of the included taxonomies.
    shared
        Topics at the top that several taxonomies have, with the names of those.
    """

    whole: Taxonomy
    own: Taxonomy
    include: tuple[str, ...]
    shared: dict[str, tuple[str, ...]]


def merge(id: str, parts: Sequence[tuple[str, Taxonomy]]) -> Merged:
    """The taxonomy `id` made of `parts`, each with the name under which it is included.

    Raises
    ------
    UsageError
        If some are exclusive and others are not.
    """
    kinds = {tree.exclusive: name for name, tree in parts}
    if len(kinds) > 1:
        raise UsageError(
            f"'{kinds[True]}' is exclusive and '{kinds[False]}' is not; set 'exclusive' alike in both before merging"
        )
    empty = Taxonomy(
        id=id,
        version="0.1.0",
        title={"en": " + ".join(tree.title.get("en", tree.id) for _, tree in parts)},
        languages=tuple(dict.fromkeys(lang for _, tree in parts for lang in tree.languages)),
        exclusive=next(iter(kinds)),
    )
    own, include = empty, []
    owners: dict[str, tuple[str, ...]] = {}
    for name, tree in parts:
        if owners.keys().isdisjoint(tree.roots):
            include.append(name)
        else:
            own = dataclasses.replace(own, topics=_over(own, tree).topics)
        for root in tree.roots:
            owners[root] = (*owners.get(root, ()), name)
    included = [tree for name, tree in parts if name in include]
    shared = {root: names for root, names in owners.items() if len(names) > 1}
    return Merged(own.including(included), own, tuple(include), shared)


def _over(base: Taxonomy, over: Taxonomy) -> Taxonomy:
    return over.including([base])
