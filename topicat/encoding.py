"""`Encoded`: training texts as TF-IDF rows, made in one pass over the texts, a batch at a time.

A batch keeps how often each term stands in each sentence, with the terms numbered within the batch; once the last batch
has been read, the vocabulary is known and the numbers become columns. Nothing is ever held as an occurrence or as a
dense array beyond its batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.features import Extractor, Terms, han_words
from topicat.rows import Counts, Rows, count
from topicat.tokenizers import Tokenizer
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


class Memory:
    """What was read of texts before: trainings that share one, with most of their texts in common, read only the rest.

    It holds every text's terms, so it is for thousands of texts, not for millions, and serves one training at a time.

    Parameters
    ----------
    foreseen
        Texts that may be learned from later. Another taxonomy, other settings, or a Han word that neither these
        nor the first training's texts have, and everything is read anew.
    """

    def __init__(self, foreseen: Sequence[str] = ()) -> None:
        self._foreseen = foreseen
        self._extractor: Extractor | None = None
        self._read: dict[str, _Occurrences] = {}
        self._unasked = Vocabulary(np.zeros(0, np.uint64))
        self.names: dict[int, str] = {}

    def prepare(self, extractor: Extractor, tokenizer: Tokenizer | None) -> None:
        """Be ready to read as `extractor` does, whose Han words `tokenizer` cut."""
        own, words = self._extractor, extractor.words
        alike = own is not None and own.settings == extractor.settings and own.cues.taxonomy == extractor.cues.taxonomy
        if own is None or not alike or (words and not (own.words and own.words.lookup(words.hashes)[1].all())):
            if words and tokenizer:
                words = Vocabulary.of(
                    [words.hashes, han_words(self._foreseen, [], tokenizer, extractor.settings).hashes]
                )
            own = self._extractor = Extractor(extractor.settings, extractor.cues, words)
            self._read, self.names = {}, {}
        read = own.words.hashes if own.words else np.zeros(0, np.uint64)
        self._unasked = Vocabulary(read[~extractor.words.lookup(read)[1]] if extractor.words else read)

    def __call__(self, texts: Sequence[str]) -> _Occurrences:
        """The occurrences of terms in `texts`."""
        assert self._extractor is not None
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        if new:
            terms = self._extractor(new)
            _name(self.names, np.unique(terms.hash), terms, self._extractor)
            self._read.update(zip(new, _Occurrences.of(terms).apart(), strict=True))
        found = _Occurrences.joined([self._read[text] for text in texts])
        return found.without(self._unasked)


def encode(
    texts: Sequence[str],
    extractor: Extractor,
    *,
    min_df: int,
    idf_power: float,
    term_weights: Mapping[str, float],
    memory: Memory | None = None,
) -> Encoded:
    """The rows of `texts`; the parameters are those of `TrainingSettings`, `memory` is prepared for `extractor`."""
    names: dict[int, str] = memory.names if memory else {}
    batches: list[_Batch] = []
    for begin in range(0, len(texts), _BATCH):
        part = texts[begin : begin + _BATCH]
        if memory:
            batches.append(_Batch(memory(part)))
            continue
        terms = extractor(part)
        batches.append(_Batch(_Occurrences.of(terms)))
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


@dataclass(frozen=True)
class _Occurrences:
    """Term and sentence of each occurrence in some texts; sentences ``first[i]:first[i + 1]`` are those of text i."""

    hash: NDArray[np.uint64]
    sentence: NDArray[np.int64]
    first: NDArray[np.int64]
    script: NDArray[np.int64]

    @classmethod
    def of(cls, terms: Terms) -> _Occurrences:
        first = np.searchsorted(terms.text_of_sentence, np.arange(len(terms.script) + 1))
        return cls(terms.hash, terms.sentence, first, terms.script)

    @classmethod
    def joined(cls, parts: Sequence[_Occurrences]) -> _Occurrences:
        counts = np.array([part.first[-1] for part in parts], np.int64)
        before = np.cumsum(counts) - counts
        return cls(
            np.concatenate([part.hash for part in parts]),
            np.concatenate([part.sentence + base for part, base in zip(parts, before.tolist(), strict=True)]),
            np.append(before, counts.sum()),
            np.concatenate([part.script for part in parts]),
        )

    def apart(self) -> list[_Occurrences]:
        """Those of each text by themselves."""
        order = np.argsort(self.sentence, kind="stable")
        hashes, sentence = self.hash[order], self.sentence[order]
        ends = np.searchsorted(sentence, self.first)
        spans = zip(pairwise(ends.tolist()), pairwise(self.first.tolist()), strict=True)
        return [
            _Occurrences(hashes[a:b].copy(), sentence[a:b] - begin, np.array([0, end - begin]), self.script[i : i + 1])
            for i, ((a, b), (begin, end)) in enumerate(spans)
        ]

    def without(self, terms: Vocabulary) -> _Occurrences:
        """Those of other terms."""
        keep = ~terms.holds(self.hash)
        return _Occurrences(self.hash[keep], self.sentence[keep], self.first, self.script)


class _Batch:
    """The counts of some texts and their sentences; columns are places in `hashes`, the batch's terms in order."""

    def __init__(self, found: _Occurrences) -> None:
        self.hashes: NDArray[np.uint64] = Vocabulary.of([found.hash]).hashes
        column, _ = Vocabulary(self.hashes).lookup(found.hash)
        n_texts, n_sentences = len(found.script), int(found.first[-1])
        owner = np.repeat(np.arange(n_texts), np.diff(found.first))
        self.sentences = count(found.sentence, column, n_sentences, len(self.hashes))
        self.texts = count(owner[found.sentence], column, n_texts, len(self.hashes))
        self.first = found.first
        self.script = found.script


def _name(names: dict[int, str], hashes: NDArray[Any], terms: Terms, extractor: Extractor) -> None:
    """Add the names of those terms that have none yet."""
    new = np.array([value for value in hashes.tolist() if value not in names], np.uint64)
    place, known = Vocabulary(new).lookup(terms.hash)
    first = np.zeros(len(new), np.int64)
    seen = np.flatnonzero(known)[::-1]
    first[place[seen]] = seen  # the first occurrence is written last
    names.update(zip(new.tolist(), extractor.names(terms, first), strict=True))
