"""What was read and answered once is not worked out again, and is the same for nobody who had told something else."""

from __future__ import annotations

from bot.adapters.direct_dialogue import DirectDialogue
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


NEW = "{}"


def dialogue(memo_size: int) -> tuple[DirectDialogue, CountingReader]:
    reader = CountingReader()
    return DirectDialogue(reader, KNOWLEDGE, memo_size), reader


def facts(heard: Heard) -> list[str | None]:
    return [row.text for section in heard.answer.sections for row in section.lines]


async def test_the_same_words_are_read_and_answered_once() -> None:
    asked, reader = dialogue(10)
    first = await asked.respond(NEW, "沙湾 停保", None)
    assert await asked.respond(NEW, "沙湾  停保 ", None) is first
    assert reader.read == ["沙湾 停保"]


async def test_without_memos_each_is_read() -> None:
    asked, reader = dialogue(0)
    first = await asked.respond(NEW, "沙湾停保", None)
    second = await asked.respond(NEW, "沙湾停保", None)
    assert (second.answer, second.memory) == (first.answer, first.memory)
    assert len(reader.read) == 2


async def test_who_told_something_else_gets_another_answer() -> None:
    asked, _ = dialogue(10)
    told = await asked.respond(NEW, "沙湾停保", None)
    assert facts(await asked.respond(told.memory, "停保", None)) == ["沙湾不同"]
    assert facts(await asked.respond(NEW, "停保", None)) == ["全区一样"]
    assert facts(await asked.respond(NEW, "停保", "654203")) == ["沙湾不同"]


async def test_a_memory_of_another_version_is_that_of_somebody_new() -> None:
    asked, _ = dialogue(10)
    assert facts(await asked.respond('{"people": 7}', "停保", None)) == ["全区一样"]
