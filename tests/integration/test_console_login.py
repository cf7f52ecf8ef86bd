"""Login, sessions and the guard of the console as a browser sees them, on SQLite and, where it is installed, on
PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.accounts import Permission, Role
from bot.adapters.database import open_database
from bot.adapters.sql_sessions import SESSIONS
from bot.adapters.sql_staff import connect_staff, console_database
from bot.audit import Action
from bot.second_factor import make_secret
from bot.sessions import IDLE, LONGEST
from bot.staff import Staff
from tests.integration.console import FORBIDDEN, GOOD, OTHER, Console
from tests.knowledge_builder import build
from webhook.console.accounts import mount_accounts

# Login and logout.


def test_somebody_logs_in_and_out(console: Console) -> None:
    browser = console.browser()
    asked = browser.get("/console/try/look_up?q=%E6%B2%99&page=2")
    assert asked.status_code == 303
    assert (
        asked.headers["location"] == "/console/login?next=%2Fconsole%2Ftry%2Flook_up%3Fq%3D%25E6%25B2%2599%26page%3D2"
    )
    form = browser.get(asked.headers["location"])
    assert 'name="next" value="/console/try/look_up?q=%E6%B2%99&amp;page=2"' in form.text
    done = browser.log_in("ＺＨＡＮＧ", next_page="/console/try/look_up?q=%E6%B2%99&page=2")
    assert (done.status_code, done.headers["location"]) == (303, "/console/try/look_up?q=%E6%B2%99&page=2")
    assert browser.get("/console/try/look_up").json() == {"name": "zhang"}
    assert browser.get("/console/login").headers["location"] == "/console"
    stolen = browser.http.cookies["yibao"]
    assert browser.send("/console/logout").headers["location"] == "/console/login"
    assert not browser.is_in()
    thief = console.browser()
    thief.http.cookies.set("yibao", stolen)
    assert not thief.is_in(), "the session is over, not only the cookie gone"
    assert console.actions() == [("zhang", Action.LOGIN, ""), ("zhang", Action.LOGOUT, "")]


@pytest.mark.parametrize(
    ("name", "password"), [("zhang", OTHER), ("li", GOOD), ("", ""), ("zh\0ang", GOOD), ("\ud800", GOOD)]
)
def test_a_wrong_login_tells_nothing(console: Console, name: str, password: str) -> None:
    form = urlencode({"name": name, "password": password}, errors="surrogatepass")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    refused = console.browser().http.post("/console/login", content=form, headers=kind)
    assert refused.status_code == 401
    assert "账号、密码或验证码不对" in refused.text
    assert "set-cookie" not in refused.headers
    ((account, action, _),) = console.actions()
    assert (account, action) == ("zhang" if name == "zhang" else "", Action.LOGIN_FAILED)


def test_what_was_typed_stands_in_no_table(console: Console) -> None:
    console.browser().log_in(name="my-Secret-42", password="x" * 12)
    assert "my-secret-42" not in str(console.staff.audit.newest(9)).casefold()


def test_a_name_comes_back_escaped(console: Console) -> None:
    page = console.browser().log_in(name='"><script>alert(1)</script>').text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_session_is_new_at_each_login(console: Console) -> None:
    browser = console.browser()
    browser.http.cookies.set("yibao", "chosen-by-somebody-else", domain="kf.test", path="/console")
    browser.log_in()
    first = browser.http.cookies.get("yibao", domain="kf.test") or ""
    assert len(first) >= 43
    browser.log_in()
    assert browser.http.cookies.get("yibao", domain="kf.test") != first
    thief = console.browser()
    thief.http.cookies.set("yibao", first)
    assert not thief.is_in()


def test_the_table_of_sessions_is_of_no_use_to_a_thief(
    console: Console, console_database_url: str | None, tmp_path: Path
) -> None:
    session = console.logged_in().http.cookies["yibao"]
    engine = open_database(console_database_url, tmp_path)
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(SESSIONS)).all()
    engine.dispose()
    assert session not in str(row)
    thief = console.browser()
    thief.http.cookies.set("yibao", row.id_hash)
    assert not thief.is_in()


@pytest.mark.parametrize("is_production", [False, True])
def test_cookies_are_kept_from_scripts_and_other_sites(
    make_console: Callable[..., Console], is_production: bool
) -> None:
    browser = make_console(is_production).browser()
    session, known = (c.split("; ") for c in browser.log_in().headers.get_list("set-cookie"))
    assert session[0].startswith("__Host-yibao=" if is_production else "yibao=")
    assert known[0].startswith("__Host-yibao-browser=" if is_production else "yibao-browser=")
    common = {"HttpOnly", "Path=/", "Secure"} if is_production else {"HttpOnly", "Path=/console"}
    assert set(session[1:]) == {*common, "SameSite=lax"}
    assert set(known[1:]) == {*common, "SameSite=strict", "Max-Age=15552000"}
    assert browser.is_in()


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "/console//evil.test", "/console\\evil", "/consoleevil",
        "javascript:alert(1)", "/console/../wechat", "/console/login?next=/console", "/console/logout", "/wechat", "",
        "/console\r\nSet-Cookie: a=b", "/console/" + "a" * 3000, "/console/沙湾", " /console/try",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(console: Console, path: str) -> None:
    assert console.browser().log_in(next_page=path).headers["location"] == "/console"
    shown = console.browser().get(f"/console/login?next={quote(path)}")
    assert 'name="next" value="/console"' in shown.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://kf.test"}, 303),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "http://kf.test/console/login"}, 303),
        ({"referer": "http://evil.test/kf.test"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://kf.test"}, 403),
        ({}, 403),
    ],
)
def test_another_site_cannot_log_somebody_in(console: Console, headers: dict[str, str], status: int) -> None:
    with TestClient(console.app, base_url="http://kf.test", follow_redirects=False) as http:
        answer = http.post("/console/login", data={"name": "zhang", "password": GOOD}, headers=headers)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) is (status == 303)


def test_a_script_is_told_in_json(console: Console) -> None:
    browser = console.browser()
    for headers in ({"x-requested-with": "fetch"}, {"accept": "application/json"}):
        answer = browser.http.get("/console/try/look_up", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"status": "error", "error": "login"})
    answer = console.logged_in().http.get("/console/try/manage", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (403, {"status": "error", "error": "permission"})


# The guard.


@pytest.mark.parametrize("role", Role)
def test_every_role_gets_to_its_pages_and_no_others(console: Console, role: Role) -> None:
    console.staff.accounts.set_role("zhang", role)
    browser = console.logged_in()
    account = console.staff.accounts.find("zhang")
    assert account
    for permission in Permission:
        answer = browser.get(f"/console/try/{permission.value}")
        assert answer.status_code == (200 if account.may(permission) else 403)
        assert (FORBIDDEN in answer.text) is not account.may(permission)
    assert (browser.get("/console/people").status_code == 200) is account.may(Permission.MANAGE)
    assert (browser.get("/console/audit").status_code == 200) is account.may(Permission.AUDIT)
    assert (browser.get("/console/audit.csv").status_code == 200) is account.may(Permission.AUDIT)


def test_a_change_needs_the_token(console: Console) -> None:
    browser, other = console.logged_in(), console.logged_in("boss")
    token = browser.token
    change = "/console/try/change"
    assert browser.http.post(change, data={"token": token}).status_code == 200
    sent = browser.http.post(change, json={"a": 1}, headers={"x-token": token})
    assert (sent.status_code, sent.json()["body"].replace(" ", "")) == (200, '{"a":1}')
    for answer in (
        browser.http.post(change),
        browser.http.post(change, data={"token": ""}),
        browser.http.post(change, data={"token": other.token}),
        browser.http.post(change, data={"token": "é"}),
        browser.http.post(change, json={"token": token}),
        browser.http.post(f"{change}?token={token}"),
        browser.http.post(change, headers={"x-token": token[:-1]}),
        browser.http.post(change, headers={"x-token": ""}, data={"token": token}),
        browser.http.post(
            change, content="&".join(["a=b"] * 1000), headers={"content-type": "application/x-www-form-urlencoded"}
        ),
    ):
        assert answer.status_code == 403
        assert "刚才的操作没有执行" in answer.text
    assert console.browser().http.post(change, data={"token": token}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "logout", "account/password", "account/second-factor", "account/second-factor-off", "people",
        "people/zhang/disable",
    ],
)  # fmt: skip
def test_our_own_forms_need_it_too(console: Console, path: str) -> None:
    browser = console.logged_in("boss")
    before = console.actions()
    form = {"name": "li", "role": "admin", "password": GOOD}
    assert browser.http.post(f"/console/{path}", data=form).status_code == 403
    assert browser.is_in()
    assert console.actions() == before


def test_nothing_is_cached_or_framed(console: Console) -> None:
    browser = console.logged_in("boss")
    for path in (
        "login",
        "account",
        "people",
        "people/zhang",
        "people/nobody",
        "audit",
        "audit.csv",
        "try/look_up",
        "none",
    ):
        headers = browser.get(f"/console/{path}").headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    for path in ("account", "people", "people/zhang", "audit"):
        page = browser.get(f"/console/{path}").text
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page)


def test_a_session_ends_by_itself(console: Console) -> None:
    browser = console.logged_in()
    console.clock.passes(IDLE - timedelta(minutes=1))
    assert browser.is_in()
    console.clock.passes(LONGEST - IDLE)
    assert browser.is_in()
    console.clock.passes(timedelta(minutes=1))
    assert not browser.is_in(), "however much it is used"
    browser.log_in()
    console.clock.passes(IDLE)
    assert not browser.is_in()


@pytest.mark.parametrize(
    "change",
    [
        lambda staff: staff.accounts.set_active("zhang", False),
        lambda staff: staff.accounts.set_password("zhang", OTHER),
        lambda staff: staff.accounts.set_role("zhang", Role.ADMIN),
        lambda staff: staff.accounts.set_second_factor("zhang", make_secret()),
    ],
)
def test_a_change_of_the_account_ends_its_sessions(console: Console, change: Callable[[Staff], object]) -> None:
    browser, other = console.logged_in(), console.logged_in("boss")
    change(console.staff)
    assert not browser.is_in()
    assert other.is_in()
    console.staff.accounts.set_active("zhang", True)
    assert not browser.is_in(), "it does not come back"


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.write_text("in the way", encoding="utf-8")
    database = console_database(None, folder)
    app = FastAPI()
    mount_accounts(app, connect_staff(database), build().regions, key="k" * 32, is_production=False)
    with TestClient(app, base_url="http://kf.test", cookies={"yibao": "x"}) as http:
        answer = http.get("/console/account")
        assert (answer.status_code, "数据库连不上" in answer.text) == (503, True)
        folder.unlink()
        assert http.get("/console/account", follow_redirects=False).status_code == 303
    database.close()
