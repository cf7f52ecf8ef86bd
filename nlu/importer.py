"""Adds to Rasa's training data what follows from the content: an intent, a rule and a few examples a topic.

So ``domain.yml`` and the rules hold only what is hand-made, and a young topic is found by its name, its aliases and the
questions that it leaves open.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.store import Knowledge, load_knowledge
from nlu.fingerprint import content_examples

ACTION = "action_answer"

RECOGNISED = ("option", "menu", "inform", "follow_up", "foreign_language", "nothing", "emergency")
"""Intents that a recogniser gives (docs/understanding.md); most have no training examples."""

CONVERSATION = ("contact", "human", "smalltalk", "own_account", "refused", "not_in_documents", "out_of_scope")


class FileImporter(RasaFileImporter):
    """Rasa's own importer, which reads and validates every example file three times a training, made to read once."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return _read_once(tuple((path, Path(path).stat().st_mtime_ns) for path in self._nlu_files))


@lru_cache(maxsize=1)
def _read_once(files: tuple[tuple[str, int], ...]) -> TrainingData:
    data: TrainingData = training_data_from_paths([path for path, _ in files], "zh")
    return data


class TopicImporter(TrainingDataImporter):
    """Supplies what each topic of the content needs. Setting ``content``: the content folder."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        content: str = "knowledge/content",
        **kwargs: Any,
    ) -> None:
        self._content = Path(content)
        self._knowledge: Knowledge | None = None

    @property
    def knowledge(self) -> Knowledge:
        if self._knowledge is None:
            self._knowledge = load_knowledge(self._content)
        return self._knowledge

    def get_domain(self) -> Domain:
        return Domain.from_dict({"version": "3.1", "intents": self._intents(), "actions": [ACTION]})

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        rules = [
            {"rule": f"answer {name}", "steps": [{"intent": name}, {"action": ACTION}]} for name in self._intents()
        ]
        return StoryGraph(YAMLStoryReader().read_from_parsed_yaml({"version": "3.1", "rules": rules}))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        examples = [each for topic in self.knowledge.topics.values() for each in content_examples(topic)]
        return TrainingData([Message({TEXT: text, INTENT: topic}) for topic, text in examples])

    def get_config(self) -> dict[str, Any]:
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        return None

    def _intents(self) -> list[str]:
        return [*self.knowledge.topics, *CONVERSATION, *RECOGNISED]
