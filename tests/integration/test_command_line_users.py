"""``yibao user`` as an operator types it, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.adapters.database import open_database
from bot.adapters.sql_accounts import open_accounts
from bot.adapters.sql_audit import SqlAudit
from bot.adapters.sql_console import ConsoleDatabase
from bot.audit import Action
from bot.second_factor import make_secret
from tests.integration.postgresql import postgresql
from webhook.command_line import user
from webhook.command_line.terminal import translate_errors

GOOD = "korrekt-Pferd-7"
OTHER = "batterie-Heft-8"


class Terminal:
    """Runs commands in a folder of its own."""

    def __init__(self, var: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._var = var
        self._capsys = capsys

    def run(self, *words: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(user.app, list(words), input=stdin)

    def done(self, *words: str, stdin: str | bytes = "") -> str:
        """Standard output of a command that succeeds."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def failed(self, *words: str, stdin: str | bytes = "") -> str:
        """The one line on standard error of a command that fails, as ``main`` tells it."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 1
        assert result.exception is not None
        with pytest.raises(SystemExit) as stopped, translate_errors():
            raise result.exception
        assert stopped.value.code == 1
        told = self._capsys.readouterr().err
        assert told.count("\n") == 1
        for secret in (GOOD, OTHER):
            assert secret not in told + result.output
        return told

    def opens(self, name: str, password: str) -> bool:
        accounts = open_accounts(os.environ.get("DATABASE_URL"), self._var)
        try:
            return accounts.verify(name, password) is not None
        finally:
            accounts.close()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YIBAO_PROFILE", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("YIBAO_VAR", str(tmp_path / "var"))
    return Terminal(tmp_path / "var", capsys)


def test_an_account_is_added_with_a_password_typed_twice(terminal: Terminal) -> None:
    result = terminal.run("add", "Zhang", "--role", "editor", stdin=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("\n已添加账号“zhang”（知识编辑）\n")
    assert GOOD not in result.output
    assert terminal.opens("zhang", GOOD)


def test_a_second_password_that_differs_adds_nothing(terminal: Terminal) -> None:
    told = terminal.failed("add", "zhang", "--role", "editor", stdin=f"{GOOD}\n{OTHER}\n")
    assert told == "两次输入的密码不一样，没有保存\n"
    assert "还没有账号" in terminal.done("list")


def test_no_password_at_all_adds_nothing(terminal: Terminal) -> None:
    assert "--password-stdin" in terminal.failed("add", "zhang", "--role", "editor", stdin="")
    assert "还没有账号" in terminal.done("list")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_from_standard_input(terminal: Terminal, end: str) -> None:
    result = terminal.run("add", "zhang", "--role", "staff", "--password-stdin", stdin=GOOD + end)
    assert (result.exit_code, result.output) == (0, "已添加账号“zhang”（热线坐席）\n")
    assert terminal.opens("zhang", GOOD)


@pytest.mark.parametrize(
    ("stdin", "expected"),
    [
        ("", "密码太短，至少要 10 个字符"),
        ("short\n", "密码太短，至少要 10 个字符"),
        (f"{GOOD}\n{GOOD}\n", "密码里有换行或看不见的字符"),
        (b"\xff\xfe" * 8, "不是 UTF-8 编码"),
    ],
)
def test_an_unusable_password_is_told(terminal: Terminal, stdin: str | bytes, expected: str) -> None:
    assert expected in terminal.failed("add", "zhang", "--role", "editor", "--password-stdin", stdin=stdin)


def test_no_password_is_asked_for_in_vain(terminal: Terminal) -> None:
    assert "账号名要用" in terminal.failed("add", "a b", "--role", "editor")
    terminal.done("add", "zhang", "--role", "editor", "--password-stdin", stdin=GOOD)
    assert "已经有账号“zhang”" in terminal.failed("add", "ZHANG", "--role", "admin")
    assert "没有账号“li”" in terminal.failed("password", "li")


def test_accounts_are_listed(terminal: Terminal) -> None:
    for name, role in (("zhang", "editor"), ("li", "admin")):
        terminal.done("add", name, "--role", role, "--password-stdin", stdin=GOOD)
    terminal.done("disable", "zhang")
    first, second = terminal.done("list").splitlines()
    assert first.startswith("li  admin 管理员  在用  添加于 20")
    assert second.startswith("zhang  editor 知识编辑  停用  添加于 20")


def test_an_account_is_disabled_and_enabled(terminal: Terminal) -> None:
    terminal.done("add", "张三", "--role", "editor", "--password-stdin", stdin=GOOD)
    assert terminal.done("disable", "张三") == "账号“张三”已停用\n"
    assert not terminal.opens("张三", GOOD)
    assert terminal.done("enable", "张三") == "账号“张三”已启用\n"
    assert terminal.opens("张三", GOOD)
    assert "没有账号“li”。看有哪些：yibao user list" in terminal.failed("disable", "li")
    assert "没有账号“li”" in terminal.failed("enable", "li")


def test_a_password_is_changed(terminal: Terminal) -> None:
    terminal.done("add", "zhang", "--role", "editor", "--password-stdin", stdin=GOOD)
    assert "账号“zhang”的密码已更换" in terminal.done("password", "Zhang", stdin=f"{OTHER}\n{OTHER}\n")
    assert not terminal.opens("zhang", GOOD)
    assert terminal.opens("zhang", OTHER)


@pytest.mark.parametrize(
    "words",
    [["add", "zhang"], ["add", "zhang", "--role", "boss"], ["add", "--role", "editor"], ["disable"], ["remove", "x"]],
)
def test_wrong_usage_exits_with_2(terminal: Terminal, words: list[str]) -> None:
    assert terminal.run(*words).exit_code == 2


@pytest.mark.parametrize("command", ["add", "list", "disable", "enable", "role", "password", "second-factor-off"])
def test_every_command_has_help(terminal: Terminal, command: str) -> None:
    assert terminal.done(command, "--help")


def test_the_role_and_its_regions_are_changed(terminal: Terminal) -> None:
    terminal.done("add", "zhang", "--role", "editor", "--region", "沙湾市", "--password-stdin", stdin=GOOD)
    assert "地区 654203" in terminal.done("list")
    done = terminal.done("role", "zhang", "publisher", "--region", "塔城地区", "--region", "650100")
    assert done == "账号“zhang”现在是发布人（654200、650100）\n"
    assert terminal.done("role", "zhang", "staff") == "账号“zhang”现在是热线坐席\n"
    assert "地区" not in terminal.done("list")
    assert "没有账号“li”" in terminal.failed("role", "li", "staff")


@pytest.mark.parametrize(
    ("role", "region", "expected"),
    [("editor", "亚特兰蒂斯", "没有叫“亚特兰蒂斯”的地区"), ("editor", "伊宁", "有几个同名的"),
     ("editor", "北京市", "新疆没有"), ("staff", "沙湾市", "只有知识编辑和发布人")],
)  # fmt: skip
def test_a_region_that_cannot_be_is_told(terminal: Terminal, role: str, region: str, expected: str) -> None:
    told = terminal.failed("add", "zhang", "--role", role, "--region", region, "--password-stdin", stdin=GOOD)
    assert expected in told
    assert "还没有账号" in terminal.done("list")


def test_who_lost_the_phone_needs_no_second_factor(terminal: Terminal, tmp_path: Path) -> None:
    terminal.done("add", "zhang", "--role", "editor", "--password-stdin", stdin=GOOD)
    accounts = open_accounts(None, tmp_path / "var")
    accounts.set_second_factor("zhang", make_secret())
    accounts.close()
    assert "两步验证" in terminal.done("list")
    assert terminal.done("second-factor-off", "zhang") == "账号“zhang”的两步验证已关闭\n"
    assert "两步验证" not in terminal.done("list")
    assert "没有账号“li”" in terminal.failed("second-factor-off", "li")


def test_every_change_is_written_down(terminal: Terminal, tmp_path: Path) -> None:
    terminal.done("add", "zhang", "--role", "staff", "--password-stdin", stdin=GOOD)
    terminal.done("role", "zhang", "admin")
    terminal.done("password", "zhang", "--password-stdin", stdin=OTHER)
    terminal.done("disable", "zhang")
    terminal.done("enable", "zhang")
    terminal.done("second-factor-off", "zhang")
    terminal.failed("disable", "li")
    database = ConsoleDatabase(partial(open_database, None, tmp_path / "var"))
    deeds = [deed for _, deed in reversed(SqlAudit(database).newest(50))]
    database.close()
    assert [(deed.action, deed.detail) for deed in deeds] == [
        (Action.ACCOUNT_ADDED, "热线坐席"),
        (Action.ROLE_CHANGED, "管理员"),
        (Action.PASSWORD_CHANGED, ""),
        (Action.ACCOUNT_DISABLED, ""),
        (Action.ACCOUNT_ENABLED, ""),
        (Action.SECOND_FACTOR_OFF, ""),
    ]
    assert {(deed.account, deed.target) for deed in deeds} == {("命令行", "zhang")}


def test_a_database_that_is_not_there_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://yibao:geheim77@127.0.0.1:1/yibao")
    told = terminal.failed("list")
    assert "请检查 DATABASE_URL" in told
    assert "geheim77" not in told


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


def test_the_same_on_postgresql(terminal: Terminal, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server)
    terminal.done("add", "张三", "--role", "editor", "--password-stdin", stdin=GOOD)
    assert "已经有账号" in terminal.failed("add", "张三", "--role", "editor", "--password-stdin", stdin=OTHER)
    terminal.done("disable", "张三")
    assert "停用" in terminal.done("list")
    terminal.done("enable", "张三")
    terminal.done("password", "张三", "--password-stdin", stdin=OTHER)
    assert terminal.opens("张三", OTHER)
    assert not terminal.opens("张三", GOOD)
    assert not terminal.opens("zh\0ang", GOOD)
