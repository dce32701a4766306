"""Searchable PDF/A from real readings: the scan's own bytes, text in order, veraPDF's verdict."""

import io
import struct
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image, TiffImagePlugin

from ocr.engines.tesseract import TesseractEngine
from ocr.imagefile import read_image_file
from ocr.page import read_page
from ocr.pdfa import compose_pdf, validate_pdfa
from ocr.pdfimage import encode_g4
from ocr.raster import count_pages, iter_page_images, read_page_image
from ocr.readingcopy import compose_reading_copy
from ocr.source import Colour, SourcePage, decode_page
from ocr.types import PageText, Quality, QualityVerdict
from tests.integration.ocr.pages import decision_lines, draw_page, jpeg_bytes

pytestmark = pytest.mark.tesseract

Judge = Callable[[Path, str], tuple[bool, str]]


def compose(data: bytes, tmp_path: Path) -> tuple[Path, list[PageText]]:
    """Read every page of an image file and write its PDF/A."""
    texts = [read_page(page, TesseractEngine(), tmp_path) for page in read_image_file(data)]
    out = tmp_path / "ra.pdf"
    report = compose_pdf(zip(read_image_file(data), texts, strict=True), out, "Giấy phép mẫu")
    assert report.valid
    assert report.findings == ()
    return out, texts


def text_of(path: Path) -> str:
    """What poppler takes out of a PDF."""
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def test_scan_bytes_and_vietnamese_text_survive(tmp_path: Path) -> None:
    """The JPEG stands in the PDF byte for byte, and other programs read NFC Vietnamese lines from it."""
    scan = jpeg_bytes(draw_page(decision_lines()))
    out, texts = compose(scan, tmp_path)
    with pikepdf.open(out) as pdf:
        assert pdf.pages[0].resources.XObject.Scan.read_raw_bytes() == scan
        assert pdf.Root.Lang == "vi-VN"
    text = text_of(out)
    assert unicodedata.is_normalized("NFC", text)
    for line in ("QUYẾT ĐỊNH", "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ", "Nguyễn Thị Ví Dụ"):
        assert line in text
    assert sorted(text.split()) == sorted(texts[0].text.split())
    assert out.stat().st_size < len(scan) + 25_000


@pytest.mark.parametrize(("turn", "lean"), [(90, 0.0), (180, 0.0), (270, 0.0), (0, 3.0), (90, -2.0)])
def test_words_lie_over_the_print_on_turned_and_leaning_scans(turn: int, lean: float, tmp_path: Path) -> None:
    """Whole lines come out of turned and leaning scans, each word near the middle of its print."""
    page = draw_page(decision_lines()).rotate(-lean, fillcolor="white", resample=Image.Resampling.BICUBIC)
    out, texts = compose(jpeg_bytes(page.rotate(turn, expand=True)), tmp_path)
    assert texts[0].rotation == turn
    assert "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ" in text_of(out)
    _check_words_over_print(out, tmp_path)


def _check_words_over_print(out: Path, tmp_path: Path) -> None:
    """Every longer word's rectangle by poppler holds dark pixels of poppler's own picture of the page."""
    subprocess.run(["pdftoppm", "-r", "72", "-gray", "-singlefile", out, tmp_path / "shown"], check=True)
    listing = subprocess.run(["pdftotext", "-bbox", out, "-"], capture_output=True, text=True, check=True)
    with Image.open(tmp_path / "shown.pgm") as shown:
        words = [line for line in listing.stdout.splitlines() if "<word" in line]
        assert len(words) > 80
        for word in words:
            x0, y0, x1, y1 = (float(part.split('"')[0]) for part in word.split('="')[1:5])
            if x1 - x0 > 15:
                piece = shown.crop((int(x0), int(y0), int(x1) + 1, int(y1) + 1))
                dark = sum(piece.histogram()[:160]) / (piece.width * piece.height)
                assert dark > 0.03, word


def _deepen(page: Image.Image) -> Image.Image:
    """The page as grey samples of 16 bits."""
    return Image.fromarray(np.asarray(page.convert("L")).astype(np.uint16) * 257)


def _samples() -> dict[str, bytes]:
    """One file of every coding that scanners and people send."""
    page, empty = draw_page(decision_lines()), draw_page([])
    files = {"colour.jpg": jpeg_bytes(page), "grey.jpg": jpeg_bytes(page.convert("L"))}
    files["cmyk.jpg"] = jpeg_bytes(page.convert("CMYK"))
    for name, image, kind in (
        ("bilevel.tif", page.convert("1"), "TIFF"),
        ("colour.png", page, "PNG"),
        ("alpha.png", page.convert("RGBA"), "PNG"),
        ("palette.png", page.quantize(16), "PNG"),
        ("deep.png", _deepen(page), "PNG"),
    ):
        buffer = io.BytesIO()
        image.save(buffer, kind, dpi=(200, 200))
        files[name] = buffer.getvalue()
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": [empty.convert("1"), page.convert("1")]}
    page.convert("1").save(buffer, "TIFF", compression="group4", dpi=(200, 200), **more)
    files["pages.tif"] = buffer.getvalue()
    files["fax.tif"] = _fax(0)
    return files


@pytest.mark.verapdf
@pytest.mark.slow
def test_every_coding_gives_valid_pdfa(tmp_path: Path, verapdf: Judge) -> None:
    """veraPDF accepts what is made of JPEG, PNG and TIFF in every colour mode, and a reading copy."""
    engine = TesseractEngine()
    text = read_page(next(read_image_file(_samples()["colour.jpg"])), engine, tmp_path)
    for name, data in _samples().items():
        texts = [text for _ in read_image_file(data)]
        out = tmp_path / f"{name}.pdf"
        assert compose_pdf(zip(read_image_file(data), texts, strict=True), out).valid
        compliant, report = verapdf(out, "2b")
        assert compliant, f"{name}: {report[:2000]}"
    scan, small = tmp_path / "colour.jpg", tmp_path / "ban-doc.pdf"
    scan.write_bytes(_samples()["colour.jpg"])
    assert compose_reading_copy(scan, "image", [text], small, "Giấy phép mẫu", "0" * 64).report.valid
    write_jbig2(tmp_path / "quet.pdf")
    pages = iter_page_images(tmp_path / "quet.pdf", "pdf")
    assert compose_pdf(zip(pages, [text], strict=True), tmp_path / "jbig2.pdf").valid
    for path in (small, tmp_path / "jbig2.pdf"):
        compliant, report = verapdf(path, "2b")
        assert compliant, report[:2000]


def _fax(photometric: int) -> bytes:
    """A bilevel page as a scanner's TIFF: group 4 in one strip, ink coded as ones (0) or zeros (1)."""
    buffer = io.BytesIO()
    page = draw_page(decision_lines()).convert("1")
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[262], info[278] = photometric, page.height
    page.save(buffer, "TIFF", compression="group4", dpi=(200, 200), tiffinfo=info)
    return buffer.getvalue()


def _empty(data: bytes) -> list[tuple[SourcePage, PageText]]:
    """The pages of an image file without words."""
    good = Quality(QualityVerdict.GOOD)
    return [
        (page, PageText(page.width, page.height, page.dpi, page.rotation, 0.0, good))
        for page in read_image_file(data)
    ]


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (_fax(0), "/CCITTFaxDecode"),
        (_fax(1), "/CCITTFaxDecode"),
        (_samples()["bilevel.tif"], "/CCITTFaxDecode"),
        (_samples()["colour.png"], "/FlateDecode"),
        (_samples()["palette.png"], "/FlateDecode"),
    ],
    ids=["fax 0", "fax 1", "uncoded", "colour", "palette"],
)
def test_bilevel_and_lossless_pages_keep_their_pixels(data: bytes, coding: str, tmp_path: Path) -> None:
    """A bilevel TIFF becomes or stays CCITT, a PNG becomes Flate, each with the very same pixels."""
    out = tmp_path / "ra.pdf"
    assert compose_pdf(_empty(data), out).valid
    with pikepdf.open(out) as pdf, Image.open(io.BytesIO(data)) as original:
        image = pdf.pages[0].resources.XObject.Scan
        assert isinstance(image, pikepdf.Stream)
        assert image.Filter == coding
        shown = pikepdf.PdfImage(image).as_pil_image()
        assert shown.convert("RGB").tobytes() == original.convert("RGB").tobytes()
    page = next(iter_page_images(out, "pdf"))
    with Image.open(io.BytesIO(data)) as original:
        assert decode_page(page).mean() == pytest.approx(np.asarray(original.convert("L")).mean(), abs=1)


@pytest.mark.parametrize("photometric", [0, 1])
def test_fax_strip_of_a_scanner_stands_in_the_pdf_byte_for_byte(photometric: int, tmp_path: Path) -> None:
    """Group 4 data in one strip is taken over as it is, whichever way its ink is coded."""
    data, out = _fax(photometric), tmp_path / "ra.pdf"
    assert compose_pdf(_empty(data), out).images == ("own_bytes",)
    with pikepdf.open(out) as pdf:
        stored = pdf.pages[0].resources.XObject.Scan.read_raw_bytes()
    assert stored in data
    # A scanned PDF that comes in like that keeps them too.
    again, (page,) = tmp_path / "lai.pdf", list(iter_page_images(out, "pdf"))
    assert compose_pdf([(page, _empty(data)[0][1])], again).images == ("own_bytes",)
    with pikepdf.open(again) as pdf, Image.open(io.BytesIO(data)) as original:
        image = pdf.pages[0].resources.XObject.Scan
        assert isinstance(image, pikepdf.Stream)
        assert image.read_raw_bytes() == stored
        assert (
            pikepdf.PdfImage(image).as_pil_image().convert("L").tobytes() == original.convert("L").tobytes()
        )


def write_jbig2(path: Path) -> bytes:
    """A scanned PDF as copiers make it: one JBIG2 image (a generic region of group 4 data); its stream."""
    page = draw_page(decision_lines()).convert("1")
    size = struct.pack(">II", *page.size)
    region = size + bytes(9) + b"\x01" + encode_g4(np.asarray(page, dtype=np.uint8) * np.uint8(255))
    parts = ((48, size + bytes(11)), (38, region))
    data = b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(part)) + part
        for number, (kind, part) in enumerate(parts)
    )
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(page.width * 0.36, page.height * 0.36))
        image = pdf.make_stream(data, Width=page.width, Height=page.height, BitsPerComponent=1)
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        image.Filter = Name.JBIG2Decode
        shown = f"{page.width * 0.36} 0 0 {page.height * 0.36} 0 0 cm /I Do".encode()
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=image))
        pdf.pages[0].obj.Contents = pdf.make_stream(shown)
        pdf.save(path)
    return data


def test_jbig2_of_a_copier_stays_byte_for_byte(tmp_path: Path) -> None:
    """A PDF scanned to JBIG2 is read from its very pixels, and its stream stands in our PDF untouched."""
    scan, out = tmp_path / "quet.pdf", tmp_path / "ra.pdf"
    data = write_jbig2(scan)
    page = next(iter_page_images(scan, "pdf"))
    drawn = np.asarray(draw_page(decision_lines()).convert("1"), dtype=np.uint8) * np.uint8(255)
    assert (page.colour, page.dpi) == (Colour.BILEVEL, 200)
    assert np.array_equal(decode_page(page), drawn)
    text = PageText(page.width, page.height, page.dpi, 0, 0.0, Quality(QualityVerdict.GOOD))
    report = compose_pdf([(page, text)], out)
    assert (report.valid, report.images) == (True, ("own_bytes",))
    with pikepdf.open(out) as pdf:
        assert pdf.pages[0].resources.XObject.Scan.read_raw_bytes() == data


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("colour.jpg", "own_bytes"),
        ("cmyk.jpg", "converted"),
        ("bilevel.tif", "lossless"),
        ("palette.png", "lossless"),
        ("alpha.png", "converted"),
        ("deep.png", "converted"),
    ],
)
def test_report_says_what_stands_for_each_picture(name: str, form: str, tmp_path: Path) -> None:
    """Own bytes, the same pixels otherwise coded, or other pixels: nobody has to guess."""
    assert compose_pdf(_empty(_samples()[name]), tmp_path / "ra.pdf").images == (form,)


def test_scanned_pdf_gives_its_streams_untouched(tmp_path: Path) -> None:
    """Our own PDF, read again, gives the scanner's JPEG without drawing, and its turn."""
    scan = jpeg_bytes(draw_page(decision_lines()).rotate(90, expand=True))
    out, texts = compose(scan, tmp_path)
    page = read_page_image(out, "pdf", 0)
    assert page.jpeg == scan
    assert page.rotation == texts[0].rotation == 90
    assert page.dpi == 200


def test_born_digital_page_is_drawn(tmp_path: Path) -> None:
    """A page of visible text is drawn at 300 dpi and can be read."""
    path = tmp_path / "van-ban.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"BT /F 24 Tf 80 700 Td (GIAY PHEP 2026) Tj ET")
        pdf.save(path)
    page = next(iter_page_images(path, "pdf"))
    assert page.jpeg is None
    assert (page.dpi, page.colour, page.width) == (300, Colour.GREY, 2480)
    words = read_page(page, TesseractEngine(), tmp_path).words
    assert " ".join(word.raw for word in words) == "GIAY PHEP 2026"


def test_many_pages_are_counted_read_and_composed_in_order(tmp_path: Path) -> None:
    """A PDF of 20 scans, more than one part, keeps every page and its order."""
    texts = [read_page(next(read_image_file(jpeg_bytes(draw_page([])))), TesseractEngine(), tmp_path)] * 20
    scans = [jpeg_bytes(draw_page([]).resize((300 + number, 400)), dpi=40) for number in range(20)]
    pages = [next(read_image_file(scan)) for scan in scans]
    out = tmp_path / "nhieu-trang.pdf"
    assert compose_pdf(zip(pages, texts, strict=True), out).valid
    assert count_pages(out, "pdf") == 20
    assert [page.width for page in iter_page_images(out, "pdf")] == [300 + number for number in range(20)]


def test_validator_names_what_is_wrong(tmp_path: Path) -> None:
    """A plain PDF is not taken for PDF/A, and the findings say why."""
    path = tmp_path / "thuong.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    report = validate_pdfa(path)
    assert not report.valid
    assert report.findings
