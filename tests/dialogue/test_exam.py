"""The exam: what the whole bot, as it was trained in this run, says to questions that nobody trained on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from bot.assistant import Assistant
from exam.cases import Case, load_cases
from exam.report import Report
from exam.sitting import Sat, sit
from knowledge.store import Knowledge
from nlu.importer import content_examples
from tests.conftest import missing

EXAM = Path(__file__).parent / "exam"
KNOWN_GOOD = EXAM / "known_good.yml"
DATA = Path(__file__).parents[2] / "nlu" / "data"
FILES = sorted({path.stem for path in EXAM.glob("*.jsonl")} | {"questions", "dialogues", "second"})

LONG_ENOUGH = 10
"""Characters from which a question that is also in the training data looks copied; shorter ones happen."""

COINCIDENCES: set[str] = set()
"""In both. Take them out of the training data, then out of here."""

Taken = dict[str, list[Sat]]
"""By file."""


def cases(name: str) -> list[Case]:
    if not (EXAM / f"{name}.jsonl").is_file():
        missing(f"there is no {name}.jsonl")
    return load_cases(EXAM, name)


@pytest.fixture(scope="module")
def taken(assistant: Assistant, knowledge: Knowledge) -> Taken:
    """Every file that is there, put to the bot; the turns of a dialogue come in order and from one sender."""
    there = [name for name in FILES if (EXAM / f"{name}.jsonl").is_file()]
    return {name: asyncio.run(sit(assistant, cases(name), knowledge)) for name in there}


@pytest.mark.parametrize("name", FILES)
def test_no_fewer_are_fully_right_than_before(
    name: str, taken: Taken, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shows the failures when it fails, and with ``pytest -s``."""
    cases(name)
    right = sum(sat.right for sat in taken[name])
    told = f"exam {name}: {right} of {len(taken[name])} fully right ({100 * right / len(taken[name]):.1f} %)"
    print(Report(taken[name], knowledge).text())
    with capsys.disabled():
        print(f"\n{told}")
    known_good = yaml.safe_load(KNOWN_GOOD.read_text(encoding="utf-8")).get(name, 0)
    assert right >= known_good, f"{told}; {KNOWN_GOOD.name} says {known_good}"


@pytest.mark.parametrize("name", FILES)
def test_no_reply_holds_a_number_of_another_region(name: str, taken: Taken) -> None:
    cases(name)
    foreign = [f"{turn.turn.text}\n{turn.reply.reply}" for sat in taken[name] for turn in sat.turns if turn.foreign]
    assert not foreign, "\n\n".join(foreign)


def test_every_known_good_number_belongs_to_a_file() -> None:
    assert set(yaml.safe_load(KNOWN_GOOD.read_text(encoding="utf-8"))) <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_nobody_trains_on_the_exam(name: str, knowledge: Knowledge) -> None:
    asked = {turn.text for case in cases(name) for turn in case.turns if len(turn.text) >= LONG_ENOUGH}
    lines = (line for path in DATA.rglob("*.yml") for line in path.read_text(encoding="utf-8").splitlines())
    trained = {line.strip().removeprefix("- ") for line in lines}
    trained.update(text for topic in knowledge.topics.values() for _, text in content_examples(topic))
    assert asked & trained <= COINCIDENCES
