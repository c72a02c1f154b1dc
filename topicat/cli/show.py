"""`topicat taxonomy show`: the tree of a taxonomy with counts, or one topic in full."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from topicat.report import columns_of

if TYPE_CHECKING:
    from topicat.taxonomy import Taxonomy, Topic


@click.command()
@click.argument("name")
@click.argument("topic", required=False)
@click.option("--lang", help="Language of the labels; of one TOPIC only what is in this language.  [default: en]")
def show(name: str, topic: str | None, lang: str | None) -> None:
    """Print the tree of a taxonomy (a name or a YAML file) with counts, or one TOPIC in full, as in energy.gas.

    TOPIC is a path, or a label in any language.
    """
    import topicat
    from topicat.taxonomy_yaml import dump_topic

    tree = topicat.taxonomy(name)
    if lang and lang not in (langs := _langs(tree)):
        raise click.UsageError(f"--lang '{lang}': taxonomy '{tree.id}' is in {', '.join(langs) or 'no language'}")
    if topic:
        found = tree[tree.resolve(topic)]
        click.echo(dump_topic(_only(found, lang) if lang else found), nl=False)
    else:
        click.echo("\n".join(tree_lines(tree, lang or "en")))


def tree_lines(tree: Taxonomy, lang: str) -> list[str]:
    """A line for the taxonomy and one for each topic: id, label, and how many keywords and examples it has."""
    kind = "exclusive" if tree.exclusive else "a text may have several topics, or none"
    lines = [f"{tree.id} {tree.version}: {len(tree.paths)} topics, {_counts([*tree.walk()])}; {kind}"]
    for topic in tree.walk():
        depth = topic.path.count(".")
        id = topic.id + " " * (max(16 - 2 * depth, 1) - columns_of(topic.id))
        counts = _counts([topic])
        lines.append(f"{'  ' * depth}{id} {topic.name(lang)}" + (f"  ({counts})" if counts else ""))
    return lines


def _counts(topics: list[Topic]) -> str:
    keywords: dict[str, int] = {}
    for topic in topics:
        for lang, words in topic.keywords.items():
            keywords[lang] = keywords.get(lang, 0) + len(words)
    examples = sum(len(topic.examples) for topic in topics)
    parts = [f"{'  '.join(f'{lang} {n:,}' for lang, n in keywords.items())} keywords"] if keywords else []
    return ", ".join([*parts, f"{examples:,} example{'s' * (examples != 1)}"] if examples else parts)


def _langs(tree: Taxonomy) -> list[str]:
    found = [*tree.languages, *tree.title]
    for topic in tree.walk():
        found += [*topic.label, *topic.definition, *topic.keywords]
    return list(dict.fromkeys(found))


def _only(topic: Topic, lang: str) -> Topic:
    """The topic and those below it with what is in `lang`."""
    return dataclasses.replace(
        topic,
        label={code: text for code, text in topic.label.items() if code == lang},
        definition={code: text for code, text in topic.definition.items() if code == lang},
        keywords={code: words for code, words in topic.keywords.items() if code == lang},
        not_keywords={code: words for code, words in topic.not_keywords.items() if code == lang},
        examples=tuple(example for example in topic.examples if example.lang in ("", lang)),
        not_examples=tuple(example for example in topic.not_examples if example.lang in ("", lang)),
        topics=tuple(_only(child, lang) for child in topic.topics),
    )
