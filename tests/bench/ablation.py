"""``make ablation``: what each piece of understanding is worth, on the exam.

The reader is trained again without the piece, or used without it, and everything behind it stays. Rasa is left out:
it carries the understanding, and does not change it. Shares of questions that are fully right, and of questions whose
topic is right; then five trainings without a random tenth of the examples.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import yaml

from bot.adapters.direct_dialogue import DirectDialogue
from bot.adapters.memory_state import MemoryConversations
from bot.assistant import Assistant
from bot.phrases import Phrases
from bot.state import State
from exam.cases import Case, load_cases
from exam.sitting import Graded, sit
from knowledge.schema import Aspect
from knowledge.store import Knowledge, load_knowledge
from nlu.aspects import AspectWords
from nlu.classifier import features
from nlu.importer import content_examples
from nlu.place_roles import Role
from nlu.reader import Reader
from nlu.training import Example, Ingredients, train_reader
from webhook.command_line.terminal import PROJECT, quiet_libraries

LEFT_OUT = 0.1
TIMES = 5
CONTENT = PROJECT / "knowledge" / "content"
DATA = PROJECT / "nlu" / "data"
EXAM = PROJECT / "tests" / "dialogue" / "exam"

Change = tuple[str, object]
"""What is patched, by its dotted name, and with what."""


@dataclass(frozen=True)
class Piece:
    """``changes`` hold while the reader is trained and used; ``use`` changes the trained reader."""

    name: str
    changes: tuple[Change, ...] = ()
    use: Callable[[Reader], Reader] = field(default=lambda reader: reader)


def read_examples(knowledge: Knowledge) -> list[Example]:
    """What training reads: the files, and what the content itself tells."""
    found = []
    for path in sorted(DATA.rglob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            told: dict[str, Any] = entry.get("metadata") or {}
            aspects = tuple(map(Aspect, told.get("aspects", ())))
            lines = (line.strip().removeprefix("- ") for line in entry["examples"].splitlines() if line.strip())
            found += [Example(line, entry["intent"], aspects, told.get("kind")) for line in lines]
    return found + [
        Example(text, intent) for topic in knowledge.topics.values() for intent, text in content_examples(topic)
    ]


def without(*kinds: str) -> tuple[Change, ...]:
    """Features of these kinds are not seen, in training and in use."""

    def fewer(text: str, words: Any, concepts: Any) -> list[str]:
        return [each for each in features(text, words, concepts) if not each.startswith(kinds)]

    return (("nlu.training.features", fewer), ("nlu.reader.features", fewer))


def _everything_insured(_: str, places: Sequence[object]) -> list[Role]:
    return [Role.INSURED for _ in places]


def _no_places(self: object, text: str, mentions: object) -> str:
    return text


def _nothing_likely(guessed: object, asked: object) -> tuple[Aspect, ...]:
    return ()


PIECES = (
    Piece("everything"),
    Piece("without concepts", without("s:")),
    Piece("without words", without("w:")),
    Piece("without characters", without("c:")),
    Piece("without pinyin", without("p:")),
    Piece("characters alone", without("s:", "w:", "p:")),
    Piece(
        "without normalising",
        (("nlu.training.normalise", str.strip), ("nlu.reader.normalise", str.strip)),
    ),
    Piece(
        "without mending of homophones",
        (
            ("nlu.homophones.Homophones.mend_words", lambda self, text: text),
            ("nlu.homophones.Homophones.mend_places", lambda self, text: text),
        ),
    ),
    Piece("without masking of places", (("nlu.gazetteer.Gazetteer.mask", _no_places),)),
    Piece("without roles of places", (("nlu.gazetteer.assign_roles", _everything_insured),)),
    Piece("without words that ask", use=lambda reader: replace(reader, aspect_words=AspectWords({}))),
    Piece("without the aspect classifier", (("nlu.reader.ASPECT_SURE", 2.0), ("nlu.reader._likely", _nothing_likely))),
    Piece("without what is only likely", (("nlu.reader._likely", _nothing_likely),)),
    Piece("without further questions", (("nlu.reader.ALSO_SURE", 2.0),)),
    Piece("without ties by cue", (("knowledge.subject.TIE", 2.0),)),
)


def main() -> None:
    quiet_libraries()
    knowledge = load_knowledge(CONTENT)
    examples = read_examples(knowledge)
    cases = load_cases(EXAM)
    print(f"{len(examples)} examples, {sum(not case.is_dialogue for case in cases)} questions")
    print("| piece | fully right | topic right | turns of dialogues |\n|---|---|---|---|")
    for piece in PIECES:
        print(f"| {piece.name} | {' | '.join(measure(piece, examples, cases, knowledge))} |", flush=True)
    print(f"\nwithout a random {LEFT_OUT:.0%} of the examples, {TIMES} times:")
    for number in range(TIMES):
        kept = np.random.default_rng(number).random(len(examples)) >= LEFT_OUT
        chosen = [example for example, keep in zip(examples, kept, strict=True) if keep]
        row = measure(PIECES[0], chosen, cases, knowledge)
        print(f"| {number + 1} | {' | '.join(row)} |", flush=True)


def measure(piece: Piece, examples: Sequence[Example], cases: Sequence[Case], knowledge: Knowledge) -> list[str]:
    """Three shares, for the table."""
    with ExitStack() as stack:
        for name, value in piece.changes:
            stack.enter_context(patch(name, value))
        reader = piece.use(train_reader(examples, Ingredients.of(knowledge)))
        bot = Assistant(
            DirectDialogue(reader.read, knowledge, memo_size=0), knowledge, State(MemoryConversations()), Phrases.load()
        )
        sat = asyncio.run(sit(bot, cases, knowledge))
    questions = [each.turns[0] for each in sat if not each.case.is_dialogue]
    named = [each for each in questions if each.turn.topic]
    turns = [turn for each in sat if each.case.is_dialogue for turn in each.turns]
    return [
        _percent(questions, lambda graded: graded.right),
        _percent(named, lambda graded: graded.reply.topic in graded.turn.topic),
        _percent(turns, lambda graded: graded.right),
    ]


def _percent(graded: Sequence[Graded], right: Callable[[Graded], bool]) -> str:
    return f"{100 * sum(map(right, graded)) / len(graded):.1f} %"


if __name__ == "__main__":
    main()
