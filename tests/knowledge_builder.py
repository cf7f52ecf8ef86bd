"""Small knowledge made by hand, and conversations with it that need no model.

The regions are a few of the real ones; what a test is about it writes on top:

    filing = topic("filing", guide(TACHENG, {"materials": "带身份证。"}))
    knowledge = build(filing, offices=[office(line(SHAWAN, "0993-6023208"))])
    talk = Talk(knowledge, region=SHAWAN)
    talk.hear("filing", aspects=["materials"])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knowledge.answer import answer
from knowledge.conversation import SELF, Answer, Memory, Mention, Option, Person, Understanding
from knowledge.menu import Menu
from knowledge.regions import Regions
from knowledge.schema import Aspect, Office, Region, Source, Topic
from knowledge.store import Knowledge
from nlu.normalise import normalise

NATIONAL = "000000"
XINJIANG = "650000"
URUMQI, TIANSHAN, MIDONG = "650100", "650102", "650109"
HOTAN, YUTIAN = "653200", "653226"
TACHENG, TACHENG_CITY, WUSU, SHAWAN = "654200", "654201", "654202", "654203"
REGION_POOL = "659900"
CORPS, SHIHEZI = "660000", "659001"
BEIJING, SHANGHAI = "110000", "310000"

HOTLINE = "12393"
"""The last resort of ``build``."""
AMBULANCE = "120"

_REGIONS = [
    (NATIONAL, "全国", "country", None, "全国"),
    (XINJIANG, "新疆维吾尔自治区", "province", NATIONAL, "新疆"),
    (URUMQI, "乌鲁木齐市", "prefecture", XINJIANG, "乌鲁木齐"),
    (TIANSHAN, "天山区", "county", URUMQI, "天山区"),
    (MIDONG, "米东区", "county", URUMQI, "米东区"),
    (HOTAN, "和田地区", "prefecture", XINJIANG, "和田地区"),
    (YUTIAN, "于田县", "county", HOTAN, "于田"),
    (TACHENG, "塔城地区", "prefecture", XINJIANG, "塔城地区"),
    (TACHENG_CITY, "塔城市", "county", TACHENG, "塔城市"),
    (WUSU, "乌苏市", "county", TACHENG, "乌苏"),
    (SHAWAN, "沙湾市", "county", TACHENG, "沙湾"),
    (REGION_POOL, "新疆维吾尔自治区区本级", "pool", XINJIANG, "区本级"),
    (CORPS, "新疆生产建设兵团", "corps", NATIONAL, "兵团"),
    (SHIHEZI, "石河子市", "corps", CORPS, "石河子"),
    (BEIJING, "北京市", "province", NATIONAL, "北京"),
    (SHANGHAI, "上海市", "province", NATIONAL, "上海"),
]

_SOURCES = {
    XINJIANG: ("xinjiang_guide", "2023版"),
    URUMQI: ("urumqi_guide", None),
    TACHENG: ("tacheng_guide", None),
    SHAWAN: ("shawan_sheets", "2022版"),
    YUTIAN: ("yutian_sheet", None),
    BEIJING: ("beijing_guide", None),
    NATIONAL: ("national", None),
}


def build(*topics: Mapping[str, Any], offices: Iterable[Mapping[str, Any]] = (), hotline: bool = True) -> Knowledge:
    """``hotline`` False: no number of last resort on file. The number of the ambulance is on file always."""
    regions = [
        Region.parse_obj({"code": code, "name": name, "kind": kind, "parent": parent, "short": short})
        for code, name, kind, parent, short in _REGIONS
    ]
    names = {code: name for code, name, *_ in _REGIONS}
    sources = [
        Source(id=name, title=f"{names[code]}办事指南", short=f"{names[code]}指南", region=code, edition=edition)
        for code, (name, edition) in _SOURCES.items()
    ]
    national = [line(NATIONAL, AMBULANCE, "emergency", label="急救")]
    national += [line(NATIONAL, HOTLINE, label="全国医保服务热线")] if hotline else []
    rows = [*offices, office(*national)]
    parsed = [Office.parse_obj({**row, "id": row.get("id") or f"office{i}"}) for i, row in enumerate(rows)]
    content = [Topic.parse_obj(row) for row in topics]
    return Knowledge(
        regions=Regions(regions),
        sources={source.id: source for source in sources},
        offices={row.id: row for row in parsed},
        terms=[],
        topics={row.id: row for row in content},
        menu=Menu(
            contact="电话和地址",
            none_of_these="都不是",
            other_region="其他县市（请直接输入）",
            topics=[t.id for t in content][:4],
        ),
        closing_notes=[],
        not_covered=[],
        other_scripts=[],
    )


def topic(ident: str, *guides: Mapping[str, Any], family: str = "services", **fields: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "name": f"{ident}办理",
        "label": ident,
        "kind": "service",
        "default_aspects": ["overview"],
    }
    return {**defaults, **fields, "id": ident, "family": family, "guides": list(guides)}


def guide(publisher: str, aspects: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """``aspects``: by name, a sentence, a block, or a list of blocks."""
    return {
        "source": _SOURCES.get(publisher, _SOURCES[XINJIANG])[0],
        **fields,
        "published_by": publisher,
        "aspects": {name: _blocks(value) for name, value in aspects.items()},
    }


def _blocks(value: Any) -> list[dict[str, Any]]:
    rows = value if isinstance(value, list) else [value]
    return [{"facts": [row]} if isinstance(row, str) else row for row in rows]


def fact(text: str, role: str = "main", **fields: Any) -> dict[str, Any]:
    return {"text": text, "role": role, **fields}


def line(regions: str | Sequence[str], number: str, purpose: str = "consultation", **fields: Any) -> dict[str, Any]:
    codes = [regions] if isinstance(regions, str) else list(regions)
    defaults = {
        "id": f"{purpose}_{number}",
        "businesses": ["all"],
        "label": f"{codes[0]}的办公室",
        "anchor": "",
        "source": "national",
    }
    return {**defaults, **fields, "regions": codes, "number": number, "purpose": purpose}


def office(*lines: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Serves the regions of its lines, if nothing else is said."""
    codes = list(dict.fromkeys(code for row in lines for code in row["regions"]))
    defaults = {"name": "医保局", "short": "医保局", "regions": codes, "businesses": ["all"], "source": "national"}
    return {**defaults, **fields, "lines": list(lines)}


class Talk:
    """One person's conversation; ``memory`` goes from answer to answer."""

    def __init__(self, knowledge: Knowledge, region: str | None = None, **person: Any) -> None:
        self.knowledge = knowledge
        self.memory = Memory(people={SELF: Person(region=region, **person)}) if region or person else Memory()

    def hear(
        self,
        intent: str,
        text: str = "",
        *,
        aspects: Sequence[str] = (),
        insured: str | Sequence[str] | None = None,
        at: str | None = None,
        denied: str | None = None,
        **fields: Any,
    ) -> Answer:
        """Answers one message. ``insured``, ``at`` (place of care) and ``denied`` are codes of places that it names."""
        places = [("insured", insured), ("care", at), ("denied", denied)]
        mentions = [
            Mention("", (codes,) if isinstance(codes, str) else tuple(codes), role) for role, codes in places if codes
        ]
        asked = tuple(Aspect(a) for a in aspects)
        understanding = Understanding(
            normalise(text), intent, said=asked, aspects=asked, mentions=tuple(mentions), **fields
        )
        given = answer(understanding, self.memory, self.knowledge)
        self.memory = given.memory
        return given

    def tap(self, option: Option) -> Answer:
        """The text of a tap comes back, and the classifier makes of it what it likes."""
        return self.hear("out_of_scope", option.send, confidence=0.3)

    def type_number(self, number: int) -> Answer:
        return self.hear("option", str(number), number=number)


def said(given: Answer) -> list[str]:
    """The facts of an answer: sentences, and the wording of limits."""
    return [row.text or (row.limit.wording if row.limit else "") for s in given.sections for row in s.lines]


def asked(given: Answer) -> list[str]:
    """The same without what was added unasked."""
    return [row.text or (row.limit.wording if row.limit else "") for s in given.sections if s.asked for row in s.lines]


def notices(given: Answer) -> list[str]:
    """Keys of the notices in the order in which they are read."""
    return [n.key for n in given.notices] + [s.notice.key for s in given.sections if s.notice]


def labels(given: Answer) -> list[str]:
    return [option.label for option in given.options]


def number(given: Answer) -> str | None:
    return given.contact.number if given.contact else None
