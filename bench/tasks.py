"""The single measurements of `speed.py`, each run in a process of its own: a line of JSON at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import material
import rivals

BATCH = 2000


def prepare_material(folder: str, n: str, labelled: str, *texts: str) -> dict[str, Any]:
    """Write the texts to label and the rows to learn from."""
    paragraphs = material.paragraphs(texts, int(n))
    _write(Path(folder, "texts.json"), paragraphs)
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in paragraphs]
    Path(folder, "texts.jsonl").write_text("".join(f"{line}\n" for line in lines * 10), "utf-8")
    train, test = material.labelled(None if labelled == "-" else labelled, 20_000, 20)
    _write(Path(folder, "train.json"), train)
    _write(Path(folder, "test.json"), test)
    return {
        "texts": len(paragraphs),
        "lines": 10 * len(paragraphs),
        "characters": sum(map(len, paragraphs)) / len(paragraphs),
        "rows": len(train),
        "labels": len({label for row in train for label in row["labels"]}),
    }


def prepare(name: str, folder: str) -> dict[str, Any]:
    """The rival trained on the seeds of `policy` with the topics at the top; of topicat the bundled model, with all."""
    target = Path(folder, name)
    rival = rivals.RIVALS[name]()
    if name == "topicat":
        import topicat

        topicat.save(topicat.load("policy"), target)
    else:
        rows = material.seeds()
        rival.train([r["text"] for r in rows], [sorted({x.split(".")[0] for x in r["labels"]}) for r in rows])
        rival.save(target)
    return {"bytes": sum(path.stat().st_size for path in target.iterdir())}


def load(name: str, folder: str) -> dict[str, Any]:
    """Seconds to load the model, and from then to the first label, after the imports."""
    rival = rivals.RIVALS[name]()
    rival.imports()
    start = time.perf_counter()
    rival.load(Path(folder, name))
    loaded = time.perf_counter() - start
    text = _read(Path(folder, "texts.json"))[0]  # not before, for it fills the processor's caches
    start = time.perf_counter()
    rival.label([text])
    return {"load": loaded, "first": time.perf_counter() - start}


def bulk(name: str, folder: str) -> dict[str, Any]:
    """Paragraphs a second in one process, warm."""
    texts = _read(Path(folder, "texts.json"))
    label = _loaded(name, folder).label
    label(texts[:BATCH])
    start = time.perf_counter()
    for part in _parts(texts):
        label(part)
    return {"rate": len(texts) / (time.perf_counter() - start)}


def stages(folder: str) -> dict[str, Any]:
    """Microseconds a paragraph of each stage of topicat's way from a text to a line of JSON; the best of three."""
    from topicat import store
    from topicat.cli.records import record
    from topicat.document import Document, Paragraph

    texts = _read(Path(folder, "texts.json"))
    model = store.load_model(Path(folder, "topicat"))
    model.predict(texts[:BATCH])
    best: dict[str, float] = {}
    for _ in range(3):
        spent = dict.fromkeys(("terms", "of these keywords", "rows", "scores and labels", "records as JSON"), 0.0)
        for begin in range(0, len(texts), 512):
            part = texts[begin : begin + 512]
            times = [time.perf_counter()]

            def lap(times: list[float] = times) -> float:
                times.append(time.perf_counter())
                return times[-1] - times[-2]

            terms = model.extract(part)
            spent["terms"] += lap()
            model.extract.cues.find("\n".join(part), terms.folded)
            spent["of these keywords"] += lap()
            model._encode(part)
            encoding = lap()
            predictions = model.predict(part)
            spent["scores and labels"] += lap() - encoding
            spent["rows"] += encoding
            for text, prediction in zip(part, predictions, strict=True):
                paragraph = Paragraph(1, 0, len(text), text)
                json.dumps(record(Document("d", text), paragraph, prediction), ensure_ascii=False)
            spent["records as JSON"] += lap()
        spent["rows"] -= spent["terms"]
        for stage, seconds in spent.items():
            best[stage] = min(best.get(stage, 1e9), 1e6 * seconds / len(texts))
    return best


def workers(name: str, folder: str) -> dict[str, Any]:
    """Paragraphs a second by two warm workers of joblib; they get the texts five times: handing out takes time."""
    from joblib import Parallel, delayed

    texts = _read(Path(folder, "texts.json")) * 5
    with Parallel(n_jobs=2) as parallel:
        parallel(delayed(_labelled)(name, folder, texts[:BATCH]) for _ in range(4))
        start = time.perf_counter()
        parallel(delayed(_labelled)(name, folder, part) for part in _parts(texts))
        return {"rate": len(texts) / (time.perf_counter() - start)}


def train(name: str, folder: str) -> dict[str, Any]:
    """Training on the rows to learn from."""
    return _trained(name, _read(Path(folder, "train.json")), _read(Path(folder, "test.json")))


def topics(name: str, n: str, count: str) -> dict[str, Any]:
    """Training on `n` rows with so many topics."""
    return _trained(name, *material.by_keyword(int(n), int(count)))


def _trained(name: str, rows: list[material.Row], test: list[material.Row]) -> dict[str, Any]:
    """Seconds to train, after imports; micro-F1 on the rows held out, and how many of them are labelled a second."""
    rival = rivals.RIVALS[name]()
    rival.imports()
    if name == "topicat":
        rivals.imported("topicat.training")
    else:
        rivals.words("预热")
    start = time.perf_counter()
    rival.train([row["text"] for row in rows], [row["labels"] for row in rows])
    trained = time.perf_counter()
    said = [labels for part in _parts([row["text"] for row in test]) for labels in rival.label(part)]
    rate = len(test) / (time.perf_counter() - trained)
    return {"seconds": trained - start, "f1": material.micro_f1([row["labels"] for row in test], said), "rate": rate}


def paragraphs(name: str, folder: str, n: str) -> dict[str, Any]:
    """Seconds to label `n` paragraphs, made as they are needed."""
    texts = _read(Path(folder, "texts.json"))
    label = _loaded(name, folder).label
    label(texts[:BATCH])
    start = time.perf_counter()
    for begin in range(0, int(n), BATCH):
        at = begin % len(texts)
        label(texts[at : at + min(BATCH, int(n) - begin)])
    return {"seconds": time.perf_counter() - start}


@cache
def _loaded(name: str, folder: str) -> rivals.Rival:
    rival = rivals.RIVALS[name]()
    rival.load(Path(folder, name))
    return rival


def _labelled(name: str, folder: str, texts: list[str]) -> list[list[str]]:
    return _loaded(name, folder).label(texts)


def _parts(texts: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(texts), BATCH):
        yield texts[begin : begin + BATCH]


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "material": prepare_material,
    "prepare": prepare,
    "load": load,
    "stages": stages,
    "bulk": bulk,
    "workers": workers,
    "train": train,
    "paragraphs": paragraphs,
    "topics": topics,
}

if __name__ == "__main__":
    import tasks  # joblib's workers look up what they do in this module, not in the script

    print(json.dumps(tasks.TASKS[sys.argv[1]](*sys.argv[2:])))
