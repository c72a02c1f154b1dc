"""The interface for programs: what it answers, what it refuses, what it counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result
from starlette.testclient import TestClient

from topicat.model import Model
from topicat.store import save_model
from topicat.web.api import Limits, api

TEXTS = ["果园里的草莓熟了。\n\n铁锹和山羊都在院子里。", "", "双方互致问候。"]
Body = str | bytes


@pytest.fixture
def client(model: Model) -> Iterator[TestClient]:
    """Asks an interface to the garden's model, as a program on the same machine would."""
    with TestClient(api(model, limits=Limits(texts=4, body=2000)), base_url="http://localhost:8000") as found:
        yield found


def post(client: TestClient, body: Body, kind: str = "application/json", path: str = "/v1/predict") -> Any:
    """The answer to a body of that content type."""
    return client.post(path, content=body, headers={"Content-Type": kind})


def test_a_list_of_records_for_each_text(client: TestClient, model: Model) -> None:
    """Records have the form of the description; an empty text has none; a text of two paragraphs has two."""
    answer = client.post("/v1/predict", json={"texts": TEXTS, "evidence": True})
    assert answer.status_code == 200
    data = answer.json()
    document = client.get("/openapi.json").json()
    [schema] = [document["paths"]["/v1/predict"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]]
    jsonschema.validate(data, {**schema, "components": document["components"]})
    [first, empty, last] = data["predictions"]
    assert [row["paragraph"] for row in first] == [1, 2]
    assert empty == []
    said = model.predict([row["text"] for row in (*first, *last)])
    assert [[t["topic"] for t in row["topics"]] for row in (*first, *last)] == [list(p.labels) for p in said]
    [found] = [e for t in first[0]["topics"] if t["topic"] == "fruit" for e in t["evidence"] if e["text"] == "草莓"]
    assert TEXTS[0][found["start"] : found["end"]] == "草莓"


def test_json_lines_come_back_as_predict_writes_them(
    client: TestClient, model: Model, tmp_path: Path, cli: Callable[..., Result]
) -> None:
    """Byte for byte the output of `topicat predict -f jsonl` of the same rows."""
    rows = [{"text": TEXTS[0], "id": "a"}, {"text": TEXTS[2]}]
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    answer = post(client, body.encode(), "application/x-ndjson; charset=utf-8")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    save_model(model, tmp_path / "garden")
    (tmp_path / "rows.jsonl").write_text(body, "utf-8")
    assert answer.text == cli("predict", tmp_path / "rows.jsonl", "-m", tmp_path / "garden", "-f", "jsonl").stdout


@pytest.mark.parametrize(
    ("body", "kind", "status", "message"),
    [
        ("{", "application/json", 400, "the body is not JSON: Expecting"),
        (b"\xff\xfe\xfd", "application/json", 400, "the body is not JSON"),
        ("[" * 900 + "]" * 900, "application/json", 422, "the body must be an object"),
        ("[1, 2]", "application/json", 422, 'the body must be an object like {"texts": ["…"]}, found [1, 2]'),
        ("{}", "application/json", 422, 'the key \'texts\' is missing; send {"texts": ["…"]}'),
        ('{"text": ["x"]}', "application/json", 422, "unknown key 'text'; did you mean 'texts'?"),
        ('{"texts": "x"}', "application/json", 422, "'texts' must be a list of texts, found \"x\""),
        ('{"texts": ["x", 7]}', "application/json", 422, "text 2 must be text, found 7"),
        ('{"texts": [], "evidence": 1}', "application/json", 422, "'evidence' must be true or false, found 1"),
        ('{"texts": ["", "", "", "", ""]}', "application/json", 413, "5 texts: at most 4 in one request"),
        (json.dumps({"texts": ["x" * 3000]}), "application/json", 413, "over 2,000 bytes in one request; send several"),
        ("texts=x", "application/x-www-form-urlencoded", 415, "send application/json or application/x-ndjson"),
        ("{}", "", 415, "content type ''"),
        ('{"text": 1}', "application/x-ndjson", 400, "the body:1: "),
        ('{"text": "x"}\n{"text": "y"', "application/x-ndjson", 400, "the body:2:"),
        ("", "application/x-ndjson", 400, "the body"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused(
    client: TestClient, body: Body, kind: str, status: int, message: str
) -> None:
    """A status, and a sentence that names what is wrong and what is right; never a traceback."""
    answer = post(client, body, kind)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["status"] == status
    assert message in error["message"]
    assert client.get("/healthz").json() == {"status": "ok"}


def test_deep_nesting_and_half_characters_do_no_harm(model: Model) -> None:
    """A body of brackets is refused, half a surrogate pair is answered."""
    with TestClient(api(model), base_url="http://localhost") as client:
        answer = post(client, "[" * 200_000)
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, "the body is nested too deeply")
        answer = post(client, '{"texts": ["\\ud83d 草莓"]}')
        assert answer.status_code == 200
        assert "fruit" in answer.text


def test_unknown_paths_and_methods_name_what_there_is(client: TestClient) -> None:
    """404 lists the paths, 405 the method."""
    answer = client.get("/v1/predictions")
    assert answer.status_code == 404
    assert "there is no '/v1/predictions'; there is: /v1/predict, /v1/model" in answer.json()["error"]["message"]
    answer = client.get("/v1/predict")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["error"]["message"] == "/v1/predict takes POST, not GET"


def test_it_says_what_it_predicts_with(client: TestClient, model: Model) -> None:
    """Topics, thresholds and fingerprints of the model; the taxonomy as in its file."""
    facts = client.get("/v1/model").json()
    assert facts["topics"] == list(model.topics)
    assert set(facts["thresholds"]) == set(model.topics)
    assert facts["taxonomy"]["fingerprint"] == model.taxonomy.fingerprint
    assert client.get("/v1/taxonomy").json() == model.taxonomy.to_dict()


def test_an_answer_that_takes_too_long_is_given_up(model: Model) -> None:
    """503 after the time that is allowed, and the next request is answered."""
    with TestClient(api(model, limits=Limits(seconds=1e-9)), base_url="http://localhost") as client:
        answer = client.post("/v1/predict", json={"texts": TEXTS})
        assert answer.status_code in (408, 503)
        assert "within 1e-09 s" in answer.json()["error"]["message"]
        assert client.get("/healthz").status_code == 200


def test_who_would_wait_too_long_is_turned_away(model: Model) -> None:
    """With one worker and no place to wait, a second request under way gets 503 and a time to come back."""
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Model):
        """A model that waits until it is told to go on."""

        def _predict(self, texts: Any, evidence: bool) -> Any:
            if texts != ["。"]:
                begun.set()
                assert go_on.wait(60)
            return super()._predict(texts, evidence)

    slow = Slow(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    app = api(slow, limits=Limits(workers=1, waiting=0))
    with TestClient(app, base_url="http://localhost") as client:
        answers: list[int] = []
        ask = threading.Thread(
            target=lambda: answers.append(client.post("/v1/predict", json={"texts": ["草莓"]}).status_code)
        )
        ask.start()
        assert begun.wait(60)
        refused = client.post("/v1/predict", json={"texts": ["草莓"]})
        go_on.set()
        ask.join(60)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert answers == [200]


def test_everything_is_counted(client: TestClient) -> None:
    """Requests by path and status, texts, paragraphs and topics; foreign paths make no new series."""
    client.post("/v1/predict", json={"texts": TEXTS})
    post(client, "{")
    client.get("/a")
    client.get("/b")
    client.get("/healthz", headers={"Host": "evil.example"})
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    for line in (
        'topicat_requests_total{method="POST",path="/v1/predict",status="200"} 1.0',
        'topicat_requests_total{method="POST",path="/v1/predict",status="400"} 1.0',
        'topicat_requests_total{method="GET",path="other",status="404"} 2.0',
        'topicat_requests_total{method="GET",path="/healthz",status="421"} 1.0',
        "topicat_texts_total 3.0",
        "topicat_paragraphs_total 3.0",
        'topicat_topics_total{topic="fruit"} 1.0',
        'topicat_request_seconds_count{path="/v1/predict"} 2.0',
        "topicat_requests_running 1.0",
    ):
        assert line in lines
    assert "/a" not in answer.text
