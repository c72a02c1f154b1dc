"""A plugin of topicat about harbours."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder with taxonomies/, seeds/ and, once one is trained, models/."""
    return Path(__file__).parent
