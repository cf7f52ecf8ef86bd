"""What we replace in Rasa, and what a Rasa user expects of the project: notices when one of both changes."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.adapters.memory_state import MemoryConversations
from bot.assistant import Assistant
from bot.conversations import Conversation
from bot.message import Incoming
from knowledge.conversation import Memory, Understanding, from_json, to_json
from knowledge.editor.release import Release
from knowledge.schema import Aspect
from tests.programs import PROJECT, RASA, environ, free_port, run, wait_until_answers

SETTINGS = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(PROJECT)}


def in_class(name: str) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef]:
    """The methods of a class of rasa/core/actions/action.py as they stand in the file, replaced or not."""
    import rasa.core.actions.action as module

    tree = ast.parse(inspect.getsource(module))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {n.name: n for n in found.body if isinstance(n, ast.AsyncFunctionDef | ast.FunctionDef)}


def calls(function: ast.AST, method: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.fixture(scope="module", params=["direct", "rasa"])
def assistant(request: pytest.FixtureRequest, assistant: Assistant, through_rasa: Assistant) -> Assistant:
    """What is said of the conversation holds with the prediction loop and without it."""
    return assistant if request.param == "direct" else through_rasa


# What the adapter replaces.


def test_rasa_is_the_version_that_all_this_was_measured_on() -> None:
    import rasa

    assert rasa.__version__ == "3.6.21"


def test_the_check_of_an_actions_result_is_where_it_was() -> None:
    methods = in_class("RemoteAction")
    assert [argument.arg for argument in methods["_validate_action_result"].args.args] == ["self", "result"]
    (call,) = calls(methods["run"], "_validate_action_result")
    assert len(call.args) == 1
    assert not calls(methods["run"], "validate"), "the schema is checked elsewhere too"


def test_the_check_is_switched_off_in_the_program(assistant: Assistant) -> None:
    from rasa.core.actions.action import RemoteAction

    assert RemoteAction("action_answer", None)._validate_action_result({"events": "not a list"}) is True


def test_an_action_is_called_as_local_actions_expects() -> None:
    from rasa.utils.endpoints import EndpointConfig

    assert parameters(EndpointConfig.request) == ["self", "method", "subpath", "content_type", "compress", "kwargs"]
    (call,) = calls(in_class("RemoteAction")["run"], "request")
    assert call.args == []
    assert {keyword.arg for keyword in call.keywords} == {"json", "method", "timeout", "compress"}


def test_a_tracker_store_is_what_it_was() -> None:
    from rasa.core.tracker_store import TrackerStore

    assert parameters(TrackerStore.save) == ["self", "tracker"]
    assert parameters(TrackerStore.retrieve) == ["self", "sender_id"]
    assert inspect.iscoroutinefunction(TrackerStore.save)
    assert inspect.iscoroutinefunction(TrackerStore.retrieve)
    assert isinstance(inspect.getattr_static(TrackerStore, "domain"), property)


def test_the_agent_takes_what_it_is_given() -> None:
    from rasa.core.agent import Agent

    assert {"model_path", "tracker_store", "lock_store", "action_endpoint"} <= set(parameters(Agent.load))


# What is kept of a conversation.


async def test_what_was_understood_is_kept(assistant: Assistant, conversations: MemoryConversations) -> None:
    await assistant.reply(Incoming("kept", "我叫王小红，沙湾参保，想去北京看病"))
    conversation = await conversations.load("kept")
    memory = from_json(Memory, json.loads(conversation.memory))
    assert (memory.person.region, memory.person.care) == ("654203", "110000")


async def test_a_long_conversation_stays_small(assistant: Assistant, conversations: MemoryConversations) -> None:
    said = ["沙湾电话", "异地就医备案要什么材料", "去北京看病", "那电话呢", "乌苏的呢", "1", "给我爸问", "谢谢"]
    sizes = []
    for turn in range(100):
        reply = await assistant.reply(Incoming("long", said[turn % len(said)]))
        assert reply.status != "error"
        sizes.append(len((await conversations.load("long")).memory.encode()))
    assert max(sizes[50:]) <= max(sizes[:50])
    assert max(sizes) < 8192


async def test_what_is_forgotten_is_gone(assistant: Assistant, conversations: MemoryConversations) -> None:
    await assistant.reply(Incoming("forgotten", "沙湾电话"))
    await assistant.forget("forgotten")
    assert await conversations.load("forgotten") == Conversation()
    assert (await assistant.reply(Incoming("forgotten", "地址在哪"))).region is None


# What breaks.


async def test_an_exception_in_the_action_is_a_sentence_and_a_number(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await assistant.reply(Incoming("unlucky", "沙湾电话"))

    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("actions.answer.answer", broken)
    monkeypatch.setattr("bot.adapters.direct_dialogue.answer", broken)
    known = await assistant.reply(Incoming("unlucky", "怎么备案"))
    unknown = await assistant.reply(Incoming("unluckier", "怎么备案"))
    monkeypatch.undo()
    assert (known.status, unknown.status) == ("error", "error")
    assert "0993-6023208" in known.reply
    assert "12393" in unknown.reply
    assert "planted" not in known.reply + unknown.reply
    after = await assistant.reply(Incoming("unlucky", "地址在哪"))
    assert after.status != "error"
    assert after.region is not None
    assert after.region.code == "654203"


async def test_a_memory_of_another_shape_is_dropped(assistant: Assistant, conversations: MemoryConversations) -> None:
    """As an older release may have written it."""
    await conversations.save("muddled", Conversation('{"people": "nobody"}'))
    assert (await assistant.reply(Incoming("muddled", "沙湾电话"))).status == "answered"


# What a Rasa user expects to work.


def test_rasa_data_validate() -> None:
    command = [RASA, "data", "validate", "--domain", "domain.yml", "--data", "nlu/data", "--config", "config.yml"]
    done = run(command, PROJECT, **SETTINGS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " ERROR " not in done.stderr


@pytest.fixture(scope="module")
def action_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``rasa run actions``, on the working tree's content."""
    port = free_port()
    log = tmp_path_factory.mktemp("actions") / "log"
    command = [RASA, "run", "actions", "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=PROJECT, env=environ(SETTINGS), stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.terminate()
        server.wait(30)


def test_rasa_test_finds_every_pattern_of_a_conversation(release: Release, tmp_path: Path) -> None:
    stories = PROJECT / "tests" / "dialogue" / "stories"
    command = [RASA, "test", "core", "--stories", str(stories), "--model", str(release.model), "--out", str(tmp_path)]
    done = run([*command, "--fail-on-prediction-errors", "--no-plot"], tmp_path, **SETTINGS)
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, failed.read_text(encoding="utf-8") if failed.exists() else done.stderr
    assert "None of the test stories failed" in failed.read_text(encoding="utf-8")


def test_rasa_run_actions_answers(action_server: str) -> None:
    understanding = Understanding("异地就医备案要什么材料", "remote_care_filing", aspects=(Aspect.MATERIALS,))
    tracker = {
        "sender_id": "1",
        "slots": {"memory": None},
        "latest_message": {"understanding": to_json(understanding), "metadata": {}},
        "events": [],
    }
    call = {"next_action": "action_answer", "sender_id": "1", "tracker": tracker, "domain": {}}
    given = httpx.post(action_server, json=call, timeout=60).json()
    (said,) = given["responses"]
    assert said["custom"]["answer"]["topic"] == "remote_care_filing"
    assert said["text"].startswith("[")
    assert [event["name"] for event in given["events"]] == ["memory"]


async def test_rasa_shell_shows_an_answer(release: Release, action_server: str) -> None:
    """As ``rasa shell`` and ``rasa run`` do it: an agent of Rasa's own making, and its actions behind HTTP."""
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig

    agent = Agent.load(release.model, action_endpoint=EndpointConfig(url=action_server))
    said = await agent.handle_text("沙湾电话", sender_id="shell")
    assert said is not None
    assert any("0993-6023208" in message.get("text", "") for message in said)
