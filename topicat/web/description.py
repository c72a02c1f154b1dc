"""The OpenAPI description of the interface for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topicat import __version__

if TYPE_CHECKING:
    from topicat.model import Model

JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")
"""Content types of JSON Lines; the first is what we send."""


def describe(model: Model, most_texts: int, most_bytes: int) -> dict[str, Any]:
    """The OpenAPI 3.1 description of an interface to `model` with those limits."""
    roots = [topic for head in model.heads if not head.parent for topic in head.topics]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"topicat: {model.taxonomy.id} {model.taxonomy.version}",
            "version": __version__,
            "description": f"Topics of paragraphs. At most {most_texts:,} texts and {most_bytes:,} bytes a request.",
        },
        "paths": {
            "/v1/predict": {"post": _predict(most_texts)},
            "/v1/model": {"get": _get("What the model is and what it learned from.", "object")},
            "/v1/taxonomy": {"get": _get("The taxonomy, in the shape of its YAML file.", "object")},
            "/healthz": {"get": _get("That the server is there.", "object")},
            "/openapi.json": {"get": _get("This description.", "object")},
            "/metrics": {"get": _get("Counters in Prometheus's text format.", "string", "text/plain")},
        },
        "components": {"schemas": _schemas(list(model.topics), roots)},
    }


def _get(what: str, kind: str, media: str = "application/json") -> dict[str, Any]:
    return {
        "summary": what,
        "responses": {"200": {"description": what, "content": {media: {"schema": {"type": kind}}}}},
    }


def _predict(most_texts: int) -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}, "maxItems": most_texts}
    request = {
        "type": "object",
        "properties": {"texts": texts, "evidence": {"type": "boolean", "default": False}},
        "required": ["texts"],
        "additionalProperties": False,
        "examples": [{"texts": ["双方商定扩大天然气供应。"]}],
    }
    answer = {
        "type": "object",
        "properties": {"predictions": {"type": "array", "items": {"type": "array", "items": _ref("Record")}}},
        "required": ["predictions"],
    }
    refusals = {
        "400": "The body is no JSON, or broke off.",
        "403": "A page of another site asked.",
        "408": "The body did not arrive in time.",
        "413": "Too many bytes or texts.",
        "415": "Another content type.",
        "421": "Another host name.",
        "422": "JSON of another shape.",
        "503": "Too many requests wait, or this one took too long.",
    }
    return {
        "summary": "The topics of each paragraph of each text.",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": request},
                JSON_LINES[0]: {"schema": {"type": "string", "description": 'A line {"text": …, "id"?: …} a text.'}},
            },
        },
        "responses": {
            "200": {
                "description": "A list of records for each text; of JSON Lines, a line for each record.",
                "content": {
                    "application/json": {"schema": answer},
                    JSON_LINES[0]: {"schema": {"type": "string"}},
                },
            },
            **{
                status: {"description": what, "content": {"application/json": {"schema": _ref("Error")}}}
                for status, what in refusals.items()
            },
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _schemas(topics: list[str], roots: list[str]) -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0}
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    topic = _object(topic={"type": "string", "enum": topics}, probability=probability)
    topic["properties"]["evidence"] = {"type": "array", "items": _ref("Evidence")}
    return {
        "Record": _object(
            document={**text, "description": "The row's id, else the number of the text from 1."},
            date={"type": ["string", "null"], "description": "YYYY-MM-DD, if the text opens with its date."},
            paragraph={**number, "description": "From 1."},
            start={**number, "description": "In characters of the text."},
            end=number,
            text=text,
            topics={"type": "array", "items": _ref("Topic"), "description": "Those assigned, best first."},
            probabilities=_object(**dict.fromkeys(roots, probability)),
        ),
        "Topic": topic,
        "Evidence": _object(text=text, start=number, end=number, weight={"type": "number"}),
        "Error": _object(error=_object(status={"type": "integer"}, message=text)),
    }
