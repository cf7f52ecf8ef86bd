"""What needs no classifier: decided before it, in this order. The table stands in docs/understanding.md.

Each recogniser looks at normalised text (see ``normalise``) and gives an intent or nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.schema import OFFICE_ASPECTS, Aspect, Insurance
from nlu.opening import asks_opening, without_opening

_HAN = re.compile(r"[\u3400-\u9fff〇]")
_MARKS = re.compile(r"^[?!。,.…~、;:]*$")
_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = re.compile(
    r"\b(what|how|where|when|which|who|can|could|do|does|is|are|the|i|my|please|help|phone|insurance|medical|hospital|need|want)\b"
)
_ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")
_KAZAKH = re.compile("[\u0621\u0674-\u0678]")
"""The hamza that stands alone or above a letter, which Uyghur does not write."""
_LATIN_CHAT = re.compile(
    r"^(hi|hello|hey|ok|okay|bye|byebye|thanks|thankyou|thx|3q|88|886|666|haha|en|emm+|yes|no|nihao|zaima)[!.~。！]*$"
)

_NUMBER = re.compile(r"^(?:选|回复|选择|第|要|我选|点)?第?([1-9一二三四五两])(?:个|号|项|条)?[.、。)）]?$")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_CIRCLED = {"①": 1, "②": 2, "③": 3, "④": 4, "⑤": 5}

_MENU = re.compile(
    r"^(菜单|目录|功能|帮助|help|menu|首页|主菜单|你?能办什么|你?会什么|你?能干什么|你?能做什么|有什么功能|你?能问(些)?什么|可以问(些)?什么|能查什么|都能问啥|你?能干啥|你?会啥)[?？。!]*$"
)

_HUMAN = re.compile(
    r"转人工|人工(客服|服务|坐席|在线|台)|找(个)?(真人|人工|客服)|(?<!还是)(?<!是)真人|接线员|活人|让客服|叫客服|不要机器人|(?<!不)是机器人吗.*人"
)
_CREDENTIALS = re.compile(
    r"(密码|验证码)(是|:|为)?[\d*a-z]{4,}(?!.{0,3}(对|吗|是不是))"
    r"|^(?!.*(忘|收不到|怎么|咋)).*(密码|验证码).{0,20}(登录进去|帮我登|替我登|帮我查|登进去)"
)

_ABUSE = re.compile("^滚|滚蛋|傻[逼比叉子]|他妈|妈的|去死|王八|混蛋|垃圾|骗子|操你|^操")
_OTHERS = re.compile(
    r"(?:查|看|调)(?:一?[下查看]|出)?[^,。?]{0,8}(?:老|小)[李王张刘陈杨赵黄周吴马孙](?!家|师|板|人|年)[^,。?]{0,8}(?:有没有|多少|余额|记录|[交办]没|的)"
    r"|(?:查|看|调)(?:一?[下查看]|出)?[^,。?]{0,6}(?:同事|邻居|前夫|前妻|别人|老板)[^,。?]{0,14}(?:有没有|多少|余额|记录|交到几|[交办]没)"
    r"|(?:同事|邻居|前夫|前妻|别人|老板)的?[^,。?]{0,8}查(?:一?下|查)[^,。?]{0,6}(?:有没有|多少|余额|记录)"
)
_FRAUD = re.compile(
    r"不(?:容易|会)?被(?:查|发现|抓)|(?:才|就|能|让)(?:他们)?查不(?:出|到)|(?:怎么|咋)(?:才)?不会?(?:被|让).{0,6}(?:查|发现|看出)|骗(?:医保|保|取)|套(?:成?现|取|出来)"
    r"|(?:假|伪造|编|买)(?:的|个|张|份|一份|一套|几张)?(?:发票|票据|病历|住院票|诊断|出院证明|转诊单|缴费证明|残疾证)"
)
"""Cheating the fund; 被骗 and 会不会是诈骗 are worries."""
_TAKES_BACK = re.compile("^(不是|不对|错了|我?(说|搞|弄|讲|打)错了)|[,。]不是[^,。?吗]{1,6}$")
"""不是门诊，是住院; 我是居民医保，不是职工."""
_HOW = re.compile("怎么|咋|如何|要带|材料|哪里|哪儿")

CURSE = 8
"""Characters of a message that is an insult and nothing else."""

_HAPPENING = re.compile(
    r"晕倒|昏倒|昏迷|不省人事|没有?呼吸|没气了|喘不(上|过)(来)?气|呼吸困难|心脏骤停|心梗|脑梗|中风|抽搐|抽风|大出血|流血不止|一直流血|血止不住|吐血|休克"
    r"|胸口(很|特别|好|疼|痛|闷)|胸痛|心绞痛|中毒|喝农药|触电|溺水|煤气|羊水破|要生了|叫不醒|喊不醒|口吐白沫|快不行|撞(了|伤|倒)|出车祸|被车撞|从楼上(掉|摔)|救命|自杀|割腕|不想活"
)
_NOW = re.compile(
    r"现在|刚刚|刚才|正在|突然|马上|赶紧|快点|快来|救命|怎么办|咋办|咋个办|怎么救|要不要叫|叫救护|打120|120|不行了|疼得|痛得|不想活|叫不醒|没气|没呼吸|流血不止"
)
_DYING = re.compile(
    "(一直|不停)[^,。]{0,3}(流血|出血)|(喊|叫)(他|她)?(都|也)?不(太)?(答应|醒|应)"
    "|没(有)?呼吸|没气了|不省人事|口吐白沫|大出血"
)
"""So plain that it comes first even where the insurance is asked about as well."""

_AFTERWARDS = re.compile("报销|花了|费用|出院|结算|发票|报吗|能报|给报|后来|上个?月|去年|前天|昨天")

_ABOUT_MONEY = re.compile(
    r"备案|报销|结算|医保|直接结|住院费|费用|花了|能不能报|给报|可以报|承诺书|垫付|押金|报不报|报吗|异地|参保|手续|出院|登记|认定|慢病|慢特|津贴|转诊|后遗症"
)

_STATUS_ALONE = re.compile(
    r"^(我|他|她|我们)?(是|属于|交的是|参加的是|上的是)?(〇[市县区]?的)?(城乡|城镇)?(居民|职工|灵活就业|零活就业|大学生|学生|退休|低保)(户|人员|职工)?(医保|保险)?(的|啊|呀)?呢?[。.!?]?$"
)
FILLERS = """
情况 叔叔 舅舅 阿姨 公公 婆婆 岳父 岳母 邻居 朋友 同事 拿上 拿到 走不动路 走不动 来不了 去不了 不方便 没时间 没空
我们店 我家店 我的店 疆外 疆内 口里 内地 外省 爸爸 妈妈 父亲 母亲 孩子 娃娃 老公 老婆 爱人 爷爷 奶奶
家人 老人 自己 本人 儿子 女儿 那么 那个 这个 的话 一下 请问 麻烦 告诉 没有 单位 公司 呢么
交的 缴的 上的 参的 下来 完成 那边 一样 这边 这里 那里 当地 本地 多少 什么 怎么 可以 具体 知道 参保 医保 户口 改成
换成 应该 打错 写错 搞错 说错 刚才 刚刚 看病 住院 就医 保险 爸 妈 他 她 替 那 这 呢 呀 啊 吗
吧 嘛 哦 噢 喔 哎 诶 唉 是 的 了 我 们 您 你 要 想 问 下 请 帮 查 给 有
也 都 就 再 还 又 和 跟 啥 撒 咋 几 哪 谁 不 行 能 需 里 在 到 去 说 讲
外 个 办 人 地 位 才 对 错 看 病 市 县 区 得
"""
"""Words that say neither what is asked nor about whom; the longer ones first."""

_FILLERS = re.compile("|".join(FILLERS.split()))
_NAMING = re.compile("参保|医保|单位|公司|app|卡|注销")
"""One of these may be a filler; two together name a matter: 单位参保材料, 医保app."""
_AND_THERE = re.compile("^那?〇[市县]?的?呢(?:[,。?]|$)|〇.*[,。]那(?:边|里|儿)呢[。?]?$")
"""额敏的呢，那边还有个分店; 在额敏还有个店，那边呢: the same, there."""
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Recognised:
    intent: str
    number: int | None = None
    confidence: float = 1.0
    detail: str | None = None


def recognise_script(raw: str, text: str) -> Recognised | None:
    """Uyghur, Kazakh, Russian or English: another script than we read."""
    letters = _LETTER.findall(raw)
    if not letters:
        return Recognised("nothing") if _MARKS.match(text) else None
    if _HAN.search(text):
        return None
    if any(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters):
        return Recognised("foreign_language", detail=_language(raw))
    if _LATIN_CHAT.match(text):
        return Recognised("smalltalk")
    return Recognised("foreign_language") if len(_ENGLISH.findall(raw.lower())) >= 2 else None


def _language(raw: str) -> str | None:
    """Uyghur or Kazakh, both in Arabic letters, by the ones that only one of them has; None for another script."""
    if not _ARABIC.search(raw):
        return None
    return "kazakh" if _KAZAKH.search(raw) else "uyghur"


def recognise_choice(text: str) -> Recognised | None:
    """The number of an option."""
    if text in _CIRCLED:
        return Recognised("option", _CIRCLED[text])
    match = _NUMBER.match(text)
    if not match:
        return None
    digit = match.group(1)
    return Recognised("option", _DIGITS.get(digit) or int(digit))


def recognise_human(text: str) -> Recognised | None:
    """Somebody wants a person; 人工 also stands in names of treatments."""
    return Recognised("human") if _HUMAN.search(text) else None


def recognise_abuse(text: str) -> Recognised | None:
    """Nothing but an insult; one that comes with a question is a question."""
    return Recognised("refused", detail="abuse") if len(text) <= CURSE and _ABUSE.search(text) else None


def recognise_credentials(text: str) -> Recognised | None:
    """Passwords and codes are handed over so that we log in: that must not be."""
    return Recognised("refused") if _CREDENTIALS.search(text) else None


def recognise_others(text: str) -> Recognised | None:
    """Somebody else's account or records are to be looked up here; how one does that is another question."""
    return Recognised("refused", detail="personal") if _OTHERS.search(text) and not _HOW.search(text) else None


def takes_back(text: str) -> bool:
    """Says whether a message takes back what was understood before."""
    return _TAKES_BACK.search(text) is not None


def recognise_fraud(text: str) -> Recognised | None:
    """Help with cheating is asked for."""
    return Recognised("refused", detail="fraud") if _FRAUD.search(text) and "诈骗" not in text else None


def recognise_menu(text: str) -> Recognised | None:
    return Recognised("menu") if _MENU.match(text) else None


def recognise_emergency(text: str) -> Recognised | None:
    """It is happening now, and the question is not what it costs (style rule 9)."""
    if not _NOW.search(text):
        return None
    dying = _DYING.search(text) and not _AFTERWARDS.search(text)
    if dying or (_HAPPENING.search(text) and not _ABOUT_MONEY.search(text)):
        return Recognised("emergency")
    return None


def recognise_opening(masked: str, places: bool) -> Recognised | None:
    """现在能去吗, 明天上班吗: whether the office is open, and nothing besides; with a place, the office there."""
    if not asks_opening(masked) or _strip(without_opening(masked)):
        return None
    return Recognised("contact" if _names_office(masked, places) else "follow_up")


def recognise_from_context(
    masked: str, without_aspects: str, places: bool, aspects: Sequence[Aspect], insurance: Insurance | None
) -> Recognised | None:
    """A place alone, a kind of insurance alone, or an aspect alone: means what the conversation makes of it."""
    rest = _strip(without_aspects)
    if aspects:
        of_the_office = not OFFICE_ASPECTS.isdisjoint(aspects) and _names_office(masked, places)
        names_a_matter = len(set(_NAMING.findall(masked))) > 1 or of_the_office
        return Recognised("follow_up") if not rest and not names_a_matter else None
    if places and not _strip(masked):
        return Recognised("inform")
    if insurance is not None and _STATUS_ALONE.match(masked):
        return Recognised("inform")
    if _AND_THERE.match(masked) or (masked.startswith("那") and masked.endswith("呢") and not rest):
        return Recognised("follow_up")
    return None


def _names_office(masked: str, places: bool) -> bool:
    """A place together with phone, address or hours asks for the office: ``contact``, whatever was said before. 沙湾的
    打哪个电话 goes on with what was talked about."""
    return places and not masked.startswith(("那", "〇的"))


def _strip(text: str) -> str:
    return _FILLERS.sub("", _PLAIN.sub("", text)).replace("〇", "")
