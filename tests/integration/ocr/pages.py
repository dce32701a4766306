"""Draws invented pages in the layout of decree 30/2020 for the reading tests."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

DPI = 200
WIDTH, HEIGHT = 1654, 2339
_FONTS = (
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeSerif.ttf",
    "/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf",
)
BODY = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    "Căn cứ Nghị định số 118/2025/NĐ-CP của Chính phủ về thủ tục hành chính;",
    "Xét đề nghị của Giám đốc Sở Xây dựng tại Tờ trình số 45/TTr-SXD.",
    "Điều 1. Cấp giấy phép cho Ông: Trần Văn Mẫu, số định danh cá nhân",
    "001203000123, được xây dựng nhà ở tại phường Hoà Bình, thành phố Mẫu.",
    "Giấy phép này có giá trị đến ngày 31/12/2027. Mã hồ sơ:",
    "H12.01.02-260115-0042.",
    "Điều 2. Chánh Văn phòng và các đơn vị liên quan thi hành Quyết định này.",
)
"""Running text with an owner, a validity and a dossier code, all invented."""


@dataclass(frozen=True, slots=True)
class Print:
    """One printed line: text, left edge (or middle, when centred) and top in pixels, size in pixels."""

    text: str
    x: int
    y: int
    size: int = 36
    centred: bool = False


def decision_lines() -> list[Print]:
    """The lines of a provincial decision."""
    lines = [
        Print("ỦY BAN NHÂN DÂN", 230, 160),
        Print("TỈNH HOÀ MẪU", 280, 205),
        Print("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 720, 160),
        Print("Độc lập - Tự do - Hạnh phúc", 860, 205),
        Print("Số: 1234/QĐ-UBND", 240, 280),
        Print("Hoà Mẫu, ngày 15 tháng 01 năm 2026", 800, 280),
        Print("QUYẾT ĐỊNH", 850, 400, centred=True),
        Print("Về việc cấp giấy phép xây dựng nhà ở riêng lẻ", 850, 450, centred=True),
    ]
    lines += [Print(text, 250, 580 + 60 * index) for index, text in enumerate(BODY)]
    lines += [
        Print("Nơi nhận:", 240, 1250, 32),
        Print("- Như Điều 2;", 240, 1300, 30),
        Print("- Lưu: VT, NC.", 240, 1345, 30),
        Print("TM. ỦY BAN NHÂN DÂN", 900, 1250),
        Print("KT. CHỦ TỊCH", 1000, 1300),
        Print("PHÓ CHỦ TỊCH", 1000, 1350),
        Print("Nguyễn Thị Ví Dụ", 980, 1620),
    ]
    return lines


def draw_page(lines: Sequence[Print], width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A white colour page with black print."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    for line in lines:
        anchor = "ma" if line.centred else "la"
        pen.text((line.x, line.y), line.text, font=find_font(line.size), fill="black", anchor=anchor)
    return page


def add_seal(page: Image.Image, x: int, y: int, radius: int = 150) -> Image.Image:
    """A red ring with strokes over whatever is printed there."""
    layer = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(layer)
    red = (220, 30, 40)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=red, width=9)
    pen.ellipse((x - 60, y - 60, x + 60, y + 60), outline=red, width=6)
    for offset in range(-120, 121, 24):
        pen.line((x + offset, y - 90, x - offset, y + 90), fill=red, width=4)
    # Stamp ink is transparent: print under it stays dark.
    return ImageChops.multiply(page, layer)


def photocopy(page: Image.Image, seed: int = 7) -> Image.Image:
    """Grey paper, a shadow to one side and noise."""
    random = np.random.default_rng(seed)
    pixels = np.asarray(page.convert("L"), dtype=np.float32)
    shade = np.linspace(0.95, 0.6, pixels.shape[1], dtype=np.float32)[None, :]
    noisy = pixels * shade + random.normal(0, 6, pixels.shape)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).convert("RGB")


def jpeg_bytes(page: Image.Image, dpi: int = DPI, quality: int = 88, exif: bytes = b"") -> bytes:
    """The page as a scanner's JPEG file."""
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi), exif=exif)
    return buffer.getvalue()


def find_font(size: int) -> ImageFont.FreeTypeFont:
    """A font of this machine with all Vietnamese letters."""
    path = next(name for name in _FONTS if Path(name).exists())
    return ImageFont.truetype(path, size)
