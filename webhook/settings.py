"""The settings of the program: read in one place, once, and refused at start when they are wrong.

``environment`` is the only reader of the process environment and of ``.env``; ``load_settings`` is pure.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from webhook.publishing.gate import Gate

T = TypeVar("T")
Choice = TypeVar("Choice", bound=Enum)

DEVELOPMENT_SECRETS: Mapping[str, str] = {
    "WECHAT_TOKEN": "developmenttoken",
    "WECHAT_ENCODING_AES_KEY": "ZGV2ZWxvcG1lbnRPbmx5MDEyMzQ1Njc4OWFiY2RlZmc",
    "WECHAT_APP_ID": "wx0123456789abcdef",
    "WECHAT_APP_SECRET": "development0only0secret012345678",
    "YIBAO_SENDER_KEY": "development-only-key-of-the-sender-hash",
}
"""What the development profile uses where nothing is set. Public, so the production profile refuses them."""

SETTING_NAMES: tuple[str, ...] = (
    "YIBAO_PROFILE",
    "YIBAO_HOST",
    "YIBAO_PORT",
    "YIBAO_PUBLIC_URL",
    "YIBAO_VAR",
    "YIBAO_CONTENT",
    "YIBAO_SENDER_KEY",
    "YIBAO_API_KEYS",
    "YIBAO_LAST_RESORT_NUMBER",
    "YIBAO_MEMO_SIZE",
    "YIBAO_PERSON_LIMIT",
    "YIBAO_RETENTION_DAYS",
    "YIBAO_GATE_RIGHT",
    "YIBAO_GATE_WORSE",
    "YIBAO_GATE_INVENTED",
    "YIBAO_SIGNING_KEY",
    "YIBAO_TRUSTED_KEYS",
    "REDIS_URL",
    "DATABASE_URL",
    "WECHAT_TOKEN",
    "WECHAT_ENCRYPTION",
    "WECHAT_ENCODING_AES_KEY",
    "WECHAT_PREVIOUS_ENCODING_AES_KEY",
    "WECHAT_APP_ID",
    "WECHAT_APP_SECRET",
    "WECHAT_API_URL",
    "WECHAT_MAY_PUSH",
    "WECHAT_HAS_AGENTS",
)

_PUBLIC_SAMPLES = frozenset({"abcdefghijklmnopqrstuvwxyz0123456789abcdefg", "pamtest"})
_PLACEHOLDER = re.compile(
    r"change.?(me|it|this)|replace.?me|placeholder|example|^(your|my)[-_ ]|<.*>|^(x+|todo|token|secret|password|test)$|"
    r"请.*(填|改|换)",
    re.IGNORECASE,
)


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable and says what is expected, never the value."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}：{expected}")
        self.name = name


class Profile(str, Enum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Encryption(str, Enum):
    """How the account in WeChat's console sends: in the clear, or encrypted (安全模式)."""

    PLAIN = "plain"
    SAFE = "safe"


@dataclass(frozen=True)
class WeChatAccount:
    """The official account as its console at mp.weixin.qq.com shows it. ``may_push``: it may send messages of its own
    (客服消息); ``has_agents``: people of the office serve in it (在线客服)."""

    encryption: Encryption
    app_id: str
    api_url: str
    may_push: bool
    has_agents: bool
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    encoding_aes_key: str | None = field(repr=False)
    previous_encoding_aes_key: str | None = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """``public_url``: where citizens reach the pages of guides, None: nowhere, so that answers do not link to them.
    ``content`` None: the content in the project. ``redis_url`` None: the embedded server. ``database_url`` None:
    SQLite under ``var``. ``last_resort_number`` None: none is given out. ``memo_size``: messages that each process
    remembers to answer the next of the same at once; 0: none. ``person_limit``: messages that a person may send in a
    minute; 0: as many as they like. ``retention_days``: how long the journal keeps what a person wrote. ``api_keys``:
    of those who may call ``/api/ask``; where there is none, it is open to all in development, and to nobody in
    production. ``gate``: below it no release is published without a reason. ``signing_key``: with which releases are
    signed that leave this installation; ``trusted_keys``: whose releases may come in."""

    profile: Profile
    host: str
    port: int
    public_url: str | None
    var: Path
    content: Path | None
    last_resort_number: str | None
    memo_size: int
    person_limit: int
    retention_days: int
    redis_url: str | None = field(repr=False)
    database_url: str | None = field(repr=False)
    sender_key: str = field(repr=False)
    api_keys: tuple[str, ...] = field(repr=False)
    gate: Gate
    signing_key: str | None = field(repr=False)
    trusted_keys: tuple[str, ...]
    wechat: WeChatAccount

    @property
    def is_production(self) -> bool:
        return self.profile is Profile.PRODUCTION


def environment(env_file: Path) -> dict[str, str]:
    """The variables of ``env_file``, where there is one, under those of the process environment.

    Raises SettingsError when the file is there and cannot be read.
    """
    try:
        written = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(env_file), "读不了这个文件，请检查权限，并用 UTF-8 保存") from error
    return {name: value for name, value in written.items() if value is not None} | dict(os.environ)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Checks ``environ`` and gives the settings. An empty variable counts as not set.

    The development profile has a default for everything; the production profile has none for what is secret, and
    refuses placeholders. Raises SettingsError for the first setting that is wrong.
    """
    profile = _Reader(environ).choice("YIBAO_PROFILE", Profile, Profile.DEVELOPMENT)
    reader = _Reader(environ, production=profile is Profile.PRODUCTION)
    encryption = reader.choice("WECHAT_ENCRYPTION", Encryption, Encryption.SAFE)
    account = WeChatAccount(
        encryption=encryption,
        token=reader.secret("WECHAT_TOKEN", r"[A-Za-z0-9]{3,32}", "公众号后台的“令牌”，3 到 32 个英文字母或数字"),
        encoding_aes_key=_aes_key(reader, encryption),
        previous_encoding_aes_key=reader.optional(
            "WECHAT_PREVIOUS_ENCODING_AES_KEY", _secret_check(reader, _AES_KEY, _AES_KEY_EXPECTED)
        ),
        app_id=reader.secret("WECHAT_APP_ID", r"[A-Za-z0-9_-]{6,64}", "公众号的开发者 ID（AppID），以 wx 开头"),
        app_secret=reader.secret("WECHAT_APP_SECRET", r"[A-Za-z0-9_-]{16,128}", "公众号的开发者密码（AppSecret）"),
        api_url=reader.optional("WECHAT_API_URL", _url("http", "https")) or "https://api.weixin.qq.com",
        may_push=reader.optional("WECHAT_MAY_PUSH", _yes_or_no) or False,
        has_agents=reader.optional("WECHAT_HAS_AGENTS", _yes_or_no) or False,
    )
    return Settings(
        profile=profile,
        host=reader.optional("YIBAO_HOST", _host) or "127.0.0.1",
        port=reader.optional("YIBAO_PORT", _port) or 8000,
        public_url=reader.optional("YIBAO_PUBLIC_URL", _url("http", "https")),
        var=reader.optional("YIBAO_VAR", _path) or Path("var"),
        content=reader.optional("YIBAO_CONTENT", _path),
        last_resort_number=_last_resort_number(reader),
        memo_size=_number(reader, "YIBAO_MEMO_SIZE", 5_000),
        person_limit=_number(reader, "YIBAO_PERSON_LIMIT", 30),
        retention_days=reader.optional("YIBAO_RETENTION_DAYS", _days) or 90,
        redis_url=reader.optional("REDIS_URL", _url("redis", "rediss", "unix")),
        database_url=reader.optional("DATABASE_URL", _url("sqlite", "postgresql")),
        sender_key=reader.secret("YIBAO_SENDER_KEY", r"\S{32,}", "给用户编号加密用的密钥，至少 32 个随机字符"),
        api_keys=tuple((reader.optional("YIBAO_API_KEYS", _api_keys(reader)) or "").split()),
        gate=Gate(
            right=_number(reader, "YIBAO_GATE_RIGHT", 93),
            worse=_number(reader, "YIBAO_GATE_WORSE", 0),
            invented=_number(reader, "YIBAO_GATE_INVENTED", 3),
        ),
        signing_key=reader.optional("YIBAO_SIGNING_KEY", _release_key),
        trusted_keys=tuple((reader.optional("YIBAO_TRUSTED_KEYS", _release_keys) or "").split()),
        wechat=account,
    )


_AES_KEY = r"[A-Za-z0-9+/]{43}"
_AES_KEY_EXPECTED = "公众号后台的“消息加解密密钥”（EncodingAESKey），正好 43 个英文字母或数字"
_MISSING = "正式环境必须设置"


class _Wrong(Exception):
    """What is expected instead; the reader adds the name."""


class _Reader:
    """Reads one variable after the other, by the rules of one profile."""

    def __init__(self, environ: Mapping[str, str], production: bool = False) -> None:
        self._environ = environ
        self.production = production

    def raw(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def is_present(self, name: str) -> bool:
        return name in self._environ

    def optional(self, name: str, convert: Callable[[str], T]) -> T | None:
        value = self.raw(name)
        if value is None:
            return None
        try:
            return convert(value)
        except _Wrong as error:
            raise SettingsError(name, f"应为{error}") from None

    def choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        return self.optional(name, _one_of(choices)) or default

    def secret(self, name: str, pattern: str, expected: str) -> str:
        value = self.optional(name, _secret_check(self, pattern, expected))
        if value is None and self.production:
            raise SettingsError(name, f"{_MISSING}，应为{expected}")
        return value or DEVELOPMENT_SECRETS[name]


def _one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    def convert(value: str) -> Choice:
        try:
            return choices(value)
        except ValueError:
            raise _Wrong(" 或 ".join(str(choice.value) for choice in choices)) from None

    return convert


def _secret_check(reader: _Reader, pattern: str, expected: str) -> Callable[[str], str]:
    def convert(value: str) -> str:
        if reader.production and _is_placeholder(value):
            raise _Wrong(f"{expected}；现在的值是公开的示例，正式环境不能用")
        if not re.fullmatch(pattern, value, re.ASCII):
            raise _Wrong(expected)
        return value

    return convert


def _is_placeholder(value: str) -> bool:
    return (
        value in DEVELOPMENT_SECRETS.values()
        or value.casefold() in _PUBLIC_SAMPLES
        or len(set(value)) <= 2
        or _PLACEHOLDER.search(value) is not None
    )


def _aes_key(reader: _Reader, encryption: Encryption) -> str | None:
    name = "WECHAT_ENCODING_AES_KEY"
    if encryption is Encryption.SAFE or not reader.production:
        return reader.secret(name, _AES_KEY, _AES_KEY_EXPECTED)
    return reader.optional(name, _secret_check(reader, _AES_KEY, _AES_KEY_EXPECTED))


def _api_keys(reader: _Reader) -> Callable[[str], str]:
    expected = "调用 /api/ask 的密钥，每个至少 32 个英文字母、数字或 - _，几个之间用空格隔开"

    def convert(value: str) -> str:
        for key in value.split():
            _secret_check(reader, r"[A-Za-z0-9_-]{32,}", expected)(key)
        return value

    return convert


def _release_key(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise _Wrong("64 个十六进制字符，用 yibao release key 生成")
    return value


def _release_keys(value: str) -> str:
    for key in value.split():
        _release_key(key)
    return value


def _last_resort_number(reader: _Reader) -> str | None:
    name = "YIBAO_LAST_RESORT_NUMBER"
    if not reader.is_present(name):
        return "12393"
    return reader.optional(name, _phone_number)


def _number(reader: _Reader, name: str, default: int) -> int:
    number = reader.optional(name, _count)
    return default if number is None else number


def _count(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise _Wrong(" 0 到 999999 之间的整数，0 表示没有")
    return int(value)


def _days(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) < 1:
        raise _Wrong(" 1 到 9999 之间的整数，单位是天")
    return int(value)


def _phone_number(value: str) -> str:
    if not re.fullmatch(r"[0-9]([0-9-]{1,18})[0-9]", value):
        raise _Wrong("电话号码（数字和连字符），留空表示不提供")
    return value


def _yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise _Wrong(" yes 或 no")
    return value == "yes"


def _host(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]{1,253}", value):
        raise _Wrong("监听的地址，例如 127.0.0.1 或 0.0.0.0")
    return value


def _port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        raise _Wrong(" 1 到 65535 之间的整数")
    return int(value)


def _path(value: str) -> Path:
    if "\0" in value:
        raise _Wrong("文件夹的路径")
    return Path(value)


def _url(*schemes: str) -> Callable[[str], str]:
    """A scheme may name a driver after ``+``, as SQLAlchemy writes it."""

    def convert(value: str) -> str:
        expected = _Wrong("以 " + " 或 ".join(f"{scheme}://" for scheme in schemes) + " 开头的地址")
        try:
            parts = urlsplit(value)
        except ValueError:
            raise expected from None
        if "://" not in value or parts.scheme.partition("+")[0] not in schemes or not value.isprintable():
            raise expected
        if parts.scheme in {"http", "https"} and not parts.hostname:
            raise expected
        return value.rstrip("/") if parts.scheme in {"http", "https"} else value

    return convert
