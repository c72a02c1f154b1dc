"""topicat says, paragraph by paragraph, which policy topics an article speaks of, and why.

>>> import topicat
>>> model = topicat.load("policy")
>>> [prediction] = model.predict(["双方商定扩大天然气供应。"])
>>> "energy" in prediction.labels
True
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topicat.document import Document, Paragraph
from topicat.errors import TopicatError
from topicat.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from topicat.model import Model
    from topicat.prediction import Prediction
    from topicat.seeds import Example
    from topicat.training import Progress, TrainingSettings

__version__ = "0.1.0"

__all__ = [
    "Document",
    "Example",
    "Model",
    "Paragraph",
    "Prediction",
    "Taxonomy",
    "Topic",
    "TopicatError",
    "TrainingSettings",
    "load",
    "read",
    "save",
    "taxonomy",
    "train",
]

_LATER = {"Model": "model", "Prediction": "model", "Example": "seeds", "TrainingSettings": "training"}


def __getattr__(name: str) -> Any:
    """Classes whose modules import numpy or scikit-learn come when first asked for."""
    if name in _LATER:
        import importlib

        return getattr(importlib.import_module(f"topicat.{_LATER[name]}"), name)
    raise AttributeError(f"module 'topicat' has no attribute '{name}'")


def load(name_or_path: str | Path = "policy") -> Model:
    """The model of that name (bundled, or a plugin's) or in that folder.

    Raises
    ------
    ModelError
        If there is none, or it cannot be read.
    """
    from topicat import registry, store

    return store.load_model(registry.model_path(name_or_path), registry.get_tokenizer)


def save(model: Model, folder: str | Path) -> None:
    """Write `model` to `folder`, whole or not at all.

    Raises
    ------
    ModelError
        If the folder is something else than a model folder, or cannot be written.
    """
    from topicat import store

    store.save_model(model, folder)


def taxonomy(name_or_path: str | Path) -> Taxonomy:
    """The taxonomy of that name (bundled, or a plugin's) or in that YAML file.

    Raises
    ------
    NotFoundError
        If there is none.
    TaxonomyError
        If it is not valid; the message lists every finding.
    """
    from topicat import registry

    return registry.get_taxonomy(name_or_path)


def read(source: str | Path) -> list[Document]:
    """The documents of a file, of a folder, or of standard input (``-``).

    Raises
    ------
    ReadingError
        If one of them cannot be read.
    """
    from topicat import reading, registry

    return list(reading.read(source, readers=registry.get_readers()))


def train(
    taxonomy: str | Path | Taxonomy = "policy",
    seeds: Iterable[str | Path | Example] | None = None,
    *,
    settings: TrainingSettings | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
) -> Model:
    """Train a model.

    Parameters
    ----------
    taxonomy
        A name, the path of a YAML file, or a `Taxonomy`.
    seeds
        Paths of JSON Lines or CSV files, or objects of the class `Example`. None: the seeds that come with
        the taxonomy, if any. An empty list: the taxonomy alone.
    settings
        How to fit; the defaults are meant to be right.
    progress
        Called with steps done, steps in all, and what is being done.
    jobs
        So many processes fit topics side by side; the model is the same.

    Raises
    ------
    NotFoundError, TaxonomyError, ReadingError, SeedsError, TrainingError
        If what was given cannot be found, read or learned from.
    """
    from topicat import registry, training
    from topicat import seeds as seeds_module

    tree = taxonomy if isinstance(taxonomy, Taxonomy) else registry.get_taxonomy(taxonomy)
    if seeds is None:
        seeds = [] if isinstance(taxonomy, Taxonomy) else registry.seeds_paths(taxonomy)
    examples: list[Example] = []
    for item in seeds:
        examples.extend([item] if isinstance(item, seeds_module.Example) else seeds_module.read_seeds(item))
    settings = settings or training.TrainingSettings()
    tokenizer = registry.get_tokenizer(settings.features.tokenizer) if settings.features.han_words[1] else None
    return training.train(tree, examples, settings=settings, tokenizer=tokenizer, progress=progress, jobs=jobs)
