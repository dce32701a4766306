"""Resolutions and decoding of pages."""

import numpy as np
import pytest

from ocr.clean import reading_scale, red_channel
from ocr.errors import UnreadableImage
from ocr.source import Colour, SourcePage, decode_page, plausible_dpi


@pytest.mark.parametrize(
    ("declared", "width", "height", "expected"),
    [
        (300, 2480, 3508, 300),
        (0, 1654, 2339, 200),
        (72, 1240, 1754, 150),
        (96, 1654, 2339, 200),
        (1, 2480, 3508, 300),
        (300, 4960, 7016, 300),
        (100, 827, 1169, 100),
    ],
)
def test_declared_resolution_is_believed_only_when_it_makes_a_sheet(
    declared: float, width: int, height: int, expected: int
) -> None:
    """Screen resolutions and nonsense give way to what an A4 sheet implies; larger sheets are believed."""
    assert plausible_dpi(declared, width, height) == expected


def test_scale_for_reading() -> None:
    """300 dpi goes down to 200, 150 and 200 stay, 100 goes up."""
    assert reading_scale(300) == pytest.approx(2 / 3)
    assert reading_scale(200) == reading_scale(150) == 1.0
    assert reading_scale(100) == 3.0


def test_red_channel_whitens_red_and_keeps_blue() -> None:
    """Red ink becomes as bright as paper, blue and black stay dark."""
    blue_green_red = np.array([[[30, 30, 230], [200, 40, 20], [0, 0, 0]]], dtype=np.uint8)
    assert red_channel(blue_green_red).tolist() == [[230, 20, 0]]


def test_damaged_jpeg_is_refused() -> None:
    """Bytes that do not decode are unreadable, not a crash."""
    page = SourcePage(0, 10, 10, 200, Colour.COLOUR, jpeg=b"\xff\xd8 no jpeg")
    with pytest.raises(UnreadableImage):
        decode_page(page)
