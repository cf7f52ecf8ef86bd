"""Without Rasa's prediction loop the answers are the same (ADR 6): every message of the exam, in its conversations."""

from __future__ import annotations

from bot.adapters.direct_dialogue import DirectDialogue
from bot.adapters.memory_state import MemoryConversations, MemorySessions
from bot.adapters.rasa_dialogue import RasaDialogue
from bot.assistant import Assistant
from bot.message import Incoming
from exam.cases import load_cases
from knowledge.editor.release import Release
from tests.dialogue.test_exam import EXAM


async def test_the_same_replies_with_and_without_the_prediction_loop(release: Release) -> None:
    from webhook.assembly import load_assistant

    def load(direct: bool) -> Assistant:
        return load_assistant(release, "12393", MemoryConversations(), MemorySessions(), direct=direct)[0]

    short, whole = load(True), load(False)
    assert isinstance(short._dialogue, DirectDialogue)
    assert isinstance(whole._dialogue, RasaDialogue)
    different = []
    for case in load_cases(EXAM):
        for turn in case.turns:
            message = Incoming(f"{case.file}:{case.id}", turn.text)
            if await short.reply(message) != await whole.reply(message):
                different.append((case.id, turn.text))
    assert different == []
