"""The visible mark of a digitiser's signature (dấu hiệu chữ ký của người số hoá).

TT 01/2023/TT-VPCP Article 8: top left of page 1, the name of the person who made the copy and the time.
Decree 30/2020 Annex I: Times New Roman upright 10 pt black, no image, ISO 8601 with the Viet Nam zone.
"""

import logging
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.fields import SigFieldSpec, VisibleSigSettings
from pyhanko.stamp import TextStampStyle

from records.errors import MissingPart

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it reports every table a subset drops

VIETNAM = timezone(timedelta(hours=7))
_FONT_SIZE = 10
_WIDTH, _LINE_HEIGHT = 230.0, 12.0
_MARGIN = 20.0
# Typefaces in the style of Times with 1000 units to the em: pyHanko writes widths unscaled, so that one of
# 2048 units (Times New Roman, Liberation) would be spaced twice too wide and break PDF/A-2b (6.2.11.5).
_FONTS = (
    Path("/usr/share/fonts/truetype/freefont/FreeSerif.ttf"),
    Path("/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf"),
)


def find_font() -> Path:
    """The first serif typeface with Vietnamese letters on this machine; raises MissingPart."""
    found = next((path for path in _FONTS if path.is_file()), None)
    if found is None:
        raise MissingPart("Thiếu phông chữ: cài gói fonts-freefont-ttf hoặc fonts-noto-core.")
    return found


def format_mark(signer_name: str, at: datetime) -> str:
    """The two lines of the mark: who made the copy, and when in Viet Nam time."""
    when = at.astimezone(VIETNAM).isoformat(timespec="seconds")
    return f"Người số hoá: {signer_name}\nThời gian ký: {when}"


def build_stamp_style(text: str) -> TextStampStyle:
    """A text-only stamp: embedded subset font, black, no border, no background, left aligned."""
    left_top = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MIN,
        y_align=layout.AxisAlignment.ALIGN_MAX,
        margins=layout.Margins.uniform(0),
        inner_content_scaling=layout.InnerScaling.SHRINK_TO_FIT,
    )
    style = TextBoxStyle(
        font=GlyphAccumulatorFactory(str(find_font()), font_size=_FONT_SIZE),
        font_size=_FONT_SIZE,
        leading=int(_LINE_HEIGHT),
        border_width=0,
        box_layout_rule=left_top,
    )
    # The template engine treats % as a placeholder; a name is data.
    return TextStampStyle(
        text_box_style=style,
        inner_content_layout=left_top,
        stamp_text=text.replace("%", "%%"),
        border_width=0,
        background=None,
    )


def build_field(name: str, page: generic.DictionaryObject, lines: int) -> SigFieldSpec:
    """The signature field at the visual top left of `page`, also of a rotated one."""
    left, bottom, right, top = _page_box(page)
    height = lines * _LINE_HEIGHT + 4
    width = min(_WIDTH, abs(right - left) - 2 * _MARGIN)
    turned: Any = _inherited(page, "/Rotate") or 0
    rotation = int(turned) % 360
    # Where the reader sees the top left corner, in the page's own coordinates (ISO 32000-1 table 30).
    corner = {0: (left, top), 90: (left, bottom), 180: (right, bottom), 270: (right, top)}
    step = {0: (1, -1), 90: (1, 1), 180: (-1, 1), 270: (-1, -1)}
    x, y = corner.get(rotation, corner[0])
    dx, dy = step.get(rotation, step[0])
    x, y = x + dx * _MARGIN, y + dy * _MARGIN
    # With NoRotate the widget hangs, upright, from its upper left corner (ISO 32000-1 table 165).
    box = (round(x), round(y - height), round(x + width), round(y))
    return SigFieldSpec(
        name,
        on_page=0,
        box=box,
        visible_sig_settings=VisibleSigSettings(rotate_with_page=rotation == 0, print_signature=True),
    )


def _page_box(page: generic.DictionaryObject) -> tuple[float, float, float, float]:
    """Crop box, else media box, else A4, as left, bottom, right, top."""
    box = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox")
    numbers = [float(number) for number in box] if isinstance(box, generic.ArrayObject) else []
    if len(numbers) != 4:
        return 0.0, 0.0, 595.0, 842.0
    return (
        min(numbers[0], numbers[2]), min(numbers[1], numbers[3]),
        max(numbers[0], numbers[2]), max(numbers[1], numbers[3]),
    )  # fmt: skip


def _inherited(page: generic.DictionaryObject, key: str) -> generic.PdfObject | None:
    """A page attribute, from the page tree above it where the page has none."""
    node: generic.PdfObject = page
    for _ in range(32):
        if not isinstance(node, generic.DictionaryObject):
            return None
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None
