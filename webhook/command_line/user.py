"""``yibao user``: the accounts of the staff."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.accounts import (
    SHORTEST_PASSWORD,
    Account,
    Accounts,
    NameTakenError,
    Role,
    UnknownAccountError,
    WeakPasswordError,
    check_name,
    check_password,
    normal_password,
)
from webhook.command_line.terminal import load

app = typer.Typer(help="工作人员的账号：知识编辑、热线坐席、运维。", no_args_is_help=True)

ROLES = {Role.EDITOR: "知识编辑", Role.AGENT: "热线坐席", Role.OPERATOR: "运维"}

NAME = typer.Argument(help="账号名，例如 zhang.san 或 张三", show_default=False)
ROLE = typer.Option(..., "--role", help="editor 知识编辑，agent 热线坐席，operator 运维", show_default=False)
PASSWORD_STDIN = typer.Option(False, "--password-stdin", help="从标准输入读密码，不在屏幕上问")


@app.command("add")
def add(name: str = NAME, role: Role = ROLE, password_stdin: bool = PASSWORD_STDIN) -> None:
    """添加账号，密码要输入两次。"""
    with _accounts() as accounts:
        normal = check_name(name)
        if accounts.find(normal) is not None:
            raise NameTakenError(f"已经有账号“{normal}”了，请换一个名字")
        account = accounts.add(normal, role, _password(normal, password_stdin))
    typer.echo(f"已添加账号“{account.name}”（{ROLES[account.role]}）")


@app.command("list")
def list_accounts() -> None:
    """列出所有账号。"""
    with _accounts() as accounts:
        found = accounts.all()
    for account in found:
        typer.echo(_row(account))
    if not found:
        typer.echo("还没有账号。添加：yibao user add 账号名 --role editor")


@app.command("disable")
def disable(name: str = NAME) -> None:
    """停用账号，不再能登录；可以再启用。"""
    with _accounts() as accounts:
        account = accounts.set_active(name, False)
    typer.echo(f"账号“{account.name}”已停用")


@app.command("enable")
def enable(name: str = NAME) -> None:
    """重新启用账号。"""
    with _accounts() as accounts:
        account = accounts.set_active(name, True)
    typer.echo(f"账号“{account.name}”已启用")


@app.command("password")
def change_password(name: str = NAME, password_stdin: bool = PASSWORD_STDIN) -> None:
    """换密码，新密码要输入两次。"""
    with _accounts() as accounts:
        account = accounts.find(name)
        if account is None:
            raise UnknownAccountError(f"没有账号“{name}”。看有哪些：yibao user list")
        accounts.set_password(account.name, _password(account.name, password_stdin))
    typer.echo(f"账号“{account.name}”的密码已更换")


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from bot.adapters.sql_accounts import open_accounts

    settings = load()
    accounts = open_accounts(settings.database_url, settings.var)
    try:
        yield accounts
    finally:
        accounts.close()


def _password(name: str, from_stdin: bool) -> str:
    """A password that keeps the rules. Raises WeakPasswordError."""
    if from_stdin:
        try:
            text = sys.stdin.buffer.read().decode()
        except UnicodeDecodeError:
            raise WeakPasswordError("标准输入里的密码不是 UTF-8 编码") from None
        return check_password(name, text.removesuffix("\n").removesuffix("\r"))
    password = check_password(name, _ask(f"密码（至少 {SHORTEST_PASSWORD} 个字符，输入时不显示）"))
    if normal_password(_ask("再输一次")) != password:
        raise WeakPasswordError("两次输入的密码不一样，没有保存")
    return password


def _ask(prompt: str) -> str:
    try:
        return str(typer.prompt(prompt, hide_input=True, err=True))
    except typer.Abort:
        raise WeakPasswordError("没有输入密码，没有保存。不在终端里运行时用 --password-stdin") from None


def _row(account: Account) -> str:
    state = "在用" if account.active else "停用"
    created = account.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{account.name}  {account.role.value} {ROLES[account.role]}  {state}  添加于 {created}"
