"""What a drawn page shows: everything a person would see on it."""

import io

import pikepdf
import pytest

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
