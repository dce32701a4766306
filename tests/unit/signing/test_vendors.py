"""Habits of other signing programs, told from what only looks like them."""

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.vendors import install
from tests.pki.raw_pdf import RawPdf, base

install()


def is_free(page: bytes, number: int) -> bool:
    """Whether the number may be given to a new object after the first revision."""
    pdf = RawPdf({})
    pdf.gives_away = True
    pdf.update(base(page=page), style="stream")
    reader = PdfFileReader(io.BytesIO(pdf.data), strict=False)
    return reader.get_historical_resolver(0).is_ref_unassignable(generic.Reference(number, 0, reader))


@pytest.mark.parametrize(("number", "expected"), [(9, True), (10, True), (4, False), (8, False)])
def test_the_number_of_a_table_is_free_again(number: int, expected: bool) -> None:
    """Nine was the cross-reference stream's own, ten was never given, the others are in use."""
    assert is_free(base()[3], number) is expected


def test_a_number_the_page_names_stays_taken() -> None:
    """Content prepared under the stream's number is how hidden text would be put in."""
    assert not is_free(base()[3].replace(b"/Contents 4 0 R", b"/Contents [4 0 R 9 0 R]"), 9)
