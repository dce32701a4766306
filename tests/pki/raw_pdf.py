"""PDF files written byte by byte (tệp PDF dựng từng byte), for shapes that no library writes."""

import re
import zlib
from collections.abc import Callable, Mapping

Body = bytes | None
"""The text of an object between `obj` and `endobj`; None frees its number."""

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
HOLE = b"/ByteRange [0 0000000000 0000000000 0000000000] /Contents <" + b"0" * 8000 + b">"
"""The unsigned value of a signature dictionary: its range, then room for 4,000 bytes."""

_EMPTY = re.compile(rb"\[0 0000000000 0000000000 0000000000\]")
_ROOM = re.compile(rb"<(0{100,})>")
Signs = Callable[[bytes], bytes]
"""From the covered bytes to the bytes of /Contents."""


class RawPdf:
    """A file that grows revision by revision; `data` is the file as it stands.

    `gives_away`: a cross-reference stream does not list itself, and the next revision takes its number.
    """

    gives_away = False

    def __init__(
        self,
        objects: Mapping[int, bytes],
        *,
        header: bytes = HEADER,
        style: str = "table",
        trailer: bytes = b"",
    ) -> None:
        self.data = header
        self.size = 0
        self.previous: int | None = None
        if objects:
            self.update(objects, style=style, trailer=trailer)

    def update(
        self,
        objects: Mapping[int, Body],
        *,
        root: int = 1,
        trailer: bytes = b"",
        style: str = "table",
        tail: bytes = b"",
        previous: int | None = None,
    ) -> "RawPdf":
        """One more revision; `style`: table, stream (cross-reference stream), packed (with object streams),
        bare (objects alone) or loose (objects and a trailer without a table).
        """
        self.size = max([self.size, *(number + 1 for number in objects)])
        written = dict(objects)
        packed: dict[int, tuple[int, int]] = {}
        if style == "packed":
            written, packed = self._pack(written)
        places = {number: self.write(number, body) for number, body in written.items() if body is not None}
        freed = [number for number, body in written.items() if body is None]
        before = self.previous if previous is None else previous
        trailer = b"/Root %d 0 R %s" % (root, trailer) + (
            b" /Prev %d" % before if before is not None else b""
        )
        start = len(self.data)
        if style in ("stream", "packed"):
            self._write_stream(places, packed, freed, trailer)
        elif style == "table":
            self.data += _table(places, freed, first=self.previous is None)
            self.data += b"trailer\n<< /Size %d %s >>\n" % (self.size, trailer)
        elif style == "loose":
            self.data += b"trailer\n<< /Size %d %s >>\n" % (self.size, trailer)
        if style != "bare":
            self.data += b"startxref\n%d\n%%%%EOF\n" % (start if style != "loose" else before or 0)
            self.previous = start if style != "loose" else self.previous
        self.data += tail
        return self

    def write(self, number: int, body: bytes) -> int:
        """An object at the end, in no table; gives its place."""
        place = len(self.data)
        self.data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        return place

    def _pack(self, objects: dict[int, Body]) -> tuple[dict[int, Body], dict[int, tuple[int, int]]]:
        """Everything but streams and signature values into one object stream."""
        inside = {
            n: b
            for n, b in objects.items()
            if b is not None and b"stream" not in b and b"/ByteRange" not in b
        }
        holder = self.size
        self.size += 1
        index, text = b"", b""
        for number, body in inside.items():
            index += b"%d %d " % (number, len(text))
            text += body + b"\n"
        raw = zlib.compress(index + text)
        head = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>" % (
            len(inside),
            len(index),
            len(raw),
        )
        rest = {number: body for number, body in objects.items() if number not in inside}
        rest[holder] = head + b"\nstream\n" + raw + b"\nendstream"
        return rest, {number: (holder, position) for position, number in enumerate(inside)}

    def _write_stream(
        self, places: dict[int, int], packed: dict[int, tuple[int, int]], freed: list[int], trailer: bytes
    ) -> None:
        own = self.size
        self.size += 0 if self.gives_away else 1
        rows = {number: (1, place, 0) for number, place in places.items()}
        rows |= {number: (2, holder, position) for number, (holder, position) in packed.items()}
        rows |= {number: (0, 0, 65535 if number == 0 else 1) for number in freed}
        if self.previous is None:
            rows[0] = (0, 0, 65535)
        if not self.gives_away:
            rows[own] = (1, len(self.data), 0)
        index = b" ".join(b"%d 1" % number for number in sorted(rows))
        raw = b"".join(
            kind.to_bytes(1) + one.to_bytes(4) + two.to_bytes(2)
            for _, (kind, one, two) in sorted(rows.items())
        )
        body = b"<< /Type /XRef /Size %d /W [1 4 2] /Index [%s] /Length %d %s >>\nstream\n%s\nendstream" % (
            own + 1,
            index,
            len(raw),
            trailer,
            raw,
        )
        self.write(own, body)

    def sign(self, signs: Signs, *, places: tuple[int, int] | None = None) -> "RawPdf":
        """Fill the one empty signature value: range first, then contents over the covered bytes."""
        hole = list(_ROOM.finditer(self.data))[-1]
        start, end = places or hole.span()
        numbers = b"[0 %d %d %d]" % (start, end, len(self.data) - end)
        empty = list(_EMPTY.finditer(self.data))[-1]
        self.data = self.data[: empty.start()] + numbers.ljust(len(empty[0])) + self.data[empty.end() :]
        self.fill(signs(self.data[:start] + self.data[end:]), hole.span(1))
        return self

    def fill(self, contents: bytes, span: tuple[int, int]) -> None:
        """Put the contents into their room as hexadecimal digits."""
        room = span[1] - span[0]
        digits = contents.hex().encode().ljust(room, b"0")
        if len(digits) != room:
            raise ValueError("no room")
        self.data = self.data[: span[0]] + digits + self.data[span[1] :]


def _table(places: dict[int, int], freed: list[int], *, first: bool) -> bytes:
    rows = {number: b"%010d 00000 n \n" % place for number, place in places.items()}
    rows |= dict.fromkeys(freed, b"0000000000 00001 f \n")
    if first:
        rows[0] = b"0000000000 65535 f \n"
    if not rows:
        return b"xref\n0 0\n"
    return b"xref\n" + b"".join(b"%d 1\n%s" % (number, row) for number, row in sorted(rows.items()))


def stream(text: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(text), entries, text)


def text_page(text: bytes) -> bytes:
    """A page's content with one line of text."""
    return stream(b"BT /F1 18 Tf 80 700 Td (" + text + b") Tj ET")


def base(**changed: bytes) -> dict[int, bytes]:
    """One page with a line of text and one signature field; parts by name may be replaced."""
    parts = {
        "catalog": b"<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s >>" % changed.pop("catalog_more", b""),
        "pages": b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "page": b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R] "
        b"/Resources << /Font << /F1 8 0 R >> >> >>",
        "content": text_page(b"So tien: 100.000 dong"),
        "form": b"<< /Fields [6 0 R] /SigFlags 3 >>",
        "field": field(),
        "signature": signature(),
        "font": b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    } | changed
    return dict(enumerate(parts.values(), start=1))


def field(
    name: bytes = b"(ChuKy)", value: bytes = b"7 0 R", more: bytes = b"", rect: bytes = b"0 0 0 0"
) -> bytes:
    """A signature field that is its own widget, on the page."""
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T %s /V %s /Rect [%s] /P 3 0 R /F 132 %s >>" % (
        name,
        value,
        rect,
        more,
    )


def signature(
    kind: bytes = b"/Type /Sig",
    subfilter: bytes = b"adbe.pkcs7.detached",
    more: bytes = b"",
    hole: bytes = HOLE,
) -> bytes:
    """A signature dictionary with an empty value."""
    return b"<< %s /Filter /Adobe.PPKLite /SubFilter /%s %s %s >>" % (kind, subfilter, hole, more)
