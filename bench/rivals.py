"""What topicat is measured against, each as a user would write it, behind one small interface.

A rival is trained on texts with sets of labels, saved in a folder, loaded from it, and says the labels of texts.
Heavy libraries are imported where they are used, so that a process pays only for the rival that it runs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

Labels = Collection[str]


class Rival(Protocol):
    """A classifier under measurement."""

    def train(self, texts: Sequence[str], labels: Sequence[Labels]) -> None: ...
    def save(self, folder: Path) -> None: ...
    def load(self, folder: Path) -> None: ...
    def label(self, texts: Sequence[str]) -> list[list[str]]: ...
    def imports(self) -> None: ...


def imported(*names: str) -> None:
    """Import those modules now, so that the time is not measured with what needs them."""
    for name in names:
        importlib.import_module(name)


def words(text: str) -> list[str]:
    """jieba's words, as a plain script takes them."""
    import jieba

    return [w for w in jieba.lcut(text.lower()) if w.strip()]


class Topicat:
    """topicat itself: a flat taxonomy without keywords if it is trained here, or any model folder."""

    def imports(self) -> None:
        imported("topicat.model", "topicat.registry", "topicat.store")

    def train(self, texts: Sequence[str], labels: Sequence[Labels]) -> None:
        import topicat
        from topicat.seeds import Example

        # Topic ids have no dots, and words in other scripts would do as well as numbers.
        names = sorted({label for own in labels for label in own})
        ids = {name: f"t{number}" for number, name in enumerate(names)}
        topics = {ids[name]: {"label": {"en": name}} for name in names}
        tree = topicat.Taxonomy.from_dict({"taxonomy": "bench", "topics": topics})
        examples = [Example(t, tuple(ids[label] for label in own)) for t, own in zip(texts, labels, strict=True)]
        self.model = topicat.train(tree, examples)

    def save(self, folder: Path) -> None:
        import topicat

        topicat.save(self.model, folder)

    def load(self, folder: Path) -> None:
        from topicat import store

        self.model = store.load_model(folder)

    def label(self, texts: Sequence[str]) -> list[list[str]]:
        tree = self.model.taxonomy
        named = {path: tree[path].label.get("en", path) if tree.id == "bench" else path for path in tree.paths}
        return [[named[path] for path in p.labels] for p in self.model.predict(texts)]


class Plain:
    """jieba, TfidfVectorizer, one-vs-rest LogisticRegression, kept by joblib."""

    def imports(self) -> None:
        imported("jieba", "joblib", "sklearn.feature_extraction.text", "sklearn.linear_model")
        imported("sklearn.multiclass", "sklearn.preprocessing")

    def train(self, texts: Sequence[str], labels: Sequence[Labels]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import MultiLabelBinarizer

        self.names = MultiLabelBinarizer()
        truth = self.names.fit_transform(labels)
        self.pipeline = make_pipeline(
            TfidfVectorizer(tokenizer=words, token_pattern=None, sublinear_tf=True),
            OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear")),
        )
        self.pipeline.fit(texts, truth)

    def save(self, folder: Path) -> None:
        import joblib

        folder.mkdir(parents=True, exist_ok=True)
        joblib.dump((self.names, self.pipeline), folder / "plain.joblib")

    def load(self, folder: Path) -> None:
        import joblib

        self.names, self.pipeline = joblib.load(folder / "plain.joblib")

    def label(self, texts: Sequence[str]) -> list[list[str]]:
        chances = self.pipeline.predict_proba(list(texts))
        return [list(own) for own in self.names.inverse_transform((chances >= 0.5).astype(int))]


class FastText:
    """fastText, one-vs-all, over jieba's words; by its Python library."""

    settings: ClassVar[dict[str, Any]] = {"lr": 0.5, "epoch": 30, "dim": 50, "wordNgrams": 2, "bucket": 200_000}

    def imports(self) -> None:
        imported("fasttext", "jieba")

    def train(self, texts: Sequence[str], labels: Sequence[Labels]) -> None:
        import tempfile

        import fasttext

        self.names = sorted({label for own in labels for label in own})
        number = {name: i for i, name in enumerate(self.names)}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            with path.open("w", encoding="utf-8") as stream:
                for text, own in zip(texts, labels, strict=True):
                    marks = [f"__label__{number[name]}" for name in own]
                    stream.write(" ".join([*marks, *words(text)]) + "\n")
            self.model = fasttext.train_supervised(str(path), loss="ova", verbose=0, thread=1, seed=1, **self.settings)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_model(str(folder / "fasttext.bin"))
        (folder / "names.txt").write_text("\n".join(self.names), "utf-8")

    def load(self, folder: Path) -> None:
        import fasttext

        self.model = fasttext.load_model(str(folder / "fasttext.bin"))
        self.names = (folder / "names.txt").read_text("utf-8").split("\n")

    def label(self, texts: Sequence[str]) -> list[list[str]]:
        # The library's own `predict` breaks on numpy 2; its inner one does not.
        predict, names = self.model.f.predict, self.names
        return [
            [names[int(mark.removeprefix("__label__"))] for _, mark in predict(" ".join(words(t)) + "\n", -1, 0.5, "")]
            for t in texts
        ]


RIVALS: dict[str, type[Rival]] = {"topicat": Topicat, "plain": Plain, "fastText": FastText}


def main(name: str, folder: str, article: str) -> None:
    """Label an article from the shell, as a user's own script would: a paragraph a line."""
    rival = RIVALS[name]()
    rival.load(Path(folder))
    paragraphs = [line.strip() for line in Path(article).read_text("utf-8").splitlines() if line.strip()]
    for labels, paragraph in zip(rival.label(paragraphs), paragraphs, strict=True):
        print(f"{', '.join(labels) or '–':<30} {paragraph[:60]}")


if __name__ == "__main__":
    import rivals  # what joblib keeps names this module, not the script

    rivals.main(*sys.argv[1:])
