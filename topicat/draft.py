"""Drafts of taxonomies: a commented starter file, one from names, one mined from labelled data."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicat.errors import SeedsError, UsageError
from topicat.folding import fold
from topicat.seeds import Example
from topicat.taxonomy import Taxonomy, Terms
from topicat.taxonomy_yaml import dump_taxonomy, quoted
from topicat.tokenizers import Tokenizer

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{3,}")
_HEAD = re.compile(r"(?P<indent> +)['\"]?(?P<id>[^\s'\":]+)['\"]?:")
_AND = re.compile(r"\s*[/&,;、，；]\s*|\s+(?:and|и)\s+")
_DEFINITION = {"en": "Texts about {}.", "zh": "关于{}的内容。", "ru": "Тексты на тему «{}»."}
_NOT_ID = re.compile(r"[^\w-]+")

STARTER = """\
# A taxonomy says what your topics are, in the words of your texts.
# Check it with:  topicat taxonomy check {file}
# Try it with:    topicat train {file} -s none -o my-model, then topicat predict -m my-model ARTICLE
taxonomy: {id}
version: 0.1.0
title: {{en: {title}}}
languages: [{langs}]
exclusive: false # true: every text has exactly one topic
topics:
"""

STARTER_TOPIC = """\
  {id}:
    label: {{{lang}: {label}}}
    # What is in, and what goes to another topic; it is read by people and by the model.
    definition: {{{lang}: {definition}}}
    # Words that speak for the topic, by language. In alphabetic words * stands for any letters: "pipeline*".
    keywords:
      {lang}: [{words}]
    # Longer words that contain a keyword and do not count, as in: not_keywords: {{en: ["green energy drink"]}}
    # examples: [{{text: "A sentence that carries the topic.", lang: {lang}}}]
    # topics: subtopics by id, in the same shape
"""


def topic_id(name: str) -> str:
    """An id made of `name`: letters and digits, anything else a hyphen.

    >>> topic_id("science/technology")
    'science-technology'
    """
    return _NOT_ID.sub("-", name.strip()).strip("-_") or "topic"


def from_names(id: str, names: Sequence[str], file: str = "FILE") -> str:
    """YAML text of a commented taxonomy with one topic for each of `names`, in the language of their script.

    Raises
    ------
    UsageError
        If there is no name, or one has no letter or digit.
    """
    labels = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if bad := [label for label in labels if not any(c.isalnum() for c in label)]:
        raise UsageError(f"topic '{bad[0]}': a name needs a letter or digit; give names such as 'trade'")
    if not labels:
        raise UsageError("no names of topics; give some, as in: trade, energy, water")
    langs = {label: _script(label) for label in labels}
    languages = ", ".join(dict.fromkeys(langs.values()))
    parts = [STARTER.format(id=quoted(id), title=_text(id), file=file, langs=languages)]
    for label, path in _ids(labels).items():
        lang = langs[label]
        words = [w for w in _AND.split(label.lower()) if any(c.isalnum() for c in w)]
        parts.append(
            STARTER_TOPIC.format(
                id=quoted(path),
                lang=lang,
                label=_text(label),
                definition=_text(_DEFINITION[lang].format(label)),
                words=", ".join(map(_text, words)),
            )
        )
    return "".join(parts)


def from_labels(id: str, examples: Sequence[Example], keywords: Mapping[str, Terms]) -> tuple[Taxonomy, dict[str, str]]:
    """A taxonomy whose topics are the labels of `examples`, with those `keywords` of each label.

    If each text has exactly one label, the taxonomy is exclusive.

    Returns
    -------
    Taxonomy, dict
        The taxonomy, and for every label of the data the path that it became.

    Raises
    ------
    SeedsError
        If no text has a label.
    """
    paths = _paths(_labels(examples))
    topics: dict[str, Any] = {}
    for label, path in paths.items():
        node: dict[str, Any] = {"topics": topics}
        for part in path.split("."):
            node = node.setdefault("topics", {}).setdefault(part, {"label": {"en": part}})
        node["label"] = {"en": label.rsplit(".", 1)[-1] if "." in path else label}
        node["keywords"] = dict(keywords.get(label, {}))
    data = {
        "taxonomy": id,
        "version": "0.1.0",
        "title": {"en": id},
        "languages": list(dict.fromkeys(_lang(e) for e in examples)),
        "exclusive": all(len(e.labels) == 1 for e in examples),
        "topics": topics,
    }
    return Taxonomy.from_dict(data), paths


def from_labels_text(
    id: str, examples: Sequence[Example], tokenizer: Tokenizer | None, keywords: int, candidates: int
) -> str:
    """YAML text of `from_labels`, with mined keywords in use and further candidates as comments."""
    mined = mine(examples, tokenizer, keywords + candidates)
    used = {label: {lang: w[:keywords] for lang, w in terms.items() if w[:keywords]} for label, terms in mined.items()}
    taxonomy, paths = from_labels(id, examples, used)
    lines = dump_taxonomy(taxonomy).split("\n")
    parts = {part: label for label, path in paths.items() for part in [path.rsplit(".", 1)[-1]]}
    out = []
    for line in lines:
        out.append(line)
        head = _HEAD.fullmatch(line)
        if head is None or head["id"] not in parts:
            continue
        for lang, words in mined[parts[head["id"]]].items():
            if words[keywords:]:
                out.append(f"{head['indent']}  # candidates, {lang}: {', '.join(words[keywords:])}")
    return "\n".join(out)


def mine(examples: Sequence[Example], tokenizer: Tokenizer | None, most: int) -> dict[str, Terms]:
    """For each label and language the words that speak for it most strongly, at most `most`.

    A word belongs to the label with the largest signed log-likelihood ratio of the texts that contain it.
    Source: Dunning, "Accurate methods for the statistics of surprise and coincidence", Computational
    Linguistics 19 (1993).
    """
    labels = _labels(examples)
    found: dict[str, dict[str, tuple[str, ...]]] = {label: {} for label in labels}
    for lang in dict.fromkeys(_lang(e) for e in examples):
        own = [e for e in examples if _lang(e) == lang]
        for label, words in _mine(own, labels, tokenizer, most).items():
            if words:
                found[label][lang] = words
    return dict(found)


def _labels(examples: Sequence[Example]) -> list[str]:
    labels = sorted({label for e in examples for label in e.labels})
    if not labels:
        raise SeedsError("no text has a label, so there are no topics to make; label some texts first")
    return labels


def _lang(example: Example) -> str:
    """The language that the example names, as a short code, else a guess by script."""
    lang = example.lang.split("-")[0].lower()
    if re.fullmatch(r"[a-z]{2,3}", lang):
        return lang
    return _script(example.text)


def _script(text: str) -> str:
    if _HAN_RUN.search(text):
        return "zh"
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in text)
    return "ru" if cyrillic * 2 > sum(c.isalpha() for c in text) else "en"


def words_of(text: str, tokenizer: Tokenizer | None) -> set[str]:
    """The words of `text` that could be keywords: Chinese ones of two characters, others of three letters or more."""
    plain = fold(text)
    words = {match.group() for match in _WORD.finditer(plain)}
    if tokenizer is not None:
        words.update(w for run in _HAN_RUN.findall(plain) for w in tokenizer(run) if len(w) >= 2)
    return words


def log_likelihood(
    inside: NDArray[np.float64], outside: NDArray[np.float64], n: float, m: float
) -> NDArray[np.float64]:
    """Dunning's signed G² of counts `inside` (of n) against `outside` (of m); positive where over-represented."""
    total = inside + outside
    expected = n * total / (n + m)
    other = m * total / (n + m)

    def part(a: NDArray[np.float64], e: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(a > 0, a * np.log(np.maximum(a, 1e-12) / np.maximum(e, 1e-12)), 0.0)

    value = part(inside, expected) + part(outside, other)
    value += part(n - inside, n - expected) + part(m - outside, m - other)
    return np.asarray(2 * value * np.sign(inside - expected))


def _mine(
    examples: Sequence[Example], labels: Sequence[str], tokenizer: Tokenizer | None, most: int
) -> dict[str, tuple[str, ...]]:
    bags = [words_of(e.text, tokenizer) for e in examples]
    counts = Counter(word for bag in bags for word in bag)
    words = sorted(word for word, n in counts.items() if n >= 3 and n <= len(bags) / 3)
    index = {word: i for i, word in enumerate(words)}
    table = np.zeros((len(labels), len(words)))
    sizes = np.zeros(len(labels))
    total = np.array([counts[word] for word in words], np.float64)
    for e, bag in zip(examples, bags, strict=True):
        columns = [index[word] for word in bag if word in index]
        for label in e.labels:
            k = labels.index(label)
            sizes[k] += 1
            table[k, columns] += 1
    scores = np.stack(
        [log_likelihood(table[k], total - table[k], sizes[k], len(bags) - sizes[k]) for k in range(len(labels))]
    )
    owner = scores.argmax(axis=0)
    found = {}
    for k, label in enumerate(labels):
        own = [i for i in np.argsort(-scores[k], kind="stable") if owner[i] == k and scores[k, i] > 3.84]
        found[label] = tuple(words[i] for i in own[:most])
    return found


def _paths(labels: Sequence[str]) -> dict[str, str]:
    """A path for every label: itself if it is one (``fruit.berry``), else an id made of it, all distinct."""
    return _ids(labels, {label for label in labels if all(part == topic_id(part) for part in label.split("."))})


def _ids(labels: Sequence[str], paths: Collection[str] = ()) -> dict[str, str]:
    """An id for every label, all distinct; those that are `paths` stay as they are."""
    taken: set[str] = set()
    ids = {}
    for label in labels:
        path = base = label if label in paths else topic_id(label)
        number = 2
        while path in taken:
            path, number = f"{base}-{number}", number + 1
        taken.add(path)
        ids[label] = path
    return ids


def _text(text: str) -> str:
    """`text` as YAML in quotation marks."""
    return json.dumps(text, ensure_ascii=False)
