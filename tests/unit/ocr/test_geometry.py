"""Boxes between the archived image and the image for reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry import PageGeometry
from ocr.types import Box


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, Box(30, 60, 90, 75)),
        (90, Box(60, 510, 75, 570)),
        (180, Box(310, 525, 370, 540)),
        (270, Box(325, 30, 340, 90)),
    ],
)
def test_quarter_turns(rotation: int, expected: Box) -> None:
    """A box on the upright page comes back to where it was on the lying scan of 400 by 600."""
    geometry = PageGeometry(400, 600, rotation, 0.0, 0.5)
    assert geometry.to_archived(Box(15, 30, 45, 37)) == pytest.approx(expected, abs=1.1)


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-7, 7),
    st.floats(0.3, 3.0),
    st.integers(300, 900),
    st.integers(300, 900),
)
def test_there_and_back_holds_the_box(
    rotation: int, skew: float, scale: float, width: int, height: int
) -> None:
    """What goes to the archived image and back still holds the box it began with."""
    geometry = PageGeometry(width, height, rotation, skew, scale)
    across, down = geometry.reading_size
    box = Box(round(across * 0.4), round(down * 0.4), round(across * 0.6) + 2, round(down * 0.45) + 2)
    back = geometry.to_reading(geometry.to_archived(box))
    slack = 2 + 2 * scale
    assert back.x0 <= box.x0 + slack
    assert back.y0 <= box.y0 + slack
    assert back.x1 >= box.x1 - slack
    assert back.y1 >= box.y1 - slack


def test_boxes_never_leave_the_image() -> None:
    """A box at the edge is cut at the archived image's edge and keeps a pixel."""
    geometry = PageGeometry(400, 600, 0, 5.0, 1.0)
    x0, y0, x1, y1 = geometry.to_archived(Box(0, 0, 2, 2))
    assert 0 <= x0 < x1 <= 400
    assert 0 <= y0 < y1 <= 600
