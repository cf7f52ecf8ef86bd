"""What was read and answered once is not worked out again, and is the same for nobody who had told something else."""

from __future__ import annotations

from typing import Any

from bot.adapters.direct_dialogue import DirectDialogue
from bot.adapters.memory_state import MemoryConversations
from bot.dialogue import Heard
from knowledge.conversation import Mention, Understanding
from tests.knowledge_builder import build, guide, line, office, topic


class CountingReader:
    """Knows two messages."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, text: str) -> Understanding:
        self.read.append(text)
        places = (Mention("沙湾", ("654203",), "insured"),) if "沙湾" in text else ()
        return Understanding(text, "suspension", mentions=places)


KNOWLEDGE = build(
    topic("suspension", guide("650000", {"overview": "全区一样"}), guide("654203", {"overview": "沙湾不同"})),
    offices=[office(line("654203", "0993-6023208"))],
)


def dialogue(memo_size: int) -> tuple[DirectDialogue, CountingReader]:
    reader = CountingReader()
    return DirectDialogue(reader, KNOWLEDGE, MemoryConversations(), memo_size), reader


def facts(heard: Heard) -> list[str | None]:
    return [row.text for section in heard.answer.sections for row in section.lines]


async def test_the_same_words_are_read_once() -> None:
    asked, reader = dialogue(10)
    first = await asked.respond("one", "沙湾 停保", None)
    assert await asked.respond("two", "沙湾  停保 ", None) == first
    assert reader.read == ["沙湾 停保"]


async def test_without_memos_each_is_read() -> None:
    asked, reader = dialogue(0)
    first = await asked.respond("one", "沙湾停保", None)
    assert await asked.respond("two", "沙湾停保", None) == first
    assert len(reader.read) == 2


async def test_who_told_something_else_gets_another_answer() -> None:
    asked, _ = dialogue(10)
    await asked.respond("one", "沙湾停保", None)
    assert facts(await asked.respond("one", "停保", None)) == ["沙湾不同"]
    assert facts(await asked.respond("two", "停保", None)) == ["全区一样"]
    assert facts(await asked.respond("three", "停保", "654203")) == ["沙湾不同"]


async def test_a_memory_of_another_version_is_that_of_somebody_new() -> None:
    conversations = MemoryConversations()
    await conversations.save("one", {"slots": {"memory": {"people": 7}}})
    asked = DirectDialogue(CountingReader(), KNOWLEDGE, conversations, 10)
    assert facts(await asked.respond("one", "停保", None)) == ["全区一样"]
    await asked.forget("one")
    assert await conversations.load("one") is None


class LostConversations(MemoryConversations):
    """Gives nothing while it is lost."""

    lost = False

    async def load(self, sender: str) -> dict[str, Any] | None:
        if self.lost:
            raise OSError("no store")
        return await super().load(sender)


async def test_what_the_store_holds_is_not_written_over_while_it_is_lost() -> None:
    conversations = LostConversations()
    asked = DirectDialogue(CountingReader(), KNOWLEDGE, conversations, 10)
    await asked.respond("one", "沙湾停保", None)
    conversations.lost = True
    assert facts(await asked.respond("one", "停保", None)) == ["全区一样"]
    conversations.lost = False
    assert facts(await asked.respond("one", "停保", None)) == ["沙湾不同"]
