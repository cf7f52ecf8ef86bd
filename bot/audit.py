"""The port to the record of who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

COMMAND_LINE = "命令行"
"""Whoever works on the server itself, where nobody logs in."""

LONGEST_TARGET = 128
"""Characters, as the next one."""

LONGEST_DETAIL = 500


class Action(str, Enum):
    """Everything that is written down."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (no password)
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ROLE_CHANGED = "role_changed"
    AUDIT_DOWNLOADED = "audit_downloaded"
    TASK_ADDED = "task_added"
    TASK_CLOSED = "task_closed"
    CONTENT_CHANGED = "content_changed"
    CONTENT_UNDONE = "content_undone"
    TRAINING_BEGUN = "training_begun"
    TRAINING_STOPPED = "training_stopped"
    RELEASE_PROMOTED = "release_promoted"
    RELEASE_ROLLED_BACK = "release_rolled_back"


ACTION_NAMES: Mapping[Action, str] = {
    Action.LOGIN: "登录",
    Action.LOGIN_FAILED: "登录失败",
    Action.LOGOUT: "退出",
    Action.PASSWORD_CHANGED: "换密码",
    Action.SECOND_FACTOR_ON: "开启两步验证",
    Action.SECOND_FACTOR_OFF: "关闭两步验证",
    Action.ACCOUNT_ADDED: "添加账号",
    Action.ACCOUNT_DISABLED: "停用账号",
    Action.ACCOUNT_ENABLED: "启用账号",
    Action.ROLE_CHANGED: "改角色",
    Action.AUDIT_DOWNLOADED: "下载操作记录",
    Action.TASK_ADDED: "报告有误或缺内容",
    Action.TASK_CLOSED: "办完编辑的事",
    Action.CONTENT_CHANGED: "改内容",
    Action.CONTENT_UNDONE: "撤销修改",
    Action.TRAINING_BEGUN: "开始训练",
    Action.TRAINING_STOPPED: "停止训练",
    Action.RELEASE_PROMOTED: "启用版本",
    Action.RELEASE_ROLLED_BACK: "退回版本",
}


@dataclass(frozen=True)
class Deed:
    """``at`` with its time zone, UTC. ``account``: who did it; empty for a login under a name that there is not: people
    type their password into the wrong field. ``target``: what it was done to, an account or an entry. ``detail``: a
    few words on it; never a secret."""

    at: datetime
    account: str
    action: Action
    target: str = ""
    detail: str = ""


class Audit(Protocol):
    """Every call blocks, and raises ``bot.accounts.AccountsError`` when the store cannot be used. Nothing is ever
    changed or taken out."""

    def note(self, deed: Deed) -> None:
        """``target`` and ``detail`` are cut to their longest."""

    def newest(
        self, count: int, *, before: int | None = None, account: str | None = None, action: Action | None = None
    ) -> list[tuple[int, Deed]]:
        """With the number of each, which falls; those below the number ``before`` only."""
