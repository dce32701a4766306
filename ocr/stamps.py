"""Finds and reads stamps apart from the page's text (dấu đóng): red ink and framed words.

The red channel on which pages are read hides red stamps, and a black framed stamp over text spoils both.
Each is cut out of the archived image, straightened and read in one further run of the reader.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.clean import red_channel
from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.frames import FRAME_DPI, Frame, find_frames
from ocr.geometry import PageGeometry
from ocr.source import Pixels
from ocr.types import Box

STAMP_PAGE_MODE = 6
"""Tesseract's mode for the sheet of cut-outs: one block of lines."""
CUT_DPI = 200
"""Resolution of the cut-outs."""
_MM = FRAME_DPI / 25.4
_MAX_REGIONS = 8
_MAX_DOUBTFUL = 3
_RED_LEVEL = 14
_MAX_TILT = 24.0
_GAP = 36
_ONE_LINE_MM = 14.5
_SHORT_LINE_MM = 48.0
_MIDDLE_MM = 3.0
_SHEET_WIDTH = 1100
_LEAST_RED = 40
_LEAST_CONTRAST = 12
_INK_CONTRAST = 20


@dataclass(frozen=True, slots=True)
class StampRegion:
    """A place that may carry a stamp (vùng nghi có dấu): box on the archived image, tilt, cut-out.

    `image` is straightened, dark on white, at 200 dpi; `size_mm` its width and height on paper.
    `framed`: a drawn rectangle is around it, without doubt; `red`: its ink is red; `has_ink`: something
    stands inside.
    """

    box: Box
    tilt_degrees: float
    size_mm: tuple[float, float]
    framed: bool
    red: bool
    has_ink: bool
    image: Grey


@dataclass(frozen=True, slots=True)
class StampLine:
    """One line read in a stamp region (dòng chữ trong dấu); confidence of its weakest word, 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class StampText:
    """What a stamp region says (chữ trong dấu), without lines when nothing was read."""

    lines: tuple[StampLine, ...]
    region: StampRegion


def find_stamps(pixels: Pixels, dpi: int, rotation: int = 0) -> tuple[StampRegion, ...]:
    """Regions that may carry a stamp, at most eight, likeliest first.

    `pixels` are the archived image's, grey or blue-green-red; `rotation` the clockwise quarter turn that
    makes the page upright.
    """
    page = _Page(pixels, dpi, rotation)
    red = _find_red(page.small)
    dark = [
        frame
        for frame in find_frames(red_channel(page.small))
        if not any(_is_near(frame, other) for other in red)
    ]
    found = [_cut(page, frame, red=True) for frame in red[:_MAX_REGIONS]]
    doubtful = [frame for frame in dark if not frame.is_drawn][:_MAX_DOUBTFUL]
    dark = [frame for frame in dark if frame.is_drawn] + doubtful
    found += [_cut(page, frame, red=False) for frame in dark[: _MAX_REGIONS - len(found)]]
    return tuple(found)


def read_stamps(regions: Sequence[StampRegion], engine: OcrEngine, temp_dir: Path) -> tuple[StampText, ...]:
    """The words of each region, all read in one run of the engine; raises what `OcrEngine.read` does.

    A framed line of words is read again with its middle alone, and a short one with each end of it, for
    print may run into it: its lines then come several times, in part.
    """
    inked = [region for region in regions if region.has_ink]
    cuts = [(region, region.image) for region in inked]
    cuts += [(region, part) for region in inked for part in _iter_parts(region)]
    if not cuts:
        return tuple(StampText((), region) for region in regions)
    sheet, places = _paste([image for _, image in cuts])
    words = engine.read(sheet, CUT_DPI, temp_dir)
    lines: dict[int, list[StampLine]] = {id(region): [] for region in regions}
    for (region, _), place in zip(cuts, places, strict=True):
        lines[id(region)].extend(_join_words(word for word in words if _is_inside(word, place)))
    return tuple(StampText(tuple(lines[id(region)]), region) for region in regions)


def _iter_parts(region: StampRegion) -> Iterator[Grey]:
    """The middle of a framed line, and of one no longer than TUYỆT MẬT its left and right ends."""
    width, height = region.size_mm
    if not region.framed or height > _ONE_LINE_MM:
        return
    middle = _keep_middle(region.image)
    yield middle
    if width <= _SHORT_LINE_MM:
        columns = middle.shape[1]
        yield np.ascontiguousarray(middle[:, : round(columns * 0.58)])
        yield np.ascontiguousarray(middle[:, round(columns * 0.42) :])


def _keep_middle(image: Grey) -> Grey:
    """The cut-out with all but the middle, where one line of 14 pt capitals stands, made white."""
    middle, reach = image.shape[0] // 2, round(_MIDDLE_MM * CUT_DPI / 25.4)
    kept = np.full_like(image, 255)
    rows = slice(max(0, middle - reach), middle + reach)
    kept[rows] = image[rows]
    return kept


class _Page:
    """The page turned upright, at full and at search size."""

    def __init__(self, pixels: Pixels, dpi: int, rotation: int) -> None:
        self.archived_size = (pixels.shape[1], pixels.shape[0])
        self.rotation = rotation
        self.scale = FRAME_DPI / dpi
        self.full: Pixels = (
            np.ascontiguousarray(np.rot90(pixels, -(rotation // 90) % 4)) if rotation else pixels
        )
        small = cv2.resize(self.full, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.small: Pixels = np.asarray(small, dtype=np.uint8)


def _find_red(small: Pixels) -> list[Frame]:
    """Framed and unframed regions of red ink; round seals are left out."""
    if small.ndim == 2:
        return []
    redness = _redness(small)
    mask = (redness > _RED_LEVEL).astype(np.uint8)
    if int(mask.sum()) < _LEAST_RED:
        return []
    frames = find_frames(np.asarray(255 - cv2.convertScaleAbs(redness, alpha=3.0), dtype=np.uint8))
    blobs = [blob for blob in _find_blobs(mask) if not any(_is_near(blob, frame) for frame in frames)]
    return frames + blobs


def _redness(pixels: Pixels) -> Grey:
    """How much redder than green and blue each pixel is, the paper's own tint taken off."""
    blue, green, red = cv2.split(pixels)
    raw = cv2.subtract(red, cv2.max(green, blue))
    tint = int(np.median(raw[::4, ::4]))
    return np.asarray(cv2.medianBlur(cv2.subtract(raw, np.full_like(raw, tint)), 3), dtype=np.uint8)


def _is_near(one: Frame, other: Frame) -> bool:
    """Whether either rectangle's centre lies inside the other, leaning aside."""
    reach_x, reach_y = max(one.width, other.width) / 2, max(one.height, other.height) / 2
    return abs(one.x - other.x) < reach_x and abs(one.y - other.y) < reach_y


def _find_blobs(mask: Grey) -> list[Frame]:
    """Patches of red ink of stamp size, letters and frame joined, as tilted rectangles."""
    reach = round(3.2 * _MM)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach // 2, reach), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    blobs: list[Frame] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:12]:
        (x, y), (width, height), angle = cv2.minAreaRect(contour)
        if width < height:
            width, height, angle = height, width, angle - 90
        angle = (angle + 90) % 180 - 90
        hull = cv2.contourArea(cv2.convexHull(contour)) / max(1.0, width * height)
        # A circle fills 0.785 of the square around it: the agency's seal, not a box stamp.
        seal = width < 1.3 * height and height > 20 * _MM and hull < 0.9
        sized = 7 * _MM <= width <= 125 * _MM and 2.5 * _MM <= height <= 45 * _MM
        if sized and not seal and abs(angle) <= _MAX_TILT:
            blobs.append(Frame(x, y, width, height, angle, 0.0))
    return blobs


def _cut(page: _Page, frame: Frame, *, red: bool) -> StampRegion:
    """Straighten one rectangle out of the page and stretch its ink to full contrast."""
    scale, zoom = page.scale, CUT_DPI / FRAME_DPI
    # Blobs have no outline and are cut with a margin; frames are cut inside their lines.
    inset = 1.1 * _MM if frame.coverage else -1.0 * _MM
    width = max(8, round((frame.width - 2 * inset) * zoom))
    height = max(8, round((frame.height - 2 * inset) * zoom))
    matrix = cv2.getRotationMatrix2D((frame.x / scale, frame.y / scale), frame.tilt, zoom * scale)
    matrix[:, 2] += (width / 2 - frame.x / scale, height / 2 - frame.y / scale)
    flags = cv2.INTER_AREA if zoom * scale < 1 else cv2.INTER_CUBIC
    warped = cv2.warpAffine(page.full, matrix, (width, height), flags=flags, borderValue=(255, 255, 255))
    cut: Pixels = np.asarray(warped, dtype=np.uint8)
    plane = 255 - _redness(cut) if red else red_channel(cut)
    image = _stretch(np.asarray(plane, dtype=np.uint8))
    points = cv2.boxPoints(((frame.x, frame.y), (frame.width, frame.height), frame.tilt)) / scale
    return StampRegion(
        box=_to_archived(np.asarray(points, dtype=np.float64), page),
        tilt_degrees=frame.tilt,
        size_mm=(frame.width / _MM, frame.height / _MM),
        framed=frame.is_drawn,
        red=red,
        has_ink=_has_ink(np.asarray(plane, dtype=np.uint8)),
        image=image,
    )


def _has_ink(plane: Grey) -> bool:
    """Whether letters may stand in a cut-out: darker patches, not the paper's grain alone."""
    smooth = cv2.GaussianBlur(plane, (5, 5), 0)
    low, high = (float(value) for value in np.percentile(smooth, (2, 75)))
    return high - low >= _INK_CONTRAST


def _stretch(cut: Grey) -> Grey:
    """Paper to white and the darkest ink to black, so that faint stamps read like fresh ones."""
    low, high = (float(value) for value in np.percentile(cut, (1.5, 75)))
    if high - low < _LEAST_CONTRAST:
        return np.full_like(cut, 255)
    return np.clip((cut.astype(np.float32) - low) * 255 / (high - low), 0, 255).astype(np.uint8)


def _to_archived(points: NDArray[np.float64], page: _Page) -> Box:
    """The upright box around corners of the turned page, on the archived image."""
    geometry = PageGeometry(*page.archived_size, page.rotation, 0.0, 1.0)
    x0, y0 = (int(value) for value in np.floor(points.min(axis=0)))
    x1, y1 = (int(value) for value in np.ceil(points.max(axis=0)))
    return geometry.to_archived(Box(x0, y0, x1, y1))


def _paste(images: Sequence[Grey]) -> tuple[Grey, list[Box]]:
    """All cut-outs one below the other on a white sheet, and where each lies."""
    places: list[Box] = []
    top = _GAP
    for image in images:
        height, width = image.shape
        places.append(Box(_GAP, top, _GAP + width, top + height))
        top += height + _GAP
    sheet = np.full((top, max(_SHEET_WIDTH, *(place.x1 + _GAP for place in places))), 255, np.uint8)
    for image, place in zip(images, places, strict=True):
        sheet[place.y0 : place.y1, place.x0 : place.x1] = image
    return sheet, places


def _is_inside(word: EngineWord, place: Box) -> bool:
    middle = (word.box.y0 + word.box.y1) / 2
    return place.y0 - _GAP / 2 <= middle < place.y1 + _GAP / 2


def _join_words(words: Iterable[EngineWord]) -> Iterator[StampLine]:
    """Lines of words that the reader put on one line."""
    lines: dict[tuple[int, int], list[EngineWord]] = {}
    for word in words:
        lines.setdefault((word.block, word.line), []).append(word)
    for line in lines.values():
        yield StampLine(" ".join(word.text for word in line), min(word.confidence for word in line))
