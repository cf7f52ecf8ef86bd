"""The linear classifier, and that training and files give the same reader again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.classifier import LinearClassifier, Vocabulary, features
from nlu.concepts import Concepts
from nlu.reader import Reader
from nlu.training import Example, load_reader, save_reader, train_reader
from tests.small_training import EXAMPLES, ingredients, small_reader

QUESTIONS = ["去外地看病备案咋弄", "刚出生的娃娃", "谢谢", "医保转移带啥", "完全不相干的话", "", "abc", "备按"]

NONE = Concepts({})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return small_reader()


class TestFeatures:
    def test_words_characters_and_syllables(self) -> None:
        found = features("备案", lambda text: [text], NONE)
        assert found == [
            "w:备案",
            "c:^", "c:备", "c:案", "c:$", "c:^备", "c:备案", "c:案$", "c:^备案", "c:备案$", "c:^备案$",
            "p:bei", "p:an", "p:bei an",
        ]  # fmt: skip

    def test_pairs_of_words(self) -> None:
        assert "w:异地 备案" in features("异地备案", lambda text: ["异地", "备案"], NONE)

    def test_a_homophone_shares_syllables(self) -> None:
        def syllables(text: str) -> list[str]:
            return [f for f in features(text, list, NONE) if f.startswith("p:")]

        assert syllables("备按") == syllables("备案")

    @given(st.text(max_size=40))
    def test_any_text(self, text: str) -> None:
        assert features(text, list, NONE)


class TestVocabulary:
    def test_what_stands_in_one_text_only_is_not_kept(self) -> None:
        vocabulary = Vocabulary.learn([["a", "a", "b"], ["a", "c"], ["c", "d"]])
        assert [*vocabulary.index] == ["a", "c"]

    def test_a_row_has_length_one(self) -> None:
        vocabulary = Vocabulary.learn([["a", "b"], ["a", "b"], ["a"]])
        columns, weights = vocabulary.weigh(["a", "b", "b", "unknown"])
        assert sorted(columns) == [0, 1]
        assert float(np.linalg.norm(weights)) == pytest.approx(1)

    def test_the_rarer_weighs_more(self) -> None:
        vocabulary = Vocabulary.learn([["a", "b"], ["a", "b"], ["a"]])
        assert vocabulary.idf[vocabulary.index["b"]] > vocabulary.idf[vocabulary.index["a"]]

    def test_nothing_known(self) -> None:
        columns, weights = Vocabulary.learn([["a"], ["a"]]).weigh(["unknown"])
        assert (len(columns), len(weights)) == (0, 0)


class TestTraining:
    def test_it_is_deterministic(self, reader: Reader) -> None:
        again = train_reader(EXAMPLES, ingredients())
        for machine in ("topics", "aspects", "details"):
            one, other = getattr(reader, machine), getattr(again, machine)
            assert one.classes == other.classes
            assert np.array_equal(one.weights, other.weights)
            assert np.array_equal(one.slope, other.slope)
        assert [again.rank(text) for text in QUESTIONS] == [reader.rank(text) for text in QUESTIONS]

    def test_it_learns_its_examples(self, reader: Reader) -> None:
        assert sum(reader.read(e.text).ranking[0][0] == e.intent for e in EXAMPLES) >= 0.9 * len(EXAMPLES)

    def test_two_classes(self) -> None:
        texts = [("a", ["x", "y"]), ("a", ["x", "x"]), ("b", ["z", "w"]), ("b", ["z", "z"])]
        vocabulary = Vocabulary.learn([found for _, found in texts])
        rows = [vocabulary.weigh(found) for _, found in texts]
        machine = LinearClassifier.train(rows, [label for label, _ in texts], len(vocabulary.index))
        assert machine.predict(*vocabulary.weigh(["x"]))[0][0] == "a"
        assert machine.predict(*vocabulary.weigh(["z"]))[0][0] == "b"

    def test_one_class_is_refused(self) -> None:
        vocabulary = Vocabulary.learn([["x"], ["x"]])
        rows = [vocabulary.weigh(["x"])] * 2
        with pytest.raises(ValueError, match="class"):
            LinearClassifier.train(rows, ["a", "a"], 1)

    def test_a_young_topic_with_one_example_is_trained(self) -> None:
        train_reader([*EXAMPLES, Example("生育津贴", "maternity_allowance")], ingredients())


class TestRanking:
    @pytest.mark.parametrize("text", QUESTIONS)
    def test_best_first_and_adding_up_to_one(self, reader: Reader, text: str) -> None:
        ranking = reader.rank(text)
        chances = [chance for _, chance in ranking]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) == pytest.approx(1, abs=1e-4)
        assert {name for name, _ in ranking} == {e.intent for e in EXAMPLES}

    @given(st.text(max_size=60))
    def test_unknown_text_does_not_raise(self, text: str) -> None:
        assert all(0 <= chance <= 1 for _, chance in small_reader().rank(text))


class TestFiles:
    def test_the_same_reader_comes_back(self, reader: Reader, tmp_path: Path) -> None:
        save_reader(reader, ingredients(), tmp_path)
        loaded = load_reader(tmp_path)
        assert loaded.conversation == reader.conversation
        for text in (*QUESTIONS, "我是于田的，想去乌鲁木齐看病怎么备案"):
            assert loaded.read(text) == reader.read(text)

    def test_nothing_in_them_is_run_on_loading(self, reader: Reader, tmp_path: Path) -> None:
        save_reader(reader, ingredients(), tmp_path)
        with np.load(tmp_path / "classifiers.npz", allow_pickle=False) as arrays:
            assert {arrays[name].dtype for name in arrays.files} == {np.dtype(np.float16), np.dtype(np.float32)}
        assert json.loads((tmp_path / "reader.json").read_text(encoding="utf-8"))["conversation"]

    @pytest.mark.parametrize("name", ["reader.json", "classifiers.npz", "aspects.yml"])
    def test_a_file_that_is_missing(self, reader: Reader, tmp_path: Path, name: str) -> None:
        save_reader(reader, ingredients(), tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(OSError, match=name):
            load_reader(tmp_path)

    @pytest.mark.parametrize(
        ("name", "content"), [("reader.json", "{}"), ("reader.json", "{"), ("classifiers.npz", "x")]
    )
    def test_a_file_that_is_broken(self, reader: Reader, tmp_path: Path, name: str, content: str) -> None:
        save_reader(reader, ingredients(), tmp_path)
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises((OSError, KeyError, ValueError)):
            load_reader(tmp_path)
