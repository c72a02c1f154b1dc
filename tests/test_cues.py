"""Keyword matching: longest match, exclusions, word boundaries, capitals, folding."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.cues import Cue, Cues
from topicat.folding import fold
from topicat.taxonomy import Taxonomy


def find(topics: dict[str, Any], text: str) -> list[tuple[str, str]]:
    """The matched text and the first topic of each match."""
    cues = Cues(Taxonomy.from_dict({"taxonomy": "t", "topics": topics}))
    found = cues.find(text, fold(text))
    spans = zip(found.cue.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    return [(text[s:e], cues.cues[c].topics[0]) for c, s, e in spans]


COUNTRIES = {
    "india": {"keywords": {"zh": ["印度"]}},
    "indonesia": {"keywords": {"zh": ["印度尼西亚"]}},
    "mongolia": {"keywords": {"zh": ["蒙古*"]}, "not_keywords": {"zh": ["内蒙古"]}},
    "congo": {"keywords": {"zh": ["刚果（金）"]}},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("印度尼西亚和印度", [("印度尼西亚", "indonesia"), ("印度", "india")]),
        ("内蒙古的草原", []),
        ("蒙古国的草原", [("蒙古", "mongolia")]),
        ("刚果(金)与刚果（金）", [("刚果(金)", "congo"), ("刚果（金）", "congo")]),
        ("", []),
    ],
)
def test_the_longest_han_keyword_wins(text: str, expected: list[tuple[str, str]]) -> None:
    """印度 does not fire in 印度尼西亚, nor 蒙古 in 内蒙古; widths are folded."""
    assert find(COUNTRIES, text) == expected


def test_a_counter_keyword_silences_only_its_own_topics() -> None:
    """粮食安全 is not security, and is still about 粮食."""
    topics = {
        "security": {"keywords": {"zh": ["安全"]}, "not_keywords": {"zh": ["粮食安全"]}},
        "food": {"keywords": {"zh": ["粮食"]}},
    }
    assert find(topics, "保障粮食安全和边境安全") == [("粮食", "food"), ("安全", "security")]


def test_a_counter_keyword_of_words_silences_only_its_own_topics() -> None:
    """The same for alphabetic keywords with stars."""
    topics = {
        "energy": {"keywords": {"en": ["energ*"]}, "not_keywords": {"en": ["energ* drink*"]}},
        "food": {"keywords": {"en": ["drink*"]}},
    }
    for order in (topics, dict(reversed(topics.items()))):
        assert find(order, "Energy drinks cost energy.") == [("drinks", "food"), ("energy", "energy")]


@pytest.mark.parametrize(
    ("keyword", "text", "hits"),
    [
        ("pipeline*", "Two PIPELINES and a pipeline.", ["PIPELINES", "pipeline"]),
        ("gas", "gasoline, gas-fired, gas", ["gas", "gas"]),
        ("natural gas", "natural  gas and natural-gas", ["natural  gas", "natural-gas"]),
        ("железн* дорог*", "на железной дороге, железная руда", ["железной дороге"]),
        ("*станци*", "электростанция и станция", ["электростанция", "станция"]),
        ("IT", "IT is it", ["IT"]),
        ("AI", "发展AI技术和AIDS", ["AI"]),
        ("5G网络", "５Ｇ網絡建設", ["５Ｇ網絡"]),
        ("ёлка", "ЕЛКА", ["ЕЛКА"]),
        ("能源安全", "能源安全", ["能源安全"]),
        ("IT", "it", []),
        ("IT", "ITS", []),
        ("gas", "agas", []),
        ("natural gas", "naturalgas", []),
        ("natural gas", "natural, gas", []),
        ("natural gas", "natural oil", []),
        ("natural gas", "natural gases", []),
        ("n*l gas", "natural oil", []),
        ("n*l gas", "naturals gas", []),
        ("liquefied natural gas", "liquefied  natural-gas", ["liquefied  natural-gas"]),
        ("*станци*", "— электростанция", ["электростанция"]),
        ("*станци*", "это: электростанция", ["электростанция"]),
    ],
)
def test_words_match_whole_and_stars_stand_for_letters(keyword: str, text: str, hits: list[str]) -> None:
    """Boundaries, stars, hyphens, capitals, full-width and traditional forms."""
    assert [word for word, _ in find({"t": {"keywords": {"x": [keyword]}}}, text)] == hits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新粮食安全网", [("粮食安全", "both")]),
        ("新粮食网", [("粮食", "food"), ("网", "net")]),
        ("粮食，新粮食安全网，网", [("粮食", "food"), ("粮食安全", "both"), ("网", "net")]),
    ],
)
def test_inside_a_counter_keyword_the_longest_of_the_others_wins(text: str, expected: list[tuple[str, str]]) -> None:
    """Leftmost, then longest, wherever in it they stand, and whichever topic comes first in the taxonomy."""
    topics = {
        "food": {"keywords": {"zh": ["粮食", "食"]}},
        "net": {"keywords": {"zh": ["网", "食安", "新粮"]}, "not_keywords": {"zh": ["新粮食安全网"]}},
        "both": {"keywords": {"zh": ["粮食安全", "粮食安", "新粮"]}, "not_keywords": {"zh": ["新粮食网"]}},
    }
    assert find(topics, text) == expected


def test_inside_a_counter_keyword_of_words_the_longest_of_the_others_wins() -> None:
    """Also one that begins where it begins; and what stood before it in the text stays."""
    topics = {
        "energy": {"keywords": {"en": ["energ*", "green energy"]}},
        "food": {"keywords": {"en": ["drink*"]}, "not_keywords": {"en": ["green energy drink*"]}},
    }
    found = find(topics, "Drinks: a green energy drink, a drink, energy")
    assert found == [("Drinks", "food"), ("green energy", "energy"), ("drink", "food"), ("energy", "energy")]


def test_keywords_with_one_beginning_are_each_looked_for() -> None:
    """With a star in front and without; one of stars or blanks alone matches nothing and is in no other's way."""
    topics = {
        "gas": {"keywords": {"en": ["  ", "*", "gas", "gas pipe"]}},
        "any": {"keywords": {"en": ["*gas"]}},
        "two": {"keywords": {"en": ["gas*"]}},
    }
    assert find(topics, "biogas, gas pipe, gasoline, *") == [
        ("biogas", "any"),
        ("gas pipe", "gas"),
        ("gasoline", "two"),
    ]


def test_matches_come_in_the_order_of_the_text() -> None:
    """By where they begin; of two scripts that begin together the one with Han characters comes first."""
    topics = {"word": {"keywords": {"en": ["ai"]}}, "han": {"keywords": {"zh": ["网AI技术", "AI网"]}}}
    assert find(topics, "网AI技术") == [("网AI技术", "han"), ("AI", "word")]
    assert find(topics, "AI网，" * 40) == [("AI网", "han"), ("AI", "word")] * 40


def test_one_keyword_may_speak_for_two_topics() -> None:
    """Both topics are in the cue, in the language where it stands first."""
    cues = Cues(
        Taxonomy.from_dict(
            {
                "taxonomy": "t",
                "topics": {
                    "a": {"keywords": {"zh": ["水电"], "en": ["ИТ"]}},
                    "b": {"keywords": {"ru": ["ИТ", "水电"]}},
                },
            }
        )
    )
    assert cues.cues == (Cue("水电", ("a", "b"), "zh"), Cue("ИТ", ("a", "b"), "en"))


@given(st.text("ab*-", min_size=1, max_size=6), st.text("ab- ", max_size=12))
def test_stars_stand_for_any_letters(keyword: str, text: str) -> None:
    """A keyword fires where a pattern that tries every possibility finds its words, each from where it begins."""
    if not keyword.replace("*", "").strip("-"):
        return
    one = re.compile(r"(?<![ab])" + re.escape(keyword).replace(r"\*", "[ab]*") + "(?![ab])")
    assert bool(find({"x": {"keywords": {"en": [keyword]}}}, text)) == bool(one.search(text))


@pytest.mark.parametrize(
    ("keyword", "text", "count"),
    [
        ("a*a*a*a*a*a*a*a*a*a*a*b", "a" * 5_000, 0),
        ("*a*a*a*a*a*a*a*a*b", "a" * 100_000, 0),
        ("*a", "a" * 200_000, 1),
        ("a*", "a " * 100_000, 100_000),
        ("*a b*", "a" * 100_000 + " b" * 1000, 1),
    ],
    ids=["stars", "stars-in-front", "one-word", "words", "two-words"],
)
def test_no_keyword_takes_for_ever(keyword: str, text: str, count: int) -> None:
    """Stars in a row are where patterns explode, and a word as long as a page where they are tried again and again."""
    assert len(find({"x": {"keywords": {"en": [keyword]}}}, text)) == count
