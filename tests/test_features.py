"""Terms of texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topicat.cues import Cues
from topicat.features import KINDS, Extractor, Settings, han_words, hash_terms
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


def terms_of(text: str, **settings: object) -> list[str]:
    """All terms of one text, as kind and text, sorted."""
    chosen = Settings(**settings)  # type: ignore[arg-type]  # of several types
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
