"""Answers that say what was wrong with a request, all in one form: ``{"error": {"status": …, "message": …}}``."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse


class Refusal(HTTPException):
    """A request that is refused with an HTTP status and a sentence that names the way out."""


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a request that is refused."""
    return JSONResponse({"error": {"status": status, "message": message}}, status, headers)
