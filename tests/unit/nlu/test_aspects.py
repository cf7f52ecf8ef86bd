"""Which aspects a message asks for: the expressions of nlu/aspects.yml, and how they are applied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.schema import Aspect
from nlu.aspects import AspectWords
from nlu.normalise import normalise
from nlu.training import ASPECT_WORDS

WORDS = AspectWords.load(ASPECT_WORDS)


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("沙湾医保局电话", "phone"),
        ("备上没备上", "status"),
        ("也是一样的天数吗", "time_limit"),
        ("得拍个啥证传上去", "materials"),
        ("要带的东西呢", "materials"),
        ("我们那个批好了没", "status"),
        ("她下不来，我代她跑一趟行不", "proxy"),
        ("联系方式有没有", "phone"),
        ("投诉电话", "supervision_phone"),
        ("监督电话是多少", "supervision_phone"),
        ("我要举报医院", "supervision_phone"),
        ("医保局地址", "place"),
        ("在哪儿办", "place"),
        ("几点上班", "hours"),
        ("周末上班吗", "hours"),
        ("中午办不办", "hours"),
        ("要带什么材料", "materials"),
        ("带撒东西", "materials"),
        ("身份证复印件要不要", "materials"),
        ("多久能办好", "time_limit"),
        ("几个工作日", "time_limit"),
        ("要多长时间", "time_limit"),
        ("收费吗", "fee"),
        ("要不要手续费", "fee"),
        ("能代办吗", "proxy"),
        ("给我妈办行不行", "proxy"),
        ("必须本人去吗", "proxy"),
        ("怎么备案", "steps"),
        ("咋弄", "steps"),
        ("办理流程", "steps"),
        ("网上能不能办", "channels eligibility"),
        ("用支付宝行不行", "channels"),
        ("用哪个小程序", "channels"),
        ("哪些人可以办", "eligibility"),
        ("要符合什么条件", "eligibility"),
        ("怎么取消备案", "steps cancellation"),
        ("备案作废", "cancellation"),
        ("备案审核到哪了", "status"),
        ("办理进度", "status"),
        ("异地就医备案", ""),
        ("医保断缴了", ""),
        ("", ""),
    ],
)
def test_words(text: str, aspects: str) -> None:
    assert " ".join(a.value for a in WORDS.find(normalise(text))) == aspects


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("要带什么材料，多久能办好", "materials time_limit"),
        ("多久能办好，要带什么材料", "time_limit materials"),
        ("电话和地址", "phone place"),
    ],
)
def test_several_stand_in_the_order_in_which_they_are_asked(text: str, aspects: str) -> None:
    assert " ".join(a.value for a in WORDS.find(normalise(text))) == aspects


def test_what_asks_is_removed() -> None:
    words = AspectWords({"phone": "电话|号码", "place": "在哪里?"})
    assert words.find("备案电话号码在哪里") == (Aspect.PHONE, Aspect.PLACE)
    assert words.remove("备案电话号码在哪里") == "备案"


def test_every_name_is_an_aspect() -> None:
    with pytest.raises(ValueError, match="telephone"):
        AspectWords({"telephone": "电话"})


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    found = WORDS.find(text)
    assert len(found) == len(set(found))
    assert len(WORDS.remove(text)) <= len(text)
