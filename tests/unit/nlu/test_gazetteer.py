"""Which places a message names, and what each is to the person who speaks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.regions import Regions
from knowledge.schema import Region
from nlu.gazetteer import Gazetteer, Role

CONTENT = Path(__file__).parents[3] / "knowledge" / "content" / "regions.yml"


@pytest.fixture(scope="module")
def regions() -> Regions:
    listing = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    return Regions([Region.parse_obj(row) for row in listing["regions"]])


@pytest.fixture(scope="module")
def gazetteer(regions: Regions) -> Gazetteer:
    return Gazetteer(regions)


def understood(gazetteer: Gazetteer, regions: Regions, text: str) -> str:
    """The mentions as ``short role``, joined: 于田 insured, 乌鲁木齐 care."""
    return ", ".join(f"{regions.by_code[m.codes[0]].short} {m.role.value}" for m in gazetteer.find(text))


ONE_PLACE = [
    ("我是于田的", "于田 insured"),
    ("我是于田人", "于田 insured"),
    ("于田医保局电话", "于田 insured"),
    ("去于田医保局怎么走", "于田 insured"),
    ("参保地：沙湾", "沙湾 insured"),
    ("我参保地是乌苏市", "乌苏 insured"),
    ("沙湾这边的咋弄", "沙湾 insured"),
    ("我们乌苏电话多少", "乌苏 insured"),
    ("我爸是塔城的", "塔城地区 insured"),
    ("那沙湾的呢", "沙湾 insured"),
    ("乌苏呢", "乌苏 insured"),
    ("电话多少，乌苏", "乌苏 insured"),
    ("我在于田,想打电话问医保的事", "于田 insured"),
    ("沙湾住院报销打哪个电话", "沙湾 insured"),
    ("在沙湾交的医保断了咋整", "沙湾 insured"),
    ("社保卡是乌市的", "乌鲁木齐 insured"),
    ("到沙湾报销带撒东西", "沙湾 insured"),
    ("回于田报销", "于田 insured"),
    ("明天坐车到沙湾，窗口几点上班", "沙湾 insured"),
    ("我人不在沙湾能办吗", "沙湾 insured"),
    ("是不是沙湾的才能办", "沙湾 insured"),
    ("兵团的选哪个统筹区", "兵团 insured"),
    ("143团职工", "兵团 insured"),
    ("我是北京的医保", "北京 insured"),
    ("在沙湾看病", "沙湾 care"),
    ("想去乌鲁木齐看病要备案不", "乌鲁木齐 care"),
    ("去乌市住院", "乌鲁木齐 care"),
    ("大夫叫上乌市看", "乌鲁木齐 care"),
    ("转去北京要备案吗", "北京 care"),
    ("大夫让转上海瑞金医院", "上海 care"),
    ("住在海南养老", "海南 care"),
    ("人在成都", "成都 care"),
    ("打算去三亚过冬", "三亚 care"),
    ("沙湾市人民医院能直接结算不", "沙湾 care"),
    ("四川大学华西医院住院报多少", "四川 care"),
    ("石河子大学附属医院住院", "石河子 care"),
    ("就医地选乌鲁木齐", "乌鲁木齐 care"),
    ("退休后户口迁到苏州", "苏州 care"),
    ("回安徽老家做个手术", "安徽 care"),
    ("娃刚出生，户口上到沙湾，医保咋上", "沙湾 insured"),
    ("我人在克拉玛依上班，我妈医保在托里县", "克拉玛依 care, 托里 insured"),
    ("户口在昌吉", "昌吉州 mentioned"),
    ("我老家和静的", "和静 mentioned"),
    ("娃娃在乌鲁木齐上大学，老家喀什的医保，能报不", "乌鲁木齐 care, 喀什地区 insured"),
    ("生孩子在阜康，老家也是阜康", "阜康 insured, 阜康 mentioned"),
    ("孩子在外地上学，医保在喀什老家", "喀什地区 insured"),
    ("要去湖南上班，让我从额敏开个参保凭证", "湖南 care, 额敏 insured"),
    ("台湾籍老师", "台湾 mentioned"),
    ("我不在乌鲁木齐参保", "乌鲁木齐 denied"),
    ("以前在兰州交的医保想接到这边", "兰州 mentioned"),
]

TWO_PLACES = [
    ("我是于田的，想去乌鲁木齐看病", "于田 insured, 乌鲁木齐 care"),
    ("在于田参保，想去乌鲁木齐看病", "于田 insured, 乌鲁木齐 care"),
    ("沙湾去乌鲁木齐看病", "沙湾 insured, 乌鲁木齐 care"),
    ("沙湾到乌鲁木齐怎么备案", "沙湾 insured, 乌鲁木齐 care"),
    ("从伊宁转到北京", "伊宁市 insured, 北京 care"),
    ("乌鲁木齐居住的于田人", "乌鲁木齐 care, 于田 insured"),
    ("我在乌鲁木齐看病，是于田的", "乌鲁木齐 care, 于田 insured"),
    ("于田的医保能在喀什用不", "于田 insured, 喀什地区 care"),
    ("新疆的医保在成都能用吗", "新疆 insured, 成都 care"),
    ("人在西安医保在库车", "西安 care, 库车 insured"),
    ("我在深圳，爸妈在库尔勒，爸妈要看病", "深圳 care, 库尔勒 insured"),
    ("户口和医保都在轮台，人常年住深圳", "轮台 insured, 深圳 care"),
    ("社保卡在徐州的医院刷不了，我是乌苏的", "徐州 care, 乌苏 insured"),
    ("我是和田县的，去和田市住院", "和田县 insured, 和田市 care"),
    ("我老婆是伊宁县的，在伊宁市生娃", "伊宁县 insured, 伊宁市 care"),
    ("我公公在四川绵阳住院，现在回到博乐了咋报", "绵阳 care, 博乐 insured"),
    ("我是河南的医保，在乌鲁木齐住院", "河南 insured, 乌鲁木齐 care"),
    ("湖北来的在乌鲁木齐住院了", "湖北 insured, 乌鲁木齐 care"),
    ("我是四川人，在乌鲁木齐参保", "四川 mentioned, 乌鲁木齐 insured"),
    ("大学生在乌鲁木齐念书，户口在甘肃，能上居民医保不", "乌鲁木齐 insured, 甘肃 mentioned"),
    ("我爷爷在石河子，去沙湾看病", "石河子 insured, 沙湾 care"),
    ("想去北京或者上海看病", "北京 care, 上海 care"),
    ("于田和民丰的电话", "于田 insured, 民丰 insured"),
    ("我在哈密和乌市都有一个灵活就业医保", "哈密 insured, 乌鲁木齐 insured"),
    ("把医保从西宁转到哈密", "西宁 mentioned, 哈密 insured"),
    ("想把乌市的医保转回河南老家", "乌鲁木齐 insured, 河南 mentioned"),
    ("我是从四川嫁到伊犁来的", "四川 mentioned, 伊犁州 insured"),
    ("娃娃在武汉上大学，我们是奇台的居民医保", "武汉 care, 奇台 insured"),
    ("参保地选沙湾，就医地选乌鲁木齐", "沙湾 insured, 乌鲁木齐 care"),
    ("我是塔城的，地区本级电话多少", "塔城地区 insured, 塔城地区本级 insured"),
    ("一直在三亚住，户口还在奎屯没动，想备案", "三亚 care, 奎屯 insured"),
    ("老丈人在且末种枣子，领他到乌鲁木齐去看病", "且末 insured, 乌鲁木齐 care"),
    ("我在鄯善县一家厂上班，派到广州，备案", "鄯善 insured, 广州 care"),
    ("我人住水磨沟区户口在达坂城", "水磨沟区 insured, 达坂城区 mentioned"),
    ("我是尼勒克信用社的", "尼勒克 insured"),
]

CORRECTIONS = [
    ("不是沙湾，是乌苏", "沙湾 denied, 乌苏 insured"),
    ("我是乌苏的不是沙湾的", "乌苏 insured, 沙湾 denied"),
    ("不是北京是上海", "北京 denied, 上海 care"),
    ("不是去乌鲁木齐，是伊宁市", "乌鲁木齐 denied, 伊宁市 care"),
    ("不去乌鲁木齐，去北京", "乌鲁木齐 denied, 北京 care"),
    ("说错了，是乌苏", "乌苏 insured"),
    ("我不在沙湾，我在乌苏", "沙湾 denied, 乌苏 insured"),
    ("我不在沙湾，在北京，怎么备案", "沙湾 insured, 北京 care"),
]

NAMES = [
    ("沙区医保电话", "沙依巴克区 insured"),
    ("水区医保分中心", "水磨沟区 insured"),
    ("米泉咋办", "米东区 insured"),
    ("塔城市医保", "塔城市 insured"),
    ("和丰县的监督电话", "和布克赛尔 insured"),
    ("沙湾县", "沙湾 insured"),
    ("巴州", "巴州 insured"),
    ("克州和博州", "克州 insured, 博州 insured"),
    ("温泉县医保", "温泉县 insured"),
    ("农八师的", "石河子 insured"),
    ("十二师的", "兵团 insured"),
    ("区本级的医保", "区本级 insured"),
    ("乌鲁木齐县的", "乌鲁木齐县 insured"),
    ("我们新和的", "新和 insured"),
    ("乌鲁木齐市天山区医保电话", "天山区 insured"),
    ("新疆塔城地区沙湾市", "沙湾 insured"),
    ("新疆伊犁哈萨克自治州塔城地区沙湾市", "沙湾 insured"),
    ("塔城的沙湾", "沙湾 insured"),
    ("河北省石家庄市", "石家庄 care"),
    ("新疆生产建设兵团第六师五家渠市", "五家渠 insured"),
    ("新疆石河子", "石河子 insured"),
    ("高新区（新市区）医保分中心", "新市区 insured"),
    ("开发区（头屯河区）医保", "头屯河区 insured"),
    ("库尔勒开发区", "库尔勒 insured"),
    ("昌吉高新区", "昌吉市 insured"),
    ("成都高新区住院", "成都 care"),
    ("我是乌鲁木齐的，开发区医保在哪", "乌鲁木齐 insured, 头屯河区 insured"),
]

NO_PLACE = [
    "新疆医科大学第一附属医院能直接结算吗",
    "新疆维吾尔自治区人民医院",
    "兵团医院能报吗",
    "北京路那个医保局几点上班",
    "长春南路",
    "克拉玛依东路5号",
    "上海银行的卡能交吗",
    "新疆医保APP怎么下载",
    "新疆医保服务平台登录不上",
    "打开新疆医保找不到备案",
    "新疆税务社保缴费小程序",
    "新疆政务服务网",
    "口服和静脉注射的药",
    "本科和硕士",
    "医保定点药店",
    "完成都要几天",
    "关于田地",
    "委托里面要写撒",
    "更新和下载",
    "新和旧的医保卡",
    "最新余额",
    "哈密瓜",
    "和田玉",
    "和田医生说要转院",
    "温泉疗养能报吗",
    "天山牌",
    "并且末次月经",
    "第一师范的学生",
    "周六安排",
    "规定西药",
    "医保山东路",
    "全国都能用吗",
    "谢谢",
    "",
]

SENTENCES = ONE_PLACE + TWO_PLACES + CORRECTIONS + NAMES


def test_the_table_is_long_enough() -> None:
    assert len(SENTENCES) + len(NO_PLACE) >= 80


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_places_and_roles(gazetteer: Gazetteer, regions: Regions, text: str, expected: str) -> None:
    assert understood(gazetteer, regions, text) == expected


@pytest.mark.parametrize("text", NO_PLACE)
def test_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("塔城", ["654200", "654201"]),
        ("塔城市", ["654201"]),
        ("昌吉", ["652300", "652301"]),
        ("喀什", ["653100", "653101"]),
        ("和田", ["653200", "653201", "653221"]),
        ("伊宁", ["654002", "654021"]),
        ("阿克苏", ["652900", "652901"]),
        ("吐鲁番", ["650400"]),
        ("哈密", ["650500"]),
        ("乌鲁木齐开发区", ["650106"]),
    ],
)
def test_candidates_of_a_shared_name(gazetteer: Gazetteer, text: str, codes: list[str]) -> None:
    (mention,) = gazetteer.find(text)
    assert list(mention.codes) == codes


def test_every_name_is_found_alone(gazetteer: Gazetteer, regions: Regions) -> None:
    for name, codes in regions.names.items():
        if codes == ("000000",):
            continue
        mentions = gazetteer.find(name)
        assert [mention.text for mention in mentions] == [name], name
        assert set(mentions[0].codes) == set(codes), name


def test_mask(gazetteer: Gazetteer) -> None:
    text = "我是新疆塔城地区沙湾市的，想去乌鲁木齐看病"
    assert gazetteer.mask(text, gazetteer.find(text)) == "我是〇的，想去〇看病"
    assert gazetteer.mask("你好", []) == "你好"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("去口里看病", "cross_province"),
        ("娃在内地上学", "cross_province"),
        ("疆外住院", "cross_province"),
        ("跨省就医咋备案", "cross_province"),
        ("出疆看病", "cross_province"),
        ("不出疆要备案吗", "xinjiang"),
        ("疆内转院", "xinjiang"),
        ("疆内还是疆外", None),
        ("从口里来新疆投奔儿子", None),
        ("外省参保人来看病", None),
        ("外地就医", None),
    ],
)
def test_hint(gazetteer: Gazetteer, text: str, hint: str | None) -> None:
    assert gazetteer.hint(text) == hint


WORDS = [
    "于田",
    "乌鲁木齐",
    "开发区",
    "新疆",
    "的",
    "在",
    "去",
    "不是",
    "从",
    "医院",
    "（",
    "）",
    "，",
    "143团",
    "北京",
    "a",
]


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=20).map("".join)))
@settings(max_examples=300, deadline=None)
def test_any_text(gazetteer: Gazetteer, text: str) -> None:
    mentions = gazetteer.find(text)
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        assert mention.codes
        assert isinstance(mention.role, Role)
        end = mention.end
    masked = gazetteer.mask(text, mentions)
    assert len(masked) == len(text) - sum(mention.end - mention.start - 1 for mention in mentions)
    assert gazetteer.hint(text) in (None, "xinjiang", "cross_province")


def test_it_is_fast(gazetteer: Gazetteer) -> None:
    text = "我是塔城地区沙湾市的，老人在乌鲁木齐住院，从沙湾转到北京看病要备案吗，电话多少，要带啥材料去哪办"
    assert len(text) <= 50
    best = min(_seconds(gazetteer, text) for _ in range(20))
    assert best < 0.0005  # 0.2 ms is the aim; the rest is for a busy machine


def _seconds(gazetteer: Gazetteer, text: str) -> float:
    begin = time.perf_counter()
    gazetteer.find(text)
    return time.perf_counter() - begin


def test_a_long_text_without_a_stop_stays_fast(gazetteer: Gazetteer) -> None:
    assert _seconds(gazetteer, "是的现在原来都一直" * 300 + "于田" + "的不是在去" * 300) < 0.05
