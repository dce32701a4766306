"""What every reader offers (giao diện bộ nhận dạng): an image in, words with boxes out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.types import Box, EngineVersion

Grey = NDArray[np.uint8]
"""One channel, 8 bits, rows by columns, 255 white."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Another way to read a word (cách đọc khác): NFC text, and ln of how much likelier than the word's own
    text the image makes it; below zero where it is less likely.
    """

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class EngineWord:
    """A word as a reader saw it: NFC text, confidence 0 to 1, box in pixels of the image it was given.

    `block` and `line` are the reader's own grouping: words of one printed line share both. `readings` are
    the other ways to read it; None where the reader cannot tell.
    """

    text: str
    confidence: float
    box: Box
    block: int
    line: int
    readings: tuple[Reading, ...] | None = None


class OcrEngine(Protocol):
    """Reads the words of one upright page (bộ nhận dạng chữ)."""

    @property
    def version(self) -> EngineVersion:
        """Name and version; raises EngineMissing or LanguageDataMissing."""
        ...

    @property
    def doubtful_below(self) -> float:
        """Mean word confidence below which a page may stand on its head; right pages lie well above."""
        ...

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """Words of the image in the reader's order; temporary files lie in `temp_dir` alone.

        Raises EngineMissing, LanguageDataMissing, EngineTimedOut, EngineCrashed.
        """
        ...
