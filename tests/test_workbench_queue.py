"""In which order paragraphs are coded."""

from __future__ import annotations

from topicat.model import Model
from topicat.workbench.queue import Queue

TEXTS = [f"果园里有 {i} 个苹果和 {i % 7} 把铁锹。" for i in range(80)]


def run(queue: Queue, n: int) -> list[tuple[str, bool]]:
    """Keys in the order of coding, and whether each was drawn."""
    taken: list[tuple[str, bool]] = []
    while len(taken) < n and (place := queue.next({key for key, _ in taken}, len(taken))):
        taken.append((queue.keys[place.index], place.drawn))
    return taken


def test_doubtful_ones_and_a_random_tenth(model: Model) -> None:
    """Every tenth is drawn; the order of the corpus does not matter to the draw; nothing comes twice."""
    queue, other = Queue(TEXTS), Queue(TEXTS[::-1] + TEXTS[:5])
    for q in (queue, other):
        q.put(q.rank(model, []))
    order = run(queue, 50)
    assert [i for i, (_, drawn) in enumerate(order) if drawn] == [9, 19, 29, 39, 49]
    assert len({key for key, _ in order}) == 50
    first = min(queue.keys)
    assert first in {key for key, drawn in order[:10]}
    assert min(other.keys) in {key for key, _ in run(other, 10)}


def test_the_sample_has_what_was_coded_for_its_doubt(model: Model) -> None:
    """Leaving those out would make the sample too easy."""
    queue = Queue(TEXTS)
    assert queue.sample([]) == set()
    drawn = sorted(queue.keys)[4]
    assert queue.sample([drawn]) == set(sorted(queue.keys)[:5])


def test_the_first_coders_paragraphs_come_first(model: Model) -> None:
    """Then the rest, until nothing is left."""
    queue = Queue(TEXTS[:5])
    first = [queue.keys[3], "not in the corpus", queue.keys[1]]
    place = queue.next(set(), 0, first)
    assert place is not None
    assert (place.index, place.why) == (3, "coded by another")
    place = queue.next({queue.keys[3]}, 1, first)
    assert place is not None
    assert place.index == 1
    assert queue.next(set(queue.keys), 5) is None
