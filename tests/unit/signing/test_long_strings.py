"""Hexadecimal strings read at once mean what the libraries' own functions make of them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pypdf.generic import read_hex_string_from_stream as read_by_pypdf

from signing.long_strings import OWN_READER as PYHANKO
from signing.long_strings import read_at_once, read_digits

PLAIN = [
    b"<00ff>",
    b"<>",
    b"<0aF>",
    b"< 3 0\n8\r2\t0\x00a\x0cb >",
    b"<" + b"30820a00" * 30_000 + b"00>",
]
ODD = [b"<00fg>", b"<00 % chu thich\n ff>", b"<0\x0b0>", b"<00", b"<"]


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("reader", [PYHANKO, read_by_pypdf])
def test_plain_strings_read_the_same(reader: Callable[..., Any], text: bytes) -> None:
    """The same value and the same place afterwards as digit by digit."""
    slow, fast = io.BytesIO(text + b" /Next"), io.BytesIO(text + b" /Next")
    expected, found = reader(slow), read_digits(fast)
    assert found is not None
    assert generic.pdf_string(found).original_bytes == expected.original_bytes
    assert fast.tell() == slow.tell()


@pytest.mark.parametrize("text", ODD)
def test_anything_else_goes_to_the_librarys_own_function(text: bytes) -> None:
    """A comment, a foreign letter or a missing end: read from the same place by the library."""
    stream = io.BytesIO(text)
    stream.seek(0)
    assert read_digits(stream) is None
    assert stream.tell() == 0
    fast = read_at_once(PYHANKO, generic.pdf_string)
    try:
        expected: object = PYHANKO(io.BytesIO(text))
    except PdfReadError as exc:
        with pytest.raises(type(exc)):
            fast(io.BytesIO(text))
    else:
        assert fast(io.BytesIO(text)) == expected
