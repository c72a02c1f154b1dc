"""`Term`: a word that speaks for a topic though no keyword of the taxonomy does; and which keywords never fire."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.draft import log_likelihood
from topicat.errors import UsageError
from topicat.features import SCRIPTS
from topicat.folding import fold
from topicat.model import Model
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer
from topicat.usage import Usage

_SIGNIFICANT = 10.83
"""G² of a chance of one in a thousand (chi-squared, one degree of freedom)."""
_SUPPORT = 3
"""A word in fewer texts of a topic says more about the texts than about the topic."""
_LEARNED_LEAST, _LEARNED_MOST, _LEARNED_SHARE = 5, 20, 0.01
"""A learned word stood in five training texts or more, and at most in twenty or a hundredth: others are noise."""
_NUMERAL = re.compile(r"[零〇一二三四五六七八九十百千万亿两几]+")


@dataclass(frozen=True)
class Term:
    """A word that may be a keyword of a topic.

    Attributes
    ----------
    term
        As folded.
    score
        Of a learned word the model's weight times the word's idf; of one from a corpus Dunning's log-likelihood
        ratio G².
    inside, outside
        Texts with the topic, and without, in which the word stands outside all keywords; None without a corpus.
    context
        How it stands in the first such text.
    """

    term: str
    score: float
    inside: int | None = None
    outside: int | None = None
    context: str = ""


@dataclass(frozen=True)
class Findings:
    """What `find_keywords` found.

    Attributes
    ----------
    texts
        How many texts there are.
    carried
        For each topic how many texts carry it.
    learned
        For each topic the words with the largest weights in the model; if there are texts only those that are over-
        represented in the topic's. Empty without a model.
    corpus
        For each topic the words that are significantly over-represented in its texts. Empty without texts.
    coverage
        For each topic and language in how many texts each keyword fired. Empty without texts.
    """

    texts: int
    carried: Mapping[str, int]
    learned: Mapping[str, tuple[Term, ...]]
    corpus: Mapping[str, tuple[Term, ...]]
    coverage: Mapping[str, Mapping[str, Mapping[str, int]]]


def find_keywords(
    taxonomy: Taxonomy,
    *,
    model: Model | None = None,
    texts: Sequence[str] = (),
    labels: Sequence[Collection[str]] = (),
    topics: Sequence[str] = (),
    lang: str = "",
    n: int = 20,
    tokenizer: Tokenizer | None = None,
) -> Findings:
    """Words that speak for a topic and that no keyword of `taxonomy` matches, and how often each keyword fires.

    Source: Dunning, "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 19
    (1993): G² of the texts with a topic that contain a word, against all others of the same script. Only
    occurrences outside every keyword count, and only a G² of at least 10.83 (one in a thousand).

    Parameters
    ----------
    model
        The model whose weights are read; it need not know every topic.
    texts, labels
        A corpus, and for each text its topics, given or predicted.
    topics
        Paths of the topics asked about; by default those at the top.
    lang
        Only words in the script of this language's keywords, and only its keywords' coverage.
    n
        At most so many words for each topic, learned and from the corpus.
    tokenizer
        Cuts Han words; None leaves them out.

    Raises
    ------
    UsageError
        If texts and labels do not match, or there are no keywords in `lang`.
    TaxonomyError
        If there is no such topic.
    """
    if len(texts) != len(labels):
        raise UsageError(f"find_keywords: {len(texts)} texts, but labels for {len(labels)}")
    topics = [taxonomy[topic].path for topic in topics] or list(taxonomy.roots)
    said = [_with_parents(found) for found in labels]
    carries = np.array([[topic in found for topic in topics] for found in said], bool).reshape(-1, len(topics))
    usage = Usage(taxonomy, tokenizer, texts, carries)
    script = _script(usage, taxonomy, lang) if lang else None
    words, by_script = usage.words()
    counts = by_script.sum(axis=1)
    row = {word: i for i, word in enumerate(words)}

    def ranked(scores: Mapping[str, float], barred: Iterable[str], k: int) -> tuple[Term, ...]:
        found = []
        for word in _possible(usage, scores, script, barred)[:n]:
            if texts:
                inside, total = int(counts[row[word], k]), int(counts[row[word], -1])
                found.append(Term(word, scores[word], inside, total - inside, usage.context(word, k)))
            else:
                found.append(Term(word, scores[word]))
        return tuple(found)

    learned, corpus = {}, {}
    for k, topic in enumerate(topics):
        g2 = dict(zip(words, _keyness(by_script, usage.sizes, k).tolist(), strict=True))
        against = [word for own in taxonomy[topic].not_keywords.values() for word in own]
        if model is not None:
            weights = {
                word: x for word, x in _learned(model, topic, tokenizer).items() if not texts or g2.get(word, 0) > 0
            }
            known = [word for t in taxonomy[topic].walk() for own in t.keywords.values() for word in own]
            learned[topic] = ranked(weights, [*against, *known], k)
        if texts:
            frequent = {w: x for w, x in g2.items() if x >= _SIGNIFICANT and counts[row[w], k] >= _SUPPORT}
            corpus[topic] = ranked(frequent, against, k)
    coverage = {topic: _coverage(usage, topic, lang) for topic in topics} if texts else {}
    carried = dict(zip(topics, usage.sizes.sum(axis=0).tolist(), strict=False))
    return Findings(len(texts), carried, learned, corpus, coverage)


def _with_parents(labels: Iterable[str]) -> set[str]:
    return {".".join(parts[: i + 1]) for parts in (label.split(".") for label in labels) for i in range(len(parts))}


def _keyness(counts: NDArray[np.int32], sizes: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Signed G² of each word for topic `k`, summed over the scripts of the texts, shape (words,)."""
    g2 = np.zeros(len(counts))
    for script in range(len(sizes)):
        inside, total = counts[:, script, k].astype(float), counts[:, script, -1].astype(float)
        n, texts = float(sizes[script, k]), float(sizes[script, -1])
        if 0 < n < texts:  # else nothing can be compared
            g2 += log_likelihood(inside, total - inside, n, texts - n)
    return g2


def _learned(model: Model, topic: str, tokenizer: Tokenizer | None) -> dict[str, float]:
    """The words, also of two Han characters, with a positive weight for `topic`, and weight times idf."""
    head = next((h for h in model.heads if topic in h.topics), None)
    if head is None or model.terms is None:
        return {}
    weights = np.zeros(len(model.vocabulary))
    weights[slice(None) if head.columns is None else head.columns] = head.weights[:, head.topics.index(topic)]
    idf = np.asarray(model.idf, np.float64)
    terms = list(model.terms)
    pairs = [term[2:] for term in terms if term[0] == "c" and len(term) == 4]
    whole = {*(tokenizer("\n".join(pairs)) if tokenizer else [])}.intersection(pairs)
    words = np.array([term[0] in "hw" or (term[0] == "c" and term[2:] in whole) for term in terms], bool)
    settings: Mapping[str, Any] = model.info.get("settings", {})
    kinds = settings.get("term_weights", {})
    plain = (idf / [kinds.get(term[0], 1.0) for term in terms]) ** (1 / settings.get("idf_power", 1.0))
    # idf = 1 + ln((1 + texts) / (1 + df)), and the rarest word stood in one text.
    texts = 2 * np.exp(plain[words].max(initial=1.0) - 1) - 1
    df = (1 + texts) / np.exp(plain - 1) - 1
    usual = (df > _LEARNED_LEAST - 0.5) & (df < max(_LEARNED_SHARE * texts, _LEARNED_MOST) + 0.5)
    keep = np.flatnonzero(words & usual & (weights > 0))
    return {terms[i][2:]: float(weights[i] * idf[i]) for i in keep.tolist()}


def _possible(usage: Usage, scores: Mapping[str, float], script: int | None, barred: Iterable[str]) -> list[str]:
    """The words that could be keywords, best first.

    Not: words that a keyword matches, parts of those `barred`, numerals, abbreviations of one or two letters.
    """
    words = sorted(scores, key=lambda word: (-scores[word], word))
    free = ~usage.matched(words)
    if script is not None:
        free &= usage.extract(words).script == script
    plain = "\n".join(fold(word) for word in barred)

    def speaks(word: str) -> bool:
        han = "\u3400" <= word[0] <= "\u9fff"
        return not _NUMERAL.fullmatch(word) and word not in plain and (han or sum(c.isalpha() for c in word) > 2)

    return [word for word, ok in zip(words, free.tolist(), strict=True) if ok and speaks(word)]


def _script(usage: Usage, taxonomy: Taxonomy, lang: str) -> int:
    """Index into `SCRIPTS` of the script that most keywords in `lang` are written in."""
    words = [word for topic in taxonomy.walk() for word in topic.keywords.get(lang, ())]
    if not words:
        langs = sorted({code for topic in taxonomy.walk() for code in topic.keywords})
        raise UsageError(f"no keywords in '{lang}'; taxonomy '{taxonomy.id}' has: {', '.join(langs) or 'none'}")
    return int(np.bincount(usage.extract(words).script, minlength=len(SCRIPTS)).argmax())


def _coverage(usage: Usage, topic: str, lang: str) -> dict[str, dict[str, int]]:
    """For each language, or only `lang`, the texts in which each keyword of the topic and of those below fired."""
    fired: dict[str, dict[str, int]] = {}
    for cue in usage.cues.cues:
        if lang in ("", cue.lang) and any(f"{path}.".startswith(f"{topic}.") for path in cue.topics):
            fired.setdefault(cue.lang, {})[cue.keyword] = usage.fired(cue.keyword)
    return fired
