"""Every sentence of the content, with where it stands and which part of which document it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from knowledge.schema import Block, Choice, ClosingNote, Fact, Guide, Topic
from knowledge.store import Knowledge, topic_file


@dataclass(frozen=True)
class Page:
    """One file with guides, as it is written: a topic's own, or the closing notes of all. ``key``: the list in it."""

    file: str
    key: str
    guides: tuple[Guide, ...]
    topic: Topic | None = None

    def enumerate_guides(self) -> Iterator[tuple[str, Guide]]:
        """Each guide with its field."""
        for index, guide in enumerate(self.guides):
            yield f"{self.key}[{index}]", guide


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """All files of the content that have guides."""
    yield Page("closing_notes.yml", "closing_notes", tuple(knowledge.closing_notes))
    for topic in knowledge.topics.values():
        own = tuple(guide for guide in topic.guides if not isinstance(guide, ClosingNote))
        yield Page(topic_file(topic), "guides", own, topic)


@dataclass(frozen=True)
class Citation:
    """A source, and the heading in it."""

    source: str
    clause: str | None

    def narrowed(self, source: str | None, clause: str | None) -> Citation:
        """A nearer place's own source and clause; another source does not keep the farther place's clause."""
        if source is None or source == self.source:
            return Citation(self.source, clause or self.clause)
        return Citation(source, clause)


class Kind(Enum):
    """What a sentence is, which decides how strictly it is compared."""

    FACT = "fact"
    LIMIT = "limit"
    LEAD = "lead"
    LEFT_OPEN = "left_open"
    QUESTION = "question"
    TAP = "tap"
    DOUBT = "doubt"


@dataclass(frozen=True)
class Statement:
    """``cited``: the passages that it may rest on, any of them; empty where that is every document of the topic."""

    field: str
    text: str
    kind: Kind
    cited: tuple[Citation, ...] = ()


def statements(page: Page) -> Iterator[Statement]:
    """All sentences that a citizen may read: leads, titles, warnings, facts, limits, what is left open, taps."""
    for guide_field, guide in page.enumerate_guides():
        for aspect, block, number in _blocks(guide):
            yield from _block_statements(f"{guide_field}.aspects.{aspect}[{number}]", guide, block)
    if page.topic is not None:
        yield from _topic_statements(page.topic)


def _topic_statements(topic: Topic) -> Iterator[Statement]:
    yield Statement("name", topic.name, Kind.TAP)
    yield Statement("label", topic.label, Kind.TAP)
    for index, open_question in enumerate(topic.left_open):
        yield Statement(f"left_open[{index}].text", open_question.text, Kind.LEFT_OPEN)
    for index, question in enumerate(topic.questions):
        yield Statement(f"questions[{index}].text", question.text, Kind.QUESTION)
        yield from _taps(f"questions[{index}].choices", question.choices)
    yield from _taps("next", topic.next)


def citations(page: Page) -> Iterator[tuple[str, Citation]]:
    """Every place that cites, with its field: guides, and the blocks and facts that override them."""
    for guide_field, guide in page.enumerate_guides():
        of_guide = Citation(guide.source, guide.clause)
        yield guide_field, of_guide
        for aspect, block, number in _blocks(guide):
            field = f"{guide_field}.aspects.{aspect}[{number}]"
            of_block = of_guide.narrowed(block.source, block.clause)
            if of_block != of_guide:
                yield field, of_block
            for at, fact in enumerate(block.facts):
                of_fact = of_block.narrowed(fact.source, fact.clause)
                if of_fact != of_block:
                    yield f"{field}.facts[{at}]", of_fact


def facts(page: Page) -> Iterator[tuple[str, Fact, Citation]]:
    """Every fact with its field and what it rests on."""
    for guide_field, guide in page.enumerate_guides():
        for aspect, block, number in _blocks(guide):
            of_block = Citation(guide.source, guide.clause).narrowed(block.source, block.clause)
            for at, fact in enumerate(block.facts):
                field = f"{guide_field}.aspects.{aspect}[{number}].facts[{at}]"
                yield field, fact, of_block.narrowed(fact.source, fact.clause)


def blocks(page: Page) -> Iterator[tuple[str, Block]]:
    """Every block with its field."""
    for guide_field, guide in page.enumerate_guides():
        for aspect, block, number in _blocks(guide):
            yield f"{guide_field}.aspects.{aspect}[{number}]", block


def _blocks(guide: Guide) -> Iterator[tuple[str, Block, int]]:
    for aspect, in_aspect in guide.aspects.items():
        for number, block in enumerate(in_aspect):
            yield aspect.value, block, number


def _taps(field: str, choices: list[Choice]) -> Iterator[Statement]:
    for index, choice in enumerate(choices):
        yield Statement(f"{field}[{index}].label", choice.label, Kind.TAP)
        yield Statement(f"{field}[{index}].send", choice.send, Kind.TAP)


def _block_statements(field: str, guide: Guide, block: Block) -> Iterator[Statement]:
    of_block = Citation(guide.source, guide.clause).narrowed(block.source, block.clause)
    of_facts = [of_block.narrowed(fact.source, fact.clause) for fact in block.facts]
    all_of_block = tuple(dict.fromkeys((of_block, *of_facts)))
    if block.lead is not None:
        yield Statement(f"{field}.lead", block.lead, Kind.LEAD, all_of_block)
    if block.title is not None:
        yield Statement(f"{field}.title", block.title, Kind.LEAD, all_of_block)
    for at, warning in enumerate(block.warnings):
        yield Statement(f"{field}.warnings[{at}].label", warning.label, Kind.FACT, (of_block,))
        yield Statement(f"{field}.warnings[{at}].text", warning.text, Kind.FACT, (of_block,))
    for at, (fact, of_fact) in enumerate(zip(block.facts, of_facts, strict=True)):
        yield from _fact_statements(f"{field}.facts[{at}]", fact, of_fact)
    for at, text in enumerate(block.left_open):
        yield Statement(f"{field}.left_open[{at}]", text, Kind.LEFT_OPEN, all_of_block)


def _fact_statements(field: str, fact: Fact, cited: Citation) -> Iterator[Statement]:
    if fact.text is not None:
        yield Statement(f"{field}.text", fact.text, Kind.FACT, (cited,))
    if fact.doubt is not None:
        yield Statement(f"{field}.doubt", fact.doubt, Kind.DOUBT)
    if fact.limit is not None:
        yield Statement(f"{field}.limit.wording", fact.limit.wording, Kind.LIMIT, (cited,))
        if fact.limit.qualifier is not None:
            yield Statement(f"{field}.limit.qualifier", fact.limit.qualifier, Kind.LIMIT, (cited,))
        if fact.limit.channel is not None:
            yield Statement(f"{field}.limit.channel", fact.limit.channel, Kind.FACT, (cited,))
