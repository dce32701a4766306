"""What counts as a page of one picture, where its dictionary makes no sense."""

import pikepdf
import pytest

from ocr.scanpage import find_full_page_image


@pytest.mark.parametrize("unit", [0, -3, 10**9])
def test_a_senseless_unit_ends_in_no_error(unit: int) -> None:
    """A UserUnit of nothing, less or far too much: the page is drawn, or its picture has some resolution."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    picture = pdf.make_stream(bytes(60 * 80))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 60, 80, 8
    picture.ColorSpace = pikepdf.Name.DeviceGray
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    page.Contents = pdf.make_stream(b"q 600 0 0 800 0 0 cm /I Do Q")
    page.obj["/UserUnit"] = unit
    found = find_full_page_image(page)
    assert (found is None) is (unit == 0)
