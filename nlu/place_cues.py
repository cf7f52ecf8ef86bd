"""The words that tell what a place is: data for ``place_roles``.

``BEFORE`` and ``BEHIND`` are matched right at the place, within its clause; the others are searched for in the
clause or, where it says so, in the whole text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """A pattern, and the points that it gives a place for being the insured region or the place of care."""

    pattern: re.Pattern[str]
    insured: int = 0
    care: int = 0


def _before(*alternatives: str, insured: int = 0, care: int = 0) -> Cue:
    return Cue(re.compile(f"(?:{'|'.join(alternatives)})$"), insured, care)


def _behind(*alternatives: str, insured: int = 0, care: int = 0) -> Cue:
    return Cue(re.compile(rf"^(?:{'|'.join(alternatives)})"), insured, care)


BOUNDARY = re.compile(r"[，。！？；,.!?;\n]")
CONJUNCTION = re.compile(r"\s*(?:和|跟|与|及|、|/|或者?|还是|还有|以及)\s*(?:在|去|到)?")

_INSURANCE = r"(?:(?:居民|职工|基本|城乡|城镇)?(?:医保|社保|医疗保险|保险)|灵活就业|新农合|合疗|合作医疗)"
_ADVERB = r"(?:都|一直|现在|现|目前|本来|也|还|就|全|原来|原|是|的)*"

ENROL = re.compile(
    r"参[^，。]{0,4}保|参[的了着]|入[的了]?[^，。]{0,2}保(?!健)|投保|续保|断保|断缴"
    rf"|[交缴买上办][的了着过]?[^，。院病]{{0,6}}{_INSURANCE}|[交缴](?:的(?!费)|着|过)"
)
"""Takes out or pays insurance."""

TREATMENT = re.compile(
    r"看[了个过完]?[^，。保]{0,3}[病科]|瞧病|看[牙眼好]|看(?:门诊|专家|急诊|医生|大夫)|住[了过着完]?院|手术|开刀|治[疗病好]?|(?<!异地)就医|就诊"
    r"|生(?:孩子|娃|小孩|二胎|[了的]|$)|坐的?月子|待产|分娩|剖[腹宫]产|急诊|急救|抢救|[化放]疗|透析|检查|体检|[买拿开取配]药(?![店房])|垫付|摔|受伤"
    r"|车祸|突发|发病|犯病|骨折|复[查诊]|康复|支架|确诊|门诊(?!部)"
)

STAY = re.compile(
    r"打工|务工|养老|上[大中小]?学|读[书大高研]|念书|上[大高]|出差|旅[游行]|居住|常住|长[期]?住|定居|住(?!院)|带(?:孙|娃|孩子)|陪读|租房|过冬"
    r"|实习|培训|进修|探亲|走亲戚|当兵"
)
"""What one does for long at a place where one is not insured."""

WORK = re.compile(r"上班|种[地田棉枣瓜菜果葡]|放[羊牛牧]|养[羊牛鸡猪鱼]|包地|跑车|摆摊|做买卖|做生意")
"""In Xinjiang, what one does where one is insured."""

MOVE = re.compile(
    r"(?:(?<![过失])去|(?<![收看等接想交缴办弄找感达拿])到|(?<![网线身手晚早以面机卡册址地路街马])上|(?<![原本])来|转|转院|转诊"
    r"|转[院诊]?[到去往至入]|赴|往|飞|送|拉到|跑|考[到上]|调到|派到|搬[到去]|外派|外转)了?$"
)
HOMEWARD = re.compile(r"(?:回(?:到|老家|娘家|婆家|家)?|嫁[到去])了?$")
"""To a place where one belongs: in Xinjiang one is insured there, unless it is for a treatment."""
LEAVING = re.compile(r"(?:从|由|打)$")
AWAY = re.compile(r"(?!.*回)[^，。]*(?:来|到|去|转|往|飞|嫁|调|搬|迁)")
"""Behind 从…: to somewhere else. 从…回 is the way back."""

ERRAND = re.compile(
    r"(?:再|才|来|去)?(?:开(?:个|具|出|一)|报销|报账|报|办|交|缴|打印|盖章|问|咨询|领|参保|补|取|申请|登记)"
)
"""What one goes to the insurance for."""

OFFICE_VISIT = re.compile(r"窗口|大厅|医保局|下班|上班吗|几点|午休|中午|材料")
"""In the whole text: one travels to an office, unless a treatment is named."""

OFFICE = re.compile(
    r"的?(?:医保(?:局|中心|分中心|大厅|窗口|经办)|医疗保障局|社保局|人社局|政务|[^，。]{0,3}(?:大厅|窗口))"
)

BUSINESS = re.compile(r"[^，。]{0,4}(?:开[了个家着店的药诊大]|注册|合伙|租了个)")
"""Somebody who runs a clinic or a shop is at home there."""

FILING = re.compile(r"备案|异地就医|转诊|转院")
"""In the whole text: a place of care is the subject."""

TRANSFER = re.compile(
    rf"(?:{_INSURANCE}|关系|账户|余额|单位|公司|厂|店)[^，。？！]{{0,14}}(?<![没不])(?:转(?![院诊账])|迁|搬|接续)"
    r"|(?<!没)转移|接续|转[入出走]|转过来|[合接弄]过来|[合接弄]到"
)
"""In the whole text: the insurance moves, not the patient."""

HUKOU_BEFORE = re.compile(
    r"(?<!回)(?:老家|(?<!外地)(?<!外省)户口本?|户籍|籍贯|出生地|出生在|祖籍)[^，。医社参]{0,4}?"
    r"(?:都|也|还|一直|原来|本来|是|不|没|落|迁|转|上|在|到|入|去|随\w|的)*$"
)
HUKOU_BEHIND = re.compile(r"的?(?:户口|户籍|籍|老家|身份证)(?!还?[在是落])")
"""The household register is not the insurance."""

NATIVE = re.compile(r"(?:本地|当地)?人(?![民社多少员家力群口才事])")
"""四川人 may long be insured here."""

OWNED = re.compile(rf"^的(?:职工|居民)*{_INSURANCE}")
"""Of the place before: 新疆的医保在成都能用吗."""

HUKOU_MOVED = re.compile(r"户[口籍]?[^，。]{0,6}(?:迁|落|转|签)[到在回去入了至往]*(?:我|他|她|儿子|女儿)?$")
"""… but who moves it to another province lives there."""

NOT = re.compile(
    r"(?<!是)(?:不是|并非|不属于|不归|不算|(?:没|别|不想|不打算|不愿意?|(?<![要能用必])不)(?:去|转))"
    r"(?:说|问|指|要|想|去|到|在|来|从|转)*$"
)
NOT_THERE = re.compile(r"(?<!是)(?:不|没)在$")
"""Somebody else's place where a second one is named, the own place that one is away from where it is not."""

_PERSON = (
    r"(?:我|俺|咱|您|你|他|她|本人|自己|人|爸|妈|爹|娘|父亲|母亲|爱人|老公|老婆|老伴|媳妇|对象|丈夫|妻子|孩子|娃|娃娃|小孩|儿子|女儿"
    r"|姑娘|丫头|闺女|孙子|孙女|老人|老汉|爷|奶|外婆|外公|姥姥|姥爷|公|婆|岳父|岳母|父母|家|亲戚|朋友|同事|哥|姐|弟|妹|叔|姨|舅|姑"
    r"|家属|病人|患者|单位)"
)

BEFORE = (
    _before(r"参保(?:地点?|地区|区|所在地)?(?:选择|选|写|显示|属于|属|是|在|为|的|：|:)*", insured=4),
    _before(
        rf"(?:{_INSURANCE}|参的保|关系|统筹区|保){_ADVERB}(?:[是在归属]|属于|[办交缴放挂参上买落留][在到])的?",
        rf"(?:医保|社保)?[卡本证]{_ADVERB}(?:[是归属]|属于|办[在到])的?",
        insured=5,
    ),
    _before(r"[交缴参](?:保|费)?[在到]", r"[参入交缴]的?是", r"统筹区(?:选|：|:)?", insured=4),
    _before(rf"{_PERSON}们?{_ADVERB}是", insured=3),
    _before(r"人(?:现在|现|都|也|还|又)?不在", insured=3),
    _before(r"(?:我们|咱们|俺们|我家|我|咱家|咱|俺)(?:这边|这里|这)?", insured=2),
    _before(r"(?:我|我们|咱们|家|现在|俺)在", insured=1),
    _before(
        r"(?:就医(?:地点?|地区)?|备案地|备案的?(?=[到去在选])|备的?)(?:选择|选|写|填|是|在|为|到|去|的|：|:)+",
        care=4,
    ),
    _before(
        r"(?<!我)(?<!们)(?:(?<![丈夫爱家老病女男])人[现还都也却]*在|常住|长住|住[在到]|定居在?|居住在?|[待呆]在|生活在)",
        care=3,
    ),
    _before(r"在", care=1),
)

_HERE = r"(?:这边|那边|这里|那里|这儿|那儿|这块|本地|当地)"

BEHIND = (
    _behind(rf"{_HERE}?的?(?:{ENROL.pattern})", insured=4),
    _behind(
        rf"{_HERE}?的?(?:职工|居民|城乡|城镇|学生|在职|退休)*(?:{_INSURANCE})"
        rf"(?!局|中心|分中心|大厅|窗口|定点|{_ADVERB}[在是]$)",
        insured=4,
    ),
    _behind(rf"{_HERE}?的?人(?![民社多少员家力群口才]|事)", insured=3),
    _behind(r"的?(?:职工|居民(?!楼)|退休|农民|低保|公务员|教师|村民|牧民|学生|单位|公司|企业)", insured=2),
    _behind(OFFICE.pattern, insured=2),
    _behind(r"的?(?:还|都)?没停|的?(?:还有|有)[^，。]{0,6}参保", insured=4),
    _behind(r"(?:过来|转来|来|转过来|转出来)的", insured=2),
    _behind(rf"{_HERE}(?!的?医院)|的|呢", insured=1),
    _behind(
        r"(?:那边|这边)?(?:的|哪些|哪家|哪个|什么|啥|大)?[^，。\s的去到来在从转是没不能保参定险开租某]{0,10}"
        r"(?:医院|卫生院|卫生服务中心|卫生室|门诊部|诊所|附院)(?![^，。]{0,4}(?:申请|定点|想申))",
        care=3,
    ),
    _behind(r"的?(?:大学|学校|高中|中专)", care=2),
)
