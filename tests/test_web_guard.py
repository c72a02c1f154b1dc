"""Foreign pages that make the browser ask this machine."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from topicat.model import Model
from topicat.web.api import api
from topicat.web.server import allowed_hosts


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:80"])
def test_this_machine_may_ask(model: Model, host: str) -> None:
    """By each of its names, with and without port."""
    assert TestClient(api(model)).get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "[::1",
        "",
        "localhost@evil",
        "localhost/item?x=",
        "localhost#",
    ],
)
def test_a_foreign_name_for_this_machine_is_refused(model: Model, host: str) -> None:
    """DNS rebinding: the page's own name stands in Host."""
    answer = TestClient(api(model)).get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert (
        "allowed: 127.0.0.1, ::1, localhost; others by topicat serve --allow-host" in answer.json()["error"]["message"]
    )


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9000", "http://[", "file://"])
def test_a_foreign_page_is_refused(model: Model, origin: str) -> None:
    """A cross-site post, also of a page of another server on this machine."""
    headers = {"Host": "localhost:8000", "Origin": origin}
    answer = TestClient(api(model)).post("/v1/predict", json={"texts": []}, headers=headers)
    assert answer.status_code == 403
    assert f"no requests from pages of '{origin}' here" in answer.json()["error"]["message"]
    headers["Origin"] = "http://localhost:8000"
    assert TestClient(api(model)).post("/v1/predict", json={"texts": []}, headers=headers).status_code == 200


def test_more_names_can_be_allowed(model: Model) -> None:
    """Those of --host and --allow-host; `*` leaves the check to what stands in front."""
    assert allowed_hosts("10.0.0.7", ("topics.example",))[-2:] == ("10.0.0.7", "topics.example")
    client = TestClient(api(model, hosts=allowed_hosts("127.0.0.1", ("topics.example",))))
    assert client.get("/healthz", headers={"Host": "topics.example:443"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 421
    client = TestClient(api(model, hosts=allowed_hosts("0.0.0.0", ("*",))))
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 200
