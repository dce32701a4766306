"""How well given words fit what a CTC recogniser saw (điểm CTC): forward sums over spans of frames.

Graves et al., Connectionist temporal classification, ICML 2006, section 4.1, for many words at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engines.lattice import BLANK

_TOGETHER = 256
_FLOOR = 1e-6  # of a frame's chance for a character, so that one odd frame does not rule a word out

Chances = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SpanWord:
    """A word to be scored on a span of frames: `chances` (frames, classes), `labels` its class numbers."""

    chances: Chances
    labels: Sequence[int]


def score_words(words: Sequence[SpanWord]) -> NDArray[np.float64]:
    """Natural log-probability of each word on its span; a word longer than its span gets a very low one."""
    final = np.zeros(len(words))
    # Words of one length together: padding them all to the longest would cost three times as much.
    order = sorted(range(len(words)), key=lambda number: len(words[number].chances))
    for start in range(0, len(order), _TOGETHER):
        part = order[start : start + _TOGETHER]
        final[part] = _score_alike([words[number] for number in part])
    return final


def _score_alike(words: Sequence[SpanWord]) -> NDArray[np.float64]:
    """`score_words` of words of about one length, at least one."""
    emissions, repeats, sizes, ends = _gather(words)
    count, frames, states = emissions.shape
    forward = np.zeros((count, states))
    forward[:, :2] = emissions[:, 0, :2]
    total = np.zeros(count)
    final = np.full(count, -np.inf)
    rows = np.arange(count)
    for frame in range(frames):
        if frame:
            moved = forward.copy()
            moved[:, 1:] += forward[:, :-1]
            moved[:, 2:] += np.where(repeats[:, 2:], 0.0, forward[:, :-2])
            forward = moved * emissions[:, frame]
        scale = np.maximum(forward.max(axis=1), 1e-300)
        forward /= scale[:, None]
        total += np.log(scale)
        done = sizes == frame + 1
        if done.any():
            own = rows[done]
            reached = forward[own, ends[own]] + forward[own, ends[own] - 1]
            final[own] = np.log(np.maximum(reached, 1e-300)) + total[own]
    return final


def _gather(
    words: Sequence[SpanWord],
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Chances by state and frame, states not to be reached past a blank, numbers of frames, last states."""
    longest = max(len(word.labels) for word in words)
    frames = max(len(word.chances) for word in words)
    states = 2 * longest + 1
    emissions = np.zeros((len(words), frames, states))
    repeats = np.ones((len(words), states), dtype=bool)
    for number, word in enumerate(words):
        path = [BLANK] * (2 * len(word.labels) + 1)
        path[1::2] = word.labels
        emissions[number, : len(word.chances), : len(path)] = np.maximum(word.chances[:, path], _FLOOR)
        for place in range(3, len(path), 2):
            repeats[number, place] = path[place] == path[place - 2]
    sizes = np.array([len(word.chances) for word in words])
    ends = np.array([2 * len(word.labels) for word in words])
    return emissions, repeats, sizes, ends
