"""What each design decision is worth: the default settings, and one thing changed at a time.

    python bench/ablation.py REAL.jsonl [NAME...]

Trains on the bundled seeds and prints, for each variant, out-of-fold micro-F1 on the seeds beside micro-F1 and average
precision on real text, by language: the seeds flatter, the real text decides.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import numpy as np

import topicat
from topicat import registry, training
from topicat.evaluation import average_precision
from topicat.features import Settings
from topicat.seeds import Example, read_seeds
from topicat.training import TrainingSettings

WEIGHTS = dict(TrainingSettings().term_weights)


def with_(features: dict[str, Any] | None = None, **settings: Any) -> TrainingSettings:
    """The default settings with something changed."""
    return dataclasses.replace(
        TrainingSettings(features=dataclasses.replace(Settings(), **(features or {}))), **settings
    )


VARIANTS: dict[str, TrainingSettings] = {
    "default": with_(),
    "no keyword terms (K)": with_({"keyword_terms": False}),
    "no topic terms (T)": with_({"topic_terms": False}),
    "no cues at all": with_({"keyword_terms": False, "topic_terms": False}),
    "cues weigh 1": with_(term_weights={**WEIGHTS, "K": 1.0, "T": 1.0}),
    "cues weigh 4": with_(term_weights={**WEIGHTS, "K": 4.0, "T": 4.0}),
    "no Han characters": with_({"han_chars": False}),
    "no Han words": with_({"han_words": (0, 0)}),
    "Han words from 2, full weight": with_({"han_words": (2, 6)}, term_weights={**WEIGHTS, "h": 1.0}),
    "idf as it is": with_(idf_power=1.0),
    "idf squared": with_(idf_power=2.0),
    "no parts of words": with_({"parts": (0, 0)}),
    "parts 2-5, full weight": with_({"parts": (2, 5)}, term_weights={**WEIGHTS, "b": 1.0}),
    "pooling: none": with_(pooling="none"),
    "pooling: max": with_(pooling="max"),
    "C = 1": with_(c=1.0),
    "C = 100": with_(c=100.0),
    "classes not balanced": with_(class_weight=None),
    "every term (min_df 1)": with_(min_df=1),
    "no neutral sentences": with_(neutral_weight=0.0),
    "keywords as texts weigh 1": with_(keyword_weight=1.0),
    "threshold of best out-of-fold F1": with_(threshold=0.0),
    "threshold one half": with_(threshold=1.0),
}


def figures(settings: TrainingSettings, seeds: list[Example], real: list[Example]) -> list[float]:
    """Out-of-fold micro-F1 on the seeds; micro-F1 on real text in zh, en, ru and all; average precision on all."""
    tokenizer = registry.get_tokenizer(settings.features.tokenizer) if settings.features.han_words[1] else None
    model = training.train(topicat.taxonomy("policy"), seeds, settings=settings, tokenizer=tokenizer, trial=True)
    roots = model.taxonomy.roots
    predictions = model.predict([e.text for e in real])
    truth = np.array([[any(label.split(".")[0] == r for label in e.labels) for r in roots] for e in real])
    said = np.array([[r in p.labels for r in roots] for p in predictions])
    chance = np.array([[p.probabilities[r] for r in roots] for p in predictions])
    row = [model.info["cross_validation"]["micro_f1"]]
    for lang in ("zh", "en", "ru", "all"):
        part = np.array([lang in ("all", e.lang) for e in real])
        row.append(2 * (truth & said)[part].sum() / (truth[part].sum() + said[part].sum()))
    row.append(
        float(
            np.average(
                [average_precision(truth[:, k], chance[:, k]) for k in range(len(roots))], weights=truth.sum(axis=0)
            )
        )
    )
    return row


def main(path: str, names: list[str]) -> None:
    """Print the table in Markdown."""
    seeds = [e for p in registry.seeds_paths("policy") for e in read_seeds(p)]
    real = read_seeds(path)
    print("| variant | seeds, out of fold | real zh | real en | real ru | real, all | avg. precision |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in names or VARIANTS:
        cells = " | ".join(f"{x:.3f}" for x in figures(VARIANTS[name], seeds, real))
        print(f"| {name} | {cells} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
