"""Kills what writes, at random moments, and looks at what it leaves: the old result or the new one, whole.

cd tests && python -m fuzz.crash --times 100
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from topicat.store import load_model, verify_model

OLD = Path(__file__).parent.parent / "model_format_2"
WORK = ("save", "train", "predict")

# Each writes two results in turn to the same place, for ever.
_SCRIPT = """
import itertools, os, sys, time
import topicat
from topicat.cli.main import main
work, place = sys.argv[1:]
os.chdir(place)
sys.stderr = open(os.devnull, "w")
loaded = [topicat.load(folder) for folder in ("one", "two")] if work == "save" else []
for round in itertools.count():
    number = round % 2
    name = ("one", "two")[number]
    if round == 1:  # everything is imported by now
        print("ready", flush=True)
    if work == "save":
        topicat.save(loaded[number], "result")
    elif work == "train":
        main(["train", f"{name}.yaml", "-s", "none", "-o", "result"], standalone_mode=False)
    else:
        main(["predict", f"{name}.txt", "-m", "one", "-f", "jsonl", "-o", "result"], standalone_mode=False)
"""
_YAML = """
taxonomy: {name}
topics:
  fruit: {{keywords: {{en: [apple, {name}]}}}}
  tool: {{keywords: {{en: [rake]}}}}
"""


def prepare(folder: Path) -> None:
    """Two models, two taxonomies and two texts in `folder`, and what comes of the texts."""
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(_YAML.format(name=name), "utf-8")
        (folder / f"{name}.txt").write_text(f"The orchard sold {name} apples.\n\n" * 400, "utf-8")
        topicat("train", f"{name}.yaml", "-s", "none", "-o", name, cwd=folder)
    for name in ("one", "two"):
        topicat("predict", f"{name}.txt", "-m", "one", "-f", "jsonl", "-o", f"{name}.jsonl", cwd=folder)


def topicat(*args: str, cwd: Path) -> None:
    """Runs the command line; an error of it is one of ours."""
    command = [sys.executable, "-c", "from topicat.cli.main import run; run()", *args]
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


def kill(work: str, folder: Path, longest: float, chance: random.Random) -> str:
    """Has `work` done in a process that is killed within `longest` seconds; what is there then.

    Returns
    -------
    str
        ``nothing``, ``one`` or ``two``.

    Raises
    ------
    AssertionError, ModelError
        If there is half of one.
    """
    command = [sys.executable, "-c", _SCRIPT, work, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, longest))
        process.kill()
    return result(work, folder)


def result(work: str, folder: Path) -> str:
    """Which result is in `folder`, whole; AssertionError or ModelError if there is half of one."""
    place = folder / "result"
    if work == "predict":
        if not place.exists():
            return "nothing"
        found = [name for name in ("one", "two") if (folder / f"{name}.jsonl").read_bytes() == place.read_bytes()]
        assert len(found) == 1, f"{place}: half a file"
        return found[0]
    if not (place / "model.json").exists():
        return "nothing"
    model = load_model(place)
    assert verify_model(place) == []
    assert json.loads((place / "model.json").read_text("utf-8"))["taxonomy"]["taxonomy"] == model.taxonomy.id
    return model.taxonomy.id


def run(work: str, times: int, seed: int, longest: float = 0.3) -> dict[str, int]:
    """Kills `work` so many times; how often each result was there."""
    found = {"nothing": 0, "one": 0, "two": 0}
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for _ in range(times):
            found[kill(work, folder, longest, chance)] += 1
    return found


def main() -> None:
    """Every kind of work, with a line of figures for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for work in WORK:
        begin = time.perf_counter()
        found = run(work, args.times, args.seed)
        print(f"{work}: killed {args.times} times in {time.perf_counter() - begin:.0f} s: {found}", flush=True)


if __name__ == "__main__":
    main()
