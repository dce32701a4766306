"""A page for a preview, with whom it was shown to written across it (ảnh trang có dấu chìm); for a child."""

import io
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ocr.preview import build_preview

WATERMARKED = "ocr.watermark:build_watermarked"
_FONTS = (
    Path("/usr/share/fonts/truetype/freefont/FreeSans.ttf"),
    Path("/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf"),
    Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
)
_INK = (170, 30, 30, 88)
_QUALITY = 70
_LINES_TO_A_PAGE = 9
_TURN = 24


def build_watermarked(path: Path, kind: str, number: int, width: int, text: str) -> bytes:
    """JPEG of page `number` (0-based), at most `width` pixels wide, with `text` slanting across all of it.

    Raises what `build_preview` raises.
    """
    page = Image.open(io.BytesIO(build_preview(path, kind, number, width))).convert("RGB")
    side = int((page.width**2 + page.height**2) ** 0.5) + 1
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    font, shown = _find_font(max(12, page.width // 42), text)
    step = side // _LINES_TO_A_PAGE
    line = f"{shown}     " * (1 + side // max(1, int(draw.textlength(shown, font=font))))
    for row in range(_LINES_TO_A_PAGE):
        # Every other line begins further left, so that no column of the page stays clear.
        draw.text((-(row % 2) * step, row * step), line, font=font, fill=_INK)
    turned = layer.rotate(_TURN, resample=Image.Resampling.BILINEAR)
    left, top = (side - page.width) // 2, (side - page.height) // 2
    page.paste(turned.crop((left, top, left + page.width, top + page.height)), (0, 0),
               turned.crop((left, top, left + page.width, top + page.height)))  # fmt: skip
    out = io.BytesIO()
    page.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _find_font(size: int, text: str) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]:
    """A font with Vietnamese letters; without one the built-in font and the text without accents."""
    for path in _FONTS:
        if path.is_file():
            return ImageFont.truetype(path, size), text
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return ImageFont.load_default(size), bare.encode("ascii", "ignore").decode()
