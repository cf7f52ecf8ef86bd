"""Every shortcut gives the same answers (ADR 6 and 7): each third case of the exam, in its conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.adapters.direct_dialogue import DirectDialogue
from bot.adapters.memory_state import MemoryConversations
from bot.adapters.rasa_dialogue import RasaDialogue
from bot.assistant import Assistant
from bot.installation import Installation
from bot.message import Incoming
from bot.state import State
from exam.cases import load_cases
from knowledge.editor.release import Release
from knowledge.moments import BEIJING
from tests.dialogue.test_exam import EXAM

NOW = datetime(2026, 11, 23, 13, 15, tzinfo=BEIJING)


async def test_the_same_replies_with_every_shortcut_and_with_none(release: Release) -> None:
    """``again`` has answered everything once when the others come to it."""
    from webhook.assembly import load_assistant

    def load(direct: bool, memo_size: int = 0) -> Assistant:
        memories = State(MemoryConversations())
        setting = Installation(memo_size=memo_size)
        return load_assistant(release, "12393", memories, direct=direct, installation=setting, clock=lambda: NOW)[0]

    whole, short, again = load(direct=False), load(direct=True), load(direct=True, memo_size=10_000)
    assert isinstance(whole._dialogue, RasaDialogue)
    assert isinstance(short._dialogue, DirectDialogue)
    cases = load_cases(EXAM)[::3]
    for case in cases:
        for turn in case.turns:
            await again.reply(Incoming(f"before:{case.file}:{case.id}", turn.text))
    different = []
    for case in cases:
        for turn in case.turns:
            message = Incoming(f"{case.file}:{case.id}", turn.text)
            expected = await whole.reply(message)
            # What came next is for the staff; Rasa's action does not hand it on.
            given = [replace(await bot.reply(message), near=()) for bot in (short, again)]
            if given != [expected, expected]:
                different.append((case.id, turn.text))
    assert different == []
