"""The Rasa component that understands Chinese questions: one graph node from text to intent, places and aspects.

Normalising, featurising and classifying are one component because Rasa ships no TF-IDF, and stacking its sparse
matrices costs more than classifying (design §5). What is understood travels on the message as ``understanding``.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.conversation import to_json
from knowledge.schema import Aspect
from knowledge.store import load_knowledge
from nlu.reader import Reader
from nlu.training import ASPECT_WORDS, CONCEPTS, Example, Ingredients, load_reader, save_reader, train_reader
from nlu.young_topics import bring_up, telling_names

UNDERSTANDING = "understanding"
"""Attribute of the message, and so of ``tracker.latest_message``, that holds an ``Understanding`` as JSON."""

INTENT_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ChineseUnderstanding(GraphComponent):
    """Trains and runs ``nlu.reader.Reader``. Setting ``content``: the content folder, used in training only."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, reader: Reader | None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._reader = reader

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"content": "knowledge/content"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseUnderstanding:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ChineseUnderstanding:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_reader(Path(folder)))

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Changed content trains anew: Rasa's own key knows nothing of dictionary and gazetteer."""
        digest = hashlib.sha256(ASPECT_WORDS.read_bytes() + CONCEPTS.read_bytes())
        for path in sorted(Path(config["content"]).rglob("*.yml")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        knowledge = load_knowledge(Path(self._config["content"]))
        names = {topic.id: (topic.label, topic.name, *topic.aliases) for topic in knowledge.topics.values()}
        told = [_as_example(message) for message in training_data.intent_examples]
        ingredients = replace(Ingredients.of(knowledge), telling_names=telling_names(told, names))
        self._reader = train_reader(bring_up(told, names), ingredients)
        with self._storage.write_to(self._resource) as folder:
            save_reader(self._reader, ingredients, Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._understand(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing further down learns from what this component finds."""
        return training_data

    def _understand(self, message: Message) -> None:
        if self._reader is None:
            raise RuntimeError("the component is not trained")
        understood = self._reader.read(message.get(TEXT) or "")
        ranking = [{"name": name, "confidence": chance} for name, chance in understood.ranking]
        intent = {"name": understood.intent, "confidence": understood.confidence}
        places = [
            {"entity": m.role, "value": m.codes[0], "text": m.text, "extractor": type(self).__name__}
            for m in understood.mentions
        ]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)
        message.set(ENTITIES, places, add_to_output=True)
        message.set(UNDERSTANDING, to_json(understood), add_to_output=True)


def _as_example(message: Message) -> Example:
    metadata = message.get(METADATA) or {}
    given = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
    return Example(
        text=message.get(TEXT),
        intent=message.get(INTENT),
        aspects=tuple(Aspect(name) for name in given.get("aspects", ())),
        detail=given.get("kind"),
    )
