"""Reads lines, or a few words of one, with the strongest recogniser there is (bộ đọc dòng mạnh), slowly.

The network takes strips 32 pixels high in three equal channels, 0 ink to 1 paper. One frame covers four
columns.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey
from ocr.engines.lattice import LineLattice
from ocr.engines.line_detector import LineBox
from ocr.engines.line_reader import cut_out, is_light_on_dark
from ocr.engines.session import make_session
from ocr.models import Model, read_model
from ocr.types import Box

CHARSET = tuple(
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
    "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬBCDĐEÈÉẺẼẸÊỀẾỂỄỆFGHIÌÍỈĨỊJKLMNOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢPQRSTUÙÚỦŨỤƯỪỨỬỮỰVWXYỲÝỶỸỴZ"
    "0123456789 ,.-:;\"'?!()[]{}/%+$&=*#@_\\<>°"
)
"""Characters of classes 1 to 226; class 0 is the blank."""
_HEIGHT, _CHANNELS, _FRAME = 32, 3, 4
_STRETCH = 0.75
"""Columns are drawn together by this factor: fewer frames, less time and, on poor pages, fewer errors."""
_AIR = 0.1
"""Share of the line's height left free on each side."""
_NARROWEST, _WIDEST = 32, 1024
"""Wider lines are squeezed: the network knows no place behind its 256th frame."""


class StrongReader:
    """The strong line recogniser (bộ đọc dòng mạnh)."""

    def __init__(self, models: Path) -> None:
        self._session = make_session(read_model(models, Model.STRONG_READER))

    def read_line(self, image: Grey, line: LineBox) -> LineLattice:
        """What one line, or a part of one, looks like to the recogniser."""
        strip = cut_strip(image, line)
        batch = np.broadcast_to(strip, (1, _CHANNELS, *strip.shape))
        (scores,) = self._session.run(["log_probs"], {"images": np.ascontiguousarray(batch)})
        left = line.x0 - _AIR * line.height
        step = _FRAME * (line.x1 + _AIR * line.height - left) / strip.shape[1]
        box = Box(round(line.x0), round(line.y0), round(line.x1), round(line.y1))
        return LineLattice(np.asarray(scores)[:, 0], CHARSET, box, left + step / 2, step)

    def read_lines(self, image: Grey, lines: Sequence[LineBox]) -> list[LineLattice]:
        """What each line looks like, in the order given; one by one, since batches gain nothing here."""
        return [self.read_line(image, line) for line in lines]


def cut_strip(image: Grey, line: LineBox) -> NDArray[np.float32]:
    """The line as the recogniser wants it: rows by columns, 0 ink to 1 paper."""
    air = _AIR * max(1.0, line.height)
    box = Box(
        int(np.floor(line.x0 - air)),
        int(np.floor(line.y0 - air)),
        int(np.ceil(line.x1 + air)),
        int(np.ceil(line.y1 + air)),
    )
    cut = cut_out(image, box)
    columns = min(max(round(cut.shape[1] * _HEIGHT / cut.shape[0] * _STRETCH), _NARROWEST), _WIDEST)
    columns = -(-columns // _FRAME) * _FRAME
    shrinks = cut.shape[0] > _HEIGHT
    small = cv2.resize(cut, (columns, _HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    light = np.multiply(small, np.float32(1 / 255), dtype=np.float32)
    return np.subtract(1, light, dtype=np.float32) if is_light_on_dark(image, line) else light
