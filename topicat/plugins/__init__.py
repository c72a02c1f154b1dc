"""The built-in taxonomies, tokenizers and readers; they come in by the entry points in pyproject.toml."""
