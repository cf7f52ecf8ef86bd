"""What holds at the moment of answering, added to an answer that knows no clock: open now, and by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from knowledge.case import Case
from knowledge.conversation import Answer
from knowledge.deadlines import add_deadline
from knowledge.moments import find_moments
from knowledge.opening import tell_opening
from knowledge.store import Knowledge

TOLD_OF = frozenset({"answered", "not_in_documents"})
"""Statuses of answers that are about something; a question back is answered first."""


def tell_times(answer: Answer, knowledge: Knowledge, now: datetime) -> Answer:
    """Adds to ``answer`` what its question asks of the time. ``now`` is in Beijing time (``moments.BEIJING``).

    Gives the very same object where nothing depends on the time, so that it can be remembered; pure otherwise.
    """
    if answer.office is not None:
        hours = knowledge.offices[answer.office].hours
        return replace(answer, times=tell_opening(hours, (), now)) if hours else answer
    if answer.status not in TOLD_OF or not answer.answers:
        return answer
    moments = find_moments(answer.memory.text)
    open_hours = next((s.office for s in answer.sections if s.office), None)
    hours = knowledge.offices[open_hours].hours if open_hours else None
    if hours is not None:
        return replace(answer, times=tell_opening(hours, moments, now))
    topic = knowledge.topics.get(answer.topic or "")
    if topic is None or not any(m.happened for m in moments):
        return answer
    case = Case(knowledge, answer.memory, answer.memory.text)
    return add_deadline(case, answer, topic, moments, now.date())
