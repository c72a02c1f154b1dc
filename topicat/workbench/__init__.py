"""The workbench: a page on which a person codes paragraphs, while the model learns from what was coded."""

from topicat.errors import MissingPackageError

try:
    import filelock  # noqa: F401
    import starlette  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError as error:
    raise MissingPackageError(
        "coding paragraphs needs starlette, uvicorn and filelock; install them with: pip install 'topicat[label]'"
    ) from error
