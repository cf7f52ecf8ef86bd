"""Trains a model from content and examples; nothing is trained on content that the check refuses."""

from __future__ import annotations

import io
import logging
import os
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import yaml

from knowledge.editor.check import check
from knowledge.editor.examples import read_examples
from knowledge.editor.findings import Severity
from knowledge.editor.release import ReleaseError
from knowledge.errors import ContentError, ContentErrors
from knowledge.store import Knowledge, load_knowledge


def check_trainable(content: Path, data: Path) -> Knowledge:
    """What would be trained on. Raises ``ContentErrors`` for mistakes in content and examples."""
    knowledge = load_knowledge(content)
    examples = read_examples(data, knowledge)
    wrong = [f for f in (*examples.findings, *check(knowledge, None)) if f.severity is Severity.ERROR]
    if wrong:
        raise ContentErrors([ContentError(f.file, f.field, f.cause, f.remedy) for f in wrong])
    return knowledge


def train_model(project: Path, content: Path, data: Path, folder: Path) -> Path:
    """Trains into ``folder``; half a minute or so. ``project`` holds config.yml and domain.yml. Raises
    ``ReleaseError`` where there are no examples, or Rasa cannot read them."""
    if next(data.rglob("*.yml"), None) is None:
        raise ReleaseError(f"没有训练数据：{data} 里没有 .yml 文件。请检查 YIBAO_CONTENT")
    _quiet()
    from rasa.model_training import train
    from rasa.shared.exceptions import RasaException

    config = folder / "config.yml"
    config.write_text(
        yaml.safe_dump(_with_content(project / "config.yml", content), allow_unicode=True), encoding="utf-8"
    )
    # Rasa prints where the model is, which is gone a moment later.
    with redirect_stdout(io.StringIO()):
        try:
            result = train(
                domain=str(project / "domain.yml"),
                config=str(config),
                training_files=[str(data)],
                output=str(folder / "models"),
                force_training=True,
            )
        except RasaException as error:
            raise ReleaseError(f"训练数据读不了：{error}") from error
    if not result.model:
        raise ReleaseError("训练没有产生模型。请运行：rasa data validate")
    return Path(result.model)


def _quiet() -> None:
    """Before Rasa is imported: without this a training writes thousands of debug lines and progress bars."""
    import structlog

    for name, value in {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "WARNING"}.items():
        os.environ.setdefault(name, value)
    if not structlog.is_configured():
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def _with_content(config: Path, content: Path) -> dict[str, Any]:
    """Rasa's configuration with this content folder in place of the project's."""
    tree: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))
    for part in (*tree["importers"], *tree["pipeline"]):
        if "content" in part:
            part["content"] = str(content)
    return tree
