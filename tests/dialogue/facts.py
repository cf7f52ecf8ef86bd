"""Facts drawn at random from the source documents, each with the plain question that asks for it.

Nothing here reads the content: a service is a heading of a document, an aspect one of its labels (办理材料,
办理时限, …), a literal a figure, a name in 《》 or 【】, a phone number or a short item that stands under the label.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.editor.literals import PHONE, find_figures
from knowledge.editor.sources import Section, SourceDocuments, normalise

REGIONS = {
    "shawan_sheets": ["沙湾市"],
    "tacheng_guide": ["塔城市", "乌苏市", "额敏县", "托里县", "裕民县", "和布克赛尔县"],
    "xinjiang_guide_2023": ["阿克苏市", "喀什市", "和田市", "伊宁市", "哈密市", "昌吉市", "克拉玛依市"],
}
"""Where one is insured for whom the document is the nearest that there is."""

QUESTIONS = {
    "受理对象": ("{service}哪些人可以办？", "什么人能办{service}？", "{service}的受理对象是谁？"),
    "受理条件": ("{service}有什么条件？", "什么条件可以办{service}？", "{service}哪些人能办？"),
    "办理材料": ("{service}要带什么材料？", "办{service}需要哪些材料？", "{service}的办理材料有哪些？"),
    "办理时限": ("{service}多久能办好？", "办{service}要几个工作日？", "{service}的办理时限是多久？"),
    "办理环节": ("{service}要经过哪些环节？", "{service}有哪些办理环节？"),
    "办理方式": ("{service}在哪里办？", "{service}怎么办理，网上能办吗？", "{service}有哪些办理方式？"),
    "收费依据及标准": ("{service}收费吗？", "办{service}要交手续费吗？"),
    "办事时间": ("{service}几点上班？", "办{service}的办公时间？"),
    "办理机构及地点": ("{service}去哪里办，地址在哪？", "{service}的窗口地址？"),
    "咨询查询途径": ("{service}咨询电话多少？", "{service}打哪个电话问？"),
    "监督投诉渠道": ("{service}的投诉电话？", "{service}的监督电话是多少？"),
}
"""By label of the documents."""

WALKS = {
    "urumqi_app_guide": {
        "缴费的年限及月数": "对账单能看到什么？",
        "收入及支出": "个人账户明细查询能查到什么？",
        "111111": "医疗保障卡的初始密码是多少？",
        "虚拟": "居民参保登记搜不到社区怎么办？",
        "180天": "异地备案多久可以取消？",
        "9月1日之前": "生育登记的备案开始日期怎么选？",
        "3个月": "灵活就业逾期几个月没缴算中断？",
        "其他原因中断缴费": "个人暂停参保申请的暂停原因选哪个？",
        "3-4家": "定点医疗机构选几家？",
        "同级变更": "定点医疗机构变更有什么限制？",
    },
    "yutian_filing": {
        "新疆维吾尔自治区区本级": "我要去乌鲁木齐看病，备案就医地选哪个？",
        "办件进度": "在新疆平台备案以后在哪里查进度？",
        "亲情账户": "国家医保服务平台能给谁代办备案？",
        "0903-6811802": "异地就医备案咨询电话多少？",
        "终止异地就医备案": "新疆平台怎么终止异地就医备案？",
        "外伤无第三方责任承诺书": "外伤去外地就医要填什么承诺书？",
        "视同已备案": "急诊没备案怎么算？",
    },
}
"""Documents without labels: what stands in them, to the letter, and the plain question for it."""

WALK_REGIONS = {"urumqi_app_guide": "乌鲁木齐市", "yutian_filing": "于田县"}

_LABEL = re.compile(rf"(?:^|(?<=[。\n]))(?:[一二三四五六七八九十\d]+[、.])?({'|'.join(QUESTIONS)})[:\n]")
_ANY_LABEL = re.compile(r"(?:^|(?<=\n))(?:[一二三四五六七八九十\d]+[、.])?[\u4e00-\u9fff]{1,8}:")
_NUMBER = re.compile(r"(?<![\d.])\d{1,2}[.、](?!\d)|[(][\d一二三四五六七八九十]{1,2}[)]|[①-⑳]")
_NAMES = re.compile(r"《([^》]+)》|【([^】]+)】")
_SHORT = re.compile(r"^[\u4e00-\u9fff]{2,10}$")
_HEADING_NUMBER = re.compile(r"^[(][一二三四五六七八九十]+[)]")


@dataclass(frozen=True)
class Drawn:
    """``literal`` stands under ``label`` of ``service`` in ``source``; ``text`` asks for it plainly."""

    source: str
    service: str
    label: str
    literal: str
    region: str
    text: str


def all_facts(documents: SourceDocuments) -> list[Drawn]:
    """Every fact that can be drawn, with the first region and question of each."""
    found = [
        Drawn(source, service, label, literal, regions[0], QUESTIONS[label][0].format(service=service))
        for source, regions in REGIONS.items()
        for service, label, literal in _labelled(documents.sections(source))
    ]
    for source, walks in WALKS.items():
        whole = documents.whole(source)
        for literal, text in walks.items():
            if literal in whole:
                found.append(Drawn(source, "", "", literal, WALK_REGIONS[source], text))
    return list(dict.fromkeys(found))


def draw(documents: SourceDocuments, count: int, seed: int) -> list[Drawn]:
    """``count`` facts, each of another service and label, asked for a region and in words chosen at random."""
    chance = random.Random(seed)  # noqa: S311 (a draw that can be repeated, no secret)
    by_place: dict[tuple[str, ...], list[Drawn]] = {}
    for fact in all_facts(documents):
        place = (fact.source, fact.service, fact.label) if fact.label else (fact.source, fact.text)
        by_place.setdefault(place, []).append(fact)
    drawn = []
    for place in chance.sample(sorted(by_place), count):
        fact = chance.choice(by_place[place])
        region = chance.choice(REGIONS.get(fact.source, [fact.region]))
        questions = QUESTIONS.get(fact.label, (fact.text,))
        asked = chance.choice(questions).format(service=fact.service)
        drawn.append(Drawn(fact.source, fact.service, fact.label, fact.literal, region, f"{region}，{asked}"))
    return drawn


def _labelled(sections: Sequence[Section]) -> Iterator[tuple[str, str, str]]:
    for section in sections:
        text = "\n".join(map(normalise, section.parts))
        found = list(_LABEL.finditer(text))
        heading = text[: found[0].start()] if found else ""
        service = _HEADING_NUMBER.sub("", heading.replace("\n", ""))
        for match in found:
            rest = text[match.end() :]
            end = _ANY_LABEL.search(rest)
            for literal in _literals(match.group(1), rest[: end.start()] if end else rest):
                yield service, match.group(1), literal


def _literals(label: str, text: str) -> Iterator[str]:
    joined = _NUMBER.sub("。", re.sub(r"(?<=\d)\n(?=\d)", "。", text).replace("\n", "")).replace(":00:00", ":00")
    if PHONE.search(joined):
        yield from PHONE.findall(joined)
        return
    if label == "办理环节":
        yield joined
        return
    for names in _NAMES.findall(joined):
        yield next(filter(None, names))
    yield from (figure for figure in find_figures(joined) if not figure.isdigit())
    if label == "办理方式":
        joined = joined.replace("办理", "")
    yield from (item for item in re.split(r"[。;,、]", joined) if _SHORT.match(item))
