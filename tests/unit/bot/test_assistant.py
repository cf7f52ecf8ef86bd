"""What happens to one message, with a dialogue that answers what it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date

import pytest

from bot.adapters.memory_state import MemoryConversations
from bot.assistant import LONGEST, Assistant
from bot.conversations import Conversation, StoreLostError
from bot.dialogue import DialogueError, Heard
from bot.installation import Installation
from bot.journal import Entry, Owed
from bot.message import Excuse, Incoming, Kind
from bot.phrases import Phrases
from bot.state import State
from knowledge.conversation import (
    Answer,
    Asked,
    Cited,
    Contact,
    Memory,
    Notice,
    Option,
    Request,
    Section,
    Statement,
)
from knowledge.schema import Aspect, Correction
from knowledge.store import Knowledge
from tests.fakes import MemoryOnce
from tests.knowledge_builder import HOTLINE, SHAWAN, YUTIAN, build, guide, line, office, topic
from webhook.assembly import with_last_resort

PHRASES = Phrases.load()
WINDOW = "0993-6023208"

ANSWER = Answer(
    "answered",
    Memory(),
    topic="filing",
    topic_name="异地就医备案",
    answers=(Asked("filing", (Aspect.MATERIALS, Aspect.FEE)),),
    region=SHAWAN,
    care=YUTIAN,
    answer_region=SHAWAN,
    sections=(Section(Aspect.MATERIALS, (Statement("带身份证。"),), lead="带一样。"),),
    contact=Contact(WINDOW, "沙湾窗口", "consultation"),
    sources=(Cited("shawan_sheets", "沙湾市办事指南", "沙湾市指南", "备案", "2022版"),),
    options=(Option("多久", "备案多久", Request("filing", (Aspect.TIME_LIMIT,))),),
)
LONG = replace(
    ANSWER, sections=(Section(Aspect.MATERIALS, tuple(Statement(f"第{n}条。") for n in range(30)), lead="带三十样。"),)
)


class FakeDialogue:
    """Implements ``bot.dialogue.Dialogue``: gives ``answer``, or raises it; keeps what it was asked."""

    def __init__(self, answer: Answer | Exception = ANSWER) -> None:
        self.answer = answer
        self.heard: list[tuple[str, str, str | None]] = []

    def suggest(self, text: str) -> Sequence[tuple[str, float]]:
        return [("filing", 1.0)]

    def with_knowledge(self, knowledge: Knowledge) -> FakeDialogue:
        return self

    async def respond(self, memory: str, text: str, region: str | None) -> Heard:
        self.heard.append((memory, text, region))
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Heard(self.answer, "filing", 0.87654321, f'["{text}"]')


class LostConversations(MemoryConversations):
    """Redis may be gone."""

    lost = True

    async def load(self, sender: str) -> Conversation:
        if self.lost:
            raise StoreLostError
        return await super().load(sender)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return build(offices=[office(line(SHAWAN, WINDOW, label="沙湾窗口"))])


@pytest.fixture
def dialogue() -> FakeDialogue:
    return FakeDialogue()


@pytest.fixture
def conversations() -> MemoryConversations:
    return MemoryConversations()


Make = Callable[[Answer | Exception], Assistant]


@pytest.fixture
def assistant(dialogue: FakeDialogue, knowledge: Knowledge, conversations: MemoryConversations) -> Assistant:
    return Assistant(dialogue, knowledge, State(conversations, MemoryOnce(conversations)), PHRASES)


def text(message: str, **fields: object) -> Incoming:
    return Incoming("anna", message, **fields)  # type: ignore[arg-type]


class TestReply:
    async def test_everything_of_the_contract(self, assistant: Assistant) -> None:
        reply = await assistant.reply(text("备案要带什么"))
        assert reply.parts[0].startswith(
            "您在沙湾参保，异地就医备案：带一样。\n带身份证。\n咨询：沙湾窗口\n0993-6023208\n"
        )
        assert "<a href=" in reply.parts[0]
        assert reply.reply.endswith("回复 1 多久")
        assert "<a" not in reply.reply
        fields = asdict(reply)
        for field in ("reply", "parts", "facts", "near", "card", "closed"):
            fields.pop(field)
        assert fields == {
            "status": "answered",
            "options": ({"label": "多久", "send": "备案多久"},),
            "intent": "filing",
            "confidence": 0.8765,
            "topic": "filing",
            "topic_name": "异地就医备案",
            "aspect": "materials",
            "answers": ({"topic": "filing", "aspects": ["materials", "fee"]},),
            "region": {"code": SHAWAN, "name": "沙湾市"},
            "care_place": {"code": YUTIAN, "name": "于田县"},
            "answer_region": {"code": SHAWAN, "name": "沙湾市"},
            "sources": ({"id": "shawan_sheets", "title": "沙湾市办事指南", "clause": "备案", "edition": "2022版"},),
        }

    async def test_an_answer_without_anything(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = Answer("smalltalk", Memory(), phrase=Notice("smalltalk.thanks"))
        reply = await assistant.reply(text("谢谢"))
        assert (reply.reply, reply.status) == (PHRASES("smalltalk.thanks"), "smalltalk")
        assert (reply.topic, reply.region, reply.aspect, reply.answers, reply.sources) == (None, None, None, (), ())

    async def test_a_preset_region_by_code_or_name(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        for region in (SHAWAN, "沙湾", "沙湾市", None, "没有的地方"):
            await assistant.reply(text("备案", region=region))
        assert [region for _, _, region in dialogue.heard] == [SHAWAN, SHAWAN, SHAWAN, None, None]
        assert (assistant.knows_region("沙湾"), assistant.knows_region("没有的地方")) == (True, False)

    async def test_a_message_that_is_too_long_is_cut(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        await assistant.reply(text("备" * 10_000))
        assert len(dialogue.heard[0][1]) == LONGEST


class TestOnce:
    async def test_a_repeat_is_answered_once(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        first = await assistant.reply(text("备案", dedupe_key="1"))
        repeats = await asyncio.gather(*(assistant.reply(text("备案", dedupe_key="1")) for _ in range(5)))
        assert len(dialogue.heard) == 1
        assert [asdict(repeat) for repeat in repeats] == [asdict(first)] * 5

    async def test_repeats_at_the_same_time(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        replies = await asyncio.gather(*(assistant.reply(text("备案", dedupe_key="1")) for _ in range(5)))
        assert len(dialogue.heard) == 1
        assert len({reply.reply for reply in replies}) == 1

    async def test_another_message_is_answered_anew(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        for key in ("1", "2", None, None):
            await assistant.reply(text("备案", dedupe_key=key))
        assert len(dialogue.heard) == 4

    async def test_a_repeat_of_more_is_not_the_next_part(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        await assistant.reply(text("备案", dedupe_key="1"))
        replies = [await assistant.reply(text("更多", dedupe_key="2")) for _ in range(2)]
        assert replies[0] == replies[1]

    async def test_without_once_every_message_is_computed(self, dialogue: FakeDialogue, knowledge: Knowledge) -> None:
        assistant = Assistant(dialogue, knowledge, State(MemoryConversations()), PHRASES)
        for _ in range(2):
            await assistant.reply(text("备案", dedupe_key="1"))
        assert len(dialogue.heard) == 2


class TestMore:
    async def test_part_by_part_until_there_is_none(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        first = await assistant.reply(text("备案"))
        assert len(first.parts) > 2
        shown = [first.parts[0]]
        for _ in first.parts[1:]:
            reply = await assistant.reply(text(" 更多 "))
            assert len(reply.parts) == 1
            assert (reply.status, "<a" in reply.reply) == ("answered", False)
            shown += reply.parts
        assert tuple(shown) == first.parts
        assert [message for _, message, _ in dialogue.heard] == ["备案"]

    async def test_after_the_last_there_is_no_more(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        await assistant.reply(text("备案"))
        assert (await assistant.reply(text("更多"))).reply == PHRASES("answer.no_more")
        assert [message for _, message, _ in dialogue.heard] == ["备案"]

    async def test_a_new_question_drops_the_rest(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        await assistant.reply(text("备案"))
        dialogue.answer = ANSWER
        await assistant.reply(text("电话"))
        assert (await assistant.reply(text("更多"))).reply == PHRASES("answer.no_more")

    async def test_everybody_has_a_rest_of_their_own(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        await assistant.reply(text("备案"))
        assert (await assistant.reply(Incoming("berta", "更多"))).reply == PHRASES("answer.no_more")


class TestWhatBreaks:
    async def test_an_error_in_dialogue_gives_a_sentence_and_the_regions_number(
        self, assistant: Assistant, dialogue: FakeDialogue
    ) -> None:
        await assistant.reply(text("我是沙湾的"))
        for error in (DialogueError("none"), KeyError("topic"), RuntimeError("boom")):
            dialogue.answer = error
            reply = await assistant.reply(text("备案"))
            assert reply.status == "error"
            assert reply.reply == f"{PHRASES('error')}\n沙湾窗口 {WINDOW}"
            assert reply.parts == (reply.reply,)

    async def test_the_last_resort_for_somebody_unknown(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = RuntimeError("boom")
        assert (await assistant.reply(text("备案"))).reply.endswith(HOTLINE)

    async def test_no_number_at_all(self, dialogue: FakeDialogue, knowledge: Knowledge) -> None:
        dialogue.answer = RuntimeError("boom")
        assistant = Assistant(dialogue, with_last_resort(knowledge, None), State(MemoryConversations()), PHRASES)
        assert (await assistant.reply(text("备案"))).reply == PHRASES("error")

    async def test_an_answer_that_cannot_be_worded(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = Answer("answered", Memory(), phrase=Notice("no_such_phrase"))
        assert (await assistant.reply(text("备案"))).status == "error"

    async def test_what_a_lost_store_holds_is_not_written_over(
        self, dialogue: FakeDialogue, knowledge: Knowledge
    ) -> None:
        conversations = LostConversations()
        await conversations.save("anna", Conversation('["before"]'))
        for once in (None, MemoryOnce(conversations)):
            assistant = Assistant(dialogue, knowledge, State(conversations, once), PHRASES)
            reply = await assistant.reply(text("备案", dedupe_key="1"))
            assert (reply.status, dialogue.heard[-1][0]) == ("answered", "{}")
        conversations.lost = False
        assert await conversations.load("anna") == Conversation('["before"]')

    async def test_the_next_message_is_answered_again(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = RuntimeError("boom")
        await assistant.reply(text("备案"))
        dialogue.answer = ANSWER
        assert (await assistant.reply(text("备案"))).status == "answered"

    async def test_the_log_does_not_quote_the_citizen(
        self, assistant: Assistant, dialogue: FakeDialogue, caplog: pytest.LogCaptureFixture
    ) -> None:
        dialogue.answer = ValueError("我得了乙肝")
        with caplog.at_level(logging.DEBUG):
            await assistant.reply(text("我得了乙肝"))
        assert "ValueError" in caplog.text
        assert "乙肝" not in caplog.text


class TestPersonalNumbers:
    async def test_dialogue_never_sees_them(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        reply = await assistant.reply(text("身份证653226198001011234，手机13812345678，备案"))
        assert dialogue.heard[0][1] == "身份证653****1234，手机138****5678，备案"
        assert PHRASES("mask_warning") in reply.parts[0]
        assert "1234" not in reply.reply

    async def test_nor_the_half_of_one_where_the_message_is_cut(
        self, assistant: Assistant, dialogue: FakeDialogue
    ) -> None:
        await assistant.reply(text("备" * (LONGEST - 11) + "653226198001011234"))
        assert "65322619" not in dialogue.heard[0][1]

    async def test_no_warning_without_them(self, assistant: Assistant) -> None:
        reply = await assistant.reply(text("0993-6023208 是哪的"))
        assert PHRASES("mask_warning") not in reply.reply


class TestKinds:
    @pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.LINK, Kind.OTHER])
    async def test_what_cannot_be_read_gets_its_sentence(
        self, assistant: Assistant, dialogue: FakeDialogue, kind: Kind
    ) -> None:
        reply = await assistant.reply(Incoming("anna", "x", kind=kind))
        assert (reply.reply, reply.status) == (PHRASES(f"kinds.{kind.value}"), "smalltalk")
        assert dialogue.heard == []

    async def test_a_picture_leaves_the_rest_of_a_reply(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        first = await assistant.reply(text("备案"))
        await assistant.reply(Incoming("anna", kind=Kind.IMAGE))
        assert (await assistant.reply(text("更多"))).parts == first.parts[1:2]

    async def test_who_follows_is_greeted_and_shown_the_menu(
        self, assistant: Assistant, dialogue: FakeDialogue
    ) -> None:
        reply = await assistant.reply(Incoming("anna", kind=Kind.SUBSCRIBE))
        assert dialogue.heard[0][1] == "菜单"
        assert reply.parts[0].startswith(PHRASES("kinds.subscribe"))
        assert reply.reply.startswith(PHRASES("kinds.subscribe"))
        assert reply.options

    @pytest.mark.parametrize(("kind", "greeting"), [(Kind.SUBSCRIBE, PHRASES("kinds.subscribe")), (Kind.SCAN, "")])
    async def test_a_posters_code_says_where_somebody_is_insured(
        self, assistant: Assistant, dialogue: FakeDialogue, kind: Kind, greeting: str
    ) -> None:
        reply = await assistant.reply(Incoming("anna", kind=kind, region=SHAWAN))
        assert dialogue.heard[0][1] == "我在沙湾市参保"
        assert reply.reply.startswith(greeting)

    async def test_a_code_of_elsewhere_says_nothing(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        await assistant.reply(Incoming("anna", kind=Kind.SCAN, region="110000"))
        assert dialogue.heard[0][1] == "菜单"

    async def test_a_greeting_that_does_not_fit_is_left_out(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = replace(ANSWER, warning=("长", "字" * 640))
        reply = await assistant.reply(Incoming("anna", kind=Kind.SUBSCRIBE))
        assert not reply.reply.startswith(PHRASES("kinds.subscribe"))
        assert len(reply.parts[0].encode()) <= 2048


class TestLocation:
    ADDRESS = "新疆维吾尔自治区塔城地区沙湾市三道河子镇世纪大道1号"

    async def test_somebody_unknown_is_taken_to_be_insured_there(
        self, assistant: Assistant, dialogue: FakeDialogue
    ) -> None:
        reply = await assistant.reply(Incoming("anna", self.ADDRESS, Kind.LOCATION))
        assert dialogue.heard[0][1] == "我在沙湾市参保"
        assert reply.parts[0].startswith(PHRASES("kinds.location_taken", region="沙湾市"))

    async def test_who_is_insured_elsewhere_is_asked(
        self, assistant: Assistant, dialogue: FakeDialogue, conversations: MemoryConversations
    ) -> None:
        await conversations.save("anna", Conversation(region=YUTIAN))
        reply = await assistant.reply(Incoming("anna", self.ADDRESS, Kind.LOCATION))
        assert (dialogue.heard, reply.status) == ([], "clarify")
        assert [option.send for option in reply.options] == ["我在沙湾市参保"]
        assert "于田县" in reply.reply
        assert "msgmenucontent=我在沙湾市参保" in reply.parts[0]

    @pytest.mark.parametrize("address", ["", "北京市朝阳区", "新疆维吾尔自治区", "新疆维吾尔自治区石河子市东城街道"])
    async def test_a_place_that_says_nothing(self, assistant: Assistant, dialogue: FakeDialogue, address: str) -> None:
        reply = await assistant.reply(Incoming("anna", address, Kind.LOCATION))
        assert (dialogue.heard, reply.reply) == ([], PHRASES("kinds.location"))


class MemoryLate:
    """Implements ``bot.late.Late``."""

    def __init__(self) -> None:
        self.kept: dict[str, Incoming] = {}

    async def keep(self, message: Incoming) -> None:
        self.kept[message.sender] = message

    async def find(self, sender: str) -> Incoming | None:
        return self.kept.get(sender)


class TestLate:
    async def test_a_tap_brings_the_answer_of_before(self, dialogue: FakeDialogue, knowledge: Knowledge) -> None:
        late = MemoryLate()
        assistant = Assistant(dialogue, knowledge, State(MemoryConversations(), MemoryOnce(), late), PHRASES)
        asked = text("13812345678 备案", dedupe_key="1")
        expected = await assistant.reply(asked)
        said = await assistant.postpone(asked)
        assert late.kept["anna"].text == "138****5678 备案"
        (option,) = said.options
        assert f"msgmenucontent={option.send}" in said.parts[0]
        again = await assistant.reply(text(f" {option.send} ", dedupe_key="2"))
        assert asdict(again) == asdict(expected)
        assert len(dialogue.heard) == 1

    async def test_the_tap_of_somebody_who_waits_for_nothing_is_a_question(
        self, dialogue: FakeDialogue, knowledge: Knowledge
    ) -> None:
        assistant = Assistant(dialogue, knowledge, State(MemoryConversations(), MemoryOnce(), MemoryLate()), PHRASES)
        await assistant.reply(text(PHRASES("late.tap")))
        assert dialogue.heard[0][1] == PHRASES("late.tap")

    @pytest.mark.parametrize("excuse", list(Excuse))
    def test_an_excuse_names_the_number_to_call(self, assistant: Assistant, excuse: Excuse) -> None:
        reply = assistant.excuse(excuse)
        assert reply.reply.startswith(PHRASES(f"excuses.{excuse.value}"))
        assert reply.reply.endswith(HOTLINE)


class TestMemory:
    async def test_dialogue_is_given_what_it_remembered_of_this_person(
        self, assistant: Assistant, dialogue: FakeDialogue
    ) -> None:
        for message, key in (("备案", "1"), ("电话", None), ("地址", "2")):
            await assistant.reply(text(message, dedupe_key=key))
        await assistant.reply(Incoming("berta", "备案"))
        assert [memory for memory, _, _ in dialogue.heard] == ["{}", '["备案"]', '["电话"]', "{}"]

    async def test_more_leaves_it_as_it_was(self, assistant: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        for message in ("备案", "更多", "电话"):
            await assistant.reply(text(message))
        assert [memory for memory, _, _ in dialogue.heard] == ["{}", '["备案"]']


class FewLimits:
    """Implements ``bot.limits.Limits``: admits two messages of each person."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    async def admits(self, sender: str) -> bool:
        self.counted[sender] += 1
        return self.counted[sender] <= 2


class TestLimits:
    async def test_who_asks_too_much_is_told_so_and_nothing_is_changed(
        self, dialogue: FakeDialogue, knowledge: Knowledge, conversations: MemoryConversations
    ) -> None:
        limits = FewLimits()
        state = State(conversations, MemoryOnce(conversations), limits=limits)
        assistant = Assistant(dialogue, knowledge, state, PHRASES)
        for key in ("1", "1", "2", "2"):
            assert (await assistant.reply(text("备案", dedupe_key=key))).status == "answered"
        before = await conversations.load("anna")
        refused = [await assistant.reply(text("电话", dedupe_key="3")) for _ in range(2)]
        assert [reply.reply for reply in refused] == [assistant.excuse(Excuse.TOO_MANY).reply] * 2
        assert await conversations.load("anna") == before
        assert limits.counted["anna"] == 3
        assert (await assistant.reply(Incoming("berta", "备案"))).status == "answered"


class MemoryServed:
    """Implements ``bot.served.Served``."""

    def __init__(self) -> None:
        self.served: set[str] = set()

    async def begin(self, sender: str) -> None:
        self.served.add(sender)

    async def end(self, sender: str) -> None:
        self.served.discard(sender)

    async def is_served(self, sender: str) -> bool:
        return sender in self.served


class TestServed:
    async def test_the_bot_is_silent_while_a_person_serves(self, dialogue: FakeDialogue, knowledge: Knowledge) -> None:
        assistant = Assistant(dialogue, knowledge, State(MemoryConversations(), served=MemoryServed()), PHRASES)
        await assistant.hand_over("anna", begins=True)
        assert (await assistant.reply(text("备案"))).parts == ()
        assert (await assistant.reply(Incoming("berta", "备案"))).parts
        await assistant.hand_over("anna", begins=False)
        assert (await assistant.reply(text("备案"))).status == "answered"
        assert len(dialogue.heard) == 2


class MemoryJournal:
    """Implements ``bot.journal.Journal``."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.ratings: list[tuple[str, bool]] = []
        self.forgotten: list[str] = []
        self.corrected: list[tuple[str, str]] = []

    def note(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def rate(self, sender: str, code: str, useful: bool) -> bool:
        self.ratings.append((code, useful))
        return any(entry.code == code and entry.sender == sender for entry in self.entries)

    async def owed(self, sender: str, corrections: Sequence[Owed]) -> list[str]:
        facts = [fact for entry in self.entries if entry.sender == sender for fact in entry.facts or ()]
        return [each.id for each in corrections if each.wrong in facts and (sender, each.id) not in self.corrected]

    def told(self, sender: str, correction: str) -> None:
        self.corrected.append((sender, correction))

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def journaled(
    dialogue: FakeDialogue, knowledge: Knowledge, conversations: MemoryConversations, journal: MemoryJournal
) -> Assistant:
    state = State(conversations, MemoryOnce(conversations), journal=journal)
    return Assistant(dialogue, knowledge, state, PHRASES, Installation("r1", retention_days=90, memo_size=10))


class TestJournal:
    async def test_what_was_asked_and_sent(self, journaled: Assistant, journal: MemoryJournal) -> None:
        asked = text("13812345678 备案", door="wechat", dedupe_key="1")
        reply = await journaled.reply(asked)
        await journaled.reply(asked)
        (entry,) = journal.entries
        assert (entry.question, entry.parts, entry.status) == ("138****5678 备案", reply.parts, "answered")
        assert (entry.door, entry.release, entry.sender) == ("wechat", "r1", "anna")
        assert (entry.topic, entry.aspect, entry.region, entry.care) == ("filing", "materials", SHAWAN, YUTIAN)
        assert entry.facts == ("带身份证。", WINDOW)
        assert f"编号 {entry.code}" in reply.reply

    async def test_each_has_a_code_of_its_own_and_the_wording_is_worked_out_once(
        self, journaled: Assistant, journal: MemoryJournal
    ) -> None:
        replies = [await journaled.reply(Incoming(sender, "备案")) for sender in ("anna", "berta")]
        codes = [entry.code for entry in journal.entries]
        assert len(set(codes)) == 2
        assert [code in reply.reply for code, reply in zip(codes, replies, strict=True)] == [True, True]

    async def test_more_still_ends_the_first_part(self, journaled: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = LONG
        reply = await journaled.reply(text("备案"))
        assert reply.parts[0].endswith("更多</a>")
        assert "编号" in reply.parts[0]
        assert "编号" not in reply.parts[1]

    async def test_options_are_taps_before_ratings_are(self, journaled: Assistant, dialogue: FakeDialogue) -> None:
        few = await journaled.reply(text("备案"))
        assert "msgmenucontent=有用" in few.parts[0]
        options = tuple(Option(f"选项的名称{n}", f"选项发出的一句话{n}", Request("filing")) for n in range(4))
        dialogue.answer = replace(ANSWER, options=options)
        many = await journaled.reply(text("电话"))
        assert many.parts[0].count("msgmenucontent=选项") == 4
        assert "msgmenucontent=有用" not in many.parts[0]
        assert "可回复“有用”或“没用”" in many.parts[0]

    async def test_small_talk_has_no_code(self, journaled: Assistant, dialogue: FakeDialogue) -> None:
        dialogue.answer = Answer("smalltalk", Memory(), phrase=Notice("smalltalk.thanks"))
        assert "编号" not in (await journaled.reply(text("谢谢"))).reply

    async def test_pictures_are_noted_by_their_kind(self, journaled: Assistant, journal: MemoryJournal) -> None:
        await journaled.reply(Incoming("anna", kind=Kind.IMAGE))
        assert [(entry.question, entry.status) for entry in journal.entries] == [("[image]", "smalltalk")]

    async def test_a_rating_by_tap_and_of_the_last_answer(
        self, journaled: Assistant, journal: MemoryJournal, dialogue: FakeDialogue
    ) -> None:
        await journaled.reply(text("备案"))
        code = journal.entries[0].code
        for said, phrase in ((f"没用{code}", "rating.sorry"), ("有用", "rating.thanks"), ("没用", "rating.sorry")):
            assert (await journaled.reply(text(said))).reply == PHRASES(phrase)
        assert journal.ratings == [(code, False), (code, True), (code, False)]
        assert len(dialogue.heard) == 1
        assert (await journaled.reply(Incoming("berta", f"有用{code}"))).reply == PHRASES("rating.unknown")
        assert (await journaled.reply(Incoming("berta", "有用"))).reply == PHRASES("rating.unknown")

    async def test_who_wants_their_records_deleted(
        self, journaled: Assistant, journal: MemoryJournal, conversations: MemoryConversations
    ) -> None:
        await journaled.reply(text("备案"))
        assert (await journaled.reply(text("删除我的记录"))).reply == PHRASES("records.deleted")
        assert journal.forgotten == ["anna"]
        assert await conversations.load("anna") == Conversation()

    async def test_who_follows_is_told_what_is_kept(self, journaled: Assistant) -> None:
        reply = await journaled.reply(Incoming("anna", kind=Kind.SUBSCRIBE))
        assert PHRASES("records.kept", days="90") in reply.parts[0]

    async def test_who_was_answered_wrongly_is_told_with_the_next_message_and_once(
        self, dialogue: FakeDialogue, knowledge: Knowledge, journal: MemoryJournal
    ) -> None:
        row = Correction(id="window", wrong=WINDOW, text="沙湾窗口的电话有误。", since=date(2026, 12, 1))
        corrected = replace(knowledge, corrections=[row])
        assistant = Assistant(dialogue, corrected, State(MemoryConversations(), journal=journal), PHRASES)
        told = PHRASES("rating.correction", text=row.text)
        await assistant.reply(text("备案"))
        dialogue.answer = replace(ANSWER, warning=("长", "字" * 640))
        assert told not in (await assistant.reply(text("电话"))).reply, "it does not fit"
        dialogue.answer = ANSWER
        replies = [await assistant.reply(text("地址")) for _ in range(2)]
        assert [reply.parts[0].startswith(told) for reply in replies] == [True, False]
        assert told not in (await assistant.reply(Incoming("berta", "备案"))).reply

    async def test_the_warning_about_numbers_is_given_once(self, journaled: Assistant) -> None:
        replies = [await journaled.reply(text(f"1381234567{number} 备案")) for number in range(3)]
        assert [PHRASES("mask_warning") in reply.reply for reply in replies] == [True, False, False]


class TestForget:
    async def test_the_conversation_is_deleted(
        self, assistant: Assistant, dialogue: FakeDialogue, conversations: MemoryConversations
    ) -> None:
        dialogue.answer = LONG
        await assistant.reply(text("备案"))
        assert (await conversations.load("anna")).more
        await assistant.forget("anna")
        assert await conversations.load("anna") == Conversation()

    async def test_somebody_unknown(self, assistant: Assistant) -> None:
        await assistant.forget("nobody")


class TestGuide:
    FILING = topic("filing", guide(SHAWAN, {"materials": "带身份证。"}))

    @pytest.fixture
    def linked(self, dialogue: FakeDialogue, conversations: MemoryConversations) -> Assistant:
        knowledge = build(self.FILING)
        where = Installation(public_url="https://yibao.test")
        return Assistant(dialogue, knowledge, State(conversations), PHRASES, where)

    async def test_who_types_the_words_of_the_link_gets_a_card(self, linked: Assistant) -> None:
        await linked.reply(text("备案"))
        reply = await linked.reply(text("看完整指南"))
        assert reply.card is not None
        assert (reply.card.title, reply.card.url) == (
            "filing办理",
            f"https://yibao.test/guide/filing?region={SHAWAN}",
        )
        assert reply.card.url in reply.reply
        assert "沙湾" in reply.card.text

    async def test_nobody_was_answered_yet(self, linked: Assistant, dialogue: FakeDialogue) -> None:
        assert (await linked.reply(text("看完整指南"))).card is None
        assert [heard[1] for heard in dialogue.heard] == ["看完整指南"]
