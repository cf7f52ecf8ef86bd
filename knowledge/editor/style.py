"""How the content is written: short, no hedging, no exclamation marks (the style of an answer)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.editor.findings import Finding, warning
from knowledge.editor.literals import QUOTE, Terms, find_literals
from knowledge.editor.sources import normalise
from knowledge.editor.statements import Kind, Statement, blocks, pages, statements
from knowledge.store import Knowledge

MOST_STEPS = 5
LONGEST_TEXT = 60

HEDGES = re.compile("一般|大概|应该")
EXCLAMATION = re.compile("[!！]")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]")


def check_style(knowledge: Knowledge) -> Iterator[Finding]:
    """Warnings about wording and length."""
    terms = Terms(term.text for term in knowledge.terms)
    for page in pages(knowledge):
        file = page.file
        for statement in statements(page):
            yield from _wording(file, statement, terms)
            if statement.kind is not Kind.TAP and len(statement.text) > LONGEST_TEXT:
                cause = f"有{len(statement.text)}个字，超过{LONGEST_TEXT}个：{statement.text[:20]}…"
                yield warning(file, statement.field, cause, "拆成两条，或删掉不影响办事的字")
        for field, block in blocks(page):
            if block.ordered and len(block.facts) > MOST_STEPS:
                cause = f"有{len(block.facts)}步，最多{MOST_STEPS}步"
                yield warning(file, f"{field}.facts", cause, "合并步骤，或把次要的放到 detail 的块里")


def _wording(file: str, statement: Statement, terms: Terms) -> Iterator[Finding]:
    ours = _without_literals(statement.text, terms)
    for pattern, what, remedy in (
        (HEDGES, "含糊的话", "有准数写准数；原件没写就放 left_open"),
        (EXCLAMATION, "感叹号", "改成句号"),
        (EMOJI, "表情符号", "删掉"),
    ):
        for found in dict.fromkeys(pattern.findall(ours)):
            yield warning(file, statement.field, f"有{what}“{found}”：{statement.text[:30]}", remedy)


def _without_literals(text: str, terms: Terms) -> str:
    """Our own words: what the source says in 《》, 【】, “” or a term is not ours to mend."""
    plain = normalise(text)
    names = [literal.text for literal in find_literals(text, terms) if literal.kind == QUOTE]
    for name in [*names, *terms.find(plain)]:
        plain = plain.replace(name, "")
    return plain
