"""How the site is built: `sphinx-build -W docs site`."""

from __future__ import annotations

import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

import topicat

project = "topicat"
author = "the authors of topicat"
release = version = topicat.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "schema_page"]

html_theme = "furo"
html_title = "topicat"
html_copy_source = html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}

exclude_patterns = ["_build", "extensions"]
suppress_warnings = ["misc.highlighting_failure"]  # diagnostics.md shows YAML that is wrong on purpose
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
# Names in single backticks are code; those of the API become links to it.
default_role = "py:obj"
smartquotes = False  # commands and options are quoted as they are typed
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_google_docstring = False
napoleon_use_ivar = True

# The READMEs stand outside this folder and are included in pages of it.
_README = {"README": "index", "README.zh": "readme.zh"}


def _link_to_readmes(app: Sphinx, tree: nodes.document) -> None:
    for link in tree.findall(pending_xref):
        name = link["reftarget"].removeprefix("../").removesuffix(".md")
        link["reftarget"] = _README.get(name, link["reftarget"])


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("doctree-read", _link_to_readmes)
