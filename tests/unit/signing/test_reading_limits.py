"""Cross-reference streams that announce more than they hold are refused at once."""

import io

import pytest
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.reading_limits import install
from tests.pki.raw_pdf import RawPdf, base

install()


def read(old: bytes, new: bytes) -> PdfFileReader:
    """The sample with its cross-reference stream's dictionary changed."""
    data = RawPdf(base(), style="stream").data
    assert old in data
    return PdfFileReader(io.BytesIO(data.replace(old, new, 1)), strict=False)


def test_an_honest_stream_is_read() -> None:
    """Nothing changes for a sound file."""
    assert read(b"/Type /XRef", b"/Type /XRef").root["/Type"] == "/Catalog"


@pytest.mark.parametrize(
    ("old", "new"), [(b"/Index [", b"/Index [0 2000000000 "), (b"/W [1 4 2]", b"/W [0 0 0]")]
)
def test_a_boastful_stream_is_refused(old: bytes, new: bytes) -> None:
    """Two thousand million entries, or entries of no bytes."""
    with pytest.raises(PdfReadError, match="announces more"):
        read(old, new)
