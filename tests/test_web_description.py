"""The OpenAPI description."""

from __future__ import annotations

from openapi_spec_validator import validate

from topicat.model import Model
from topicat.web.api import PATHS
from topicat.web.description import describe


def test_it_is_valid_and_has_every_path(model: Model) -> None:
    """By the OpenAPI initiative's own schema; paths and methods are those that are answered."""
    found = describe(model, 10, 1000)
    validate(found)
    assert {path: [m.upper() for m in methods] for path, methods in found["paths"].items()} == {
        path: [method] for path, (method, _) in PATHS.items()
    }
