"""The trained reader out of a model of Rasa's, without Rasa: a fifth of the start, a third of the memory (ADR 7)."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from nlu.reader import Reader
from nlu.training import load_reader

COMPONENT = "nlu.component.ChineseUnderstanding"

AROUND_IT = frozenset({
    "rasa.graph_components.converters.nlu_message_converter.NLUMessageConverter",
    "rasa.nlu.classifiers.regex_message_handler.RegexMessageHandler",
    "rasa.graph_components.providers.domain_provider.DomainProvider",
    "rasa.core.policies.rule_policy.RulePolicy",
    "rasa.graph_components.providers.rule_only_provider.RuleOnlyDataProvider",
    "rasa.core.policies.ensemble.DefaultPolicyPredictionEnsemble",
})  # fmt: skip
"""What Rasa puts around one component and one policy of rules."""

ACTION = "action_answer"


def read_alone(model: Path) -> Reader | None:
    """The reader of ``model``, where nothing else decides what is answered: one component reads, and all that the rules
    can come to is the one action. None for any other model, which Rasa has to run.

    Raises ``OSError``, ``tarfile.TarError``, ``KeyError`` or ``ValueError`` where the archive is broken.
    """
    with tarfile.open(model) as archive, TemporaryDirectory() as folder:
        files = {PurePosixPath(member.name): member for member in archive if member.isfile()}
        archive.extract(_named(files[PurePosixPath("metadata.json")], "metadata.json"), folder)
        metadata = json.loads(Path(folder, "metadata.json").read_text(encoding="utf-8"))
        resource = _find_resource(metadata)
        if resource is None:
            return None
        for path, member in files.items():
            if path.parent == PurePosixPath("components", resource):
                archive.extract(_named(member, path.name), folder)
        return load_reader(Path(folder))


def _named(member: tarfile.TarInfo, name: str) -> tarfile.TarInfo:
    """``member`` under a name without folders, wherever the archive says that it belongs."""
    member.name = name
    return member


def _find_resource(metadata: dict[str, Any]) -> str | None:
    """Under which name the archive keeps the component; None where it is not alone."""
    nodes = metadata["predict_schema"]["nodes"].values()
    ours = [node for node in nodes if node["uses"] == COMPONENT]
    domain = metadata["domain"]
    rules_only = {node["uses"] for node in nodes} <= {COMPONENT, *AROUND_IT} and len(ours) == 1
    one_action = domain.get("actions") == [ACTION] and not domain.get("forms") and not domain.get("responses")
    return str(ours[0]["resource"]["name"]) if rules_only and one_action else None
