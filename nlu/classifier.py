"""A linear classifier over words, characters, pinyin and concepts, small and without pickles.

Measured in the trial of design §5: TF-IDF over words, characters (1-4) and pinyin syllables (1-3) with a linear
support-vector machine, sigmoid-calibrated. Trained with scikit-learn; predicting is one sparse row times one float32
matrix, so that a message costs microseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

from nlu.concepts import Concepts

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]
Words = Callable[[str], Sequence[str]]


def features(text: str, words: Words, concepts: Concepts) -> list[str]:
    """Lists the features of normalised text: ``w:`` words and pairs, ``c:`` 1-4 characters, ``p:`` 1-3 syllables,
    ``s:`` concepts and pairs."""
    tokens = list(words(text))
    found = [f"w:{t}" for t in tokens] + [f"w:{a} {b}" for a, b in pairwise(tokens)]
    padded = f"^{text}$"
    found += [f"c:{padded[i : i + n]}" for n in (1, 2, 3, 4) for i in range(len(padded) - n + 1)]
    syllables = [syllable(character) for character in text]
    found += [f"p:{' '.join(syllables[i : i + n])}" for n in (1, 2, 3) for i in range(len(syllables) - n + 1)]
    return found + concepts.features(text)


@lru_cache(maxsize=20_000)
def syllable(character: str) -> str:
    """Gives the commonest reading of one character, without tone."""
    return str(lazy_pinyin(character)[0])


@dataclass(frozen=True)
class Vocabulary:
    """Features with their inverse document frequency, learnt from the training texts."""

    index: dict[str, int]
    idf: Floats

    @classmethod
    def learn(cls, documents: Iterable[list[str]], least: int = 2) -> Vocabulary:
        """Keeps the features that stand in at least ``least`` texts."""
        rows = [set(row) for row in documents]
        counts = Counter(feature for row in rows for feature in row)
        kept = sorted(feature for feature, count in counts.items() if count >= least)
        frequency = np.array([counts[feature] for feature in kept], dtype=np.float32)
        idf = np.log((1 + len(rows)) / (1 + frequency)) + 1
        return cls({feature: i for i, feature in enumerate(kept)}, idf.astype(np.float32))

    def weigh(self, found: list[str]) -> tuple[Columns, Floats]:
        """Gives one text's row: column numbers and TF-IDF weights of length 1."""
        counts = Counter(self.index[f] for f in found if f in self.index)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        terms = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        weights = terms * self.idf[columns]
        length = float(np.sqrt(np.sum(weights**2)))
        return columns, (weights / length if length else weights).astype(np.float32)


KEPT = np.float16
"""As which weights are kept in a file."""

FOLDS = 5
"""Parts of the training examples that calibration leaves out in turn."""


def _enough_of_each(labels: Sequence[str]) -> list[int]:
    """Numbers of the examples, those of a class with too few for calibration several times over: a topic that has
    only a name yet must not keep the others from being trained."""
    rows = list(range(len(labels)))
    for label, count in Counter(labels).items():
        own = [i for i in rows[: len(labels)] if labels[i] == label] if count < FOLDS else []
        rows += (own * FOLDS)[: FOLDS - count]
    return rows


@dataclass(frozen=True)
class LinearClassifier:
    """Classes with one weight row a feature. ``slope`` and ``offset`` turn a score into a probability."""

    classes: tuple[str, ...]
    weights: Floats
    """Shape (features, classes)."""
    bias: Floats
    slope: Floats
    offset: Floats

    @classmethod
    def train(cls, columns: Sequence[tuple[Columns, Floats]], labels: Sequence[str], width: int) -> LinearClassifier:
        """Trains on weighed rows. Deterministic. Raises ``ValueError`` for fewer than two classes."""
        from scipy.sparse import csr_matrix
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.svm import LinearSVC

        pointers = np.cumsum([0, *(len(c) for c, _ in columns)])
        matrix = csr_matrix(
            (np.concatenate([w for _, w in columns]), np.concatenate([c for c, _ in columns]), pointers),
            shape=(len(columns), width),
            dtype=np.float64,
        )
        machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0)
        rows = _enough_of_each(labels)
        calibration = CalibratedClassifierCV(machine, method="sigmoid", cv=FOLDS, ensemble=False)
        fitted = calibration.fit(matrix[rows], np.array(labels)[rows])
        calibrated = fitted.calibrated_classifiers_[0]
        weights, bias = calibrated.base_estimator.coef_, calibrated.base_estimator.intercept_
        slope = np.array([c.a_ for c in calibrated.calibrators])
        offset = np.array([c.b_ for c in calibrated.calibrators])
        if len(fitted.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
            slope, offset = np.repeat(slope, 2), np.array([-offset[0], offset[0]])
        # Three digits tell classes apart as well as seven, and a release is half as large.
        as32 = [np.ascontiguousarray(a, dtype=np.float32) for a in (weights.T.astype(KEPT), bias, slope, offset)]
        return cls(tuple(map(str, fitted.classes_)), *as32)

    def predict(self, columns: Columns, row: Floats) -> list[tuple[str, float]]:
        """Ranks the classes, best first; the probabilities add up to 1."""
        scores = row @ self.weights[columns] + self.bias
        chances = 1 / (1 + np.exp(self.slope * scores + self.offset))
        total = float(chances.sum())
        if total > 0:
            chances = chances / total
        order = np.argsort(-chances)
        return [(self.classes[i], float(chances[i])) for i in order]
