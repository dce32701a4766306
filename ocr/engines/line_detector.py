"""Finds printed lines with a small neural network (tìm dòng chữ).

The network takes an ink map (0 paper, 1 ink) of the page at about 85 dpi and gives, at half that size, three
maps: whether a pixel belongs to the core of a line, and how far above and below it the line ends.
"""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey
from ocr.engines.session import make_session
from ocr.models import Model, read_model

_LONG_SIDE = 1024
_MULTIPLE = 32
_STRIDE = 2
_SMALL_LINE, _WANTED_LINE, _LARGEST_SIDE = 9.0, 12.0, 2048
_FEWEST_LINES = 8
_SMALLEST_CORE = 3
_CORE_END = 0.15
"""A core ends this share of the line's height before the line does."""


class LineBox(NamedTuple):
    """A line's place on the image in pixels, unrounded, and how sure the detector is (khung dòng)."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float

    @property
    def height(self) -> float:
        """From the top of the tallest to the foot of the lowest letters."""
        return self.y1 - self.y0


class LineDetector:
    """The line detector (bộ tìm dòng chữ)."""

    def __init__(self, models: Path) -> None:
        self._session = make_session(read_model(models, Model.LINE_DETECTOR))

    def find_lines(self, image: Grey) -> tuple[LineBox, ...]:
        """The lines of an upright page without skew, in no order."""
        lines = self._find_at(image, _LONG_SIDE)
        if len(lines) < _FEWEST_LINES:
            return lines
        scale = _LONG_SIDE / max(image.shape)
        height = float(np.median([line.height for line in lines])) * scale
        if height >= _SMALL_LINE:
            return lines
        side = min(_LARGEST_SIDE, int(_LONG_SIDE * _WANTED_LINE / max(height, 1.0)))
        return self._find_at(image, side)

    def _find_at(self, image: Grey, long_side: int) -> tuple[LineBox, ...]:
        """The lines of the image shrunk or enlarged to a longer side of so many pixels."""
        scale = long_side / max(image.shape)
        (out,) = self._session.run(["out"], {"x": build_ink_map(image, scale)[None, None]})
        height, width = image.shape
        return tuple(
            LineBox(
                max(line.x0 / scale, 0.0),
                max(line.y0 / scale, 0.0),
                min(line.x1 / scale, float(width)),
                min(line.y1 / scale, float(height)),
                line.score,
            )
            for line in decode_lines(np.asarray(out)[0])
        )


def build_ink_map(image: Grey, scale: float) -> NDArray[np.float32]:
    """The image scaled, inverted to 0 paper and 1 ink, padded with paper to the network's grid."""
    height, width = (max(1, round(side * scale)) for side in image.shape)
    small = cv2.resize(
        image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    rows, columns = (-(-side // _MULTIPLE) * _MULTIPLE for side in (height, width))
    ink = np.zeros((rows, columns), np.float32)
    np.subtract(1.0, small / np.float32(255), out=ink[:height, :width])
    return ink


def decode_lines(maps: NDArray[np.float32]) -> list[LineBox]:
    """Lines of the network's maps (3, rows, columns): core logit, distance to the top and to the bottom.

    Each connected core is a line; its top and bottom are the mean of what its pixels say. Pixels are those
    of the ink map.
    """
    core, above, below = maps
    count, labels, stats, _ = cv2.connectedComponentsWithStats((core > 0).astype(np.uint8), connectivity=4)
    rows, columns = np.nonzero(labels)
    owner = labels[rows, columns]
    pixels = np.maximum(np.bincount(owner, minlength=count), 1)
    middle = (rows + 0.5) * _STRIDE

    def mean(values: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.bincount(owner, weights=values, minlength=count) / pixels

    top = mean(middle - above[rows, columns])
    bottom = mean(middle + below[rows, columns])
    score = mean(1 / (1 + np.exp(-core[rows, columns])))
    lines: list[LineBox] = []
    for number in range(1, count):
        left, _, width, _, area = (int(value) for value in stats[number])
        if area < _SMALLEST_CORE:
            continue
        end = _CORE_END * max(1.0, float(bottom[number] - top[number]))
        x0, x1 = left * _STRIDE - end, (left + width) * _STRIDE + end
        lines.append(LineBox(x0, float(top[number]), x1, float(bottom[number]), float(score[number])))
    return lines
