"""The places of a message with their roles, settled by what the whole message says: a correction, an introduction, the
topic. ``place_roles`` looks at the words right beside each place; this comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.conversation import Mention
from nlu.gazetteer import Mention as Place
from nlu.place_cues import BOUNDARY, MOVE, TREATMENT

_INTRODUCED = re.compile("^的?[,。]")

_CORRECTS = re.compile("说错|打错|写错|搞错|弄错|更正|不对|[,。]不是[,。]")

_ENROLLED = re.compile("参保|医保|社保|交的")
"""Between the two: the correction says itself that one is insured there."""

_AT_HOME = ("designated_institution", "remote_care_cancellation")
"""Topics in which a place of care in Xinjiang is where one is insured: one registers with a hospital, or comes back."""

_AWAY_OR_NOTHING = (
    "remote_care",
    "chronic_disease_direct",
    "inpatient",
    "outpatient",
    "out_of_scope",
    "smalltalk",
    "emergency",
)
"""Intents for which a hospital in Xinjiang may be away from home; elsewhere the only place named is one's own."""

_HOSPITAL = re.compile("的?(县|市|地区|州)?(人民|中医?|中心|第.)?(县|市)?医院")


def settle_mentions(text: str, found: Sequence[Place], intent: str) -> tuple[Mention, ...]:
    """The places with their roles; of two places of care in Xinjiang, the one whose hospital sends is home."""
    mentions = _corrected(text, found, [Mention(m.text, tuple(m.codes), m.role.value) for m in found])
    mentions = [
        replace(m, role="insured") if m.role == "care" and _INTRODUCED.match(text[f.end :]) and _begins(text, f) else m
        for m, f in zip(mentions, found, strict=True)
    ]
    if any(m.role == "insured" for m in mentions):
        return tuple(mentions)
    named = {m.codes[0] for m in mentions if m.role != "denied"}
    alone = len(named) == 1 and named.pop().startswith("65")
    if alone and not intent.startswith(_AWAY_OR_NOTHING) and not any(_travels(text, f) for f in found):
        return tuple(replace(m, role="insured") if m.role == "care" else m for m in mentions)
    local = [i for i, m in enumerate(mentions) if m.role == "care" and m.codes[0].startswith("65")]
    home = local if intent.startswith(_AT_HOME) else []
    if not home and len({m.codes[0] for m in mentions if m.role == "care"}) > 1:
        home = [i for i in local if _HOSPITAL.match(text[found[i].end :])][:1]
    return tuple(replace(m, role="insured") if i in home else m for i, m in enumerate(mentions))


def _begins(text: str, place: Place) -> bool:
    """Says whether a place of Xinjiang opens its clause: 天山区的，… says where somebody is insured."""
    local = place.codes[0].startswith("65")
    return local and (place.start == 0 or text[place.start - 1] in ",。" or text[: place.start].endswith("我是"))


def _travels(text: str, place: Place) -> bool:
    """Says whether one goes there for a treatment: 去乌鲁木齐看病的火车票 is not about Urumqi's insurance."""
    return bool(MOVE.search(text[: place.start]) and TREATMENT.search(BOUNDARY.split(text[place.end :])[0]))


def _corrected(text: str, found: Sequence[Place], mentions: list[Mention]) -> list[Mention]:
    """沙湾，哎说错了，是乌苏: the place before the correction is taken back, the one behind it takes its role. A place
    that is denied once (不是乌苏的) is denied wherever the message names it."""
    denied = {m.codes for m in mentions if m.role == "denied"}
    mentions = [replace(m, role="denied") if m.codes in denied else m for m in mentions]
    for i in range(len(found) - 1):
        between = text[found[i].end : found[i + 1].start]
        if _CORRECTS.search(between) and mentions[i].codes != mentions[i + 1].codes:
            behind = {m.codes for m in mentions[i + 1 :]}
            # 从甲地转到乙地，说错了，从丙地转到乙地: 乙地 is said again, so 甲地 was wrong.
            wrong = i - 1 if i and mentions[i].codes in behind and mentions[i - 1].codes not in behind else i
            said = mentions[wrong].role in ("mentioned", "denied") or _ENROLLED.search(between)
            role = mentions[i + 1].role if said or wrong < i else mentions[i].role
            role = "insured" if role in ("mentioned", "denied") and found[i + 1].codes[0].startswith("65") else role
            mentions[i + 1] = replace(mentions[i + 1], role=role)
            mentions[wrong] = replace(mentions[wrong], role="denied")
    return mentions
