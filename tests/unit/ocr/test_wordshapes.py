"""Comparing a cut-out with the shapes of known words."""

import cv2
import numpy as np
import pytest

from ocr.engine import Grey
from ocr.wordshapes import match_words

WORDS = ("MAT", "TOI MAT", "TUYET MAT", "KHAN", "THUONG KHAN", "HOA TOC")
DPI = 200


def draw_word(word: str, face: int, print_at: int | None = None) -> Grey:
    """A word in one of OpenCV's stroke faces, which are not those it is compared with."""
    image = np.full((80, 340), 255, np.uint8)
    cv2.putText(image, word, (24, 52), face, 1.15, 0, 3, cv2.LINE_AA)
    if print_at is not None:
        cv2.putText(image, "tri den ngay 12/08/20", (-8, print_at), face, 0.9, 0, 1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("face", [cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX])
@pytest.mark.parametrize("print_at", [None, 34, 70])
@pytest.mark.parametrize("word", ["MAT", "TUYET MAT", "KHAN", "HOA TOC"])
def test_a_word_is_most_like_itself_with_print_over_a_half(
    word: str, print_at: int | None, face: int
) -> None:
    """In strange faces, and under print, the word or a part of it is the best match."""
    alike = match_words(draw_word(word, face, print_at), DPI, WORDS)
    assert max(alike, key=lambda one: alike[one]).split()[-1] == word.split()[-1]


def test_bare_paper_is_like_no_word() -> None:
    """Where nothing is printed nothing matches, though the correlation is undefined there."""
    alike = match_words(np.full((80, 340), 255, np.uint8), DPI, WORDS)
    assert set(alike.values()) == {-1.0}


def test_a_word_larger_than_the_cut_out_is_not_compared() -> None:
    """A cut-out of a few pixels matches nothing."""
    assert match_words(np.zeros((8, 8), np.uint8), DPI, WORDS)["TUYET MAT"] == -1.0
