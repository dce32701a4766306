"""A page as a JPEG for the screen (ảnh trang để xem), drawn in a killable child like every hostile page."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from ocr.raster import read_page_image
from ocr.source import Colour, decode_page

PREVIEW = "ocr.preview:build_preview"
_QUALITY = 80


def build_preview(path: Path, kind: str, number: int, width: int) -> bytes:
    """Page `number` (0-based), at most `width` pixels wide, not turned: boxes keep their proportions.

    Raises UnreadableImage, EncryptedSource, ImageTooLarge.
    """
    page = read_page_image(path, kind, number)
    pixels = decode_page(page)
    if page.colour is not Colour.GREY and pixels.ndim == 3:
        pixels = np.ascontiguousarray(pixels[:, :, ::-1])
    image = Image.fromarray(pixels)
    if image.width > width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.BOX)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, progressive=True)
    return out.getvalue()
