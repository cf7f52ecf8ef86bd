"""The question and the answer object of the contract (design §6), shared by the JSON API and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.message import Named, Reply

MAX_TEXT = 2000
"""Characters of one message. The doors refuse or cut what is longer."""

MAX_NAME = 128
"""Characters of an id, a sender or a region."""


@dataclass(frozen=True)
class Question:
    """``region`` is a code or a name that presets the insured region."""

    id: str | int
    sender: str
    text: str
    region: str | None = None


class QuestionError(Exception):
    """What came is not a question object. The message says what is wrong, for the developer who sent it.

    ``id``, ``sender`` and ``text`` are what could be read of it, or None.
    """

    def __init__(
        self, problem: str, *, id: str | int | None = None, sender: str | None = None, text: str | None = None
    ) -> None:
        super().__init__(problem)
        self.id = id
        self.sender = sender
        self.text = text


class UnknownRegionError(QuestionError):
    """The object is right, but nobody knows its region."""

    def __init__(self, question: Question) -> None:
        super().__init__(
            'unknown region: "region" must be a code or a name of the gazetteer',
            id=question.id,
            sender=question.sender,
            text=question.text,
        )


def parse_question(document: str | bytes, region_known: Callable[[str], bool]) -> Question:
    """Reads one JSON object. Raises QuestionError; UnknownRegionError where only the region is wrong.

    Keys that the contract does not name are ignored.
    """
    found = _load(document)
    if not isinstance(found, dict):
        raise QuestionError("not a JSON object")
    problems = {name: problem for name, check in _CHECKS.items() if (problem := check(found.get(name))) is not None}
    if problems:
        readable: dict[str, Any] = {name: found[name] for name in ("id", "sender", "text") if name not in problems}
        raise QuestionError("; ".join(f'"{name}" must be {problem}' for name, problem in problems.items()), **readable)
    question = Question(found["id"], found["sender"], found["text"], found.get("region"))
    if question.region is not None and not region_known(question.region):
        raise UnknownRegionError(question)
    return question


def contract_object(question: Question, reply: Reply, latency_ms: float) -> dict[str, object]:
    """The answer object, its keys in the order of the contract. ``latency_ms`` is rounded to a tenth."""
    return {
        "id": question.id,
        "sender": question.sender,
        "text": question.text,
        "reply": reply.reply,
        "parts": list(reply.parts),
        "options": [{"label": option.label, "send": option.send} for option in reply.options],
        "status": reply.status,
        "intent": reply.intent,
        "confidence": reply.confidence,
        "topic": reply.topic,
        "topic_name": reply.topic_name,
        "aspect": reply.aspect,
        "answers": list(reply.answers),
        "region": _named(reply.region),
        "care_place": _named(reply.care_place),
        "answer_region": _named(reply.answer_region),
        "sources": list(reply.sources),
        "latency_ms": round(latency_ms, 1),
    }


def error_object(error: QuestionError, latency_ms: float = 0.0) -> dict[str, object]:
    """The same object for what is not a question: status ``error``, and ``reply`` says what is wrong."""
    problem = str(error)
    reply = Reply(reply=problem, parts=(problem,), status="error")
    stand_in = Question(id=error.id or "", sender=error.sender or "", text=error.text or "")
    read = {"id": error.id, "sender": error.sender, "text": error.text}
    return contract_object(stand_in, reply, latency_ms) | read


def _named(region: Named | None) -> dict[str, str] | None:
    return None if region is None else {"code": region.code, "name": region.name}


def _load(document: str | bytes) -> object:
    try:
        text = document.decode("utf-8") if isinstance(document, bytes) else document
        return json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise QuestionError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise QuestionError("not JSON") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _name_problem(value: object) -> str | None:
    if isinstance(value, str) and 1 <= len(value) <= MAX_NAME and _is_unicode(value):
        return None
    return f"a string of 1 to {MAX_NAME} characters"


def _id_problem(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    problem = _name_problem(value)
    return problem and f"a whole number or {problem}"


def _text_problem(value: object) -> str | None:
    if isinstance(value, str) and len(value) <= MAX_TEXT and _is_unicode(value):
        return None
    return f"a string of at most {MAX_TEXT} characters"


def _region_problem(value: object) -> str | None:
    problem = None if value is None else _name_problem(value)
    return problem and f"left out or {problem}"


_CHECKS: dict[str, Callable[[object], str | None]] = {
    "id": _id_problem,
    "sender": _name_problem,
    "text": _text_problem,
    "region": _region_problem,
}
"""What each value must be instead, or None where it is right."""


def _is_unicode(value: str) -> bool:
    """False for half a surrogate pair, which JSON can spell and UTF-8 cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
