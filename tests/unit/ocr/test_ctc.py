"""CTC forward sums against the definition: all paths that collapse to the word."""

from itertools import groupby, product

import numpy as np
import pytest

from ocr.engines.ctc import SpanWord, score_words


def count_all_paths(chances: np.ndarray, labels: list[int]) -> float:
    """The sum over every path of frames that gives the labels once repeats and blanks are gone."""
    total = 0.0
    for path in product(range(chances.shape[1]), repeat=len(chances)):
        if [label for label, _ in groupby(path) if label] == labels:
            total += float(np.prod([chances[frame, label] for frame, label in enumerate(path)]))
    return total


@pytest.mark.parametrize("labels", [[1], [1, 2], [2, 2], [1, 2, 1]])
def test_forward_sum_is_that_of_all_paths(labels: list[int]) -> None:
    """Words with and without doubled characters get exactly the chance of their paths."""
    chances = np.random.default_rng(7).dirichlet(np.ones(3), size=5).astype(np.float32)
    (score,) = score_words([SpanWord(chances, labels)])
    assert np.exp(score) == pytest.approx(count_all_paths(chances, labels), rel=1e-3)


def test_words_of_different_lengths_are_scored_together() -> None:
    """Padding to the longest word and span changes no score."""
    generator = np.random.default_rng(8)
    short = SpanWord(generator.dirichlet(np.ones(3), size=3).astype(np.float32), [1])
    long = SpanWord(generator.dirichlet(np.ones(3), size=9).astype(np.float32), [1, 2, 1, 2])
    together = score_words([short, long])
    assert together == pytest.approx([score_words([short])[0], score_words([long])[0]])


def test_a_word_longer_than_its_span_is_all_but_ruled_out() -> None:
    """Two characters do not fit into one frame; no word at all gives no score."""
    assert score_words([SpanWord(np.full((1, 3), 1 / 3, np.float32), [1, 2])])[0] < -100
    assert len(score_words([])) == 0
