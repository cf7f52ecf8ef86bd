"""Puts the parts together: which adapter implements which port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.assistant import Assistant
from bot.conversations import Conversations
from bot.dialogue import Dialogue
from bot.installation import Installation
from bot.phrases import Phrases
from bot.state import State
from knowledge.editor.release import Release, ReleaseError, Releases
from knowledge.errors import KnowledgeError
from knowledge.moments import now_in_beijing
from knowledge.store import Knowledge, load_knowledge
from webhook.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.sql_console import ConsoleDatabase
    from bot.adapters.sql_journal import SqlJournal
    from webhook.console.mount import Console


def load_assistant(
    release: Release,
    last_resort_number: str | None,
    state: State,
    *,
    direct: bool = True,
    installation: Installation = Installation(),  # noqa: B008 (it cannot change)
    clock: Callable[[], datetime] = now_in_beijing,
) -> tuple[Assistant, Knowledge]:
    """Loads a release into a bot; some seconds. ``direct`` False: through Rasa's whole prediction loop, whose answers
    are the same. ``clock``: the time in
    Beijing. Raises ``ReleaseError`` where content or model cannot be loaded."""
    knowledge = with_last_resort(load_content(release), last_resort_number)
    try:
        dialogue = _load_dialogue(release.model, knowledge, direct, installation.memo_size, clock)
    except Exception as error:
        raise ReleaseError(f"版本 {release.id} 的模型读不了（{type(error).__name__}）。请运行：yibao train") from error
    return Assistant(dialogue, knowledge, state, Phrases.load(), replace(installation, release=release.id)), knowledge


def _load_dialogue(
    model: Path, knowledge: Knowledge, direct: bool, memo_size: int, clock: Callable[[], datetime]
) -> Dialogue:
    """Imports Rasa, which takes seconds and half a gigabyte, only for a model that needs it."""
    from bot.adapters.direct_dialogue import DirectDialogue
    from nlu.archive import read_alone

    reader = read_alone(model) if direct else None
    if reader is not None:
        return DirectDialogue(reader.read, knowledge, memo_size, clock)
    from actions.answer import ActionAnswer
    from bot.adapters.rasa_dialogue import RasaDialogue

    return RasaDialogue(model, [ActionAnswer(knowledge, clock)])


def load_content(release: Release) -> Knowledge:
    """Loads what a release knows, without its model. Raises ``ReleaseError``."""
    try:
        return load_knowledge(release.content)
    except KnowledgeError as error:
        raise ReleaseError(f"版本 {release.id} 的内容读不了。请运行：yibao train") from error


def make_console(
    settings: Settings,
    bot: Assistant,
    knowledge: Knowledge,
    journal: SqlJournal,
    database: ConsoleDatabase,
    conversations: Conversations,
    asked: Callable[[], Mapping[str, int]],
) -> Console:
    """What the pages of the staff work with. ``conversations``: where those of the staff are kept too, under senders
    that no citizen has. ``asked``: how often each topic was."""
    from bot.adapters.memory_state import MemoryConversations
    from bot.adapters.sql_figures import SqlFigures
    from bot.adapters.sql_staff import connect_staff
    from bot.adapters.sql_tasks import SqlTasks
    from knowledge.editor.sources import find_folder
    from knowledge.editor.workspace import Workspace
    from webhook.console.mount import Console
    from webhook.console.rehearsal import Rehearsal, Silence
    from webhook.console.search import LateSearch, Search
    from webhook.editing.mount import Editing
    from webhook.publishing.trainings import Trainings

    def rehearse(changed: Knowledge) -> Assistant:
        return bot.with_knowledge(with_last_resort(changed, settings.last_resort_number), State(MemoryConversations()))

    silence = Silence()
    workspace = Workspace(settings.content) if settings.content else None
    return Console(
        editing=Editing(
            workspace,
            find_folder(Path(__file__).parents[1], editors=settings.content),
            rehearse,
            Releases(settings.var),
            Trainings(settings.var),
        ),
        knowledge=knowledge,
        phrases=Phrases.load(),
        search=LateSearch(lambda: Search(knowledge, bot.suggest, asked)),
        rehearsal=Rehearsal(bot.with_state(State(conversations, journal=silence)), silence, knowledge),
        staff=connect_staff(database),
        tasks=SqlTasks(database),
        figures=SqlFigures(journal.select, lambda: journal.dialect),
        find_answer=journal.find,
        release=bot.release,
        sender_key=settings.sender_key,
        is_production=settings.is_production,
        public_url=settings.public_url,
    )


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
