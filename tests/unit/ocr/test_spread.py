"""Two pages on one image, drawn as strokes."""

from pathlib import Path

import numpy as np
import pytest

from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.spread import find_gutter, iter_placed, read_halves
from ocr.types import Box, EngineVersion
from tests.unit.ocr.test_quality import sheet


def spread(shadow: bool = False) -> Grey:
    """Two A4 pages at 100 dpi beside each other, perhaps with the fold's shadow between."""
    one = sheet()[::2, ::2]
    both = np.hstack([one, one])
    if shadow:
        middle = one.shape[1]
        both[:, middle - 12 : middle + 12] = 90
    return np.ascontiguousarray(both)


@pytest.mark.parametrize("shadow", [False, True])
def test_gutter_of_a_spread_is_found(shadow: bool) -> None:
    """The middle between two printed pages, also under the fold's shadow."""
    image = spread(shadow)
    assert find_gutter(image, 100) == pytest.approx(image.shape[1] / 2, abs=40)


def test_single_pages_have_no_gutter() -> None:
    """Upright sheets, sheets on their side whose lines cross the middle, half-empty images and tiny ones."""
    crossed = spread()
    crossed[600, 200:1500] = 0
    half = spread()
    half[:, half.shape[1] // 2 :] = 245
    for image in (sheet(), crossed, half, np.full((1, 1), 255, np.uint8), np.full((10, 14), 0, np.uint8)):
        assert find_gutter(image, 100) is None


class OneWord(OcrEngine):
    """Reads one word, at a fixed place, in whatever it is given."""

    @property
    def doubtful_below(self) -> float:
        """Never in doubt."""
        return 0.0

    @property
    def version(self) -> EngineVersion:
        """Not asked."""
        return EngineVersion("none", "0")

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """The word says how wide the image is."""
        return (EngineWord(str(image.shape[1]), 0.9, Box(100, 300, 160, 320), 0, 0),)


def test_spread_is_read_and_ordered_half_by_half(tmp_path: Path) -> None:
    """Each half is read by itself; boxes are those of the whole image; the left page comes first."""
    image = spread()
    gutter = find_gutter(image, 100)
    assert gutter is not None
    words = read_halves(OneWord(), image, 100, tmp_path)
    assert [word.text for word in words] == [str(gutter), str(image.shape[1] - gutter)]
    assert words[1].box.x0 == 100 + gutter
    placed = list(iter_placed(tuple(reversed(words)), image, 100))
    assert [(line, word.text, word.box) for line, _, _, word in placed] == [
        (0, words[0].text, words[0].box),
        (1, words[1].text, words[1].box),
    ]
