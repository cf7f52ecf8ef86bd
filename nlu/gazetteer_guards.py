"""Where the name of a place is no place: 北京路, 新疆医保APP, 口服和静脉注射.

Data for the gazetteer. All patterns are matched right behind (``AFTER…``) or right before a name, in text that may
or may not have been normalised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TRANSPORT = r"[东西南北中]{0,2}(?:路(?![上费远途程过近线况太])|街(?![上坊])|巷|大道|大街)"
_SCHOOL = (
    r"(?:医科|农业|师范|财经|交通|理工|科技|科学技术|中医药?|工业|工程|政法|艺术|职业|技术|民族|医学|外国语|第[一二三四])*"
    r"(?:大学|学院|(?<=医科)大|医大|农大|师大)"
)
_HOUSES = r"(?:大厦|饭店|宾馆|酒店|小区|花园|广场)"
_BANK = r"(?:市|农商|农村商业|商业|农村信用)?(?:银行|信用社)(?!的$|的[人,，。]|上班)"
_APPLES = r"苹果(?!手机|系统|版|下载|怎|咋|用户)"
_GOODS = rf"(?:啤酒|白药|时间|话(?!费)|火锅|拉面|[大灰红]枣|香梨|{_APPLES}|葡萄|抓饭|烤肉|茶|菜|系医院)"

AFTER_ANY = re.compile("|".join((_TRANSPORT, _HOUSES, _BANK, _GOODS)))
"""Behind any name: then it names a street, a house, a bank or a thing to eat."""

AFTER_SCHOOL = re.compile(_SCHOOL)
"""Behind any name: then it names a university, which guards the name unless a hospital follows."""

HOSPITAL_BEHIND_SCHOOL = re.compile(r".{0,10}(?:医院|附院)")

AFTER_APP_OWNER = re.compile(
    r"(?:智慧)?(?:医保|医疗保障)(?:信息|公共|的?(?:那个|这个)|的)?(?:服务|链接|app|小程序|公众号|平台|网|上|里|软件|客户端|[,，。]|登|注册|下载|升级|更新|闪退|打不开|二维码)"
    r"|(?:电子)?税务|政务|人社(?!局)|公安|日报|石油|农信|电信|移动|联通|广电|航空|铁路|数字证书"
    r"|.{0,8}(?:总医院|人民医院|中医医院|中医院|肿瘤医院|儿童医院|兵团医院|^医院)|医院",
    re.IGNORECASE,
)
"""Behind the names of the whole region and of the Corps: an app, a web site or a hospital that only bears the name."""

BEFORE_APP = re.compile(
    r"(?:下[载栽]|打开|登录|登陆|注册|关注|使用|用|搜|搜索|搜到|点开|安装|装)(?:了|的|一下|过)?[“\"「《【]?$"
)
"""Before 新疆医保: then the app is meant."""

NOT_AFTER: Mapping[str, str] = {
    "于田": "关对由属至终过基出等处大",
    "新和": "更重创最全刚崭从翻",
    "托里": "委寄信依嘱拜受摩",
    "且末": "并而况",
    "库车": "仓",
    "新源": "创",
    "沙区": "风积荒",
    "水区": "缺排污泄供用蓄来节",
    "保定": "医社参续险住确担投停断",
    "成都": "完变办做弄换改达造生组当构合分形",
    "西安": "东",
    "新余": "更最",
    "内江": "疆",
    "大理": "最更很巨重老",
    "大同": "重最较",
    "上海": "网线",
    "周口": "每",
    "常德": "正",
    "济南": "经",
}
"""Names that hide in other words: the characters right before that make them no place (完成都要)."""

NOT_BEFORE: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "和静": "[脉养坐心]",
        "和硕": "士",
        "和田": "玉(?!素)|医生|医师|大夫|老师|主任|姐|哥|叔|阿姨|先生|女士|局长|书记",
        "和丰": "[富盛厚]",
        "新和": "[旧老]",
        "福海": "棠",
        "哈密": "瓜",
        "伊犁": "河",
        "团场": "面",
        "双河": "[镇村乡]",
        "新乡": "[镇村下]",
        "保定": "[点期额岗]",
        "新余": "额",
        "内江": "[苏西]",
        "大理": "[赔由想解论念智石]",
        "大同": "小",
        "大连": "续",
        "南通": "[用知过道]",
        "周口": "头",
        "广安": "门",
        "四平": "[方米]",
        "安顺": "利",
        "宁德": "时",
        "武威": "胶",
        "贵州": "茅",
    }.items()
}
"""The same for what stands right behind (口服和静脉注射, 保定点医院)."""

AFTER_DIVISION = re.compile(r"[范傅兄资生共长徒]")
"""Behind 一师 … 十四师: 师范, 师傅."""

REGIMENT = re.compile(r"(?<![\d第])(?:\d{2,3}|[一二三四五六七八九〇零]{3})团(?![队购圆体员结聚建])")
"""A regiment of the Corps by its number: 143团, 一四三团."""
