"""Tries, one's own account, people and audit of the console, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pyotp import TOTP

from bot.accounts import Account, Role
from bot.adapters.database import MIGRATIONS, open_database
from bot.adapters.sql_accounts import ACCOUNTS
from bot.adapters.sql_staff import connect_staff, console_database
from bot.audit import Action, Deed
from bot.login import MOST_OF_A_BROWSER, OF_A_BROWSER, OF_A_NAME, OF_AN_ADDRESS
from bot.second_factor import make_secret
from bot.tries import Allowance
from tests.integration.console import GOOD, OTHER, Browser, Console
from tests.knowledge_builder import SHAWAN, TACHENG

# How often one may try.


def fail(browser: Browser, times: int, name: str = "zhang") -> list[int]:
    return [browser.log_in(name, OTHER).status_code for _ in range(times)]


def test_who_tries_too_much_waits_and_is_told_how_long(console: Console) -> None:
    browser, (burst, interval) = console.browser(), OF_A_NAME
    assert fail(browser, burst) == [401] * burst
    refused = browser.log_in()
    assert refused.status_code == 429
    assert f"请 {interval / 60:.0f} 分钟后再试" in refused.text
    assert refused.headers["retry-after"] == f"{interval:.0f}"
    assert browser.log_in("ＺＨＡＮＧ ").status_code == 429, "the same name"
    assert console.browser("198.51.100.7").log_in().status_code == 429, "the same account from elsewhere"
    assert browser.log_in("boss").status_code == 303
    console.clock.passes(timedelta(seconds=interval - 61))
    assert "请 2 分钟后再试" in browser.log_in().text
    console.clock.passes(timedelta(seconds=61))
    assert browser.log_in().status_code == 303
    assert [action for _, action, _ in console.actions()].count(Action.LOGIN_FAILED) == burst


def test_an_attacker_locks_nobody_out_of_their_own_browser(console: Console) -> None:
    browser = console.logged_in()
    browser.send("/console/logout")
    attacker = console.browser("203.0.113.9")
    fail(attacker, OF_A_NAME[0])
    assert attacker.log_in().status_code == 429
    assert browser.log_in().status_code == 303
    stolen = browser.http.cookies["yibao-browser"]
    assert console.staff.accounts.set_active("zhang", True)
    assert fail(browser, OF_A_BROWSER[0] + 1) == [401] * OF_A_BROWSER[0] + [429], "but it is counted too"
    for forged in (stolen[:-1] + ("0" if stolen[-1] != "0" else "1"), "x.", ".", "", stolen.split(".")[0]):
        attacker.http.cookies.set("yibao-browser", forged)
        assert attacker.log_in().status_code == 429
    attacker.http.cookies.set("yibao-browser", stolen)
    fail(attacker, OF_A_NAME[0], "boss")
    assert attacker.log_in("boss").status_code == 429, "it is known for one account"


def test_people_who_share_a_browser_are_all_known_in_it(console: Console) -> None:
    browser = console.logged_in()
    for name in ("boss", "zhang", "boss"):
        assert browser.log_in(name).status_code == 303
    attacker = console.browser("203.0.113.9")
    for name in ("zhang", "boss"):
        fail(attacker, OF_A_NAME[0], name)
        assert console.browser().log_in(name).status_code == 429
        assert browser.log_in(name).status_code == 303


def test_a_browser_is_known_for_so_many_accounts(console: Console) -> None:
    browser = console.logged_in()
    for n in range(MOST_OF_A_BROWSER + 1):
        console.staff.accounts.add(f"li{n}", Role.STAFF, GOOD)
        assert browser.log_in(f"li{n}").status_code == 303
    assert browser.http.cookies["yibao-browser"].count(".") == MOST_OF_A_BROWSER


def test_one_address_cannot_try_all_names(console: Console) -> None:
    browser, (burst, interval) = console.browser("2001:db8::1"), OF_AN_ADDRESS
    assert {browser.log_in(f"name{n}", OTHER).status_code for n in range(burst)} == {401}
    assert browser.log_in("boss").status_code == 429
    assert console.browser("2001:db8::ffff").log_in("boss").status_code == 429, "the same subscriber"
    assert console.browser("2001:db8:0:1::1").log_in("boss").status_code == 303
    console.clock.passes(timedelta(seconds=interval))
    assert browser.log_in("boss").status_code == 303


def test_logins_that_succeed_are_not_counted(console: Console) -> None:
    for _ in range(OF_AN_ADDRESS[0] + 5):
        assert console.browser().log_in().status_code == 303


# One's own account.


def test_somebody_changes_their_password(console: Console) -> None:
    browser, elsewhere = console.logged_in(), console.logged_in()
    for form, told in (
        ({"password": OTHER, "new": OTHER, "again": OTHER}, "密码或验证码不对"),
        ({"password": GOOD, "new": OTHER, "again": GOOD}, "两次输入的新密码不一样"),
        ({"password": GOOD, "new": "short", "again": "short"}, "密码太短"),
    ):
        refused = browser.send("/console/account/password", **form)
        assert (refused.status_code, told in refused.text) == (400, True)
    assert elsewhere.is_in()
    done = browser.send("/console/account/password", password=GOOD, new=OTHER, again=OTHER)
    assert done.headers["location"] == "/console/account?done=password_changed"
    assert "密码已更换" in browser.get(done.headers["location"]).text
    assert not elsewhere.is_in()
    assert console.browser().log_in().status_code == 401
    assert console.browser().log_in(password=OTHER).status_code == 303
    assert ("zhang", Action.PASSWORD_CHANGED, "zhang") in console.actions()


def test_the_old_password_cannot_be_guessed_in_an_open_browser(console: Console) -> None:
    browser, form = console.logged_in(), {"new": OTHER, "again": OTHER}
    statuses = [browser.send("/console/account/password", password="x", **form).status_code for _ in range(11)]
    assert statuses == [400] * OF_A_BROWSER[0] + [429]
    assert browser.send("/console/account/password", password=GOOD, **form).status_code == 429


def secret_of(page: str) -> str:
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert found
    return found[1]


def turn_on(console: Console, browser: Browser) -> TOTP:
    page = browser.get("/console/account").text
    assert '<img src="data:image/svg+xml' in page
    secret = secret_of(page)
    totp = TOTP(secret)
    done = browser.send("/console/account/second-factor", secret=secret, code=totp.at(console.clock.now), password=GOOD)
    assert done.headers["location"] == "/console/account?done=second_factor_on"
    assert "两步验证已开启" in browser.get(done.headers["location"]).text
    return totp


def test_the_second_factor_is_turned_on_by_a_right_code_only(console: Console) -> None:
    browser = console.logged_in()
    secret = secret_of(browser.get("/console/account").text)
    code = TOTP(secret).at(console.clock.now)
    path = "/console/account/second-factor"
    wrong = browser.send(path, secret=secret, code="000000" if code != "000000" else "111111", password=GOOD)
    assert (wrong.status_code, secret_of(wrong.text)) == (400, secret), "the app on the phone need not read it again"
    assert browser.send(path, secret=secret, code=code, password=OTHER).status_code == 400
    for bad in ("", "A" * 31, "a" * 32, "A" * 33, '"><b>' + "A" * 27):
        assert browser.send(path, secret=bad, code=code, password=GOOD).status_code == 400
    assert console.browser().log_in().status_code == 303, "it is not on"
    turn_on(console, browser)


def test_a_code_opens_once(console: Console) -> None:
    browser = console.logged_in()
    totp = turn_on(console, browser)
    used = totp.at(console.clock.now)
    assert console.browser().log_in(code=used).status_code == 401, "that which turned it on"
    assert console.browser().log_in().status_code == 401, "none"
    console.clock.passes(timedelta(seconds=30))
    code = totp.at(console.clock.now)
    assert console.browser().log_in(password=OTHER, code=code).status_code == 401
    assert console.browser().log_in(code=f" {code[:3]} {code[3:]}").status_code == 303, "a wrong password spends none"
    assert console.browser().log_in(code=code).status_code == 401
    assert console.browser().log_in(code=totp.at(console.clock.now + timedelta(seconds=30))).status_code == 303
    assert console.browser().log_in(code=totp.at(console.clock.now + timedelta(seconds=60))).status_code == 401


def test_codes_cannot_be_guessed(console: Console) -> None:
    turn_on(console, console.logged_in())
    browser = console.browser()
    statuses = [browser.log_in(code=f"{n:06}").status_code for n in range(OF_A_NAME[0] + 1)]
    assert statuses == [401] * OF_A_NAME[0] + [429]


def test_the_second_factor_is_turned_off_with_both(console: Console) -> None:
    browser = console.logged_in()
    totp = turn_on(console, browser)
    path = "/console/account/second-factor-off"
    assert browser.send(path, password=GOOD, code=totp.at(console.clock.now)).status_code == 400
    console.clock.passes(timedelta(seconds=30))
    code = totp.at(console.clock.now)
    assert browser.send(path, password=OTHER, code=code).status_code == 400
    assert browser.send(path, password=GOOD, code=code).headers["location"].endswith("second_factor_off")
    assert browser.is_in()
    assert console.browser().log_in().status_code == 303
    mine = [action for name, action, _ in console.actions() if name == "zhang"]
    assert [a for a in mine if a is not Action.LOGIN] == [Action.SECOND_FACTOR_ON, Action.SECOND_FACTOR_OFF]


# People.


def password_in(page: str) -> str:
    found = re.search(r"密码是 <code>([a-z2-9-]+)</code>", page)
    assert found
    return found[1]


def test_people_are_added_with_a_password_that_is_shown_once(console: Console) -> None:
    boss = console.logged_in("boss")
    added = boss.send("/console/people", name="李 四", role="editor", regions="")
    assert (added.status_code, "账号名要用" in added.text) == (400, True)
    added = boss.send("/console/people", name="李四", role="editor", regions="沙湾市、654200")
    assert added.status_code == 201
    account = console.staff.accounts.find("李四")
    assert account
    assert (account.role, account.regions) == (Role.EDITOR, (SHAWAN, TACHENG))
    assert password_in(added.text) not in boss.get(f"/console/people/{quote('李四')}").text
    assert console.browser().log_in("李四", password_in(added.text)).status_code == 303
    assert "已经有账号" in boss.send("/console/people", name="李四", role="staff", regions="").text
    assert "沙湾市" in boss.get("/console/people").text
    assert ("boss", Action.ACCOUNT_ADDED, "李四") in console.actions()


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"role": "boss", "regions": ""}, "请选一个角色"),
        ({"role": "editor", "regions": "<b>亚特兰蒂斯"}, "没有叫“&lt;b&gt;亚特兰蒂斯”的地区"),
        ({"role": "staff", "regions": "沙湾市"}, "只有知识编辑和发布人"),
    ],
)
def test_who_cannot_be_added_is_told_why(console: Console, form: dict[str, str], told: str) -> None:
    refused = console.logged_in("boss").send("/console/people", name="li", **form)
    assert (refused.status_code, told in refused.text) == (400, True)
    assert console.staff.accounts.find("li") is None


def test_people_are_changed(console: Console) -> None:
    boss, zhang = console.logged_in("boss"), console.logged_in()
    path = "/console/people/zhang"
    assert boss.send(f"{path}/role", role="publisher", regions="塔城地区").headers["location"] == f"{path}?done=role"
    assert not zhang.is_in()
    account = console.staff.accounts.find("zhang")
    assert account
    assert (account.role, account.regions) == (Role.PUBLISHER, (TACHENG,))
    assert "塔城地区" in boss.get(f"{path}?done=role").text
    zhang.log_in()
    reset = boss.send(f"{path}/password")
    assert not zhang.is_in()
    assert zhang.log_in(password=password_in(reset.text)).status_code == 303
    assert boss.send(f"{path}/disable").status_code == 303
    assert not zhang.is_in()
    assert zhang.log_in(password=password_in(reset.text)).status_code == 401
    assert boss.send(f"{path}/enable").status_code == 303
    console.staff.accounts.set_second_factor("zhang", make_secret())
    assert boss.send(f"{path}/second-factor-off").status_code == 303
    assert zhang.log_in(password=password_in(reset.text)).status_code == 303
    assert [action for name, action, target in console.actions() if (name, target) == ("boss", "zhang")] == [
        Action.ROLE_CHANGED, Action.PASSWORD_CHANGED, Action.ACCOUNT_DISABLED, Action.ACCOUNT_ENABLED,
        Action.SECOND_FACTOR_OFF,
    ]  # fmt: skip


def test_nobody_locks_themselves_out_or_changes_who_is_not_there(console: Console) -> None:
    boss = console.logged_in("boss")
    for verb in ("disable", "role", "password", "second-factor-off"):
        refused = boss.send(f"/console/people/BOSS/{verb}", role="staff")
        assert (refused.status_code, "自己的账号" in refused.text) == (400, True)
    assert boss.is_in()
    assert boss.send("/console/people/nobody/disable").status_code == 404
    assert boss.get("/console/people/nobody").status_code == 404
    assert boss.send("/console/people/zhang/vanish").status_code == 400
    assert boss.send("/console/people/zhang/role", role="boss").status_code == 400


# Audit.


def test_the_audit_is_read_by_page_account_and_action(console: Console) -> None:
    boss = console.logged_in("boss")
    for _ in range(60):
        console.logged_in()
    page = boss.get("/console/audit?account=ZHANG&action=login").text
    assert page.count("<td>登录</td>") == 50
    older = re.search(r'href="(/console/audit\?[^"]+)">更早的', page)
    assert older
    rest = boss.get(older[1].replace("&amp;", "&")).text
    assert rest.count("<td>登录</td>") == 10
    assert "更早的" not in rest
    assert "没有记录" in boss.get("/console/audit?action=logout").text
    assert boss.get("/console/audit?account=%00%ED%A0%80&action=x&before=99999999999999999999").status_code == 200
    assert "2026-11-23 12:00:10" in page, "the time in Beijing"


def test_the_audit_is_downloaded_whole_and_harmless(console: Console) -> None:
    boss = console.logged_in("boss")
    console.browser().log_in("nobody")
    formula = '=HYPERLINK("http://evil.test")'
    console.staff.audit.note(Deed(console.clock.now, "zhang", Action.LOGOUT, detail=formula))
    answer = boss.get("/console/audit.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,账号,操作,对象,说明"
    assert any("'=HYPERLINK" in line for line in lines)
    assert not any(",=HYPERLINK" in line or ',"=HYPERLINK' in line for line in lines)
    assert lines[-1] == "2026-11-23 12:00:10,boss,登录,,192.0.2.1"
    assert console.actions()[-1] == ("boss", Action.AUDIT_DOWNLOADED, "")
    only = boss.get("/console/audit.csv?action=login").text.splitlines()
    assert len(only) == 2


# Many at once, and what was there before.


def test_tries_at_once_are_counted_each(console: Console) -> None:
    allowances = [Allowance("name zhang", 5, 60.0), Allowance("address 192.0.2.1", 50, 60.0)]
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: console.staff.tries.take(allowances, console.clock.now), range(20)))
    assert waits.count(0.0) == 5
    assert {wait for wait in waits if wait} == {60.0}
    alone = console.staff.tries.take([Allowance("address 192.0.2.1", 6, 60.0)], console.clock.now)
    assert alone == 0.0, "who was refused by one took nothing from the other"


def test_one_code_sent_twice_at_once_opens_once(console: Console) -> None:
    secret = make_secret()
    console.staff.accounts.set_second_factor("zhang", secret)
    code = TOTP(secret).at(console.clock.now)
    with ThreadPoolExecutor(8) as threads:
        spent = threads.map(lambda _: console.staff.accounts.spend_code("zhang", code, console.clock.now), range(8))
        assert sorted(spent) == [False] * 7 + [True]


def test_accounts_from_before_the_console_go_on(console_database_url: str | None, tmp_path: Path) -> None:
    engine = open_database(console_database_url, tmp_path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(sa.delete(ACCOUNTS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        old = sa.table("staff_accounts", *map(sa.column, ("name", "role", "active", "created_at", "password_hash")))
        at = datetime(2026, 1, 1, tzinfo=timezone.utc)
        for name, role in (("anna", "agent"), ("emil", "editor"), ("otto", "operator")):
            connection.execute(
                sa.insert(old).values(name=name, role=role, active=True, created_at=at, password_hash="x")
            )
    engine.dispose()
    database = console_database(console_database_url, tmp_path)
    found = connect_staff(database).accounts.all()
    database.close()
    assert [(account.name, account.role) for account in found] == [
        ("anna", Role.STAFF), ("emil", Role.EDITOR), ("otto", Role.ADMIN),
    ]  # fmt: skip
    assert found[0] == Account("anna", Role.STAFF, True, at)
