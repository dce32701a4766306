"""Born-digital PDFs at the state-secret gate: their own text is judged, and so is all else they show."""

from pathlib import Path

import pytest

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
