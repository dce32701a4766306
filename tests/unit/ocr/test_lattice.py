"""Greedy reading of small made-up lattices."""

import numpy as np
import pytest

from ocr.engines.lattice import LineLattice, read_greedy
from ocr.types import Box

CHARSET = ("a", "b", "ộ", " ")


def lattice(path: str, chance: float = 0.999999) -> LineLattice:
    """A lattice whose likeliest class is the path's letter in each frame, "." for the blank."""
    classes = len(CHARSET) + 1
    scores = np.full((len(path), classes), np.log((1 - chance) / (classes - 1)), np.float32)
    for frame, letter in enumerate(path):
        scores[frame, 0 if letter == "." else CHARSET.index(letter) + 1] = np.log(chance)
    return LineLattice(scores, CHARSET, Box(100, 20, 300, 50), origin=102.0, step=5.0)


def test_repeated_frames_are_one_letter_and_a_blank_parts_two() -> None:
    """CTC: runs count once, the same letter twice needs a blank between."""
    assert [word.text for word in read_greedy(lattice(".aab.b."))] == ["abb"]


def test_spaces_part_words_and_none_is_empty() -> None:
    """Spaces at the ends and in a row give no empty words."""
    assert [word.text for word in read_greedy(lattice(" .a. . .bộ. "))] == ["a", "bộ"]


def test_lattice_without_print_gives_no_words() -> None:
    """Blanks alone, and no frame at all, are no words."""
    assert read_greedy(lattice(".....")) == ()
    assert read_greedy(lattice("")) == ()


@pytest.mark.parametrize("chance", [0.99, 0.9999])
def test_confidence_is_the_mean_of_the_letters(chance: float) -> None:
    """A word is as sure as its letters are on average."""
    (word,) = read_greedy(lattice(".bộ.", chance))
    assert word.confidence == pytest.approx(chance, abs=1e-4)


def test_words_stand_side_by_side_inside_their_line() -> None:
    """Boxes follow the frames, do not overlap and stay inside the line's box."""
    seen = lattice("..a.b. .b.a..")
    first, second = (seen.span_box(word.start, word.end) for word in read_greedy(seen))
    assert seen.box.x0 <= first.x0 < first.x1 <= second.x0 < second.x1 <= seen.box.x1
    assert first.x0 < seen.x_of(2) < seen.x_of(4) < first.x1
    assert (first.y0, first.y1) == (20, 50)


def test_box_is_never_empty() -> None:
    """A span outside the line still gives a box with an area inside it."""
    seen = lattice("a")
    for box in (seen.span_box(-90, -80), seen.span_box(900, 910), seen.span_box(3, 3)):
        assert seen.box.x0 <= box.x0 < box.x1
