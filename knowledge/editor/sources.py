"""The documents that facts come from, as text to compare with.

Everything is compared after NFKC (full-width digits and brackets become half-width) and without white space: the
documents come out of PDF and Word files, where lines and words are broken anywhere.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.errors import SourcesError
from knowledge.schema import Source

BETWEEN_SECTIONS = "\n"
"""Joins sections of the same heading, so that nothing is found across them."""

SOURCES = "sources"
"""Of the editors' folder."""

DEFAULT_FOLDER = Path("..") / "shared" / "sources"

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_SUBHEADING = re.compile(r"^[(（][一二三四五六七八九十]+[)）]")
_NUMBER_ALONE = re.compile(r"^(?:[(]?[一二三四五六七八九十\d]+[).、]?)?$")


def normalise(text: str) -> str:
    """NFKC, no white space."""
    return _SPACE.sub("", _half_width(text))


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@dataclass(frozen=True)
class Passage:
    """Part of a document, normalised. ``gaps``: offsets in ``text`` before which white space was taken out;
    ``line_ends``: offsets in ``text`` before which a line of the document ended."""

    text: str
    gaps: frozenset[int] = field(default=frozenset(), repr=False)
    line_ends: frozenset[int] = field(default=frozenset(), repr=False)

    def __contains__(self, literal: str) -> bool:
        return normalise(literal) in self.text

    def places(self, literal: str) -> list[int]:
        """Offsets at which the normalised ``literal`` stands."""
        wanted = normalise(literal)
        return [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", self.text)] if wanted else []


@dataclass(frozen=True)
class Section:
    """``line``: the heading's line, normalised. ``mark``: what the expression in sources.yml matched of it, normalised.
    ``parts``: the lines of the section, heading first. ``level``: 1 or 2."""

    line: str
    mark: str
    level: int
    parts: tuple[str, ...]
    passage: Passage


def find_folder(project: Path, given: Path | None = None, editors: Path | None = None) -> Path | None:
    """The folder of source documents: ``given``, or ``sources/`` in the folder of the editors, or the one beside the
    project, or None.

    Raises ``SourcesError`` when a folder was given that does not exist.
    """
    if given is not None:
        if not given.is_dir():
            raise SourcesError(f"没有文件夹“{given}”", "用 --sources 写出放原件的文件夹")
        return given
    usual = [*([editors / SOURCES] if editors else []), (project / DEFAULT_FOLDER).resolve()]
    return next((folder for folder in usual if folder.is_dir()), None)


class SourceDocuments:
    """The documents of ``sources.yml`` that lie in one folder.

    ``missing``: sources whose file is not there. Sources without a file (120, 12393) are neither held nor missing.
    """

    def __init__(self, folder: Path, sources: Mapping[str, Source]) -> None:
        self.missing: list[str] = []
        self._whole: dict[str, Passage] = {}
        self._as_section: dict[str, Section] = {}
        self._sections: dict[str, list[Section]] = {}
        self._found: dict[tuple[str, str], Passage | None] = {}
        for source in sources.values():
            if source.file is None:
                continue
            path = folder / source.file
            if not path.is_file():
                self.missing.append(source.id)
                continue
            lines = _read(path).splitlines()
            self._whole[source.id] = _passage(lines)
            self._as_section[source.id] = Section("", "", 1, tuple(lines), self._whole[source.id])
            if source.headings is not None:
                self._sections[source.id] = _split(lines, source)

    def __contains__(self, source_id: str) -> bool:
        return source_id in self._whole

    @property
    def held(self) -> list[str]:
        """Ids of the sources whose document is there."""
        return list(self._whole)

    def has_headings(self, source_id: str) -> bool:
        """Whether the document is split into sections."""
        return source_id in self._sections

    def whole(self, source_id: str) -> Passage:
        """The whole document. Raises KeyError when it is not held."""
        return self._whole[source_id]

    def sections(self, source_id: str) -> list[Section]:
        """All sections in their order, what stands before the first heading among them; the whole document as one where
        it has no headings. Raises KeyError when the document is not held."""
        whole = self._as_section[source_id]
        if source_id not in self._sections:
            return [whole]
        split = self._sections[source_id]
        before = whole.parts[: len(whole.parts) - sum(len(section.parts) for section in split)]
        return [Section("", "", 1, before, _passage(before)), *split]

    def section(self, source_id: str, clause: str | None) -> Passage | None:
        """The text under ``clause``, sub-headings included; several sections of the same heading together.

        The whole document when it has no headings (``clause`` must stand in it all the same) or ``clause`` is None.
        None when there is no such heading. Raises KeyError when the document is not held.
        """
        whole = self._whole[source_id]
        if clause is None:
            return whole
        if source_id not in self._sections:
            return whole if clause in whole else None
        key = (source_id, normalise(clause))
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def lines(self, source_id: str, clause: str | None) -> list[str]:
        """As ``section``, as the document has it, line by line; nothing where there is no such heading. Raises KeyError
        when the document is not held."""
        whole = list(self._as_section[source_id].parts)
        if clause is None or source_id not in self._sections:
            return whole
        return self._lines_under(source_id, normalise(clause))

    def nearest_heading(self, source_id: str, clause: str) -> str | None:
        """The heading that an editor probably meant."""
        headings: dict[str, str] = {}
        for section in self._sections.get(source_id, []):
            mark = section.mark.removesuffix(":")
            if not _NUMBER_ALONE.match(mark):
                headings[mark] = mark
            if mark != section.line:
                headings[section.line] = "".join(section.parts[0].split())
        wanted = normalise(clause)
        begun = [heading for heading in headings if heading and wanted.startswith(heading)]
        near = begun or difflib.get_close_matches(wanted, headings, n=1, cutoff=0.5)
        return headings[near[0]] if near else None

    def _find(self, source_id: str, clause: str) -> Passage | None:
        lines = self._lines_under(source_id, clause)
        return _passage(lines) if lines else None

    def _lines_under(self, source_id: str, clause: str) -> list[str]:
        sections = self._sections[source_id]
        lines: list[str] = []
        for index, section in enumerate(sections):
            if not _is_heading(clause, section):
                continue
            if lines:
                lines.append(BETWEEN_SECTIONS)
            lines.extend(section.parts)
            for inner in sections[index + 1 :]:
                if inner.level <= section.level:
                    break
                lines.extend(inner.parts)
        return lines


def _is_heading(clause: str, section: Section) -> bool:
    """A heading may run over several lines, or be followed by its text on the same line; a number is no heading."""
    if not section.passage.text.startswith(clause):
        return False
    named = clause in (section.mark, section.mark.removesuffix(":")) and not _NUMBER_ALONE.match(clause)
    return named or len(clause) >= len(section.line)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourcesError(f"原件“{path.name}”不是 UTF-8 编码", "用编辑器另存为 UTF-8") from error


def _split(lines: list[str], source: Source) -> list[Section]:
    heading = re.compile(source.headings or "")
    found = [(number, heading.search(line) or heading.search(_half_width(line))) for number, line in enumerate(lines)]
    starts = [(number, match.group()) for number, match in found if match is not None and match.group().strip()]
    if not starts:
        cause = f"sources.yml 里“{source.id}”的 headings 在原件里一个标题也没找到"
        raise SourcesError(cause, "改 headings，或删掉它（全文比对）")
    sections = []
    for (start, mark), end in zip(starts, [*(number for number, _ in starts[1:]), len(lines)], strict=True):
        parts = tuple(lines[start:end])
        level = 2 if _SUBHEADING.match(parts[0].strip()) else 1
        sections.append(Section(normalise(parts[0]), normalise(mark), level, parts, _passage(parts)))
    return sections


def _passage(lines: list[str] | tuple[str, ...]) -> Passage:
    text: list[str] = []
    gaps: set[int] = set()
    line_ends: set[int] = set()
    length = 0
    for line in lines:
        if line == BETWEEN_SECTIONS:
            text.append(BETWEEN_SECTIONS)
            length += 1
            continue
        for word in _SPACE.split(_half_width(line)):
            gaps.add(length)
            text.append(word)
            length += len(word)
        line_ends.add(length)
    return Passage("".join(text), frozenset(gaps), frozenset(line_ends))
