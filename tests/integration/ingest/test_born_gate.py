"""Born-digital PDFs at the state-secret gate: their own text is judged, and so is all else they show."""

from pathlib import Path

import pytest
from fpdf.enums import TextMode

from ingest.errors import SecretMaterialFound
from ingest.gate import gate_page
from ocr.types import TextSource
from tests.integration.ocr import bornpdf
from tests.integration.ocr.pages import Print, draw_page, jpeg_bytes
from tests.integration.ocr.test_born import add_stamp

pytestmark = pytest.mark.tesseract


def gate(data: bytes, folder: Path) -> TextSource:
    """Where the words of a page that passed came from."""
    path = folder / "a.pdf"
    path.write_bytes(data)
    return gate_page(path, "pdf", 0, "tesseract", False, folder).text.text_source


def test_a_plain_paper_passes_with_its_own_text(tmp_path: Path) -> None:
    """What the gate saw travels on: the PDF's words."""
    assert gate(bornpdf.draw_text(), tmp_path) is TextSource.PDF


def test_a_mark_in_the_text_stops_it(tmp_path: Path) -> None:
    """A lone line that names a degree of secrecy is found without any reading."""
    with pytest.raises(SecretMaterialFound):
        gate(bornpdf.draw_text(("TỐI MẬT", *bornpdf.LINES)), tmp_path)


def test_a_mark_set_as_a_picture_stops_it(tmp_path: Path) -> None:
    """The text layer knows nothing of a stamp laid over the page; the picture shows it."""
    stamp = jpeg_bytes(draw_page([Print("TỐI MẬT", 30, 12, 80)], width=500, height=110))
    with pytest.raises(SecretMaterialFound):
        gate(add_stamp(bornpdf.draw_text(), stamp, (60, 20, 220, 55)), tmp_path)


def test_a_mark_in_white_on_black_stops_it(tmp_path: Path) -> None:
    """Whether the picture was read so or not: what the text says is judged either way."""
    with pytest.raises(SecretMaterialFound):
        gate(bornpdf.draw_with_stamp("TỐI MẬT", reversed_out=True), tmp_path)


def test_a_faint_picture_of_a_mark_stops_it(tmp_path: Path) -> None:
    """Grey print in a picture is looked at as well."""
    grey = draw_page([Print("TỐI MẬT", 30, 12, 80)], width=500, height=110).point(
        lambda tone: 175 + tone * 80 // 255
    )
    with pytest.raises(SecretMaterialFound):
        gate(add_stamp(bornpdf.draw_text(), jpeg_bytes(grey), (60, 20, 220, 55)), tmp_path)


def test_a_text_that_is_not_believed_is_judged_all_the_same(tmp_path: Path) -> None:
    """One hidden line has the page read; a mark that the reader cannot see stops it."""
    page = bornpdf.draw_text(("TỐI MẬT",), mode=TextMode.INVISIBLE)
    with pytest.raises(SecretMaterialFound):
        gate(page, tmp_path)
