"""`topicat serve` as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from topicat.model import Model
from topicat.store import save_model

RUN = [sys.executable, "-c", "from topicat.cli.main import run; run()"]


@pytest.fixture
def server(model: Model, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server of the garden's model, and its address."""
    save_model(model, tmp_path / "garden")
    command = [*RUN, "serve", "-m", str(tmp_path / "garden"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr
        yield process, process.stderr.readline().split(" at ")[1].split()[0]
        process.kill()


def ask(url: str, body: bytes) -> int:
    """The status of a post."""
    request = urllib.request.Request(f"{url}/v1/predict", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def test_it_answers_until_it_is_interrupted(server: tuple[subprocess.Popen[str], str]) -> None:
    """On loopback; good requests, bad ones and a broken connection; Ctrl-C ends it with exit code 0, silently."""
    process, url = server
    assert url.startswith("http://127.0.0.1:")
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=60) as broken:
        broken.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        broken.sendall(b'Content-Length: 100\r\n\r\n{"te')
    bodies = [json.dumps({"texts": ["草莓熟了。"] * (i % 7)}).encode() for i in range(60)]
    bodies[::10] = [b"{", b"[]", b'{"texts": 1}', b"\xff", b"", b"null"]
    expected = [200] * 60
    expected[::10] = [400, 422, 422, 400, 400, 422]
    assert [ask(url, body) for body in bodies] == expected
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_port_that_is_taken_is_a_message(cli: Callable[..., Result]) -> None:
    """So is an address that this machine does not have."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = subprocess.run(
            [*RUN, "serve", "--port", str(taken.getsockname()[1])], capture_output=True, text=True, check=False
        )
    assert result.returncode == 1
    assert "choose another port with --port" in result.stderr
    assert "Traceback" not in result.stderr
    assert cli("serve", "--port", "70000").exit_code == 2
    assert cli("serve", "-m", "nothing").exception is not None


def test_without_the_extra_it_says_what_to_install() -> None:
    """A missing package is a message that names the extra."""
    code = "import sys; sys.modules['uvicorn'] = None; from topicat.cli.main import run; run()"
    result = subprocess.run([sys.executable, "-c", code, "serve"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "pip install 'topicat[serve]'" in result.stderr
