"""Turns an ``Answer`` into lines of text: subject and direct answer, warning, facts, phone, source, options.

The form is that of answer-style.md; every sentence comes from ``phrases.yml`` or from the content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.phrases import Phrases
from bot.time_wording import TimeWording
from knowledge.conversation import Answer, Contact, Section, Statement
from knowledge.regions import Regions
from knowledge.schema import Aspect, Limit

CONTACT_ANSWERS = "contact"

NAMED = frozenset({Aspect.OVERVIEW, Aspect.ELIGIBILITY, Aspect.MATERIALS, Aspect.TIME_LIMIT, Aspect.FEE})
"""Aspects whose direct answer does not say by itself what it is about: the topic is named before it."""


@dataclass(frozen=True)
class Worded:
    """An answer in lines. ``head`` stands alone; ``tail`` (phone, source) goes with the first part, whatever is cut;
    ``later`` is one tap away, however much room there is."""

    head: tuple[str, ...]
    body: tuple[str, ...]
    tail: tuple[str, ...]
    later: tuple[str, ...] = ()


class Wording:
    """Words answers. ``regions`` gives the names; ``public_url`` is where citizens reach the pages of guides, None:
    nowhere."""

    def __init__(self, phrases: Phrases, regions: Regions, public_url: str | None = None) -> None:
        self._say = phrases
        self._regions = regions
        self._public_url = public_url
        self._times = TimeWording(phrases)

    def word(self, answer: Answer) -> Worded:
        if answer.phrase is not None:
            head = [*self._phrase(answer), *(self._times.word(notice) for notice in answer.times)]
            body: list[str] = []
        else:
            head = [self._first_line(answer)]
            if answer.warning:
                head.append(f"【{answer.warning[0]}】{answer.warning[1]}")
            head += [self._times.word(notice) for notice in answer.times]
            head += [self._say(f"notices.{n.key}", **n.values) for n in answer.notices]
            body = [line for i, s in enumerate(answer.sections) if not s.closing for line in self._section(s, i)]
        later = [line for s in answer.sections if s.closing for line in self._section(s, len(answer.sections))]
        return Worded(tuple(line for line in head if line), tuple(body), tuple(self._tail(answer)), tuple(later))

    def guide_url(self, topic: str, region: str | None) -> str | None:
        """The citizens' page of a topic; None where they reach none."""
        query = f"?region={region}" if region else ""
        return f"{self._public_url}/guide/{topic}{query}" if self._public_url else None

    def _phrase(self, answer: Answer) -> list[str]:
        phrase = answer.phrase
        if phrase is None:
            return []
        if phrase.key == "asked":
            return [phrase.values["text"]]
        for key in (phrase.key, f"{answer.status}.{phrase.key}"):
            if self._say.find(key):
                return self._say(key, **phrase.values).split("\n")
        raise KeyError(phrase.key)

    def _first_line(self, answer: Answer) -> str:
        """参保地 + matter + the direct answer; style rule 1."""
        first = answer.sections[0] if answer.sections else None
        if answer.topic == CONTACT_ANSWERS:
            return f"{self._regions.by_code[answer.region].name}：" if answer.region else ""
        subject = self._subject(answer)
        limits = self._limits(first) if first and not first.lead else None
        lead = f"{limits}。" if limits else first.lead if first else None
        if first and lead:
            named = answer.topic_name if first.aspect in NAMED or not subject else ""
            return "，".join(part for part in (subject, named) if part) + f"：{lead}"
        title = (first.title or self._say(f"aspects.{first.aspect.value}")) if first else ""
        matter = f"{answer.topic_name}，{title}" if title and first and not first.title else answer.topic_name
        return f"{subject}，{matter}：" if subject else f"{matter}："

    def _subject(self, answer: Answer) -> str:
        insured = ""
        if answer.region:
            name = self._regions.by_code[answer.region].short
            key = "answer.insured_other" if answer.person else "answer.insured"
            insured = self._say(key, region=name, person=answer.person or "")
        care = ""
        if answer.topic and answer.topic.startswith("remote_care"):
            if answer.care and answer.care != answer.region:
                care = self._say("answer.care", care=self._regions.by_code[answer.care].short)
            elif answer.scope:
                care = self._say.find(f"answer.scope.{answer.scope.value}") or ""
        return "，".join(part for part in (insured, care) if part)

    def _section(self, section: Section, position: int) -> Iterator[str]:
        if section.notice:
            yield self._say(f"notices.{section.notice.key}", **section.notice.values)
        limits = self._limits(section)
        if limits and not position and not section.lead:
            return
        lead = section.lead if position and (section.asked or not section.lines) and not limits else None
        if lead:
            yield lead
        label = self._say.find(f"aspects.{section.aspect.value}") or ""
        single = self._in_one_line(section)
        office = section.aspect.value in ("place", "hours", "phone", "supervision_phone")
        if office:
            phone = section.aspect is Aspect.PHONE
            label = (section.title if phone else f"{section.title} {label}") if section.title else label
        title = (
            label
            if office
            else section.title or (label if position and not lead and (limits or not section.notice) else "")
        )
        if title and single:
            yield f"{title.rstrip('：')}：{single}"
            return
        if title and section.lines and (position or section.title or office):
            yield f"{title.rstrip('：')}："
        if single and section.lines[0].limit:
            yield single
            return
        for number, line in enumerate(section.lines, 1):
            marker = f"{number}. " if section.ordered else ""
            yield f"{marker}{self._statement(line)}"

    def _in_one_line(self, section: Section) -> str | None:
        """Limits, and a single short fact, stand in one line."""
        if limits := self._limits(section):
            return limits
        return self._statement(section.lines[0]) if len(section.lines) == 1 and not section.ordered else None

    def _limits(self, section: Section) -> str | None:
        """The limits of a section that holds nothing else."""
        if not section.lines or not all(line.limit for line in section.lines):
            return None
        return "；".join(self._statement(line) for line in section.lines)

    def _statement(self, line: Statement) -> str:
        text = line.text if line.text is not None else word_limit(line.limit, self._say) if line.limit else ""
        return text + (self._say("answer.doubt", doubt=line.doubt) if line.doubt else "")

    def _tail(self, answer: Answer) -> Iterator[str]:
        if answer.left_open:
            yield self._say("answer.left_open", items="、".join(item.rstrip("。") for item in answer.left_open))
        if answer.contact:
            yield from self._contact(answer.contact)
        if (
            self._public_url
            and answer.sources
            and answer.topic
            and answer.topic_name
            and answer.topic != CONTACT_ANSWERS
        ):
            label = self._say("answer.full_guide")
            yield f'<a href="{self.guide_url(answer.topic, answer.region)}">{label}</a>'
        if answer.sources:
            shown = [f"{c.short}{self._edition(c.edition)}" for c in answer.sources]
            line = self._say("answer.sources", sources="、".join(dict.fromkeys(shown)))
            yield f"{line}。{self._say('answer.disclaimer')}" if answer.disclaim else line

    def _contact(self, contact: Contact) -> Iterator[str]:
        note = self._say("answer.note", note=contact.note) if contact.note else ""
        yield self._say(f"answer.phone.{contact.purpose}", label=contact.label) + note
        yield contact.number + (self._say("answer.doubt", doubt=contact.doubt) if contact.doubt else "")
        if contact.above:
            yield self._say("notices.next_level", label=contact.above[0], number=contact.above[1])

    def _edition(self, edition: str | None) -> str:
        return self._say("answer.edition", edition=edition) if edition else self._say("answer.undated")


def word_limit(limit: Limit, say: Phrases) -> str:
    """A time limit in one line: 窗口：承诺…，法定…"""
    channel = say("answer.channel", channel=limit.channel) if limit.channel else ""
    return f"{channel}{say(f'limits.{limit.kind.value}')}{limit.qualifier or ''}{limit.wording}"
