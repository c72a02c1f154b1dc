"""How long `topicat label` takes from an answer to a model that knows it.

    python bench/retrain.py [ROWS]

Sixty paragraphs are coded as on the page, the labels being what the bundled model says; from the tenth on every tenth
answer starts a training, beside the bundled seeds, or beside so many rows mixed from them (`material.py`). A line for
each training: labels, seconds from the answer to the model in its place.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import material

import topicat
from topicat import registry
from topicat.document import Paragraph
from topicat.seeds import Example, read_seeds
from topicat.workbench.labels_file import LabelsFile
from topicat.workbench.session import Session
from topicat.workbench.trainer import EVERY, Trainer

CODED = 60


def main(rows: int | None) -> None:
    """Print the figures."""
    model = topicat.load("policy")
    if rows:
        made = material.mixed(material.seeds(), rows)
        seeds = [Example(row["text"], tuple(row["labels"])) for row in made]
    else:
        seeds = [example for path in registry.seeds_paths("policy") for example in read_seeds(path)]
    texts = [row["text"] for row in material.mixed(material.seeds("zh"), 600, seed=7)]
    paragraphs = [Paragraph(number + 1, 0, len(text), text) for number, text in enumerate(texts)]
    print(f"{len(seeds):,} seeds, {len(texts)} paragraphs")
    with tempfile.TemporaryDirectory() as folder:
        labels = LabelsFile(Path(folder, "labels.jsonl"))
        session = Session(["bench"] * len(texts), paragraphs, model.taxonomy, model, labels, "bench")
        trainer = Trainer(session, seeds, registry.get_tokenizer("rjieba"))
        for number in range(1, CODED + 1):
            item = session.item("window")
            assert item is not None
            [said] = model.predict([session.queue.texts[session.queue.index[item["key"]]]])
            session.decide("window", item["key"], "label", list(said.labels))
            before, start = session.model, time.perf_counter()
            trainer.notice()
            if number % EVERY == 0:
                while session.model is before and trainer.running:
                    time.sleep(0.005)
                print(f"{number} labels: {time.perf_counter() - start:.1f} s", trainer.error)
                trainer.wait(600)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
