"""The custom menu (自定义菜单) under the chat: its definition, its limits, and what WeChat is sent.

Every button is a ``click``: its key comes back as the ``EventKey`` of an event, which the door takes for the citizen's
text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, root_validator, validator

from knowledge.content_files import parse_whole, read_file
from knowledge.errors import ContentError, ContentErrors
from knowledge.schema import Strict

FILE = "wechat_menu.yml"

MAX_BUTTONS = 3
MAX_SUB_BUTTONS = 5
MAX_NAME = 16
"""Bytes of UTF-8, as the next two."""
MAX_SUB_NAME = 60
MAX_KEY = 128


class SubButton(Strict):
    """``send``: the text that a tap sends as the citizen's question."""

    name: str
    send: str

    @validator("name")
    def _name_fits(cls, value: str) -> str:
        return _line(value, MAX_SUB_NAME)

    @validator("send")
    def _send_fits(cls, value: str) -> str:
        return _line(value, MAX_KEY)

    def as_json(self) -> dict[str, Any]:
        return {"type": "click", "name": self.name, "key": self.send}


class Button(Strict):
    """A button of the bottom row: sends something itself, or opens the list of its own buttons."""

    name: str
    send: str | None = None
    buttons: list[SubButton] = Field(default_factory=list)

    @validator("name")
    def _name_fits(cls, value: str) -> str:
        return _line(value, MAX_NAME)

    @validator("send")
    def _send_fits(cls, value: str | None) -> str | None:
        return None if value is None else _line(value, MAX_KEY)

    @validator("buttons")
    def _few(cls, value: list[SubButton]) -> list[SubButton]:
        if len(value) > MAX_SUB_BUTTONS:
            raise ValueError(f"一个按钮下面最多{MAX_SUB_BUTTONS}项，现在有{len(value)}项")
        return value

    @root_validator(skip_on_failure=True)
    def _sends_or_opens(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["send"] is None) == (not values["buttons"]):
            raise ValueError("每个按钮写 send 或 buttons，二选一")
        return values

    def as_json(self) -> dict[str, Any]:
        if self.send is not None:
            return {"type": "click", "name": self.name, "key": self.send}
        return {"name": self.name, "sub_button": [button.as_json() for button in self.buttons]}


class WeChatMenu(Strict):
    """wechat_menu.yml."""

    buttons: list[Button]

    @validator("buttons")
    def _few(cls, value: list[Button]) -> list[Button]:
        if not 1 <= len(value) <= MAX_BUTTONS:
            raise ValueError(f"菜单要有1到{MAX_BUTTONS}个按钮，现在有{len(value)}个")
        return value

    def as_json(self) -> dict[str, Any]:
        """The body of WeChat's ``menu/create``."""
        return {"button": [button.as_json() for button in self.buttons]}


def load_menu(content: Path) -> WeChatMenu:
    """Reads ``wechat_menu.yml``. Raises ``ContentErrors`` with all its mistakes, in Chinese."""
    errors: list[ContentError] = []
    file = read_file(content / FILE, FILE, errors)
    menu = parse_whole(file, WeChatMenu, errors) if file is not None else None
    if menu is None:
        raise ContentErrors(errors)
    return menu


def _line(value: str, limit: int) -> str:
    if not value.strip():
        raise ValueError("不能空着")
    if not value.isprintable():
        raise ValueError("要写成一行，不能有换行和看不见的字符")
    size = len(value.encode())
    if size > limit:
        raise ValueError(f"“{value}”太长，有{size}字节，最多{limit}字节（一个汉字3字节）")
    return value
