"""Where a point of the cleaned page lies on the archived image, and back (hình học trang)."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Box

Matrix = NDArray[np.float64]
"""A 2 by 3 affine map."""


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """How the archived image became the image for reading.

    `width`, `height`: archived pixels. `rotation`: clockwise quarter turn undone. `skew_degrees`: small
    clockwise lean of the lines undone after the turn. `scale`: reading pixels per archived pixel.
    """

    width: int
    height: int
    rotation: int
    skew_degrees: float
    scale: float

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height after the quarter turn, in archived pixels."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)

    @property
    def reading_size(self) -> tuple[int, int]:
        """Width and height of the image for reading."""
        width, height = self.upright_size
        return max(1, round(width * self.scale)), max(1, round(height * self.scale))

    def deskew_matrix(self) -> Matrix:
        """From the upright image, already scaled, to the image for reading."""
        width, height = self.reading_size
        centre = ((width - 1) / 2, (height - 1) / 2)
        return np.asarray(cv2.getRotationMatrix2D(centre, self.skew_degrees, 1.0), dtype=np.float64)

    def to_archived(self, box: Box) -> Box:
        """The smallest upright rectangle on the archived image that holds a box of the reading image."""
        inverse = np.asarray(cv2.invertAffineTransform(self.deskew_matrix()), dtype=np.float64)
        corners = np.array(
            [[x, y, 1.0] for x in (box.x0, box.x1) for y in (box.y0, box.y1)], dtype=np.float64
        )
        upright = (corners @ inverse.T) / self.scale
        points = [self._turn_back(float(x), float(y)) for x, y in upright]
        return _clip(points, self.width, self.height)

    def to_reading(self, box: Box) -> Box:
        """The smallest rectangle on the reading image that holds a box of the archived image."""
        turned = [self._turn(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        corners = np.array([[x * self.scale, y * self.scale, 1.0] for x, y in turned], dtype=np.float64)
        points = [(float(x), float(y)) for x, y in corners @ self.deskew_matrix().T]
        return _clip(points, *self.reading_size)

    def _turn(self, x: float, y: float) -> tuple[float, float]:
        """A point of the archived image after the clockwise quarter turn."""
        return {
            0: (x, y),
            90: (self.height - y, x),
            180: (self.width - x, self.height - y),
            270: (y, self.width - x),
        }[self.rotation]

    def _turn_back(self, x: float, y: float) -> tuple[float, float]:
        """A point of the upright image on the archived image."""
        return {
            0: (x, y),
            90: (y, self.height - x),
            180: (self.width - x, self.height - y),
            270: (self.width - y, x),
        }[self.rotation]


def _clip(points: list[tuple[float, float]], width: int, height: int) -> Box:
    """The bounding box of points, kept inside the image and at least one pixel large."""
    x0 = min(max(round(min(x for x, _ in points)), 0), width - 1)
    y0 = min(max(round(min(y for _, y in points)), 0), height - 1)
    x1 = min(max(round(max(x for x, _ in points)), x0 + 1), width)
    y1 = min(max(round(max(y for _, y in points)), y0 + 1), height)
    return Box(x0, y0, x1, y1)
