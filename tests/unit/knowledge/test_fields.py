"""Whose words count: rule 1 of answering, at the level of fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fields import (
    MOST_CUED,
    Field,
    Level,
    Situation,
    _with_cues,
    all_cues,
    aspects_on_file,
    cue_score,
    current_facts,
    find_cued,
    find_field,
    forget_topics,
    guides_by_distance,
    holds,
)
from knowledge.regions import Regions
from knowledge.schema import Aspect, Block, Care, Insurance, Topic, When
from tests.knowledge_builder import (
    BEIJING,
    CORPS,
    REGION_POOL,
    SHANGHAI,
    SHAWAN,
    SHIHEZI,
    TACHENG,
    TIANSHAN,
    URUMQI,
    WUSU,
    XINJIANG,
    YUTIAN,
    Talk,
    build,
    fact,
    guide,
    topic,
)


@pytest.fixture(scope="module")
def regions() -> Regions:
    return build().regions


def made(*guides: Mapping[str, Any]) -> Topic:
    return Topic.parse_obj(topic("filing", *guides))


def found(of: Topic, region: str | None, aspect: str = "materials", **situation: Any) -> Field | None:
    return find_field(of, Aspect(aspect), Situation(region, **situation), build().regions)


def main_facts(field: Field | None) -> list[str | None]:
    assert field is not None
    return [f.text for placed in field.blocks for f in placed.block.facts]


def added_facts(field: Field | None) -> list[str | None]:
    assert field is not None
    return [f.text for f, _ in field.additions]


ALL_LEVELS = made(
    guide(URUMQI, {"materials": "乌鲁木齐的材料。"}),
    guide(XINJIANG, {"materials": "自治区的材料。", "fee": "不收费。"}),
    guide(SHAWAN, {"materials": "沙湾的材料。"}),
    guide(TACHENG, {"materials": "塔城的材料。", "time_limit": "塔城的时限。"}),
    guide(YUTIAN, {"materials": "人人适用的材料。"}, applies_to="all"),
)


class TestDistance:
    @pytest.mark.parametrize(
        ("region", "order"),
        [
            (SHAWAN, ["654203 own", "654200 inherited", "650000 inherited", "653226 for_all", "650100 elsewhere"]),
            (WUSU, ["654200 inherited", "650000 inherited", "653226 for_all", "650100 elsewhere", "654203 elsewhere"]),
            (TACHENG, ["654200 own", "650000 inherited", "653226 for_all", "650100 elsewhere", "654203 elsewhere"]),
            (YUTIAN, ["653226 own", "650000 inherited", "650100 elsewhere", "654203 elsewhere", "654200 elsewhere"]),
            (
                REGION_POOL,
                ["650000 inherited", "653226 for_all", "650100 elsewhere", "654203 elsewhere", "654200 elsewhere"],
            ),
            (None, ["650000 inherited", "653226 for_all", "650100 elsewhere", "654203 elsewhere", "654200 elsewhere"]),
        ],
    )
    def test_nearest_first(self, regions: Regions, region: str | None, order: list[str]) -> None:
        placed = guides_by_distance(ALL_LEVELS, region, regions)
        assert [f"{g.published_by} {level.value}" for g, level in placed] == order

    @pytest.mark.parametrize("region", [CORPS, SHIHEZI])
    def test_the_corps_gets_nothing(self, regions: Regions, region: str) -> None:
        assert guides_by_distance(ALL_LEVELS, region, regions) == ()

    def test_another_province_gets_what_applies_to_all(self, regions: Regions) -> None:
        placed = guides_by_distance(ALL_LEVELS, BEIJING, regions)
        assert [(g.published_by, level) for g, level in placed] == [(YUTIAN, Level.FOR_ALL)]


class TestNearestGuideWinsPerField:
    @pytest.mark.parametrize(
        ("region", "aspect", "text"),
        [
            (SHAWAN, "materials", "沙湾的材料。"),
            (SHAWAN, "time_limit", "塔城的时限。"),
            (SHAWAN, "fee", "不收费。"),
            (WUSU, "materials", "塔城的材料。"),
            (TIANSHAN, "materials", "乌鲁木齐的材料。"),
            (YUTIAN, "materials", "人人适用的材料。"),
            (None, "materials", "自治区的材料。"),
            (BEIJING, "materials", "人人适用的材料。"),
        ],
    )
    def test_each_field_by_itself(self, region: str | None, aspect: str, text: str) -> None:
        assert main_facts(found(ALL_LEVELS, region, aspect)) == [text]

    def test_a_field_that_nobody_has(self) -> None:
        assert found(ALL_LEVELS, SHAWAN, "proxy") is None

    def test_all_blocks_of_the_nearest_guide_and_of_no_other(self) -> None:
        of = made(guide(SHAWAN, {"steps": ["一", "二"]}), guide(XINJIANG, {"steps": ["三"]}))
        assert main_facts(found(of, SHAWAN, "steps")) == ["一", "二"]

    def test_a_detail_is_not_shown_unasked_and_hides_no_farther_guide(self) -> None:
        of = made(guide(SHAWAN, {"steps": {"detail": True, "facts": ["细节"]}}), guide(TACHENG, {"steps": "步骤"}))
        assert main_facts(found(of, SHAWAN, "steps")) == ["步骤"]

    def test_a_block_for_another_situation_hides_no_farther_guide(self) -> None:
        abroad = {"when": {"care": ["cross_province"]}, "facts": ["出疆"]}
        of = made(guide(SHAWAN, {"steps": abroad}), guide(TACHENG, {"steps": "都行"}))
        assert main_facts(found(of, SHAWAN, "steps", scope=Care.XINJIANG)) == ["都行"]
        assert main_facts(found(of, SHAWAN, "steps", scope=Care.CROSS_PROVINCE)) == ["出疆"]

    def test_a_rule_that_is_no_longer_in_force_hides_no_farther_guide(self) -> None:
        old = {"facts": [fact("旧的", valid_until="2024-12-31")]}
        of = made(guide(SHAWAN, {"fee": old}), guide(XINJIANG, {"fee": "现行的"}))
        assert main_facts(found(of, SHAWAN, "fee", today=date(2024, 6, 1))) == ["旧的"]
        assert main_facts(found(of, SHAWAN, "fee", today=date(2025, 1, 1))) == ["现行的"]

    def test_elsewhere_only_for_want_of_any_other(self) -> None:
        of = made(
            guide(URUMQI, {"fee": "乌鲁木齐收。", "steps": "乌鲁木齐的步骤。"}), guide(XINJIANG, {"fee": "不收。"})
        )
        assert main_facts(found(of, SHAWAN, "fee")) == ["不收。"]
        field = found(of, SHAWAN, "steps")
        assert field is not None
        assert [p.level for p in field.blocks] == [Level.ELSEWHERE]

    def test_only_one_other_place_is_shown(self) -> None:
        of = made(guide(URUMQI, {"fee": "乌鲁木齐收。"}), guide(YUTIAN, {"fee": "于田收。"}))
        assert main_facts(found(of, SHAWAN, "fee")) == ["乌鲁木齐收。"]


class TestRulesAreFieldsOfTheirOwn:
    OF = made(
        guide(SHAWAN, {"rules": [{"id": "wait", "facts": ["沙湾等90天"]}]}),
        guide(
            TACHENG,
            {"rules": [{"id": "wait", "facts": ["塔城等180天"]}, {"id": "once", "facts": ["一年一次"]}, "没有名字的"]},
        ),
        guide(URUMQI, {"rules": [{"id": "other", "facts": ["别处的"]}]}),
    )

    def test_the_nearest_of_each_id(self) -> None:
        assert main_facts(found(self.OF, SHAWAN, "rules")) == ["沙湾等90天", "一年一次", "没有名字的"]

    def test_none_of_another_place_beside_them(self) -> None:
        assert "别处的" not in main_facts(found(self.OF, SHAWAN, "rules"))

    def test_those_of_one_other_place_for_want_of_any(self) -> None:
        assert main_facts(found(self.OF, YUTIAN, "rules")) == ["沙湾等90天"]


class TestAdditions:
    ROLES = ("exception", "special_case", "channel_limit", "closing_note")

    @staticmethod
    def topic_with(*higher: dict[str, Any]) -> Topic:
        return made(guide(SHAWAN, {"materials": "带身份证。"}), guide(XINJIANG, {"materials": {"facts": list(higher)}}))

    def test_every_role_but_the_main_one_adds_up(self) -> None:
        of = self.topic_with(*(fact(role, role) for role in self.ROLES))
        assert added_facts(found(of, SHAWAN)) == list(self.ROLES)

    def test_an_alternative_that_the_nearer_one_leaves_out_stays_out(self) -> None:
        of = self.topic_with(fact("或者写承诺书。"), fact("外国人另带护照。", "special_case"))
        assert added_facts(found(of, SHAWAN)) == ["外国人另带护照。"]
        assert main_facts(found(of, SHAWAN)) == ["带身份证。"]

    def test_nothing_of_another_place_or_of_a_guide_for_all_adds_up(self) -> None:
        note = {"facts": [fact("附注", "closing_note")]}
        of = made(
            guide(SHAWAN, {"materials": "带身份证。"}),
            guide(URUMQI, {"materials": note}),
            guide(YUTIAN, {"materials": note}, applies_to="all"),
        )
        assert added_facts(found(of, SHAWAN)) == []

    def test_the_guide_that_is_shown_adds_nothing_to_itself(self) -> None:
        of = self.topic_with(fact("主要", "main"), fact("附注", "closing_note"))
        field = found(of, WUSU)
        assert main_facts(field) == ["主要", "附注"]
        assert added_facts(field) == []

    def test_only_what_holds_adds_up(self) -> None:
        of = self.topic_with(fact("出疆的附注", "exception", when={"care": ["cross_province"]}))
        assert added_facts(found(of, SHAWAN, scope=Care.XINJIANG)) == []
        assert added_facts(found(of, SHAWAN, scope=Care.CROSS_PROVINCE)) == ["出疆的附注"]

    def test_only_what_is_in_force_adds_up(self) -> None:
        of = self.topic_with(fact("旧附注", "closing_note", valid_until=date(2024, 12, 31)))
        assert added_facts(found(of, SHAWAN, today=date(2024, 12, 31))) == ["旧附注"]
        assert added_facts(found(of, SHAWAN, today=date(2025, 1, 1))) == []


class TestConditions:
    @pytest.mark.parametrize(
        ("scope", "care", "verdict"),
        [
            (None, ["xinjiang"], None),
            (None, ["cross_province", "same_area"], None),
            (None, ["same_area"], False),
            (None, ["into_xinjiang"], False),
            (Care.XINJIANG, ["xinjiang"], True),
            (Care.XINJIANG, ["cross_province"], False),
            (Care.SAME_AREA, ["same_area"], True),
        ],
    )
    def test_care(self, regions: Regions, scope: Care | None, care: list[str], verdict: bool | None) -> None:
        assert holds(When(care=care), Situation(SHAWAN, scope=scope), regions) is verdict

    @pytest.mark.parametrize(
        ("when", "situation", "verdict"),
        [
            (None, Situation(), True),
            ({"insurance": ["employee"]}, Situation(), None),
            ({"insurance": ["employee"]}, Situation(insurance=Insurance.EMPLOYEE), True),
            ({"insurance": ["employee"]}, Situation(insurance=Insurance.RESIDENT), False),
            ({"care_regions": [URUMQI]}, Situation(), None),
            ({"care_regions": [URUMQI]}, Situation(care=TIANSHAN), True),
            ({"care_regions": [URUMQI]}, Situation(care=SHANGHAI), False),
            ({"insured_regions": [TACHENG]}, Situation(SHAWAN), True),
            ({"insured_regions": [TACHENG]}, Situation(URUMQI), False),
            ({"for_other": True}, Situation(), None),
            ({"for_other": True}, Situation(for_other=True), True),
            ({"for_other": False}, Situation(for_other=True), False),
            ({"insurance": ["employee"], "insured_regions": [TACHENG]}, Situation(URUMQI), False),
            ({"insurance": ["employee"], "insured_regions": [TACHENG]}, Situation(SHAWAN), None),
        ],
    )
    def test_all_that_are_named_must_hold(
        self, regions: Regions, when: dict[str, Any] | None, situation: Situation, verdict: bool | None
    ) -> None:
        assert holds(When.parse_obj(when) if when else None, situation, regions) is verdict

    @pytest.mark.parametrize(
        ("today", "texts"),
        [
            (date(2024, 12, 31), ["旧", "一直"]),
            (date(2025, 1, 1), ["一直"]),
            (date(2025, 6, 1), ["一直", "新"]),
        ],
    )
    def test_facts_in_force(self, regions: Regions, today: date, texts: list[str]) -> None:
        facts = [fact("旧", valid_until="2024-12-31"), fact("一直"), fact("新", valid_from="2025-06-01")]
        block = Block.parse_obj({"facts": facts})
        assert [f.text for f in current_facts(block, Situation(today=today), regions)] == texts


class TestCues:
    @pytest.mark.parametrize(
        ("text", "cues", "score"),
        [
            ("没交三个月了", ["断缴", "没交"], 20),
            ("没交三月了", ["没交", "没交+三月"], 41),
            ("没交三个月了", ["没交+四个月"], 0),
            ("没交三个月了", [], 0),
            ("三月没交", ["没交+三月"], 40),
        ],
    )
    def test_the_longest_counts_and_each_further_one_a_little(self, text: str, cues: list[str], score: int) -> None:
        assert cue_score(text, cues) == score

    def test_from_some_length_on_cues_count_alike(self) -> None:
        assert cue_score("办件进度在哪看", ["办件进度在哪看"]) == cue_score("办件进度", ["办件进度"])

    @given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=6), max_size=5))
    def test_any_text_scores(self, text: str, cues: list[str]) -> None:
        assert cue_score(text, cues) >= 0

    @staticmethod
    def cued(of: Topic, text: str, region: str | None = SHAWAN, **situation: Any) -> list[str]:
        placed = find_cued(of, text, Situation(region, **situation), build().regions)
        return [p.block.facts[0].text or "" for p in placed]

    def test_the_hardest_hit_is_taken(self) -> None:
        rules = [{"cues": ["断缴"], "facts": ["断缴"]}, {"cues": ["断缴+半年"], "facts": ["半年"]}]
        of = made(guide(XINJIANG, {"rules": rules}))
        assert self.cued(of, "断缴了咋办") == ["断缴"]
        assert self.cued(of, "断缴半年了咋办") == ["半年"]
        assert self.cued(of, "咋交钱") == []

    def test_of_equals_the_nearer(self) -> None:
        of = made(
            guide(URUMQI, {"rules": {"cues": ["提前"], "facts": ["别处"]}}),
            guide(XINJIANG, {"rules": {"cues": ["提前"], "facts": ["自治区"]}}),
        )
        assert self.cued(of, "能提前吗") == ["自治区"]
        assert self.cued(of, "能提前吗", TIANSHAN) == ["别处"]

    def test_the_same_block_of_a_nearer_guide_hides_the_farther_one_and_its_cues(self) -> None:
        of = made(
            guide(SHAWAN, {"rules": {"id": "wait", "cues": ["几天"], "facts": ["沙湾"]}}),
            guide(XINJIANG, {"rules": {"id": "wait", "cues": ["几天", "几天取消"], "facts": ["自治区"]}}),
        )
        assert self.cued(of, "几天取消") == ["沙湾"]
        assert self.cued(of, "几天取消", WUSU) == ["自治区"]

    def test_a_block_for_another_situation_is_not_hit(self) -> None:
        of = made(guide(XINJIANG, {"rules": {"cues": ["提前"], "when": {"care": ["xinjiang"]}, "facts": ["疆内"]}}))
        assert self.cued(of, "能提前吗", scope=Care.CROSS_PROVINCE) == []

    def test_the_general_topic_answers_what_the_own_one_is_not_asked(self) -> None:
        of = made(guide(XINJIANG, {"rules": {"cues": ["没有转诊单"], "facts": ["临时外出"]}}))
        general = made(guide(XINJIANG, {"rules": [{"cues": ["就医地选"], "facts": ["区本级"]}, {"cues": ["转诊单"]}]}))
        placed = find_cued(of, "没有转诊单,就医地选什么", Situation(SHAWAN), build().regions, general)
        assert [p.block.facts[0].text for p in placed] == ["临时外出", "区本级"]

    def test_one_for_each_question_of_the_message(self) -> None:
        rules = [{"cues": [word], "facts": [word]} for word in ("提前", "取消", "代办", "收费")]
        of = made(guide(XINJIANG, {"rules": rules}))
        assert self.cued(of, "能不能提前?可不可以取消") == ["提前", "取消"]
        assert self.cued(of, "我提前取消") == ["提前"]
        everything = self.cued(of, "能不能提前?可不可以取消?能不能代办?收费吗")
        assert len(everything) == len(set(everything)) == MOST_CUED


def test_topics_of_a_release_that_is_gone_are_let_go() -> None:
    """Whatever was asked of them: the memory of a server would hold every release that ever answered."""
    knowledge = build(topic("filing", guide(XINJIANG, {"steps": [{"cues": ["怎么办"], "facts": ["先登记。"]}]})))
    Talk(knowledge, SHAWAN).hear("filing", "怎么办", aspects=["steps"])
    kept = [guides_by_distance, _with_cues, aspects_on_file, all_cues]
    assert sum(cache.cache_info().currsize for cache in kept) > 0
    forget_topics()
    assert [cache.cache_info().currsize for cache in kept] == [0, 0, 0, 0]
