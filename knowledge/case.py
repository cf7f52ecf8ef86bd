"""One question of one person: what is known about them, and what every answer to them carries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from knowledge.contacts import find_lines, first_contact, last_resort
from knowledge.conversation import (
    SELF,
    Answer,
    Cited,
    Contact,
    Memory,
    Notice,
    Option,
    Person,
    Request,
)
from knowledge.fields import Placed, Situation, all_cues, cue_score, find_cued
from knowledge.schema import Aspect, Guide, Purpose, Topic
from knowledge.store import Knowledge

CONTACT = "contact"
"""Stands for a topic in ``Memory`` and ``Request`` when the office itself was asked for."""

REMOTE_CARE = "remote_care"
"""Family whose answers depend on the place of care."""


CARED_FOR = frozenset({REMOTE_CARE, "chronic_disease", "reimbursement"})
"""Families that speak of the place of care; elsewhere a place may be anything."""


@dataclass(frozen=True)
class Case:
    """``text`` is the normalised question; its cues choose among the blocks of a topic."""

    knowledge: Knowledge
    memory: Memory
    text: str

    @property
    def person(self) -> Person:
        return self.memory.person

    @property
    def for_other(self) -> bool | None:
        return None if self.memory.current == SELF else True

    @cached_property
    def situation(self) -> Situation:
        person = self.person
        return Situation(person.region, person.care, person.scope, person.insurance, self.for_other)

    @property
    def insured_outside(self) -> bool:
        """Insured in another province: our documents hold the national platform for them, nothing else."""
        region = self.person.region
        regions = self.knowledge.regions
        return region is not None and not regions.in_xinjiang(region) and not regions.is_corps(region)

    @property
    def care_in_xinjiang(self) -> bool:
        return self.person.care is None or self.knowledge.regions.in_xinjiang(self.person.care)

    @property
    def insured_in_corps(self) -> bool:
        return self.person.region is not None and self.knowledge.regions.is_corps(self.person.region)

    def cued(self, topic: Topic) -> list[Placed]:
        """The blocks that the question's words ask for, those of the family's general topic among them."""
        if topic.id not in self._found:
            general = self.knowledge.topics[topic.general] if topic.general else None
            self._found[topic.id] = find_cued(topic, self.text, self.situation, self.knowledge.regions, general)
        return self._found[topic.id]

    @cached_property
    def _found(self) -> dict[str, list[Placed]]:
        return {}

    def cue_strength(self, topic: Topic) -> int:
        """How hard the question hits the best cue of ``topic``. Its name and aliases count as cues; those of closing
        notes do not, because every service has them."""
        return cue_score(self.text, all_cues(topic))

    def contact(self, business: tuple[str, ...]) -> Contact | None:
        """The number to call about ``business``; the last resort where none is on file for the region."""
        region = self.person.region
        if region is not None:
            found = first_contact(find_lines(self.knowledge, region, Purpose.CONSULTATION, business))
            if found is not None:
                return found
        return last_resort(self.knowledge)

    def name(self, code: str) -> str:
        return self.knowledge.regions.by_code[code].name

    def cite(self, source: str, clause: str | None) -> Cited:
        row = self.knowledge.sources[source]
        return Cited(row.id, row.title, row.short, clause, row.edition)

    def add_source(self, answer: Answer, cited: Cited) -> Answer:
        """Lists a source of the answer, each place in it once; a place named in it beside none says more."""
        if cited in answer.sources or (cited.clause is None and any(c.id == cited.id for c in answer.sources)):
            return answer
        return replace(answer, sources=(*answer.sources, cited))

    def publisher(self, source: str) -> str:
        return self.knowledge.sources[source].region

    def cite_guide(self, guide: Guide, placed: Placed | None = None) -> Cited:
        block = placed.block if placed else None
        if block is not None and block.source is not None:
            return self.cite(block.source, block.clause)
        return self.cite(guide.source, (block.clause if block else None) or guide.clause)

    def begin(
        self,
        status: str,
        *,
        topic: Topic | str | None,
        phrase: Notice | None = None,
        options: tuple[Option, ...] = (),
        contact: Contact | None = None,
    ) -> Answer:
        """An answer that holds what every answer to this person holds, and nothing asked yet."""
        row = topic if isinstance(topic, Topic) else self.knowledge.topics.get(topic or "")
        person = self.person
        return Answer(
            status=status,
            memory=replace(self.memory, options=options, pending=None),
            phrase=phrase,
            topic=row.id if row else None,
            topic_name=row.name if row else None,
            person=None if self.memory.current == SELF else self.memory.current,
            region=person.region,
            care=person.care if row is None or row.family in CARED_FOR else None,
            scope=person.scope,
            options=options,
            contact=contact,
        )


def close(answer: Answer, topic: str | None, aspects: tuple[Aspect, ...] = (), text: str = "") -> Answer:
    """Puts what was answered into the memory; without ``aspects`` the subject stays: small talk changes nothing."""
    memory = replace(answer.memory, options=answer.options)
    if aspects:
        before = memory.topic if topic == CONTACT != memory.topic else memory.before if topic == CONTACT else None
        memory = replace(memory, topic=topic, before=before, aspects=aspects, text=text)
    disclaim = answer.status == "answered" and bool(answer.sources) and not memory.disclaimed
    return replace(answer, disclaim=disclaim, memory=replace(memory, disclaimed=memory.disclaimed or disclaim))


def waiting_for(answer: Answer, request: Request) -> Answer:
    """A question back was asked: the next message completes ``request``."""
    return replace(answer, memory=replace(answer.memory, options=answer.options, pending=request))
