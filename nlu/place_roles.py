"""What a place in a sentence is: where somebody is insured, where the care is, or only mentioned.

Each cue gives a place points for being the insured region and for being the place of care; the higher wins. Where no
cue decides, the other places of the sentence do, and then the defaults: a place in Xinjiang is where one is insured, a
place elsewhere is where one is cared for. How sure a cue is:

5  says so of the insurance (我妈医保在…)
4  says so outright (参保地是…, 在…住院)       2  office, origin, 我们…
3  says so of a person (我是…的, 住在…)        1  a hint that counts only beside another place
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from nlu.place_cues import (
    AWAY,
    BEFORE,
    BEHIND,
    BOUNDARY,
    BUSINESS,
    CONJUNCTION,
    ENROL,
    ERRAND,
    FILING,
    HOMEWARD,
    HUKOU_BEFORE,
    HUKOU_BEHIND,
    HUKOU_MOVED,
    LEAVING,
    MOVE,
    NATIVE,
    NOT,
    NOT_THERE,
    OFFICE,
    OFFICE_VISIT,
    OWNED,
    STAY,
    TRANSFER,
    TREATMENT,
    WORK,
)

_REACH = 40
"""How many characters before and behind a place are looked at."""


class Role(str, Enum):
    """What a place is to the person who speaks."""

    INSURED = "insured"
    CARE = "care"
    MENTIONED = "mentioned"
    DENIED = "denied"


@dataclass(frozen=True)
class Place:
    """A stretch of the text that names a place; ``local``: it lies in Xinjiang, the Corps included."""

    start: int
    end: int
    codes: tuple[str, ...]
    above: frozenset[str]
    """The codes, and those of everything that contains them."""
    local: bool

    def overlaps(self, other: Place) -> bool:
        """Whether one can lie in the other."""
        return not self.above.isdisjoint(other.codes) or not other.above.isdisjoint(self.codes)


@dataclass
class _Score:
    insured: int = 0
    care: int = 0
    located: bool = False
    """在 or a verb of movement stands before it."""
    origin: bool = False
    """从…: where somebody or something comes from."""
    home: bool = False
    """户口, 老家: where the household is registered."""
    role: Role | None = None

    @property
    def sure(self) -> bool:
        return max(self.insured, self.care) >= 2

    def raise_to(self, insured: int = 0, care: int = 0) -> None:
        self.insured = max(self.insured, insured)
        self.care = max(self.care, care)


def assign_roles(text: str, places: Sequence[Place]) -> list[Role]:
    """The role of each place, in their order."""
    sentence = _Sentence(text)
    scores = [_score(sentence, places, number) for number in range(len(places))]
    for number, score in enumerate(scores):
        if score.role is Role.DENIED:
            _pass_on(scores, number)
    for place, score in zip(places, scores, strict=True):
        if score.role is None and score.sure:
            score.role = Role.INSURED if score.insured > score.care - place.local else Role.CARE
    _demote(places, scores, sentence)
    if sentence.about_care and not any(score.role in (Role.INSURED, Role.CARE) for score in scores):
        _take_hints(places, scores)
    _share(text, places, scores)
    _fill(places, scores, sentence)
    _settle_at_home(places, scores, sentence)
    return [score.role or Role.MENTIONED for score in scores]


class _Sentence:
    """What the whole text is about."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.treatment = TREATMENT.search(text) is not None
        self.filing = FILING.search(text) is not None
        away = self.treatment or self.filing
        self.transfer = not away and TRANSFER.search(text) is not None
        self.office_visit = not away and OFFICE_VISIT.search(text) is not None

    @property
    def about_care(self) -> bool:
        return self.treatment or self.filing


def _score(sentence: _Sentence, places: Sequence[Place], number: int) -> _Score:
    """What the words before and behind one place say of it."""
    place, text = places[number], sentence.text
    before = text[places[number - 1].end if number else 0 : place.start]
    before = BOUNDARY.split(before[-_REACH:])[-1].rstrip(" “\"'「【(（")
    before = OWNED.sub("", before) if number else before
    clauses = BOUNDARY.split(
        text[place.end : places[number + 1].start if number + 1 < len(places) else len(text)][:_REACH]
    )
    behind = re.sub(r"^[市县](?!里|区)", "", clauses[0].lstrip(" ”\"'」】)）"))
    score = _Score()
    if HUKOU_MOVED.search(before) and not place.local:
        score.care = 2
        return score
    back = HOMEWARD.search(before) is not None
    native = not place.local and NATIVE.match(behind) is not None
    hukou = HUKOU_BEFORE.search(before) is not None or (HUKOU_BEHIND.match(behind) is not None and not back)
    # 喀什的医保 and 医保在喀什老家 say where somebody is insured, hometown or not.
    outright = OWNED.match(behind) or any(cue.insured >= 4 and cue.pattern.search(before) for cue in BEFORE)
    if native or (hukou and not outright):
        score.role = Role.MENTIONED
        score.home = not native
        return score
    for cues, matched in ((BEFORE, before), (BEHIND, behind)):
        for cue in cues:
            if cue.pattern.search(matched):
                score.raise_to(cue.insured, cue.care)
    _score_verbs(sentence, place, before, behind, score)
    whole_clauses = clauses if number + 1 == len(places) else clauses[:-1]
    if before.endswith("在") and len(whole_clauses) > 1 and ENROL.match(whole_clauses[1]):
        score.insured = 4
    if not place.local and score.insured == 2:
        score.insured = 1
    if NOT.search(before):
        score.role = Role.DENIED
    elif NOT_THERE.search(before):
        others = any(other.local for other in places if other.codes != place.codes)
        if others or not place.local or ENROL.match(behind) or TREATMENT.match(behind):
            score.role = Role.DENIED
        else:
            score.raise_to(insured=3)
    elif sentence.transfer:
        score.care = 0
        if not place.local:
            score.role = Role.MENTIONED
    return score


def _score_verbs(sentence: _Sentence, place: Place, before: str, behind: str, score: _Score) -> None:
    """在…看病, 去…报销, 从…转到, 回…: what is done there."""
    enrol, treatment, stay = ENROL.search(behind), TREATMENT.search(behind), STAY.search(behind)
    if BUSINESS.match(behind):
        treatment = stay = None
    moving = MOVE.search(before) is not None
    score.located = moving or before.endswith(("在", "回"))
    if LEAVING.search(before):
        leaves = AWAY.match(behind) is not None or ERRAND.match(behind) is not None
        score.raise_to(insured=2 if leaves else 0, care=0 if leaves else 2)
        score.origin = leaves
    elif HOMEWARD.search(before):
        cared = treatment is not None and not re.search("[报交办]", behind[: treatment.start()])
        score.raise_to(insured=0 if cared or not place.local else 2, care=3 if cared or not place.local else 0)
    elif moving and not treatment and (ERRAND.match(behind) or (place.local and OFFICE.match(behind))):
        score.insured, score.care = max(score.insured, 3), 0
    elif score.located and enrol and not (treatment and treatment.start() < enrol.start()):
        score.insured, score.care = 4, 0
    elif score.located and treatment:
        score.raise_to(care=4)
    elif moving:
        score.raise_to(care=1 if place.local and sentence.office_visit else 3)
    elif place.local and before.endswith("在") and WORK.search(behind):
        score.raise_to(insured=4)
    elif stay and (before.endswith("在") or stay.start() == 0):
        score.raise_to(care=3 if not place.local else 2 if sentence.about_care else 1)
    elif treatment and treatment.start() == 0:
        score.raise_to(care=2 if not place.local or sentence.filing else 1)


def _pass_on(scores: Sequence[_Score], number: int) -> None:
    """不是去乌鲁木齐，是北京: the correction, if nothing else says what it is, takes the role of what it corrects."""
    denied = scores[number]
    for other in (*scores[number + 1 : number + 2], *scores[max(number - 1, 0) : number]):
        if other.role is None and not other.sure:
            other.raise_to(denied.insured, denied.care)
            return


def _demote(places: Sequence[Place], scores: Sequence[_Score], sentence: _Sentence) -> None:
    """Of two different insured places the one with the weaker cue is not one."""
    pairs = list(zip(places, scores, strict=True))
    insured = [(place, score) for place, score in pairs if score.role is Role.INSURED]
    best = max((score.insured for _, score in insured), default=0)
    for place, score in insured:
        if score.insured == best or any(place.overlaps(other) for other, rival in insured if rival.insured == best):
            continue
        score.role = Role.CARE if score.located and not sentence.transfer else Role.MENTIONED


def _take_hints(places: Sequence[Place], scores: Sequence[_Score]) -> None:
    """Where nothing is sure and several places of Xinjiang stand, the hints decide."""
    local = [score for place, score in zip(places, scores, strict=True) if place.local and score.role is None]
    for score in local if len(local) > 1 else ():
        if score.insured != score.care:
            score.role = Role.INSURED if score.insured > score.care else Role.CARE


def _share(text: str, places: Sequence[Place], scores: Sequence[_Score]) -> None:
    """What is said of a place is said of it again, and of what stands beside it (北京和上海)."""
    roles = {place.codes: score.role for place, score in zip(places, scores, strict=True) if score.role}
    for place, score in zip(places, scores, strict=True):
        role = roles.get(place.codes)
        # 生孩子在阜康，老家也是阜康: something is done there, hometown or not.
        home = any(other.home for at, other in zip(places, scores, strict=True) if at.codes == place.codes)
        if score.role is None and role is not Role.DENIED and not (home and score.located):
            score.role = role
    for number in range(len(places) - 1):
        if not CONJUNCTION.fullmatch(text[places[number].end : places[number + 1].start]):
            continue
        one, other = scores[number], scores[number + 1]
        if places[number].local == places[number + 1].local and (one.role is None) != (other.role is None):
            one.role = other.role = one.role or other.role


def _fill(places: Sequence[Place], scores: Sequence[_Score], sentence: _Sentence) -> None:
    """Give the places without a cue the role that the others leave, then the defaults."""
    pairs = list(zip(places, scores, strict=True))
    insured = [place for place, score in pairs if score.role is Role.INSURED]
    care = [place for place, score in pairs if score.role is Role.CARE]
    silent = [(place, score) for place, score in pairs if score.role is None]
    local = [score for place, score in silent if place.local]
    for place, score in silent:
        if insured or care:
            score.role = _complement(place, score, insured, care, sentence)
        elif not place.local:
            score.role = Role.CARE
        else:
            score.role = Role.INSURED if score is local[0] or not sentence.about_care else Role.CARE


def _settle_at_home(places: Sequence[Place], scores: Sequence[_Score], sentence: _Sentence) -> None:
    """一直在三亚住，户口还在奎屯没动; 娃户口上到沙湾: who names no other place of Xinjiang is insured where
    the household is."""
    pairs = list(zip(places, scores, strict=True))
    home = [(place, score) for place, score in pairs if score.home and place.local]
    named = {place.codes for place, _ in pairs if place.local}
    roles = {score.role for score in scores}
    asks = Role.CARE in roles or "医保" in sentence.text or ENROL.search(sentence.text) is not None
    if len(home) == 1 == len(named) and asks and Role.INSURED not in roles:
        home[0][1].role = Role.INSURED


def _complement(
    place: Place, score: _Score, insured: Sequence[Place], care: Sequence[Place], sentence: _Sentence
) -> Role:
    """The role of a place without a cue beside places that have one."""
    if not insured:
        return Role.INSURED if place.local or all(other.local for other in care) else Role.CARE
    if care or sentence.transfer or (score.origin and not place.local):
        return Role.INSURED if any(place.overlaps(other) for other in insured) else Role.MENTIONED
    if not sentence.about_care and any(place.overlaps(other) for other in insured):
        return Role.INSURED
    return Role.CARE
