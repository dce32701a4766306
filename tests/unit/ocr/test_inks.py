"""Coloured inks on drawn pages: what goes, what stays."""

import cv2
import numpy as np
import pytest

from ocr.inks import settle_inks
from ocr.source import Pixels
from tests.unit.ocr.test_clean import bars

RED, BLUE, VIOLET, GREEN = (40, 30, 210), (190, 60, 30), (150, 40, 130), (60, 130, 20)
Ink = tuple[int, int, int]


def page() -> Pixels:
    """A4 at 100 dpi on cream paper, rows of black bars in its lower half."""
    print_ = bars()
    print_[:560] = 255
    colour = np.full((*print_.shape, 3), (225, 238, 242), np.uint8)
    colour[print_ < 128] = 25
    return np.repeat(np.repeat(colour, 2, axis=0), 2, axis=1)


def add_line(colour: Pixels, ink: Ink, top: int) -> None:
    """A line of twelve letters in that ink."""
    for number in range(12):
        left = 400 + 50 * number
        colour[top : top + 40, left : left + 30] = np.minimum(colour[top : top + 40, left : left + 30], ink)


def add_ring(colour: Pixels, ink: Ink, x: int, y: int) -> None:
    """A seal's ring and a stroke through it, transparent over print."""
    layer = np.full_like(colour, 255)
    cv2.circle(layer, (x, y), 140, ink, 12)
    cv2.line(layer, (x - 100, y), (x + 100, y), ink, 12)
    colour[:] = np.minimum(colour, layer)


def read(colour: Pixels) -> Pixels:
    """The reading plane of an upright page at 200 dpi."""
    return settle_inks(np.ascontiguousarray(colour[:, :, 2]), colour, 200, 0)


def test_red_line_on_free_paper_is_put_back() -> None:
    """A title in red ink is dark on the reading plane."""
    colour = page()
    add_line(colour, RED, 300)
    assert (read(colour)[310:330, 405:425] < 80).all()


def test_red_seal_stays_off() -> None:
    """A red ring, over print or on free paper, is as light as on the red channel."""
    for y in (300, 1700):
        colour = page()
        add_ring(colour, RED, 800, y)
        assert np.array_equal(read(colour), colour[:, :, 2])


def test_red_line_over_print_stays_off() -> None:
    """Red letters across black print give way to the print."""
    colour = page()
    add_line(colour, RED, 1410)
    assert np.array_equal(read(colour), colour[:, :, 2])


@pytest.mark.parametrize("ink", [BLUE, VIOLET, GREEN])
def test_cool_stamp_over_print_is_taken_off(ink: Ink) -> None:
    """Of a blue, violet or green ring over print only the print stays dark."""
    colour = page()
    untouched = colour[:, :, 2].copy()
    add_ring(colour, ink, 800, 1700)
    plane = read(colour)
    ring = (colour[:, :, 2] < 200) & (untouched > 200)
    assert (plane[ring] > 200).mean() > 0.95
    assert (plane[untouched < 60] < 110).mean() > 0.98


def test_blue_writing_in_a_line_and_blue_print_stay() -> None:
    """Blue digits beside print and blue print are for people and readers to see."""
    colour = page()
    add_line(colour, BLUE, 300)
    colour[1412:1440, 1400:1470] = BLUE
    assert np.array_equal(read(colour), colour[:, :, 2])


def test_page_printed_in_red_is_read_on_its_darkest_channel() -> None:
    """With more red print than black the whole page is turned dark, its small print too."""
    colour = np.full((2340, 1654, 3), (225, 238, 242), np.uint8)
    for top in range(300, 2000, 80):
        add_line(colour, RED, top)
    colour[2100:2110, 300:310] = RED
    assert (read(colour)[2101:2109, 301:309] < 80).all()


def test_grey_page_is_its_own_plane() -> None:
    """Without colour nothing is done."""
    plane = np.full((300, 200), 240, np.uint8)
    assert settle_inks(plane, plane, 200, 0) is plane


def test_lying_page_is_judged_upright() -> None:
    """Lines are looked for after the quarter turn that the page needs."""
    colour = page()
    add_line(colour, RED, 300)
    lying = np.ascontiguousarray(np.rot90(colour))
    upright = settle_inks(np.ascontiguousarray(colour[:, :, 2]), lying, 200, 90)
    assert (upright[310:330, 405:425] < 80).all()
