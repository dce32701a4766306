"""A PDF's own text is taken where the picture bears it out, and refused where it does not."""

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from fpdf import FPDF
from fpdf.enums import TextMode

from ocr.engines.tesseract import TesseractEngine
from ocr.raster import iter_page_images, read_page_image
from ocr.reading import read_source
from ocr.types import PageText, TextSource
from records.legacy_text import Encoding, convert_legacy
from tests.integration.ocr import bornpdf, pages

pytestmark = pytest.mark.tesseract

Read = Callable[[bytes], PageText]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the first page of a PDF, its own text considered."""
    engine = TesseractEngine()

    def read_first(data: bytes) -> PageText:
        source = read_page_image(data, "pdf", 0, with_text=True)
        return read_source(source, engine, tmp_path)[1]

    return read_first


def test_takes_text_as_the_pdf_has_it(read: Read) -> None:
    """Every line comes out to the letter, surely, and the result says where from."""
    page = read(bornpdf.draw_text())
    assert page.text_source is TextSource.PDF
    assert page.lines == bornpdf.LINES
    assert min(word.confidence for word in page.words) > 0.9


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda data: bornpdf.change(data, {"/Rotate": 270}), id="rotated"),
        pytest.param(bornpdf.turn_content, id="lying"),
        pytest.param(lambda data: bornpdf.change(data, {"/UserUnit": 1.5}), id="user-unit"),
    ],
)
def test_boxes_lie_on_the_words(read: Read, build: Callable[[bytes], bytes]) -> None:
    """Turned pages and other units give the same lines, and every box holds its word's ink."""
    data = build(bornpdf.draw_text())
    page = read(data)
    assert (page.text_source, page.lines) == (TextSource.PDF, bornpdf.LINES)
    picture = next(iter_page_images(data, "pdf")).pixels
    assert picture is not None
    assert picture.shape[:2] == (page.height, page.width)
    for word in page.words:
        inside = picture[word.box.y0 : word.box.y1, word.box.x0 : word.box.x1]
        assert (inside < 128).mean() > 0.05, word.text


def test_what_the_crop_box_cuts_off_is_no_text(read: Read) -> None:
    """Words outside the crop box are on no picture, so they are in no result."""
    left, bottom, right, top = 60, 842 - 90 - 22 * 5, 560, 830
    cropped = bornpdf.change(bornpdf.draw_text(), {"/CropBox": pikepdf.Array([left, bottom, right, top])})
    page = read(cropped)
    assert page.text_source is TextSource.PDF
    assert page.lines == bornpdf.LINES[: len(page.lines)]
    assert len(page.lines) < len(bornpdf.LINES)


def add_to_page(**options: object) -> bytes:
    """The invented decision with one more line, painted in another way."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_font("Body", fname=bornpdf.FONT)
    pdf.add_page()
    bornpdf.add_lines(pdf, bornpdf.LINES)
    bornpdf.add_lines(pdf, ("Số: 9999/QĐ-KHÁC",), **options)
    return bytes(pdf.output())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: add_to_page(mode=TextMode.INVISIBLE, top=500), id="render-mode-3"),
        pytest.param(lambda: add_to_page(colour=(255, 255, 255), top=500), id="white-on-white"),
        pytest.param(lambda: add_to_page(size=1, top=500), id="tiny"),
        pytest.param(lambda: add_to_page(mode=TextMode.INVISIBLE, top=113), id="under-other-text"),
    ],
)
def test_hidden_text_is_refused(read: Read, data: Callable[[], bytes]) -> None:
    """One hidden line is enough: the page is read, and what nobody sees is in no result."""
    page = read(data())
    assert page.text_source is TextSource.OCR
    assert "hidden_text" in page.text_reasons
    assert "9999" not in page.text
    assert "1734/QĐ-UBND" in page.text


def test_text_under_a_picture_is_refused(read: Read) -> None:
    """A scan laid over a text of something else: the scan is read."""
    scan = pages.jpeg_bytes(pages.draw_page(pages.decision_lines()))
    page = read(bornpdf.cover_with(bornpdf.draw_text(), scan))
    assert page.text_source is TextSource.OCR
    assert page.text_reasons == ("hidden_text",)
    assert "1234/QĐ-UBND" in page.text
    assert "1734" not in page.text


@pytest.mark.parametrize(
    ("letters", "reason"),
    [
        ({"1": "7", "7": "1"}, "text_differs_from_picture"),
        ({"7": "4"}, "one_letter_two_shapes"),
        ({letter: chr(0xE000 + ord(letter)) for letter in "0123456789"}, "unmapped_text"),
    ],
)
def test_maps_that_lie_are_refused(read: Read, letters: dict[str, str], reason: str) -> None:
    """Glyphs that stand for other letters than they show are found, and the page is read instead."""
    page = read(bornpdf.swap_in_maps(bornpdf.draw_text(), letters))
    assert page.text_source is TextSource.OCR
    assert page.text_reasons == (reason,)
    assert "1734/QĐ-UBND" in page.text


@pytest.mark.parametrize("letters", [dict(zip("HOATC", "BANGI", strict=True)), dict.fromkeys("HOATC", "-")])
def test_a_few_letters_of_a_lying_font_are_refused(read: Read, letters: dict[str, str]) -> None:
    """A stamp's font shows each of its letters once: what it says has to be on the picture all the same."""
    page = read(bornpdf.swap_in_maps(bornpdf.draw_with_stamp("HOA TOC"), letters, "Sans"))
    assert page.text_source is TextSource.OCR
    assert page.text_reasons == ("text_differs_from_picture",)


def test_an_honest_stamp_is_taken(read: Read) -> None:
    """Letters of a font of their own that the picture bears out."""
    page = read(bornpdf.draw_with_stamp("HOA TOC"))
    assert page.text_source is TextSource.PDF
    assert page.lines == ("HOA TOC", *bornpdf.LINES)


def test_words_put_over_others_are_refused(read: Read) -> None:
    """What a file says a line stands for is believed no more than its maps."""
    page = read(bornpdf.say_otherwise(bornpdf.draw_text(), "Số: 9999/QĐ-KHÁC"))
    assert page.text_source is TextSource.OCR
    assert "9999" not in page.text
    assert "1734/QĐ-UBND" in page.text


def test_whole_lines_of_other_text_are_refused(read: Read) -> None:
    """A map under which every letter is another one gives another text: it is not believed."""
    alphabet = "abcdeghiklmnopqrstuvxy"
    page = read(bornpdf.swap_in_maps(bornpdf.draw_text(), dict(pairwise(alphabet))))
    assert page.text_source is TextSource.OCR
    assert "1734/QĐ-UBND" in page.text


def test_marks_beside_the_text_are_read_too(read: Read) -> None:
    """A stamp set as an annotation is no text of the page; it is read from the picture and added."""
    picture = pages.jpeg_bytes(
        pages.draw_page([pages.Print("ĐẾN SỐ 4821", 20, 20, 60)], width=500, height=110)
    )
    page = read(add_stamp(bornpdf.draw_text(), picture, (380, 40, 540, 75)))
    assert page.text_source is TextSource.PDF
    assert page.text_reasons == ("picture_parts_read",)
    assert "4821" in page.text
    assert set(bornpdf.LINES) <= set(page.lines)


def add_stamp(data: bytes, picture: bytes, place: tuple[int, int, int, int]) -> bytes:
    """The page with a picture as a stamp annotation."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        image = pdf.make_stream(picture)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 500, 110, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        look = pdf.make_stream(b"q 160 0 0 35 0 0 cm /Im Do Q")
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = [0, 0, 160, 35]
        look.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Im": image}))
        mark = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, F=4, Rect=list(place),
            AP=pikepdf.Dictionary(N=look),
        )  # fmt: skip
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(mark)])
        return bornpdf.to_bytes(pdf)


def test_a_scan_with_a_text_layer_is_read(read: Read) -> None:
    """A scanner's own invisible words are never taken."""
    scan = pages.jpeg_bytes(pages.draw_page(pages.decision_lines()))
    page = read(bornpdf.cover_with(bornpdf.draw_text(mode=TextMode.INVISIBLE), scan))
    assert page.text_source is TextSource.OCR
    assert "1234/QĐ-UBND" in page.text


TCVN3 = {
    chr(code): letter
    for code in range(0xA1, 0xFF)
    if (letter := convert_legacy(chr(code), Encoding.TCVN3)) != chr(code)
}


@pytest.fixture
def old_fonts(tmp_path: Path) -> dict[str, Path]:
    """Fonts that show Vietnamese letters under the codes of TCVN3."""
    return {
        ".VnTime": bornpdf.build_old_font(tmp_path, ".VnTime", TCVN3),
        ".VnTimeH": bornpdf.build_old_font(tmp_path, ".VnTimeH", TCVN3, is_capital=True),
    }


def to_tcvn3(line: str) -> str:
    """A line in the codes of TCVN3; capitals with a tone need the capital font."""
    codes = {letter: code for code, letter in TCVN3.items()}
    return "".join(codes.get(letter, letter) for letter in line)


def test_tcvn3_fonts_come_out_as_unicode(read: Read, old_fonts: dict[str, Path]) -> None:
    """Small letters of .VnTime and capitals of .VnTimeH are Unicode in the result."""
    pdf = FPDF(unit="pt", format="A4")
    for name, path in old_fonts.items():
        pdf.add_font(name.strip("."), fname=path)
    pdf.add_page()
    heading, body = (bornpdf.LINES[0], bornpdf.LINES[2]), bornpdf.LINES[3:]
    bornpdf.add_lines(pdf, [to_tcvn3(line.lower()) for line in heading], "VnTimeH")
    bornpdf.add_lines(pdf, [to_tcvn3(line) for line in body], "VnTime", top=150)
    page = read(bytes(pdf.output()))
    assert page.text_source is TextSource.PDF
    assert page.text_reasons == ("legacy_encoding",)
    assert page.lines == (*heading, *body)


def test_tcvn3_without_a_unicode_map_comes_out_too(read: Read, old_fonts: dict[str, Path]) -> None:
    """Programs of old wrote bare bytes; the letter ư is the soft hyphen there."""
    body = bornpdf.LINES[3:]
    raw = "\n".join(to_tcvn3(line) for line in body).encode("latin-1")
    page = read(bornpdf.draw_simple_font(raw, old_fonts[".VnTime"], ".VnTime"))
    assert page.text_source is TextSource.PDF
    assert page.lines == body


VNI = {
    "ñ": "đ", "Ñ": "Đ", "ö": "ư", "ô": "ơ", "ò": "ị", "ø": "\u0300", "ù": "\u0301", "û": "\u0309",
    "õ": "\u0303", "ï": "\u0323", "â": "\u0302",
}  # fmt: skip


def test_vni_fonts_come_out_as_unicode(read: Read, tmp_path: Path) -> None:
    """A base letter and the mark printed over it, two glyphs, are one letter in the result."""
    font = bornpdf.build_old_font(tmp_path, "VNI-Times", VNI)
    lines = (
        "Giao baø Lan vaø chuù Minh giöõ hai tôø giaù thueâ nhaø ôû laøng naøy",
        "Ñaõ giao ñuû cho oâng Minh, baø Lan vaø baûy ngöôøi daân trong laøng",
    )
    page = read(bornpdf.draw_text(lines, font=font))
    assert page.text_source is TextSource.PDF
    assert page.text_reasons == ("legacy_encoding",)
    assert page.lines == (
        "Giao bà Lan và chú Minh giữ hai tờ giá thuê nhà ở làng này",
        "Đã giao đủ cho ông Minh, bà Lan và bảy người dân trong làng",
    )


def test_each_page_of_a_file_is_judged_alone(tmp_path: Path) -> None:
    """A scanned page and a born-digital one in one file each have their own source."""
    scan = pages.jpeg_bytes(pages.draw_page(pages.decision_lines()))
    scanned = bornpdf.cover_with(bornpdf.draw_text(mode=TextMode.INVISIBLE), scan)
    data = bornpdf.join(scanned, bornpdf.draw_text())
    engine = TesseractEngine()
    found = [
        read_source(read_page_image(data, "pdf", number, with_text=True), engine, tmp_path)[1].text_source
        for number in range(2)
    ]
    assert found == [TextSource.OCR, TextSource.PDF]
