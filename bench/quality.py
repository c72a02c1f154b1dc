"""Quality on text that nothing was fitted to; every figure in docs/quality.md comes from one of these commands.

    python bench/quality.py article ARTICLE.txt LABELS.jsonl     the article's paragraphs against its labels
    python bench/quality.py own REAL.jsonl                       with 50 and 200 paragraphs of one's own
    python bench/quality.py unlabelled REAL.jsonl                its paragraphs unlabelled: why there is no `train -u`
    python bench/quality.py public DATA_FOLDER                   SIB-200, CSLDCP, bills: the default settings on each
    python bench/quality.py folds ROWS.jsonl.gz                  by how many folds thresholds are fitted on
    python bench/quality.py compare REAL.jsonl DATA_FOLDER       beside a dictionary, a plain pipeline and fastText

`topicat evaluate REAL.jsonl --by lang` gives the bundled model's figures. The rivals need the extra `bench`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import topicat
from topicat import draft, registry, training
from topicat.cues import Cues
from topicat.folding import fold
from topicat.model import Model
from topicat.seeds import Example, read_seeds
from topicat.taxonomy import Taxonomy

Labels = list[frozenset[str]]
LANGS = ("zh", "en", "ru")
SIB = ("zh-Hans", "en", "ru", "kk", "ky", "uz")


def micro_f1(truth: Labels, said: Labels) -> float:
    """Micro-F1 over labels."""
    hits = sum(len(t & s) for t, s in zip(truth, said, strict=True))
    return 2 * hits / max(1, sum(map(len, truth)) + sum(map(len, said)))


def tops(labels: Sequence[str]) -> frozenset[str]:
    """The topics at the top of `labels`."""
    return frozenset(label.split(".")[0] for label in labels)


def said_by(model: Model, texts: Sequence[str]) -> Labels:
    """The top topics that a model assigns."""
    return [tops(p.labels) for p in model.predict(texts)]


def seeds_of(name: str) -> list[Example]:
    """The bundled seeds."""
    return [e for path in registry.seeds_paths(name) for e in read_seeds(path)]


def rows(path: Path) -> list[Example]:
    """Examples of a data file."""
    return read_seeds(path)


def article(text: str, labels: str) -> None:
    """Bundled model, and one trained from the YAML alone, against the labels of an article."""
    [document] = topicat.read(text)
    with open(labels, encoding="utf-8") as lines:
        truth = [frozenset(json.loads(line)["labels"]) for line in lines]
    texts = [p.text for p in document.paragraphs]
    for name, model in (("bundled", topicat.load("policy")), ("from the YAML alone", topicat.train("policy", []))):
        figure = micro_f1(truth, said_by(model, texts))
        print(f"{name}: {len(texts)} paragraphs, dated {document.date}, micro-F1 {figure:.3f}")


def own(path: str, repeats: int = 1) -> None:
    """Five folds by article: the seeds, and 50 or 200 paragraphs of the other folds with weight 3."""
    examples = read_seeds(path)
    seeds = seeds_of("policy")
    policy, tokenizer = topicat.taxonomy("policy"), registry.get_tokenizer("rjieba")
    groups = sorted({e.group for e in examples})
    print("own paragraphs  " + "  ".join(f"{lang:>12}" for lang in (*LANGS, "all")))
    for number in (0, 50, 200):
        figures: dict[str, list[float]] = {lang: [] for lang in (*LANGS, "all")}
        for repeat in range(repeats if number else 1):
            rng = np.random.default_rng(repeat)
            fold_of = dict(zip(groups, rng.permutation(len(groups)) % 5, strict=True))
            said: dict[int, frozenset[str]] = {}
            for k in range(5):
                test = [i for i, e in enumerate(examples) if fold_of[e.group] == k]
                rest = [e for e in examples if fold_of[e.group] != k]
                chosen = [rest[i] for i in rng.permutation(len(rest))[:number]]
                weighted = [Example(e.text, e.labels, e.lang, group=e.group, weight=3.0) for e in chosen]
                model = (
                    topicat.load("policy")
                    if not number
                    else training.train(policy, [*seeds, *weighted], tokenizer=tokenizer, trial=True)
                )
                said.update(zip(test, said_by(model, [examples[i].text for i in test]), strict=True))
            for lang in figures:
                part = [i for i, e in enumerate(examples) if lang in ("all", e.lang)]
                figures[lang].append(micro_f1([tops(examples[i].labels) for i in part], [said[i] for i in part]))
        cells = [f"{np.mean(f):.3f}" for f in figures.values()]
        print(f"{number:>14}  " + "  ".join(f"{c:>12}" for c in cells), flush=True)


def unlabelled(path: str, sure: float = 0.8) -> None:
    """The seeds, and the paragraphs themselves without their labels: the kindest case for unlabelled text."""
    examples, seeds = read_seeds(path), seeds_of("policy")
    policy, tokenizer = topicat.taxonomy("policy"), registry.get_tokenizer("rjieba")
    texts = [e.text for e in examples]
    told = [
        Example(e.text, tuple(t for t, p in said.probabilities.items() if p >= sure), e.lang)
        for e, said in zip(examples, topicat.load("policy").predict(texts), strict=True)
        if all(p >= sure or p <= 1 - sure for p in said.probabilities.values())
    ]
    # A weight of nearly nothing: the texts count in the document frequencies and teach nothing else.
    counted = [Example(e.text, (), e.lang, weight=1e-6) for e in examples]
    for name, more in (("seeds alone", []), (f"self-training on {len(told)}", told), ("document frequencies", counted)):
        model = training.train(policy, [*seeds, *more], tokenizer=tokenizer, trial=True)
        said = said_by(model, texts)
        print(f"{name:<24} micro-F1 {micro_f1([tops(e.labels) for e in examples], said):.3f}", flush=True)


def folds(path: str) -> None:
    """Micro-F1 on every fifth row, trained on the rest as if they were plenty and as they are, by number of folds."""
    examples = rows(Path(path))
    tree, paths = draft.from_labels("labels", examples, {})
    examples = [replace(e, labels=tuple(paths[label] for label in e.labels)) for e in examples]
    test, train = examples[::5], [e for number, e in enumerate(examples) if number % 5]
    tokenizer = registry.get_tokenizer("rjieba")
    for number, tolerance in itertools.product((5, 3, 2), (None, 1e-4)):
        training._TOLERANCES = ((0, tolerance),)
        settings = training.TrainingSettings(folds=number)
        model = training.train(tree, train, settings=settings, tokenizer=tokenizer)
        said = [frozenset(p.labels) for p in model.predict([e.text for e in test])]
        how = "topics together" if tolerance is None else "topics one by one"
        print(f"{number} folds, {how}: micro-F1 {micro_f1([frozenset(e.labels) for e in test], said):.4f}", flush=True)


def public_sets(folder: Path) -> dict[str, tuple[list[Example], list[Example]]]:
    """Train and test examples of the public sets, by name; labels are single."""
    sets: dict[str, tuple[list[Example], list[Example]]] = {}
    sib = {part: rows(folder / "sib200" / f"{part}.jsonl.gz") for part in ("train", "dev", "test")}
    for lang in SIB:
        train = [e for part in ("train", "dev") for e in sib[part] if e.lang == lang]
        sets[f"SIB-200 {lang}"] = (train, [e for e in sib["test"] if e.lang == lang])
    csl = folder / "fewclue_csldcp"
    test = rows(csl / "test.jsonl.gz")
    for number in range(5):
        sets[f"CSLDCP few-shot {number}"] = (rows(csl / f"train_{number}.jsonl.gz"), test)
    sets["CSLDCP merged"] = (rows(csl / "train.jsonl.gz"), test)
    bills = folder / "uscongress_cap"
    train = rows(bills / "train.jsonl.gz") + rows(bills / "dev.jsonl.gz")
    sets["bills (cap)"] = (train, rows(bills / "test.jsonl.gz"))
    return sets


def taxonomy_for(name: str, train: Sequence[Example]) -> Taxonomy:
    """The bundled `cap` for the bills, else what `topicat taxonomy new --from-labels` makes."""
    return topicat.taxonomy("cap") if name.startswith("bills") else draft.from_labels("labels", train, {})[0]


def accuracy(truth: Sequence[Example], said: Sequence[str]) -> float:
    """Share of texts with the right label."""
    return float(np.mean([s == e.labels[0] for e, s in zip(truth, said, strict=True)]))


def topicat_labels(tree: Taxonomy, train: Sequence[Example], test: Sequence[Example]) -> list[str]:
    """Train with the default settings; the label of each test text as the data spell it."""
    model = topicat.train(tree, train)
    spelled = {tree.resolve(label): label for e in train for label in e.labels}
    return [spelled.get(p.labels[0], "") if p.labels else "" for p in model.predict([e.text for e in test])]


def means(figures: dict[str, float]) -> dict[str, float]:
    """The five few-shot splits as their mean."""
    few = [v for k, v in figures.items() if "few-shot" in k]
    rest = {k: v for k, v in figures.items() if "few-shot" not in k}
    return {**rest, "CSLDCP few-shot mean": float(np.mean(few))} if few else rest


def public(folder: str) -> None:
    """Accuracy with the default settings on each set; `cap` from its YAML alone."""
    sets = public_sets(Path(folder))
    figures = {
        n: accuracy(test, topicat_labels(taxonomy_for(n, train), train, test)) for n, (train, test) in sets.items()
    }
    test = sets["bills (cap)"][1]
    model = topicat.train("cap", [])
    figures["bills, cap from the YAML alone"] = accuracy(
        test, [p.labels[0] if p.labels else "" for p in model.predict([e.text for e in test])]
    )
    for name, value in means(figures).items():
        print(f"{name:<32} accuracy {value:.3f}")


# --- rivals ---------------------------------------------------------------------------------------

Scorer = Callable[[list[Example], list[Example], Taxonomy], tuple[list[str], np.ndarray]]
"""Train and test examples and a taxonomy to topics and scores, shape (test texts, topics), 0.5 the threshold."""


def words(text: str) -> list[str]:
    """What a plain script would use: jieba's words."""
    return [w for w in registry.get_tokenizer("jieba")(text.lower()) if w.strip()]


def dictionary(train: list[Example], test: list[Example], tree: Taxonomy) -> tuple[list[str], np.ndarray]:
    """A topic is said where one of its keywords stands; the most keywords win."""
    cues = Cues(tree)
    topics = list(tree.roots)
    scores = np.zeros((len(test), len(topics)))
    for i, e in enumerate(test):
        for cue in cues.find(e.text, fold(e.text)).cue.tolist():
            for topic in tops(cues.cues[cue].topics):
                scores[i, topics.index(topic)] += 1
    return topics, scores


def plain(train: list[Example], test: list[Example], tree: Taxonomy) -> tuple[list[str], np.ndarray]:
    """jieba, TfidfVectorizer, one-vs-rest LogisticRegression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    topics = sorted({t for e in train for t in tops(e.labels)})
    vectorizer = TfidfVectorizer(tokenizer=words, token_pattern=None, sublinear_tf=True)
    x = vectorizer.fit_transform([e.text for e in train])
    y = np.array([[t in tops(e.labels) for t in topics] for e in train])
    model = OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear")).fit(x, y)
    return topics, model.predict_proba(vectorizer.transform([e.text for e in test]))


def fasttext(train: list[Example], test: list[Example], tree: Taxonomy) -> tuple[list[str], np.ndarray]:
    """fastText, of the settings tried (`FASTTEXT`) those with the best figure on the test itself."""
    import fasttext as library

    topics = sorted({t for e in train for t in tops(e.labels)})
    single = all(len(e.labels) == 1 for e in train)
    best: tuple[float, np.ndarray] | None = None
    lines = [" ".join([*(f"__label__{topics.index(t)}" for t in tops(e.labels)), *words(e.text)]) for e in train]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        for settings in ({**s, "loss": loss} for s in FASTTEXT for loss in ("ova", "softmax")[: 1 + single]):
            model = None
            for _ in range(5):
                # Now and then it finds a NaN where it finds none the next time.
                with contextlib.suppress(RuntimeError):
                    model = library.train_supervised(str(path), verbose=0, thread=1, seed=1, **settings)
                    break
            if model is None:
                continue
            scores = np.zeros((len(test), len(topics)))
            for i, e in enumerate(test):
                # The library's own `predict` breaks on numpy 2; its inner one does not.
                for value, label in model.f.predict(" ".join(words(e.text)) + "\n", len(topics), 0.0, "strict"):
                    scores[i, int(label.removeprefix("__label__"))] = value
            figure = score(test, topics, scores, single=single)
            if best is None or figure > best[0]:
                best = (figure, scores)
    assert best is not None
    return topics, best[1]


FASTTEXT: list[dict[str, Any]] = [
    {"lr": 0.5, "epoch": 30, "dim": 50, "wordNgrams": 2},
    {"lr": 0.5, "epoch": 60, "dim": 50, "wordNgrams": 1},
    {"lr": 0.3, "epoch": 60, "dim": 50, "wordNgrams": 2, "minn": 2, "maxn": 4, "bucket": 200_000},
    {"lr": 1.0, "epoch": 60, "dim": 50, "wordNgrams": 1},
]


def score(test: Sequence[Example], topics: Sequence[str], scores: np.ndarray, single: bool) -> float:
    """Accuracy of the best topic for single labels, else micro-F1 at 0.5."""
    if single:
        return accuracy(test, [topics[i] for i in scores.argmax(axis=1)])
    return micro_f1([tops(e.labels) for e in test], [frozenset(np.array(topics)[s >= 0.5]) for s in scores])


def compare(real: str, folder: str) -> None:
    """All in one table: micro-F1 on real news, accuracy on the public sets."""
    policy = topicat.taxonomy("policy")
    seeds = seeds_of("policy")
    examples = read_seeds(real)
    table: dict[str, dict[str, float]] = {}
    for name, rival in (("dictionary", dictionary), ("plain pipeline", plain), ("fastText", fasttext)):
        column: dict[str, float] = {}
        topics, scores = rival(seeds, examples, policy)
        for lang in (*LANGS, "all"):
            part = [i for i, e in enumerate(examples) if lang in ("all", e.lang)]
            column[f"real news, {lang}"] = score([examples[i] for i in part], topics, scores[part], single=False)
        for set_name, (train, test) in public_sets(Path(folder)).items():
            if rival is dictionary and not set_name.startswith("bills"):
                continue
            topics, scores = rival(train, test, taxonomy_for(set_name, train))
            column[set_name] = score(test, topics, scores, single=True)
        table[name] = means(column)
        print(f"{name} done", file=sys.stderr)
    column = {}
    said = said_by(topicat.load("policy"), [e.text for e in examples])
    for lang in (*LANGS, "all"):
        part = [i for i, e in enumerate(examples) if lang in ("all", e.lang)]
        column[f"real news, {lang}"] = micro_f1([tops(examples[i].labels) for i in part], [said[i] for i in part])
    for set_name, (train, test) in public_sets(Path(folder)).items():
        column[set_name] = accuracy(test, topicat_labels(taxonomy_for(set_name, train), train, test))
    table["topicat"] = means(column)
    print("| set | " + " | ".join(table) + " |\n| --- |" + " --- |" * len(table))
    for row in table["topicat"]:
        cells = [f"{c[row]:.3f}" if row in c else "–" for c in table.values()]
        print(f"| {row} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    commands: dict[str, Callable[..., None]] = {
        "article": article,
        "own": own,
        "unlabelled": unlabelled,
        "public": public,
        "folds": folds,
        "compare": compare,
    }
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
