"""What a change of the content does before it is saved: whose answers change, old beside new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.journal import Entry
from bot.message import Bot, Incoming
from exam.cases import Case
from exam.grading import grade
from knowledge.contacts import find_lines, find_offices
from knowledge.regions import XINJIANG
from knowledge.schema import Purpose, RegionKind, Topic
from knowledge.sheet import make_sheet
from knowledge.store import Knowledge, topic_file

MOST = 300
"""Messages of the exam that are asked anew; some seconds, old and new."""

MOST_RECENT = 200
"""Questions of citizens, the newest."""

KINDS = (RegionKind.PROVINCE, RegionKind.PREFECTURE, RegionKind.COUNTY, RegionKind.POOL)

MakeBot = Callable[[Knowledge], Bot]
"""A bot that answers from this knowledge and remembers for itself. Raises ``bot.dialogue.DialogueError``."""


@dataclass(frozen=True)
class Changed:
    """A question that is answered otherwise. ``id``: of the exam's case, or the code of a citizen's answer."""

    id: str
    text: str
    before: str
    after: str
    was_right: bool = True
    is_right: bool = True

    @property
    def is_worse(self) -> bool:
        return self.was_right and not self.is_right


@dataclass(frozen=True)
class Impact:
    """``regions``: codes of those whose people get other answers. ``asked``, ``asked_recent``: how many were put to
    both, ``left``: of the exam's that were not."""

    regions: tuple[str, ...]
    exam: tuple[Changed, ...]
    asked: int
    left: int
    recent: tuple[Changed, ...]
    asked_recent: int


class Impacts:
    """``make_bot``: see ``MakeBot``."""

    def __init__(self, make_bot: MakeBot) -> None:
        self._make_bot = make_bot

    def measure(
        self,
        before: Knowledge,
        after: Knowledge,
        file: str,
        cases: Sequence[tuple[Case, Case]],
        recent: Sequence[Entry],
    ) -> Impact:
        """``file``: what is changed, relative to the content folder; only questions that it may concern are asked.
        ``cases``: each as it is expected now, and after the change.
        Blocks for some seconds. Raises ``KnowledgeError``, ``bot.dialogue.DialogueError``."""
        return asyncio.run(self._measure(before, after, file, cases, recent))

    async def _measure(
        self,
        before: Knowledge,
        after: Knowledge,
        file: str,
        cases: Sequence[tuple[Case, Case]],
        recent: Sequence[Entry],
    ) -> Impact:
        topics = {topic.id for topic in after.topics.values() if topic_file(topic) == file}
        regions = changed_regions(before, after, [t for t in after.topics.values() if not topics or t.id in topics])
        concerned = [(case, changed) for case, changed in cases if _concerns(case, topics, regions)]
        bots = self._make_bot(before), self._make_bot(after)
        exam: list[Changed] = []
        asked = 0
        for case, changed in concerned:
            if asked >= MOST:
                break
            asked += len(case.turns)
            exam += await _put(bots, case, changed, (before, after))
        lately = [each for each in recent if each.question and (not topics or each.topic in topics)][:MOST_RECENT]
        answered = [await _ask_again(bots, entry) for entry in lately]
        return Impact(
            regions=regions,
            exam=tuple(sorted(exam, key=lambda each: not each.is_worse)),
            asked=asked,
            left=max(0, sum(len(case.turns) for case, _ in concerned) - asked),
            recent=tuple(each for each in answered if each.before != each.after),
            asked_recent=len(lately),
        )

    def preview(self, knowledge: Knowledge, question: str, region: str | None) -> tuple[str, ...]:
        """What WeChat would be sent to somebody new who asks this. Raises as ``measure``."""

        async def ask() -> tuple[str, ...]:
            bot = self._make_bot(knowledge)
            return (await bot.reply(Incoming("editor", question, door="console", region=region))).parts

        return asyncio.run(ask())


def changed_regions(before: Knowledge, after: Knowledge, topics: Iterable[Topic]) -> tuple[str, ...]:
    """Codes of the regions of Xinjiang for which a topic's sheet, a number or an office is not what it was."""
    watched = [topic for topic in topics if before.topics.get(topic.id) != topic]
    contacts_changed = before.offices != after.offices
    found = []
    for region in after.regions.by_code.values():
        is_ours = region.kind in KINDS and after.regions.in_xinjiang(region.code)
        if not is_ours or region.code not in before.regions.by_code:
            continue
        reached = contacts_changed and _contacts(before, region.code) != _contacts(after, region.code)
        if reached or any(_sheet(before, t.id, region.code) != _sheet(after, t.id, region.code) for t in watched):
            found.append(region.code)
    return tuple(found)


def _contacts(knowledge: Knowledge, region: str) -> object:
    businesses = [(topic.id, topic.family) for topic in knowledge.topics.values()]
    families = dict.fromkeys(businesses)
    lines = [find_lines(knowledge, region, purpose, business) for purpose in Purpose for business in families]
    return lines, [find_offices(knowledge, region, business) for business in families]


def _sheet(knowledge: Knowledge, topic: str, region: str) -> object:
    held = knowledge.topics.get(topic)
    if held is None:
        return None
    sheet = make_sheet(knowledge, held, region)
    return sheet.fields, sheet.contacts, sheet.offices, sheet.left_open


def _concerns(case: Case, topics: set[str], regions: Sequence[str]) -> bool:
    if topics:
        return any(topics & {*turn.topic} for turn in case.turns)
    # An office: whoever is insured where its numbers serve.
    return any(turn.region in regions or (XINJIANG in regions and turn.region is None) for turn in case.turns)


async def _put(bots: tuple[Bot, Bot], case: Case, changed: Case, known: tuple[Knowledge, Knowledge]) -> list[Changed]:
    """Each message of a case that is answered otherwise, in its conversation."""
    found = []
    for number, (turn, then) in enumerate(zip(case.turns, changed.turns, strict=True), 1):
        message = Incoming(f"impact-{case.file}-{case.id}", turn.text)
        old, new = [await bot.reply(message) for bot in bots]
        if old.reply != new.reply:
            name = f"{case.id}.{number}" if len(case.turns) > 1 else case.id
            was_right, is_right = not grade(turn, old, known[0]), not grade(then, new, known[1])
            found.append(Changed(f"{case.file}/{name}", turn.text, old.reply, new.reply, was_right, is_right))
    return found


async def _ask_again(bots: tuple[Bot, Bot], entry: Entry) -> Changed:
    sender = f"recent-{entry.code}"
    region = entry.region or None
    old, new = [await bot.reply(Incoming(sender, entry.question or "", region=region)) for bot in bots]
    return Changed(entry.code, entry.question or "", old.reply, new.reply)
