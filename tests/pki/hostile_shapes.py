"""Signature dictionaries, byte ranges and fields of odd shape (từ điển chữ ký, phạm vi, trường lạ)."""

from tests.pki.raw_cms import sign
from tests.pki.raw_pdf import HOLE, RawPdf, base, field, signature, text_page

ROOM = b"<" + b"0" * 8000 + b">"


def iter_shapes() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    return _fields() | _ranges() | _contents()


def signed(**parts: bytes) -> bytes:
    """The sample page with some parts replaced, signed."""
    return RawPdf(base(**parts)).sign(sign).data


def _more(objects: dict[int, bytes], **parts: bytes) -> bytes:
    """The sample with more objects."""
    return RawPdf(base(**parts) | objects).sign(sign).data


def _fields() -> dict[str, tuple[bytes, str]]:
    widget = b"<< /Type /Annot /Subtype /Widget /Parent 9 0 R /Rect [0 0 0 0] /P 3 0 R /F 132 >>"
    parent = b"<< /FT /Sig /T (ChuKy) /V 7 0 R /Kids [6 0 R] >>"
    upper = b"<< /T (Tren) /Kids [9 0 R] >>"
    page = base()[3]
    return {
        "field of one piece": (signed(), "intact"),
        "field and widget apart": (
            _more({9: parent}, field=widget, form=b"<< /Fields [9 0 R] /SigFlags 3 >>"),
            "intact",
        ),
        "two widgets of one field": (
            _more(
                {9: parent.replace(b"[6 0 R]", b"[6 0 R 10 0 R]"), 10: widget},
                field=widget,
                form=b"<< /Fields [9 0 R] >>",
                page=page.replace(b"[6 0 R]", b"[6 0 R 10 0 R]"),
            ),
            "intact",
        ),
        "field three levels down": (
            _more(
                {
                    9: parent.replace(b"/T (ChuKy)", b"/T (Duoi) /Parent 10 0 R"),
                    10: upper.replace(b"/T (Tren)", b"/T (Giua) /Parent 11 0 R"),
                    11: b"<< /T (Tren) /Kids [10 0 R] >>",
                },
                field=widget,
                form=b"<< /Fields [11 0 R] >>",
            ),
            "intact",
        ),
        "kind inherited": (
            _more(
                {9: b"<< /FT /Sig /T (ChuKy) /Kids [6 0 R] >>"},
                field=field(b"(Con)", more=b"/Parent 9 0 R").replace(b"/FT /Sig", b""),
                form=b"<< /Fields [9 0 R] >>",
            ),
            "intact",
        ),
        "value inherited": (
            _more(
                {9: b"<< /T (ChuKy) /V 7 0 R /Kids [6 0 R] >>"},
                field=b"<< /Type /Annot /Subtype /Widget /FT /Sig /Parent 9 0 R /Rect [0 0 0 0] /P 3 0 R >>",
                form=b"<< /Fields [9 0 R] >>",
            ),
            "listed",
        ),
        "field without name": (signed(field=field().replace(b"/T (ChuKy)", b"")), "listed"),
        "empty name": (signed(field=field(b"()")), "listed"),
        "period in name": (signed(field=field(b"(Chu.Ky.1)")), "intact"),
        "name in UTF-16": (signed(field=field(b"<FEFF0043006800751EEF>")), "intact"),
        "name as a name object": (signed(field=field(b"/ChuKy")), "listed"),
        "field kind missing": (signed(field=field().replace(b"/FT /Sig", b"")), "listed"),
        "field only on the page": (signed(form=b"<< /Fields [] /SigFlags 3 >>"), "listed"),
        "no form at all": (signed(catalog=b"<< /Type /Catalog /Pages 2 0 R >>"), "listed"),
        "form as direct object": (
            signed(catalog=b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /SigFlags 3 >> >>"),
            "intact",
        ),
        "fields indirect": (_more({9: b"[6 0 R]"}, form=b"<< /Fields 9 0 R >>"), "intact"),
        "fields no array": (signed(form=b"<< /Fields 6 0 R >>"), "listed"),
        "value direct": (signed(field=field(value=signature()), signature=b"null"), "intact"),
        "value an array": (signed(field=field(value=b"[7 0 R]")), "listed"),
        "value null": (signed(field=field(value=b"null")), "listed"),
        "fields in a circle": (
            _more(
                {9: b"<< /T (A) /Kids [10 0 R 6 0 R] >>", 10: b"<< /T (B) /Kids [9 0 R] >>"},
                form=b"<< /Fields [9 0 R] >>",
            ),
            "listed",
        ),
        "field twice in the form": (signed(form=b"<< /Fields [6 0 R 6 0 R] >>"), "intact"),
        "two fields, one value": (_more({9: field(b"(Hai)")}, form=b"<< /Fields [6 0 R 9 0 R] >>"), "listed"),
        "field of an empty second": (
            _more({9: field(b"(Hai)", value=b"null")}, form=b"<< /Fields [6 0 R 9 0 R] >>"),
            "intact",
        ),
        "need appearances": (signed(form=b"<< /Fields [6 0 R] /NeedAppearances true >>"), "intact"),
        "no signature filter": (
            signed(signature=signature().replace(b"/Filter /Adobe.PPKLite", b"")),
            "listed",
        ),
        "no subfilter": (
            signed(signature=signature().replace(b"/SubFilter /adbe.pkcs7.detached", b"")),
            "listed",
        ),
        "unknown subfilter": (signed(signature=signature(subfilter=b"Khac.khac")), "listed"),
        "subfilter escaped": (signed(signature=signature(subfilter=b"adbe.pkcs7#2Edetached")), "intact"),
        "indirect subfilter": (
            _more(
                {9: b"/adbe.pkcs7.detached"},
                signature=signature().replace(b"/SubFilter /adbe.pkcs7.detached", b"/SubFilter 9 0 R"),
            ),
            "listed",
        ),
        "odd time": (signed(signature=signature(more=b"/M (hom qua)")), "intact"),
        "script in reason": (
            signed(signature=signature(more=b"/Reason (<script>alert(1)</script>) /Name (\\0\\377)")),
            "intact",
        ),
        "signature type missing": (signed(signature=signature(kind=b"")), "intact"),
        "usage rights alone": (
            signed(
                catalog_more=b"/Perms << /UR3 7 0 R >>",
                field=field(value=b"null"),
                signature=signature(more=b"/Reference [<< /Type /SigRef /TransformMethod /UR3 >>]"),
            ),
            "unsigned",
        ),
        "usage rights and signature": (_with_usage_rights(), "good"),
    }


def _with_usage_rights() -> bytes:
    rights = RawPdf(
        base(
            catalog_more=b"/Perms << /UR3 7 0 R >>",
            field=field(value=b"null"),
            signature=signature(more=b"/Reference [<< /Type /SigRef /TransformMethod /UR3 >>]"),
        )
    ).sign(sign)
    return rights.update({9: signature(), 6: field(value=b"9 0 R")}).sign(sign).data


def _ranges() -> dict[str, tuple[bytes, str]]:
    def remade(old: bytes, new: bytes) -> bytes:
        """A range of another spelling, covered by the signature itself."""
        pdf = RawPdf(base())
        start = pdf.data.index(b"/ByteRange [")
        hole = pdf.data.index(b"<0000", start), pdf.data.index(b"0>", start) + 2
        numbers = (0, hole[0], hole[1], len(pdf.data) - hole[1])
        text = (
            old.replace(b"@A", b"%d" % numbers[1])
            .replace(b"@B", b"%d" % numbers[2])
            .replace(b"@C", b"%d" % numbers[3])
        )
        end = pdf.data.index(b"]", start) + 1
        pdf.data = pdf.data[:start] + text.ljust(end - start) + new + pdf.data[end:]
        pdf.fill(sign(pdf.data[: hole[0]] + pdf.data[hole[1] :]), (hole[0] + 1, hole[1] - 1))
        return pdf.data

    whole = signed()
    return {
        "range without space": (remade(b"/ByteRange[0 @A @B @C]", b""), "good"),
        "range on lines": (remade(b"/ByteRange [0\r\n@A\t@B  @C ]", b""), "good"),
        "range with leading zeros": (remade(b"/ByteRange [00 0@A 0@B 0@C]", b""), "good"),
        "range with plus": (remade(b"/ByteRange [+0 +@A +@B +@C]", b""), "listed"),
        "range real numbers": (remade(b"/ByteRange [0. @A. @B. @C.]", b""), "listed"),
        "range with comment": (remade(b"/ByteRange [0 @A %x\n@B @C]", b""), "listed"),
        "range name escaped": (remade(b"/Byte#52ange [0 @A @B @C]", b""), "listed"),
        "range indirect": (_indirect_range(), "listed"),
        "range six numbers": (remade(b"/ByteRange [0 @A @B @C 0 0]", b""), "not good"),
        "range three numbers": (remade(b"/ByteRange [0 @A @B]", b""), "not good"),
        "range empty": (remade(b"/ByteRange []", b""), "not good"),
        "range null": (remade(b"/ByteRange null", b""), "not good"),
        "range missing": (remade(b"", b""), "not good"),
        "range of names": (remade(b"/ByteRange [/a /b /c /d]", b""), "not good"),
        "range not from start": (remade(b"/ByteRange [9 @A @B @C]", b""), "not good"),
        "range negative": (remade(b"/ByteRange [0 @A @B -@C]", b""), "not good"),
        "range beyond": (remade(b"/ByteRange [0 @A @B 9999999]", b""), "not good"),
        "range huge": (remade(b"/ByteRange [0 @A @B 99999999999999999999]", b""), "not good"),
        "range overlapping": (remade(b"/ByteRange [0 @A 10 @C]", b""), "not good"),
        "range twice": (remade(b"/ByteRange [0 @A @B @C] /ByteRange [0 1 2 3]", b""), "not good"),
        "range short of the end": (_short_of_end(whole), "not good"),
        "range of zeros": (RawPdf(base()).data, "not good"),
        "signature wrapping": (_wrap(), "not good"),
        "gap with objects": (_wide_gap(), "not good"),
    }


def _indirect_range() -> bytes:
    pdf = RawPdf(
        base(signature=signature(hole=b"/ByteRange 9 0 R /Contents " + ROOM))
        | {9: b"[0 0000000000 0000000000 0000000000]"}
    )
    return pdf.sign(sign).data


def _short_of_end(whole: bytes) -> bytes:
    """A range that ends before the last lines of its own revision."""
    pdf = RawPdf(base())
    start, end = (m := pdf.data.index(b"<0000")), pdf.data.index(b"0>", m) + 2
    last = len(pdf.data) - 40
    numbers = b"/ByteRange [0 %d %d %d]" % (start, end, last - end)
    at = pdf.data.index(b"/ByteRange [")
    stop = pdf.data.index(b"]", at) + 1
    pdf.data = pdf.data[:at] + numbers.ljust(stop - at) + pdf.data[stop:]
    pdf.fill(sign(pdf.data[:start] + pdf.data[end:last]), (start + 1, end - 1))
    return pdf.data


def _wrap() -> bytes:
    """The second signed range moved to the end, other objects put where it was."""
    whole = signed()
    at = whole.index(b"/ByteRange [")
    _, a, b, c = (int(n) for n in whole[at + 12 : whole.index(b"]", at)].split())
    evil = b"\n4 0 obj\n" + text_page(b"So tien: 999.000 dong") + b"\nendobj\n"
    moved = whole[:b] + b" /ByteRange [0 %d %d %d] >>\nendobj" % (a, b + 300, c)
    moved = (moved + evil).ljust(b + 300)
    return moved + whole[b:]


def _wide_gap() -> bytes:
    """A range whose gap holds more than the hexadecimal string: what stands there is not signed."""
    pdf = RawPdf(base())
    start, end = (m := pdf.data.index(b"<0000")), pdf.data.index(b"0>", m) + 2
    pdf.sign(sign, places=(start - 10, end + 3))
    return pdf.data


def _contents() -> dict[str, tuple[bytes, str]]:
    spaced = HOLE.replace(b"/Contents <", b"/Contents\n <")
    whole = signed()
    start = whole.index(b"/Contents <") + 10
    end = whole.index(b">", start) + 1
    digits = whole[start + 1 : end - 1]

    def other(text: bytes) -> bytes:
        return whole[:start] + text.ljust(end - start) + whole[end:]

    lines = b"\n".join(digits[n : n + 76] for n in range(0, 5000, 76))
    return {
        "contents on the next line": (signed(signature=signature(hole=spaced)), "intact"),
        "contents before range": (
            signed(
                signature=signature(
                    hole=b"/Contents " + ROOM + b" /ByteRange [0 0000000000 0000000000 0000000000]"
                )
            ),
            "intact",
        ),
        "contents upper case": (other(b"<" + digits.upper() + b">"), "intact"),
        "contents on lines": (other((b"<" + lines).ljust(end - start - 1) + b">"), "intact"),
        "contents odd digits": (other((b"<" + digits[:-1]) + b" >"), "good"),
        "contents not hexadecimal": (other(b"<" + digits[:100] + b"zz" + digits[102:] + b">"), "not good"),
        "contents short and then blanks": (other(b"<" + digits.rstrip(b"0") + b"0>"), "not good"),
        "contents literal string": (_literal(), "listed"),
        "contents null": (other(b"null"), "not good"),
        "contents empty": (other(b"<>"), "not good"),
        "contents missing": (whole[: start - 10] + b" " * (end - start + 10) + whole[end:], "not good"),
        "contents a number": (other(b"0"), "not good"),
        "contents zeros": (other(b"<" + b"0" * len(digits) + b">"), "not good"),
        "contents twice": (signed(signature=signature(more=b"/Contents <3003020101>")), "listed"),
        "contents twice, first": (_first_contents(), "listed"),
        "contents indirect": (
            RawPdf(
                base(
                    signature=signature(
                        hole=b"/ByteRange [0 0000000000 0000000000 0000000000] /Contents 9 0 R"
                    )
                )
                | {9: ROOM}
            )
            .sign(sign)
            .data,
            "listed",
        ),
    }


def _first_contents() -> bytes:
    """A stray value before the signed one in the same dictionary."""
    pdf = RawPdf(base(signature=signature(kind=b"/Type /Sig /Contents <3003020101>")))
    return pdf.sign(sign).data


def _literal() -> bytes:
    """/Contents as a literal string of octal codes."""
    pdf = RawPdf(
        base(
            signature=signature(
                hole=b"/ByteRange [0 0000000000 0000000000 0000000000] /Contents (" + b"0" * 16000 + b")"
            )
        )
    )
    start = pdf.data.index(b"(0000")
    end = start + 16002
    numbers = b"[0 %d %d %d]" % (start, end, len(pdf.data) - end)
    at = pdf.data.index(b"[0 0000000000")
    stop = pdf.data.index(b"]", at) + 1
    pdf.data = pdf.data[:at] + numbers.ljust(stop - at) + pdf.data[stop:]
    value = sign(pdf.data[:start] + pdf.data[end:])
    text = b"".join(b"\\%03o" % byte for byte in value).ljust(16000, b"\n")
    pdf.data = pdf.data[: start + 1] + text + pdf.data[end - 1 :]
    return pdf.data
