"""Peak memory of `topicat predict` on streams of two lengths, and their ratio.

    python bench/memory.py                          # 100 thousand and 1 million paragraphs
    python bench/memory.py 20000 200000 -j 2 -f csv

The paragraphs are made from the seeds on the way, so nothing is written to disk. What is measured is the largest
resident set (ru_maxrss) of the largest process of each run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

SEEDS = Path(__file__).parent.parent / "seeds"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lengths", nargs="*", type=int, default=[100_000, 1_000_000], help="paragraphs of each run")
    parser.add_argument("-m", "--model", default="policy", help="name or folder of a model")
    parser.add_argument("-f", "--format", default="jsonl", choices=["jsonl", "csv"], help="form of the output")
    parser.add_argument("-j", "--jobs", default=1, type=int, help="worker processes")
    options = parser.parse_args()
    texts = [
        json.loads(line)["text"]
        for path in sorted(SEEDS.glob("policy*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    print(f"{'paragraphs':>12}  {'MB':>7}  {'seconds':>8}  {'a second':>9}")
    peaks = []
    for length in options.lengths:
        args = ["-m", options.model, "-f", options.format, "-j", str(options.jobs)]
        begin = time.perf_counter()
        peaks.append(peak(args, texts, length))
        passed = time.perf_counter() - begin
        print(f"{length:>12,}  {peaks[-1]:>7.1f}  {passed:>8.1f}  {length / passed:>9,.0f}", flush=True)
    print(f"ratio of the last to the first: {peaks[-1] / peaks[0]:.3f}")


def peak(args: list[str], texts: list[str], length: int) -> float:
    """The peak in MB of labelling `length` paragraphs, over and over those of `texts`, each with its number."""
    code = "from topicat.cli.main import run; run()"
    command = [sys.executable, "-c", code, "predict", "-", "--input-format", "jsonl", *args]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    feeder = threading.Thread(target=feed, args=(process.stdin, texts, length))
    feeder.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    feeder.join()
    if process.returncode:
        sys.exit(f"predict ended with {process.returncode}")
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def feed(stream: BinaryIO, texts: list[str], length: int) -> None:
    """Write `length` rows and close."""
    with stream:
        for number, text in zip(range(length), itertools.cycle(texts), strict=False):
            stream.write(json.dumps({"id": number, "text": f"{text} {number}"}, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main()
