"""Reads TIFF, JPEG and PNG files page by page (đọc tệp ảnh), within limits."""

import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from ocr.errors import ImageTooLarge, UnreadableImage
from ocr.source import Colour, FaxData, PictureForm, Pixels, SourcePage, plausible_dpi

MAX_PIXELS = 150_000_000
"""An A2 sheet at 600 dpi has 139 million pixels; more is a decompression bomb or a mistake."""
MAX_PAGES = 2_000
_FORMATS = ("JPEG", "PNG", "TIFF")  # opening a JPEG of several pictures gives an MPO
_EXIF_ORIENTATION = 0x0112
_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _STRIP_OFFSETS, _STRIP_LENGTHS = 259, 262, 266, 273, 279
_GROUP_4, _GROUP_4_OPTIONS = 4, 293
_EXIF_TURN = {1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_MIRRORED = frozenset({2, 4, 5, 7})

# Pillow's own limit warns only; ours refuses by the header, before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = None


def read_image_file(source: Path | bytes) -> Iterator[SourcePage]:
    """The pages of an image file one after the other; one page in memory at a time.

    Raises UnreadableImage (damaged or no image) and ImageTooLarge.
    """
    with _opened(source) as image:
        for number in range(_frame_count(image)):
            yield _read_frame(source, image, number)


def count_image_pages(source: Path | bytes) -> int:
    """How many pages an image file has; raises UnreadableImage and ImageTooLarge."""
    with _opened(source) as image:
        return _frame_count(image)


def read_image_page(source: Path | bytes, number: int) -> SourcePage:
    """One page of an image file, 0-based; raises UnreadableImage and ImageTooLarge."""
    with _opened(source) as image:
        if number >= _frame_count(image):
            raise UnreadableImage(page=number)
        return _read_frame(source, image, number)


@contextmanager
def _opened(source: Path | bytes) -> Generator[Image.Image]:
    """The opened file, header read only."""
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as exc:
        raise UnreadableImage from exc
    with image:
        yield image


def _frame_count(image: Image.Image) -> int:
    """Pages of a TIFF; other formats hold one (an MPO's further frames are the camera's previews)."""
    if image.format != "TIFF":
        return 1
    try:
        count = int(getattr(image, "n_frames", 1))
    except Exception as exc:  # Pillow's TIFF reader raises many kinds on damaged directories
        raise UnreadableImage from exc
    if count > MAX_PAGES:
        raise ImageTooLarge(pages=count)
    return count


def _read_frame(source: Path | bytes, image: Image.Image, number: int) -> SourcePage:
    """One frame as a page; a JPEG keeps its bytes, everything else becomes pixels."""
    try:
        image.seek(number)
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageTooLarge(page=number, width=width, height=height)
        orientation = int(image.getexif().get(_EXIF_ORIENTATION, 1) or 1)
        if _keeps_jpeg(image) and orientation not in _MIRRORED:
            image.load()  # a truncated file is found here, not by a later step
            jpeg = source if isinstance(source, bytes) else source.read_bytes()
            colour = Colour.GREY if image.mode == "L" else Colour.COLOUR
            return _page(image, number, colour, _EXIF_TURN.get(orientation, 0), jpeg=jpeg)
        pixels, colour = to_pixels(image)
        fax = _find_fax(source, image) if orientation not in _MIRRORED else None
        form = PictureForm.LOSSLESS if _is_plain(image) else PictureForm.CONVERTED
    except ImageTooLarge:
        raise
    except Exception as exc:  # decoders raise many kinds on hostile bytes; none may escape
        raise UnreadableImage(page=number) from exc
    if orientation in _MIRRORED:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    page = _page(image, number, colour, _mirrored_turn(orientation), pixels=pixels)
    return replace(page, fax=fax, form=form)


def _find_fax(source: Path | bytes, image: Image.Image) -> FaxData | None:
    """The group 4 data of a TIFF page in one strip (TIFF 6.0 section 11), or None."""
    tags: Any = getattr(image, "tag_v2", {})
    offsets, lengths = tags.get(_STRIP_OFFSETS, ()), tags.get(_STRIP_LENGTHS, ())
    plain = tags.get(_COMPRESSION) == _GROUP_4 and tags.get(_FILL_ORDER, 1) == 1
    plain = plain and tags.get(_GROUP_4_OPTIONS, 0) == 0
    if image.mode != "1" or not plain or len(offsets) != 1 or len(lengths) != 1:
        return None
    if isinstance(source, bytes):
        data = source[offsets[0] : offsets[0] + lengths[0]]
    else:
        with source.open("rb") as file:
            file.seek(offsets[0])
            data = file.read(min(lengths[0], MAX_PIXELS))
    return FaxData(data, tags.get(_PHOTOMETRIC, 0) == 1) if len(data) == lengths[0] else None


def _is_plain(image: Image.Image) -> bool:
    """Whether 8 bits of grey or RGB hold the image exactly."""
    return image.mode in {"1", "L", "P", "RGB"} and "transparency" not in image.info


def _mirrored_turn(orientation: int) -> int:
    """The turn left to do after a mirrored image was mirrored back from left to right (EXIF 4.6.4)."""
    return {2: 0, 4: 180, 5: 270, 7: 90}.get(orientation, _EXIF_TURN.get(orientation, 0))


def _keeps_jpeg(image: Image.Image) -> bool:
    """Whether the file's bytes may stand in the PDF: a grey or colour JPEG (CMYK needs converting)."""
    return image.format in {"JPEG", "MPO"} and image.mode in {"L", "RGB"}


def _page(
    image: Image.Image,
    number: int,
    colour: Colour,
    rotation: int,
    jpeg: bytes | None = None,
    pixels: Pixels | None = None,
) -> SourcePage:
    """The page with its size and resolution."""
    width, height = image.size
    dpi = plausible_dpi(_declared_dpi(image.info), width, height)
    return SourcePage(number, width, height, dpi, colour, rotation, jpeg, pixels)


def _declared_dpi(info: dict[Any, Any]) -> float:
    """The horizontal resolution the file declares, 0 where it declares none."""
    try:
        return float(info.get("dpi", (0, 0))[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0


def to_pixels(image: Image.Image) -> tuple[Pixels, Colour]:
    """Decode any mode to grey or blue-green-red of 8 bits, transparent parts on white paper."""
    if image.mode == "1":
        return np.asarray(image, dtype=np.uint8) * np.uint8(255), Colour.BILEVEL
    if image.mode.startswith("I") or image.mode == "F":
        return _squeeze(np.asarray(image, dtype=np.float64)), Colour.GREY
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        image = Image.alpha_composite(paper, layer).convert("RGB")
    if image.mode == "L":
        return np.array(image, dtype=np.uint8), Colour.GREY
    red_green_blue = np.asarray(image.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(red_green_blue[:, :, ::-1]), Colour.COLOUR


def _squeeze(values: np.ndarray[Any, np.dtype[np.float64]]) -> Pixels:
    """Bring 16-bit or wider samples to 8 bits."""
    top = float(values.max(initial=0.0))
    full = 65535.0 if top > 255 else 255.0
    return np.clip(values * (255.0 / max(full, top, 1.0)), 0, 255).astype(np.uint8)
