"""The nine rules of answering (design §4), each in a class of its own, on knowledge made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.conversation import SELF, Answer, Asked, Notice, from_json, to_json
from knowledge.schema import Aspect, Care, Insurance
from knowledge.store import Knowledge
from tests.knowledge_builder import (
    AMBULANCE,
    BEIJING,
    CORPS,
    HOTLINE,
    MIDONG,
    REGION_POOL,
    SHANGHAI,
    SHAWAN,
    SHIHEZI,
    TACHENG,
    TACHENG_CITY,
    TIANSHAN,
    URUMQI,
    WUSU,
    XINJIANG,
    YUTIAN,
    Talk,
    asked,
    build,
    fact,
    guide,
    labels,
    line,
    notices,
    number,
    office,
    said,
    topic,
)
from webhook.assembly import with_last_resort

WINDOW, AID = "0993-6023208", "0993-6023207"
URUMQI_LINE, TIANSHAN_LINE = "0991-4680625", "0991-2337203"
SHAWAN_COMPLAINTS, TACHENG_COMPLAINTS, WUSU_COMPLAINTS = "0993-6021279", "0901-6230086", "0992-3684549"
YUTIAN_LINE = "0903-6811802"


def values(given: Answer, key: str) -> dict[str, str]:
    rows = [*given.notices, *(s.notice for s in given.sections if s.notice)]
    return next(n.values for n in rows if n.key == key)


def cited(given: Answer) -> list[tuple[str, str | None]]:
    return [(source.id, source.edition) for source in given.sources]


# --- 1 -----------------------------------------------------------------------------------------------------------


class TestRule1InheritanceDisclosed:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(
                XINJIANG,
                {
                    "fee": "不收费。",
                    "materials": {"facts": [fact("或者写承诺书。"), fact("外国人另带护照。", "special_case")]},
                },
            ),
            guide(
                TACHENG,
                {"time_limit": {"facts": [{"limit": {"kind": "promised", "unit": "at_once", "wording": "即时办结"}}]}},
            ),
            guide(SHAWAN, {"materials": "带身份证。"}),
            guide(URUMQI, {"proxy": "乌鲁木齐可以代办。", "place": "克拉玛依路"}),
            guide(YUTIAN, {"steps": "打开平台。"}, applies_to="all"),
        ),
        offices=[office(line(URUMQI, URUMQI_LINE), address="克拉玛依东路5号")],
    )

    def ask(self, region: str | None, *aspects: str) -> Answer:
        return Talk(self.KNOWLEDGE, region).hear("filing", aspects=aspects)

    @pytest.mark.parametrize(
        ("region", "aspect", "text", "publisher"),
        [
            (SHAWAN, "materials", "带身份证。", SHAWAN),
            (SHAWAN, "time_limit", "即时办结", TACHENG),
            (SHAWAN, "fee", "不收费。", XINJIANG),
            (SHAWAN, "steps", "打开平台。", YUTIAN),
            (WUSU, "time_limit", "即时办结", TACHENG),
            (TIANSHAN, "proxy", "乌鲁木齐可以代办。", URUMQI),
        ],
    )
    def test_the_nearest_guide_wins_for_each_field(self, region: str, aspect: str, text: str, publisher: str) -> None:
        given = self.ask(region, aspect)
        assert asked(given)[0] == text
        assert given.answer_region == publisher
        assert given.status == "answered"

    def test_the_edition_is_named(self) -> None:
        assert cited(self.ask(SHAWAN, "fee"))[0] == ("xinjiang_guide", "2023版")
        assert cited(self.ask(WUSU, "time_limit")) == [("tacheng_guide", None)]

    def test_additions_of_roles_add_up_and_are_cited(self) -> None:
        given = self.ask(SHAWAN, "materials")
        assert "外国人另带护照。" in said(given)
        assert values(given, "added") == {"publisher": "新疆维吾尔自治区"}
        assert {id for id, _ in cited(given)} >= {"shawan_sheets", "xinjiang_guide"}

    def test_an_alternative_left_out_stays_out(self) -> None:
        assert "或者写承诺书。" not in said(self.ask(SHAWAN, "materials"))
        assert "或者写承诺书。" in said(self.ask(URUMQI, "materials"))

    def test_what_was_said_is_not_added_again(self) -> None:
        knowledge = build(
            topic(
                "filing",
                guide(SHAWAN, {"materials": {"facts": [fact("附注。", "closing_note")]}}),
                guide(XINJIANG, {"materials": {"facts": [fact("附注。", "closing_note")]}}),
            )
        )
        assert said(Talk(knowledge, SHAWAN).hear("filing", aspects=["materials"])) == ["附注。"]

    def test_nothing_is_disclosed_about_the_own_rule(self) -> None:
        assert notices(self.ask(SHAWAN, "materials")) == ["added", "from_here_on"]

    @pytest.mark.parametrize(
        ("region", "aspect", "key", "publisher"),
        [
            (SHAWAN, "fee", "inherited", "新疆维吾尔自治区"),
            (WUSU, "time_limit", "inherited_no_document", "塔城地区"),
            (WUSU, "steps", "for_all", "于田县"),
            (WUSU, "proxy", "elsewhere", "乌鲁木齐市"),
        ],
    )
    def test_whose_rule_it_is(self, region: str, aspect: str, key: str, publisher: str) -> None:
        given = self.ask(region, aspect)
        assert notices(given)[0] == key
        assert values(given, key)["publisher"] == publisher

    def test_a_rule_of_elsewhere_never_comes_with_its_phone_address_or_hours(self) -> None:
        given = self.ask(WUSU, "proxy")
        assert number(given) == HOTLINE
        given = self.ask(WUSU, "proxy", "place", "phone")
        assert "乌鲁木齐可以代办。" in said(given)
        assert number(given) == HOTLINE
        assert not any("克拉玛依" in text for text in said(given))

    def test_a_platform_for_all_never_comes_with_its_publishers_phone(self) -> None:
        knowledge = build(
            topic("filing", guide(URUMQI, {"steps": "打开平台。"}, applies_to="all")),
            offices=[office(line(URUMQI, URUMQI_LINE))],
        )
        assert number(Talk(knowledge, SHAWAN).hear("filing", aspects=["steps"])) == HOTLINE

    def test_elsewhere_is_said_too_where_it_is_asked_second(self) -> None:
        given = self.ask(SHAWAN, "materials", "proxy")
        assert {"带身份证。", "乌鲁木齐可以代办。"} <= {*said(given)}
        assert "elsewhere" in notices(given)
        assert notices(self.ask(WUSU, "proxy", "fee")).count("elsewhere") == 1

    def test_elsewhere_is_said_too_for_a_second_question(self) -> None:
        other = topic("transfer", guide(URUMQI, {"steps": "乌鲁木齐这样转。"}))
        knowledge = build(topic("filing", guide(SHAWAN, {"steps": "沙湾这样办。"})), other)
        given = Talk(knowledge, SHAWAN).hear("filing", aspects=["steps"], also=(Asked("transfer", (Aspect.STEPS,)),))
        assert said(given) == ["沙湾这样办。", "乌鲁木齐这样转。"]
        assert "elsewhere" in notices(given)

    def test_the_corps_is_told_that_we_hold_nothing(self) -> None:
        for region in (CORPS, SHIHEZI):
            given = self.ask(region, "materials")
            assert (given.status, said(given)) == ("not_in_documents", [])
            assert given.phrase is not None
            assert given.phrase.key == "corps"


# --- 2 -----------------------------------------------------------------------------------------------------------


class TestRule2TwoPlaces:
    @staticmethod
    def knowledge() -> Knowledge:
        scopes = {scope.value: {"when": {"care": [scope.value]}, "lead": scope.value, "facts": []} for scope in Care}
        warned = {
            "when": {"care": ["xinjiang"]},
            "lead": "xinjiang",
            "warnings": [{"label": "别选错", "text": "选区本级", "when": {"care_regions": [URUMQI]}}],
        }
        inside = [warned, scopes["cross_province"], scopes["same_area"]]
        everybody = {"overview": [scopes["into_xinjiang"], *inside]}
        return build(
            topic("remote_care_filing", guide(YUTIAN, everybody, applies_to="all"), family="remote_care"),
            topic("resident_enrolment", guide(XINJIANG, {"overview": "在社区参保。"})),
            offices=[office(line(YUTIAN, YUTIAN_LINE)), office(line(URUMQI, URUMQI_LINE))],
        )

    def leads(self, insured: str, at: str) -> list[str | None]:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=insured, at=at)
        return [s.lead for s in given.sections]

    @pytest.mark.parametrize(
        ("insured", "at", "scope"),
        [
            (TIANSHAN, URUMQI, "same_area"),
            (REGION_POOL, URUMQI, "same_area"),
            (YUTIAN, URUMQI, "xinjiang"),
            (URUMQI, SHAWAN, "xinjiang"),
            (YUTIAN, SHANGHAI, "cross_province"),
            (BEIJING, URUMQI, "into_xinjiang"),
        ],
    )
    def test_the_place_of_care_decides_what_is_shown(self, insured: str, at: str, scope: str) -> None:
        assert self.leads(insured, at) == [scope]

    def test_another_county_of_the_prefecture_is_asked_about_first(self) -> None:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=SHAWAN, at=WUSU)
        assert (given.status, given.sections) == ("not_in_documents", ())
        assert notices(given) == ["same_prefecture"]

    def test_the_insured_region_decides_the_phone(self) -> None:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=YUTIAN, at=URUMQI)
        assert (given.region, given.care, number(given)) == (YUTIAN, URUMQI, YUTIAN_LINE)

    def test_the_place_of_care_decides_the_warning(self) -> None:
        talk = Talk(self.knowledge(), YUTIAN)
        assert talk.hear("remote_care_filing", at=TIANSHAN).warning == ("别选错", "选区本级")
        assert talk.hear("remote_care_filing", at=SHAWAN).warning is None

    def test_places_told_one_after_the_other(self) -> None:
        talk = Talk(self.knowledge())
        assert talk.hear("remote_care_filing", at=SHANGHAI).scope is Care.CROSS_PROVINCE
        given = talk.hear("inform", insured=YUTIAN)
        assert (given.region, given.care, given.scope) == (YUTIAN, SHANGHAI, Care.CROSS_PROVINCE)
        assert talk.hear("inform", insured=TIANSHAN).region == TIANSHAN

    def test_a_place_of_care_that_becomes_the_same_area_once_the_insured_region_is_known(self) -> None:
        talk = Talk(self.knowledge())
        assert talk.hear("remote_care_filing", at=URUMQI).scope is Care.XINJIANG
        assert talk.hear("inform", insured=TIANSHAN).scope is Care.SAME_AREA

    def test_only_the_scope_is_said(self) -> None:
        given = Talk(self.knowledge(), YUTIAN).hear("remote_care_filing", care=Care.CROSS_PROVINCE)
        assert (given.scope, [s.lead for s in given.sections]) == (Care.CROSS_PROVINCE, ["cross_province"])

    def test_two_counties_of_one_prefecture_are_told_that_nobody_knows_how_far_the_area_reaches(self) -> None:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=SHAWAN, at=WUSU)
        assert values(given, "same_prefecture") == {"region": "沙湾市", "care": "乌苏市"}
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=TIANSHAN, at=URUMQI)
        assert "same_prefecture" not in notices(given)

    def test_care_in_the_corps(self) -> None:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=YUTIAN, at=SHIHEZI)
        assert values(given, "care_in_corps") == {"care": "石河子市"}

    @pytest.mark.parametrize("scope", [None, Care.XINJIANG])
    def test_who_is_insured_outside_xinjiang_comes_into_it(self, scope: Care | None) -> None:
        given = Talk(self.knowledge()).hear("remote_care_filing", insured=BEIJING, care=scope)
        assert (given.scope, [s.lead for s in given.sections]) == (Care.INTO_XINJIANG, ["into_xinjiang"])
        assert number(given) == HOTLINE

    def test_a_corrected_insured_region_takes_that_back(self) -> None:
        talk = Talk(self.knowledge())
        talk.hear("remote_care_filing", insured=BEIJING)
        given = talk.hear("inform", insured=YUTIAN, denied=BEIJING)
        assert "into_xinjiang" not in [s.lead for s in given.sections]

    def test_other_matters_of_other_provinces_are_out_of_scope(self) -> None:
        talk = Talk(self.knowledge(), BEIJING)
        assert talk.hear("resident_enrolment").status == "out_of_scope"
        assert talk.hear("remote_care_filing", at=SHANGHAI).status == "out_of_scope"


# --- 3 -----------------------------------------------------------------------------------------------------------


class TestRule3RegionUnknown:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(XINJIANG, {"materials": "自治区的材料。", "fee": "不收费。"}),
            guide(TACHENG, {"materials": "塔城的材料。"}),
            guide(SHAWAN, {"materials": "沙湾的材料。"}),
            guide(URUMQI, {"materials": "乌鲁木齐的材料。", "proxy": "乌鲁木齐可以代办。"}),
            guide(YUTIAN, {"materials": "于田的材料。", "steps": "打开平台。"}),
            guide(TACHENG_CITY, {"materials": "塔城市的材料。"}, source="tacheng_guide"),
            guide(YUTIAN, {"channels": "手机。"}, applies_to="all"),
            next=[{"label": "收费吗", "send": "备案收费吗", "aspects": ["fee"]}],
        ),
        offices=[
            office(line(SHAWAN, WINDOW), source="shawan_sheets"),
            office(line(YUTIAN, YUTIAN_LINE), source="yutian_sheet"),
        ],
    )

    def ask(self, *aspects: str) -> Answer:
        return Talk(self.KNOWLEDGE).hear("filing", aspects=aspects)

    def test_where_all_agree_it_is_answered(self) -> None:
        given = self.ask("fee")
        assert (given.status, asked(given)) == ("answered", ["不收费。"])
        assert labels(given) == []

    def test_otherwise_the_regions_rule_labelled_and_the_others_as_taps(self) -> None:
        given = self.ask("materials")
        assert (given.status, asked(given)) == ("answered", ["自治区的材料。"])
        assert notices(given) == ["region_unknown"]
        assert values(given, "region_unknown") == {"publisher": "新疆维吾尔自治区"}
        assert len(given.options) == 5
        assert labels(given)[0] == "塔城地区"
        assert labels(given)[-1] == "其他县市（请直接输入）"

    def test_a_tapped_region_gets_its_own_rule(self) -> None:
        talk = Talk(self.KNOWLEDGE)
        option = talk.hear("filing", aspects=["materials"]).options[1]
        given = talk.tap(option)
        assert (given.region, asked(given)) == (SHAWAN, ["沙湾的材料。"])

    def test_other_regions_are_typed(self) -> None:
        talk = Talk(self.KNOWLEDGE)
        given = talk.tap(talk.hear("filing", aspects=["materials"]).options[-1])
        assert given.status == "clarify"
        assert given.phrase is not None
        assert given.phrase.key == "clarify.type_region"
        given = talk.hear("inform", insured=WUSU)
        assert (given.region, asked(given)) == (WUSU, ["塔城的材料。"])

    def test_what_applies_to_all_is_answered(self) -> None:
        given = self.ask("channels")
        assert (given.status, said(given), notices(given)) == ("answered", ["手机。"], ["for_all"])

    @pytest.mark.parametrize("aspect", ["phone", "place", "hours", "supervision_phone"])
    def test_an_office_is_asked_for_the_region_first(self, aspect: str) -> None:
        given = self.ask(aspect)
        assert (given.status, said(given), given.contact) == ("clarify", [], None)
        assert labels(given) == ["沙湾", "于田", "其他县市（请直接输入）"]

    def test_so_is_an_office_without_a_matter(self) -> None:
        given = Talk(self.KNOWLEDGE).hear("contact", aspects=["phone"])
        assert (given.status, given.contact) == ("clarify", None)
        assert labels(given) == ["沙湾", "于田", "其他县市（请直接输入）"]

    def test_where_no_rule_for_the_whole_region_exists_the_region_is_asked_first(self) -> None:
        talk = Talk(self.KNOWLEDGE)
        given = talk.hear("filing", aspects=["proxy"])
        assert (given.status, said(given)) == ("clarify", [])
        assert labels(given) == ["乌鲁木齐", "其他县市（请直接输入）"]
        given = talk.type_number(1)
        assert (given.region, said(given)) == (URUMQI, ["乌鲁木齐可以代办。"])

    def test_the_region_typed_in_words_completes_the_question(self) -> None:
        talk = Talk(self.KNOWLEDGE)
        talk.hear("filing", aspects=["phone"])
        given = talk.hear("inform", insured=YUTIAN)
        assert (given.status, number(given), given.topic) == ("answered", YUTIAN_LINE, "filing")


# --- 4 -----------------------------------------------------------------------------------------------------------


class TestRule4ThePhoneBelongsToRegionAndBusiness:
    KNOWLEDGE = build(
        topic("filing", guide(XINJIANG, {"overview": "可以备案。"}), family="remote_care"),
        topic("aid", guide(XINJIANG, {"overview": "可以救助。"}), family="medical_aid"),
        offices=[
            office(
                line(SHAWAN, WINDOW, label="沙湾窗口"),
                line(SHAWAN, AID, businesses=["medical_aid"], note="医疗救助"),
                line(SHAWAN, SHAWAN_COMPLAINTS, "supervision", label="沙湾监督"),
                address="智慧大道105号",
                hours={
                    "weekdays": [1],
                    "summer": [],
                    "winter": [],
                    "closed": "双休日",
                    "text": "周一至周五10:00至14:00",
                },
                short="沙湾医保局",
            ),
            office(line(TACHENG, TACHENG_COMPLAINTS, "supervision", label="塔城地区本级")),
            office(line(WUSU, WUSU_COMPLAINTS, "supervision", label="乌苏市")),
            office(line(URUMQI, URUMQI_LINE, label="市医保中心")),
            office(line([TIANSHAN], TIANSHAN_LINE, label="天山区分中心")),
        ],
    )

    def ask(self, region: str, intent: str, *aspects: str, **fields: Any) -> Answer:
        return Talk(self.KNOWLEDGE, region).hear(intent, aspects=aspects, **fields)

    @pytest.mark.parametrize(
        ("region", "matter", "expected"),
        [
            (SHAWAN, "filing", WINDOW),
            (SHAWAN, "aid", AID),
            (TIANSHAN, "filing", TIANSHAN_LINE),
            (MIDONG, "filing", URUMQI_LINE),
            (WUSU, "filing", HOTLINE),
            (YUTIAN, "aid", HOTLINE),
            (SHIHEZI, "filing", HOTLINE),
        ],
    )
    def test_region_and_matter_decide(self, region: str, matter: str, expected: str) -> None:
        assert number(self.ask(region, matter)) == expected
        assert number(self.ask(region, matter, "phone")) == expected

    def test_a_prefectures_line_is_labelled(self) -> None:
        given = self.ask(MIDONG, "filing", "phone")
        assert values(given, "prefecture_line") == {"region": "米东区", "label": "市医保中心"}
        assert given.contact is not None
        assert given.contact.label == "市医保中心"
        assert "prefecture_line" not in notices(self.ask(TIANSHAN, "filing", "phone"))

    def test_with_none_on_file_the_reply_says_so(self) -> None:
        given = self.ask(YUTIAN, "contact", "phone")
        assert values(given, "missing.phone") == {"region": "于田县"}
        assert number(given) == HOTLINE

    def test_a_supervision_number_is_never_given_for_consultation(self) -> None:
        for aspect in ("phone", "place", "hours"):
            for intent in ("filing", "contact"):
                for region in (SHAWAN, WUSU, TACHENG, TIANSHAN):
                    contact = self.ask(region, intent, aspect).contact
                    assert contact is not None
                    assert contact.purpose == "consultation"

    def test_a_consultation_number_is_never_given_for_supervision(self) -> None:
        given = self.ask(SHAWAN, "contact", "supervision_phone")
        assert given.contact is not None
        assert (given.contact.number, given.contact.purpose) == (SHAWAN_COMPLAINTS, "supervision")
        given = self.ask(URUMQI, "contact", "supervision_phone")
        assert "missing.supervision_phone" in notices(given)
        assert number(given) == URUMQI_LINE
        assert given.contact is not None
        assert given.contact.purpose == "consultation"

    def test_both_are_asked(self) -> None:
        given = self.ask(SHAWAN, "contact", "phone", "supervision_phone")
        assert number(given) == WINDOW
        assert [(s.aspect, s.title) for s in given.sections if SHAWAN_COMPLAINTS in (row.text for row in s.lines)] == [
            (Aspect.SUPERVISION_PHONE, "沙湾监督")
        ]

    def test_where_a_county_has_only_a_supervision_number_it_is_labelled_as_that(self) -> None:
        given = self.ask(WUSU, "contact", "phone")
        assert number(given) == HOTLINE
        assert "missing.phone" in notices(given)
        assert [(s.aspect, s.title, s.lines[0].text) for s in given.sections] == [
            (Aspect.SUPERVISION_PHONE, "乌苏市", WUSU_COMPLAINTS)
        ]

    def test_address_and_hours(self) -> None:
        given = self.ask(SHAWAN, "filing", "place", "hours")
        assert [(s.aspect, s.title, s.lines[0].text) for s in given.sections] == [
            (Aspect.PLACE, "沙湾医保局", "智慧大道105号"),
            (Aspect.HOURS, "沙湾医保局", "周一至周五10:00至14:00"),
        ]
        assert number(given) == WINDOW

    @pytest.mark.parametrize(
        ("region", "key", "called"),
        [
            (SHAWAN, "handoff.with_hours", WINDOW),
            (URUMQI, "handoff.plain", URUMQI_LINE),
            (YUTIAN, "handoff.plain", None),
        ],
    )
    def test_who_wants_a_person_hears_when_one_is_there(self, region: str, key: str, called: str | None) -> None:
        given = self.ask(region, "human")
        assert given.phrase is not None
        assert (given.status, given.phrase.key) == ("handoff", key)
        assert given.phrase.values == ({"hours": "周一至周五10:00至14:00"} if region == SHAWAN else {})
        assert number(given) == (called or HOTLINE)

    def test_address_and_hours_that_are_not_on_file(self) -> None:
        assert {"missing.place", "missing.hours"} <= {*notices(self.ask(YUTIAN, "contact", "place", "hours"))}

    def test_the_other_numbers_of_an_office_are_listed_with_what_they_are_for(self) -> None:
        given = self.ask(SHAWAN, "contact", "phone")
        assert number(given) == WINDOW
        assert f"医疗救助：{AID}" in said(given)

    def test_a_second_region_in_one_message(self) -> None:
        given = self.ask(SHAWAN, "contact", "phone", insured=(TIANSHAN,))
        assert number(given) == TIANSHAN_LINE

    def test_whose_number_it_is(self) -> None:
        given = self.ask(SHAWAN, "contact", "phone", text=f"{WUSU_COMPLAINTS}是哪里的电话")
        assert [n.key for n in given.notices] == ["whose_number.supervision"]
        assert values(given, "whose_number.supervision")["label"] == "乌苏市"

    @pytest.mark.parametrize(("operators", "shown"), [("0991-1234567", "0991-1234567"), (None, None)])
    def test_the_operator_replaces_the_last_resort_or_unsets_it(self, operators: str | None, shown: str | None) -> None:
        knowledge = with_last_resort(self.KNOWLEDGE, operators)
        for intent, aspects in (("filing", ()), ("contact", ("phone",)), ("human", ()), ("not_in_documents", ())):
            given = Talk(knowledge, YUTIAN).hear(intent, aspects=aspects)
            assert number(given) == shown
        assert number(Talk(knowledge, SHAWAN).hear("filing")) == WINDOW

    @pytest.mark.parametrize("intent", ["human", "not_in_documents", "refused", "own_account"])
    def test_fixed_sentences_come_with_the_number_of_the_region(self, intent: str) -> None:
        assert number(self.ask(SHAWAN, intent)) == WINDOW
        assert number(self.ask(YUTIAN, intent)) == HOTLINE

    def test_an_unknown_region_gets_no_countys_number(self) -> None:
        for intent in ("filing", "human", "not_in_documents"):
            assert number(Talk(self.KNOWLEDGE).hear(intent)) == HOTLINE


# --- 5 -----------------------------------------------------------------------------------------------------------


class TestRule5DoubtsAreShown:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(SHAWAN, {"steps": {"facts": [fact("点“变更材料制”。", doubt="按钮的名字像是印错了")]}}),
        ),
        offices=[
            office(line(WUSU, WUSU_COMPLAINTS, "supervision", label="乌苏市", doubt="与托里县只有区号不同")),
            office(line(TACHENG, TACHENG_COMPLAINTS, "supervision", label="塔城地区本级")),
            office(line(TIANSHAN, TIANSHAN_LINE, label="天山区", doubt="少一位")),
            office(line(URUMQI, URUMQI_LINE, label="市医保中心")),
            office(
                line(SHAWAN, "0993-6013021", "supervision", label="沙湾（塔城公布）", doubt="旧名"),
                line(SHAWAN, SHAWAN_COMPLAINTS, "supervision", label="沙湾"),
                address="人民医院",
                doubt="又写周一至周五",
                hours={"weekdays": [3], "summer": [], "winter": [], "closed": "双休日", "text": "周三至周五"},
            ),
        ],
    )

    def test_a_fact_keeps_its_mark(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("filing", aspects=["steps"])
        assert [row.doubt for s in given.sections for row in s.lines] == ["按钮的名字像是印错了"]

    def test_a_supervision_number_with_the_next_levels_beside_it(self) -> None:
        given = Talk(self.KNOWLEDGE, WUSU).hear("contact", aspects=["supervision_phone"])
        assert given.contact is not None
        assert (given.contact.number, given.contact.doubt) == (WUSU_COMPLAINTS, "与托里县只有区号不同")
        assert given.contact.above == ("塔城地区本级", TACHENG_COMPLAINTS)

    def test_the_same_where_it_stands_beside_the_consultation_number(self) -> None:
        given = Talk(self.KNOWLEDGE, WUSU).hear("contact", aspects=["phone"])
        rows = [row for s in given.sections for row in s.lines]
        assert [(row.text, row.doubt) for row in rows] == [(WUSU_COMPLAINTS, "与托里县只有区号不同")]
        assert values(given, "next_level") == {"label": "塔城地区本级", "number": TACHENG_COMPLAINTS}

    @pytest.mark.parametrize("intent", ["contact", "filing"])
    def test_a_consultation_number_with_the_next_levels_beside_it(self, intent: str) -> None:
        given = Talk(self.KNOWLEDGE, TIANSHAN).hear(intent, aspects=["phone"])
        assert given.contact is not None
        assert (given.contact.number, given.contact.doubt) == (TIANSHAN_LINE, "少一位")
        assert given.contact.above == ("市医保中心", URUMQI_LINE)

    def test_the_same_under_an_answer_that_was_asked_for_something_else(self) -> None:
        contact = Talk(self.KNOWLEDGE, TIANSHAN).hear("human").contact
        assert contact is not None
        assert contact.above == ("市医保中心", URUMQI_LINE)

    def test_of_two_numbers_of_a_county_the_one_without_doubt(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("contact", aspects=["supervision_phone"])
        assert number(given) == SHAWAN_COMPLAINTS

    def test_hours_that_contradict_themselves(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("contact", aspects=["hours", "place"])
        assert [(row.text, row.doubt) for s in given.sections for row in s.lines] == [
            ("周三至周五", "又写周一至周五"),
            ("人民医院", None),
        ]


# --- 6 -----------------------------------------------------------------------------------------------------------


class TestRule6WhoItIsFor:
    KNOWLEDGE = build(
        topic(
            "choice",
            guide(
                XINJIANG,
                {
                    "steps": [
                        {"when": {"insurance": ["employee"]}, "facts": ["职工这样选。"]},
                        {"when": {"insurance": ["resident"]}, "facts": ["居民这样选。"]},
                        {"when": {"for_other": True}, "facts": ["替别人这样选。"]},
                    ],
                    "fee": "不收费。",
                },
            ),
            guide(SHAWAN, {"materials": "沙湾的材料。"}),
            guide(TACHENG, {"materials": "塔城的材料。"}),
            questions=[
                {
                    "id": "which_insurance",
                    "text": "您是职工医保还是居民医保？",
                    "asks": "insurance",
                    "aspects": ["steps"],
                    "choices": [
                        {"label": "职工", "send": "职工医保", "insurance": "employee"},
                        {"label": "居民", "send": "居民医保", "insurance": "resident"},
                        {"label": "都不是", "send": "都不是"},
                    ],
                }
            ],
        )
    )

    def test_the_kind_of_insurance_is_asked_only_where_answers_differ(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        assert talk.hear("choice", aspects=["fee"]).status == "answered"
        given = talk.hear("choice", aspects=["steps"])
        assert given.status == "clarify"
        assert labels(given) == ["职工", "居民", "都不是"]

    def test_it_is_remembered(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("choice", aspects=["steps"])
        assert "职工这样选。" in said(talk.type_number(1))
        talk.hear("smalltalk")
        given = talk.hear("choice", aspects=["steps"])
        assert (given.status, "居民这样选。" in said(given)) == ("answered", False)

    def test_told_in_words_it_completes_the_question(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("choice", aspects=["steps"])
        given = talk.hear("inform", insurance=Insurance.RESIDENT)
        assert given.status == "answered"
        assert "居民这样选。" in said(given)

    def test_what_the_message_says_itself_is_not_asked(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("choice", aspects=["steps"], insurance=Insurance.EMPLOYEE)
        assert (given.status, said(given)[0]) == ("answered", "职工这样选。")

    def test_a_parent_is_a_case_beside_the_senders(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN, insurance=Insurance.EMPLOYEE)
        given = talk.hear("choice", aspects=["materials"], person="父亲", opens_case=True, insured=WUSU)
        assert (given.person, given.region, said(given)) == ("父亲", WUSU, ["塔城的材料。"])
        given = talk.hear("choice", aspects=["steps"])
        assert given.status == "clarify"
        given = talk.hear("choice", aspects=["materials"], person=SELF)
        assert (given.person, given.region, said(given)) == (None, SHAWAN, ["沙湾的材料。"])
        assert "职工这样选。" in said(talk.hear("choice", aspects=["steps"]))
        given = talk.hear("choice", aspects=["materials"], person="父亲")
        assert (given.person, given.region) == ("父亲", WUSU)

    def test_nothing_of_the_sender_is_taken_for_the_other(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        given = talk.hear("choice", aspects=["materials"], person="父亲", opens_case=True)
        assert given.region is None
        assert talk.memory.people[SELF].region == SHAWAN

    def test_a_relative_in_a_story_opens_no_case(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("choice", aspects=["materials"], person="父亲")
        assert (given.person, given.region) == (None, SHAWAN)

    def test_a_relative_who_is_insured_elsewhere_does(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        given = talk.hear("choice", aspects=["materials"], person="父亲", insured=WUSU)
        assert (given.person, given.region, talk.memory.people[SELF].region) == ("父亲", WUSU, SHAWAN)

    def test_what_holds_for_another_only_is_shown_for_another_only(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        given = talk.hear("choice", aspects=["steps"], person="父亲", opens_case=True, insurance=Insurance.RESIDENT)
        assert said(given) == ["居民这样选。", "替别人这样选。"]


# --- 7 -----------------------------------------------------------------------------------------------------------


class TestRule7AskOnlyWhenTheAnswerDependsOnIt:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(
                XINJIANG,
                {
                    "materials": "看是哪一类。",
                    "eligibility": "分五类。",
                    "fee": "不收费。",
                    "rules": {"cues": ["提前"], "lead": "不能提前。"},
                    "steps": [
                        {"when": {"care": ["xinjiang"]}, "facts": ["疆内的步骤。"]},
                        {"when": {"care": ["cross_province"]}, "facts": ["跨省的步骤。"]},
                    ],
                },
            ),
            questions=[
                {
                    "id": "which_type",
                    "text": "您是哪一种？",
                    "aspects": ["materials"],
                    "choices": [
                        {"label": "退休后户口迁到外地", "send": "退休后户口迁到外地", "topic": "retiree"},
                        {"label": "长期住在外地", "send": "户口没迁，长期住在外地", "topic": "resident"},
                        {"label": "单位派驻", "send": "单位派到外地工作", "topic": "stationed"},
                        {"label": "临时去", "send": "临时去外地看病", "choose": "has_referral"},
                        {"label": "都不是", "send": "备案有哪几种类型", "topic": "filing", "aspects": ["eligibility"]},
                    ],
                },
                {
                    "id": "has_referral",
                    "text": "医院开转诊单了吗？",
                    "choices": [
                        {"label": "开了", "send": "医院开了转诊单", "topic": "retiree"},
                        {"label": "没有", "send": "没有转诊单，临时去外地看病", "topic": "resident"},
                        {"label": "都不是", "send": "都不是"},
                    ],
                },
                {
                    "id": "where",
                    "text": "您去哪里看病？",
                    "asks": "care",
                    "aspects": ["steps"],
                    "choices": [
                        {"label": "新疆内", "send": "去疆内看病", "care": "xinjiang"},
                        {"label": "新疆外", "send": "去疆外看病", "care": "cross_province"},
                    ],
                },
            ],
            next=[
                {"label": "要带什么", "send": "备案要带什么", "aspects": ["materials"]},
                {"label": "收费吗", "send": "备案收费吗", "aspects": ["fee"]},
                {"label": "能提前吗", "send": "能提前吗"},
                {"label": "退休的", "send": "退休安置", "topic": "retiree"},
                {"label": "长住的", "send": "长期居住", "topic": "resident"},
                {"label": "派驻的", "send": "单位派驻", "topic": "stationed"},
            ],
        ),
        topic("retiree", guide(XINJIANG, {"materials": "户口簿。", "overview": "退休安置。"})),
        topic("resident", guide(XINJIANG, {"materials": "居住证。", "overview": "长期居住。"})),
        topic("stationed", guide(XINJIANG, {"materials": "派出凭证。", "overview": "单位派驻。"})),
    )

    def talk(self) -> Talk:
        return Talk(self.KNOWLEDGE, SHAWAN)

    def test_what_does_not_depend_on_it_is_answered(self) -> None:
        assert self.talk().hear("filing", aspects=["fee"]).status == "answered"

    def test_the_question_that_decides_is_asked(self) -> None:
        given = self.talk().hear("filing", aspects=["materials"])
        assert (given.status, given.topic, said(given)) == ("clarify", "filing", [])
        assert given.phrase is not None
        assert given.phrase.values == {"text": "您是哪一种？"}
        assert len(given.options) == 5
        assert labels(given)[-1] == "都不是"

    def test_by_number(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        given = talk.type_number(1)
        assert (given.status, given.topic, asked(given)) == ("answered", "retiree", ["户口簿。"])

    @pytest.mark.parametrize(
        "words", ["长期住在外地", "户口没迁，长期住在外地", "户口没迁,长期住在外地。", " 长期住在外地 ", "長期住在外地"]
    )
    def test_by_words(self, words: str) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        given = talk.hear("filing", words, confidence=0.9)
        assert (given.topic, asked(given)) == ("resident", ["居住证。"])

    def test_by_tap_every_option_leads_on(self) -> None:
        for position, (matter, status) in enumerate(
            [
                ("retiree", "answered"),
                ("resident", "answered"),
                ("stationed", "answered"),
                ("filing", "clarify"),
                ("filing", "answered"),
            ]
        ):
            talk = self.talk()
            option = talk.hear("filing", aspects=["materials"]).options[position]
            given = talk.tap(option)
            assert (given.topic, given.status) == (matter, status), option.label

    def test_a_second_question_after_the_first(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        given = talk.type_number(4)
        assert given.phrase is not None
        assert given.phrase.values == {"text": "医院开转诊单了吗？"}
        given = talk.tap(given.options[1])
        assert (given.topic, asked(given)) == ("resident", ["居住证。"])

    def test_none_of_these(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        talk.type_number(4)
        given = talk.hear("deny", "都不是")
        assert (given.status, said(given), number(given)) == ("suggest", [], HOTLINE)
        assert given.phrase is not None
        assert given.phrase.key == "none_of_these"

    def test_what_was_told_is_not_asked_again(self) -> None:
        talk = self.talk()
        given = talk.hear("filing", aspects=["steps"])
        assert given.status == "clarify"
        assert said(talk.type_number(2)) == ["跨省的步骤。"]
        talk.hear("smalltalk", detail="thanks")
        given = talk.hear("filing", aspects=["steps"])
        assert (given.status, said(given)) == ("answered", ["跨省的步骤。"])

    @pytest.mark.parametrize("told", [{"at": SHANGHAI}, {"care": Care.CROSS_PROVINCE}])
    def test_what_the_message_itself_says_is_not_asked(self, told: dict[str, Any]) -> None:
        given = self.talk().hear("filing", aspects=["steps"], **told)
        assert (given.status, said(given)) == ("answered", ["跨省的步骤。"])

    def test_a_question_whose_answer_is_known_is_answered(self) -> None:
        given = self.talk().hear("filing", "能不能提前备案", aspects=["materials"])
        assert given.sections[0].lead == "不能提前。"

    def test_at_most_five_options_under_every_answer(self) -> None:
        for intent in ("filing", "retiree", "menu", "own_account", "inform", "contact"):
            for aspects in ((), ("fee",), ("materials",), ("phone",)):
                for talk in (self.talk(), Talk(self.KNOWLEDGE)):
                    assert len(talk.hear(intent, aspects=aspects).options) <= 5

    def test_what_was_just_asked_is_not_offered(self) -> None:
        assert "收费吗" not in labels(self.talk().hear("filing", aspects=["fee"]))
        assert "收费吗" in labels(self.talk().hear("filing", aspects=["eligibility"]))

    def test_a_follow_up_without_aspects_is_asked_in_its_own_words(self) -> None:
        talk = self.talk()
        given = talk.hear("filing", aspects=["fee"])
        given = talk.tap(next(o for o in given.options if o.label == "能提前吗"))
        assert given.sections[0].lead == "不能提前。"

    def test_an_option_of_a_question_that_is_gone_raises_nothing(self) -> None:
        """The content was published anew between question and answer."""
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        talk.knowledge = build(topic("filing", guide(XINJIANG, {"materials": "看是哪一类。"})))
        assert talk.type_number(4).status == "answered"
        talk.hear("filing", aspects=["materials"])


# --- 8 -----------------------------------------------------------------------------------------------------------


def test_what_is_left_open_is_said_before_a_place_is_asked_for() -> None:
    """Only another place has a rule that the words hit; the open question is open everywhere."""
    knowledge = build(
        topic(
            "contribution",
            guide(URUMQI, {"rules": {"cues": ["每个月交"], "lead": "每个月都要交。"}}),
            left_open=[{"id": "amount", "text": "缴费金额", "cues": ["多少钱", "月交多少"]}],
        )
    )
    given = Talk(knowledge).hear("contribution", "每个月交多少钱")
    assert (given.status, given.left_open) == ("not_in_documents", ("缴费金额",))


def test_what_another_topic_answers_by_now_is_handed_to_it() -> None:
    knowledge = build(
        topic(
            "withdrawal",
            guide(XINJIANG, {"steps": {"facts": ["到窗口支取。"]}}),
            left_open=[{"id": "family", "text": "家里人能不能用", "cues": ["给我妈用"], "answered_by": "sharing"}],
        ),
        topic("sharing", guide(XINJIANG, {"overview": {"facts": ["可以给家里人用。"]}})),
    )
    given = Talk(knowledge).hear("withdrawal", "卡里的钱能不能给我妈用")
    assert (given.status, given.topic, said(given)) == ("answered", "sharing", ["可以给家里人用。"])
    given = Talk(knowledge).hear("withdrawal", "怎么支取", aspects=["steps"])
    assert (given.topic, said(given), given.left_open) == ("withdrawal", ["到窗口支取。"], ())


class TestRule8WhenUnsureDoNotAnswer:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(XINJIANG, {"overview": "可以备案。"}),
            name="异地就医备案",
            label="备案",
            aliases=["异地备案"],
        ),
        topic(
            "transfer", guide(XINJIANG, {"overview": "可以转移。"}), name="转移接续", label="转移", family="transfer"
        ),
        topic(
            "enrolment", guide(XINJIANG, {"overview": "可以参保。"}), name="参保登记", label="参保", family="enrolment"
        ),
        topic(
            "maternity", guide(XINJIANG, {"overview": "可以登记。"}), name="生育登记", label="生育", family="maternity"
        ),
        topic("choice", guide(XINJIANG, {"overview": "可以选点。"}), name="选择定点", label="定点", family="choice"),
        topic(
            "account_details",
            guide(XINJIANG, {"status": "看“个人账户明细查询”。"}),
            name="个人账户明细",
            label="账户明细",
            family="account",
        ),
        topic(
            "contribution",
            guide(
                XINJIANG,
                {
                    "rules": {"cues": ["断缴"], "lead": "断缴可以补。", "left_open": ["滞纳金"]},
                    "overview": "可以缴费。",
                },
            ),
            name="缴费",
            label="缴费",
            family="contribution",
            left_open=[{"id": "amount", "text": "缴费金额", "cues": ["多少钱", "断缴+多少钱"]}],
        ),
        topic("unwritten", name="慢病认定", label="慢病", family="chronic"),
        offices=[office(line(SHAWAN, WINDOW))],
    )
    RANKING = (("transfer", 0.3), ("enrolment", 0.2), ("maternity", 0.1), ("choice", 0.05), ("filing", 0.04))

    def talk(self, region: str | None = SHAWAN) -> Talk:
        return Talk(self.KNOWLEDGE, region)

    def test_near_misses_then_the_phone(self) -> None:
        given = self.talk().hear("transfer", confidence=0.3, ranking=self.RANKING)
        assert (given.status, said(given), number(given)) == ("suggest", [], WINDOW)
        assert labels(given) == ["转移", "参保", "生育", "定点", "都不是"]

    def test_a_topic_that_the_message_names_comes_first(self) -> None:
        given = self.talk().hear("transfer", "那个异地备案的", confidence=0.3, ranking=self.RANKING)
        assert labels(given) == ["备案", "转移", "参保", "生育", "都不是"]

    def test_a_suggestion_is_chosen(self) -> None:
        talk = self.talk()
        talk.hear("transfer", confidence=0.3, ranking=self.RANKING, aspects=["overview"])
        given = talk.type_number(2)
        assert (given.status, given.topic, said(given)) == ("answered", "enrolment", ["可以参保。"])

    def test_none_of_the_suggestions(self) -> None:
        talk = self.talk()
        given = talk.tap(talk.hear("transfer", confidence=0.3, ranking=self.RANKING).options[-1])
        assert (given.status, number(given), labels(given)) == ("suggest", WINDOW, [])

    def test_nothing_comes_near(self) -> None:
        given = self.talk().hear("option", "3", number=3, ranking=self.RANKING)
        assert (given.status, number(given)) == ("suggest", WINDOW)
        assert [o.request.topic for o in given.options] == self.talk().knowledge.menu.topics

    def test_an_intent_that_nobody_knows(self) -> None:
        assert self.talk().hear("no_such_intent").status == "suggest"

    def test_a_persons_own_account_gets_how_to_look_it_up(self) -> None:
        talk = self.talk()
        given = talk.hear("own_account", "我卡里还有多少钱", ranking=(("own_account", 0.9), ("account_details", 0.05)))
        assert (given.status, said(given), given.topic) == ("answered", [], "account_details")
        assert given.phrase is not None
        assert given.phrase.key == "own_account"

    def test_an_own_account_for_which_there_is_no_topic(self) -> None:
        given = self.talk().hear("own_account", ranking=(("own_account", 0.9), ("remote_care_filing", 0.05)))
        assert (given.status, given.topic) == ("answered", None)

    def test_an_emergency_gets_120_first(self) -> None:
        given = self.talk().hear("emergency", "我爸现在晕倒了")
        assert (given.status, given.contact, given.options) == ("emergency", None, ())
        assert given.phrase is not None
        assert given.phrase.values == {"number": AMBULANCE}

    def test_an_emergency_is_answered_whatever_the_content_lacks(self) -> None:
        offices = {key: row.copy(update={"lines": []}) for key, row in self.KNOWLEDGE.offices.items()}
        given = Talk(replace(self.KNOWLEDGE, offices=offices)).hear("emergency")
        assert given.phrase is not None
        assert given.phrase.values == {"number": AMBULANCE}

    def test_an_emergency_interrupts_whatever_was_asked(self) -> None:
        talk = self.talk()
        talk.hear("transfer", confidence=0.3, ranking=self.RANKING)
        assert talk.hear("emergency").status == "emergency"

    @pytest.mark.parametrize(
        ("intent", "status"),
        [
            ("out_of_scope", "out_of_scope"),
            ("not_in_documents", "not_in_documents"),
            ("human", "handoff"),
            ("refused", "refused"),
        ],
    )
    def test_what_is_not_ours_is_named_as_such(self, intent: str, status: str) -> None:
        given = self.talk().hear(intent)
        assert (given.status, said(given)) == (status, [])
        assert number(given) == (None if intent == "out_of_scope" else WINDOW)

    def test_what_the_documents_leave_open_is_said_to_be_left_open(self) -> None:
        given = self.talk().hear("contribution", "断缴要补多少钱")
        assert (given.status, given.left_open, number(given)) == ("not_in_documents", ("缴费金额",), WINDOW)
        assert given.topic == "contribution"

    def test_a_rule_that_is_hit_as_hard_is_answered(self) -> None:
        given = self.talk().hear("contribution", "断缴了")
        assert (given.status, [s.lead for s in given.sections]) == ("answered", ["断缴可以补。"])

    def test_what_a_block_leaves_open_stands_beside_its_facts(self) -> None:
        assert self.talk().hear("contribution", "断缴了").left_open == ("滞纳金",)

    def test_an_aspect_that_no_document_has(self) -> None:
        given = self.talk().hear("transfer", aspects=["fee"])
        assert (given.status, said(given), number(given)) == ("not_in_documents", [], WINDOW)
        assert given.phrase is not None
        assert given.phrase.key == "nothing_on_file"

    def test_a_topic_without_content(self) -> None:
        given = self.talk().hear("unwritten")
        assert (given.status, said(given), number(given)) == ("not_in_documents", [], WINDOW)
        assert given.phrase is not None
        assert given.phrase.key == "not_recorded"

    def test_a_tie_is_settled_by_what_the_message_says(self) -> None:
        ranking = (("transfer", 0.45), ("filing", 0.44))
        given = self.talk().hear("transfer", "异地备案", confidence=0.45, ranking=ranking)
        assert given.topic == "filing"


# --- 9 -----------------------------------------------------------------------------------------------------------


class TestRule9WhatEveryAnswerHolds:
    """How it is worded is tested in tests/unit/bot/test_wording.py."""

    KNOWLEDGE = build(
        topic(
            "filing",
            guide(
                SHAWAN,
                {
                    "fee": {
                        "lead": "不收费。",
                        "warnings": [{"label": "一", "text": "甲"}, {"label": "二", "text": "乙"}],
                    }
                },
            ),
        ),
        offices=[office(line(SHAWAN, WINDOW))],
    )

    def test_one_phone_one_warning_and_the_source(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("filing", aspects=["fee"])
        assert (number(given), given.warning) == (WINDOW, ("一", "甲"))
        assert cited(given) == [("shawan_sheets", "2022版"), ("national", None)]
        assert given.answers == (Asked("filing", (Aspect.FEE,)),)

    def test_the_disclaimer_once_a_conversation(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        assert not talk.hear("smalltalk").disclaim
        assert [talk.hear("filing", aspects=["fee"]).disclaim for _ in range(3)] == [True, False, False]

    def test_what_is_said_twice_is_shown_once(self) -> None:
        steps = ["打开平台。", "提交。"]
        knowledge = build(
            topic(
                "arrears",
                guide(
                    SHAWAN,
                    {
                        "steps": [
                            {"lead": "先确认日期。", "facts": steps},
                            {"lead": "可以补。", "facts": steps, "cues": ["断缴"], "detail": True},
                        ]
                    },
                ),
            )
        )
        given = Talk(knowledge, SHAWAN).hear("arrears", "断缴咋办", aspects=["steps"])
        assert [s.lead for s in given.sections] == ["可以补。"]
        assert said(given) == steps


# --- what is remembered ------------------------------------------------------------------------------------------


class TestMemory:
    KNOWLEDGE = build(
        topic(
            "filing",
            guide(
                XINJIANG,
                {"materials": "自治区的材料。", "fee": "不收费。", "rules": {"cues": ["提前"], "lead": "不能提前。"}},
            ),
            guide(SHAWAN, {"materials": "沙湾的材料。"}),
            guide(TACHENG, {"materials": "塔城的材料。"}),
            name="异地就医备案",
        ),
        topic("remote_care_filing", guide(XINJIANG, {"overview": "可以备案。"})),
        topic("transfer", guide(XINJIANG, {"materials": "转移的材料。"}), family="transfer"),
        offices=[
            office(line(SHAWAN, WINDOW)),
            office(line(TIANSHAN, TIANSHAN_LINE), address="龙泉街28号"),
            office(line(URUMQI, URUMQI_LINE)),
        ],
    )

    def talk(self) -> Talk:
        return Talk(self.KNOWLEDGE)

    def test_a_place_alone_is_remembered(self) -> None:
        talk = self.talk()
        given = talk.hear("inform", insured=SHAWAN)
        assert (given.status, given.region) == ("clarify", SHAWAN)
        assert labels(given)[0] == "电话和地址"
        assert said(talk.hear("filing", aspects=["materials"])) == ["沙湾的材料。"]

    def test_the_options_of_a_place_alone_lead_to_its_office(self) -> None:
        talk = self.talk()
        given = talk.tap(talk.hear("inform", insured=TIANSHAN).options[0])
        assert (given.status, number(given), said(given)) == ("answered", TIANSHAN_LINE, ["龙泉街28号"])

    def test_a_place_after_an_answer_asks_the_same_for_it(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        given = talk.hear("inform", "那乌苏的呢", insured=WUSU)
        assert (given.region, said(given)) == (WUSU, ["塔城的材料。"])

    def test_the_words_of_the_question_count_for_the_next_place(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", "能提前备案吗")
        given = talk.hear("inform", insured=WUSU)
        assert [s.lead for s in given.sections] == ["不能提前。"]

    def test_an_aspect_after_an_answer_asks_it_of_the_same_topic(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        given = talk.hear("follow_up", "那电话呢", aspects=["phone"])
        assert (given.topic, number(given)) == ("filing", WINDOW)
        assert asked(talk.hear("follow_up", "收费吗", aspects=["fee"])) == ["不收费。"]

    def test_a_short_unsure_message_goes_on_with_the_topic(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        given = talk.hear("transfer", "收钱不", aspects=["fee"], confidence=0.3)
        assert (given.topic, asked(given)) == ("filing", ["不收费。"])

    @pytest.mark.parametrize(
        ("confidence", "text"), [(0.95, "转移要带什么"), (0.5, "我想把医保关系转到别的地方去，要带哪些材料")]
    )
    def test_a_sure_or_a_long_one_is_a_new_question(self, confidence: float, text: str) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        assert talk.hear("transfer", text, aspects=["materials"], confidence=confidence).topic == "transfer"

    def test_small_talk_does_not_change_the_subject(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        talk.hear("smalltalk", detail="thanks")
        assert talk.hear("follow_up", aspects=["fee"]).topic == "filing"

    def test_a_correction(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        talk.hear("filing", aspects=["materials"])
        given = talk.hear("inform", "不是沙湾，是乌苏", denied=SHAWAN, insured=WUSU)
        assert (given.region, said(given)) == (WUSU, ["塔城的材料。"])

    def test_a_place_that_is_only_denied_is_forgotten(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        given = talk.hear("filing", aspects=["materials"], denied=SHAWAN)
        assert (given.region, said(given)) == (None, ["自治区的材料。"])

    def test_a_denied_place_that_was_never_said_changes_nothing(self) -> None:
        talk = Talk(self.KNOWLEDGE, SHAWAN)
        assert talk.hear("filing", aspects=["materials"], denied=URUMQI).region == SHAWAN

    def test_a_shared_name_means_the_one_in_the_region_known(self) -> None:
        talk = Talk(self.KNOWLEDGE, URUMQI)
        assert talk.hear("filing", aspects=["materials"], insured=(SHAWAN, TIANSHAN)).region == TIANSHAN

    def test_a_shared_name_of_places_with_different_numbers_is_asked_about(self) -> None:
        talk = self.talk()
        given = talk.hear("contact", aspects=["phone"], insured=(TIANSHAN, SHAWAN))
        assert (given.status, labels(given)) == ("clarify", ["天山区", "沙湾", "其他县市（请直接输入）"])
        given = talk.type_number(2)
        assert (given.region, number(given)) == (SHAWAN, WINDOW)

    def test_the_whole_region_is_no_insured_region(self) -> None:
        assert self.talk().hear("filing", insured=XINJIANG, aspects=["materials"]).region is None

    def test_a_follow_up_of_nothing(self) -> None:
        assert self.talk().hear("follow_up", aspects=["materials"]).status == "suggest"
        assert self.talk().hear("follow_up", aspects=["phone"]).status == "clarify"

    def test_a_follow_up_after_an_office(self) -> None:
        talk = Talk(self.KNOWLEDGE, TIANSHAN)
        talk.hear("contact", aspects=["phone"])
        assert said(talk.hear("follow_up", aspects=["place"])) == ["龙泉街28号"]
        given = talk.hear("inform", insured=SHAWAN)
        assert given.region == SHAWAN

    def test_numbers_of_options_outlive_small_talk(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        talk.hear("smalltalk")
        assert talk.type_number(1).status == "answered"

    def test_numbers_of_options_expire_with_the_next_answer(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["materials"])
        talk.hear("human")
        given = talk.type_number(1)
        assert (given.status, given.region) == ("suggest", None)

    def test_a_number_beyond_the_options(self) -> None:
        talk = self.talk()
        offered = talk.hear("filing", aspects=["phone"]).options
        given = talk.type_number(5)
        assert (given.status, given.options) == ("clarify", offered)
        assert talk.type_number(1).phrase == Notice("clarify.type_region")

    def test_a_question_back_is_dropped_by_a_new_question(self) -> None:
        talk = self.talk()
        talk.hear("filing", aspects=["phone"])
        talk.hear("transfer", aspects=["materials"], confidence=0.9)
        given = talk.hear("inform", insured=SHAWAN)
        assert (given.topic, said(given)) == ("transfer", ["转移的材料。"])

    def test_it_travels_as_json(self) -> None:
        talk = self.talk()
        for intent, told in (
            ("filing", {"aspects": ["materials"]}),
            ("contact", {"aspects": ["phone"]}),
            ("human", {}),
        ):
            given = talk.hear(intent, insured=SHAWAN, **told)
            assert from_json(Answer, to_json(given)) == given

    def test_content_without_the_topics_that_the_code_offers(self) -> None:
        talk = Talk(build(topic("only", guide(XINJIANG, {"overview": "一"}))))
        assert talk.hear("inform", insured=SHAWAN).status == "clarify"
        assert talk.hear("own_account", ranking=(("account_details", 0.5),)).status == "answered"


class TestSeveralQuestions:
    KNOWLEDGE = build(
        topic("filing", guide(SHAWAN, {"steps": "备案的步骤。", "fee": "不收费。"})),
        topic("transfer", guide(XINJIANG, {"steps": {"facts": ["转移的步骤。"], "left_open": ["多久到账"]}})),
        topic("unwritten"),
        offices=[office(line(SHAWAN, WINDOW))],
    )

    def ask(self, *also: Asked) -> Answer:
        return Talk(self.KNOWLEDGE, SHAWAN).hear("filing", aspects=["steps"], also=also)

    def test_both_are_answered_and_the_first_leads(self) -> None:
        given = self.ask(Asked("transfer", (Aspect.STEPS,)))
        assert said(given) == ["备案的步骤。", "转移的步骤。"]
        assert (given.topic, number(given)) == ("filing", WINDOW)
        assert [a.topic for a in given.answers] == ["filing", "transfer"]
        assert [id for id, _ in cited(given)] == ["shawan_sheets", "national", "xinjiang_guide"]
        assert given.left_open == ("多久到账",)
        assert values(given, "about") == {"topic": "transfer办理"}

    @pytest.mark.parametrize("other", ["unwritten", "filing", "no_such_topic"])
    def test_a_second_that_has_no_answer_is_left_out(self, other: str) -> None:
        assert said(self.ask(Asked(other, (Aspect.FEE,)))) == ["备案的步骤。"]

    def test_the_phone_of_the_second_matter_where_it_is_another(self) -> None:
        aid = topic("aid", guide(XINJIANG, {"overview": "可以救助。"}), family="medical_aid")
        lines = [line(SHAWAN, WINDOW), line(SHAWAN, AID, businesses=["medical_aid"], label="沙湾救助")]
        knowledge = build(topic("filing", guide(SHAWAN, {"steps": "备案的步骤。"})), aid, offices=[office(*lines)])
        for aspect, shown in ((Aspect.PHONE, [("沙湾救助", AID)]), (Aspect.OVERVIEW, [])):
            given = Talk(knowledge, SHAWAN).hear("filing", aspects=["steps"], also=(Asked("aid", (aspect,)),))
            assert number(given) == WINDOW
            assert [(s.title, s.lines[0].text) for s in given.sections if s.aspect is Aspect.PHONE] == shown

    def test_several_aspects_of_one_topic_in_the_order_asked(self) -> None:
        given = Talk(self.KNOWLEDGE, SHAWAN).hear("filing", aspects=["fee", "steps"])
        assert asked(given) == ["不收费。", "备案的步骤。"]
