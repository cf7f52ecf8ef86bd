"""Questions about opening hours and dates, answered by the real reader with the clock set: open now, and by when.

The expected days are worked out by hand from the documents and the State Council's calendar of holidays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.adapters.direct_dialogue import DirectDialogue
from bot.adapters.memory_state import MemoryConversations
from bot.assistant import Assistant
from bot.installation import Installation
from bot.message import Incoming
from bot.phrases import Phrases
from bot.state import State
from knowledge.editor.release import Release
from knowledge.moments import BEIJING
from knowledge.store import load_knowledge
from nlu.archive import read_alone
from webhook.command_line.terminal import PROJECT

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parent / "opening_questions.jsonl").read_text(encoding="utf-8").splitlines()
]


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def set(self, iso: str) -> None:
        self.now = datetime.fromisoformat(iso).replace(tzinfo=BEIJING)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 11, tzinfo=BEIJING))


@pytest.fixture(scope="module")
def bot(release: Release, clock: Clock) -> Assistant:
    """Remembers what it answered, as the server does: an answer of another moment must not come back. The content is
    the working tree's, so that a period written just now is there without training."""
    knowledge = load_knowledge(PROJECT / "knowledge/content")
    reader = read_alone(release.model)
    assert reader is not None
    dialogue = DirectDialogue(reader.read, knowledge, 1_000, clock)
    return Assistant(dialogue, knowledge, State(MemoryConversations()), Phrases.load(), Installation(memo_size=1_000))


def test_there_are_enough() -> None:
    assert len(QUESTIONS) >= 60
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=[q["id"] for q in QUESTIONS])
async def test_the_answer_is_right_at_that_moment(bot: Assistant, clock: Clock, question: dict[str, object]) -> None:
    clock.set(str(question["now"]))
    turns = question["turns"]
    assert isinstance(turns, list)
    for turn in turns:
        reply = await bot.reply(Incoming(f"opening-{question['id']}", turn))
    must, must_not = question["must"], question["must_not"]
    assert isinstance(must, list)
    assert isinstance(must_not, list)
    told = f"{question['now']} {turns}\n{reply.reply}"
    assert reply.status == question["status"], told
    assert [words for words in must if words not in reply.reply] == [], told
    assert [words for words in must_not if words in reply.reply] == [], told


async def test_the_same_message_a_minute_later(bot: Assistant, clock: Clock) -> None:
    """What is remembered of a message is not its answer of before."""
    replies = []
    for iso in ("2026-11-23T13:59", "2026-11-23T14:00", "2026-11-23T13:59"):
        clock.set(iso)
        replies.append((await bot.reply(Incoming(f"minute-{len(replies)}", "沙湾现在能去吗"))).reply)
    assert "还有1分钟" in replies[0]
    assert "中午休息" in replies[1]
    assert replies[0] == replies[2]


async def test_what_knows_no_time_is_remembered(bot: Assistant, clock: Clock) -> None:
    dialogue = bot._dialogue
    heard = []
    for iso in ("2026-11-23T13:59", "2026-11-23T14:00"):
        clock.set(iso)
        heard.append(await dialogue.respond("{}", "沙湾医保局电话", None))
    assert heard[0] is heard[1]
