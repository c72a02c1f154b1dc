"""What topicat offers over HTTP: the interface for programs, and the page on which people code paragraphs."""

from topicat.errors import MissingPackageError

try:
    import prometheus_client  # noqa: F401
    import starlette  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError as error:
    raise MissingPackageError(
        "serving needs starlette, uvicorn and prometheus-client; install them with: pip install 'topicat[serve]'"
    ) from error
