"""Files whose structure is odd or hostile around a sound signature (cấu trúc tệp lạ hoặc phá hoại)."""

import re
import zlib
from collections.abc import Callable

from tests.pki.raw_cms import sign
from tests.pki.raw_pdf import RawPdf, base, field, stream, text_page


def iter_files() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    return _tables() | _ends() | _depths()


def signed(**parts: bytes) -> bytes:
    """The sample page, some parts replaced, signed."""
    return RawPdf(base(**parts)).sign(sign).data


def remake(change: Callable[[bytes], bytes], **parts: bytes) -> bytes:
    """The sample, its bytes changed before signing."""
    pdf = RawPdf(base(**parts))
    pdf.data = change(pdf.data)
    return pdf.sign(sign).data


def _with_style(first: str, second: str) -> bytes:
    objects = base()
    value = {number: objects.pop(number) for number in (6, 7)}
    objects[5] = b"<< /Fields [] >>"
    objects[3] = objects[3].replace(b"/Annots [6 0 R]", b"")
    pdf = RawPdf(objects, style=first)
    change = {3: base()[3], 5: base()[5], **value}
    return pdf.update(change, style=second).sign(sign).data


def _hybrid(*, hide_signature: bool = False) -> bytes:
    """A table for old readers, and beside it a cross-reference stream for the objects of an object stream."""
    objects = base()
    pdf = RawPdf({}, header=b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    packed = {n: objects.pop(n) for n in ((5, 6, 8) if hide_signature else (8,))}
    places = {n: pdf.write(n, body) for n, body in objects.items()}
    index, text = b"", b""
    for n, body in packed.items():
        index += b"%d %d " % (n, len(text))
        text += body + b"\n"
    places[9] = pdf.write(
        9, stream(index + text, b"/Type /ObjStm /N %d /First %d" % (len(packed), len(index)))
    )
    hidden = len(pdf.data)
    rows = b"".join(b"\2" + (9).to_bytes(4) + k.to_bytes(2) for k in range(len(packed)))
    listed = b" ".join(b"%d 1" % n for n in packed)
    pdf.write(10, stream(rows, b"/Type /XRef /Size 11 /W [1 4 2] /Index [%s]" % listed))
    start = len(pdf.data)
    table = {n: b"%010d 00000 n \n" % place for n, place in places.items()}
    table |= dict.fromkeys((0, *packed), b"0000000000 65535 f \n")
    pdf.data += b"xref\n0 10\n" + b"".join(row for _, row in sorted(table.items()))
    pdf.data += b"trailer\n<< /Size 11 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (hidden, start)
    return pdf.sign(sign).data


def _tables() -> dict[str, tuple[bytes, str]]:
    table = remake

    one = b"xref\n0 9\n"

    def joined(data: bytes, begin: bytes = one, eol: bytes = b" \n") -> bytes:
        """The table as one section."""
        start = data.index(b"xref\n")
        stop = data.index(b"trailer")
        rows = re.findall(rb"(\d{10} \d{5} [nf])", data[start:stop])
        return data[:start] + begin + b"".join(row + eol for row in rows) + data[stop:]

    return {
        "table": (signed(), "intact"),
        "table of one section": (table(joined), "intact"),
        "table from one": (table(lambda d: joined(d, b"xref\n1 9\n")), "good"),
        "table short lines": (table(lambda d: joined(d, eol=b"\n")), "good"),
        "table lines with cr": (table(lambda d: joined(d, eol=b"\r\n")), "intact"),
        "table with one too many": (table(lambda d: joined(d, b"xref\n0 12\n")), "listed"),
        "size too small": (table(lambda d: d.replace(b"/Size 9", b"/Size 5")), "listed"),
        "size missing": (table(lambda d: d.replace(b"/Size 9", b"")), "listed"),
        "size huge": (table(lambda d: d.replace(b"/Size 9", b"/Size 2147483647")), "listed"),
        "stream": (_styled_signed("stream"), "intact"),
        "packed": (_styled_signed("packed"), "intact"),
        "table then stream": (_with_style("table", "stream"), "intact"),
        "stream then table": (_with_style("stream", "table"), "intact"),
        "packed then stream": (_with_style("packed", "stream"), "intact"),
        "packed then packed": (_with_style("packed", "packed"), "intact"),
        "packed then table": (_with_style("packed", "table"), "intact"),
        "hybrid": (_hybrid(), "intact"),
        "hybrid with hidden form": (_hybrid(hide_signature=True), "listed"),
        "prev to itself": (
            table(lambda d: _replace_prev(d, d.rindex(b"xref\n", 0, d.rindex(b"startxref")))),
            "listed",
        ),
        "prev beyond": (table(lambda d: _replace_prev(d, 10**9)), "listed"),
        "prev negative": (table(lambda d: _replace_prev(d, -5)), "listed"),
        "startxref wrong": (table(lambda d: d.replace(b"startxref\n", b"startxref\n1")), "listed"),
        "startxref missing": (table(lambda d: re.sub(rb"startxref\n\d+\n", b"", d)), "listed"),
        "object offset wrong": (
            table(
                lambda d: joined(d).replace(
                    b"%010d" % d.index(b"8 0 obj"), b"%010d" % (d.index(b"8 0 obj") + 3)
                )
            ),
            "listed",
        ),
        "catalog offset wrong": (
            table(
                lambda d: joined(d).replace(
                    b"%010d" % d.index(b"1 0 obj"), b"%010d" % (d.index(b"1 0 obj") + 3)
                )
            ),
            "listed",
        ),
        "dangling font": (
            signed(font=b"null", page=base()[3].replace(b"/F1 8 0 R", b"/F1 88 0 R")),
            "intact",
        ),
        "dangling annotation": (signed(page=base()[3].replace(b"[6 0 R]", b"[6 0 R 77 0 R]")), "intact"),
        "dangling field": (signed(form=b"<< /Fields [77 0 R 6 0 R] >>"), "good"),
        "object twice in a revision": (remake(lambda d: _twice(d)), "listed"),
        "generation": (
            remake(
                lambda d: (
                    d.replace(b"8 0 obj", b"8 3 obj")
                    .replace(b"8 0 R", b"8 3 R")
                    .replace(b"%010d 00000 n" % d.index(b"8 0 obj"), b"%010d 00003 n" % d.index(b"8 0 obj"))
                )
            ),
            "good",
        ),
        "index huge": (_evil_stream(b"/W [1 4 2] /Index [0 2000000000]"), "listed"),
        "widths huge": (_evil_stream(b"/W [1 999999999 2]"), "listed"),
        "widths negative": (_evil_stream(b"/W [1 -4 2]"), "listed"),
        "widths missing": (_evil_stream(b""), "listed"),
    }


def _styled_signed(style: str) -> bytes:
    return RawPdf(base(), style=style).sign(sign).data


def _replace_prev(data: bytes, number: int) -> bytes:
    return data.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Prev %d " % number)


def _twice(data: bytes) -> bytes:
    """Another content stream under the same number before the table."""
    start = data.index(b"xref\n")
    body = b"4 0 obj\n" + text_page(b"So tien: 999.000 dong") + b"\nendobj\n"
    data = data[:start] + body + data[start:]
    return re.sub(rb"startxref\n\d+", b"startxref\n%d" % (start + len(body)), data)


def _evil_stream(entries: bytes) -> bytes:
    pdf = RawPdf(base(), style="stream")
    pdf.data = pdf.data.replace(b"/W [1 4 2] ", entries + b" ", 1)
    return pdf.sign(sign).data


def _ends() -> dict[str, tuple[bytes, str]]:
    whole = signed()
    evil = b"\n4 0 obj\n" + text_page(b"So tien: 999.000 dong") + b"\nendobj\n"
    return {
        "one line feed more": (whole + b"\n", "good"),
        "blanks behind": (whole + b"\r\n \r\n", "good"),
        "zeros behind": (whole + bytes(700), "good"),
        "comment behind": (whole + b"% ghi chu\n", "not good"),
        "object behind": (whole + evil, "not good"),
        "second end mark": (whole + b"\n%%EOF\n", "not good"),
        "object and end mark behind": (whole + evil + b"%%EOF\n", "not good"),
        "trailer behind": (
            whole + evil + b"trailer\n<< /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF\n",
            "not good",
        ),
        "no end mark": (remake(lambda d: d.replace(b"%%EOF\n", b"")), "listed"),
        "end mark and noise inside": (remake(lambda d: d + b"\nnoise noise\n"), "listed"),
        "signed noise behind": (remake(lambda d: d + bytes(2000)), "good"),
        "end mark with cr": (remake(lambda d: d.replace(b"%%EOF\n", b"%%EOF\r")), "intact"),
        "end mark without line": (remake(lambda d: d[:-1]), "intact"),
        "bytes before the header": (b"\xef\xbb\xbf\r\n" + whole, "not good"),
        "header later, signed": (remake(lambda d: b"HTTP/1.1 200 OK\r\n\r\n" + d), "listed"),
        "header later, offsets kept": (_shifted(), "listed"),
        "no header": (whole[9:], "not good"),
        "version 2": (RawPdf(base(), header=b"%PDF-2.0\n%\xe2\xe3\xcf\xd3\n").sign(sign).data, "intact"),
        "version 1.2": (RawPdf(base(), header=b"%PDF-1.2\n").sign(sign).data, "intact"),
        "version odd": (RawPdf(base(), header=b"%PDF-9.x\n").sign(sign).data, "listed"),
        "two files in one": (whole + whole, "not good"),
        "cut in the middle": (whole[: len(whole) // 2], "not good"),
        "cut in the table": (whole[: whole.rindex(b"trailer")], "not good"),
        "cut in the contents": (whole[: whole.index(b"/Contents <") + 900], "not good"),
        "cut before the contents": (whole[: whole.index(b"/ByteRange [") + 14], "not good"),
    }


def _shifted() -> bytes:
    """Noise before the header, every offset counted from the header."""
    pdf = RawPdf(base())
    pdf.data = b"noise\n" + pdf.data
    return pdf.sign(sign).data


def _depths() -> dict[str, tuple[bytes, str]]:
    nest = b"[" * 20_000 + b"]" * 20_000
    chain = {
        n: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (n + 1, n - 1)
        for n in range(9, 1200)
    }
    chain[1199] = base()[3].replace(b"/Parent 2 0 R", b"/Parent 1198 0 R")
    fields = {n: field(b"(F%d)" % n, value=b"null") for n in range(9, 3009)}
    listed = b" ".join(b"%d 0 R" % n for n in (6, *fields))
    bomb = zlib.compress(bytes(60_000_000), 9)
    return {
        "deep array": (RawPdf(base() | {9: nest}).sign(sign).data, "listed"),
        "deep array in the catalog": (signed(catalog_more=b"/X " + nest), "listed"),
        "deep dictionary": (
            RawPdf(base() | {9: b"<</A" * 20_000 + b" 1 " + b">>" * 20_000}).sign(sign).data,
            "listed",
        ),
        "deep pages": (
            RawPdf(base(pages=b"<< /Type /Pages /Kids [9 0 R] /Count 1 >>") | chain).sign(sign).data,
            "listed",
        ),
        "pages in a circle": (signed(pages=b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"), "listed"),
        "pages in a closed circle": (signed(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "listed"),
        "page its own parent": (signed(page=base()[3].replace(b"/Parent 2 0 R", b"/Parent 3 0 R")), "listed"),
        "pages missing": (signed(pages=b"null"), "listed"),
        "many fields": (RawPdf(base(form=b"<< /Fields [%s] >>" % listed) | fields).sign(sign).data, "intact"),
        "reference to itself": (signed(font=b"8 0 R"), "listed"),
        "references in a circle": (
            RawPdf(base(form=b"9 0 R") | {9: b"10 0 R", 10: b"9 0 R"}).sign(sign).data,
            "listed",
        ),
        "compression bomb": (
            RawPdf(
                base(
                    content=b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
                    % (len(bomb), bomb)
                )
            )
            .sign(sign)
            .data,
            "listed",
        ),
        "stream of wrong length": (
            signed(content=b"<< /Length 9999999 >>\nstream\nBT ET\nendstream"),
            "listed",
        ),
        "length in a circle": (signed(content=b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream"), "listed"),
        "three hundred pages": (_many_pages(300), "intact"),
        "hundred and twenty signatures": (_many_signatures(120), "listed"),
    }


def _many_pages(count: int) -> bytes:
    pages = {n: base()[3].replace(b"/Annots [6 0 R]", b"") for n in range(9, 9 + count - 1)}
    kids = b" ".join(b"%d 0 R" % n for n in (3, *pages))
    return (
        RawPdf(base(pages=b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)) | pages).sign(sign).data
    )


def _many_signatures(count: int) -> bytes:
    """Every field points at a dictionary of its own that is empty, but for the signed one."""
    fields = {
        n: field(b"(F%d)" % n, value=b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>")
        for n in range(9, 9 + count)
    }
    listed = b" ".join(b"%d 0 R" % n for n in (6, *fields))
    return RawPdf(base(form=b"<< /Fields [%s] >>" % listed) | fields).sign(sign).data
