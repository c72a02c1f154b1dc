"""Where the bundled taxonomies, seeds and models are: inside an installed package, else beside it."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder that holds ``taxonomies/``, ``seeds/`` and ``models/``."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent
