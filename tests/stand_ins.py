"""Files such as the readers of the documentation have: articles, labelled texts, a taxonomy, a model."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent


def make(folder: Path) -> None:
    """Write all of them to `folder`."""
    article = (ROOT / "examples" / "talks-2026-05-18.txt").read_text("utf-8")
    (folder / "article.txt").write_text(article, "utf-8")
    paragraphs = "".join(f"<p>{text}</p>" for text in article.split("\n\n"))
    (folder / "page.html").write_text(f"<title>Talks</title><article>{paragraphs}</article>", "utf-8")
    shutil.copytree(ROOT / "examples", folder / "examples")
    rows = (ROOT / "seeds" / "policy.zh.jsonl").read_text("utf-8").splitlines(keepends=True)
    _news(folder / "news", [json.loads(row)["text"] for row in rows[200:248]])
    corpus = "".join(
        json.dumps({"id": f"r{i}", "text": json.loads(row)["text"]}) + "\n" for i, row in enumerate(rows[:50])
    )
    (folder / "corpus.jsonl").write_text(corpus, "utf-8")
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(corpus.encode()))
    (folder / "export.json").write_text(json.dumps([_task(json.loads(row)) for row in rows[:60]]), "utf-8")
    shutil.copy(ROOT / "tests" / "newsmap_zh.yml", folder / "newsmap.yml")
    (folder / "seeds").mkdir()
    for name, chosen in {"seeds/policy.zh": rows[:100], "mine": rows[300:350], "test": rows[400:440]}.items():
        (folder / f"{name}.jsonl").write_text("".join(chosen), "utf-8")
    own = (ROOT / "tests" / "own_taxonomy.yaml").read_text("utf-8")
    for name, text in {"mine": own, "old": own, "new": own.replace("山羊, ", "")}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    coded = [
        {"text": f"{place}{word}。", "labels": [topic]}
        for topic, fields in yaml.safe_load(own)["topics"].items()
        for word in fields["keywords"]["zh"]
        for place in ("今天集市上有", "他昨天看见了")
    ]
    (folder / "coded.jsonl").write_text("".join(json.dumps(row) + "\n" for row in coded), "utf-8")
    (folder / "names.txt").write_text("trade\nenergy\n文化\n", "utf-8")
    (folder / "notes.txt").write_text("For a first look; a person reads what it finds.\n", "utf-8")
    shutil.copytree(ROOT / "models" / "policy", folder / "my-model")


def _news(folder: Path, texts: list[str]) -> None:
    folder.mkdir()
    for day in range(4):
        (folder / f"2026-05-0{day + 1}.txt").write_text("\n\n".join(texts[day::4]), "utf-8")


def _task(row: dict[str, Any]) -> dict[str, Any]:
    """A task of Label Studio that somebody has annotated."""
    choices = {"type": "choices", "value": {"choices": row["labels"]}}
    return {"data": {"text": row["text"]}, "annotations": [{"result": [choices] if row["labels"] else []}]}
