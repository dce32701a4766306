"""Limits for reading cross-reference streams (giới hạn khi đọc bảng tham chiếu), which pyHanko has not.

A few bytes may announce billions of entries (/Index, or /W of zeros), and pyHanko would list every one.
"""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import misc, xref

_DEFLATE_RATIO = 1032  # what one byte of a compressed stream can become at most (RFC 1951)
_OWN_PARSER = xref.parse_xref_stream


def install() -> None:
    """Let pyHanko refuse cross-reference streams that announce more than they can hold; twice is as once."""
    xref.parse_xref_stream = _parse_limited


def _parse_limited(xref_stream: Any, strict: bool = True) -> Iterator[Any]:
    """pyHanko's own reading; raises PdfReadError when the entries cannot be in the stream's bytes."""
    pairs: Any = xref_stream.get("/Index", [0, xref_stream.get("/Size")])
    announced = sum(int(number) for number in list(pairs)[1::2])
    width = sum(int(number) for number in xref_stream["/W"])
    if width <= 0 or announced * width > len(xref_stream.encoded_data) * _DEFLATE_RATIO:
        raise misc.PdfReadError("a cross-reference stream announces more entries than it holds")
    return _OWN_PARSER(xref_stream, strict)
