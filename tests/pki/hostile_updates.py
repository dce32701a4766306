"""What may and may not follow a signature (bổ sung sau khi ký), revision by revision."""

from collections.abc import Mapping

from tests.pki.raw_cms import sign
from tests.pki.raw_pdf import Body, RawPdf, base, field, stream, text_page

EVIL = text_page(b"So tien: 999.000 dong")
CATALOG = base()[1]
PAGE = base()[3]
FORM = base()[5]
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:ModifyDate>2026-06-01T00:00:00Z</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def iter_updates() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    return _harmless() | _harmful() | _catalogs() | _unlisted()


def follow(
    *changes: Mapping[int, Body],
    style: str = "table",
    start: dict[int, bytes] | None = None,
    **options: bytes,
) -> bytes:
    """The signed sample with revisions behind it."""
    pdf = RawPdf(start or base()).sign(sign)
    for change in changes:
        pdf.update(change, style=style, **options)  # type: ignore[arg-type]
    return pdf.data


def _harmless() -> dict[str, tuple[bytes, str]]:
    objects = base()
    unused = base() | {20: b"<< /Khong /Dung >>"}
    return {
        "nothing": (follow({}), "good"),
        "nothing, stream": (follow({}, style="stream"), "good"),
        "same content again": (follow({4: objects[4]}), "good"),
        "same page again": (follow({3: objects[3]}), "good"),
        "same page, other spelling": (
            follow(
                {
                    3: objects[3]
                    .replace(b" ", b"  ")
                    .replace(b"/MediaBox [0 0 595 842]", b"/MediaBox[0 0 595.0 842]")
                }
            ),
            "good",
        ),
        "everything again": (follow({n: b for n, b in objects.items() if n != 7}), "good"),
        "everything again, packed": (
            follow({n: b for n, b in objects.items() if n != 7}, style="packed"),
            "good",
        ),
        "unused object freed": (follow({20: None}, start=unused), "good"),
        "unused object changed": (follow({20: b"<< /Khac /True >>"}, start=unused), "good"),
        "new unused object": (follow({21: b"<< /Moi /Them >>"}), "good"),
        "information added": (
            follow({21: b"<< /Title (A) /ModDate (D:20260601000000Z) >>"}, trailer=b"/Info 21 0 R"),
            "good",
        ),
        "information changed": (_info(), "good"),
        "metadata added": (
            follow(
                {1: extend_catalog(b"/Metadata 21 0 R"), 21: stream(XMP, b"/Type /Metadata /Subtype /XML")}
            ),
            "good",
        ),
        "extensions added": (
            follow({1: extend_catalog(b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>")}),
            "good",
        ),
        "identifier added": (follow({}, trailer=b"/ID [<00112233> <44556677>]"), "good"),
        "three empty revisions": (follow({}, {}, {}), "good"),
    }


def extend_catalog(entries: bytes) -> bytes:
    """The catalogue with more entries."""
    return CATALOG.replace(b"/Type /Catalog", b"/Type /Catalog " + entries)


def _info() -> bytes:
    pdf = RawPdf(base() | {9: b"<< /Producer (A) >>"}, trailer=b"/Info 9 0 R").sign(sign)
    return pdf.update({9: b"<< /Producer (B) /ModDate (D:20260601000000Z) >>"}, trailer=b"/Info 9 0 R").data


def _harmful() -> dict[str, tuple[bytes, str]]:
    note = (
        b"<< /Type /Annot /Subtype /FreeText /Contents (999) /Rect [80 690 400 720] /P 3 0 R /F 4 "
        b"/DA (/F1 18 Tf) /AP << /N 22 0 R >> >>"
    )
    white = stream(
        b"1 g 0 0 320 30 re f 0 g BT /F1 18 Tf 2 8 Td (So tien: 999.000 dong) Tj ET",
        b"/Type /XObject /Subtype /Form /BBox [0 0 320 30] /Resources << /Font << /F1 8 0 R >> >>",
    )
    widget = field(rect=b"80 690 400 720", more=b"/AP << /N 22 0 R >>")
    layers = b"/OCProperties << /OCGs [20 0 R] /D << /ON [20 0 R] /Order [] >> >>"
    layered = base(
        catalog_more=layers, content=stream(b"/OC /L BDC BT /F1 18 Tf 80 700 Td (So tien) Tj ET EMC")
    ) | {20: b"<< /Type /OCG /Name (L) >>"}
    layered[3] = PAGE.replace(b"/Resources <<", b"/Resources << /Properties << /L 20 0 R >>")
    off = layered[1].replace(b"/ON [20 0 R]", b"/OFF [20 0 R]")
    two = base(pages=b"<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 2 >>") | {
        20: PAGE.replace(b"/Annots [6 0 R]", b"").replace(b"4 0 R", b"21 0 R"),
        21: EVIL,
    }
    return {
        "content replaced": (follow({4: EVIL}), "not good"),
        "content replaced, stream": (follow({4: EVIL}, style="stream"), "not good"),
        "content replaced, then restored": (follow({4: EVIL}, {4: base()[4]}), "listed"),
        "content replaced by reference": (
            follow({3: PAGE.replace(b"4 0 R", b"20 0 R"), 20: EVIL}),
            "not good",
        ),
        "content added": (follow({3: PAGE.replace(b"4 0 R", b"[4 0 R 20 0 R]"), 20: EVIL}), "not good"),
        "content freed": (follow({4: None}), "not good"),
        "page freed": (follow({3: None}), "not good"),
        "page box": (follow({3: PAGE.replace(b"595 842", b"595 400")}), "not good"),
        "page cropped": (
            follow({3: PAGE.replace(b"/Contents", b"/CropBox [0 0 100 100] /Contents")}),
            "not good",
        ),
        "page turned": (follow({3: PAGE.replace(b"/Contents", b"/Rotate 90 /Contents")}), "not good"),
        "page removed": (follow({2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}, start=two), "not good"),
        "pages swapped": (
            follow({2: b"<< /Type /Pages /Kids [20 0 R 3 0 R] /Count 2 >>"}, start=two),
            "not good",
        ),
        "page put in": (
            follow({2: b"<< /Type /Pages /Kids [20 0 R 3 0 R] /Count 2 >>", 20: two[20], 21: EVIL}),
            "not good",
        ),
        "page tree swapped": (
            follow(
                {
                    1: CATALOG.replace(b"2 0 R", b"23 0 R"),
                    23: b"<< /Type /Pages /Kids [20 0 R] /Count 1 >>",
                    20: two[20],
                    21: EVIL,
                }
            ),
            "not good",
        ),
        "box of the page tree": (
            follow({2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Rotate 180 >>"}),
            "not good",
        ),
        "font replaced": (follow({8: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}), "not good"),
        "font encoding": (
            follow({8: base()[8].replace(b">>", b"/Encoding << /Differences [49 /nine] >> >>")}),
            "not good",
        ),
        "note over the text": (
            follow({3: PAGE.replace(b"[6 0 R]", b"[6 0 R 21 0 R]"), 21: note, 22: white}),
            "not good",
        ),
        "look of the signature": (follow({6: widget, 22: white}), "not good"),
        "layer switched off": (follow({1: off}, start=layered), "not good"),
        "layer added": (follow({1: extend_catalog(b"/OCProperties << /OCGs [] /D << >> >>")}), "not good"),
        "removed /Annots": (follow({3: PAGE.replace(b"/Annots [6 0 R]", b"")}), "not good"),
    }


def _catalogs() -> dict[str, tuple[bytes, str]]:
    script = b"<< /S /JavaScript /JS (x) >>"
    second = {
        30: b"<< /Type /Catalog /Pages 31 0 R /AcroForm 5 0 R >>",
        31: b"<< /Type /Pages /Kids [32 0 R] /Count 1 >>",
        32: PAGE.replace(b"2 0 R", b"31 0 R").replace(b"4 0 R", b"33 0 R"),
        33: EVIL,
    }
    swapped = RawPdf(base()).sign(sign)
    swapped.update(second, root=30)
    inside = RawPdf(base() | second).sign(sign)
    inside.update({}, root=30)
    alone = RawPdf(base() | second).sign(sign)
    places = {n: alone.data.index(b"%d 0 obj" % n) for n in (*base(), *second)}
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (n, place) for n, place in sorted(places.items()))
    start = len(alone.data)
    alone.data += (
        b"xref\n0 1\n0000000000 65535 f \n"
        + rows
        + b"trailer\n<< /Size 34 /Root 30 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    )
    lost = RawPdf(base()).sign(sign)
    text = lost.data
    rewritten = dict(base())
    del rewritten[7]
    rewritten[4] = EVIL
    places = {7: text.index(b"7 0 obj")}
    for n, body in rewritten.items():
        places[n] = len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    rows = b"".join(b"%010d 00000 n \n" % places[n] for n in range(1, 9))
    text += (
        b"xref\n0 9\n0000000000 65535 f \n"
        + rows
        + b"trailer\n<< /Size 9 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(text)
    )
    loop = RawPdf(base()).sign(sign)
    loop.update({4: EVIL}, previous=len(loop.data))
    return {
        "action on opening": (follow({1: extend_catalog(b"/OpenAction " + script)}), "not good"),
        "script by name": (
            follow({1: extend_catalog(b"/Names << /JavaScript << /Names [(a) 21 0 R] >> >>"), 21: script}),
            "not good",
        ),
        "attachment added": (
            follow(
                {
                    1: extend_catalog(b"/Names << /EmbeddedFiles << /Names [(a) 21 0 R] >> >>"),
                    21: b"<< /Type /Filespec /F (a) >>",
                }
            ),
            "not good",
        ),
        "page action": (
            follow({3: PAGE.replace(b"/Contents", b"/AA << /O %s >> /Contents" % script)}),
            "not good",
        ),
        "language": (follow({1: extend_catalog(b"/Lang (en)")}), "not good"),
        "page labels": (follow({1: extend_catalog(b"/PageLabels << /Nums [0 << /S /r >>] >>")}), "not good"),
        "outline": (
            follow({1: extend_catalog(b"/Outlines 21 0 R"), 21: b"<< /Type /Outlines /Count 0 >>"}),
            "not good",
        ),
        "viewer settings": (
            follow({1: extend_catalog(b"/ViewerPreferences << /HideToolbar true >>")}),
            "not good",
        ),
        "form removed": (follow({1: CATALOG.replace(b"/AcroForm 5 0 R", b"")}), "not good"),
        "form emptied": (follow({5: b"<< /Fields [] /SigFlags 3 >>"}), "not good"),
        "form with XFA": (
            follow({5: FORM.replace(b">>", b"/XFA 21 0 R >>"), 21: stream(b"<xdp/>")}),
            "not good",
        ),
        "value removed": (follow({6: field(value=b"null")}), "not good"),
        "field freed": (follow({6: None}), "not good"),
        "signature freed": (follow({7: None}), "not good"),
        "signature rewritten": (_rewritten(b"/Reason (Khac)"), "not good"),
        "signature pointed elsewhere": (_pointed(), "not good"),
        "root swapped": (swapped.data, "not good"),
        "root swapped to one signed over": (inside.data, "not good"),
        "root swapped, history dropped": (alone.data, "not good"),
        "all rewritten, history dropped": (text, "not good"),
        "previous in a circle": (loop.data, "not good"),
    }


def _rewritten(more: bytes) -> bytes:
    """The signature dictionary again, with something else in it."""
    pdf = RawPdf(base()).sign(sign)
    start = pdf.data.index(b"7 0 obj\n") + 8
    body = pdf.data[start : pdf.data.index(b"\nendobj", start)]
    return pdf.update({7: body[:-2] + more + b" >>"}).data


def _pointed() -> bytes:
    """The field's value moved to a copy of the dictionary."""
    pdf = RawPdf(base()).sign(sign)
    start = pdf.data.index(b"7 0 obj\n") + 8
    body = pdf.data[start : pdf.data.index(b"\nendobj", start)]
    return pdf.update({20: body, 6: field(value=b"20 0 R")}).data


def _unlisted() -> dict[str, tuple[bytes, str]]:
    """Incremental saving: objects that no table lists, behind, between and inside later revisions."""
    whole = RawPdf(base()).sign(sign)
    listed = whole.previous or 0
    evil = b"4 0 obj\n" + EVIL + b"\nendobj\n"
    again = b"startxref\n%d\n%%%%EOF\n" % listed
    between = RawPdf(base()).sign(sign)
    between.data += evil
    between.update({20: b"<< /Khong /Dung >>"})
    free = RawPdf(base()).sign(sign)
    free.data += evil
    free.update({})
    return {
        "object with the old table": (whole.data + evil + again, "not good"),
        "object and trailer with the old table": (
            whole.data + evil + b"trailer\n<< /Size 9 /Root 1 0 R >>\n" + again,
            "not good",
        ),
        "object without a table": (follow({4: EVIL}, style="bare"), "not good"),
        "object with a trailer alone": (follow({4: EVIL}, style="loose"), "not good"),
        "object between revisions": (between.data, "not good"),
        "object before an empty revision": (free.data, "not good"),
        "end mark again": (whole.data + again, "listed"),
        "hidden stream beside the table": (_hidden_stream(), "not good"),
        "table entry of the first object": (follow({4: EVIL, 7: None}), "not good"),
    }


def _hidden_stream() -> bytes:
    """A later table that changes nothing, with a cross-reference stream beside it that does (hybrid)."""
    pdf = RawPdf(base()).sign(sign)
    place = pdf.write(4, EVIL)
    hidden = len(pdf.data)
    row = b"\1" + place.to_bytes(4) + b"\0\0"
    pdf.write(20, stream(row, b"/Type /XRef /Size 21 /W [1 4 2] /Index [4 1]"))
    pdf.size = 21
    return pdf.update({}, trailer=b"/XRefStm %d" % hidden).data
