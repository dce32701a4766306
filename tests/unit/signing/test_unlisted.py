"""Objects behind a signature that no cross-reference lists."""

import io

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.unlisted import has_unlisted
from tests.pki.raw_cms import sign
from tests.pki.raw_pdf import RawPdf, base

EVIL = b"4 0 obj\n<< /Khac /True >>\nendobj\n"


def ask(pdf: RawPdf, end: int) -> bool:
    """Whether something unlisted stands behind `end`."""
    reader = PdfFileReader(io.BytesIO(pdf.data), strict=False)
    return has_unlisted(pdf.data, end, 0, reader)


@pytest.mark.parametrize("style", ["table", "stream", "packed"])
def test_a_proper_revision_lists_all_it_writes(style: str) -> None:
    """Tables, cross-reference streams and object streams are all followed."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    assert not ask(pdf.update({20: b"<< /Moi /True >>"}, style=style), end)


def test_an_object_between_revisions_is_found() -> None:
    """A later, harmless table does not cover what it does not list."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    pdf.data += EVIL
    assert ask(pdf.update({20: b"<< /Moi /True >>"}), end)


def test_a_trailer_of_its_own_is_found() -> None:
    """A reader that searches for trailers could start from it."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    pdf.data += b"trailer\n<< /Root 9 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (pdf.previous or 0)
    assert ask(pdf, end)


def test_an_entry_may_point_at_the_white_space_before() -> None:
    """Some writers count the line break to the object."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    place = len(pdf.data)
    pdf.data += b"\r\n20 0 obj\n<< >>\nendobj\n"
    start = len(pdf.data)
    pdf.data += b"xref\n20 1\n%010d 00000 n \n" % place
    pdf.data += b"trailer\n<< /Size 21 /Root 1 0 R /Prev %d >>\n" % (pdf.previous or 0)
    pdf.data += b"startxref\n%d\n%%%%EOF\n" % start
    assert not ask(pdf, end)


def append(pdf: RawPdf, written: bytes, listed: int) -> None:
    """An update whose table lists what was written under that number."""
    place = len(pdf.data)
    pdf.data += written
    start = len(pdf.data)
    pdf.data += b"xref\n%d 1\n%010d 00000 n \n" % (listed, place)
    pdf.data += b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\n" % (pdf.previous or 0)
    pdf.data += b"startxref\n%d\n%%%%EOF\n" % start


def test_an_object_listed_under_another_number_is_found() -> None:
    """Who rebuilds the tables takes the number that the object bears: that of the signed page's content."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    append(pdf, EVIL, listed=90)
    assert ask(pdf, end)


@pytest.mark.parametrize("name", [b"/ObjStm", b"/Obj#53tm"])
def test_an_object_hidden_in_an_object_stream_is_found(name: bytes) -> None:
    """The stream itself is listed, what it holds is not."""
    pdf = RawPdf(base()).sign(sign)
    end = len(pdf.data)
    inner = b"4 0 << /Khac true >>"
    head = b"90 0 obj\n<< /Type %s /N 1 /First 4 /Length %d >>\n" % (name, len(inner))
    append(pdf, head + b"stream\n" + inner + b"\nendstream\nendobj\n", listed=90)
    assert ask(pdf, end)
