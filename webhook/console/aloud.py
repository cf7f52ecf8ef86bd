"""What can be read to a caller in twenty seconds: the fact, the mistake that costs a trip, the number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.schema import Aspect
from knowledge.sheet import Passage, Sheet, SheetField
from webhook.guide.wording import SheetWording

MOST = 100
"""Characters: a calm reader takes twenty seconds for them."""

_MARKS = re.compile("[《》【】“”]")
"""Nobody hears them."""


def read_aloud(sheet: Sheet, aspect: Aspect, wording: SheetWording) -> str:
    """Sentences of the content only, in this order: what was asked, what costs a trip, whom to call. What does not fit
    is left out from the end of the facts; the number never is. Empty where nothing is on file."""
    field = next((each for each in sheet.fields if each.aspect is aspect), None)
    number = _number(sheet)
    warning = next((caution.text for passage in _passages(field) for caution in passage.warnings), "")
    facts = list(_facts(field, wording))
    if not facts and not number:
        return ""
    kept: list[str] = []
    room = MOST - len(sheet.topic.name) - len(number) - len(warning)
    for fact in facts:
        if kept and len("".join(kept)) + len(fact) > room:
            break
        kept.append(fact)
    said = [f"{sheet.topic.name}：", *kept, _ended(warning) if warning else "", number]
    return _MARKS.sub("", "".join(said))


def _passages(field: SheetField | None) -> tuple[Passage, ...]:
    return field.passages if field else ()


def _facts(field: SheetField | None, wording: SheetWording) -> Iterator[str]:
    for passage in _passages(field):
        if passage.lead:
            named = passage.when is not None and (passage.when.insurance or passage.when.care_regions)
            yield _ended((wording.condition(passage.when) if named else "") + passage.lead)
        for line in passage.lines:
            yield _ended(wording.word(line))


def _number(sheet: Sheet) -> str:
    contact = next((each for each in sheet.contacts if each.purpose == "consultation"), None)
    return f"{contact.label}{contact.number}。" if contact else ""


def _ended(text: str) -> str:
    return text if text.endswith(("。", "？", "！", "：")) else f"{text.rstrip('；;，,')}。"
