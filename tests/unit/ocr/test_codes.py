"""QR codes on drawn pages."""

import cv2
import numpy as np
import pytest

from ocr.codes import read_codes
from ocr.engine import Grey

TEXT = "001203000123|012345678|Lê Văn Thử|01022003|Nam|Phường Mẫu|15032021"


def draw_page(text: str, turn: float, side: int = 200) -> Grey:
    """A white page with a code of `side` pixels turned by degrees."""
    code = cv2.QRCodeEncoder.create().encode(text)
    code = cv2.resize(code, (side, side), interpolation=cv2.INTER_NEAREST)
    page = np.full((900, 900), 255, np.uint8)
    page[300 : 300 + side, 300 : 300 + side] = code
    middle = 300 + side / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn, 1.0)
    return np.asarray(cv2.warpAffine(page, matrix, (900, 900), borderValue=(255,)), dtype=np.uint8)


@pytest.mark.parametrize("turn", [0, 12, 90, 200])
def test_code_is_read_at_any_turn(turn: float) -> None:
    """The text comes back in full and the box lies around the code."""
    (code,) = read_codes(draw_page(TEXT, turn))
    assert code.text == TEXT
    assert 250 <= code.box.x0 < 400 < code.box.x1 <= 550
    assert 250 <= code.box.y0 < 400 < code.box.y1 <= 550


def test_page_without_code_has_none() -> None:
    """Plain ink is no code."""
    page = np.full((400, 400), 255, np.uint8)
    page[100:120, 50:350] = 0
    assert read_codes(page) == ()


def test_controls_in_a_code_become_blanks() -> None:
    """What a stranger's code says can break no list and no log line."""
    (code,) = read_codes(draw_page("KQ.G15\r\n000031\x1b[2J", 0))
    assert code.text == "KQ.G15 000031 [2J"
