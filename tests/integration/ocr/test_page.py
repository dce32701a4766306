"""Reading whole pages with the real Tesseract."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.engines.tesseract import TesseractEngine
from ocr.fields import extract_fields
from ocr.imagefile import read_image_file
from ocr.page import read_page
from ocr.types import PageText, QualityVerdict
from tests.integration.ocr.pages import add_seal, decision_lines, draw_page, jpeg_bytes, photocopy

pytestmark = pytest.mark.tesseract

FIELDS = {
    "so_ky_hieu": "1234/QĐ-UBND",
    "ngay_ban_hanh": "2026-01-15",
    "co_quan_ban_hanh": "ỦY BAN NHÂN DÂN TỈNH HOÀ MẪU",
    "loai_van_ban": "QUYẾT ĐỊNH",
    "trich_yeu": "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ",
    "nguoi_ky": "Nguyễn Thị Ví Dụ",
    "chuc_vu": "PHÓ CHỦ TỊCH",
    "dinh_danh_chu_the": "001203000123",
    "thoi_han_hieu_luc": "2027-12-31",
    "ma_ho_so": "H12.01.02-260115-0042",
}


def read(page: Image.Image, temp_dir: Path) -> PageText:
    """Read a drawn page as a scanner's JPEG."""
    source = next(read_image_file(jpeg_bytes(page)))
    return read_page(source, TesseractEngine(), temp_dir)


def test_decision_gives_its_lines_zones_and_fields(tmp_path: Path) -> None:
    """A clean decision gives every field as printed, from the zone it stands in."""
    page = read(draw_page(decision_lines()), tmp_path)
    fields = {field.name: field for field in extract_fields([page])}
    assert page.quality.verdict is QualityVerdict.GOOD
    assert {name: fields[name].value for name in FIELDS} == FIELDS
    assert fields["ten_chu_the"].value == "Trần Văn Mẫu"
    assert fields["noi_nhan"].value == "- Như Điều 2; - Lưu: VT, NC."
    zones = {"quoc_hieu", "co_quan", "ngay", "ten_loai", "ky", "noi_nhan"}
    assert {word.zone for word in page.words} >= zones
    assert not list(tmp_path.iterdir())


def test_header_columns_stay_apart(tmp_path: Path) -> None:
    """The agency's lines and the national motto beside them are different lines."""
    lines = read(draw_page(decision_lines()), tmp_path).lines
    assert "ỦY BAN NHÂN DÂN" in lines
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in lines
    assert "Độc lập - Tự do - Hạnh phúc" in lines


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_page_is_read_and_boxes_stay_on_the_scan(turn: int, tmp_path: Path) -> None:
    """A page lying on its side or head is read, and its boxes hold the ink of the scan as it came."""
    upright = draw_page(decision_lines())
    scan = upright.rotate(turn, expand=True)
    page = read(scan, tmp_path)
    assert page.rotation == turn
    assert (page.width, page.height) == scan.size
    assert "QUYẾT ĐỊNH" in page.lines
    _check_boxes_hold_ink(page, scan)


@pytest.mark.parametrize("lean", [-4.0, 2.3])
def test_leaning_page_is_read_and_boxes_stay_on_the_scan(lean: float, tmp_path: Path) -> None:
    """A leaning page is read, its lean is reported clockwise, its boxes hold the ink of the scan."""
    scan = draw_page(decision_lines()).rotate(-lean, fillcolor="white", resample=Image.Resampling.BICUBIC)
    page = read(scan, tmp_path)
    assert page.skew_degrees == pytest.approx(lean, abs=0.2)
    assert "Số: 1234/QĐ-UBND" in page.lines
    _check_boxes_hold_ink(page, scan)


def _check_boxes_hold_ink(page: PageText, scan: Image.Image) -> None:
    grey = np.asarray(scan.convert("L"))
    for word in page.words:
        x0, y0, x1, y1 = word.box
        if len(word.text) > 3:
            assert (grey[y0:y1, x0:x1] < 128).mean() > 0.02
    title = [word.box for word in page.words if word.zone == "ten_loai"]
    outside = grey.copy()
    for x0, y0, x1, y1 in (word.box for word in page.words):
        outside[max(0, y0 - 6) : y1 + 6, max(0, x0 - 6) : x1 + 6] = 255
    assert title
    assert (outside < 128).sum() < 0.02 * (grey < 128).sum()


def test_red_seal_over_the_name_does_not_hide_it(tmp_path: Path) -> None:
    """The signer's name under a red seal is read."""
    page = read(add_seal(draw_page(decision_lines()), 1050, 1600), tmp_path)
    names = [field.value for field in extract_fields([page]) if field.name == "nguoi_ky"]
    assert names == ["Nguyễn Thị Ví Dụ"]


def test_shaded_photocopy_is_read(tmp_path: Path) -> None:
    """Grey paper with a shadow gives the same number and date."""
    page = read(photocopy(draw_page(decision_lines())), tmp_path)
    fields = {field.name: field.value for field in extract_fields([page])}
    assert fields["so_ky_hieu"] == FIELDS["so_ky_hieu"]
    assert fields["ngay_ban_hanh"] == FIELDS["ngay_ban_hanh"]


def test_print_gone_pale_is_read(tmp_path: Path) -> None:
    """A page of grey print is no blank one; the front that shines through, mirrored, is."""
    pale = draw_page(decision_lines()).point(lambda tone: 180 + tone * 75 // 255)
    page = read(pale, tmp_path)
    assert page.quality.verdict is QualityVerdict.GOOD
    assert "QUYẾT ĐỊNH" in page.lines
    back = read(pale.transpose(Image.Transpose.FLIP_LEFT_RIGHT), tmp_path)
    assert back.quality.verdict is QualityVerdict.BLANK
    assert not back.words


def test_blank_back_with_the_ghost_of_a_seal_is_blank(tmp_path: Path) -> None:
    """The empty back of a sealed page gives no words and the verdict blank."""
    ghost = Image.blend(Image.new("RGB", (1654, 2339), "white"), add_seal(draw_page([]), 1050, 1600), 0.35)
    page = read(ghost, tmp_path)
    assert page.quality.verdict is QualityVerdict.BLANK
    assert page.words == ()


def test_page_too_coarse_to_read_goes_back_to_the_scanner(tmp_path: Path) -> None:
    """A page of 60 dpi is for scanning again, and says why."""
    small = draw_page(decision_lines()).resize((496, 702), Image.Resampling.LANCZOS)
    source = next(read_image_file(jpeg_bytes(small, dpi=60)))
    page = read_page(source, TesseractEngine(), tmp_path)
    assert page.quality.verdict is QualityVerdict.RESCAN
    assert "too_coarse" in page.quality.reasons


def test_exif_turn_is_undone_without_touching_the_pixels(tmp_path: Path) -> None:
    """A JPEG that says by EXIF that it lies on its side keeps its pixels and is read upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    scan = draw_page(decision_lines()).rotate(90, expand=True)
    source = next(read_image_file(jpeg_bytes(scan, exif=exif.tobytes())))
    assert (source.width, source.height, source.rotation) == (*scan.size, 90)
    page = read_page(source, TesseractEngine(), tmp_path)
    assert page.rotation == 90
    assert "QUYẾT ĐỊNH" in page.lines


def test_missing_language_is_named(tmp_path: Path) -> None:
    """A language that is not installed is refused with its own error."""
    from ocr.errors import LanguageDataMissing

    image = np.full((200, 200), 255, np.uint8)
    with pytest.raises(LanguageDataMissing):
        TesseractEngine(language="xyz").read(image, 200, tmp_path)


def test_bilevel_tiff_pages_are_read_one_by_one(tmp_path: Path) -> None:
    """A bilevel TIFF of two pages gives two readings."""
    buffer = io.BytesIO()
    pages = [draw_page(decision_lines()).convert("1"), draw_page([]).convert("1")]
    more = {"save_all": True, "append_images": pages[1:], "compression": "group4", "dpi": (200, 200)}
    pages[0].save(buffer, "TIFF", **more)
    texts = [read_page(page, TesseractEngine(), tmp_path) for page in read_image_file(buffer.getvalue())]
    assert [text.quality.verdict for text in texts] == [QualityVerdict.GOOD, QualityVerdict.BLANK]
    assert "Số: 1234/QĐ-UBND" in texts[0].lines


def test_spread_is_read_page_after_page(tmp_path: Path) -> None:
    """One image of two pages gives the left page's lines, then the right one's; boxes stay on the scan."""
    left, right = draw_page(decision_lines()), draw_page(decision_lines())
    scan = Image.new("RGB", (2 * left.width, left.height), "white")
    scan.paste(left, (0, 0))
    scan.paste(right, (left.width, 0))
    page = read(scan, tmp_path)
    titles = [word.box for word in page.words if word.text == "QUYẾT" and word.zone == "ten_loai"]
    assert len(titles) == 2
    assert titles[0].x1 < left.width < titles[1].x0
    assert page.lines[: len(page.lines) // 2] == page.lines[len(page.lines) // 2 :]


@pytest.mark.parametrize("ink", [(215, 40, 45), (40, 60, 180)])
def test_coloured_title_is_read(ink: tuple[int, int, int], tmp_path: Path) -> None:
    """A title printed in red or blue is read like a black one."""
    paper = np.asarray(draw_page(decision_lines())).copy()
    band = paper[390:500]
    band[band[:, :, 0] < 128] = ink
    page = read(Image.fromarray(paper), tmp_path)
    assert "QUYẾT ĐỊNH" in page.lines
    assert page.quality.verdict is QualityVerdict.GOOD
