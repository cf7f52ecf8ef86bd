"""Puts the parts together: which adapter implements which port."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant import Assistant
from bot.conversations import Conversations
from bot.dedupe import Once
from bot.phrases import Phrases
from bot.session import Sessions
from knowledge.editor.release import Release, ReleaseError
from knowledge.errors import KnowledgeError
from knowledge.store import Knowledge, load_knowledge


def load_assistant(
    release: Release,
    last_resort_number: str | None,
    conversations: Conversations,
    sessions: Sessions,
    once: Once | None = None,
    *,
    direct: bool = True,
) -> tuple[Assistant, Knowledge]:
    """Loads a release into a bot; some seconds. ``direct`` False: through Rasa's whole prediction loop, whose answers
    are the same. Raises ``ReleaseError`` where content or model cannot be loaded."""
    knowledge = with_last_resort(load_content(release), last_resort_number)
    from actions.answer import ActionAnswer
    from bot.adapters.direct_dialogue import DirectDialogue
    from bot.adapters.rasa_dialogue import RasaDialogue

    try:
        rasa = RasaDialogue(release.model, [ActionAnswer(knowledge)], conversations)
    except Exception as error:
        raise ReleaseError(f"版本 {release.id} 的模型读不了（{type(error).__name__}）。请运行：yibao train") from error
    dialogue = DirectDialogue(rasa, knowledge, conversations) if direct and rasa.always_answers else rasa
    return Assistant(dialogue, knowledge, sessions, Phrases.load(), once), knowledge


def load_content(release: Release) -> Knowledge:
    """Loads what a release knows, without its model. Raises ``ReleaseError``."""
    try:
        return load_knowledge(release.content)
    except KnowledgeError as error:
        raise ReleaseError(f"版本 {release.id} 的内容读不了。请运行：yibao train") from error


def with_last_resort(knowledge: Knowledge, number: str | None) -> Knowledge:
    """Replaces the national line's number by the operator's, or drops the line where the number is None."""
    offices = {}
    for name, office in knowledge.offices.items():
        lines = []
        for line in office.lines:
            if "000000" not in line.regions or line.purpose.value != "consultation":
                lines.append(line)
            elif number is not None:
                lines.append(line.copy(update={"number": number}))
        offices[name] = office.copy(update={"lines": lines})
    return replace(knowledge, offices=offices)
