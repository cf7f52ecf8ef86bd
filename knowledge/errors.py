"""Everything that can go wrong with the knowledge base.

KnowledgeError
├── ContentError      a content file is wrong: says file, field, cause and remedy
├── ContentErrors     all the mistakes that one load of the content found
└── SourcesError      the folder of source documents cannot be read
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class KnowledgeError(Exception):
    """Base of all errors of this package; translated once, at the door."""


@dataclass
class ContentError(KnowledgeError):
    """A mistake in a content file, told so that an editor can mend it (in Chinese).

    ``file`` is relative to the content folder, ``field`` is a dotted path in the file.
    """

    file: str
    field: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}：{self.field}：{self.cause}。怎么改：{self.remedy}"


class ContentErrors(KnowledgeError):
    """Several mistakes, so that an editor sees them all at once; ``errors`` holds at least one."""

    def __init__(self, errors: Iterable[ContentError]) -> None:
        self.errors: list[ContentError] = list(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return f"内容有{len(self.errors)}处错误：\n" + "\n".join(str(error) for error in self.errors)


@dataclass
class SourcesError(KnowledgeError):
    """The folder of source documents, or a heading expression in sources.yml, is unusable (in Chinese)."""

    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.cause}。怎么改：{self.remedy}"
