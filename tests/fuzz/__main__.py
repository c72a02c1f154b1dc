"""Fuzzes every door in turn, for as long as it is told, and prints how many inputs each took and what was found.

    pip install '.[test,fuzz]'
    cd tests && python -m fuzz --minutes 60 [--corpus FOLDER] [DOOR]...

Inputs that reach new code are kept in the corpus, and those that fail in its folder ``finds``, each to become a test.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from fuzz.doors import DOORS

_LIMITS = (
    "-timeout=60",
    "-rss_limit_mb=3000",
    "-max_len=20000",
    "-len_control=20",
    "-print_final_stats=1",
    "-verbosity=1",
)
_RUNS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)|^#(\d+)\t", re.M)


def main() -> int:
    """Exit code 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("doors", nargs="*", metavar="DOOR", help=", ".join(DOORS))
    parser.add_argument("--minutes", type=float, default=60.0, help="for all doors together")
    parser.add_argument("--corpus", type=Path, default=Path(__file__).with_name("corpus"))
    args = parser.parse_args()
    if unknown := set(args.doors) - set(DOORS):
        parser.error(f"no such door: {', '.join(sorted(unknown))}; there is: {', '.join(DOORS)}")
    doors = args.doors or list(DOORS)
    total = failed = 0
    for name in doors:
        runs, finds = fuzz(name, args.corpus, 60 * args.minutes / len(doors))
        total, failed = total + runs, failed + len(finds)
        print(f"{name:<24} {runs:>10,} inputs  {len(finds)} finds  {' '.join(finds)}", flush=True)
    print(f"{'all':<24} {total:>10,} inputs  {failed} finds")
    return 1 if failed else 0


def fuzz(name: str, corpus: Path, seconds: float) -> tuple[int, list[str]]:
    """Enters one door for so long, again after each find; the inputs it took, and the files of the finds."""
    own, finds = corpus / name, corpus / "finds"
    own.mkdir(parents=True, exist_ok=True)
    finds.mkdir(exist_ok=True)
    for number, seed in enumerate(DOORS[name].seeds()):
        (own / f"seed-{number}").write_bytes(seed)
    before = set(finds.iterdir())
    end = time.monotonic() + seconds
    runs = 0
    while (left := end - time.monotonic()) > 1 and len(set(finds.iterdir()) - before) < 20:
        limits = (*_LIMITS, f"-max_total_time={int(left) or 1}", f"-artifact_prefix={finds}/{name}-")
        command = [sys.executable, "-m", "fuzz.one", name, *limits, str(own)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        runs += max((int(a or b) for a, b in _RUNS.findall(done.stderr)), default=0)
        new = set(finds.iterdir()) - before
        if done.returncode and not new:
            raise SystemExit(f"{name}: the fuzzer did not run:\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
        for path in new:
            log = path.with_suffix(".log")
            if path.suffix != ".log" and not log.exists():
                log.write_text(done.stderr[-4000:] + done.stdout[-4000:])
    return runs, sorted(str(path) for path in set(finds.iterdir()) - before if path.suffix != ".log")


if __name__ == "__main__":
    sys.exit(main())
