"""Settings: defaults of the two profiles, and every refusal names its variable."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from dotenv import dotenv_values

from webhook.settings import (
    DEVELOPMENT_SECRETS,
    SETTING_NAMES,
    Encryption,
    Profile,
    SettingsError,
    environment,
    load_settings,
)

EXAMPLE = Path(__file__).parents[3] / ".env.example"

PRODUCTION = {
    "YIBAO_PROFILE": "production",
    "WECHAT_TOKEN": "Zq7Lw2Hn5Kt9",
    "WECHAT_ENCODING_AES_KEY": "q3ZrT8vWbX1nKc5LmYd7HsJf2PgQa9RuEi4OoVt6BwN",
    "WECHAT_APP_ID": "wx7f3a9c2e5b8d1046",
    "WECHAT_APP_SECRET": "4c9e1f7a2b8d6035e1c7a9f3b5d80246",
    "YIBAO_SENDER_KEY": "b7c1e9a4f2d8360591ce7ab3d4f60f82",
}


def example() -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(EXAMPLE, interpolate=False).items()}


def test_development_has_a_default_for_everything() -> None:
    settings = load_settings({})
    assert settings.profile is Profile.DEVELOPMENT
    assert not settings.is_production
    assert (settings.host, settings.port, settings.var) == ("127.0.0.1", 8000, Path("var"))
    assert settings.redis_url is None
    assert settings.database_url is None
    assert settings.last_resort_number == "12393"
    assert settings.wechat.encryption is Encryption.SAFE
    assert settings.wechat.token == DEVELOPMENT_SECRETS["WECHAT_TOKEN"]


def test_settings_are_frozen_and_hide_secrets() -> None:
    settings = load_settings(PRODUCTION | {"REDIS_URL": "redis://:geheim77@db/0"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    shown = repr(settings)
    for name in DEVELOPMENT_SECRETS:
        if name != "WECHAT_APP_ID":
            assert PRODUCTION[name] not in shown
    assert "geheim77" not in shown


def test_production_with_everything_set() -> None:
    settings = load_settings(PRODUCTION)
    assert settings.is_production
    assert settings.wechat.encoding_aes_key == PRODUCTION["WECHAT_ENCODING_AES_KEY"]


@pytest.mark.parametrize("name", sorted(DEVELOPMENT_SECRETS))
@pytest.mark.parametrize("value", [None, "", "   "])
def test_production_has_no_default_for_secrets(name: str, value: str | None) -> None:
    environ = {key: text for key, text in PRODUCTION.items() if key != name}
    if value is not None:
        environ[name] = value
    with pytest.raises(SettingsError, match="正式环境必须设置") as caught:
        load_settings(environ)
    assert caught.value.name == name
    assert str(caught.value).startswith(name)


def test_production_in_plain_mode_needs_no_aes_key() -> None:
    environ = PRODUCTION | {"WECHAT_ENCRYPTION": "plain", "WECHAT_ENCODING_AES_KEY": ""}
    assert load_settings(environ).wechat.encoding_aes_key is None


@pytest.mark.parametrize("name", sorted(DEVELOPMENT_SECRETS))
@pytest.mark.parametrize(
    "value",
    ["changeme", "CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME_123", "your-secret-goes-here-and-is-long-enough", "A" * 43],
)
def test_production_refuses_placeholders(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(PRODUCTION | {name: value})
    assert caught.value.name == name
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", sorted(DEVELOPMENT_SECRETS))
def test_production_refuses_the_development_defaults(name: str) -> None:
    with pytest.raises(SettingsError, match="示例") as caught:
        load_settings(PRODUCTION | {name: DEVELOPMENT_SECRETS[name]})
    assert caught.value.name == name


def test_production_refuses_wechats_sample_key() -> None:
    sample = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    for name in ("WECHAT_ENCODING_AES_KEY", "WECHAT_PREVIOUS_ENCODING_AES_KEY"):
        with pytest.raises(SettingsError) as caught:
            load_settings(PRODUCTION | {name: sample})
        assert caught.value.name == name


@pytest.mark.parametrize("base", [{}, PRODUCTION], ids=["development", "production"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YIBAO_PROFILE", "staging"),
        ("YIBAO_HOST", "http://here"),
        ("YIBAO_PORT", "0"),
        ("YIBAO_PORT", "65536"),
        ("YIBAO_PORT", "８０００"),
        ("YIBAO_PORT", "8000.0"),
        ("YIBAO_VAR", "a\0b"),
        ("YIBAO_CONTENT", "a\0b"),
        ("YIBAO_SENDER_KEY", "short"),
        ("YIBAO_LAST_RESORT_NUMBER", "call us"),
        ("YIBAO_MEMO_SIZE", "-1"),
        ("YIBAO_MEMO_SIZE", "many"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("WECHAT_TOKEN", "ab"),
        ("WECHAT_TOKEN", "with-dash"),
        ("WECHAT_TOKEN", "令牌令牌"),
        ("WECHAT_ENCRYPTION", "aes"),
        ("WECHAT_ENCODING_AES_KEY", PRODUCTION["WECHAT_ENCODING_AES_KEY"][:42]),
        ("WECHAT_ENCODING_AES_KEY", PRODUCTION["WECHAT_ENCODING_AES_KEY"] + "="),
        ("WECHAT_PREVIOUS_ENCODING_AES_KEY", "too short"),
        ("WECHAT_APP_ID", "wx"),
        ("WECHAT_APP_SECRET", "short"),
        ("WECHAT_API_URL", "ftp://api"),
        ("WECHAT_API_URL", "https://"),
        ("WECHAT_API_URL", "https://[half"),
    ],
)
def test_a_wrong_value_is_refused_by_name(base: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match="应为") as caught:
        load_settings(base | {name: value})
    assert caught.value.name == name


def test_values_are_read() -> None:
    settings = load_settings(
        {
            "YIBAO_HOST": " 0.0.0.0 ",
            "YIBAO_PORT": "9000",
            "YIBAO_CONTENT": "/srv/content",
            "YIBAO_LAST_RESORT_NUMBER": "",
            "YIBAO_MEMO_SIZE": "0",
            "REDIS_URL": "unix:///run/redis.sock",
            "DATABASE_URL": "postgresql+psycopg2://a:b@c/d",
            "WECHAT_ENCRYPTION": "plain",
            "WECHAT_API_URL": "http://127.0.0.1:9999/",
        }
    )
    assert (settings.host, settings.port, settings.content) == ("0.0.0.0", 9000, Path("/srv/content"))  # noqa: S104
    assert settings.last_resort_number is None
    assert settings.memo_size == 0
    assert settings.redis_url == "unix:///run/redis.sock"
    assert settings.database_url == "postgresql+psycopg2://a:b@c/d"
    assert settings.wechat.encryption is Encryption.PLAIN
    assert settings.wechat.api_url == "http://127.0.0.1:9999"


def test_the_example_lists_exactly_the_names() -> None:
    assert sorted(example()) == sorted(SETTING_NAMES)


def test_the_example_is_the_development_default() -> None:
    assert load_settings(example()) == load_settings({})


def test_the_example_is_refused_in_production() -> None:
    with pytest.raises(SettingsError):
        load_settings(example() | {"YIBAO_PROFILE": "production"})


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("YIBAO_HOST=from-file\nYIBAO_VAR=a$b\nWECHAT_TOKEN\n", encoding="utf-8")
    monkeypatch.setenv("YIBAO_HOST", "from-process")
    monkeypatch.delenv("WECHAT_TOKEN", raising=False)
    found = environment(file)
    assert found["YIBAO_HOST"] == "from-process"
    assert found["YIBAO_VAR"] == "a$b"
    assert "WECHAT_TOKEN" not in found


def test_no_file_is_fine_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert "PATH" in environment(tmp_path / "absent")
    broken = tmp_path / ".env"
    broken.write_bytes("YIBAO_VAR=变".encode("gbk"))
    with pytest.raises(SettingsError, match="UTF-8"):
        environment(broken)
