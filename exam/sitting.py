"""The bot sits the exam: every case put to it, every reply graded, and what one tap more would have given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.message import Bot, Incoming, Reply
from exam.cases import Case, Turn
from exam.grading import FOREIGN, grade
from knowledge.store import Knowledge


@dataclass(frozen=True)
class Graded:
    """One message with the bot's reply; ``wrong`` is empty where that is fully correct. ``by_tap``: fully correct at
    once, or after the right one of the taps that were offered. A number of another region and an answer where there
    is none are not put right by a tap."""

    id: str
    turn: Turn
    reply: Reply
    wrong: tuple[str, ...]
    by_tap: bool

    @property
    def right(self) -> bool:
        return not self.wrong

    @property
    def foreign(self) -> bool:
        """Whether a number of another region stands in it."""
        return any(each.endswith(FOREIGN) for each in self.wrong)

    @property
    def invented(self) -> bool:
        """Whether something was answered where there is nothing to answer."""
        return self.turn.unanswerable and self.reply.status == "answered"


@dataclass(frozen=True)
class Sat:
    """A case with its graded turns."""

    case: Case
    turns: tuple[Graded, ...]

    @property
    def right(self) -> bool:
        return all(turn.right for turn in self.turns)


async def sit(
    bot: Bot, cases: Sequence[Case], knowledge: Knowledge, progress: Callable[[int], None] = lambda _: None
) -> list[Sat]:
    """Puts every case to ``bot``, each from a sender of its own. ``progress`` is told how many are done."""
    sat = []
    for number, case in enumerate(cases, 1):
        sat.append(await _take(bot, case, knowledge))
        progress(number)
    return sat


async def _take(bot: Bot, case: Case, knowledge: Knowledge) -> Sat:
    graded = []
    sender = f"exam-{case.file}-{case.id}"
    for number, turn in enumerate(case.turns, 1):
        reply = await bot.reply(Incoming(sender, turn.text))
        wrong = tuple(grade(turn, reply, knowledge))
        by_tap = not wrong or (not case.is_dialogue and await _one_tap(bot, turn, reply, wrong, sender, knowledge))
        name = f"{case.id}.{number}" if case.is_dialogue else case.id
        graded.append(Graded(name, turn, reply, wrong, by_tap))
    return Sat(case, tuple(graded))


async def _one_tap(
    bot: Bot, turn: Turn, reply: Reply, wrong: tuple[str, ...], sender: str, knowledge: Knowledge
) -> bool:
    """Whether one of the taps leads to what was expected. Each is tried by a person of its own who asked the same."""
    if turn.unanswerable or any(each.endswith(FOREIGN) for each in wrong):
        return False
    answered = turn.copy(update={"status": (*turn.status, "answered")})
    for number, option in enumerate(reply.options, 1):
        tapping = f"{sender}-tap{number}"
        await bot.reply(Incoming(tapping, turn.text))
        after = await bot.reply(Incoming(tapping, option.send))
        if not grade(answered, after, knowledge):
            return True
    return False
