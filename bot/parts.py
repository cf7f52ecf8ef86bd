"""Cuts worded answers into what WeChat takes: parts of at most 2,048 bytes, taps included, the essential in the first.

Limits: 2,048 bytes a message, 600 bytes of taps (wechat-protocol); 350 characters and 12 lines (answer-style).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.message import Option
from bot.wording import Worded

MOST_BYTES = 2048
MOST_TAP_BYTES = 600
MOST_CHARACTERS = 350
MOST_LINES = 12

_TAP = re.compile(r'<a href="(?:weixin://bizmsgmenu\?|https?://)[^"]*">(.*?)</a>', re.S)


@dataclass(frozen=True)
class Sentences:
    """The words that cutting adds: ``options`` with a place for the options, ``more`` as a tap."""

    options: str
    options_list: str
    """The same for a question back, where each option has a line of its own."""
    more: str


def cut(worded: Worded, options: tuple[Option, ...], sentences: Sentences) -> tuple[str, ...]:
    """Gives the parts. Phone, source and options stand in the first; 更多 leads to the next."""
    head, tail = list(worded.head), list(worded.tail)
    body = [piece for line in worded.body for piece in _pieces(line)]
    more = tap(sentences.more, sentences.more, 9)
    own_lines = not body and len(options) > 2
    continued = len(more.encode()) if body or worded.later else 0
    room_for_taps = MOST_TAP_BYTES - continued - tap_bytes(tail)
    option_line = _option_line(options, sentences, room_for_taps, own_lines=own_lines)
    room = _Room(
        MOST_CHARACTERS - _length([*head, *tail, *(option.label for option in options)]),
        MOST_LINES - len(head) - len(tail) - bool(options),
        MOST_BYTES - _bytes([*head, *tail, option_line, more]),
    )
    kept, rest = room.fill(body)
    rest += [piece for line in worded.later for piece in _pieces(line)]
    closing = [line for line in (*tail, option_line, more if rest else "") if line]
    parts = [_fit("\n".join([*head, *kept]), "\n".join(closing))]
    while rest:
        kept, rest = _Room(MOST_CHARACTERS, MOST_LINES, MOST_BYTES - _bytes([more])).fill(rest)
        parts.append(_fit("\n".join(kept), more if rest else ""))
    return tuple(parts)


def read(part: str) -> str:
    """Gives a part as the citizen reads it: taps and links as their label."""
    return _TAP.sub(r"\1", part)


HEADING = "："
"""Ends a line that says what the next is: the two are not parted."""


@dataclass
class _Room:
    characters: int
    lines: int
    bytes: int

    def fill(self, body: list[str]) -> tuple[list[str], list[str]]:
        """Takes lines while there is room, one at least if WeChat takes it; gives what was taken and the rest."""
        kept: list[str] = []
        for line in body:
            full = len(kept) >= self.lines or _length([*kept, line]) > self.characters
            if (kept and full) or _bytes([*kept, line]) > self.bytes:
                break
            kept.append(line)
        while len(kept) > 1 and kept[-1].endswith(HEADING):
            kept.pop()
        return kept, body[len(kept) :]


def _pieces(line: str) -> list[str]:
    """A line that is longer than a part is shown in pieces."""
    return [line[start : start + MOST_CHARACTERS] for start in range(0, len(line), MOST_CHARACTERS)] or [line]


def _length(lines: list[str]) -> int:
    return sum(len(read(line)) for line in lines)


def _bytes(lines: list[str]) -> int:
    """With a line break after each."""
    return sum(len(line.encode()) + 1 for line in lines)


def _option_line(options: tuple[Option, ...], sentences: Sentences, room: int, *, own_lines: bool) -> str:
    """The options as taps while ``room`` bytes last, then as text: the number can always be typed."""
    if not options:
        return ""
    taps: list[str] = []
    for number, option in enumerate(options, 1):
        label = f"{number} {option.label}"
        tapped = tap(label, option.send, number)
        room -= len(tapped.encode())
        taps.append(tapped if room >= 0 else label)
    if own_lines:
        return sentences.options_list.format(options="\n".join(taps))
    return sentences.options.format(options="　".join(taps))


def tap_bytes(lines: Iterable[str]) -> int:
    """How much of ``MOST_TAP_BYTES`` the taps in these lines take; links do not count."""
    return sum(len(found[0].encode()) for line in lines for found in _TAP.finditer(line) if "bizmsgmenu" in found[0])


def room_beside(options: tuple[Option, ...], sentences: Sentences) -> int:
    """Bytes of taps that are left when every option is one, and 更多 as well."""
    taps = [tap(f"{number} {option.label}", option.send, number) for number, option in enumerate(options, 1)]
    return MOST_TAP_BYTES - tap_bytes([*taps, tap(sentences.more, sentences.more, 9)])


def tap(label: str, send: str, number: int) -> str:
    """What a tap on ``label`` sends is ``send``; neither may hold what WeChat decodes: % + & and quotes."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={send}&msgmenuid={number}">{label}</a>'


def _fit(text: str, closing: str) -> str:
    """Joins both; cuts ``text`` at a character where the whole would be too long for WeChat."""
    room = MOST_BYTES - len(closing.encode()) - 1
    encoded = text.encode()
    if len(encoded) > room:
        text = encoded[:room].decode(errors="ignore")
    return f"{text}\n{closing}" if closing else text
