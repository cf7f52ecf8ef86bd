"""The console's search over a little knowledge, with a fake of the bot's ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.menu import Family, Shelf
from knowledge.schema import Aspect, Term
from knowledge.store import Knowledge
from tests.knowledge_builder import SHAWAN, SHIHEZI, TACHENG, URUMQI, WUSU, YUTIAN, build, guide, line, office, topic
from webhook.console.search import Found, Hit, Search
from webhook.console.search.query import LONGEST

FILING = topic(
    "remote_care_filing",
    guide(SHAWAN, {"materials": "带身份证。", "steps": "打开新疆医保APP。"}),
    family="remote_care",
    name="异地就医备案",
    aliases=["异地备案", "外地看病备案"],
)
REFERRAL = topic("remote_care_referral", family="remote_care", name="异地转诊人员备案", aliases=["转诊备案", "转院"])
CANCEL = topic(
    "remote_care_cancellation",
    guide(SHAWAN, {"cancellation": "点取消。"}),
    name="异地就医备案取消",
    aliases=["取消备案"],
)
NEWBORN = topic("newborn", guide(TACHENG, {"materials": "带户口簿。"}), name="新生儿参保登记", aliases=["新生儿医保"])
FLEXIBLE = topic("flexible", name="灵活就业参保登记", aliases=["灵活就业参保"])
CHANGE = topic("change", name="定点医疗机构变更与查询", aliases=["换定点医院"])
STAY = topic("stay", guide(SHAWAN, {"materials": "带常住人口居住证。"}), name="长期居住备案")

OFFICES = [
    office(
        line(SHAWAN, "0993-6023208", label="沙湾市医保局窗口"),
        line(SHAWAN, "0993-6021279", "supervision", label="沙湾市医保局"),
        id="shawan",
        name="沙湾市医疗保障局",
        address="沙湾市智慧大道东路105号",
    ),
    office(line(SHAWAN, "0993-6027369"), id="clinic", name="沙湾市人民医院健康管理中心", businesses=["newborn"]),
    office(
        line([WUSU, TACHENG], "0992-3684549", "supervision", label="乌苏市医保"), id="prefecture", name="塔城地区监督"
    ),
    office(line(YUTIAN, "0903-6811802"), id="yutian", name="于田县医疗保障局", businesses=["remote_care"]),
]

BOT = {"坐飞机": "remote_care_referral", "本本": "change", "几点开门": "contact", "灵活就业": "flexible"}
"""What the fake bot makes of texts that hold these."""


def suggest(text: str) -> Sequence[tuple[str, float]]:
    return [(name, 0.9) for words, name in BOT.items() if words in text] + [("out_of_scope", 0.05)]


def knowledge() -> Knowledge:
    given = build(FILING, REFERRAL, CANCEL, NEWBORN, FLEXIBLE, CHANGE, STAY, offices=OFFICES)
    given.terms.append(Term(text="常住人口居住证", kind="form"))
    given.menu.shelves.append(Shelf(label="异地", families=[Family(label="定点的事", topics=["change"])]))
    return given


def make(asked: Mapping[str, int] | None = None) -> Search:
    return Search(knowledge(), suggest, lambda: asked or {})


@pytest.fixture(scope="module")
def search() -> Search:
    return make()


def first(found: Found) -> Hit:
    return found.hits[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("异地就医备案", "remote_care_filing"),
        ("新生", "newborn"),
        ("灵活就业", "flexible"),
        ("定点变更", "change"),
        ("新生兒", "newborn"),
        ("异地救医备案", "remote_care_filing"),
        ("yidijiuyi", "remote_care_filing"),
        ("xinshenger", "newborn"),
        ("xinsh", "newborn"),
        ("zhuanyuan", "remote_care_referral"),
        ("zhuany", "remote_care_referral"),
        ("ydjy", "remote_care_filing"),
        ("YDJY", "remote_care_filing"),
        ("yidijy", "remote_care_filing"),
        ("xsecb", "newborn"),
        ("lhjy", "flexible"),
        ("ldjy", "flexible"),
        ("ddbg", "change"),
        ("xinhsengercanbao", "newborn"),
        ("linghuojuye", "flexible"),
        ("异地jy", "remote_care_filing"),
        ("居住证", "stay"),
        ("坐飞机去大医院", "remote_care_referral"),
        ("本本", "change"),
    ],
)
def test_a_topic_is_found(search: Search, query: str, expected: str) -> None:
    found = search.find(query)
    assert first(found).topic == expected, found
    assert first(found).office is None
    assert first(found).title


@pytest.mark.parametrize(
    ("query", "region", "expected", "aspect"),
    [
        ("沙湾 异地 材料", SHAWAN, "remote_care_filing", Aspect.MATERIALS),
        ("沙湾的，异地备案，要啥材料", SHAWAN, "remote_care_filing", Aspect.MATERIALS),
        ("swydbacl", SHAWAN, "remote_care_filing", Aspect.MATERIALS),
        ("shawanyidibeian", SHAWAN, "remote_care_filing", None),
        ("shawan yidi", SHAWAN, "remote_care_filing", None),
        ("ydbasw", SHAWAN, "remote_care_filing", None),
        ("沙弯 新生儿", SHAWAN, "newborn", None),
        ("石河子 新生儿", SHIHEZI, "newborn", None),
        ("新生儿 材料 乌苏", WUSU, "newborn", Aspect.MATERIALS),
        ("北京 异地备案", None, "remote_care_filing", None),
        ("沙湾的去北京看病 异地备案", SHAWAN, "remote_care_filing", None),
        ("去乌鲁木齐看病 异地备案", None, "remote_care_filing", None),
        ("乌鲁木齐 异地备案", URUMQI, "remote_care_filing", None),
        ("新生儿 电话", None, "newborn", Aspect.PHONE),
        ("取消备案", None, "remote_care_cancellation", None),
        ("取消备案 材料", None, "remote_care_cancellation", None),
    ],
)
def test_region_and_aspect_inside_the_query(
    search: Search, query: str, region: str | None, expected: str, aspect: Aspect | None
) -> None:
    """Materials are asked of nothing that has none on file."""
    found = search.find(query)
    assert (found.region, first(found).topic, first(found).aspect) == (region, expected, aspect), found


@pytest.mark.parametrize(
    ("query", "expected", "aspect"),
    [
        ("沙湾电话", "shawan", Aspect.PHONE),
        ("swdh", "shawan", Aspect.PHONE),
        ("沙湾医保局地址", "shawan", Aspect.PLACE),
        ("乌苏电话", "prefecture", Aspect.PHONE),
        ("乌苏 投诉", "prefecture", Aspect.SUPERVISION_PHONE),
        ("yutiandianhua", "yutian", Aspect.PHONE),
        ("于田县医疗保障局", "yutian", None),
        ("健康管理中心", "clinic", None),
        ("智慧大道", "shawan", None),
        ("沙湾", "shawan", None),
        ("shawan", "shawan", None),
        ("石河子", "office4", None),
        ("0993-6023208", "shawan", Aspect.PHONE),
        ("6023208", "shawan", Aspect.PHONE),
        ("6021279", "shawan", Aspect.SUPERVISION_PHONE),
        ("1802", "yutian", Aspect.PHONE),
        ("0903", "yutian", Aspect.PHONE),
        ("12393", "office4", Aspect.PHONE),
        ("沙湾那个窗口几点开门啊师傅", "shawan", Aspect.HOURS),
    ],
)
def test_an_office_is_found(search: Search, query: str, expected: str, aspect: Aspect | None) -> None:
    found = search.find(query)
    assert (first(found).office, first(found).aspect) == (expected, aspect), found
    assert first(found).topic is None


def test_the_office_that_does_it_stands_beside_the_topic(search: Search) -> None:
    hits = search.find("沙湾 新生儿 电话").hits
    assert [hit.topic or hit.office for hit in hits[:3]] == ["newborn", "clinic", "shawan"]


def test_a_preset_region_counts_where_the_query_names_none(search: Search) -> None:
    assert first(search.find("电话", SHAWAN)).office == "shawan"
    assert search.find("于田 电话", SHAWAN).region == YUTIAN
    assert search.find("异地备案", SHAWAN).region == SHAWAN


def test_an_empty_field_shows_what_is_asked_most() -> None:
    search = make({"flexible": 9, "change": 30, "gone": 99})
    topics = [hit.topic for hit in search.find("  ").hits]
    assert topics[:3] == ["change", "flexible", "remote_care_filing"], "behind them, the menu's order"
    assert len(topics) == 7


def test_a_region_alone_shows_its_office_and_then_what_is_asked_most() -> None:
    search = make({"flexible": 9})
    for found in (search.find("沙湾"), search.find("", SHAWAN)):
        assert found.region == SHAWAN
        assert (found.hits[0].office, found.hits[2].topic) == ("shawan", "flexible")


def test_an_aspect_alone_is_asked_of_what_is_asked_most(search: Search) -> None:
    hits = search.find("cailiao").hits
    assert first(search.find("材料")).aspect is Aspect.MATERIALS
    assert [hit.topic for hit in hits] == [hit.topic for hit in search.find("").hits]


def test_what_is_asked_often_comes_first_among_equals() -> None:
    plain, often = make(), make({"remote_care_referral": 50})
    assert first(plain.find("备案")).topic != "remote_care_referral"
    assert first(often.find("备案")).topic == "remote_care_referral"


def test_the_rest_is_in_characters_and_without_the_region(search: Search) -> None:
    assert search.find("shawan yidibeian").rest == "异地备案"
    assert search.find("沙湾的 异地备案").rest == "异地备案"


def test_the_list_is_as_long_as_wanted(search: Search) -> None:
    assert len(search.find("备案", limit=2).hits) == 2
    assert search.find("备案", limit=0).hits == ()
    assert search.find("", limit=0).hits == ()


def test_letters_that_mean_nothing_find_nothing(search: Search) -> None:
    assert search.find("qqqqq").hits == ()


@pytest.mark.parametrize("query", ["@@@@", "😀😀", "？？？", "- - -"])
def test_what_says_nothing_finds_nothing(search: Search, query: str) -> None:
    assert search.find(query).hits == ()


def test_only_the_beginning_of_a_long_query_is_read(search: Search) -> None:
    assert search.find("新生儿" + " " * LONGEST + "灵活就业") == search.find("新生儿")


_text = st.text(st.characters(), max_size=60)
_typed = st.text(
    st.sampled_from("沙湾异地备案新生儿电话材料去北京医保 ,，-abcdhijlnswyz0123789\x00\ud800"), max_size=40
)


@settings(max_examples=300, deadline=None)
@given(query=st.one_of(_text, _typed, st.text(st.characters(categories=["Cs", "Cc", "Lo"]), max_size=30)))
def test_any_text_is_searched(search: Search, query: str) -> None:
    found = search.find(query)
    found.rest.encode()
    assert all((hit.topic is None) != (hit.office is None) for hit in found.hits)
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


@settings(max_examples=20, deadline=None)
@given(piece=st.one_of(_typed, _text).filter(bool))
def test_ten_thousand_characters_are_searched(search: Search, piece: str) -> None:
    """As fast as their beginning, because no more is read."""
    query = (piece * 10_000)[:10_000]
    assert search.find(query) == search.find(query[:LONGEST])
