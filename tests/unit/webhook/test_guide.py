"""The pages of guides: what stands on them, and what never does."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI

from bot.phrases import Phrases
from knowledge.regions import XINJIANG
from knowledge.schema import Purpose
from knowledge.store import Knowledge, load_knowledge
from tests.knowledge_builder import SHAWAN, TACHENG, WUSU, YUTIAN, build, guide, line, office, topic
from tests.programs import PROJECT
from webhook.guide.page import POLICY, mount_guide

PHRASES = Phrases.load()
LARGEST = 100 * 1024
"""Bytes of a page."""


def client(knowledge: Knowledge, release: str = "r1") -> httpx.AsyncClient:
    app = FastAPI()
    mount_guide(app, knowledge, PHRASES, release)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


class Text(HTMLParser):
    """What a reader sees, and where links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def __contains__(self, text: str) -> bool:
        return text in re.sub(r"\s+", "", "".join(self.said))


SMALL = build(
    topic(
        "suspension",
        guide(XINJIANG, {"overview": "全区一样", "fee": "不收费"}),
        guide(SHAWAN, {"overview": "沙湾<b>不同</b>"}),
    ),
    offices=[
        office(line(SHAWAN, "0993-6023208", label="沙湾窗口")),
        office(line(WUSU, "0992-8518888", label="乌苏窗口")),
    ],
)


async def test_a_guide_says_whose_it_is_and_whom_to_call() -> None:
    async with client(SMALL) as http:
        response = await http.get("/guide/suspension", params={"region": SHAWAN})
    assert response.status_code == 200
    page = Text(response.text)
    for said in ("沙湾市", "沙湾<b>不同</b>", "不收费", "0993-6023208", "沙湾窗口"):
        assert said in page, said
    assert "全区一样" not in page
    assert "tel:0993-6023208" in page.links
    assert "0992-8518888" not in response.text


async def test_without_a_region_it_is_the_whole_regions() -> None:
    async with client(SMALL) as http:
        page = Text((await http.get("/guide/suspension")).text)
    assert "全区一样" in page
    assert "沙湾不同" not in page
    assert f"/guide/suspension?region={SHAWAN}" in page.links


async def test_a_region_by_its_name_and_without_a_guide_of_its_own() -> None:
    async with client(SMALL) as http:
        page = Text((await http.get("/guide/suspension", params={"region": "于田"})).text)
    assert PHRASES("guide.no_own", region="于田县") in page
    assert "全区一样" in page


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/guide/nothing", "guide.no_topic"),
        ("/guide/suspension?region=没有的地方", "guide.no_region"),
        ("/guide/suspension?region=110000", "guide.no_region"),
        ("/guide/suspension?region=" + "长" * 5000, "guide.no_region"),
        ("/guide?region=<script>", "guide.no_region"),
    ],
)
async def test_what_is_not_there(path: str, key: str) -> None:
    async with client(SMALL) as http:
        response = await http.get(path)
    assert response.status_code == 404
    assert PHRASES(key) in Text(response.text)
    assert "<script>" not in response.text


async def test_nothing_runs_and_nothing_comes_from_elsewhere() -> None:
    async with client(SMALL) as http:
        response = await http.get("/guide/suspension")
        assert response.headers["content-security-policy"] == POLICY
        style = await http.get("/guide/static/guide.css")
    assert style.status_code == 200
    assert "<script" not in response.text
    assert [link for link in Text(response.text).links if not link.startswith(("/guide", "#", "tel:", "data:,"))] == []
    assert "url(" not in style.text


async def test_a_page_is_sent_once_for_each_release() -> None:
    async with client(SMALL) as http:
        tag = (await http.get("/guide/suspension")).headers["etag"]
        again = await http.get("/guide/suspension", headers={"if-none-match": tag})
        other = await http.get("/guide/suspension?region=654203", headers={"if-none-match": tag})
    async with client(SMALL, "r2") as http:
        newer = await http.get("/guide/suspension", headers={"if-none-match": tag})
    assert [response.status_code for response in (again, other, newer)] == [304, 200, 200]


@pytest.fixture(scope="module")
def content() -> Knowledge:
    return load_knowledge(PROJECT / "knowledge" / "content")


async def test_a_warning_for_some_places_of_care_names_them(content: Knowledge) -> None:
    async with client(content) as http:
        page = Text((await http.get("/guide/remote_care_filing", params={"region": YUTIAN})).text)
    assert "去乌鲁木齐市看病：“就医地”选" in page


@pytest.mark.parametrize("region", [XINJIANG, SHAWAN, YUTIAN, TACHENG, WUSU, "650100", "650102", "652302"])
async def test_every_guide_is_shown_with_no_other_countys_number(content: Knowledge, region: str) -> None:
    chain = {region, *(above.code for above in content.regions.ancestors(region)), "000000"}
    others = {
        line.number
        for office in content.offices.values()
        for line in office.lines
        if line.purpose is not Purpose.EMERGENCY and not chain.intersection(line.regions)
    }
    others -= {ln.number for o in content.offices.values() for ln in o.lines if chain.intersection(ln.regions)}
    async with client(content) as http:
        index = Text((await http.get("/guide", params={"region": region})).text)
        for topic_id, each in content.topics.items():
            assert each.name in index
            response = await http.get(f"/guide/{topic_id}", params={"region": region})
            assert response.status_code == 200
            assert len(response.content) < LARGEST
            page = Text(response.text)
            assert each.name.replace(" ", "") in page
            assert [number for number in others if number in page] == [], topic_id
