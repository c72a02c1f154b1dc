"""Dictionaries of quanteda, newsmap, Lexicoder and LIWC, and Annif's vocabularies, as their tools write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from topicat.cues import Cues
from topicat.errors import TaxonomyError
from topicat.folding import fold
from topicat.formats import FORMATS, read_taxonomy, write_taxonomy
from topicat.formats.format import Options
from topicat.lost import Lost
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import parse_taxonomy

NEWSMAP = Path(__file__).with_name("newsmap_zh.yml")


def read(form: str, text: str, **options: str) -> tuple[Taxonomy, list[Lost]]:
    """The taxonomy in `text`, and what was lost."""
    return FORMATS[form].read(text, "x", Options(id="x", **options))


def refused(form: str, text: str) -> str:
    """The message that refuses `text`."""
    with pytest.raises(TaxonomyError) as caught:
        read(form, text)
    return str(caught.value)


def topics(taxonomy: Taxonomy) -> dict[str, dict[str, tuple[str, ...]]]:
    """The keywords of every topic by path."""
    return {topic.path: dict(topic.keywords) for topic in taxonomy.walk()}


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("印度尼西亚总统访问雅加达郊区。", ["ID"]),
        ("印度外长抵达印度尼西亚。", ["ID", "IN"]),
        ("内蒙古的草原今年返青较早。", ["CN"]),
        ("蒙古国总理从内蒙古过境。", ["CN", "MN"]),
        ("刚果（金）政府军同武装组织交火。", ["CD"]),
        ("刚果(布)总统会见刚果（金）代表。", ["CD", "CG"]),
        ("几内亚比绍举行选举，巴布亚新几内亚没有。", ["GW", "PG"]),
        ("南苏丹和苏丹恢复谈判。", ["SD", "SS"]),
        ("挪威宣布减产。", ["NO"]),
    ],
)
def test_the_longest_country_wins(text: str, countries: list[str]) -> None:
    """A newsmap dictionary labels by the longest match once it is a taxonomy, in full-width brackets or half."""
    taxonomy, lost = read_taxonomy(NEWSMAP)
    assert lost == []
    cues = Cues(taxonomy)
    found = {path.rsplit(".", 1)[-1] for cue in cues.find(text, fold(text)).cue for path in cues.cues[cue].topics}
    assert sorted(found) == countries


def test_newsmap_keys_stay_what_they_are() -> None:
    """NO is Norway, a region is a topic, and the language is Chinese."""
    taxonomy, _ = read_taxonomy(NEWSMAP)
    assert taxonomy["EUROPE.NORTH.NO"].keywords == {"zh": ("挪威*", "奥斯陆")}
    assert (taxonomy.id, taxonomy.languages, taxonomy.roots) == (
        "newsmap_zh",
        ("zh",),
        ("AFRICA", "ASIA", "EUROPE", "OCEANIA"),
    )


def test_quanteda_mixes_words_and_keys_in_two_ways() -> None:
    """Words in one list with the keys, or under the key __; a single word needs no list."""
    one, _ = read("quanteda", "eu:\n- europe\n- sub:\n  - brussels\n  - 2: [x]\nalone: word\n")
    two, _ = read("quanteda", "eu:\n  sub:\n    __: brussels\n    2: [x]\n  '': [europe]\nalone: [word]\n")
    assert (
        topics(one)
        == topics(two)
        == {
            "eu": {"en": ("europe",)},
            "eu.sub": {"en": ("brussels",)},
            "eu.sub.2": {"en": ("x",)},
            "alone": {"en": ("word",)},
        }
    )


def test_quanteda_names_that_are_no_ids_become_labels() -> None:
    """Whatever stands in a key is kept; words are taken as written, `no` and 1e3 too."""
    taxonomy, lost = read("quanteda", "Foreign Affairs: [no, 1e3, ~, 条约]\n'Foreign-Affairs': [treat?, '...', a]\n")
    assert {topic.id: dict(topic.label) for topic in taxonomy.walk()} == {
        "Foreign-Affairs": {"en": "Foreign Affairs"},
        "Foreign-Affairs-2": {"en": "Foreign-Affairs"},
    }
    assert taxonomy["Foreign-Affairs"].keywords == {"en": ("no", "1e3"), "zh": ("条约",)}
    assert [(item.where, item.value) for item in lost] == [
        ("Foreign-Affairs-2", "treat?"),
        ("Foreign-Affairs-2", "..."),
    ]


def test_a_language_that_is_stated_is_not_guessed() -> None:
    """Kazakh in Cyrillic would pass for Russian."""
    taxonomy, _ = read("quanteda", "energy: [мұнай, газ]\n", lang="kk")
    assert (taxonomy.languages, taxonomy["energy"].keywords) == (("kk",), {"kk": ("мұнай", "газ")})


def test_one_language_can_be_written_alone(garden: Taxonomy) -> None:
    """The other's words are listed as lost."""
    text, lost = write_taxonomy(garden, "quanteda", Options(id="garden", only="zh"))
    assert "苹果" in text
    assert "apple" not in text
    assert Lost("fruit", "keywords.en", ["fruit*", "apple*", "orchard*"]) in lost
    assert not [item for item in lost if item.what == "keywords.zh"]


def test_quanteda_is_written_as_it_writes_itself(garden: Taxonomy) -> None:
    """Nested keys, and under __ the words of a key that has keys below it."""
    text, _ = write_taxonomy(garden, "quanteda", Options(id="garden", only="en"))
    assert text == (
        "fruit:\n  berry:\n  - berr*\n  - strawberr*\n  citrus:\n  - lemon*\n  - orange*\n"
        "  __:\n  - fruit*\n  - apple*\n  - orchard*\n"
        "tool:\n- spade*\n- rake*\n- tool*\nanimal:\n- hen*\n- goat*\n- animal*\n"
    )


def test_lexicoder_xml() -> None:
    """Nodes and patterns, blanks at their ends cut off, what is neither is listed."""
    taxonomy, lost = read(
        "lexicoder",
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<dictionary style="Lexicoder" name="agendas">'
        '<pnode name="stray"/><cnode name="100"><pnode name=" NBB "></pnode><pnode name="tax &amp; spend"/>'
        '<cnode name="101"><pnode name="rente*"/></cnode><note text="x"/></cnode></dictionary>',
    )
    assert topics(taxonomy) == {"100": {"en": ("NBB", "tax & spend")}, "100.101": {"en": ("rente*",)}}
    assert [(item.where, item.what) for item in lost] == [("100", "<note>"), ("", "words")]


def test_lexicoder_3_lines(garden: Taxonomy) -> None:
    """A plus begins a category; a path with a dot stands below the category that it begins with."""
    taxonomy, _ = read("lexicoder3", "+negative\n a lie\nabandon*\n\n+negative.war\nbomb*\n+a.b\nx\n")
    assert topics(taxonomy) == {
        "negative": {"en": ("a lie", "abandon*")},
        "negative.war": {"en": ("bomb*",)},
        "a-b": {"en": ("x",)},
    }
    assert write_taxonomy(garden, "lexicoder3", Options(only="zh"))[0].startswith(
        "+fruit\n水果\n苹果\n果园\n+fruit.berry\n"
    )


def test_liwc() -> None:
    """Tabs make the tree, a name in brackets is a label, conditional entries and unknown numbers are listed."""
    taxonomy, lost = read(
        "liwc",
        "%\n1\tfunct (Function words)\n\t2\tpronoun\n22\tverbs\n%\nabandon*\t22\t1\nwe all 2\nkind of\t1 22\n"
        "like\t(02 134)125/464\nodd\t9\n",
    )
    assert topics(taxonomy) == {
        "funct": {"en": ("abandon*", "kind of")},
        "funct.pronoun": {"en": ("we all",)},
        "verbs": {"en": ("abandon*", "kind of")},
    }
    assert taxonomy["funct"].label == {"en": "Function words"}
    assert [(item.where, item.value) for item in lost] == [("x:9", "like\t(02 134)125/464"), ("x:10", "odd 9")]


def test_annif_vocabularies() -> None:
    """IRIs, labels, notations; a foreign IRI is kept as a code, one of our own is the path."""
    table = (
        '\ufeffuri,label_fi,label_en,notation,comment\n<http://yso.fi/p1265>,arkeologia,"archaeology, all",55,old\n'
        "http://yso.fi/p1,,,,\nurn:topicat:mine:a.b,,B,,\n"
    )
    taxonomy, lost = read("annif-csv", table)
    assert taxonomy.id == "mine"
    assert taxonomy.paths == ("p1265", "p1", "a", "a.b")
    assert taxonomy["p1265"].label == {"fi": "arkeologia", "en": "archaeology, all"}
    assert taxonomy["p1265"].match == {"notation": "55", "iri": "http://yso.fi/p1265"}
    assert [(item.where, item.what, item.value) for item in lost] == [("x:2", "comment", "old")]
    lines, lost = read("annif-tsv", "<http://yso.fi/p1265>\tarkeologia\t55\nhttp://yso.fi/p1\n", lang="fi")
    assert (lines["p1265"].to_dict(), lost) == (taxonomy["p1265"].to_dict() | {"label": {"fi": "arkeologia"}}, [])


def test_a_topic_without_a_label_is_no_subject_that_annif_has_given_up(garden: Taxonomy) -> None:
    """Annif takes a row without labels as deprecated, so the id stands in, and that is said."""
    text, lost = write_taxonomy(garden, "annif-csv")
    assert "urn:topicat:garden:fruit.berry,berry,,\n" in text
    assert Lost("fruit.berry", "label.en", None, "berry") in lost


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("quanteda", "- a\n- b\n", "x:1:1: no dictionary; it needs keys with lists of words"),
        ("quanteda", "a: [b]\na: [c]\n", "x:2:1: duplicate key 'a'; remove or rename one"),
        ("quanteda", "? [a]\n: [c]\n", "x:1:3: a key must be a word"),
        ("quanteda", "a: &b [c]\nd: *b\n", "x:1:4: anchors and aliases"),
        ("quanteda", "a: {" * 60, "x:1:"),
        ("quanteda", "''\n", "x:1:1: no dictionary"),
        ("quanteda", "'': [a]\n", "x: no category in this dictionary"),
        ("quanteda", "".join(" " * i + f"k{i}:\n" for i in range(30)), "x: topics are nested deeper than 18 levels"),
        ("lexicoder", "<dictionary>", "x:1:13: not valid XML: no element found"),
        ("lexicoder", "<html/>", "x: the XML is <html>, not a <dictionary>"),
        ("lexicoder", "<dictionary/>", "x: no category in this dictionary"),
        ("lexicoder", '<!DOCTYPE d [<!ENTITY a "&b;">]><dictionary/>', "x:1: the XML entity 'a' is nested"),
        (
            "lexicoder",
            "<dictionary>" + '<cnode name="a">' * 3000 + "</cnode>" * 3000 + "</dictionary>",
            "x: topics are nested",
        ),
        ("lexicoder3", "word\n+a\n", "x:1: a word before the first category; categories begin with '+'"),
        ("liwc", "a\t1\n", "x:1: no LIWC dictionary; its categories stand between two lines '%'"),
        ("liwc", "%\na\n%\n", "x:2: expected a number and a name: 'a'"),
        ("liwc", "%\n1\ta\n1\tb\n%\n", "x:3: two categories have this number: '1\tb'"),
        ("liwc", "%\n1\ta\n%\nword\n", "x:4: expected a word and the numbers of its categories, found 'word'"),
        (
            "annif-csv",
            "id,label\n",
            "x:1: an Annif vocabulary has columns uri, label_en, …, notation; found: id, label",
        ),
        ("annif-csv", "uri,label_en\na b,c\n", "x:2: 'a b' is no IRI"),
        ("annif-csv", "uri,label_en\nurn:a,c,d\n", "x:2: 3 cells, but the header has 2"),
        ("annif-csv", 'uri,label_en\nurn:a,"c\n', "x:2: not valid CSV: "),
        ("annif-csv", "uri,label_en\n", "x: no subject in this vocabulary"),
        ("annif-tsv", "<urn:a>\tA\n<urn:a>\tB\n", "x:2: <urn:a> a second time; remove one of the rows"),
    ],
)
def test_what_is_no_dictionary_is_refused(form: str, text: str, message: str) -> None:
    """With the place and what would be right."""
    assert refused(form, text).startswith(message)


def test_as_many_levels_as_a_taxonomy_file_can_have() -> None:
    """Eighteen are read and can be written; nineteen are refused."""
    text = "".join(" " * i + f"k{i}:\n" for i in range(17))
    taxonomy, _ = read("quanteda", text + " " * 17 + "k17: [word]\n")
    again, lost = write_taxonomy(taxonomy, "topicat")
    assert (parse_taxonomy(again), lost) == (taxonomy, [])
    assert refused("quanteda", text + " " * 17 + "k17:\n" + " " * 18 + "k18: [word]\n").endswith(
        "topics are nested deeper than 18 levels, at 'k18'; leave levels out"
    )
