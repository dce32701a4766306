"""Coloured inks on a page (mực màu): stamps taken off print, coloured print kept.

Pages are read on the red channel, on which red ink vanishes and blue ink is dark. That is right for a red
seal over a name, and wrong in two places found here: a line printed or stamped in red with no black
print under it is put back, and a blue, violet or green stamp over black print is taken off.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey
from ocr.source import Pixels
from ocr.types import Box

SEARCH_DPI = 100
"""Resolution at which inks are looked for."""
_MM = SEARCH_DPI / 25.4
_RED_CHROMA = 40
_COOL_CHROMA = 20
_LEAST_INK = 60
_BLACK = 110
_MOST_BLOBS = 60


@dataclass(frozen=True, slots=True)
class _Blob:
    """A patch of coloured ink: its box at search size and the boxes of its letters or strokes."""

    box: Box
    parts: NDArray[np.int32]
    """Left, top, width, height, area; one row a part."""


def settle_inks(plane: Grey, pixels: Pixels, dpi: int, rotation: int) -> Grey:
    """The reading plane with red lines put back and blue stamps taken off print.

    `plane` is the red channel of `pixels` turned clockwise by `rotation` and scaled to reading size.
    """
    if pixels.ndim == 2:
        return plane
    small = _turn(_shrink(pixels, dpi), rotation)
    redness, cool = _chroma(small)
    keep, drop = _find_red_lines(small, redness), _find_cool_stamps(small, cool)
    if keep is None and drop is None:
        return plane
    height, width = plane.shape
    colour = _turn(pixels, rotation)
    method = cv2.INTER_AREA if colour.shape[0] > height else cv2.INTER_CUBIC
    colour = np.asarray(cv2.resize(colour, (width, height), interpolation=method), dtype=np.uint8)
    if keep is not None and int(keep.sum()) > int((small[:, :, 2] < _BLACK).sum()):
        return _darkest(colour)  # a page printed in red
    if keep is not None:
        plane = np.where(_grow(keep, plane), _darkest(colour), plane)
    if drop is not None:
        plane = np.where(_grow(drop, plane), _take_off(colour, _grow(drop, plane)), plane)
    return plane


def _shrink(pixels: Pixels, dpi: int) -> Pixels:
    """The colour page at search size; single pixels do, for chroma is smoothed and ink comes in patches."""
    step = SEARCH_DPI / dpi
    size = (max(1, round(pixels.shape[1] * step)), max(1, round(pixels.shape[0] * step)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _turn(pixels: Pixels, rotation: int) -> Pixels:
    """Turn clockwise by a quarter-turn multiple."""
    return np.ascontiguousarray(np.rot90(pixels, -(rotation // 90) % 4))


def _grow(mask: Grey, plane: Grey) -> NDArray[np.bool_]:
    """A search-size mask at reading size, wide enough for the soft rims of ink."""
    height, width = plane.shape
    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return cv2.resize(wide, (width, height), interpolation=cv2.INTER_NEAREST) > 0


def _take_off(colour: Pixels, where: NDArray[np.bool_]) -> Grey:
    """The brightest channel, stretched so that the stamp's ink becomes paper: only black stays dark."""
    brightest = _brightest(colour)
    chroma = cv2.subtract(brightest, _darkest(colour))
    inked = brightest[where & (chroma > _COOL_CHROMA)]
    level = float(np.percentile(inked, 20)) if inked.size else 255.0
    return np.clip(brightest * (250.0 / max(level, 100.0)), 0, 255).astype(np.uint8)


def _brightest(colour: Pixels) -> Grey:
    """Each pixel's largest channel."""
    blue, green, red = cv2.split(colour)
    return np.asarray(cv2.max(cv2.max(blue, green), red), dtype=np.uint8)


def _darkest(colour: Pixels) -> Grey:
    """Each pixel's smallest channel."""
    blue, green, red = cv2.split(colour)
    return np.asarray(cv2.min(cv2.min(blue, green), red), dtype=np.uint8)


def _chroma(small: Pixels) -> tuple[Grey, Grey]:
    """How red, and how blue, violet or green each pixel is, the paper's own tint taken off."""
    blue, green, red = cv2.split(small)
    redness = cv2.subtract(red, cv2.max(green, blue))
    # Violet has as much red as blue, so green alone is the measure of bluish ink.
    bluish = cv2.min(cv2.subtract(blue, green), cv2.subtract(cv2.add(blue, np.full_like(blue, 25)), red))
    cool = cv2.max(cv2.max(bluish, cv2.subtract(blue, red)), cv2.subtract(green, red))
    return _untint(redness), _untint(cool)


def _untint(chroma: cv2.typing.MatLike) -> Grey:
    """A chroma plane without the paper's share, smoothed against the colour noise of JPEG."""
    tint = float(np.median(chroma[::4, ::4]))
    return np.asarray(cv2.subtract(cv2.blur(chroma, (3, 3)), np.full_like(chroma, tint)), dtype=np.uint8)


def _find_red_lines(small: Pixels, redness: Grey) -> Grey | None:
    """Mask of lines of letters in red ink that stand clear of black print; None without any."""
    mask = (redness > _RED_CHROMA).astype(np.uint8)
    black = small[:, :, 2] < _BLACK
    return _draw(mask, (blob for blob in _iter_blobs(mask, 5.0, 0.6) if _is_free_line(blob, black)))


def _is_free_line(blob: _Blob, black: NDArray[np.bool_]) -> bool:
    """Whether a patch is one line of letters, not a frame, an arc or a seal, and without black print."""
    x0, y0, x1, y1 = blob.box
    width, height = x1 - x0, y1 - y0
    tall = blob.parts[blob.parts[:, 3] >= 0.9 * _MM]
    if width < 8 * _MM or height > 16 * _MM or len(tall) < 4:
        return False
    if tall[:, 2].max() > max(0.35 * width, 1.0) or height > 2.3 * float(np.median(tall[:, 3])):
        return False
    under = int(black[y0:y1, x0:x1].sum())
    return under < 0.15 * int(blob.parts[:, 4].sum())


def _find_cool_stamps(small: Pixels, cool: Grey) -> Grey | None:
    """Mask of blue, violet or green stamps and strokes that lie over black print; None without any."""
    mask = (cool > _COOL_CHROMA).astype(np.uint8)
    # Print that crosses a stamp cuts its strokes; where they meet it counts as part of them.
    crossed = (_brightest(small) < _BLACK) & (cv2.dilate(mask, np.ones((11, 11), np.uint8)) > 0)
    bridged = mask | crossed.astype(np.uint8)
    return _draw(mask, (blob for blob in _iter_blobs(bridged, 2.0, 2.0) if _is_over_print(blob, crossed)))


def _is_over_print(blob: _Blob, crossed: NDArray[np.bool_]) -> bool:
    """Whether a patch is larger than handwriting in a line, has long strokes, and crosses print.

    Numbers and days written by hand in blue stay for the person who reads them.
    """
    x0, y0, x1, y1 = blob.box
    width, height = x1 - x0, y1 - y0
    if min(width, height) < 9 * _MM or height > 90 * _MM:
        return False
    if blob.parts[:, 2].max() < width / 3 or blob.parts[:, 3].max() < height / 3:
        return False
    return int(crossed[y0:y1, x0:x1].sum()) > 3 * _MM


def _iter_blobs(mask: Grey, reach_x: float, reach_y: float) -> Iterator[_Blob]:
    """Patches of ink nearer than so many millimetres to each other, the largest ones."""
    if int(mask.sum()) < _LEAST_INK:
        return
    kernel = np.ones((max(1, round(reach_y * _MM)), round(reach_x * _MM)), np.uint8)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    largest = sorted(range(1, count), key=lambda label: -int(sizes[label, 4]))[:_MOST_BLOBS]
    for label in largest:
        x, y, width, height = (int(value) for value in sizes[label, :4])
        inside = mask[y : y + height, x : x + width] & (labels[y : y + height, x : x + width] == label)
        _, _, parts, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
        if len(parts) > 1:
            yield _Blob(Box(x, y, x + width, y + height), np.asarray(parts[1:], dtype=np.int32))


def _draw(mask: Grey, blobs: Iterator[_Blob]) -> Grey | None:
    """The mask inside some patches alone; None when there are none."""
    drawn: Grey | None = None
    for x0, y0, x1, y1 in (blob.box for blob in blobs):
        if drawn is None:
            drawn = np.zeros_like(mask)
        drawn[y0:y1, x0:x1] = mask[y0:y1, x0:x1]
    return drawn
