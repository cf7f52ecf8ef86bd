"""What is decided before the classifier: one table a recogniser, what it takes and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.schema import Aspect, Insurance
from nlu.normalise import normalise
from nlu.recognisers import (
    recognise_choice,
    recognise_credentials,
    recognise_emergency,
    recognise_fraud,
    recognise_from_context,
    recognise_human,
    recognise_menu,
    recognise_others,
    recognise_script,
)


@pytest.mark.parametrize(
    ("raw", "intent"),
    [
        ("قانداق قىلىپ سېلىم قىلىمەن", "foreign_language"),
        ("Как оформить страховку", "foreign_language"),
        ("қалай", "foreign_language"),
        ("how can I register", "foreign_language"),
        ("where is the hospital", "foreign_language"),
        ("hello", "smalltalk"),
        ("OK", "smalltalk"),
        ("3Q", "smalltalk"),
        ("", "nothing"),
        ("   ", "nothing"),
        ("app", None),
        ("备案", None),
        ("app咋登录", None),
        ("قانداق 备案", None),
        ("1", None),
        ("0993-6023208", None),
        ("???", "nothing"),
        ("👍", None),
    ],
)
def test_script(raw: str, intent: str | None) -> None:
    found = recognise_script(raw, normalise(raw))
    assert (found and found.intent) == intent


@pytest.mark.parametrize(
    ("raw", "language"),
    [("ئۈرۈمچىدە قانداق", "uyghur"), ("سٵلەمەتسٸز بە", "kazakh"), ("ٴبىر سۇراق", "kazakh"), ("Как оформить", None)],
)
def test_language(raw: str, language: str | None) -> None:
    found = recognise_script(raw, normalise(raw))
    assert found is not None
    assert found.detail == language


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("５", 5),
        ("①", 1),
        ("选2", 2),
        ("回复 3", 3),
        ("第二个", 2),
        ("二", 2),
        ("第四条", 4),
        ("我选1", 1),
        ("3.", 3),
        ("2、", 2),
        ("1)", 1),
        ("要两个", 2),
        ("0", None),
        ("6", 6),
        ("12", None),
        ("120", None),
        ("1天", None),
        ("第一次用", None),
        ("2个工作日", None),
        ("", None),
    ],
)
def test_choice(text: str, number: int | None) -> None:
    found = recognise_choice(normalise(text))
    assert (found and found.number) == number


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("菜单", True),
        ("帮助", True),
        ("你能干什么？", True),
        ("可以问什么", True),
        ("都能问啥", True),
        ("帮助我爸备案", False),
        ("菜单在哪个页面", False),
        ("", False),
    ],
)
def test_menu(text: str, taken: bool) -> None:
    assert (recognise_menu(normalise(text)) is not None) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("转人工", True),
        ("我要人工客服", True),
        ("找个真人", True),
        ("不要机器人", True),
        ("人工关节置换", False),
        ("人工授精能报吗", False),
        ("人工流产", False),
    ],
)
def test_human(text: str, taken: bool) -> None:
    assert (recognise_human(normalise(text)) is not None) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("密码是abc123", True),
        ("验证码：384756", True),
        ("我把密码给你，你帮我登录进去", True),
        ("忘了密码咋办", False),
        ("收不到验证码", False),
        ("验证码是干什么的", False),
    ],
)
def test_credentials(text: str, taken: bool) -> None:
    assert (recognise_credentials(normalise(text)) is not None) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("我爸现在晕倒了", True),
        ("救命", True),
        ("娃娃突然抽搐了咋办", True),
        ("老人没呼吸了", True),
        ("快来，我妈喘不上气", True),
        ("刚刚出车祸了", True),
        ("我爸晕倒住院了怎么报销", False),
        ("突然心梗在外地住院，没备案咋办", False),
        ("急诊费用怎么报", False),
        ("脑梗后遗症", False),
        ("急诊备案", False),
        ("媳妇要生了，生育登记怎么办", False),
        ("脑梗，门诊慢病认定怎么办", False),
        ("以前中风过，现在想办慢病卡", False),
        ("现在去乌鲁木齐看病", False),
        ("刚刚出了车祸，我爱人一直在流血，喊她不答应，要不要先办异地备案", True),
        ("前天出车祸一直流血，现在出院了，住院费怎么报销", False),
    ],
)
def test_emergency(text: str, taken: bool) -> None:
    assert (recognise_emergency(normalise(text)) is not None) is taken


@pytest.mark.parametrize(
    ("masked", "without_aspects", "places", "aspects", "insurance", "intent"),
    [
        ("〇", "〇", True, (), None, "inform"),
        ("我是〇的", "我是〇的", True, (), None, "inform"),
        ("我们店在〇", "我们店在〇", True, (), None, "inform"),
        ("那〇的呢", "那〇的呢", True, (), None, "inform"),
        ("不是〇,是〇", "不是〇,是〇", True, (), None, "inform"),
        ("我是〇的,想备案", "我是〇的,想备案", True, (), None, None),
        ("那电话呢", "那呢", False, (Aspect.PHONE,), None, "follow_up"),
        ("要带什么", "要", False, (Aspect.MATERIALS,), None, "follow_up"),
        ("那〇电话呢", "那〇呢", True, (Aspect.PHONE,), None, "follow_up"),
        ("〇电话", "〇", True, (Aspect.PHONE,), None, None),
        ("备案电话", "备案", False, (Aspect.PHONE,), None, None),
        ("职工", "职工", False, (), Insurance.EMPLOYEE, "inform"),
        ("我是城乡居民", "我是城乡居民", False, (), Insurance.RESIDENT, "inform"),
        ("我是灵活就业的", "我是灵活就业的", False, (), Insurance.FLEXIBLE, "inform"),
        ("职工怎么选医院", "职工选医院", False, (), Insurance.EMPLOYEE, None),
        ("那呢", "那呢", False, (), None, "follow_up"),
        ("备案", "备案", False, (), None, None),
    ],
)
def test_context(
    masked: str,
    without_aspects: str,
    places: bool,
    aspects: tuple[Aspect, ...],
    insurance: Insurance | None,
    intent: str | None,
) -> None:
    found = recognise_from_context(masked, without_aspects, places, aspects, insurance)
    assert (found and found.intent) == intent


@given(st.text(max_size=60))
def test_any_text(raw: str) -> None:
    text = normalise(raw)
    for recognise in (recognise_choice, recognise_menu, recognise_human, recognise_credentials, recognise_emergency):
        recognise(text)
    recognise_script(raw, text)
    recognise_from_context(text, text, False, (), None)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("帮我查查我们单位老李医保账上还剩多少钱", True),
        ("查下老王有没有交医保", True),
        ("我邻居的你给查一下余额", True),
        ("我想查我的余额还有多少", False),
        ("我爸的余额怎么查", False),
        ("单位查同事参保记录要带什么材料", False),
        ("查一下我老家有没有备案记录", False),
    ],
)
def test_records_of_others(text: str, refused: bool) -> None:
    assert (recognise_others(text) is not None) is refused


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("没住院，弄一套票怎么报不被查", True),
        ("哪里能买假发票报销", True),
        ("医保卡里的钱怎么套现", True),
        ("接到电话说我骗保要冻结账户，是不是诈骗", False),
        ("卡里的钱套餐能用吗", False),
        ("发票丢了能报吗", False),
    ],
)
def test_fraud(text: str, refused: bool) -> None:
    assert (recognise_fraud(text) is not None) is refused
