"""Finding stamps on drawn pages, and handing them to a reader as one sheet."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.engine import EngineWord, Grey
from ocr.source import Pixels
from ocr.stamps import find_stamps, read_stamps
from ocr.types import Box, EngineVersion

RED, BLACK = (45, 30, 205), (25, 25, 25)
DPI = 100


def make_page(height: int = 1169, width: int = 827) -> Pixels:
    """A white page of 100 dpi with rows of short strokes in place of text."""
    page = np.full((height, width, 3), 250, np.uint8)
    for y in range(300, 900, 27):
        for x in range(120, 700, 14):
            cv2.line(page, (x, y), (x + 6, y - 9), BLACK, 2)
    return page


def draw_stamp(page: Pixels, colour: tuple[int, int, int], tilt: float, x: int = 200, y: int = 200) -> None:
    """A framed word of 30 x 11 mm, in place."""
    corners = cv2.boxPoints(((x, y), (118, 43), tilt)).astype(np.int32)
    cv2.polylines(page, [corners], True, colour, 2, cv2.LINE_AA)
    for step in range(-36, 37, 9):
        ends = cv2.boxPoints(((x, y), (2 * step, 10 if step % 2 else 12), tilt)).astype(np.int32)
        cv2.line(page, ends[0].tolist(), ends[1].tolist(), colour, 3, cv2.LINE_AA)


class SheetReader:
    """Reads one word in the middle of every dark patch of the sheet it is given."""

    version = EngineVersion("sheet", "1")

    def __init__(self) -> None:
        self.sheets: list[Grey] = []

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """One word a patch, from top to bottom."""
        self.sheets.append(image)
        joined = cv2.dilate((image < 128).astype(np.uint8), np.ones((15, 61), np.uint8))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
        return tuple(
            EngineWord(f"word{number}", 0.9, Box(int(x), int(y), int(x + w), int(y + h)), 1, number)
            for number, (x, y, w, h, _area) in enumerate(sorted(boxes[1:], key=lambda row: row[1]))
        )


@pytest.mark.parametrize("colour", [RED, BLACK])
@pytest.mark.parametrize("tilt", [-15.0, -6.0, 0.0, 9.0, 15.0])
def test_a_framed_stamp_is_found_with_its_tilt_and_size(colour: tuple[int, int, int], tilt: float) -> None:
    """Red and black frames up to 15 degrees are cut out with place, tilt and size on paper."""
    page = make_page()
    draw_stamp(page, colour, tilt)
    region = find_stamps(page, DPI)[0]
    assert region.framed
    assert region.has_ink
    assert region.red == (colour == RED)
    assert region.tilt_degrees == pytest.approx(tilt, abs=1.5)
    assert region.size_mm == pytest.approx((30, 11), abs=1.5)
    assert region.box.x0 < 200 < region.box.x1
    assert region.box.y0 < 200 < region.box.y1


def test_a_page_without_stamps_has_none() -> None:
    """Rows of text, a blank page and a page in grey give no framed region."""
    page = make_page()
    assert not [region for region in find_stamps(page, DPI) if region.framed or region.red]
    assert not find_stamps(np.full_like(page, 255), DPI)
    assert not [region for region in find_stamps(np.ascontiguousarray(page[:, :, 0]), DPI) if region.framed]


def test_a_round_seal_is_no_stamp() -> None:
    """The agency's red seal of 36 mm is left out."""
    page = make_page()
    cv2.circle(page, (500, 1000), 71, RED, 3, cv2.LINE_AA)
    cv2.circle(page, (500, 1000), 45, RED, 2, cv2.LINE_AA)
    assert not [region for region in find_stamps(page, DPI) if region.red]


def test_table_cells_are_no_stamps() -> None:
    """Lines that run on beyond the corners of a rectangle are a table's."""
    page = make_page()
    for y in range(950, 1110, 40):
        cv2.line(page, (100, y), (700, y), BLACK, 2)
    for x in range(100, 701, 120):
        cv2.line(page, (x, 950), (x, 1070), BLACK, 2)
    assert not [region for region in find_stamps(page, DPI) if region.framed and region.size_mm[0] < 35]


def test_print_at_the_corners_does_not_hide_a_stamp() -> None:
    """Strokes of letters that continue its sides are shorter than a table's lines."""
    page = np.full((600, 827, 3), 250, np.uint8)
    draw_stamp(page, BLACK, 0.0)
    left, right, top, foot = 141, 259, 178, 222
    for x, y, end_x, end_y in (
        (left, top, left, top - 13),
        (right, top, right, top - 13),
        (left, foot, left, foot + 13),
        (right, foot, right + 13, foot),
    ):
        cv2.line(page, (x, y), (end_x, end_y), BLACK, 2)
    assert [region for region in find_stamps(page, DPI) if region.framed]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_archived_image(rotation: int) -> None:
    """A page that lies on its side is turned for the search, its boxes are turned back."""
    upright = make_page()
    draw_stamp(upright, RED, 0.0)
    archived = np.ascontiguousarray(np.rot90(upright, rotation // 90))
    box = find_stamps(archived, DPI, rotation)[0].box
    cut = archived[box.y0 : box.y1, box.x0 : box.x1]
    assert cut.shape[0] * cut.shape[1] == pytest.approx(122 * 47, rel=0.1)
    assert (cut[:, :, 2].astype(int) - cut[:, :, 1] > 60).mean() > 0.15


def test_regions_are_bounded() -> None:
    """However many frames a page has, at most eight regions are handed on."""
    page = make_page()
    for row in range(5):
        for column in range(4):
            draw_stamp(page, RED, 0.0, 120 + column * 180, 100 + row * 200)
    assert len(find_stamps(page, DPI)) == 8


def test_all_regions_are_read_in_one_run(tmp_path: Path) -> None:
    """One sheet holds every cut-out and its parts; words come back to their region."""
    page = make_page()
    draw_stamp(page, RED, 4.0)
    draw_stamp(page, BLACK, -3.0, 550, 150)
    reader, regions = SheetReader(), find_stamps(page, DPI)
    texts = read_stamps(regions, reader, tmp_path)
    assert len(reader.sheets) == 1
    assert [text.region for text in texts] == list(regions)
    framed = [text for text in texts if text.region.framed]
    assert all(len(text.lines) >= 3 for text in framed)
    assert len(framed) >= 2


def test_no_region_needs_no_reader(tmp_path: Path) -> None:
    """Without a region the reader is not run."""
    reader = SheetReader()
    assert read_stamps((), reader, tmp_path) == ()
    assert not reader.sheets
