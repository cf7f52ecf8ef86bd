"""What the check found, told to an editor in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """An error keeps a change from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``file`` is relative to the content folder, ``field`` a dotted path in it (lists count from 0)."""

    severity: Severity
    file: str
    field: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        name = "错误" if self.severity is Severity.ERROR else "提醒"
        return f"{name}：{self.file}：{self.field}：{self.cause}。怎么改：{self.remedy}"


def error(file: str, field: str, cause: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, file, field, cause, remedy)


def warning(file: str, field: str, cause: str, remedy: str) -> Finding:
    return Finding(Severity.WARNING, file, field, cause, remedy)
