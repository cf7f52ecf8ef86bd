"""Whom to call: rule 4 of answering, at the level of lines and offices."""

from __future__ import annotations

import pytest

from knowledge.contacts import find_lines, find_number, find_offices, last_resort
from knowledge.schema import Purpose
from knowledge.store import Knowledge
from tests.knowledge_builder import (
    AMBULANCE,
    BEIJING,
    HOTLINE,
    MIDONG,
    SHAWAN,
    SHIHEZI,
    TACHENG,
    TIANSHAN,
    URUMQI,
    WUSU,
    XINJIANG,
    YUTIAN,
    build,
    line,
    office,
)
from webhook.assembly import with_last_resort

WINDOW, AID, CHRONIC = "0993-6023208", "0993-6023207", "0993-6027369"
SHAWAN_COMPLAINTS, TACHENG_COMPLAINTS = "0993-6021279", "0901-6230086"
URUMQI_LINE, TIANSHAN_LINE = "0991-4680625", "0991-2337203"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return build(
        offices=[
            office(line(URUMQI, URUMQI_LINE), address="克拉玛依东路5号"),
            office(line([TIANSHAN, MIDONG], TIANSHAN_LINE), address="龙泉街28号"),
            office(line(TACHENG, TACHENG_COMPLAINTS, "supervision"), address="塔城"),
            office(
                line(SHAWAN, AID, businesses=["medical_aid"], note="医疗救助"),
                line(SHAWAN, WINDOW, businesses=["filing", "all"]),
                line(SHAWAN, CHRONIC, businesses=["chronic_recognition"], note="慢病认定"),
                line(SHAWAN, SHAWAN_COMPLAINTS, "supervision"),
                businesses=["all"],
                address="智慧大道105号",
            ),
            office(regions=[SHAWAN], businesses=["chronic_recognition"], address="人民医院7号诊室", id="hospital"),
            office(line(YUTIAN, "0903-6811802", businesses=["remote_care"], note="公布在备案流程上")),
        ]
    )


def numbers(knowledge: Knowledge, region: str, *business: str, purpose: str = "consultation") -> list[str]:
    return [r.line.number for r in find_lines(knowledge, region, Purpose(purpose), business)]


class TestLines:
    @pytest.mark.parametrize(
        ("business", "best"),
        [
            ((), WINDOW),
            (("filing", "remote_care"), WINDOW),
            (("reimbursement", "medical_aid"), AID),
            (("chronic_recognition", "chronic"), CHRONIC),
            (("something_else", "else"), WINDOW),
        ],
    )
    def test_the_business_decides(self, knowledge: Knowledge, business: tuple[str, ...], best: str) -> None:
        assert numbers(knowledge, SHAWAN, *business)[0] == best

    def test_topic_before_family(self, knowledge: Knowledge) -> None:
        assert numbers(knowledge, SHAWAN, "chronic_recognition", "medical_aid")[0] == CHRONIC

    def test_consultation_and_supervision_are_never_mixed_up(self, knowledge: Knowledge) -> None:
        for region in knowledge.regions.by_code:
            consultation = {*numbers(knowledge, region)}
            assert not consultation & {*numbers(knowledge, region, purpose="supervision")}
        assert numbers(knowledge, SHAWAN, purpose="supervision") == [SHAWAN_COMPLAINTS, TACHENG_COMPLAINTS]

    @pytest.mark.parametrize(
        ("region", "expected"),
        [
            (TIANSHAN, [TIANSHAN_LINE, URUMQI_LINE]),
            (MIDONG, [TIANSHAN_LINE, URUMQI_LINE]),
            (URUMQI, [URUMQI_LINE]),
            (WUSU, []),
            (XINJIANG, []),
            (SHIHEZI, []),
            (BEIJING, []),
            ("999999", []),
        ],
    )
    def test_the_own_line_then_the_prefecture_and_nobody_else(
        self, knowledge: Knowledge, region: str, expected: list[str]
    ) -> None:
        assert numbers(knowledge, region) == expected

    def test_what_is_own_is_told_apart(self, knowledge: Knowledge) -> None:
        own, prefecture = find_lines(knowledge, TIANSHAN, Purpose.CONSULTATION, ())
        assert (own.own, prefecture.own) == (True, False)

    def test_a_note_that_narrows_is_shown_only_where_the_number_serves_something_else(
        self, knowledge: Knowledge
    ) -> None:
        (filing,) = find_lines(knowledge, YUTIAN, Purpose.CONSULTATION, ("filing", "remote_care"))
        (other,) = find_lines(knowledge, YUTIAN, Purpose.CONSULTATION, ("contribution", "flexible_worker"))
        assert filing.as_contact().note is None
        assert other.as_contact().note == "公布在备案流程上"


class TestOffices:
    def test_the_business_decides(self, knowledge: Knowledge) -> None:
        assert find_offices(knowledge, SHAWAN, ("chronic_recognition",))[0].id == "hospital"
        assert find_offices(knowledge, SHAWAN, ("filing",))[0].address == "智慧大道105号"

    def test_the_own_office_then_the_prefecture_and_nobody_else(self, knowledge: Knowledge) -> None:
        assert [o.address for o in find_offices(knowledge, TIANSHAN, ())] == ["龙泉街28号", "克拉玛依东路5号"]
        assert [o.address for o in find_offices(knowledge, WUSU, ())] == ["塔城"]
        assert find_offices(knowledge, BEIJING, ()) == []

    def test_an_office_without_an_address_is_none_to_go_to(self, knowledge: Knowledge) -> None:
        assert find_offices(knowledge, YUTIAN, ()) == []


class TestLastResort:
    def test_the_national_line(self, knowledge: Knowledge) -> None:
        contact = last_resort(knowledge)
        assert contact is not None
        assert contact.number == HOTLINE

    def test_never_an_emergency_number(self) -> None:
        assert last_resort(build(hotline=False)) is None

    def test_the_operator_replaces_it(self, knowledge: Knowledge) -> None:
        contact = last_resort(with_last_resort(knowledge, "0991-1234567"))
        assert contact is not None
        assert (contact.number, contact.purpose) == ("0991-1234567", "consultation")

    def test_the_operator_unsets_it(self, knowledge: Knowledge) -> None:
        assert last_resort(with_last_resort(knowledge, None)) is None

    def test_the_operator_touches_no_other_line(self) -> None:
        before = build(offices=[office(line(SHAWAN, WINDOW))])
        after = with_last_resort(before, None)
        left = [row.number for o in after.offices.values() for row in o.lines]
        assert left == [WINDOW, AMBULANCE]
        assert last_resort(before) is not None


class TestWhoseNumber:
    @pytest.mark.parametrize(
        ("digits", "number"),
        [("09936023208", WINDOW), ("6023208", WINDOW), (HOTLINE, HOTLINE), ("09016230086", TACHENG_COMPLAINTS)],
    )
    def test_with_and_without_area_code(self, knowledge: Knowledge, digits: str, number: str) -> None:
        found = find_number(knowledge, digits)
        assert found is not None
        assert found.line.number == number

    @pytest.mark.parametrize("digits", ["", "120", "023208", "6023209", "99999", "0993602320"])
    def test_nothing_that_is_not_a_whole_number(self, knowledge: Knowledge, digits: str) -> None:
        assert find_number(knowledge, digits) is None
