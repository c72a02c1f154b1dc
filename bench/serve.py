"""What `topicat serve` costs beside `Model.predict`: bulk rate, time for one paragraph, memory over many requests.

Usage: taskset -c 0 python bench/serve.py [MODEL]
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import topicat
from topicat.seeds import read_seeds

BATCH = 256
REQUESTS = 10_000
MALFORMED = (b"{", b"[]", b'{"texts": 7}', b'{"texts": ["a", 1]}', b"\xff")


def ask(connection: http.client.HTTPConnection, body: bytes) -> int:
    """The status of a post, its answer read whole."""
    connection.request("POST", "/v1/predict", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1024


def main(name: str) -> None:
    """Print the figures."""
    texts = [e.text for e in read_seeds(Path(__file__).parents[1] / "seeds" / "policy.zh.jsonl")]
    batches = [texts[i : i + BATCH] for i in range(0, len(texts) - BATCH, BATCH)]
    model = topicat.load(name)
    model.predict(texts[:BATCH])
    start = time.perf_counter()
    for batch in batches:
        model.predict(batch)
    bulk = BATCH * len(batches) / (time.perf_counter() - start)
    print(f"predict, {BATCH} at a time: {bulk:,.0f} paragraphs/s")
    command = [sys.executable, "-c", "from topicat.cli.main import run; run()", "serve", "-m", name, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        port = int(server.stderr.readline().split(" at ")[1].split()[0].rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        bodies = [json.dumps({"texts": batch}).encode() for batch in batches]
        ask(connection, bodies[0])
        start = time.perf_counter()
        for body in bodies:
            ask(connection, body)
        rate = BATCH * len(bodies) / (time.perf_counter() - start)
        print(f"serve, {BATCH} at a time: {rate:,.0f} paragraphs/s, {rate / bulk:.0%}")
        times = []
        for text in texts[:1000]:
            body = json.dumps({"texts": [text]}).encode()
            start = time.perf_counter()
            ask(connection, body)
            times.append(time.perf_counter() - start)
        print(f"one paragraph: median {1000 * statistics.median(times):.1f} ms, "
              f"99th percentile {1000 * statistics.quantiles(times, n=100)[98]:.1f} ms")  # fmt: skip
        found: Counter[int] = Counter()
        before = memory(server.pid)
        for i in range(REQUESTS):
            body = MALFORMED[i // 20 % 5] if i % 20 == 0 else json.dumps({"texts": [texts[i % len(texts)]]}).encode()
            found[ask(connection, body)] += 1
            if i % (REQUESTS // 4) == 0:
                print(f"{i:,} requests: {memory(server.pid):.0f} MB")
        print(
            f"{REQUESTS:,} requests, statuses {dict(found)}: {before:.0f} MB before, {memory(server.pid):.0f} MB after"
        )
        server.terminate()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "policy")
