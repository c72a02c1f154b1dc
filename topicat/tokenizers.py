"""Tokenizers: text to words. They come in by name; `topicat/plugins/tokenizers.py` has the built-in ones."""

from __future__ import annotations

from collections.abc import Callable

Tokenizer = Callable[[str], list[str]]
"""Cuts a folded text into pieces that joined give the text again, nothing left out."""
