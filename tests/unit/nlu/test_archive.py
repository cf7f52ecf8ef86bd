"""A model that holds more than our reader and one action is Rasa's to run."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from nlu.archive import AROUND_IT, COMPONENT, read_alone
from nlu.training import save_reader
from tests.small_training import ingredients, small_reader

RESOURCE = "train_reader0"


def metadata(*uses: str, **domain: object) -> dict[str, Any]:
    nodes = {f"node{i}": {"uses": use, "resource": {"name": RESOURCE}} for i, use in enumerate(uses)}
    return {"predict_schema": {"nodes": nodes}, "domain": {"actions": ["action_answer"], **domain}}


def archive(path: Path, told: dict[str, Any], *files: Path) -> Path:
    model = path / "model.tar.gz"
    with tarfile.open(model, "w:gz") as packed:
        for file in files:
            packed.add(file, f"components/{RESOURCE}/{file.name}")
        body = json.dumps(told).encode()
        info = tarfile.TarInfo("metadata.json")
        info.size = len(body)
        packed.addfile(info, io.BytesIO(body))
    return model


def test_the_reader_comes_out_as_it_was_trained(tmp_path: Path) -> None:
    reader = small_reader()
    folder = tmp_path / "reader"
    folder.mkdir()
    save_reader(reader, ingredients(), folder)
    read = read_alone(archive(tmp_path, metadata(COMPONENT, *AROUND_IT), *folder.iterdir()))
    assert read is not None
    text = "我是沙湾的，去外地看病备案要带什么材料"
    assert read.read(text) == reader.read(text)


@pytest.mark.parametrize(
    "told",
    [
        metadata(*AROUND_IT),
        metadata(COMPONENT, COMPONENT),
        metadata(COMPONENT, "rasa.core.policies.ted_policy.TEDPolicy"),
        metadata(COMPONENT, actions=["action_answer", "action_look_up"]),
        metadata(COMPONENT, forms={"filing_form": {}}),
        metadata(COMPONENT, responses={"utter_greet": [{"text": "您好"}]}),
    ],
    ids=["no reader", "two readers", "another policy", "another action", "a form", "a response"],
)
def test_any_other_model_is_not_read_alone(told: dict[str, Any], tmp_path: Path) -> None:
    assert read_alone(archive(tmp_path, told)) is None


def test_a_broken_archive_is_an_error(tmp_path: Path) -> None:
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"no archive")
    with pytest.raises(tarfile.TarError):
        read_alone(model)
    with pytest.raises(OSError, match="reader"):
        read_alone(archive(tmp_path, metadata(COMPONENT)))
