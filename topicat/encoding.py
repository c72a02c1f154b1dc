"""`Encoded`: training texts as TF-IDF rows, made in one pass over the texts, a batch at a time.

A batch keeps how often each term stands in each sentence, with the terms numbered within the batch; once the last batch
has been read, the vocabulary is known and the numbers become columns. Nothing is ever held as an occurrence or as a
dense array beyond its batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.features import Extractor, Terms
from topicat.rows import Counts, Rows, count
from topicat.vocabulary import Vocabulary

_BATCH = 512


@dataclass(frozen=True)
class Encoded:
    """Texts as rows, with the vocabulary that they gave.

    Attributes
    ----------
    vocabulary
        Hashes of the terms that are kept, ascending, shape (terms,).
    names
        The same terms as text.
    idf
        Inverse document frequencies times the weights of the terms' kinds, shape (terms,).
    rows
        TF-IDF rows of the texts.
    sentences
        How often each term stands in each sentence.
    first
        Sentences ``first[i]:first[i + 1]`` are those of text i, shape (texts + 1,).
    script
        Index into `SCRIPTS` of each text's prevailing script, shape (texts,).
    """

    vocabulary: NDArray[np.uint64]
    names: list[str]
    idf: NDArray[np.float32]
    rows: Rows
    sentences: Counts
    first: NDArray[np.int64]
    script: NDArray[np.int64]

    def part(self, texts: NDArray[np.int64]) -> tuple[Rows, Rows, NDArray[np.int64]]:
        """The rows of some texts and of their sentences, and for each sentence its text's place in `texts`."""
        counts = np.diff(self.first)[texts]
        owner = np.repeat(np.arange(len(texts)), counts)
        numbers = np.repeat(self.first[texts] - (np.cumsum(counts) - counts), counts) + np.arange(len(owner))
        return self.rows.take(texts), self.sentences.take(numbers).weighed(self.idf), owner


def encode(
    texts: Sequence[str], extractor: Extractor, *, min_df: int, idf_power: float, term_weights: Mapping[str, float]
) -> Encoded:
    """The rows of `texts`; the parameters are those of `TrainingSettings`."""
    names: dict[int, str] = {}
    batches: list[_Batch] = []
    for begin in range(0, len(texts), _BATCH):
        terms = extractor(texts[begin : begin + _BATCH])
        batches.append(_Batch(terms, min(_BATCH, len(texts) - begin)))
        _name(names, batches[-1].hashes, terms, extractor)
    vocabulary = Vocabulary.of(batch.hashes for batch in batches)
    df = np.zeros(len(vocabulary), np.int64)
    for batch in batches:
        df[vocabulary.lookup(batch.hashes)[0]] += np.bincount(batch.texts.columns, minlength=len(batch.hashes))
    if min_df > 1:
        vocabulary, df = Vocabulary(vocabulary.hashes[df >= min_df]), df[df >= min_df]
    kept = [names[value] for value in vocabulary.hashes.tolist()]
    kinds = np.array([term_weights.get(name[0], 1.0) for name in kept])
    idf = ((np.log((1 + len(texts)) / (1 + df)) + 1) ** idf_power * kinds).astype(np.float32)
    whole, sentences, first = [], [], [np.zeros(1, np.int64)]
    for batch in batches:
        columns, known = vocabulary.lookup(batch.hashes)
        places = np.where(known, columns, -1).astype(np.int32)
        whole.append(batch.texts.select(places))
        sentences.append(batch.sentences.select(places))
        first.append(batch.first[1:] + first[-1][-1])
    script = np.concatenate([batch.script for batch in batches])
    del batches
    return Encoded(
        vocabulary=vocabulary.hashes,
        names=kept,
        idf=idf,
        rows=Counts.joined(whole).weighed(idf),
        sentences=Counts.joined(sentences),
        first=np.concatenate(first),
        script=script,
    )


class _Batch:
    """The counts of some texts and their sentences; columns are places in `hashes`, the batch's terms in order."""

    def __init__(self, terms: Terms, n_texts: int) -> None:
        self.hashes: NDArray[np.uint64] = Vocabulary.of([terms.hash]).hashes
        column, _ = Vocabulary(self.hashes).lookup(terms.hash)
        owner = terms.text_of_sentence
        self.sentences = count(terms.sentence, column, len(owner), len(self.hashes))
        self.texts = count(owner[terms.sentence], column, n_texts, len(self.hashes))
        self.first = np.searchsorted(owner, np.arange(n_texts + 1))
        self.script = terms.script


def _name(names: dict[int, str], hashes: NDArray[Any], terms: Terms, extractor: Extractor) -> None:
    """Add the names of those terms that have none yet."""
    new = np.array([value for value in hashes.tolist() if value not in names], np.uint64)
    place, known = Vocabulary(new).lookup(terms.hash)
    first = np.zeros(len(new), np.int64)
    seen = np.flatnonzero(known)[::-1]
    first[place[seen]] = seen  # the first occurrence is written last
    names.update(zip(new.tolist(), extractor.names(terms, first), strict=True))
