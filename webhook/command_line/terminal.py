"""What every command shares: where the project is, which settings hold, and how errors are told."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.accounts import AccountError
from knowledge.editor.release import Release, Releases
from knowledge.errors import KnowledgeError
from webhook.publishing.folders import Folders
from webhook.settings import Settings, SettingsError, environment, load_settings
from webhook.wechat.api import WeChatApiError

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: config.yml, domain.yml and the content stand here."""

EXAM = PROJECT / "tests" / "dialogue" / "exam"
"""Where the project's own exam stands."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Tells what failed on standard error, without a traceback, and exits with 1."""
    try:
        yield
    except (AccountError, KnowledgeError, SettingsError, WeChatApiError) as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
    except OSError as error:
        # A folder that may not be written, a full disk: the operator's to mend.
        typer.echo(f"{error.filename or '系统'}：{error.strerror or error}", err=True)
        raise SystemExit(1) from None


def load() -> Settings:
    """Reads the settings once a command."""
    return load_settings(environment(Path.cwd() / ".env"))


def content_folder(settings: Settings) -> Path:
    """The editors' own folder (``YIBAO_CONTENT``) or the project's."""
    return settings.content / "content" if settings.content else PROJECT / "knowledge" / "content"


def data_folder(settings: Settings) -> Path:
    return settings.content / "data" if settings.content else PROJECT / "nlu" / "data"


def folders(settings: Settings) -> Folders:
    """Where a release is made from and kept. The editors' own exam, where they have a folder; else the project's."""
    exam = settings.content / "exam" if settings.content else EXAM
    return Folders(
        project=PROJECT,
        content=content_folder(settings),
        data=data_folder(settings),
        exam=exam if any(exam.glob("*.jsonl")) else None,
        history=settings.content or PROJECT,
        var=settings.var,
    )


def live_release(settings: Settings) -> Release:
    return Releases(settings.var).live()


def quiet_libraries() -> None:
    """Keeps the warnings and progress of Rasa and TensorFlow off the terminal; ours go through logging."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    # Rasa's web server shows deprecation warnings again when it is imported.
    importlib.import_module("sanic.app")
    # Libraries add filters of their own when they are imported; nothing that a filter lets through is shown.
    warnings.showwarning = lambda *_, **__: None


@contextmanager
def standard_output_reserved() -> Iterator[int]:
    """Gives a file descriptor of the real standard output; whatever libraries print goes to standard error."""
    sys.stdout.flush()
    reserved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield reserved
    finally:
        sys.stdout.flush()
        os.dup2(reserved, 1)
        os.close(reserved)
