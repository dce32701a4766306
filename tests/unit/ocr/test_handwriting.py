"""Handwritten and printed values told apart on drawn lines."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.engine import EngineWord, Grey
from ocr.handwriting import judge_places
from ocr.printshapes import list_faces
from ocr.types import Box, ValuePlace, Writing

DPI, EM, FOOT = 200, 37, 70
# Figures as strokes of a pen on a square of 10 by 14: no font's shapes.
STROKES = {
    "1": [[(3, 4), (6, 0), (5, 14)]],
    "2": [[(1, 3), (4, 0), (8, 3), (1, 13), (9, 12)]],
    "4": [[(5, 0), (1, 8), (9, 7)], [(7, 3), (5, 14)]],
    "5": [[(9, 0), (3, 1), (2, 6), (7, 7), (7, 12), (1, 13)]],
    "6": [[(8, 0), (2, 7), (3, 13), (8, 11), (6, 7), (2, 9)]],
    "7": [[(0, 1), (9, 0), (3, 14)], [(2, 7), (8, 6)]],
}


class Line:
    """A line of print and pen strokes, with the words a reader would give."""

    def __init__(self, face: str) -> None:
        self.image = Image.new("L", (900, 110), 255)
        self.pen = ImageDraw.Draw(self.image)
        self.font = ImageFont.truetype(face, EM)
        self.x = 20
        self.words: list[EngineWord] = []

    def print(self, text: str, gap: int = 9) -> "Line":
        """Printed text."""
        box = self.pen.textbbox((self.x, FOOT), text, font=self.font, anchor="ls")
        self.pen.text((self.x, FOOT), text, font=self.font, fill=0, anchor="ls")
        self._add(text, Box(*(round(edge) for edge in box)), gap)
        return self

    def write(self, figures: str, lean: float = 0.2, gap: int = 14) -> "Line":
        """Figures by pen, larger than print, leaning and unsteady."""
        start = self.x
        for number, figure in enumerate(figures):
            drop = (number % 2) * 4
            for stroke in STROKES[figure]:
                points = [
                    (self.x + 2.4 * x + lean * (14 - y) * 2, FOOT - 36 + drop + 2.6 * y) for x, y in stroke
                ]
                self.pen.line(points, fill=0, width=3, joint="curve")
            self.x += 27
        self._add(figures, Box(start, FOOT - 36, self.x, FOOT + 6), gap)
        return self

    def leave(self, pixels: int) -> "Line":
        """Paper left blank."""
        self.x += pixels
        return self

    def _add(self, text: str, box: Box, gap: int) -> None:
        self.words.append(EngineWord(text, 0.95, box, 0, 0))
        self.x = box.x1 + gap

    def judge(self, zone: str, blur: float = 0.7) -> dict[str, ValuePlace]:
        """The places by name on a blurred scan of the line."""
        scan = cv2.GaussianBlur(np.asarray(self.image), (0, 0), blur)
        image: Grey = np.asarray(scan, dtype=np.uint8)
        return {place.name: place for place in judge_places(image, DPI, self.words, zone)}


def upright() -> Line:
    """A line in the upright office face."""
    return Line(list_faces(is_slanted=False)[0])


def slanted() -> Line:
    """A line in the slanted office face, begun as date lines are."""
    return Line(list_faces(is_slanted=True)[0]).print("Hoà").print("Mẫu,").print("ngày")


def test_printed_number_is_print() -> None:
    """A number printed like its label and symbol needs no second look for its script."""
    place = upright().print("Số:").print("1216", gap=0).print("/QĐ-UBND").judge("so_ky_hieu")["number"]
    assert (place.text, place.writing) == ("1216", Writing.PRINTED)


@pytest.mark.parametrize("figures", ["574", "62", "1175", "4", "17"])
def test_number_by_pen_is_handwritten_although_the_reader_read_it(figures: str) -> None:
    """The reader's reading may be right or wrong: a person decides, with the place of the strokes."""
    line = upright().print("Số:").write(figures).print("/QĐ-UBND")
    place = line.judge("so_ky_hieu")["number"]
    assert place.writing is Writing.HANDWRITTEN
    strokes = line.words[1].box
    assert place.box.x0 <= strokes.x0 + 2
    assert place.box.x1 >= strokes.x1 - 8


def test_another_number_than_the_print_is_not_believed() -> None:
    """A reader that says 1218 where 1216 is printed is contradicted by the print."""
    line = upright().print("Số:").print("1216", gap=0).print("/QĐ-UBND")
    line.words[1] = EngineWord("1218", 0.97, line.words[1].box, 0, 0)
    assert line.judge("so_ky_hieu")["number"].writing is not Writing.PRINTED


def test_gap_left_for_the_number_is_empty() -> None:
    """A draft without a number has an empty place, no handwriting."""
    place = upright().print("Số:").leave(120).print("/QĐ-UBND").judge("so_ky_hieu")["number"]
    assert place.writing is Writing.EMPTY


def test_day_by_pen_in_a_printed_date() -> None:
    """Only the day is handwritten; month and year around it are print."""
    line = slanted().write("27").print("tháng").print("6").print("năm").print("2026")
    places = line.judge("ngay")
    assert places["day"].writing is Writing.HANDWRITTEN
    assert (places["month"].text, places["month"].writing) == ("6", Writing.PRINTED)
    assert (places["year"].text, places["year"].writing) == ("2026", Writing.PRINTED)


def test_printed_day_that_the_reader_missed_is_read_from_its_print() -> None:
    """Where the reader saw no figures, print that fits one day alone gives the day."""
    line = slanted().print("13").print("tháng").print("6").print("năm").print("2026")
    line.words[3] = EngineWord("l3", 0.4, line.words[3].box, 0, 0)
    place = line.judge("ngay")["day"]
    assert (place.text, place.writing) == ("13", Writing.PRINTED)


def test_line_without_anchors_has_no_places() -> None:
    """Nothing is said of a line whose printed words were not read."""
    assert upright().print("Kính").print("gửi").judge("ngay") == {}
    assert upright().print("Phòng").judge("so_ky_hieu") == {}
