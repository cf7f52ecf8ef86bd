"""How an answer reads: the examples of answer-style.md to the letter, and each piece of the form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.phrases import Phrases
from bot.wording import Worded, Wording
from knowledge.answer import answer
from knowledge.conversation import (
    SELF,
    Answer,
    Asked,
    Cited,
    Contact,
    Memory,
    Mention,
    Notice,
    Person,
    Section,
    Statement,
    Understanding,
)
from knowledge.regions import Regions
from knowledge.schema import Aspect, Care, Limit
from knowledge.store import Knowledge, load_knowledge
from tests.knowledge_builder import BEIJING, SHAWAN, URUMQI, YUTIAN, build

CONTENT = Path(__file__).parents[3] / "knowledge" / "content"
PHRASES = Phrases.load()


@pytest.fixture(scope="module")
def content() -> Knowledge:
    return load_knowledge(CONTENT)


@pytest.fixture(scope="module")
def regions() -> Regions:
    return build().regions


@pytest.fixture(scope="module")
def wording(regions: Regions) -> Wording:
    return Wording(PHRASES, regions)


def text(worded: Worded) -> str:
    return "\n".join((*worded.head, *worded.body, *worded.tail))


class TestTheExamples:
    """Exact, apart from the disclaimer (once a conversation) and the options, which are cut in later."""

    def test_filing_from_yutian_for_urumqi(self, content: Knowledge) -> None:
        understood = Understanding(
            "我是于田的,想去乌鲁木齐看病怎么备案",
            "remote_care_filing",
            aspects=(Aspect.STEPS,),
            mentions=(Mention("于田", (YUTIAN,), "insured"), Mention("乌鲁木齐", (URUMQI,), "care")),
        )
        given = answer(understood, Memory(disclaimed=True), content)
        assert text(Wording(PHRASES, content.regions).word(given)).splitlines() == [
            "您在于田参保，去乌鲁木齐看病：可以手机备案。",
            "【别选错】“就医地”选“新疆维吾尔自治区区本级”。",
            "1. 微信或支付宝搜“新疆医保服务平台”小程序（安卓也可用“新疆医保服务”APP），首次要注册并实名、实人认证。",
            "2. 进“服务大厅”→“业务办理”→“异地就医备案登记”，阅读并同意告知书。",
            "3. 选“为本人备案”或“为他人备案”，选备案类型，按提示传材料或签承诺书，点“提交”。",
            "4. 查结果：“我的”→“办件进度”。",
            "咨询：于田县医保局",
            "0903-6811802",
            "依据：于田县异地就医备案流程（原件无日期）",
        ]
        assert [option.label for option in given.options][:2] == ["要带什么", "选哪个类型"]

    def test_three_months_in_arrears_in_urumqi(self, content: Knowledge) -> None:
        understood = Understanding("灵活就业断缴三个月了咋办", "flexible_worker_contribution", aspects=(Aspect.STEPS,))
        given = answer(understood, Memory(people={SELF: Person(URUMQI)}, disclaimed=True), content)
        assert text(Wording(PHRASES, content.regions).word(given)).splitlines() == [
            "您在乌鲁木齐参保：近三个月的欠费可以在手机上补；但逾期3个月未按规定缴费，视为中断。您可能正好在界线上，请先打电话问清。",
            "怎么补：",
            "1. 打开新疆医保APP，进“灵活就业人员医疗保险费缴纳”。",
            "2. 开始日期选未交费月，结束日期选当月，确认提交。",
            "3. 到微信“新疆税务社保缴费”小程序补费。",
            "文件没写：中断后能不能补、多久恢复报销。",
            "咨询：市医保事业发展中心",
            "0991-4680625",
            "依据：乌鲁木齐市操作指南（原件无日期）",
        ]

    def test_the_disclaimer_stands_behind_the_source_once(self, content: Knowledge) -> None:
        understood = Understanding("灵活就业断缴三个月了咋办", "flexible_worker_contribution")
        memory = Memory(people={SELF: Person(URUMQI)})
        words = Wording(PHRASES, content.regions)
        first = answer(understood, memory, content)
        assert words.word(first).tail[-1] == "依据：乌鲁木齐市操作指南（原件无日期）。以参保地经办机构答复为准"
        second = answer(understood, first.memory, content)
        assert words.word(second).tail[-1] == "依据：乌鲁木齐市操作指南（原件无日期）"


def made(*sections: Section, **fields: Any) -> Answer:
    defaults: dict[str, Any] = {
        "topic": "transfer",
        "topic_name": "医保转移",
        "answers": (Asked("transfer", (Aspect.MATERIALS,)),),
        "region": SHAWAN,
    }
    return Answer("answered", Memory(), sections=sections, **{**defaults, **fields})


def section(*lines: str | Statement, aspect: str = "materials", **fields: Any) -> Section:
    rows = tuple(Statement(row) if isinstance(row, str) else row for row in lines)
    return Section(Aspect(aspect), rows, **fields)


class TestTheFirstLine:
    @pytest.mark.parametrize(
        ("given", "line"),
        [
            (made(section("身份证。", lead="带身份证。")), "您在沙湾参保，医保转移：带身份证。"),
            (made(section("一。", lead="可以转。", aspect="steps")), "您在沙湾参保：可以转。"),
            (made(section("一。", lead="可以转。", aspect="steps"), region=None), "医保转移：可以转。"),
            (made(section("身份证。", "户口簿。")), "您在沙湾参保，医保转移，要带的材料："),
            (made(section("身份证。", title="都要：")), "您在沙湾参保，医保转移："),
            (made(section("身份证。", lead="带身份证。"), person="父亲"), "您父亲在沙湾参保，医保转移：带身份证。"),
            (made(section("一。", lead="可以。", aspect="steps"), care=URUMQI), "您在沙湾参保：可以。"),
            (made(region=SHAWAN), "您在沙湾参保，医保转移："),
        ],
    )
    def test_insured_place_matter_direct_answer(self, wording: Wording, given: Answer, line: str) -> None:
        assert wording.word(given).head[0] == line

    @pytest.mark.parametrize(
        ("told", "line"),
        [
            ({"care": URUMQI}, "您在沙湾参保，去乌鲁木齐看病：可以。"),
            ({"scope": Care.CROSS_PROVINCE}, "您在沙湾参保，去疆外看病：可以。"),
            ({"scope": Care.XINJIANG}, "您在沙湾参保，在疆内异地看病：可以。"),
            ({"care": SHAWAN, "scope": Care.SAME_AREA}, "您在沙湾参保：可以。"),
            ({"region": BEIJING, "scope": Care.INTO_XINJIANG}, "您在北京参保：可以。"),
        ],
    )
    def test_the_place_of_care_where_it_matters(self, wording: Wording, told: dict[str, Any], line: str) -> None:
        fields = {"topic": "remote_care_filing", "topic_name": "备案", **told}
        assert wording.word(made(section("一。", lead="可以。", aspect="steps"), **fields)).head[0] == line


class TestTheHead:
    def test_one_warning_then_whose_rule_it_is(self, wording: Wording) -> None:
        notices = (Notice("inherited", {"region": "沙湾市", "publisher": "塔城地区"}),)
        given = made(section("一。", lead="可以。"), warning=("别选错", "选区本级。"), notices=notices)
        assert wording.word(given).head[1:] == ("【别选错】选区本级。", "以下按塔城地区的规定。")

    def test_a_place_without_documents_is_not_said_to_have_no_rule(self, wording: Wording) -> None:
        values = {"region": "乌苏市", "publisher": "塔城地区"}
        assert PHRASES("notices.inherited_no_document", **values).startswith("我们没有收到乌苏市的文件")
        assert PHRASES("notices.elsewhere", **values).startswith("我们没有收到本地的文件；塔城地区的做法是")


class TestTheBody:
    @pytest.mark.parametrize(
        ("shown", "lines"),
        [
            (section("一。", "二。", lead="可以。"), ["一。", "二。"]),
            (section("一。", "二。", lead="可以。", ordered=True), ["1. 一。", "2. 二。"]),
            (
                section("一。", "二。", lead="可以。", title="怎么补：", ordered=True),
                ["怎么补：", "1. 一。", "2. 二。"],
            ),
            (section("一。", lead="可以。", title="另外"), ["另外：一。"]),
            (section(Statement("一。", doubt="像是印错了")), ["一。（原件疑有误，请先电话核实：像是印错了）"]),
            (section(lead="可以。"), []),
        ],
    )
    def test_the_first_section(self, wording: Wording, shown: Section, lines: list[str]) -> None:
        assert list(wording.word(made(shown)).body) == lines

    @pytest.mark.parametrize(
        ("shown", "lines"),
        [
            (section("一。", "二。", aspect="steps"), ["怎么办：", "一。", "二。"]),
            (section("一。", aspect="steps"), ["怎么办：一。"]),
            (section("一。", "二。", aspect="steps", lead="可以。"), ["可以。", "一。", "二。"]),
            (section("一。", "二。", aspect="steps", lead="可以。", asked=False), ["怎么办：", "一。", "二。"]),
            (
                section("一。", "二。", notice=Notice("added", {"publisher": "塔城地区"})),
                ["塔城地区另有规定：", "一。", "二。"],
            ),
            (section("一。", notice=Notice("about", {"topic": "备案"})), ["关于备案：", "一。"]),
        ],
    )
    def test_a_further_section_says_what_it_is_about(self, wording: Wording, shown: Section, lines: list[str]) -> None:
        assert list(wording.word(made(section("零。", lead="可以。"), shown)).body)[1:] == lines

    @pytest.mark.parametrize("aspect", ["place", "hours", "supervision_phone"])
    def test_an_office_is_named(self, wording: Wording, aspect: str) -> None:
        shown = section("智慧大道105号", aspect=aspect, title="沙湾市医保局")
        label = PHRASES(f"aspects.{aspect}")
        assert list(wording.word(made(shown, answers=(), topic="contact")).body) == [
            f"沙湾市医保局 {label}：智慧大道105号"
        ]

    def test_limits_by_channel_labelled(self, wording: Wording) -> None:
        limits = [
            {"kind": "statutory", "unit": "working_days", "amount": 30, "wording": "30个工作日"},
            {"kind": "promised", "unit": "working_days", "amount": 20, "wording": "20个工作日"},
            {"kind": "stated", "unit": "at_once", "wording": "当场办", "channel": "窗口"},
            {
                "kind": "stated",
                "unit": "working_days",
                "amount": 2,
                "wording": "2个工作日",
                "channel": "线上",
                "qualifier": "原则上",
            },
        ]
        rows = [Statement(limit=Limit.parse_obj(limit)) for limit in limits]
        text = "法定30个工作日；承诺20个工作日；窗口：当场办；线上：原则上2个工作日"
        alone = wording.word(made(section(*rows, aspect="time_limit")))
        assert (alone.head[0].partition("：")[2], alone.body) == (f"{text}。", ())
        after = wording.word(made(section("一。"), section(*rows, aspect="time_limit")))
        assert after.body[-1].endswith(text)


class TestTheTail:
    CONTACT = Contact("0993-6023208", "沙湾市医保局", "consultation")

    def tail(self, wording: Wording, **fields: Any) -> list[str]:
        return list(wording.word(made(section("一。"), **fields)).tail)

    def test_the_phone_on_a_line_of_its_own_with_whose_it_is_and_what_for(self, wording: Wording) -> None:
        assert self.tail(wording, contact=self.CONTACT) == ["咨询：沙湾市医保局", "0993-6023208"]
        complaint = replace(self.CONTACT, purpose="supervision", note="只管投诉")
        assert self.tail(wording, contact=complaint) == ["监督投诉：沙湾市医保局（只管投诉）", "0993-6023208"]

    def test_a_doubtful_number_with_its_mark_and_the_next_levels(self, wording: Wording) -> None:
        doubtful = replace(self.CONTACT, doubt="少一位", above=("塔城地区本级", "0901-6230086"))
        assert self.tail(wording, contact=doubtful) == [
            "咨询：沙湾市医保局",
            "0993-6023208（原件疑有误，请先电话核实：少一位）",
            "上一级（塔城地区本级）：0901-6230086",
        ]

    def test_sources_with_their_editions_each_once(self, wording: Wording) -> None:
        sources = (
            Cited("a", "沙湾市办事指南", "沙湾指南", "一", None),
            Cited("a", "沙湾市办事指南", "沙湾指南", "二", None),
            Cited("b", "新疆办事指南", "新疆指南", None, "2023版"),
        )
        assert self.tail(wording, sources=sources) == ["依据：沙湾指南（原件无日期）、新疆指南（2023版）"]

    def test_what_is_left_open(self, wording: Wording) -> None:
        assert self.tail(wording, left_open=("报销比例。", "多久生效。")) == ["文件没写：报销比例、多久生效。"]

    def test_nothing_more_where_there_is_nothing(self, wording: Wording) -> None:
        assert self.tail(wording) == []


class TestFixedSentences:
    @pytest.mark.parametrize(
        ("status", "phrase", "first"),
        [
            ("clarify", Notice("asked", {"text": "您是哪一种？"}), "您是哪一种？"),
            ("smalltalk", Notice("smalltalk.thanks"), "不客气"),
            ("suggest", Notice("suggest.near"), "不太确定"),
            ("suggest", Notice("none_of_these"), "抱歉，没能帮上"),
            ("emergency", Notice("emergency", {"number": "120"}), "请马上打120"),
            ("not_in_documents", Notice("corps", {"region": "石河子市"}), "石河子市的医保由兵团另外管理"),
        ],
    )
    def test_by_status(self, wording: Wording, status: str, phrase: Notice, first: str) -> None:
        worded = wording.word(Answer(status, Memory(), phrase=phrase))
        assert worded.head[0].startswith(first)
        assert worded.body == ()

    def test_lines_of_a_longer_one(self, wording: Wording) -> None:
        assert len(wording.word(Answer("answered", Memory(), phrase=Notice("own_account"))).head) > 3

    def test_one_that_nobody_wrote(self, wording: Wording) -> None:
        with pytest.raises(KeyError, match="no_such_phrase"):
            wording.word(Answer("answered", Memory(), phrase=Notice("no_such_phrase")))
