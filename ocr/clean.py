"""Makes a page fit for reading (làm sạch trang): turn, red channel, illumination, skew, scale."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.edges import is_cut_off, whiten_borders
from ocr.engine import Grey
from ocr.errors import ImageTooSmall
from ocr.geometry import PageGeometry
from ocr.inks import settle_inks
from ocr.orientation import find_turn
from ocr.skew import find_skew, runs_down
from ocr.source import Pixels, SourcePage, decode_page
from ocr.specks import remove_dust, remove_streaks

READING_DPI = 200
"""300 dpi pages lose nothing at 200 dpi and cost a quarter less; 150 dpi pages get worse scaled up."""
_UPSCALE_BELOW_DPI = 130
_UPSCALED_DPI = 300
_DOWNSCALE_FROM_DPI = 240
_LEAST_PIXELS = 16
_SLENDEREST = 25

cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page cleaned for reading (trang đã làm sạch).

    `image` is the grey reading image, upright, without skew, seals mostly gone; `dpi` its resolution.
    `before` is the same view before illumination was evened out, for judging quality. `archived_dpi` is
    that of the archived image. `is_cut`: print runs over an edge of it.
    """

    number: int
    image: Grey
    before: Grey
    dpi: int
    archived_dpi: int
    geometry: PageGeometry
    is_cut: bool = False


def prepare_page(source: SourcePage, rotation: int | None = None) -> PreparedPage:
    """Decode and clean one page; `rotation` forces a clockwise quarter turn instead of finding it.

    Raises UnreadableImage, ImageTooSmall.
    """
    _check_size(source)
    pixels = decode_page(source)
    scale = reading_scale(source.dpi)
    channel = _resize(red_channel(pixels), scale)
    declared = source.rotation if rotation is None else rotation
    turned = _turn(channel, declared)
    if rotation is None and runs_down(turned, round(source.dpi * scale)):
        declared = (declared + 90) % 360
        if find_turn(_turn(channel, declared)) == 180:
            declared = (declared + 180) % 360
        turned = _turn(channel, declared)
    dpi = max(1, round(source.dpi * scale))
    turned = remove_streaks(settle_inks(turned, pixels, source.dpi, declared))
    if scale <= 1.0:
        turned = remove_dust(turned, dpi)
    skew = find_skew(turned, dpi)
    geometry = PageGeometry(source.width, source.height, declared, skew, scale)
    straight = _deskew(turned, geometry)
    image = whiten_borders(even_light(straight, dpi), dpi)
    return PreparedPage(
        source.number, image, straight, dpi, source.dpi, geometry, is_cut=is_cut_off(turned, dpi)
    )


def _check_size(source: SourcePage) -> None:
    """Raise ImageTooSmall for what holds no line of print, however it is turned."""
    short, long = sorted((source.width, source.height))
    if short < _LEAST_PIXELS or long > _SLENDEREST * short:
        raise ImageTooSmall(page=source.number, width=source.width, height=source.height)


def reading_scale(dpi: int) -> float:
    """Reading pixels per archived pixel for a page of this resolution."""
    if dpi >= _DOWNSCALE_FROM_DPI:
        return READING_DPI / dpi
    if dpi < _UPSCALE_BELOW_DPI:
        return min(_UPSCALED_DPI / dpi, 4.0)
    return 1.0


def red_channel(pixels: Pixels) -> Grey:
    """The red channel, on which red seals and stamps vanish and blue ink stays; grey pages as they are."""
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, 2])


def even_light(image: Grey, dpi: int) -> Grey:
    """Divide by the paper's own brightness, so that shadows and grey paper become white."""
    shrink = max(1, dpi // 25)
    small = cv2.resize(image, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.medianBlur(paper, 15)
    full = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(image, np.maximum(full, 1), scale=255), dtype=np.uint8)


def _turn(image: Grey, rotation: int) -> Grey:
    """Turn clockwise by a quarter-turn multiple."""
    return np.ascontiguousarray(np.rot90(image, -(rotation // 90) % 4))


def _resize(image: Grey, scale: float) -> Grey:
    """Scale to the reading resolution."""
    if scale == 1.0:
        return image
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    height, width = image.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=method), dtype=np.uint8)


def _deskew(image: Grey, geometry: PageGeometry) -> Grey:
    """Undo the skew; what comes in from outside the page is white."""
    if abs(geometry.skew_degrees) < 0.05:
        return image
    return np.asarray(
        cv2.warpAffine(
            image,
            geometry.deskew_matrix(),
            geometry.reading_size,
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255,),
        ),
        dtype=np.uint8,
    )
