"""``yibao menu``: the menu of the official account."""

from __future__ import annotations

import asyncio
import json

import typer

from webhook.command_line.terminal import content_folder, load
from webhook.wechat.api import WeChatApi
from webhook.wechat.menu import load_menu

app = typer.Typer(help="公众号底部的菜单：内容在 wechat_menu.yml。", no_args_is_help=True)


@app.command("show")
def show() -> None:
    """检查菜单，看会发给微信的 JSON；不发送。"""
    menu = load_menu(content_folder(load()))
    typer.echo(json.dumps(menu.as_json(), ensure_ascii=False, indent=2))


@app.command("publish")
def publish() -> None:
    """检查菜单并发给微信，替换公众号现在的菜单。"""
    settings = load()
    menu = load_menu(content_folder(settings))
    asyncio.run(WeChatApi(settings.wechat).create_menu(menu.as_json()))
    typer.echo(f"菜单已发布：{'、'.join(button.name for button in menu.buttons)}。约 5 分钟后重新进入公众号可以看到")
