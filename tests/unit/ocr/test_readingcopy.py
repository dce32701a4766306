"""What a reading copy does to a page's picture."""

import cv2
import numpy as np

from ocr.readingcopy import shrink_page
from ocr.source import Colour, SourcePage, decode_page


def noisy(height: int, width: int) -> np.ndarray:
    """A grey picture with enough in it to weigh something."""
    return np.random.default_rng(5).integers(0, 255, (height, width), dtype=np.uint8)


def test_colour_scan_becomes_a_coarse_jpeg_of_the_same_sheet() -> None:
    """A page of 300 dpi keeps its size in inches and loses most of its bytes."""
    pixels = cv2.cvtColor(noisy(1400, 1000), cv2.COLOR_GRAY2BGR)
    jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    source = SourcePage(3, 1000, 1400, 300, Colour.COLOUR, 90, jpeg=jpeg)
    small = shrink_page(source)
    assert (small.width, small.height, small.dpi, small.number, small.rotation) == (367, 513, 110, 3, 90)
    assert decode_page(small).shape == (513, 367, 3)
    assert len(small.jpeg or b"") < 0.2 * len(jpeg)


def test_bilevel_page_stays_as_it_is() -> None:
    """Fax coding is smaller than any JPEG of the same page."""
    source = SourcePage(0, 20, 30, 200, Colour.BILEVEL, pixels=noisy(30, 20))
    assert shrink_page(source) is source


def test_jpeg_that_would_not_get_smaller_stays_as_it_is() -> None:
    """A scan that is coarse and small already is not coded again."""
    jpeg = cv2.imencode(".jpg", noisy(200, 150), [cv2.IMWRITE_JPEG_QUALITY, 5])[1].tobytes()
    source = SourcePage(0, 150, 200, 96, Colour.GREY, jpeg=jpeg)
    assert shrink_page(source) is source
