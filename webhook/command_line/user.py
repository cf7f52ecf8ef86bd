"""``yibao user``: the accounts of the staff. Every change is written to the audit of the console."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

import typer

from bot.accounts import (
    ROLE_NAMES,
    SHORTEST_PASSWORD,
    Account,
    NameTakenError,
    Role,
    UnknownAccountError,
    WeakPasswordError,
    check_name,
    check_password,
    check_scope,
    find_scope,
    normal_password,
)
from bot.audit import COMMAND_LINE, Action, Deed
from bot.staff import Staff
from webhook.command_line.terminal import content_folder, load

ROLES_TOLD = "，".join(f"{role.value} {name}" for role, name in ROLE_NAMES.items())

app = typer.Typer(help=f"工作人员的账号：{'、'.join(ROLE_NAMES.values())}。", no_args_is_help=True)

NAME = typer.Argument(help="账号名，例如 zhang.san 或 张三", show_default=False)
ROLE = typer.Option(..., "--role", help=ROLES_TOLD, show_default=False)
NEW_ROLE = typer.Argument(help=ROLES_TOLD, show_default=False)
REGIONS = typer.Option(
    [], "--region", help="知识编辑、发布人负责的地区（名称或代码，可以写几次），不写就是全疆", show_default=False
)
PASSWORD_STDIN = typer.Option(False, "--password-stdin", help="从标准输入读密码，不在屏幕上问")


@app.command("add")
def add(
    name: str = NAME, role: Role = ROLE, region: list[str] = REGIONS, password_stdin: bool = PASSWORD_STDIN
) -> None:
    """添加账号，密码要输入两次。"""
    with _staff() as staff:
        normal = check_name(name)
        codes = _codes(role, region)
        if staff.accounts.find(normal) is not None:
            raise NameTakenError(f"已经有账号“{normal}”了，请换一个名字")
        account = staff.accounts.add(normal, role, _password(normal, password_stdin), codes)
        _note(staff, Action.ACCOUNT_ADDED, account, _role(account))
    typer.echo(f"已添加账号“{account.name}”（{ROLE_NAMES[account.role]}）")


@app.command("list")
def list_accounts() -> None:
    """列出所有账号。"""
    with _staff() as staff:
        found = staff.accounts.all()
    for account in found:
        typer.echo(_row(account))
    if not found:
        typer.echo("还没有账号。添加：yibao user add 账号名 --role admin")


@app.command("disable")
def disable(name: str = NAME) -> None:
    """停用账号，马上退出，不再能登录；可以再启用。"""
    with _staff() as staff:
        account = staff.accounts.set_active(name, False)
        _note(staff, Action.ACCOUNT_DISABLED, account)
    typer.echo(f"账号“{account.name}”已停用")


@app.command("enable")
def enable(name: str = NAME) -> None:
    """重新启用账号。"""
    with _staff() as staff:
        account = staff.accounts.set_active(name, True)
        _note(staff, Action.ACCOUNT_ENABLED, account)
    typer.echo(f"账号“{account.name}”已启用")


@app.command("role")
def change_role(name: str = NAME, role: Role = NEW_ROLE, region: list[str] = REGIONS) -> None:
    """换角色和负责的地区；不写 --region 就是全疆。"""
    with _staff() as staff:
        account = staff.accounts.set_role(name, role, _codes(role, region))
        _note(staff, Action.ROLE_CHANGED, account, _role(account))
    typer.echo(f"账号“{account.name}”现在是{_role(account)}")


@app.command("password")
def change_password(name: str = NAME, password_stdin: bool = PASSWORD_STDIN) -> None:
    """换密码，新密码要输入两次。"""
    with _staff() as staff:
        account = staff.accounts.find(name)
        if account is None:
            raise UnknownAccountError(f"没有账号“{name}”。看有哪些：yibao user list")
        staff.accounts.set_password(account.name, _password(account.name, password_stdin))
        _note(staff, Action.PASSWORD_CHANGED, account)
    typer.echo(f"账号“{account.name}”的密码已更换")


@app.command("second-factor-off")
def turn_second_factor_off(name: str = NAME) -> None:
    """关闭两步验证：手机丢了，只用密码登录，以后可以再开启。"""
    with _staff() as staff:
        account = staff.accounts.set_second_factor(name, None)
        _note(staff, Action.SECOND_FACTOR_OFF, account)
    typer.echo(f"账号“{account.name}”的两步验证已关闭")


@contextmanager
def _staff() -> Iterator[Staff]:
    from bot.adapters.sql_staff import open_staff

    settings = load()
    with open_staff(settings.database_url, settings.var) as staff:
        yield staff


def _note(staff: Staff, action: Action, account: Account, detail: str = "") -> None:
    staff.audit.note(Deed(datetime.now(timezone.utc), COMMAND_LINE, action, account.name, detail))


def _codes(role: Role, names: list[str]) -> list[str]:
    """The codes of regions by name or code. Raises BadScopeError."""
    check_scope(role, names)
    if not names:
        return []
    from knowledge.store import load_knowledge

    return find_scope(load_knowledge(content_folder(load())).regions, names)


def _role(account: Account) -> str:
    """The role and its regions."""
    return ROLE_NAMES[account.role] + (f"（{'、'.join(account.regions)}）" if account.regions else "")


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
    regions = f"  地区 {'、'.join(account.regions)}" if account.regions else ""
    factor = "  两步验证" if account.has_second_factor else ""
    return (
        f"{account.name}  {account.role.value} {ROLE_NAMES[account.role]}  {state}  添加于 {created}{regions}{factor}"
    )
