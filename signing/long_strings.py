"""Reads long hexadecimal strings at once (đọc nhanh chuỗi thập lục phân).

A signature's /Contents is a hexadecimal string of some 16,000 digits, and both PDF libraries read it digit by
digit, several times a file: more than half of a verification's time (measured). Here the plain case, digits
and white space up to `>`, is read in one go; anything else goes back to the library's own function from the
same place, so that what a file means does not change.
"""

import binascii
from collections.abc import Callable
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic

_WHITE = b" \n\r\t\x00\f"  # ISO 32000-1, table 1
_PIECE = 65_536

Reader = Callable[..., Any]
"""A library's function: the stream stands at `<`; gives its own kind of string."""

OWN_READER: Reader = generic.read_hex_string_from_stream
"""pyHanko's own function."""


def install() -> None:
    """Let pyHanko read hexadecimal strings at once; twice is as once."""
    generic.read_hex_string_from_stream = read_at_once(OWN_READER, generic.pdf_string)


def uninstall() -> None:
    """Give pyHanko its own function back."""
    generic.read_hex_string_from_stream = OWN_READER


def read_at_once(reader: Reader, make_string: Callable[..., Any]) -> Reader:
    """`reader`, except that plain strings are read in one go and made by `make_string`."""

    def read(stream: BinaryIO, *options: Any) -> Any:
        found = read_digits(stream)
        return reader(stream, *options) if found is None else make_string(found, *options)

    return read


def read_digits(stream: BinaryIO) -> bytes | None:
    """The bytes of a plain hexadecimal string, the stream read to its end; None, and the stream left where it
    stood, when it is not plain.
    """
    start = stream.tell()
    pieces: list[bytes] = []
    while piece := stream.read(_PIECE):
        end = piece.find(b">")
        pieces.append(piece if end < 0 else piece[:end])
        if end >= 0:
            found = _decode(b"".join(pieces)[1:])
            if found is not None:
                stream.seek(end + 1 - len(piece), 1)
                return found
            break
    stream.seek(start)
    return None


def _decode(text: bytes) -> bytes | None:
    """Digits to bytes, a missing last digit a zero (ISO 32000-1, 7.3.4.3); None when others stand there."""
    digits = text.translate(None, _WHITE)
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except binascii.Error:
        return None
