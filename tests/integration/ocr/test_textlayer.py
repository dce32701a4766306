"""The invisible text as other programs take it out: words in reading order, boxes over the print."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from ocr.geometry import PageGeometry
from ocr.imagefile import read_image_file
from ocr.pdfa import compose_pdf
from ocr.textlayer import sheet_size_points
from ocr.types import Box, PageText, Quality, QualityVerdict, Word
from tests.integration.ocr.pages import DPI, HEIGHT, WIDTH, Print, find_font, jpeg_bytes

Placed = list[tuple[str, str, Box]]

PAGE = [
    ("ky_so", Print("Người ký: Sở Nội vụ", 1100, 60, 24)),
    ("co_quan", Print("ỦY BAN NHÂN DÂN", 320, 160)),
    ("co_quan", Print("TỈNH HOÀ MẪU", 360, 210)),
    ("quoc_hieu", Print("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 800, 160)),
    ("quoc_hieu", Print("Độc lập - Tự do - Hạnh phúc", 930, 210)),
    ("so_ky_hieu", Print("Số: 1234/QĐ-UBND", 350, 290)),
    ("ngay", Print("Hoà Mẫu, ngày 15 tháng 01 năm 2026", 900, 290)),
    ("ten_loai", Print("QUYẾT ĐỊNH", 760, 390)),
    ("trich_yeu", Print("Về việc cấp giấy phép xây dựng nhà ở riêng lẻ", 480, 440)),
    ("noi_dung", Print("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;", 330, 560)),
    ("noi_dung", Print("Xét đề nghị của Giám đốc Sở Xây dựng tại Tờ trình số 45/TTr-SXD.", 330, 610)),
    ("bang", Print("TT", 260, 740)),
    ("bang", Print("Nội dung", 560, 740)),
    ("bang", Print("Kinh phí", 1200, 740)),
    ("bang", Print("1", 270, 790)),
    ("bang", Print("Chỉnh lý tài liệu", 500, 790)),
    ("bang", Print("635.950.000", 1180, 790)),
    ("bang", Print("2", 270, 840)),
    ("bang", Print("Hỗ trợ kỹ thuật", 510, 840)),
    ("bang", Print("915.110.000", 1180, 840)),
    ("noi_dung", Print("Giấy phép này có giá trị đến ngày 31/12/2027 tại phường Hoà Bình.", 330, 980)),
    ("noi_nhan", Print("Nơi nhận:", 240, 1250, 32)),
    ("noi_nhan", Print("- Như Điều 2;", 240, 1295, 30)),
    ("noi_nhan", Print("- Các sở, ban, ngành;", 240, 1335, 30)),
    ("noi_nhan", Print("- Lưu: VT, NC.", 240, 1375, 30)),
    ("ky", Print("KT. CHỦ TỊCH", 1040, 1250)),
    ("ky", Print("PHÓ CHỦ TỊCH", 1030, 1300)),
    ("ky", Print("Nguyễn Thị Ví Dụ", 1010, 1620)),
]


def place_words() -> Placed:
    """(zone, text, box on the upright page) of every word as a font sets it."""
    placed: Placed = []
    for zone, line in PAGE:
        font, x = find_font(line.size), float(line.x)
        for word in line.text.split():
            left, top, right, bottom = font.getbbox(word)
            box = Box(round(x + left), round(line.y + top), round(x + right), round(line.y + bottom))
            placed.append((zone, word, box))
            x += font.getlength(word + " ")
    return placed


def compose(tmp_path: Path, rotation: int, lean: float) -> tuple[Path, PageText]:
    """The PDF of a scan of that page, turned and leaning as told, its words known without reading."""
    size = (HEIGHT, WIDTH) if rotation % 180 else (WIDTH, HEIGHT)
    geometry = PageGeometry(*size, rotation, lean, 1.0)
    numbers = [number for number, (_, line) in enumerate(PAGE) for _ in line.text.split()]
    words = tuple(
        Word(text, text, 0.9, geometry.to_archived(box), number, zone)
        for number, (zone, text, box) in zip(numbers, place_words(), strict=True)
    )
    page = PageText(*size, DPI, rotation, lean, Quality(QualityVerdict.GOOD), words)
    out = tmp_path / "trang.pdf"
    source = next(read_image_file(jpeg_bytes(Image.new("L", size, 255))))
    assert compose_pdf([(source, page)], out).valid
    return out, page


def run(*command: str | Path) -> str:
    """What a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("rotation", "lean"), [(0, 0.0), (0, 0.2), (0, 2.5), (90, -1.0), (180, 0.0), (270, 3.0)]
)
def test_programs_give_the_words_in_our_order(rotation: int, lean: float, tmp_path: Path) -> None:
    """poppler, in either mode, and PDFium give every word, columns, table and blocks in reading order."""
    out, page = compose(tmp_path, rotation, lean)
    wanted = page.text.split()
    assert run("pdftotext", "-raw", out, "-").split() == wanted
    assert run("pdftotext", out, "-").split() == wanted
    with pypdfium2.PdfDocument(out) as document:
        assert document[0].get_textpage().get_text_range().split() == wanted


@pytest.mark.parametrize(
    ("rotation", "lean"), [(0, 0.0), (0, 0.2), (0, 2.5), (90, -1.0), (180, 0.0), (270, 3.0)]
)
def test_word_boxes_lie_over_the_print(rotation: int, lean: float, tmp_path: Path) -> None:
    """The box poppler gives a word is the print's but for a rim: 0.7 shared on average, 0.4 at least."""
    out, page = compose(tmp_path, rotation, lean)
    listing = run("pdftotext", "-bbox", out, "-")
    sheet = sheet_size_points(page)
    # A straightened scan lies in the middle of its sheet.
    width, height = (side * DPI / 72 for side in (sheet[::-1] if rotation % 180 else sheet))
    aside, down = (width - WIDTH) / 2, (height - HEIGHT) / 2
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<', listing)
    shares: list[float] = []
    for (_, text, box), (*edges, word) in zip(place_words(), found, strict=True):
        assert unescape(word) == text
        x0, y0, x1, y1 = (float(edge) * DPI / 72 for edge in edges)
        shares.append(overlap(box, (x0 - aside, y0 - down, x1 - aside, y1 - down)))
        if len(text) > 2:
            assert shares[-1] > 0.4, text
    assert sum(shares) / len(shares) > 0.7


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)
