"""The exam: what the whole bot, as it was trained in this run, says to questions that nobody trained on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assistant import Assistant
from bot.message import Incoming
from knowledge.store import Knowledge
from nlu.importer import content_examples
from tests.conftest import missing
from tests.dialogue.grading import EXAM, grade
from webhook.contract import Question, contract_object

KNOWN_GOOD = EXAM / "known_good.yml"
DATA = Path(__file__).parents[2] / "nlu" / "data"
FILES = sorted({path.stem for path in EXAM.glob("*.jsonl")} | {"questions", "dialogues", "second"})

LONG_ENOUGH = 10
"""Characters from which a question that is also in the training data looks copied; shorter ones happen."""

COINCIDENCES: set[str] = set()
"""In both. Take them out of the training data, then out of here."""


@dataclass(frozen=True)
class Graded:
    """One message of the exam with the bot's reply; ``wrong`` is empty where that is fully right."""

    id: str
    text: str
    reply: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.text}", *(f"    | {line}" for line in self.reply.splitlines())]
        return "\n".join([*lines, *(f"    ! {each}" for each in self.wrong)])


Taken = dict[str, list[list[Graded]]]
"""By file, the dialogues with their turns; a question is a dialogue of one turn."""


def cases(name: str) -> list[dict[str, Any]]:
    path = EXAM / f"{name}.jsonl"
    if not path.is_file():
        missing(f"there is no {path.name}")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row if "turns" in row else {"id": row["id"], "turns": [row]} for row in rows]


@pytest.fixture(scope="module")
def taken(assistant: Assistant, knowledge: Knowledge) -> Taken:
    """Every file that is there, put to the bot; the turns of a dialogue come in order and from one sender."""

    async def converse(case: dict[str, Any]) -> list[Graded]:
        graded = []
        for number, turn in enumerate(case["turns"], 1):
            question = Question(f"{case['id']}.{number}", f"exam-{case['id']}", turn["text"])
            reply = await assistant.reply(Incoming(question.sender, question.text))
            given = contract_object(question, reply, 0.0)
            graded.append(Graded(str(question.id), question.text, reply.reply, tuple(grade(turn, given, knowledge))))
        return graded

    async def take(name: str) -> list[list[Graded]]:
        return [await converse(case) for case in cases(name)]

    return {name: asyncio.run(take(name)) for name in FILES if (EXAM / f"{name}.jsonl").is_file()}


@pytest.mark.parametrize("name", FILES)
def test_no_fewer_are_fully_right_than_before(name: str, taken: Taken, capsys: pytest.CaptureFixture[str]) -> None:
    """Shows the failures when it fails, and with ``pytest -s``."""
    cases(name)
    wrong = [turn for dialogue in taken[name] for turn in dialogue if turn.wrong]
    right = sum(not any(turn.wrong for turn in dialogue) for dialogue in taken[name])
    share = 100 * right / len(taken[name])
    told = f"exam {name}: {right} of {len(taken[name])} fully right ({share:.1f} %), {len(wrong)} wrong replies"
    print("\n\n".join(map(str, wrong)))
    with capsys.disabled():
        print(f"\n{told}")
    known_good = yaml.safe_load(KNOWN_GOOD.read_text(encoding="utf-8")).get(name, 0)
    assert right >= known_good, f"{told}; {KNOWN_GOOD.name} says {known_good}"


@pytest.mark.parametrize("name", FILES)
def test_no_reply_holds_a_number_of_another_region(name: str, taken: Taken) -> None:
    cases(name)
    turns = [turn for dialogue in taken[name] for turn in dialogue]
    foreign = [str(turn) for turn in turns if any(each.endswith("of another region") for each in turn.wrong)]
    assert not foreign, "\n\n".join(foreign)


def test_every_known_good_number_belongs_to_a_file() -> None:
    assert set(yaml.safe_load(KNOWN_GOOD.read_text(encoding="utf-8"))) <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_nobody_trains_on_the_exam(name: str, knowledge: Knowledge) -> None:
    asked = {turn["text"] for case in cases(name) for turn in case["turns"] if len(turn["text"]) >= LONG_ENOUGH}
    lines = (line for path in DATA.rglob("*.yml") for line in path.read_text(encoding="utf-8").splitlines())
    trained = {line.strip().removeprefix("- ") for line in lines}
    trained.update(text for topic in knowledge.topics.values() for text in content_examples(topic))
    assert asked & trained <= COINCIDENCES
