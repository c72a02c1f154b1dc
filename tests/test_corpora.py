"""Labelled texts of other tools: round trips, real shapes, and what is refused or listed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from topicat.cli.seeds import READ_NAMES, WRITTEN_NAMES
from topicat.corpora import FORMATS, read_examples, tell, write_examples
from topicat.corpora.format import Options
from topicat.corpora.label_studio import interface
from topicat.errors import ReadingError, SeedsError, TopicatError, UsageError
from topicat.lost import Lost
from topicat.model import Model
from topicat.reading import decode
from topicat.seeds import Example, read_seeds
from topicat.store import save_model
from topicat.taxonomy import Taxonomy

Cli = Callable[..., Result]
GARDEN = ("fruit", "fruit.berry", "tool")
TEXTS = st.text(
    st.one_of(
        st.sampled_from("果园 aB,;\"'<>_\t\n"),
        st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]),
    ),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() and "__label__" not in text)
WORDS = st.from_regex(r"[a-z0-9果][a-z0-9-]{0,5}", fullmatch=True)
EXAMPLES = st.lists(
    st.builds(
        Example,
        text=TEXTS,
        labels=st.lists(st.sampled_from(GARDEN), unique=True, max_size=3).map(tuple),
        lang=st.sampled_from(["", "zh", "en"]),
        id=st.one_of(st.just(""), WORDS),
        group=st.one_of(st.just(""), TEXTS),
        extra=st.one_of(st.just(()), st.tuples(st.tuples(st.just("note"), TEXTS))),
    ),
    min_size=1,
    max_size=6,
)


def facts(examples: list[Example]) -> Counter[tuple[str, ...]]:
    """What the examples say, but for places and order."""
    return Counter(
        (e.text, str(sorted(e.labels)), e.lang, e.id, e.group, str(sorted(map(str, e.extra)))) for e in examples
    )


def back_and_lost(examples: list[Example], form: str, taxonomy: Taxonomy) -> tuple[list[Example], list[Lost]]:
    """What is read from `examples` as written, and what was said to be lost."""
    options = Options(taxonomy)
    files, lost = write_examples(examples, form, options)
    texts = {name: decode(text.encode(), name) if text.strip() else "" for name, text in files.items()}
    return FORMATS[form].read(texts, "file", options)[0], lost


def read(form: str, text: str, **options: Any) -> tuple[list[Example], list[Lost]]:
    """The examples in `text`, and what was lost."""
    return FORMATS[form].read({"": text}, "x", Options(**options))


@settings(max_examples=25, deadline=None)
@given(EXAMPLES)
@pytest.mark.parametrize("form", ["seeds", "doccano", "label-studio", "prodigy", "spacy"])
def test_json_holds_everything(form: str, garden: Taxonomy, examples: list[Example]) -> None:
    """Every field of every example comes back."""
    back, lost = back_and_lost(examples, form, garden)
    assert (facts(back), lost) == (facts(examples), [])


@settings(max_examples=25, deadline=None)
@given(EXAMPLES)
@pytest.mark.parametrize("form", ["csv", "fasttext", "annif", "annif-tsv"])
def test_nothing_is_lost_unsaid(form: str, garden: Taxonomy, examples: list[Example]) -> None:
    """Where no loss is named, all is there; a text that is said to be the same is the same."""
    back, lost = back_and_lost(examples, form, garden)
    if not lost:
        assert facts(back) == facts(
            [e if e.id else Example(**{**vars(e), "id": b.id}) for e, b in _pairs(examples, back)]
        )
    changed = {item.where for item in lost if item.what in ("text", "example")}
    kept = Counter(e.text for n, e in enumerate(examples, 1) if f"example {n}" not in changed)
    assert kept <= Counter(e.text for e in back)
    labels = {item.what for item in lost if item.what == "labels"}
    assert not labels or form == "fasttext"


def _pairs(before: list[Example], after: list[Example]) -> list[tuple[Example, Example]]:
    """Examples of equal text."""
    left: dict[str, list[Example]] = {}
    for example in after:
        left.setdefault(example.text, []).append(example)
    return [(example, left[example.text].pop(0)) for example in before]


def test_the_names_of_the_formats_are_those_that_there_are() -> None:
    """The command repeats them so that its help imports nothing."""
    assert tuple(FORMATS) == READ_NAMES
    assert tuple(name for name, form in FORMATS.items() if form.write) == WRITTEN_NAMES


@pytest.mark.parametrize(
    ("file", "text", "form"),
    [
        ("a.csv", "text,labels\n", "csv"),
        ("a.tsv", "id\ttext\n", "csv"),
        ("a.tsv", "words\t<urn:a>\n", "annif-tsv"),
        ("a.json", '[{"data": {}}]', "label-studio"),
        ("a.jsonl", '{"text": "a", "labels": []}', "seeds"),
        ("a.jsonl", '{"text": "a", "label": []}', "doccano"),
        ("a.jsonl", '{"text": "a", "cats": {}}', "spacy"),
        ("a.jsonl", '{"text": "a", "label": "b", "answer": "accept"}', "prodigy"),
        ("a.jsonl", '{"text": "a", "topics": [], "probabilities": {}}', "predictions"),
        ("a.txt", "__label__a b\n", "fasttext"),
    ],
)
def test_formats_are_told_by_ending_and_content(file: str, text: str, form: str) -> None:
    """The first row decides between the tools that write JSON Lines."""
    assert tell(file, Path(file).suffix, text).name == form


def test_label_studio_as_it_exports() -> None:
    """Choices and taxonomy paths; the last annotation counts; skipped and untouched tasks are named."""
    choice = {"type": "choices", "from_name": "topics", "to_name": "text", "value": {"choices": ["fruit"]}}
    path = {"type": "taxonomy", "from_name": "t", "to_name": "text", "value": {"taxonomy": [["fruit", "berry"]]}}
    other = {"type": "rating", "value": {"rating": 3}}
    tasks = [
        {
            "id": 7,
            "data": {"text": "a", "lang": "en"},
            "annotations": [{"result": [choice]}, {"result": [choice, path, other]}],
        },
        {"id": 8, "data": {"text": "b"}, "annotations": [{"result": []}]},
        {"id": 9, "data": {"text": "c"}, "annotations": [{"was_cancelled": True, "result": [choice]}]},
        {"id": 10, "data": {"text": "d"}, "annotations": [], "predictions": [{"result": [choice], "score": 0.7}]},
    ]
    examples, lost = read("label-studio", json.dumps(tasks))
    assert [(e.text, e.labels, e.id, e.lang) for e in examples] == [
        ("a", ("fruit", "fruit.berry"), "7", "en"),
        ("b", (), "8", ""),
    ]
    assert [(item.where, item.what) for item in lost] == [
        ("x: task 1", "rating"),
        ("x: task 1", "annotation"),
        ("x: task 3", "text"),
        ("x: task 4", "text"),
    ]
    examples, _ = read("label-studio", json.dumps(tasks), predictions=True)
    assert (examples[-1].text, examples[-1].labels, dict(examples[-1].extra)) == ("d", ("fruit",), {"score": 0.7})


def test_the_labelling_interface_has_every_topic(garden: Taxonomy) -> None:
    """Paths are the values, labels and definitions the hints."""
    text = interface(garden)
    assert '<Choices name="topics" toName="text" choice="multiple">' in text
    assert '<Choice value="fruit" hint="Fruit: Fruit of all kinds." />' in text
    assert '<Choice value="fruit.berry" />' in text


def test_prodigy_as_it_exports() -> None:
    """Choices, and one label at a time; what was rejected or ignored is named, not taken for 'no topic'."""
    rows: list[dict[str, Any]] = [
        {"text": "a", "options": [{"id": "x", "text": "x"}], "accept": ["x"], "answer": "accept", "_task_hash": 1},
        {"text": "b", "label": "x", "answer": "accept", "meta": {"lang": "en"}, "score": 0.5},
        {"text": "b", "label": "y", "answer": "accept"},
        {"text": "b", "label": "z", "answer": "reject"},
        {"text": "c", "accept": [], "answer": "ignore"},
    ]
    examples, lost = read("prodigy", "\n".join(map(json.dumps, rows)))
    assert [(e.text, e.labels, e.lang, e.extra) for e in examples] == [
        ("a", ("x",), "", ()),
        ("b", ("x", "y"), "en", (("score", 0.5),)),
    ]
    assert [item.where for item in lost] == ["x:4", "x:5"]


def test_doccano_spacy_and_fasttext_as_they_are() -> None:
    """A single label, categories from one half, labels before the text."""
    assert read("doccano", '{"id": 3, "text": "a", "label": "x", "Comments": []}')[0][0].labels == ("x",)
    examples, _ = read("spacy", '{"text": "a", "cats": {"x": 0.9, "y": 0.1}}')
    assert examples[0].labels == ("x",)
    examples, lost = read("fasttext", "__label__x a __label__y b\nno label\n\n__label__z\n")
    assert [(e.text, e.labels) for e in examples] == [("a b", ("x", "y")), ("no label", ())]
    assert [item.where for item in lost] == ["x:4"]


def test_a_word_that_fasttext_takes_for_a_label_is_left_out_and_said() -> None:
    """It would teach the model a label that nobody gave."""
    files, lost = write_examples([Example("a __label__b c", ("x",))], "fasttext")
    assert files == {"": "__label__x a c\n"}
    assert [(item.what, item.value, item.now) for item in lost] == [("text", "a __label__b c", "a c")]


def test_equal_texts_are_told_apart_by_id_and_labels(garden: Taxonomy) -> None:
    """A folder is read in the order of its names; nothing is lost by that."""
    examples = [Example("a", ("fruit",), id="2"), Example("a", (), id="1")]
    assert write_examples(examples, "annif", Options(garden))[1] == []


def test_annif_folders_and_lines(garden: Taxonomy) -> None:
    """IRIs by the taxonomy, labels in .key files, texts that nobody has coded, subjects of another vocabulary."""
    files = {
        "1.txt": "a",
        "1.tsv": "<urn:topicat:garden:fruit.berry>\tberries\n<http://yso.fi/p1>\tother\n",
        "2.txt": "b",
        "2.key": "Tools\nnonsense\n",
        "3.txt": "c",
        "4.txt": "d",
        "4.tsv": "",
    }
    examples, lost = FORMATS["annif"].read(files, "x", Options(garden))
    assert [(e.id, e.text, e.labels) for e in examples] == [
        ("1", "a", ("fruit.berry",)),
        ("2", "b", ("tool",)),
        ("4", "d", ()),
    ]
    assert [(item.where, item.value) for item in lost] == [
        ("x/1.tsv:2", "http://yso.fi/p1"),
        ("x/2.key:2", "nonsense"),
        ("x/3.txt", None),
    ]
    examples, lost = read("annif-tsv", "a\t<urn:topicat:garden:tool> <urn:topicat:garden:animal>\nuncoded\n")
    assert examples[0].labels == ("tool", "animal")
    assert [item.where for item in lost] == ["x:2"]


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("label-studio", "[", "x:1:2: not JSON; export the project as JSON"),
        ("label-studio", "{}", "x: expected a list of tasks"),
        (
            "label-studio",
            '[{"text": "a", "topics": "b"}]',
            "x: task 1: no task with 'data' and 'annotations'; .*JSON-MIN",
        ),
        ("label-studio", '[{"data": {"text": "a"}, "annotations": [3]}]', "x: task 1: no task with 'data'"),
        ("label-studio", '[{"data": {"t": "a"}, "annotations": [{"result": []}]}]', "x: task 1: no 'text'"),
        ("label-studio", '[{"data": {"text": "a"}}]', "x: no annotated task among 1"),
        ("doccano", '{"text": "a", "label": [[0, 1, "x"]]}', "x:1: the labels are not words .* spans"),
        ("doccano", '{"text": "a"}', "x:1: no 'label'"),
        ("prodigy", '{"text": "a"}', "x:1: neither 'accept' nor 'label'"),
        ("prodigy", '{"text": "a", "label": "b", "answer": "reject"}', "x: no accepted row"),
        ("spacy", '{"text": "a", "cats": ["b"]}', "x:1: no 'cats'"),
        ("spacy", '{"cats": {}}', "x:1: no 'text'"),
        ("fasttext", "__label__a\n", "x: no text; each line has labels"),
        ("annif-tsv", "a\t<http://yso.fi/p1>\n", "x:1: which topic is <http://yso.fi/p1>. Say with -t TAXONOMY"),
        ("annif-tsv", "\t<urn:a>\n", "x:1: no text before the tab"),
        (
            "predictions",
            '{"text": "a", "topics": [], "probabilities": {}}',
            "x: these labels are a model's predictions",
        ),
    ],
)
def test_what_has_another_shape_is_refused(form: str, text: str, message: str) -> None:
    """With the place and what would be right."""
    with pytest.raises(SeedsError, match=message):
        read(form, text)


def test_a_record_without_probabilities_is_no_prediction() -> None:
    """The message says which command writes them."""
    with pytest.raises(SeedsError, match="x:1: no record of 'topicat predict -f jsonl'"):
        read("predictions", '{"text": "a"}', predictions=True)


def test_labels_for_annif_are_topics(garden: Taxonomy) -> None:
    """Without a taxonomy, or with a label that it has not, there is no IRI to write."""
    with pytest.raises(UsageError, match="-t TAXONOMY"):
        write_examples([Example("a", ("fruit",))], "annif")
    with pytest.raises(SeedsError, match=r"no topic 'fruit.bery'; did you mean 'fruit.berry'"):
        write_examples([Example("a", ("fruit.bery",))], "annif-tsv", Options(garden))


def test_a_folder_is_annif_and_annif_is_a_folder(tmp_path: Path) -> None:
    """Either mistake is named."""
    with pytest.raises(UsageError, match="only annif is a folder"):
        read_examples(tmp_path, "csv")
    with pytest.raises(SeedsError, match="no coded text"):
        read_examples(tmp_path)
    with pytest.raises(ReadingError, match="not a folder"):
        read_examples(tmp_path / "a.txt", "annif")


def test_seeds_to_label_studio_and_back(cli: Cli, seeds_file: Path, tmp_path: Path) -> None:
    """By the endings alone, without a word where nothing is lost."""
    tasks, back = tmp_path / "tasks.json", tmp_path / "back.jsonl"
    for args in ((seeds_file, "-o", tasks), (tasks, "-o", back)):
        done = cli("seeds", "convert", *args)
        assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert back.read_text("utf-8") == seeds_file.read_text("utf-8")


def test_predictions_are_corrected_in_label_studio(cli: Cli, model: Model, tmp_path: Path) -> None:
    """predict, convert with --predictions, a person corrects, convert back: seeds with the article as group."""
    save_model(model, tmp_path / "model")
    (tmp_path / "a.txt").write_text("果园里的草莓熟了。\n\n铁锹和山羊都在院子里。\n", "utf-8")
    assert (
        cli(
            "predict", tmp_path / "a.txt", "-m", tmp_path / "model", "-f", "jsonl", "-o", tmp_path / "p.jsonl"
        ).exit_code
        == 0
    )
    refused = cli("seeds", "convert", tmp_path / "p.jsonl", "-o", tmp_path / "tasks.json")
    assert "--predictions" in str(refused.exception)
    done = cli("seeds", "convert", tmp_path / "p.jsonl", "-o", tmp_path / "tasks.json", "--predictions")
    assert (done.exit_code, done.stderr) == (0, "")
    tasks = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    [prediction] = tasks[0]["predictions"]
    assert prediction["result"][0]["value"]["choices"] == ["fruit", "fruit.berry"]
    assert 0.5 <= prediction["score"] <= 1
    for task in tasks:
        task["annotations"] = [{"result": task["predictions"][0]["result"]}]
    tasks[1]["annotations"][0]["result"] = []
    (tmp_path / "export.json").write_text(json.dumps(tasks), "utf-8")
    assert cli("seeds", "convert", tmp_path / "export.json", "-o", tmp_path / "seeds.jsonl").exit_code == 0
    first, second = read_seeds(tmp_path / "seeds.jsonl")
    assert (first.labels, second.labels) == (("fruit", "fruit.berry"), ())
    assert first.group == second.group == str(tmp_path / "a.txt")


def test_what_is_lost_is_listed(cli: Cli, seeds_file: Path, tmp_path: Path) -> None:
    """In short on standard error, in full as JSON."""
    (tmp_path / "a.jsonl").write_text('{"text": "a\\nb", "labels": ["fruit"], "lang": "en", "group": "g"}\n', "utf-8")
    done = cli(
        "seeds", "convert", tmp_path / "a.jsonl", "-o", "-", "--to", "fasttext", "--lost", tmp_path / "lost.json"
    )
    assert (done.exit_code, done.stdout) == (0, "__label__fruit a b\n")
    assert "-: what the format fasttext cannot hold:\n  text: 1 (" in done.stderr
    lost = json.loads((tmp_path / "lost.json").read_text("utf-8"))
    assert [(item["what"], item["value"], item.get("now")) for item in lost] == [
        ("text", "a\nb", "a b"),
        ("lang", "en", None),
        ("group", "g", None),
    ]


def test_a_folder_for_annif(cli: Cli, seeds_file: Path, garden: Taxonomy, tmp_path: Path) -> None:
    """Written where nothing is yet, never over something."""
    from topicat.taxonomy_yaml import dump_taxonomy

    tree = tmp_path / "garden.yaml"
    tree.write_text(dump_taxonomy(garden), "utf-8")
    args = ("seeds", "convert", seeds_file, "-o", tmp_path / "corpus", "-t", tree)
    assert cli(*args).exit_code == 0
    assert (tmp_path / "corpus" / "000002.tsv").read_text("utf-8") == "<urn:topicat:garden:fruit.berry>\tberry\n"
    assert "is there already and not an empty folder" in str(cli(*args).exception)
    assert cli("seeds", "convert", tmp_path / "corpus", "-o", tmp_path / "back.jsonl").exit_code == 0
    pairs = {(e.text, e.labels) for e in read_seeds(seeds_file)}
    assert {(e.text, e.labels) for e in read_seeds(tmp_path / "back.jsonl")} == pairs


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-o", "a.bin"), "a.bin: its ending tells no format; name one with --to: seeds, csv"),
        (("-o", "-"), "-: its ending tells no format"),
        (("-o", "-", "--to", "annif", "-t", "policy"), "the format annif is a folder"),
        (("-o", "a.json", "--interface", "ui.xml"), "--interface needs -t TAXONOMY"),
    ],
)
def test_wrong_usage_says_what_is_right(cli: Cli, seeds_file: Path, args: tuple[str, ...], message: str) -> None:
    """Exit code 2."""
    done = cli("seeds", "convert", seeds_file, *args)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_errors_are_our_own() -> None:
    """Whatever JSON there is, a reader gives examples or says what is wrong."""
    for value in ("3", "[]", "[[]]", "[null]", '{"data": 1}', '[{"data": []}]', '[{"data": {"text": "\\ud800"}}]'):
        for form in ("label-studio", "doccano", "prodigy", "spacy", "predictions"):
            with pytest.raises(TopicatError):
                read(form, value, predictions=True)
