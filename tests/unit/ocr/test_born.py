"""What places and ink alone say against a text layer."""

from dataclasses import replace

import numpy as np
import pytest

from ocr.born import HIDDEN, INCOMPLETE, OVERLAPPING, STRAY_INK, TWO_SHAPES, UNMAPPED, find_faults
from ocr.source import Glyph, Pixels, PrintedText

DPI = 200
SIDE = 20


def draw(*letters: str) -> PrintedText:
    """Letters side by side, each with a shape of its own, as a PDF would print them."""
    ink = np.zeros((60, 40 * (len(letters) + 1)), np.uint8)
    glyphs: list[Glyph] = []
    for number, letter in enumerate(letters):
        x, y = 40 * number + 10, 20
        put(ink, x, y, letter)
        glyphs.append(Glyph(letter, (x, y, x + SIDE, y + SIDE), (x, y - 8, x + SIDE, y + SIDE + 6), 0))
    return PrintedText(tuple(glyphs), ("Body",), 0, ink)


def put(ink: Pixels, x: int, y: int, letter: str) -> None:
    """A shape that is the letter's alone: stripes whose places come from its code."""
    pattern = np.random.default_rng(ord(letter)).integers(0, 2, (5, 5), dtype=np.uint8)
    pattern[2, 2] = 1
    ink[y : y + SIDE, x : x + SIDE] = np.kron(pattern, np.full((4, 4), 255, np.uint8))


def change(printed: PrintedText, number: int, **values: object) -> PrintedText:
    """The same with one glyph changed."""
    glyphs = list(printed.glyphs)
    glyphs[number] = replace(glyphs[number], **values)
    return replace(printed, glyphs=tuple(glyphs))


def test_honest_text_has_no_fault() -> None:
    """Letters with their ink, one shape each."""
    assert find_faults(draw("a", "b", "a", "c", "a"), DPI) == ()


def test_a_letter_without_ink_is_hidden() -> None:
    """Whatever hides it: leaving it out changes nothing."""
    text = draw("a", "b", "c")
    text.ink[:, 45:75] = 0
    assert find_faults(text, DPI) == (HIDDEN,)


def test_a_way_of_painting_nothing_is_hidden() -> None:
    """Also where other text puts ink in the same place."""
    assert find_faults(change(draw("a", "b"), 1, is_hidden=True), DPI) == (HIDDEN,)


def test_letters_too_small_to_read_are_hidden() -> None:
    """A line of two points' height."""
    x0, y0, x1, _y1 = draw("a").glyphs[0].box
    assert find_faults(change(draw("a", "b"), 0, cell=(x0, y0, x1, y0 + 5)), DPI) == (HIDDEN,)


def test_two_letters_in_one_place_overlap() -> None:
    """Different ones; the same one twice is how some programs print bold."""
    text = draw("a", "b")
    twice = replace(text, glyphs=(*text.glyphs, text.glyphs[1]))
    assert find_faults(twice, DPI) == ()
    other = replace(text, glyphs=(*text.glyphs, replace(text.glyphs[1], text="c")))
    assert OVERLAPPING in find_faults(other, DPI)


def test_one_letter_with_two_shapes_lies() -> None:
    """A map that says the same letter for two glyphs."""
    assert find_faults(change(draw("a", "a", "b", "a"), 2, text="a"), DPI) == (TWO_SHAPES,)


def test_ink_of_text_without_letters_is_stray() -> None:
    """Glyphs that the text layer leaves out."""
    text = draw("a", "b", "c")
    assert find_faults(replace(text, glyphs=text.glyphs[:2]), DPI) == (STRAY_INK,)


@pytest.mark.parametrize(
    ("changed", "reason"), [({"is_unmapped": True}, UNMAPPED), ({"box": (-50, 20, -30, 40)}, STRAY_INK)]
)
def test_what_stands_for_nothing_is_no_text(changed: dict[str, object], reason: str) -> None:
    """Codes without letters are refused; letters beyond the picture's edge are not counted."""
    assert find_faults(change(draw("a", "b", "c"), 0, **changed), DPI) == (reason,)


def test_text_that_was_cut_off_is_refused() -> None:
    """More characters than a sheet can hold."""
    assert find_faults(replace(draw("a", "b"), is_complete=False), DPI) == (INCOMPLETE,)
