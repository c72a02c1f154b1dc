"""Examples and a taxonomy to a `Model`: the only module that imports scikit-learn."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse
import sklearn
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from topicat import calibration, neutral, solver
from topicat.cues import Cues
from topicat.encoding import Encoded, Memory, encode
from topicat.errors import TrainingError, UsageError
from topicat.evaluation import multilabel_scores
from topicat.features import SCRIPTS, Extractor, Settings, han_words
from topicat.model import Head, Model, pool, sigmoid
from topicat.rows import Rows
from topicat.seeds import Example, check_labels, fingerprint
from topicat.taxonomy import Taxonomy
from topicat.tokenizers import Tokenizer

_SUBTOPIC_KINDS = "chwKT"
_SUBTOPIC_TERMS = 6000
"""Subtopics are told apart by the most frequent terms of their parent's texts: more add size and hardly any F1."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""


@dataclass(frozen=True)
class TrainingSettings:
    """How a model is fitted; the defaults are chosen by the ablation in the documentation.

    Attributes
    ----------
    features
        Which terms are made.
    pooling
        As `Model.pooling`.
    c
        Inverse strength of the L2 penalty.
    class_weight
        ``balanced`` or None, as scikit-learn's.
    min_df
        A term must stand in so many training texts; 0: in one, or, of 10,000 texts or more, in two.
    term_weights
        What each kind of term counts in a row before it is normed; 1 if it is not named. Keywords and topics
        count more, so that a cue is not drowned in a long text; parts of words and Han words count less, since
        their letters and characters are terms too.
    idf_power
        Inverse document frequencies are raised to it: over 1, rare terms count more.
    threshold
        Where between the threshold of the best out-of-fold F1 (0) and a probability of one half (1) a topic's
        threshold lies: out-of-fold scores of seeds flatter, so their best threshold is too low for other text.
    keyword_weight, name_weight, example_weight
        Weight as a training text: of a keyword; of the name of a topic that has neither keywords nor a
        definition; of a definition or example.
    neutral_weight
        Weight of each of the sentences without a topic in `topicat.neutral`.
    folds
        Folds of the out-of-fold scores; 0: five, or, of 10,000 seeds or more, two.
    random_state
        Seed of the folds.
    """

    features: Settings = field(default_factory=Settings)
    pooling: str = "mean"
    c: float = 10.0
    class_weight: str | None = "balanced"
    min_df: int = 0
    term_weights: Mapping[str, float] = field(default_factory=lambda: {"h": 0.5, "b": 0.4, "K": 2.0, "T": 3.0})
    idf_power: float = 1.5
    threshold: float = 0.75
    keyword_weight: float = 0.3
    name_weight: float = 2.0
    example_weight: float = 1.0
    neutral_weight: float = 1.0
    folds: int = 0
    random_state: int = 0


@dataclass(frozen=True)
class _Text:
    """A training text; `part` says where it comes from: seed, keyword, name, definition, example."""

    text: str
    labels: frozenset[str]
    weight: float
    part: str
    group: str
    lang: str = ""
    negative: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Way:
    """How much is fitted, by how many processes, and what is known from before."""

    trial: bool = False
    jobs: int = 1
    memory: Memory | None = None


@dataclass(frozen=True)
class _Data:
    texts: list[_Text]
    encoded: Encoded
    matrix: scipy.sparse.csr_matrix
    telling: NDArray[np.bool_]
    fold: NDArray[np.int64]
    seed: NDArray[np.bool_]


@dataclass(frozen=True)
class _Fitted:
    """A head, its out-of-fold scores (NaN for texts never held out), and the heads that gave them, one a fold."""

    head: Head
    scores: NDArray[np.float64]
    parts: tuple[Head, ...]


_Fit = tuple[NDArray[np.float32], NDArray[np.float64]]
"""Weights, shape (terms, topics), and biases, shape (topics,)."""

_Learned = tuple[_Data, list[_Fitted]]
"""The training data, and the heads that can be learned."""


@dataclass(frozen=True)
class OutOfFold:
    """What is said of each example by a model that was not fitted to it.

    Attributes
    ----------
    topics
        Paths of the topics that were learned.
    probabilities
        Calibrated, shape (examples, topics); a subtopic's is given its parent. NaN where a topic was not asked
        for because the example lacks its parent.
    truth
        Whether the example carries the topic or one below it, shape (examples, topics).
    models
        The models, one a fold, calibrated like the whole.
    fold
        Index into `models` of the one that had not seen the example, shape (examples,).
    """

    topics: tuple[str, ...]
    probabilities: NDArray[np.float64]
    truth: NDArray[np.bool_]
    models: tuple[Model, ...]
    fold: NDArray[np.int64]


def train(
    taxonomy: Taxonomy,
    examples: Sequence[Example] = (),
    *,
    settings: TrainingSettings | None = None,
    tokenizer: Tokenizer | None = None,
    progress: Progress | None = None,
    trial: bool = False,
    jobs: int = 1,
) -> Model:
    """Fit a model to `examples`, or to what the taxonomy itself says if there are none.

    Parameters
    ----------
    taxonomy
        Its keywords, definitions and examples are training texts too.
    examples
        Labelled texts; labels are topic paths.
    settings
        By default those of the documentation's ablation.
    tokenizer
        The tokenizer that `settings.features.tokenizer` names; None cuts no Han words.
    progress
        Called as the work goes on.
    trial
        Fit only the topics at the top, and hold nothing out that is too little to calibrate by: the same labels at
        the top in a fraction of the time, mostly without out-of-fold figures.
    jobs
        So many processes, 1 or more, fit topics side by side, which pays from some ten thousand
        texts on; the model is the same.

    Raises
    ------
    SeedsError
        If an example has a label that the taxonomy lacks.
    TrainingError
        If there is nothing to learn from.
    UsageError
        If `jobs` is less than 1.
    """
    if jobs < 1:
        raise UsageError(f"jobs: {jobs}; give 1 or more processes")
    examples = check_labels(examples, taxonomy)
    settings = _settled(settings or TrainingSettings(), len(examples))
    learned = _fit_heads(taxonomy, examples, settings, tokenizer, progress, _Way(trial=trial, jobs=jobs))
    return _model(taxonomy, examples, settings, tokenizer, learned)


def train_held_out(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    *,
    settings: TrainingSettings | None = None,
    tokenizer: Tokenizer | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
    memory: Memory | None = None,
) -> tuple[Model, OutOfFold | None]:
    """`train` and `out_of_fold` in one fit; None where there are too few examples to hold any out.

    With a `memory`, texts that it has read before are not read again; the model is the same.
    """
    examples = check_labels(examples, taxonomy)
    settings = _settled(settings or TrainingSettings(), len(examples))
    learned = _fit_heads(taxonomy, examples, settings, tokenizer, progress, _Way(jobs=jobs, memory=memory))
    held = len(examples) >= 2 * settings.folds and any(f.parts for f in learned[-1])
    return (
        _model(taxonomy, examples, settings, tokenizer, learned),
        _out_of_fold(taxonomy, examples, settings, tokenizer, learned) if held else None,
    )


def _settled(settings: TrainingSettings, n_examples: int) -> TrainingSettings:
    """With the number of folds that so many examples are worth."""
    return dataclasses.replace(settings, folds=settings.folds or (2 if n_examples >= _PLENTY else 5))


def _model(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    settings: TrainingSettings,
    tokenizer: Tokenizer | None,
    learned: _Learned,
) -> Model:
    data, fits = learned
    top = next((f for f in fits if not f.head.parent and f.parts), None)
    counts = np.bincount(data.encoded.script[: len(examples)], minlength=len(SCRIPTS))
    spoken = np.unique(data.encoded.script[[t.part == "keyword" for t in data.texts]])
    info = {
        "taxonomy": {"id": taxonomy.id, "version": taxonomy.version, "fingerprint": taxonomy.fingerprint},
        "seeds": {
            "count": len(examples),
            "fingerprint": fingerprint(examples),
            "scripts": {name: int(n) for name, n in zip(SCRIPTS, counts, strict=True) if n},
            "keywords_only": [SCRIPTS[i] for i in spoken.tolist() if counts[i] < 2 * settings.folds],
        },
        "settings": _settings_dict(settings),
        "scikit_learn": sklearn.__version__,
        "cross_validation": _figures(top.head, data, top.scores) if top else {},
    }
    return Model(
        taxonomy=taxonomy,
        settings=settings.features,
        pooling=settings.pooling,
        vocabulary=data.encoded.vocabulary,
        idf=data.encoded.idf,
        heads=tuple(f.head for f in fits),
        info=info,
        terms=data.encoded.names,
        tokenizer=tokenizer,
    )


def out_of_fold(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    *,
    settings: TrainingSettings | None = None,
    tokenizer: Tokenizer | None = None,
    progress: Progress | None = None,
) -> OutOfFold:
    """What models say of the examples that they were not fitted to; parameters and errors as `train`'s.

    Raises
    ------
    TrainingError
        Also if there are too few examples to hold any out.
    """
    examples = check_labels(examples, taxonomy)
    settings = _settled(settings or TrainingSettings(), len(examples))
    if len(examples) < 2 * settings.folds:
        raise TrainingError(
            f"too few seeds to hold any out: {len(examples)}, and {settings.folds} folds need {2 * settings.folds}; "
            "label some more"
        )
    learned = _fit_heads(taxonomy, examples, settings, tokenizer, progress, _Way())
    return _out_of_fold(taxonomy, examples, settings, tokenizer, learned)


def _out_of_fold(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    settings: TrainingSettings,
    tokenizer: Tokenizer | None,
    learned: _Learned,
) -> OutOfFold:
    data, fits = learned
    fits = [f for f in fits if f.parts]
    seeds = slice(len(examples))  # seeds are the first of the training texts
    chances = [f.head.probabilities(f.scores[seeds], data.encoded.script[seeds]) for f in fits]
    topics = tuple(topic for f in fits for topic in f.head.topics)
    models = tuple(
        Model(
            taxonomy=taxonomy,
            settings=settings.features,
            pooling=settings.pooling,
            vocabulary=data.encoded.vocabulary,
            idf=data.encoded.idf,
            heads=tuple(f.parts[fold] for f in fits),
            tokenizer=tokenizer,
        )
        for fold in range(settings.folds)
    )
    return OutOfFold(
        topics=topics,
        probabilities=np.concatenate(chances, axis=1),
        truth=_carried(data.texts[seeds], topics),
        models=models,
        fold=data.fold[seeds],
    )


def _fit_heads(
    taxonomy: Taxonomy,
    examples: Sequence[Example],
    settings: TrainingSettings,
    tokenizer: Tokenizer | None,
    progress: Progress | None,
    way: _Way,
) -> _Learned:
    """The training data, and the heads that can be learned."""
    report = progress or (lambda done, total, what: None)
    texts = [*_seed_texts(examples, taxonomy), *_taxonomy_texts(taxonomy, settings)]
    _check_learnable(taxonomy, examples, texts)
    parents = [""] if way.trial else [parent for parent in ("", *taxonomy.paths) if _children(taxonomy, parent)]
    steps = 2 + len(parents) * (settings.folds + 1)
    report(0, steps, "reading terms")
    cues = Cues(taxonomy)
    words = None
    if tokenizer is not None and settings.features.han_words[1]:
        words = han_words([t.text for t in texts], [cue.keyword for cue in cues.cues], tokenizer, settings.features)
    extractor = Extractor(settings.features, cues, words)
    if way.memory is not None:
        way.memory.prepare(extractor, tokenizer)
    data = _encode(texts, extractor, settings, way.memory)
    fits: list[_Fitted] = []
    for number, parent in enumerate(parents):

        def step(fold: int, parent: str = parent, before: int = 1 + number * (settings.folds + 1)) -> None:
            report(before + fold, steps, f"fitting {parent or 'the top topics'}")

        fitted = _fit_head(taxonomy, parent, _children(taxonomy, parent), data, settings, step, way)
        if fitted is not None:
            fits.append(fitted)
    if not fits:
        raise TrainingError(f"taxonomy '{taxonomy.id}': nothing tells its topics apart; add keywords or seeds")
    report(steps, steps, "done")
    return data, fits


def _settings_dict(settings: TrainingSettings) -> dict[str, Any]:
    plain = {f.name: getattr(settings, f.name) for f in dataclasses.fields(settings)}
    data = {**plain, "features": settings.features.to_dict(), "term_weights": dict(settings.term_weights)}
    return {**data, "fingerprint": hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()}


def _children(taxonomy: Taxonomy, parent: str) -> tuple[str, ...]:
    return tuple(t.path for t in taxonomy[parent].topics) if parent else taxonomy.roots


def _seed_texts(examples: Sequence[Example], taxonomy: Taxonomy) -> list[_Text]:
    return [
        _Text(e.text, taxonomy.expand(e.labels), e.weight, "seed", f"g:{e.group}" if e.group else f"s:{i}", e.lang)
        for i, e in enumerate(examples)
    ]


def _taxonomy_texts(taxonomy: Taxonomy, settings: TrainingSettings) -> list[_Text]:
    """Every keyword, definition, example and counter-example as a training text."""
    texts: list[_Text] = []
    owners: dict[tuple[str, str], set[str]] = {}
    for topic in taxonomy.walk():
        for lang, words in topic.keywords.items():
            for word in words:
                owners.setdefault((word.replace("*", ""), lang), set()).add(topic.path)
    speaking = {word for word, _ in owners}
    expanded = {paths: taxonomy.expand(paths) for paths in {frozenset(paths) for paths in owners.values()}}
    for (word, lang), paths in owners.items():
        labels = expanded[frozenset(paths)]
        texts.append(_Text(word, labels, settings.keyword_weight, "keyword", f"k:{word}", lang))
    for topic in taxonomy.walk():
        own, against = taxonomy.expand([topic.path]), frozenset([topic.path])
        for lang, words in topic.not_keywords.items():
            for word in words:
                plain = word.replace("*", "")
                if plain not in speaking:
                    texts.append(_Text(plain, frozenset(), settings.keyword_weight, "not", f"k:{plain}", lang, against))
        if not topic.keywords and not topic.definition:  # its name is all that it says of itself
            for lang, text in topic.label.items():
                texts.append(_Text(text, own, settings.name_weight, "name", f"t:{topic.path}", lang))
        for lang, text in topic.definition.items():
            texts.append(_Text(text, own, settings.example_weight, "definition", f"d:{topic.path}", lang))
        for item in topic.examples:
            texts.append(_Text(item.text, own, settings.example_weight, "example", f"e:{topic.path}", item.lang))
        for item in topic.not_examples:
            group = f"n:{topic.path}"
            texts.append(_Text(item.text, frozenset(), settings.example_weight, "not", group, item.lang, against))
    for lang, sentences in neutral.SENTENCES.items():
        for number, text in enumerate(sentences):
            texts.append(_Text(text, frozenset(), settings.neutral_weight, "neutral", f"0:{lang}:{number}", lang))
    return [t for t in texts if t.weight > 0]


def _check_learnable(taxonomy: Taxonomy, examples: Sequence[Example], texts: Sequence[_Text]) -> None:
    kinds = {taxonomy.expand(e.labels) for e in examples}
    if len(kinds) == 1:
        labels = ", ".join(sorted(*kinds)) or "no topic"
        raise TrainingError(
            f"only one class: every seed carries {labels}; "
            'add seeds of other topics, and some without any ("labels": [])'
        )
    spoken = set().union(*(t.labels for t in texts if t.part != "name"))
    silent = [root for root in taxonomy.roots if root not in spoken]
    if silent:
        raise TrainingError(
            f"nothing to learn topic '{silent[0]}' from: it has no keywords, no definition and no seed; "
            "add one of them or remove the topic"
        )


def _encode(texts: list[_Text], extractor: Extractor, settings: TrainingSettings, memory: Memory | None) -> _Data:
    encoded = encode(
        [t.text for t in texts],
        extractor,
        min_df=settings.min_df or (2 if len(texts) >= _PLENTY else 1),
        idf_power=settings.idf_power,
        term_weights=settings.term_weights,
        memory=memory,
    )
    rows = encoded.rows
    return _Data(
        texts=texts,
        encoded=encoded,
        matrix=scipy.sparse.csr_matrix(
            (rows.values, rows.columns, rows.indptr), shape=(len(texts), len(encoded.vocabulary))
        ),
        telling=np.array([name[0] in _SUBTOPIC_KINDS for name in encoded.names], bool),
        fold=_folds(texts, settings),
        seed=np.array([t.part == "seed" for t in texts]),
    )


def _folds(texts: Sequence[_Text], settings: TrainingSettings) -> NDArray[np.int64]:
    """A fold for every text, groups kept whole and labels spread evenly.

    Source: Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", ECML 2011,
    with groups in the place of examples: the group with the rarest label goes where it lacks most.
    """
    rng = np.random.default_rng(settings.random_state)
    groups: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        groups.setdefault(text.group, []).append(i)
    labels = sorted(set().union(*(t.labels for t in texts)))
    number = {label: i for i, label in enumerate(labels)}
    none = len(labels)
    names = list(groups)
    counts = np.zeros((len(names), none + 1))
    for g, name in enumerate(names):
        for i in groups[name]:
            for label in texts[i].labels:
                counts[g, number[label]] += 1
            counts[g, none] += not texts[i].labels
    rarity = counts.sum(axis=0)
    rarest = np.where(counts > 0, rarity, np.inf).min(axis=1)
    order = np.lexsort((rng.random(len(names)), -counts.sum(axis=1), rarest))
    have = np.zeros((settings.folds, none + 1))
    size = np.zeros(settings.folds)
    fold = np.zeros(len(texts), np.int64)
    for g in order:
        mine = counts[g] > 0
        key = int(np.where(mine, rarity, np.inf).argmin())
        lack = have[:, key] * 1e6 + have[:, mine].sum(axis=1) * 1e3 + size
        best = int(lack.argmin())
        have[best] += counts[g]
        size[best] += len(groups[names[g]])
        fold[groups[names[g]]] = best
    return fold


def _carried(texts: Sequence[_Text], topics: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text carries each topic, shape (texts, topics)."""
    column = {topic: number for number, topic in enumerate(topics)}
    truth = np.zeros((len(texts), len(topics)), bool)
    for row, text in enumerate(texts):
        for label in text.labels:
            if label in column:
                truth[row, column[label]] = True
    return truth


def _fit_head(
    taxonomy: Taxonomy,
    parent: str,
    siblings: tuple[str, ...],
    data: _Data,
    settings: TrainingSettings,
    step: Callable[[int], None],
    way: _Way,
) -> _Fitted | None:
    """The classifiers of `siblings`, fitted to the texts that carry their parent."""
    inside = np.array([not parent or parent in t.labels or bool(t.negative.intersection(siblings)) for t in data.texts])
    truth = _carried(data.texts, siblings)
    learnable = truth[inside].any(axis=0) & ~truth[inside].all(axis=0)
    siblings = tuple(s for s, ok in zip(siblings, learnable, strict=True) if ok)
    if not siblings:
        return None
    truth = truth[:, learnable]
    weight = np.array([t.weight for t in data.texts])
    columns = None
    matrix = data.matrix[inside]
    if parent:
        df = np.bincount(matrix.indices, minlength=matrix.shape[1]) * data.telling
        columns = np.sort(np.argsort(-df, kind="stable")[: min(_SUBTOPIC_TERMS, int((df > 0).sum()))])
        matrix = matrix[:, columns]
    # Only seeds are like the texts that will be labelled: keywords and definitions calibrate nothing.
    held = inside & data.seed
    folds = settings.folds if held.sum() >= 2 * settings.folds else 0
    if way.trial and truth[held].sum(axis=0).max(initial=0) < _ENOUGH:
        folds = 0
    exclusive = taxonomy.exclusive and not parent
    chosen = [(~held | (data.fold != fold))[inside] for fold in range(folds)]
    # Of keywords there are thousands in any large taxonomy, but they are short: for plenty only seeds count.
    size = max(int(held.sum()), min(int(inside.sum()), _PLENTY - 1))
    tolerance = next(tolerance for least, tolerance in _TOLERANCES if size >= least)
    chosen.append(np.ones(matrix.shape[0], bool))
    fits = _fit(matrix, truth[inside], weight[inside], chosen, settings, tolerance, way.jobs, step)
    scores = np.full(truth.shape, np.nan)
    for fold in range(folds):
        out = held & (data.fold == fold)
        part = Head(parent, siblings, columns, *fits[fold], *_uncalibrated(len(siblings)), len(data.telling))
        scores[out] = _pooled(part, data.encoded, np.flatnonzero(out), settings)
    calibrate = _calibrate_exclusive if exclusive else _calibrate
    calibrated = calibrate(scores, truth, ~np.isnan(scores[:, 0]), data.encoded.script, settings)
    *parts, head = (Head(parent, siblings, columns, *fit, *calibrated, len(data.telling), exclusive) for fit in fits)
    return _Fitted(head, scores, tuple(parts))


_PLENTY = 10_000
_TOLERANCES = ((_PLENTY, None), (2_000, 0.3), (0, 1e-4))
"""liblinear's tolerance from so many texts on: the more, the less a rough one moves scores (by some hundredths of a
standard deviation at most), and the more time it saves. None: `solver` fits all topics together."""


_ENOUGH = 20
"""So many seeds with a topic, and without, calibrate it; the same for one script by itself."""


def _uncalibrated(k: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What a topic has for want of seeds: a probability of one half at the score -1.

    With balanced classes and only keywords to learn from, that score parts texts with a cue from
    those without; `docs/quality.md` has the figures.
    """
    return np.full((len(SCRIPTS), k), 1.5), np.full((len(SCRIPTS), k), 1.5), np.full(k, 0.5)


def _calibrate(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    held: NDArray[np.bool_],
    script: NDArray[np.int64],
    settings: TrainingSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Slope and intercept for each script and topic, and a threshold for each topic, from out-of-fold scores.

    A script with few seeds takes the calibration of all; one with hardly any, in which only keywords speak, that
    of a taxonomy alone.
    """
    slope, intercept, threshold = _uncalibrated(truth.shape[1])
    seeded = np.flatnonzero(np.bincount(script[held], minlength=len(SCRIPTS)) >= 2 * settings.folds)
    for k in range(truth.shape[1]):
        for number in range(-1, len(SCRIPTS)):
            own = held if number < 0 else held & (script == number)
            positive = int(truth[own, k].sum())
            if min(positive, int(own.sum()) - positive) >= _ENOUGH:
                where = seeded if number < 0 else number
                slope[where, k], intercept[where, k] = calibration.fit_sigmoid(scores[own, k], truth[own, k])
        if truth[held, k].sum() >= _ENOUGH:
            probability = sigmoid(slope[script, k] * scores[:, k] + intercept[script, k])
            best = calibration.best_threshold(probability[held], truth[held, k])
            threshold[k] = best + settings.threshold * (0.5 - best)
    return slope, intercept, threshold


def _calibrate_exclusive(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    held: NDArray[np.bool_],
    script: NDArray[np.int64],
    settings: TrainingSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """As `_calibrate` where exactly one topic holds: one slope for all, an intercept for each, no thresholds."""
    slope, intercept, threshold = _uncalibrated(truth.shape[1])
    told = held & (truth.sum(axis=1) == 1)
    if told.any():
        slope[:], intercept[:] = calibration.fit_softmax(scores[told], truth[told].argmax(axis=1))
    return slope, intercept, threshold


def _pooled(head: Head, encoded: Encoded, texts: NDArray[np.int64], settings: TrainingSettings) -> NDArray[np.float64]:
    rows, sentences, owner = encoded.part(texts)
    by_sentence = _scores(head, sentences) if settings.pooling != "none" else np.zeros((0, len(head.topics)))
    return pool(settings.pooling, _scores(head, rows), by_sentence, owner)


def _scores(head: Head, rows: Rows) -> NDArray[np.float64]:
    """`Head.scores`, by scipy: of thousands of rows and tens of topics in a third of the time."""
    matrix = scipy.sparse.csr_matrix((rows.values, rows.columns, rows.indptr), shape=(len(rows), head.n_terms))
    if head.columns is not None:
        matrix = matrix[:, head.columns]
    scores: NDArray[np.float64] = matrix @ head.weights.astype(np.float64) + head.bias
    return scores


def _fit(
    matrix: scipy.sparse.csr_matrix,
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    chosen: Sequence[NDArray[np.bool_]],
    settings: TrainingSettings,
    tolerance: float | None,
    jobs: int,
    step: Callable[[int], None],
) -> list[_Fit]:
    """Weights and biases of all topics for each choice of texts."""
    n = truth.shape[1]
    # In processes, never in threads: liblinear's random numbers are shared by all threads, so fits side by side would
    # not repeat themselves.
    together = solver.TOPICS if tolerance is None else 1
    starts = np.arange(0, n, together)
    blocks = [slice(own[0], own[-1] + together) for own in np.array_split(starts, min(jobs, len(starts)))]
    tasks = (
        delayed(_fit_block)(matrix, truth[:, block], weight, rows, settings, tolerance)
        for rows in chosen
        for block in blocks
    )
    fits = []
    done: list[_Fit] = []
    for fitted in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        done.append(fitted)
        if len(done) == len(blocks):
            weights, biases = zip(*done, strict=True)
            fits.append((np.concatenate(weights, axis=1), np.concatenate(biases)))
            step(len(fits))
            done = []
    return fits


def _fit_block(
    matrix: scipy.sparse.csr_matrix,
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    rows: NDArray[np.bool_],
    settings: TrainingSettings,
    tolerance: float | None,
) -> _Fit:
    """Weights and bias of each topic of `truth`, fitted to the texts of `rows`."""
    texts, truth, weight = matrix[rows], truth[rows], weight[rows]
    weights = np.zeros((matrix.shape[1], truth.shape[1]), np.float32)
    carried = truth.any(axis=0)
    biases = np.where(carried, 4.0, -4.0)  # of topics that all texts carry, or none
    varied = np.flatnonzero(carried & ~truth.all(axis=0))
    if len(varied):
        cost = settings.c * np.stack(
            [_balanced(weight, truth[:, k]) if settings.class_weight else weight for k in varied], axis=1
        )
        if tolerance is None:
            weights[:, varied], biases[varied] = solver.fit_logistic(texts, truth[:, varied], cost)
        else:
            weights[:, varied], biases[varied] = _fit_one_by_one(texts, truth[:, varied], cost, tolerance)
    return weights, biases


def _fit_one_by_one(
    texts: scipy.sparse.csr_matrix, truth: NDArray[np.bool_], cost: NDArray[np.float64], tolerance: float
) -> _Fit:
    """What `solver.fit_logistic` gives, more exactly, by scikit-learn."""
    # The dual problem: with far more terms than texts it is solved in a tenth of the primal's time.
    classifier = LogisticRegression(C=1, solver="liblinear", dual=True, tol=tolerance, max_iter=1000, random_state=0)
    weights = np.zeros((texts.shape[1], truth.shape[1]), np.float32)
    biases = np.zeros(truth.shape[1])
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):  # hundreds of small fits
        for k in range(truth.shape[1]):
            classifier.fit(texts, truth[:, k], sample_weight=cost[:, k])
            weights[:, k], biases[k] = classifier.coef_[0], classifier.intercept_[0]
    return weights, biases


def _balanced(weight: NDArray[np.float64], y: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights under which both classes weigh the same.

    So do newer versions of scikit-learn make them; older ones do not heed the texts' own weights, and a model must not
    depend on the version that trained it.
    """
    part = weight[y].sum() / weight.sum()
    balance: NDArray[np.float64] = np.where(y, 0.5 / part, 0.5 / (1 - part))
    return weight * balance


def _figures(head: Head, data: _Data, scores: NDArray[np.float64]) -> dict[str, Any]:
    """Out-of-fold figures of the top topics on the held texts."""
    held = ~np.isnan(scores).any(axis=1)
    truth = _carried(data.texts, head.topics)[held]
    p = head.probabilities(scores[held], data.encoded.script[held])
    if head.exclusive:
        guess = np.zeros(p.shape, bool)
        guess[np.arange(len(p)), p.argmax(axis=1)] = True
    else:
        guess = p >= head.threshold
    return multilabel_scores(truth, guess, p, head.topics, exclusive=head.exclusive)
