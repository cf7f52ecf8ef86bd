"""``yibao user`` as an operator types it, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.accounts import Role
from bot.adapters.sql_accounts import open_accounts
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
    result = terminal.run("add", "zhang", "--role", "agent", "--password-stdin", stdin=GOOD + end)
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
    assert "已经有账号“zhang”" in terminal.failed("add", "ZHANG", "--role", "operator")
    assert "没有账号“li”" in terminal.failed("password", "li")


def test_accounts_are_listed(terminal: Terminal) -> None:
    for name, role in (("zhang", "editor"), ("li", "operator")):
        terminal.done("add", name, "--role", role, "--password-stdin", stdin=GOOD)
    terminal.done("disable", "zhang")
    first, second = terminal.done("list").splitlines()
    assert first.startswith("li  operator 运维  在用  添加于 20")
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


@pytest.mark.parametrize("command", ["add", "list", "disable", "enable", "password"])
def test_every_command_has_help(terminal: Terminal, command: str) -> None:
    assert terminal.done(command, "--help")


def test_roles_all_have_a_name() -> None:
    assert set(user.ROLES) == set(Role)


def test_a_database_that_is_not_there_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://yibao:geheim77@127.0.0.1:1/yibao")
    told = terminal.failed("list")
    assert "请检查 DATABASE_URL" in told
    assert "geheim77" not in told


@pytest.fixture
def postgresql(require: Callable[[str], str]) -> Iterator[str]:
    """Address of a server of its own, on a socket in a new folder. Root cannot run it, so then nobody does."""
    initdb, pg_ctl = require("initdb"), require("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
    runner = "nobody" if os.getuid() == 0 else None
    if runner:
        shutil.chown(folder, runner)
    data = str(folder / "data")

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=runner, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

    try:
        run(initdb, "-D", data, "-U", "yibao", "-A", "trust", "-E", "UTF8", "--locale=C")
        run(pg_ctl, "-D", data, "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses=''", "start")
        try:
            yield f"postgresql://yibao@/postgres?host={folder}"
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_same_on_postgresql(terminal: Terminal, postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgresql)
    terminal.done("add", "张三", "--role", "editor", "--password-stdin", stdin=GOOD)
    assert "已经有账号" in terminal.failed("add", "张三", "--role", "editor", "--password-stdin", stdin=OTHER)
    terminal.done("disable", "张三")
    assert "停用" in terminal.done("list")
    terminal.done("enable", "张三")
    terminal.done("password", "张三", "--password-stdin", stdin=OTHER)
    assert terminal.opens("张三", OTHER)
    assert not terminal.opens("张三", GOOD)
    assert not terminal.opens("zh\0ang", GOOD)
