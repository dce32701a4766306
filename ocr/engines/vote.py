"""Lets a second reader vote on the words of the first (bỏ phiếu từng từ), matched by where they stand."""

from collections.abc import Mapping, Sequence

import numpy as np

from ocr.engine import EngineWord
from ocr.types import Box

_SAME_HEIGHT = 0.5
_INSIDE = 0.6

Votes = Mapping[str, float]
"""Gains (natural logarithm) of texts for one word."""


def match_words(boxes: Sequence[Box], others: Sequence[EngineWord]) -> list[list[EngineWord]]:
    """For each box the words of the other reader that lie in it for the most part, left to right."""
    found: list[list[EngineWord]] = [[] for _ in boxes]
    if not boxes:
        return found
    edges = np.array(boxes, dtype=np.float64)
    for word in others:
        box = word.box
        height = np.minimum(edges[:, 3], box.y1) - np.maximum(edges[:, 1], box.y0)
        width = np.minimum(edges[:, 2], box.x1) - np.maximum(edges[:, 0], box.x0)
        tall = height / max(1, box.y1 - box.y0)
        # The small word may lie in the large one either way round.
        share = width / np.minimum(box.x1 - box.x0, edges[:, 2] - edges[:, 0]).clip(1)
        fits = (tall > _SAME_HEIGHT) & (share > _INSIDE)
        for place in np.flatnonzero(fits).tolist():
            found[place].append(word)
    return [sorted(words, key=lambda word: word.box.x0) for words in found]
