"""Loads the content folder into memory: every file valid by itself, every reference between files resolved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.content_files import Model, parse_items, parse_whole, read_file
from knowledge.editorial import LawfulDifference, NotCovered, Review
from knowledge.errors import ContentError, ContentErrors
from knowledge.menu import Menu
from knowledge.other_scripts import OtherScript, with_reviewed_names
from knowledge.references import ALL_BUSINESSES, Parts, broken_references
from knowledge.regions import Regions
from knowledge.schema import ClosingNote, Correction, Office, Region, Source, Term, Topic


@dataclass(frozen=True)
class Knowledge:
    """What is true. ``sources``, ``offices`` and ``topics`` by id, in the order of the files.

    The guides of a topic are those of its file and, behind them, the closing notes that hold for it.
    """

    regions: Regions
    sources: dict[str, Source]
    offices: dict[str, Office]
    terms: list[Term]
    topics: dict[str, Topic]
    menu: Menu
    closing_notes: list[ClosingNote]
    not_covered: list[NotCovered]
    other_scripts: list[OtherScript]
    corrections: list[Correction] = field(default_factory=list)
    lawful_differences: list[LawfulDifference] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


def load_knowledge(content: Path) -> Knowledge:
    """Reads all of the folder: the files of its first level and the topics (``topics/<family>/<topic>.yml``).

    Raises ``ContentErrors`` with all mistakes of all files. What a broken file would have held is not told again as
    missing in the files that refer to it.
    """
    errors: list[ContentError] = []
    parts = Parts(
        regions=_items(content, "regions", Region, errors),
        sources=_items(content, "sources", Source, errors),
        offices=_items(content, "offices", Office, errors),
        terms=_items(content, "terms", Term, errors),
        topics=_topics(content, errors),
        menu=_menu(content, errors),
        closing_notes=_items_if_there(content, "closing_notes", ClosingNote, errors),
        not_covered=_items_if_there(content, "not_covered", NotCovered, errors),
        other_scripts=_items_if_there(content, "other_scripts", OtherScript, errors),
    )
    corrections = _items_if_there(content, "corrections", Correction, errors)
    differences = _items_if_there(content, "lawful_differences", LawfulDifference, errors)
    reviews = _items_if_there(content, "reviews", Review, errors)
    parts = replace(parts, regions=with_reviewed_names(parts.regions, parts.other_scripts))
    parts = replace(parts, invalid=frozenset(error.file for error in errors))
    regions = _tree(parts, errors)
    errors += broken_references(parts)
    if errors or regions is None or parts.menu is None:
        raise ContentErrors(errors)
    return Knowledge(
        regions=regions,
        sources={source.id: source for source in parts.sources},
        offices={office.id: office for office in parts.offices},
        terms=parts.terms,
        topics={topic.id: with_closing_notes(topic, parts.closing_notes) for topic in parts.topics.values()},
        menu=parts.menu,
        closing_notes=parts.closing_notes,
        not_covered=parts.not_covered,
        other_scripts=parts.other_scripts,
        corrections=corrections,
        lawful_differences=differences,
        reviews=reviews,
    )


def with_closing_notes(topic: Topic, notes: list[ClosingNote]) -> Topic:
    """The topic with the closing notes of the documents that it has local guides from."""
    added = []
    for note in notes:
        local = [g for g in topic.guides if g.applies_to == "local"]
        own = [g for g in local if (g.source, g.published_by) == (note.source, note.published_by)]
        if own and {topic.id, topic.family, ALL_BUSINESSES} & {*note.topics}:
            said = {block.id for guide in own for blocks in guide.aspects.values() for block in blocks}
            aspects = {a: [b for b in blocks if b.id is None or b.id not in said] for a, blocks in note.aspects.items()}
            aspects = {a: blocks for a, blocks in aspects.items() if blocks}
            added += [note.copy(update={"aspects": aspects})] if aspects else []
    return topic.copy(update={"guides": [*topic.guides, *added]})


def topic_file(topic: Topic) -> str:
    """Where a topic stands, relative to the content folder."""
    return f"topics/{topic.family}/{topic.id}.yml"


def _items(content: Path, key: str, model: type[Model], errors: list[ContentError]) -> list[Model]:
    name = f"{key}.yml"
    file = read_file(content / name, name, errors)
    return parse_items(file, key, model, errors) if file is not None else []


def _items_if_there(content: Path, key: str, model: type[Model], errors: list[ContentError]) -> list[Model]:
    """A file that releases made before it was thought of do not have."""
    return _items(content, key, model, errors) if (content / f"{key}.yml").exists() else []


def _menu(content: Path, errors: list[ContentError]) -> Menu | None:
    file = read_file(content / "menu.yml", "menu.yml", errors)
    return parse_whole(file, Menu, errors) if file is not None else None


def _tree(parts: Parts, errors: list[ContentError]) -> Regions | None:
    """The regions; not looked at as a tree while a row is missing."""
    if "regions.yml" in parts.invalid:
        return None
    try:
        return Regions(parts.regions)
    except ContentErrors as tree:
        errors.extend(tree.errors)
        return None


def _topics(content: Path, errors: list[ContentError]) -> dict[str, Topic]:
    """Topics by the name of their file."""
    topics: dict[str, Topic] = {}
    for path in sorted((content / "topics").rglob("*.y*ml")):
        name = path.relative_to(content).as_posix()
        if len(path.relative_to(content).parts) != 3 or path.suffix != ".yml":
            errors.append(ContentError(name, "（整个文件）", "文件放错了地方", "放到 topics/类/事项.yml"))
            continue
        file = read_file(path, name, errors)
        topic = parse_whole(file, Topic, errors) if file is not None else None
        if topic is not None:
            topics[name] = topic
    return topics
