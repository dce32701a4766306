"""Cutting lines out of drawn pages and sorting them into batches."""

import numpy as np
import pytest

from ocr.engine import Grey
from ocr.engines.line_detector import LineBox, build_ink_map, decode_lines
from ocr.engines.line_reader import cut_out, cut_strip, is_light_on_dark, iter_batches
from ocr.engines.strong_reader import CHARSET
from ocr.engines.strong_reader import cut_strip as cut_strong_strip
from ocr.types import Box

LINE = LineBox(20, 40, 220, 60, 1.0)


def page(light_on_dark: bool = False) -> Grey:
    """Paper with one line of bars at `LINE`."""
    image = np.full((100, 300), 255, np.uint8)
    for x in range(24, 216, 12):
        image[43:57, x : x + 4] = 0
    return 255 - image if light_on_dark else image


def test_strip_shows_ink_in_its_middle_third_alone() -> None:
    """A lone line fills the middle of the strip; above, below and beside it is paper."""
    strip = cut_strip(page(), LINE)
    assert strip.shape[0] == 96
    assert strip.dtype == np.float32
    assert strip[32:64].max() > 0.9
    assert strip[:30].max() == strip[66:].max() == strip[:, :8].max() == 0.0


def test_light_print_on_a_dark_ground_is_read_like_dark_print() -> None:
    """The strip of a line in negative is that of the line itself."""
    assert is_light_on_dark(page(light_on_dark=True), LINE)
    assert not is_light_on_dark(page(), LINE)
    middle = slice(36, 60), slice(8, -8)
    negative, plain = cut_strip(page(light_on_dark=True), LINE), cut_strip(page(), LINE)
    assert np.abs(negative[middle] - plain[middle]).max() < 0.05
    assert np.abs(cut_strong_strip(page(True), LINE) - cut_strong_strip(page(), LINE)).max() < 0.05


@pytest.mark.parametrize(
    "line",
    [LineBox(0, 0, 300, 20, 1), LineBox(280, 90, 300, 100, 1), LineBox(5, 5, 5.2, 5.1, 1)],
)
def test_line_at_the_edge_has_paper_around_it(line: LineBox) -> None:
    """Beyond the image there is paper, also around a line of no size."""
    strip = cut_strip(np.full((100, 300), 255, np.uint8), line)
    assert strip.shape[0] == 96
    assert strip.max() == 0.0


def test_very_wide_line_is_squeezed_to_what_the_networks_take() -> None:
    """Neither strip grows beyond 1,024 columns."""
    image = np.full((40, 6000), 255, np.uint8)
    line = LineBox(0, 10, 6000, 30, 1)
    assert cut_strip(image, line).shape[1] == 1024
    assert cut_strong_strip(image, line).shape == (32, 1024)


def test_rectangle_beyond_the_image_keeps_its_size() -> None:
    """Cutting gives the size asked for and paper outside."""
    cut = cut_out(np.zeros((10, 10), np.uint8), Box(-2, 5, 14, 12))
    assert cut.shape == (7, 16)
    assert cut[0, 2:12].max() == 0
    assert cut[5:].min() == cut[:, :2].min() == cut[:, 12:].min() == 255


def test_batches_hold_every_line_once_and_lines_alike() -> None:
    """No line is lost, and none is padded by more than a quarter."""
    widths = [30, 500, 510, 64, 70, 1024, 505, 40, 900]
    batches = list(iter_batches(widths))
    assert sorted(number for batch in batches for number in batch) == list(range(len(widths)))
    for batch in batches:
        own = [widths[number] for number in batch]
        assert max(own) <= 1.25 * max(min(own), 64)


def test_each_core_becomes_a_line_of_the_height_its_pixels_say() -> None:
    """Two cores side by side are two lines, a single hot pixel is none."""
    maps = np.zeros((3, 40, 60), np.float32)
    maps[0] = -5
    maps[0, 10:12, 5:20] = 5
    maps[0, 10:12, 30:50] = 5
    maps[0, 30, 30] = 5
    maps[1:] = 8
    left, right = sorted(decode_lines(maps))
    assert (left.y0, left.y1) == (pytest.approx(14), pytest.approx(30))
    assert left.x0 < 10 < 40 < left.x1 < right.x0 < 60 < 100 < right.x1
    assert left.score > 0.99


def test_page_without_cores_has_no_lines() -> None:
    """An empty page is no error."""
    assert decode_lines(np.full((3, 8, 8), -5, np.float32)) == []


def test_ink_map_is_padded_with_paper() -> None:
    """Sizes are multiples of 32; black is one, paper and padding are zero."""
    ink = build_ink_map(np.zeros((50, 70), np.uint8), 1.0)
    assert ink.shape == (64, 96)
    assert ink[:50, :70].min() == 1.0
    assert ink[50:].max() == ink[:, 70:].max() == 0.0


def test_strong_reader_knows_every_vietnamese_letter_once() -> None:
    """226 different characters; with the blank they are the network's 227 classes."""
    assert len(CHARSET) == len(set(CHARSET)) == 226
    assert set("ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđĐƠƯ") <= set(CHARSET)
