"""Facts drawn from the documents, asked plainly: the reply has each to the letter, and no other region's number."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from bot.assistant import Assistant
from bot.message import Incoming
from exam.grading import foreign_numbers
from knowledge.editor.sources import SourceDocuments, find_folder, normalise
from knowledge.store import Knowledge
from tests.dialogue.facts import Drawn, all_facts, draw
from webhook.command_line.terminal import PROJECT

COUNT = 200
SEED = 20261122
GIVEN = 0.97
"""Share of the facts that the bot must give, asked plainly."""


@dataclass(frozen=True)
class Told:
    """A fact, with the reply to its question."""

    fact: Drawn
    reply: str

    @property
    def right(self) -> bool:
        return normalise(self.fact.literal) in normalise(self.reply)

    def __str__(self) -> str:
        lines = [f"{self.fact.text}  → {self.fact.literal} ({self.fact.source})"]
        return "\n".join([*lines, *(f"    | {line}" for line in self.reply.splitlines())])


@pytest.fixture(scope="module")
def documents(knowledge: Knowledge) -> SourceDocuments:
    folder = find_folder(PROJECT)
    if folder is None:
        pytest.skip("the source documents are not beside the project (../shared/sources)")
    return SourceDocuments(folder, knowledge.sources)


@pytest.fixture(scope="module")
def told(assistant: Assistant, documents: SourceDocuments) -> list[Told]:
    async def ask() -> list[Told]:
        facts = draw(documents, COUNT, SEED)
        return [
            Told(fact, (await assistant.reply(Incoming(f"fact-{number}", fact.text))).reply)
            for number, fact in enumerate(facts)
        ]

    return asyncio.run(ask())


def test_facts_are_drawn_from_every_document(documents: SourceDocuments) -> None:
    facts = all_facts(documents)
    assert {fact.source for fact in facts} == {*documents.held}
    assert len(facts) > 3 * COUNT


def test_the_bot_gives_the_literal(told: list[Told], capsys: pytest.CaptureFixture[str]) -> None:
    """Shows the failures when it fails, and with ``pytest -s``."""
    wrong = [each for each in told if not each.right]
    print("\n\n".join(map(str, wrong)))
    with capsys.disabled():
        print(f"\nfacts of the documents: {len(told) - len(wrong)} of {len(told)} given, to the letter")
    assert len(told) - len(wrong) >= GIVEN * len(told)


def test_no_reply_holds_a_number_of_another_region(told: list[Told], knowledge: Knowledge) -> None:
    for each in told:
        region = knowledge.regions.candidates(each.fact.region)[0].code
        found = [number for number in foreign_numbers({region}, knowledge) if number in each.reply]
        assert not found, str(each)
