"""The page's interface: who may ask, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from topicat import taxonomy as taxonomy_of
from topicat.errors import OutputError
from topicat.model import Model
from topicat.reading import make_document
from topicat.workbench.app import application, topic_rows
from topicat.workbench.labels_file import LabelsFile
from topicat.workbench.session import Session
from topicat.workbench.trainer import Trainer

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> 草莓"


@pytest.fixture
def session(model: Model, tmp_path: Path) -> Iterator[Session]:
    """A coder on three paragraphs."""
    paragraphs = make_document("a.txt", f"果园里的草莓熟了。\n\n{HOSTILE}\n\n铁锹在院子里。").paragraphs
    labels = LabelsFile(tmp_path / "labels.jsonl")
    yield Session(["a.txt"] * 3, paragraphs, model.taxonomy, model, labels, "ada")
    labels.close()


@pytest.fixture
def client(session: Session) -> TestClient:
    """The coder's browser."""
    return TestClient(
        application(session, Trainer(session, [], None), "secret"), base_url="http://127.0.0.1:7000/secret/"
    )


def decide(client: TestClient, **changes: Any) -> Any:
    """Post a decision of what is shown."""
    item = client.get("api/item?window=w").json()["item"]
    body = {"key": item["key"], "kind": "label", "labels": ["tool"], **changes}
    return client.post("api/decide?window=w", json=body)


def test_a_decision_brings_the_next_paragraph(client: TestClient, session: Session) -> None:
    """Until none is left; undo brings the last one back."""
    for left in (2, 1, 0):
        data = decide(client).json()
        assert data["state"]["left"] == left
    assert data["item"] is None
    assert len(session.labels.rows) == 3
    data = client.post("api/undo?window=w", json={}).json()
    assert data["item"]["labels"] == ["tool"]
    assert data["state"]["coded"] == 2


def test_nothing_is_there_without_the_token(session: Session) -> None:
    """Neither page nor interface, whatever else is right."""
    client = TestClient(application(session, Trainer(session, [], None), "secret"), base_url="http://127.0.0.1:7000")
    for path in ("/", "/wrong/", "/api/item", "/wrong/api/item", "/secret", "/secretx/"):
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code == 404, path
        assert "open the address that topicat label printed" in answer.json()["error"]["message"]


def test_foreign_pages_are_turned_away(client: TestClient, session: Session) -> None:
    """By Host, by Origin, and by content types that a form can send; even with the token."""
    assert client.get("", headers={"Host": "evil.example"}).status_code == 421
    for headers, status in (
        ({"Origin": "http://evil.example", "Content-Type": "application/json"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ):
        assert client.post("api/undo?window=w", content="{}", headers=headers).status_code == status
    assert client.get("api/decide?window=w").status_code == 405
    assert session.labels.rows == []
    headers = dict(client.get("").headers)
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"kind": "maybe"}, 422, "'kind' must be label, unsure or skip, found 'maybe'"),
        ({"labels": "tool"}, 422, "a decision is {key"),
        ({"labels": [1]}, 422, "a decision is {key"),
        ({"key": None}, 422, "a decision is {key"),
        ({"key": "x"}, 422, "no paragraph 'x' in this corpus"),
        ({"labels": ["tools"]}, 422, "did you mean 'tool'?"),
    ],
)
def test_what_is_no_decision_is_refused(
    client: TestClient, session: Session, changes: dict[str, Any], status: int, message: str
) -> None:
    """With a sentence, and nothing is saved."""
    answer = decide(client, **changes)
    assert answer.status_code == status
    assert message in answer.json()["error"]["message"]
    assert session.labels.rows == []


def test_bodies_that_are_no_json_or_too_large(client: TestClient) -> None:
    """400, 413, 422."""
    for body, status in (("{", 400), ("[" * 5000, 400), ("[]", 422), (" " * (1 << 20) + "{}", 413)):
        answer = client.post("api/decide", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status


def test_the_second_window_and_a_full_disk_are_told(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 to who comes second, 507 when nothing can be written."""
    item = client.get("api/item?window=w").json()["item"]
    assert decide(client).status_code == 200
    answer = client.post("api/decide?window=v", json={"key": item["key"], "kind": "label", "labels": []})
    assert answer.status_code == 409

    def full(*args: Any) -> None:
        raise OutputError("labels.jsonl: not saved: No space left on device")

    monkeypatch.setattr(session.labels, "add", full)
    answer = decide(client)
    assert answer.status_code == 507
    assert "not saved" in answer.json()["error"]["message"]


def test_the_page_escapes_and_knows_each_topic(client: TestClient) -> None:
    """Topics with keys and definitions; no text of the corpus stands in the page itself."""
    html = client.get("").text
    assert "alert(1)" not in html
    assert 'data-t="fruit.berry" data-key="a"' in html
    assert "Fruit of all kinds." in html
    assert "connect-src 'self'" in html.replace("&#39;", "'")


def test_each_topic_has_a_key_of_its_own() -> None:
    """Digits at the top, letters below, none of the page's own."""
    for name in ("policy", "cap", "sdg"):
        rows = topic_rows(taxonomy_of(name), "en")
        keys = [row["key"] for row in rows if row["key"]]
        assert len(keys) == len(set(keys)) == len(rows)
        assert not set(keys) & set("nuszk")
    assert [row["key"] for row in topic_rows(taxonomy_of("policy"), "en") if not row["sub"]] == list("12345")
