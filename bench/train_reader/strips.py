"""Line strips as the reader cuts them, but each a little otherwise (dải dòng có xê dịch).

The detector's boxes are never twice the same, and how much air, stretch and darkening suit the reader best is
found by measuring after the training: the network has to bear all of it.
"""

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey
from ocr.engines.line_detector import LineBox
from ocr.engines.line_reader import cut_strip, is_light_on_dark

InkMap = NDArray[np.float32]

_ROWS, _WINDOW, _WIDEST = 96, 3, 1100
_MOVED_SHARE, _RECUT_SHARE, _FADED_SHARE, _BLURRED_SHARE = 0.5, 0.6, 0.15, 0.1


def cut_jittered(image: Grey, box: LineBox, rng: random.Random) -> InkMap:
    """A strip of the line: ink map of 96 rows."""
    if rng.random() < _MOVED_SHARE:
        box = _move(box, rng)
    if rng.random() < _RECUT_SHARE:
        air = rng.uniform(0.3, 0.5), rng.uniform(0.15, 0.25)
        exponent = rng.choice((0.7, 0.7, 0.7, 1.0, rng.uniform(0.55, 1.1)))
        strip = _cut(image, box, air, rng.uniform(1.05, 1.25), exponent)
    else:
        strip = cut_strip(image, box)
    if rng.random() < _FADED_SHARE:
        strip = np.clip(strip * rng.uniform(0.6, 1.15) + rng.uniform(0, 0.06), 0, 1)
    if rng.random() < _BLURRED_SHARE:
        strip = cv2.GaussianBlur(strip, (0, 0), rng.uniform(0.3, 0.7))
    return np.asarray(strip, np.float32)


def _move(box: LineBox, rng: random.Random) -> LineBox:
    """The box with its edges moved by shares of its height."""
    height = box.height
    return box._replace(
        x0=box.x0 + rng.uniform(-0.15, 0.12) * height,
        y0=box.y0 + rng.uniform(-0.07, 0.07) * height,
        x1=box.x1 + rng.uniform(-0.12, 0.15) * height,
        y1=box.y1 + rng.uniform(-0.07, 0.07) * height,
    )


def _cut(image: Grey, box: LineBox, air: tuple[float, float], stretch: float, exponent: float) -> InkMap:
    """As `cut_strip`, with other air beside and above the line, stretch and exponent on the ink."""
    height = max(1.0, box.height)
    across, above = air[0] * height, (_WINDOW * (1 + 2 * air[1]) - 1) / 2 * height
    x0, x1 = int(np.floor(box.x0 - across)), int(np.ceil(box.x1 + across))
    y0, y1 = int(np.floor(box.y0 - above)), int(np.ceil(box.y1 + above))
    columns = max(8, min(_WIDEST, round((x1 - x0) * _ROWS / (y1 - y0) * stretch)))
    rows, width = image.shape
    inside = image[max(y0, 0) : y1, max(x0, 0) : x1]
    around = max(-y0, 0), max(y1 - rows, 0), max(-x0, 0), max(x1 - width, 0)
    whole = cv2.copyMakeBorder(inside, *around, cv2.BORDER_CONSTANT, value=(255,))
    method = cv2.INTER_AREA if whole.shape[0] > _ROWS else cv2.INTER_LINEAR
    light = cv2.resize(whole, (columns, _ROWS), interpolation=method).astype(np.float32) / 255
    return np.asarray((light if is_light_on_dark(image, box) else 1 - light) ** exponent, np.float32)
