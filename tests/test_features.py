"""Terms of texts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from topicat.cues import Cues
from topicat.features import KINDS, Extractor, Settings, han_words, hash_terms, scripts_of
from topicat.model import Model
from topicat.plugins.tokenizers import jieba, rjieba
from topicat.taxonomy import Taxonomy
from topicat.vocabulary import Vocabulary

GAS = Taxonomy.from_dict(
    {
        "taxonomy": "t",
        "topics": {"energy": {"keywords": {"en": ["energ*"]}, "topics": {"gas": {"keywords": {"zh": ["天然气"]}}}}},
    }
)


WORDS = Vocabulary.of([hash_terms([("h", "天然气"), ("h", "能源")])])


def terms_of(text: str, **settings: Any) -> list[str]:
    """All terms of one text, as kind and text, sorted."""
    chosen = Settings(**settings)
    extractor = Extractor(chosen, Cues(GAS), han_words([text], [], rjieba(), chosen))
    terms = extractor([text])
    return sorted(extractor.names(terms, np.arange(len(terms.hash))))


def test_han_text_gives_characters_pairs_words_and_cues() -> None:
    """Pairs do not cross punctuation; a cue adds its topic and the topic's parent."""
    assert terms_of("天然气，好") == sorted(
        ["c:天", "c:然", "c:气", "c:好", "c:天然", "c:然气", "h:天然气", "K:天然气", "T:energy", "T:energy.gas"]
    )


def test_han_words_are_those_cut_in_training_and_keywords() -> None:
    """They are found wherever they stand, one inside another too; traditional and full-width forms as well."""
    settings = Settings(parts=(0, 0), han_chars=False, keyword_terms=False, topic_terms=False)
    words = han_words(["发展可再生能源"], ["水能源联盟", "gas", "电"], rjieba(), settings)
    extractor = Extractor(settings, Cues(GAS), words)
    terms = extractor(["加入水能源聯盟，發展可再生能源"])
    assert sorted(extractor.names(terms, np.arange(len(terms.hash)))) == ["h:再生能源", "h:水能源联盟"]
    assert Extractor(settings, Cues(GAS))(["发展可再生能源"]).hash.tolist() == []


def test_every_tokenizer_gives_the_same_han_words() -> None:
    """jieba and rjieba cut alike, so a model does not depend on which is at hand."""
    texts = ["中亚国家讨论跨境河流的水资源分配。", "天然气管道工程开工，海关总署发布数据。"]
    one, two = (han_words(texts, [], tokenizer(), Settings()) for tokenizer in (jieba, rjieba))
    assert one.hashes.tolist() == two.hashes.tolist() != []


def test_alphabetic_text_gives_words_and_parts() -> None:
    """Parts carry the boundary of their word as an underscore."""
    assert terms_of("An oil", parts=(3, 3)) == sorted(["w:an", "w:oil", "b:_an", "b:an_", "b:_oi", "b:oil", "b:il_"])


def test_digits_alone_are_no_terms() -> None:
    """A text of digits and punctuation is silent; letters with digits are a word."""
    assert terms_of("2025, 17 %", parts=(0, 0)) == []
    assert terms_of("G20", parts=(0, 0)) == ["w:g20"]


def test_a_batch_gives_each_text_the_terms_it_has_alone() -> None:
    """Nothing leaks from a text to its neighbour, and sentences are counted over the batch."""
    texts = ["天然气。好！", "", "Energy. Oil", "12"]
    extractor = Extractor(Settings(), Cues(GAS), WORDS)
    batch = extractor(texts)
    owner = batch.text_of_sentence[batch.sentence]
    for number, text in enumerate(texts):
        alone = extractor([text])
        assert sorted(batch.hash[owner == number]) == sorted(alone.hash)
    assert batch.text_of_sentence.tolist() == [0, 0, 1, 2, 2, 3]


def test_a_cue_gives_the_same_terms_whenever_it_fires(garden: Taxonomy) -> None:
    """In a first batch or a later one, beside cues that fired before."""
    texts = ["苹果和锄头。", "goats, 苹果, apples"]
    warm = Extractor(Settings(), Cues(garden))
    for text in (*texts, "".join(texts)):
        cold = Extractor(Settings(), Cues(garden))
        own, fresh = warm([text]), cold([text])
        assert own.hash.tolist() == fresh.hash.tolist()
        numbers = np.arange(len(own.hash))
        assert warm.names(own, numbers) == cold.names(fresh, numbers)
    assert any(KINDS[kind] == "K" for kind in own.kind)


@given(st.lists(st.text(alphabet="天然气能源油abcd ,。. 2Ａё\U00020000", max_size=40), min_size=1, max_size=4))
def test_hashes_equal_those_of_the_terms_themselves(texts: list[str]) -> None:
    """The array arithmetic and `hash_terms` agree, and every span stands in its text."""
    extractor = Extractor(Settings(parts=(2, 4), han_words=(2, 3)), Cues(GAS), WORDS)
    terms = extractor(texts)
    for i, name in enumerate(extractor.names(terms, np.arange(len(terms.hash)))):
        kind, text = name.split(":", 1)
        assert hash_terms([(kind, text.replace("_", " "))])[0] == terms.hash[i]
        assert 0 <= terms.start[i] < terms.end[i] <= len(terms.folded)
        assert kind == KINDS[terms.kind[i]]


def test_settings_survive_json() -> None:
    """`from_dict` undoes `to_dict`."""
    settings = Settings(parts=(2, 3), han_words=(0, 0))
    assert Settings.from_dict(settings.to_dict()) == settings
    with pytest.raises(TypeError):
        Settings.from_dict({**settings.to_dict(), "unknown": 1})


def test_half_a_character_is_no_term(model: Model) -> None:
    """Half a surrogate pair, as a file name or JSON may bring it, is passed over; spans stay where they were."""
    [plain] = model.predict(["果园里的苹果 x"], evidence=True)
    [broken] = model.predict(["果园里的苹果 \ud83d"], evidence=True)
    assert broken.topics == plain.topics


def spelled_out(text: str, parts: tuple[int, int], words: set[str]) -> list[tuple[str, int, int]]:
    """The terms of `text` but for cues, with their spans, one at a time instead of in arrays."""
    found = []
    for run in re.finditer("[天然气能源油]+", text):
        place, han = run.start(), run[0]
        found += [(f"c:{han[i : i + n]}", place + i, n) for n in (1, 2) for i in range(len(han) - n + 1)]
        found += [(f"h:{w}", place + i, len(w)) for w in words for i in range(len(han)) if han.startswith(w, i)]
    for run in re.finditer("[a-z2]+", text):
        place, word = run.start(), run[0]
        if word[0] == "2":
            continue
        found.append((f"w:{word}", place, len(word)))
        padded = f"_{word}_"
        for n in range(parts[0], parts[1] + 1):
            for i in range(len(padded) - n + 1):
                part = padded[i : i + n]
                if part != "_":
                    found.append((f"b:{part}", place + max(i - 1, 0), len(part.strip("_"))))
    return sorted((name, start, start + length) for name, start, length in found)


@example("ab a", (2, 9), False)
@example(", 油天然气能源", (1, 1), False)
@example("油天然气能源, 能源", (1, 1), True)
@given(
    st.text(alphabet="天然气能源油abcd2 ,。.", max_size=30),
    st.sampled_from([(1, 1), (1, 3), (2, 2), (2, 4), (3, 3), (4, 5), (3, 16)]),
    st.booleans(),
)
def test_terms_are_those_that_loops_find(text: str, parts: tuple[int, int], alone: bool) -> None:
    """Each kind of term and its span; only words of the lengths that the settings name."""
    words = {"能源", "天然气", "然气", "天然气能", "油天然气能"}
    settings = Settings(han_words=(2, 4), parts=parts, keyword_terms=False, topic_terms=False)
    extractor = Extractor(settings, Cues(GAS), Vocabulary.of([hash_terms([("h", w) for w in words])]))
    terms = extractor([text] if alone else [text, "ab"])
    mine = np.flatnonzero(terms.text_of_sentence[terms.sentence] == 0)
    spans = zip(extractor.names(terms, mine), terms.start[mine].tolist(), terms.end[mine].tolist(), strict=True)
    assert sorted(spans) == spelled_out(text, parts, {w for w in words if len(w) <= 4})


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ({"words": True}, {"w"}),
        ({"parts": (4, 5)}, {"b"}),
        ({"han_chars": True}, {"c"}),
        ({"han_words": (2, 3)}, {"h"}),
        ({"keyword_terms": True}, {"K"}),
        ({"topic_terms": True}, {"T"}),
        ({}, set()),
    ],
)
def test_each_setting_makes_its_own_kind_of_terms(chosen: dict[str, Any], kinds: set[str]) -> None:
    """And no other."""
    none: dict[str, Any] = {"han_chars": False, "words": False, "keyword_terms": False, "topic_terms": False}
    settings = Settings(**{**none, "han_words": (0, 0), "parts": (0, 0), **chosen})
    found = Extractor(settings, Cues(GAS), WORDS)(["天然气 energy"])
    assert {KINDS[kind] for kind in found.kind} == kinds


@pytest.mark.parametrize("texts", [[], [""], ["天然气 energy", "", "油"]])
def test_terms_are_arrays_of_these_types(texts: list[str]) -> None:
    """Of one length, also where there is nothing."""
    terms = Extractor(Settings(), Cues(GAS), WORDS)(texts)
    assert [terms.hash.dtype, terms.kind.dtype] == [np.dtype(np.uint64), np.dtype(np.uint8)]
    spans = (terms.start, terms.end, terms.sentence)
    assert {a.dtype for a in (*spans, terms.text_of_sentence, terms.offsets, terms.script)} == {np.dtype(np.int64)}
    assert {len(a) for a in (terms.hash, terms.kind, *spans)} == {len(terms.hash)}
    assert terms.offsets.tolist() == [0, 11, 12][: len(texts)]
    assert len(terms.script) == len(texts)


def test_the_script_is_the_one_that_prevails() -> None:
    """A Han character counts for three letters; blocks end where Unicode has them end; each text by itself."""
    assert scripts_of(["水abc", "水abcd", "вода ab", "ɏ", "ɐ", "ԯ", "աբ", "", "ab"]) == [
        *("han", "latin", "cyrillic", "latin", "other", "cyrillic", "other", "han", "latin")
    ]
    assert scripts_of([]) == []


def test_han_words_of_many_texts_are_cut_apart() -> None:
    """No word reaches over the end of a text, a run of Han characters or a batch, whatever the tokenizer cuts."""

    def pairs(text: str) -> list[str]:
        """Every two characters that stand side by side."""
        return [text[i : i + 2] for i in range(len(text) - 1)]

    texts = ["天然"] * 511 + ["气能", "源油,天", "a然"]
    found = han_words(texts, [], pairs, Settings(han_words=(2, 2)))
    assert found.hashes.tolist() == sorted(hash_terms([("h", w) for w in ("天然", "气能", "源油")]).tolist())
    assert not len(han_words(texts, ["能"], pairs, Settings(han_words=(3, 6))))
