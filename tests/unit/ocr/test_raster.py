"""What a drawn page shows: everything a person would see on it."""

import io
import zlib

import cv2
import numpy as np
import pikepdf
import pytest

from ocr.errors import UnreadableImage
from ocr.pdfimage import encode_g4
from ocr.raster import read_page_image
from ocr.source import decode_page


def build_page(subtype: str, field_type: str = "") -> bytes:
    """An empty sheet with one filled annotation on it; with a field type it is a form field."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    look = pdf.make_stream(b"0 g 0 0 120 40 re f")
    look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    look.BBox = [0, 0, 120, 40]
    mark = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(subtype), F=4, Rect=[60, 700, 180, 740]
    )
    mark.AP = pikepdf.Dictionary(N=look)
    if field_type:
        mark.FT, mark.T = pikepdf.Name(field_type), pikepdf.String("dau")
        mark.Ff = 65536 if field_type == "/Btn" else 0  # a push button, which shows a picture
    placed = pdf.make_indirect(mark)
    pdf.pages[0].Annots = pikepdf.Array([placed])
    if field_type:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([placed]))
    data = io.BytesIO()
    pdf.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("subtype", "field_type"),
    [("/Stamp", ""), ("/FreeText", ""), ("/Widget", "/Sig"), ("/Widget", "/Tx"), ("/Widget", "/Btn")],
)
def test_stamps_signatures_and_form_fields_are_drawn(subtype: str, field_type: str) -> None:
    """A mark set as an annotation or a form field passes under the gate's eyes like one in print."""
    pixels = decode_page(read_page_image(build_page(subtype, field_type), "pdf", 0))
    assert (pixels < 128).mean() > 0.005


def build_scan(data: bytes, coding: str, space: str = "/DeviceGray", *, split: bool = False) -> bytes:
    """A sheet that one picture of 60 by 80 pixels fills, or half fills beside a line of ink."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(600, 800))
    picture = pdf.make_stream(data)
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 60, 80, 8
    picture.ColorSpace, picture.Filter = pikepdf.Name(space), pikepdf.Name(coding)
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    show = b"q 600 0 0 800 0 0 cm /I Do Q" if not split else b"0 0 9 9 re f q 600 0 0 400 0 0 cm /I Do Q"
    page.Contents = pdf.make_stream(show)
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


PIXELS = np.random.default_rng(3).integers(0, 255, (80, 60), dtype=np.uint8)
FLATE = zlib.compress(PIXELS.tobytes())
JPEG2000 = cv2.imencode(".jp2", PIXELS)[1].tobytes()


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (FLATE[: len(FLATE) // 2], "/FlateDecode"),
        (zlib.compress(PIXELS[:50].tobytes()), "/FlateDecode"),
        (b"no picture", "/FlateDecode"),
        (b"no picture", "/DCTDecode"),
        (b"no picture", "/JPXDecode"),
        (JPEG2000[: len(JPEG2000) // 2], "/JPXDecode"),
    ],
)
def test_picture_that_ends_too_soon_is_no_blank_paper(data: bytes, coding: str) -> None:
    """A page whose picture does not decode to its last row cannot be read; it is not taken for white."""
    with pytest.raises(UnreadableImage):
        read_page_image(build_scan(data, coding), "pdf", 0)


@pytest.mark.parametrize("coding", ["/DCTDecode", "/JPXDecode"])
def test_drawn_page_with_a_picture_that_cannot_be_drawn_is_refused(coding: str) -> None:
    """The same holds where the picture is one of several marks."""
    with pytest.raises(UnreadableImage):
        read_page_image(build_scan(b"no picture", coding, split=True), "pdf", 0)


@pytest.mark.parametrize("split", [False, True])
def test_whole_pictures_are_read(split: bool) -> None:
    """The check refuses no sound page, be it taken as it is or drawn."""
    page = read_page_image(build_scan(FLATE, "/FlateDecode", split=split), "pdf", 0)
    assert decode_page(page).std() > 30
    cmyk = zlib.compress(PIXELS.tobytes() * 4)
    drawn = read_page_image(build_scan(cmyk, "/FlateDecode", "/DeviceCMYK"), "pdf", 0)
    assert decode_page(drawn).std() > 10


@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_fax_picture_that_ends_too_soon_is_refused(share: float) -> None:
    """Decoders fill what is missing of group 4 data with white; a whole picture is read, end mark or none."""
    ink = np.full((400, 300), 255, np.uint8)
    for y in range(20, 390, 24):
        ink[y : y + 12] = np.where(np.random.default_rng(y).random((12, 300)) < 0.3, 0, 255)
    data = encode_g4(ink)
    for whole in (data, data[:-3]):
        assert decode_page(read_page_image(build_fax(whole), "pdf", 0)).shape == (400, 300)
    with pytest.raises(UnreadableImage):
        read_page_image(build_fax(data[: int(len(data) * share)]), "pdf", 0)


def build_fax(data: bytes) -> bytes:
    """A sheet that one group 4 picture of 300 by 400 pixels fills."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 400))
    picture = pdf.make_stream(data)
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 300, 400, 1
    picture.ColorSpace, picture.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.CCITTFaxDecode
    picture.DecodeParms = pdf.make_indirect(pikepdf.Dictionary(K=-1, Columns=300, Rows=400))
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    page.Contents = pdf.make_stream(b"q 300 0 0 400 0 0 cm /I Do Q")
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()
