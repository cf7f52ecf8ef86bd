"""One message, read: what reading does around the classifier, with a small model of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.conversation import Understanding, from_json, to_json
from knowledge.schema import Aspect, Care, Insurance
from nlu.reader import LONGEST, Reader
from tests.small_training import small_reader

SHAWAN, WUSU, YUTIAN, URUMQI = "654203", "654202", "653226", "650100"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return small_reader()


def places(understood: Understanding) -> list[tuple[str, str]]:
    return [(m.codes[0], m.role) for m in understood.mentions]


class TestAnyText:
    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=120))
    def test_never_raises(self, raw: str) -> None:
        understood = small_reader().read(raw)
        assert 0 <= understood.confidence <= 1
        assert from_json(Understanding, to_json(understood)) == understood

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                [
                    "我是沙湾的",
                    "去乌鲁木齐",
                    "备案",
                    "，",
                    "？",
                    "不是",
                    "乌苏",
                    "电话",
                    "给我爸",
                    "职工",
                    "口里",
                    "1",
                    "①",
                    "另外",
                ]
            ),
            max_size=12,
        )
    )
    def test_words_of_the_domain_in_any_order(self, pieces: list[str]) -> None:
        understood = small_reader().read("".join(pieces))
        assert len(understood.also) <= 1
        assert all(m.codes and m.role for m in understood.mentions)

    @pytest.mark.parametrize(
        "raw", ["", " ", "\x00", "👍", "？？？", "。", "\ud83d\udc4d", "〇〇〇", "a" * 5000, "备案" * 3000]
    )
    def test_odd_ones(self, reader: Reader, raw: str) -> None:
        assert len(reader.read(raw).text) <= LONGEST

    def test_the_same_twice(self, reader: Reader) -> None:
        assert reader.read("沙湾备案电话") == reader.read("沙湾备案电话")


class TestWhole:
    def test_two_places_a_topic_and_an_aspect(self, reader: Reader) -> None:
        understood = reader.read("我是于田的，想去乌鲁木齐看病怎么备案")
        assert places(understood) == [(YUTIAN, "insured"), (URUMQI, "care")]
        assert (understood.intent, understood.aspects) == ("remote_care_filing", (Aspect.STEPS,))
        assert understood.ranking[0] == (understood.intent, understood.confidence)

    def test_places_do_not_decide_the_topic(self, reader: Reader) -> None:
        rankings = [reader.read(f"{name}的医保怎么转移").ranking for name in ("沙湾", "于田县", "乌鲁木齐市天山区")]
        assert rankings[0] == rankings[1] == rankings[2]

    def test_traditional_characters_and_spaces(self, reader: Reader) -> None:
        assert reader.read("異地就醫 備案").ranking == reader.read("异地就医备案").ranking

    @pytest.mark.parametrize(
        ("text", "topic"), [("异地备按咋弄", "remote_care_filing"), ("医宝转移接续", "insurance_transfer")]
    )
    def test_a_misspelt_word(self, reader: Reader, text: str, topic: str) -> None:
        assert reader.read(text).intent == topic

    def test_a_misspelt_word_counts_for_aspects_and_cues_too(self, reader: Reader) -> None:
        understood = reader.read("备案店话多少，医宝断了")
        assert (understood.text, understood.aspects) == ("备案电话多少,医保断了", (Aspect.PHONE,))

    def test_a_misspelt_place(self, reader: Reader) -> None:
        assert places(reader.read("我是沙弯的")) == [(SHAWAN, "insured")]

    @pytest.mark.parametrize(
        ("text", "care"),
        [("去口里看病备案", Care.CROSS_PROVINCE), ("疆内看病要备案吗", Care.XINJIANG), ("备案", None)],
    )
    def test_where_the_care_is_without_a_place(self, reader: Reader, text: str, care: Care | None) -> None:
        assert reader.read(text).care is care

    def test_for_whom_and_which_insurance(self, reader: Reader) -> None:
        understood = reader.read("给我爸问一下，职工医保怎么转移")
        assert (understood.person, understood.opens_case, understood.insurance) == ("父亲", True, Insurance.EMPLOYEE)

    def test_several_aspects_in_the_order_asked(self, reader: Reader) -> None:
        assert reader.read("备案要带什么材料，多久能办好").aspects == (Aspect.MATERIALS, Aspect.TIME_LIMIT)

    def test_without_a_word_for_one_the_likeliest_aspects(self, reader: Reader) -> None:
        understood = reader.read("刚出生的宝宝上医保")
        assert understood.aspects == ()
        assert understood.likely == (Aspect.OVERVIEW, Aspect.MATERIALS)

    def test_a_recognised_message_has_none(self, reader: Reader) -> None:
        assert reader.read("转人工").likely == ()

    def test_what_a_conversation_intent_is_about(self, reader: Reader) -> None:
        understood = reader.read("谢谢你啊")
        assert (understood.intent, understood.detail) == ("smalltalk", "thanks")
        assert reader.read("新生儿参保登记").detail is None


class TestBeforeTheClassifier:
    @pytest.mark.parametrize(
        ("text", "intent", "number"),
        [
            ("2", "option", 2),
            ("第三个", "option", 3),
            ("菜单", "menu", None),
            ("转人工", "human", None),
            ("我爸现在晕倒了", "emergency", None),
            ("قانداق", "foreign_language", None),
            ("沙湾", "inform", None),
            ("我是乌苏的", "inform", None),
            ("那乌苏的呢", "inform", None),
            ("不是沙湾，是乌苏", "inform", None),
            ("我是职工", "inform", None),
            ("那电话呢", "follow_up", None),
            ("", "nothing", None),
        ],
    )
    def test_recognised(self, reader: Reader, text: str, intent: str, number: int | None) -> None:
        understood = reader.read(text)
        assert (understood.intent, understood.number, understood.confidence) == (intent, number, 1.0)
        assert understood.also == ()

    def test_an_emergency_comes_before_a_place_alone(self, reader: Reader) -> None:
        assert reader.read("沙湾，我爸现在晕倒了").intent == "emergency"

    def test_a_correction_holds_both_places(self, reader: Reader) -> None:
        assert places(reader.read("不是沙湾，是乌苏")) == [(SHAWAN, "denied"), (WUSU, "insured")]


class TestDeniedClause:
    @pytest.mark.parametrize(
        ("text", "topic"),
        [
            ("不是要备案，医保关系怎么转移", "insurance_transfer"),
            ("我不是问医保转移，新生儿怎么参保", "newborn_enrolment"),
            ("打错了，不是要转移，异地就医备案怎么办", "remote_care_filing"),
        ],
    )
    def test_what_is_not_meant_is_not_read(self, reader: Reader, text: str, topic: str) -> None:
        assert reader.read(text).intent == topic

    def test_its_aspect_neither(self, reader: Reader) -> None:
        assert Aspect.MATERIALS not in reader.read("不是问要什么材料，备案多久办好").aspects

    @pytest.mark.parametrize("text", ["是不是要备案", "不是要备案吗", "不是备案"])
    def test_a_question_is_no_denial(self, reader: Reader, text: str) -> None:
        assert reader.read(text).intent == "remote_care_filing"


class TestSeveralQuestions:
    @pytest.fixture(scope="class")
    def sure(self) -> Reader:
        """The same classifier, surer of itself: a small training set calibrates low."""
        small = small_reader()
        return replace(
            small, topics=replace(small.topics, slope=small.topics.slope * 4, offset=small.topics.offset * 4)
        )

    def test_a_second_topic_with_aspects_of_its_own(self, sure: Reader) -> None:
        understood = sure.read("异地就医备案怎么办？新生儿参保登记要什么材料？")
        questions = {understood.intent, *(a.topic for a in understood.also)}
        assert questions == {"remote_care_filing", "newborn_enrolment"}
        (other,) = understood.also
        assert other.aspects == ((Aspect.MATERIALS,) if other.topic == "newborn_enrolment" else (Aspect.STEPS,))

    def test_an_unsure_clause_is_no_question(self, reader: Reader) -> None:
        assert reader.read("异地就医备案怎么办？我家住在三楼靠窗户").also == ()

    def test_small_talk_is_no_second_question(self, sure: Reader) -> None:
        assert sure.read("异地就医备案怎么办？谢谢你，太感谢了谢谢").also == ()

    def test_one_question_in_two_sentences_is_one(self, sure: Reader) -> None:
        assert sure.read("异地就医备案怎么办？我要办异地备案").also == ()


class TestTellingNames:
    """Of a topic that has few examples yet."""

    LONG = "我看新闻上说可以家庭共济了，爸妈年纪大老跑医院，备案要带什么材料来着，身份证行吗"

    def test_whoever_says_one_means_its_topic(self, reader: Reader) -> None:
        topic = reader.topics.classes[0]
        assert reader.read(self.LONG).intent != topic
        named = replace(reader, telling_names={"家庭共济": topic})
        understood = named.read(self.LONG)
        assert (understood.intent, understood.confidence) == (topic, 0.8)
        assert sum(chance for _, chance in named.rank(self.LONG)) == pytest.approx(1)
        assert named.read("备案要带什么材料") == reader.read("备案要带什么材料")

    def test_names_of_two_topics_decide_nothing(self, reader: Reader) -> None:
        one, other = reader.topics.classes[:2]
        named = replace(reader, telling_names={"家庭共济": one, "爸妈": other})
        assert named.read(self.LONG) == reader.read(self.LONG)
