"""Pages: escaping, the policy that lets nothing out, colours that can be told apart, words in every language."""

from __future__ import annotations

import html
import itertools
import json
import re
from importlib import resources

import numpy as np
import pytest
from numpy.typing import NDArray

from topicat.errors import UsageError
from topicat.page import STRONGEST
from topicat.rendering import COLORS, check_lang, color, percent, render, spoken, wording
from topicat.taxonomy import Taxonomy

TEMPLATES = resources.files("topicat") / "templates"
STYLE = (TEMPLATES / "style.css").read_text("utf-8")
HOSTILE = "</script><script>alert('1')</script>\"&amp;"


def card(**values: object) -> str:
    """A page of little more than what is given."""
    empty: dict[str, object] = dict.fromkeys(("errors", "tiles", "uses", "limits", "precision_recall"), ())
    empty |= dict.fromkeys(("scores", "curve_chart", "out_of_fold", "scikit_learn", "reliability"))
    empty |= {"counts": {}, "settings": {}, "thresholds": {}, "facts": [], "notes": [], "data": "", "title": "x"}

    class Empty:
        topics = vocabulary = ()
        taxonomy = Taxonomy("empty")

    return render("card", "en", **(empty | {"model": Empty()} | values))


def test_values_are_escaped() -> None:
    """What looks like markup in a value is text."""
    page = card(title=HOSTILE, notes=["{{ 7 * 7 }}"])
    assert "<script>alert" not in page
    assert "&lt;/script&gt;&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_what_html_cannot_hold_is_replaced() -> None:
    """Control characters and lone surrogates; line breaks and tabs stay."""
    page = card(title="a\x00b\x1bc\ud800d\n\te")
    assert "a\ufffdb\ufffdc\ufffdd\n\te" in page
    page.encode("utf-8")


def test_the_policy_lets_nothing_in_and_nothing_out() -> None:
    """A page without a script allows none; no file of ours names an address."""
    policy = html.unescape(card())
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    for file in TEMPLATES.iterdir():
        assert not re.search(r"https?://", file.read_text("utf-8")), file.name


def test_every_word_is_in_every_language() -> None:
    """English, Chinese and Russian have the same words; another language gets English."""
    words = json.loads((TEMPLATES / "words.json").read_text("utf-8"))
    assert set(words) == {"en", "zh", "ru"}
    for lang in ("zh", "ru"):
        assert set(words[lang]) == set(words["en"])
        for key, text in words["en"].items():
            assert set(re.findall(r"{\w+}", words[lang][key])) == set(re.findall(r"{\w+}", text)), key
    assert spoken("kk") == "en"
    assert wording("kk") == wording("en")


def test_a_language_needs_words_or_labels() -> None:
    """Kazakh labels are welcome, with English words around them; nothing at all is a mistake."""
    check_lang("ru")
    check_lang("kk", ["kk"])
    with pytest.raises(UsageError, match="no words and no labels in language 'kk'; there is: en, ru, zh"):
        check_lang("kk")


def test_certainty_is_not_claimed_by_rounding() -> None:
    """Only 0 and 1 are 0 % and 100 %."""
    assert [percent(p) for p in (0.0, 1e-9, 0.5, 1 - 1e-9, 1.0)] == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]


def test_no_two_of_thirty_two_topics_look_alike() -> None:
    """Colours return with another line."""
    assert len({color(k) for k in range(32)}) == 32
    assert color(COLORS).endswith("u1")


def colors(dark: bool) -> dict[str, NDArray[np.float64]]:
    """Linear RGB of the style sheet's colours, by name."""
    part = STYLE.split("prefers-color-scheme: dark")[1] if dark else STYLE.split("prefers-color-scheme: dark")[0]
    found = {}
    for name, value in re.findall(r"--(\w+): #([0-9a-f]{6})", part):
        found[name] = linear(np.array([int(value[i : i + 2], 16) for i in (0, 2, 4)]) / 255)
    return found


def linear(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB to linear light."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """WCAG's contrast ratio of two linear colours."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted((float(a @ weights), float(b @ weights)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(dark: bool) -> None:
    """Text reads on paper, on panels and on the strongest evidence (4.5); a topic's colour is seen (3)."""
    found = colors(dark)
    for text, ground in itertools.product(("ink", "soft", "link"), ("paper", "panel")):
        assert contrast(found[text], found[ground]) >= 4.5, (text, ground)
    for k in range(COLORS):
        assert contrast(found[f"t{k}"], found["paper"]) >= 3.0, k

        def encoded(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)

        marked = STRONGEST * encoded(found[f"t{k}"]) + (1 - STRONGEST) * encoded(found["paper"])
        assert contrast(found["ink"], linear(marked)) >= 4.5, k


# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE
# TVCG 15(6), 2009: full protanopia, deuteranopia and tritanopia.
DEFICIENT = np.array(
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    ]
)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_told_apart_by_the_colour_blind(dark: bool) -> None:
    """Any two of the eight differ by 24 in CIELAB (2.3 is just noticed), whatever the eye."""
    found = colors(dark)
    for eye in DEFICIENT:
        seen = [lab(np.clip(eye @ found[f"t{k}"], 0, 1)) for k in range(COLORS)]
        for a, b in itertools.combinations(range(COLORS), 2):
            assert np.linalg.norm(seen[a] - seen[b]) >= 24, (a, b)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB of a linear sRGB colour."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ rgb / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
