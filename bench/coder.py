"""A simulated coder: what labels bring in the order of `topicat suggest`, and in a random order.

Usage: python bench/coder.py REAL.jsonl [REPEATS]

Each repeat sets half of the groups of the Chinese rows aside to measure on. From the other half ten paragraphs at a
time are coded from the file, in either order, and the model is trained anew from every fourth bundled Chinese seed and
the labels, each of which counts three times. The order of `suggest` has its random tenth, as `topicat label` has.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import topicat
from topicat import registry
from topicat.evaluation import evaluate_model
from topicat.model import Model
from topicat.seeds import Example, check_labels, read_seeds
from topicat.suggestion import suggest
from topicat.training import train

SIZES = (0, 10, 20, 30, 50)
WEIGHT = 3.0


def main(path: str, repeats: int) -> None:
    """Print micro-F1 by number of labels and order, and the difference with its 95 % interval."""
    taxonomy = topicat.taxonomy("policy")
    tokenizer = registry.get_tokenizer("rjieba")
    rows = [e for e in check_labels(read_seeds(path), taxonomy) if e.lang.startswith("zh")]
    seeds = read_seeds(Path(__file__).parents[1] / "seeds" / "policy.zh.jsonl")[::4]

    def fit(own: Sequence[Example]) -> Model:
        return train(taxonomy, [*seeds, *(replace(e, weight=WEIGHT) for e in own)], tokenizer=tokenizer, trial=True)

    start = fit([])
    scores = np.zeros((repeats, 2, len(SIZES)))
    for repeat in range(repeats):
        draw = np.random.default_rng(repeat)
        groups = list(dict.fromkeys(e.group or e.text for e in rows))
        held = {groups[i] for i in draw.permutation(len(groups))[: len(groups) // 2].tolist()}
        pool = [e for e in rows if (e.group or e.text) not in held]
        test = [e for e in rows if (e.group or e.text) in held]
        for order in (0, 1):
            model, own, left = start, list[Example](), list(pool)
            for k, size in enumerate(SIZES):
                if n := size - len(own):
                    if order:
                        chosen = [int(i) for i in draw.permutation(len(left))[:n]]
                    else:
                        found = suggest(model, [e.text for e in left], known=[e.text for e in own], n=n, seed=repeat)
                        chosen = [s.index for s in found]
                    own += [left[i] for i in chosen]
                    left = [e for i, e in enumerate(left) if i not in set(chosen)]
                    model = fit(own)
                scores[repeat, order, k] = evaluate_model(model, test, resamples=0)["micro_f1"]
        print(f"{repeat + 1} of {repeats}: {scores[repeat].round(3).tolist()}", file=sys.stderr)
    print(f"{len(rows)} rows, {len(seeds)} seeds, {repeats} repeats\nlabels  suggest  random  difference")
    for k, size in enumerate(SIZES):
        gap = scores[:, 0, k] - scores[:, 1, k]
        half = (
            2.262 * gap.std(ddof=1) / np.sqrt(repeats) if repeats > 1 else float("nan")
        )  # Student's t of nine degrees
        means = scores[:, :, k].mean(axis=0)
        print(f"{size:6}  {means[0]:7.3f}  {means[1]:6.3f}  {gap.mean():+.3f} ± {half:.3f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)
