"""Keywords over a corpus: what fires, where, what meets and what loses."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from topicat.coverage import Loss, cover, findings
from topicat.taxonomy import Taxonomy
from topicat.taxonomy_yaml import locate_taxonomy

TREE = Taxonomy.from_dict(
    {
        "taxonomy": "economy",
        "topics": {
            "trade": {"keywords": {"en": ["market", "export*"]}, "topics": {"ports": {"keywords": {"en": ["port"]}}}},
            "labour": {"keywords": {"en": ["labour market", "wage*"]}, "not_keywords": {"en": ["export wage*"]}},
            "idle": {"keywords": {"en": ["siesta"]}},
        },
    }
)
TEXTS = [
    "Exports grew; the market is calm, and exports lead.",
    "The labour market is tight.",
    "The labour market and the port are calm.",
    "Export wages fell.",
    "Nothing happened.",
]
CORPUS = [("a.txt", number, text) for number, text in enumerate(TEXTS, 1)]


def test_counts() -> None:
    """Times, paragraphs and places of keywords; paragraphs of topics, those below included; neighbours that meet."""
    found = cover(TREE, CORPUS)
    assert found.paragraphs == 5
    fired = {pattern: (f.times, f.paragraphs, f.where) for pattern, f in found.fired.items()}
    assert fired == {
        "export*": (3, 2, [("a.txt", 1), ("a.txt", 4)]),
        "market": (1, 1, [("a.txt", 1)]),
        "labour market": (2, 2, [("a.txt", 2), ("a.txt", 3)]),
        "port": (1, 1, [("a.txt", 3)]),
    }
    assert found.topics == {"trade": 3, "trade.ports": 1, "labour": 2}
    assert found.together == {("labour", "trade"): 1}


def test_losses() -> None:
    """What a topic would find alone; robbed where nothing else speaks for it. Its own counter-keywords are no loss."""
    found = cover(TREE, CORPUS)
    loss = Loss("trade", "market", "labour market", "labour")
    assert list(found.losses) == [loss]
    assert (found.losses[loss].times, found.losses[loss].paragraphs) == (2, 2)
    assert found.robbed == {loss: 1}


def test_a_large_corpus_is_counted_in_batches() -> None:
    """The same as one by one."""
    many = CORPUS * 500
    found = cover(TREE, many)
    assert found.paragraphs == 2500
    assert found.fired["export*"].times == 1500
    assert found.topics == {"trade": 1500, "trade.ports": 500, "labour": 1000}
    assert len(found.fired["export*"].where) == 5


def test_an_empty_corpus_has_nothing() -> None:
    """No paragraph, no division by it."""
    found = cover(TREE, [])
    assert (found.paragraphs, dict(found.fired), found.topics) == (0, {}, Counter())


def test_findings(tmp_path: Path) -> None:
    """At the keyword or topic; warnings where a hundred paragraphs bear them out, or a topic is lost."""
    path = tmp_path / "t.yaml"
    path.write_text(
        "taxonomy: t\ntopics:\n"
        "  trade: {keywords: {en: [market, trade]}}\n"
        "  labour: {keywords: {en: [labour market]}}\n"
        "  idle: {keywords: {en: [siesta]}}\n",
        "utf-8",
    )
    located = locate_taxonomy(path)
    small = [str(d).removeprefix(f"{path}:") for d in findings(located, cover(located.taxonomy, [CORPUS[1]]))]
    assert small == [
        "3:27: note: 'market' never fires in 1 paragraph [T202]",
        "3:35: note: 'trade' never fires in 1 paragraph [T202]",
        "4:28: note: 'labour market' fires 1 time (a.txt:2) [T201]",
        "5:26: note: 'siesta' never fires in 1 paragraph [T202]",
        "3:3: note: 'trade' is in none of 1 paragraph; is it a topic of these texts? [T205]",
        "4:3: note: 'labour' is in 1 of 1 paragraph (100%) [T204]",
        "5:3: note: 'idle' is in none of 1 paragraph; is it a topic of these texts? [T205]",
        "3:27: warning: 'market' loses to 'labour market' of 'labour' 1 time (a.txt:2); 1 paragraph would have 'trade' "
        "otherwise [T207]",
    ]
    many = [("b.txt", n, "Trade unions and the labour market.") for n in range(100)]
    found = {(d.code, d.severity, d.more["topic"]): d for d in findings(located, cover(located.taxonomy, many))}
    assert {key for key in found if key[1] == "warning"} == {
        ("T203", "warning", "trade"),
        ("T203", "warning", "labour"),
        ("T205", "warning", "idle"),
        ("T206", "warning", "labour"),
    }
    assert found["T207", "note", "trade"].more["robbed"] == 0
    where = [{"document": "b.txt", "paragraph": n} for n in range(5)]
    assert found["T207", "note", "trade"].more["where"] == where
    assert "and 95 more" in found["T207", "note", "trade"].message
