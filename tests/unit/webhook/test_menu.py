"""The custom menu: what WeChat is sent, and every limit told in Chinese."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.errors import ContentErrors
from webhook.wechat.menu import FILE, MAX_KEY, MAX_NAME, MAX_SUB_NAME, load_menu

CONTENT = Path(__file__).parents[3] / "knowledge" / "content"

SMALL = """\
buttons:
  - name: 人工
    send: 转人工
  - name: 异地就医
    buttons:
      - {name: 怎么备案, send: 异地就医怎么备案}
"""


def load(folder: Path, text: str) -> dict[str, object]:
    (folder / FILE).write_text(text, encoding="utf-8")
    return load_menu(folder).as_json()


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ContentErrors) as caught:
        load(folder, text)
    return str(caught.value)


def sub_buttons(count: int, name: str = "项", send: str = "问") -> str:
    rows = "".join(f"      - {{name: {name}, send: {send}}}\n" for _ in range(count))
    return f"buttons:\n  - name: 按钮\n    buttons:\n{rows}"


def test_a_menu_as_wechat_takes_it(tmp_path: Path) -> None:
    assert load(tmp_path, SMALL) == {
        "button": [
            {"type": "click", "name": "人工", "key": "转人工"},
            {
                "name": "异地就医",
                "sub_button": [{"type": "click", "name": "怎么备案", "key": "异地就医怎么备案"}],
            },
        ]
    }


def test_the_project_has_a_menu_within_the_limits() -> None:
    menu = load_menu(CONTENT).as_json()
    assert 1 <= len(menu["button"]) <= 3
    for button in menu["button"]:
        assert len(button["name"].encode()) <= 16
        assert len(button["sub_button"]) <= 5
        for sub in button["sub_button"]:
            assert sub["type"] == "click"
            assert len(sub["name"].encode()) <= 60
            assert len(sub["key"].encode()) <= 128
    assert "转人工" in json.dumps(menu, ensure_ascii=False)


def test_the_limits_themselves_are_allowed(tmp_path: Path) -> None:
    load(tmp_path, f"buttons:\n  - {{name: {'a' * MAX_NAME}, send: {'k' * MAX_KEY}}}\n")
    load(tmp_path, sub_buttons(5, name="n" * MAX_SUB_NAME, send="k" * MAX_KEY))


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("buttons: []\n", "buttons", "菜单要有1到3个按钮，现在有0个"),
        ("buttons:\n" + "  - {name: 问, send: 问}\n" * 4, "buttons", "菜单要有1到3个按钮，现在有4个"),
        (sub_buttons(6), "buttons[0].buttons", "一个按钮下面最多5项，现在有6项"),
        (
            "buttons:\n  - {name: 异地就医备案, send: 问}\n",
            "buttons[0].name",
            "“异地就医备案”太长，有18字节，最多16字节",
        ),
        (sub_buttons(1, name="长" * 21), "buttons[0].buttons[0].name", "有63字节，最多60字节"),
        (sub_buttons(1, send="长" * 43), "buttons[0].buttons[0].send", "有129字节，最多128字节"),
        (f"buttons:\n  - {{name: 问, send: {'长' * 43}}}\n", "buttons[0].send", "有129字节，最多128字节"),
        ('buttons:\n  - {name: 问, send: " "}\n', "buttons[0].send", "不能空着"),
        ('buttons:\n  - {name: 问, send: "一\\n二"}\n', "buttons[0].send", "要写成一行"),
        ("buttons:\n  - {name: 问}\n", "buttons[0]", "每个按钮写 send 或 buttons，二选一"),
        ("buttons:\n  - {name: 问, buttons: []}\n", "buttons[0]", "每个按钮写 send 或 buttons，二选一"),
        (SMALL + "    send: 问\n", "buttons[1]", "每个按钮写 send 或 buttons，二选一"),
        ("buttons:\n  - {name: 问, key: 问}\n", "buttons[0].key", "没有“key”这个字段"),
        (sub_buttons(1).replace("send: 问", "url: 问"), "buttons[0].buttons[0].send", "缺少必填的字段“send”"),
        ("button: []\n", "buttons", "缺少必填的字段“buttons”"),
        ("- 问\n", "（整个文件）", "字段: 值"),
    ],
)
def test_a_mistake_is_told_with_file_and_field(tmp_path: Path, text: str, field: str, expected: str) -> None:
    told = refusal(tmp_path, text)
    assert f"{FILE}：{field}：" in told
    assert expected in told
    assert "怎么改：" in told


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentErrors, match="没有这个文件"):
        load_menu(tmp_path)
