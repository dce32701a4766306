"""Later signatures, permissions and stores of proofs (ký thêm, quyền sửa, kho dữ liệu kiểm tra)."""

from tests.pki.hostile_updates import CATALOG, EVIL, FORM, PAGE, extend_catalog, follow
from tests.pki.raw_cms import make_person, make_token, sign
from tests.pki.raw_pdf import RawPdf, base, field, signature, stream

TEXT = (
    b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (%s) /Rect [80 500 300 530] /P 3 0 R /F 4 "
    b"/DA (/F1 14 Tf 0 g) /AP << /N %d 0 R >> %s >>"
)


def iter_signatures() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    return _signatures() | _permissions() | _stores()


def look(text: bytes) -> bytes:
    """An appearance with a line of text."""
    body = b"BT /F1 14 Tf 4 8 Td (" + text + b") Tj ET"
    return stream(
        body, b"/Type /XObject /Subtype /Form /BBox [0 0 220 30] /Resources << /Font << /F1 8 0 R >> >>"
    )


def _signatures() -> dict[str, tuple[bytes, str]]:
    def second(look_of: bytes | None = None, rect: bytes = b"0 0 0 0", **more: bytes) -> RawPdf:
        pdf = RawPdf(base()).sign(sign)
        shown = b"" if look_of is None else b"/AP << /N 22 0 R >>"
        change = {
            20: field(b"(Hai)", b"21 0 R", shown, rect),
            21: signature(),
            3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
            5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        }
        if look_of is not None:
            change[22] = look_of
        for number, body in more.items():
            change[int(number[1:])] = body
        return pdf.update(change).sign(sign)

    seal = stream(b"1 0 0 RG 4 w 10 10 80 80 re S", b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]")
    white = stream(b"1 g 0 0 320 30 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 320 30]")
    words = stream(
        b"BT /F1 18 Tf 2 8 Td (So tien: 999.000) Tj ET",
        b"/Type /XObject /Subtype /Form /BBox [0 0 320 30] /Resources << /Font << /F1 8 0 R >> >>",
    )
    listed = base(page=PAGE.replace(b"[6 0 R]", b"9 0 R")) | {9: b"[6 0 R]"}
    shared = RawPdf(listed).sign(sign)
    shared.update(
        {
            9: b"[6 0 R 20 0 R]",
            20: field(b"(Hai)", b"21 0 R"),
            21: signature(),
            5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        }
    ).sign(sign)
    prepared = RawPdf(
        base(form=b"<< /Fields [6 0 R 9 0 R] /SigFlags 3 >>", page=PAGE.replace(b"[6 0 R]", b"[6 0 R 9 0 R]"))
        | {9: EMPTY}
    ).sign(sign)
    prepared.update({9: field(b"(Hai)", b"21 0 R"), 21: signature()}).sign(sign)
    stamped = RawPdf(base()).sign(sign)
    stamped.update(
        {
            20: field(b"(TG)", b"21 0 R"),
            21: signature(b"/Type /DocTimeStamp", b"ETSI.RFC3161"),
            3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
            5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        }
    ).sign(make_token)
    reused = RawPdf(base()).sign(sign)
    reused.update(
        {
            20: field(b"(Hai)", b"7 0 R"),
            3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
            5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        }
    )
    unsigned_field = RawPdf(base()).sign(sign)
    unsigned_field.update(
        {
            20: field(b"(Hai)", b"null"),
            3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
            5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        }
    )
    broken = second().data.replace(b"/T (Hai)", b"/T (Ba!)")
    sneaky = second(x4=EVIL)
    return {
        "second signature": (second().data, "extended"),
        "second, stream": (_second_stream(), "extended"),
        "second, number taken again": (_taken_number(base()[4]), "extended"),
        "number that the page names before it is given": (_hidden_behind_a_table(), "not good"),
        "second with a seal": (second(seal, b"300 100 400 200").data, "extended"),
        "second with an opaque picture over text": (second(white, b"78 692 398 722").data, "not good"),
        "second with words over text": (second(words, b"78 690 398 720").data, "listed"),
        "second in a shared list": (shared.data, "extended"),
        "second in a prepared field": (prepared.data, "extended"),
        "document time-stamp": (stamped.data, "extended"),
        "two fields, the same value": (reused.data, "listed"),
        "empty field added": (unsigned_field.data, "listed"),
        "second broken": (broken, "not good"),
        "second with changed content": (sneaky.data, "not good"),
        "changed, then signed": (_changed_then_signed(), "not good"),
        "signed, changed, signed, on top of the first": (_covering(), "not good"),
    }


def _taken_number(text: bytes) -> bytes:
    """PDFBox's habit: the number of a cross-reference stream becomes the next revision's first object."""
    pdf = RawPdf({})
    pdf.gives_away = True
    pdf.update(base(content=text), style="stream").sign(sign)
    taken = pdf.size
    kids = b"[6 0 R %d 0 R]" % taken
    change = {
        taken: field(b"(Hai)", b"%d 0 R" % (taken + 1)),
        taken + 1: signature(),
        3: PAGE.replace(b"[6 0 R]", kids),
        5: FORM.replace(b"[6 0 R]", kids),
    }
    return pdf.update(change, style="stream").sign(sign).data


def _hidden_behind_a_table() -> bytes:
    """The page names the number of the cross-reference stream, which later becomes content."""
    pdf = RawPdf({})
    pdf.gives_away = True
    pdf.update(base(page=PAGE.replace(b"/Contents 4 0 R", b"/Contents [4 0 R 9 0 R]")), style="stream").sign(
        sign
    )
    return pdf.update({9: EVIL}, style="stream").data


def _stamped_with_look(level: int) -> bytes:
    """A document time-stamp without area that has an appearance all the same, as EU DSS writes it."""
    pdf = RawPdf(_certified(level)).sign(sign)
    change = {
        20: field(b"(TG)", b"21 0 R", b"/AP 22 0 R"),
        21: signature(b"/Type /DocTimeStamp", b"ETSI.RFC3161"),
        22: b"<< /N 23 0 R >>",
        23: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]"),
        3: PAGE.replace(b"[6 0 R]", b"[6 0 R 9 0 R 20 0 R]"),
        5: _certified(level)[5].replace(b"9 0 R]", b"9 0 R 20 0 R]"),
    }
    return pdf.update(change).sign(make_token).data


def _second_stream() -> bytes:
    pdf = RawPdf(base()).sign(sign)
    change = {
        20: field(b"(Hai)", b"21 0 R"),
        21: signature(),
        3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
    }
    return pdf.update(change, style="packed").sign(sign).data


def _changed_then_signed() -> bytes:
    pdf = RawPdf(base()).sign(sign)
    pdf.update({4: EVIL})
    change = {
        20: field(b"(Hai)", b"21 0 R"),
        21: signature(),
        3: PAGE.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
        5: FORM.replace(b"[6 0 R]", b"[6 0 R 20 0 R]"),
    }
    return pdf.update(change).sign(sign).data


def _covering() -> bytes:
    """The first signature taken from the form in a revision that a second signer signs."""
    pdf = RawPdf(base()).sign(sign)
    change = {
        20: field(b"(Hai)", b"21 0 R"),
        21: signature(),
        3: PAGE.replace(b"[6 0 R]", b"[20 0 R]"),
        4: EVIL,
        5: FORM.replace(b"[6 0 R]", b"[20 0 R]"),
    }
    return pdf.update(change).sign(sign).data


def _certified(level: int, more: bytes = b"") -> dict[int, bytes]:
    reference = (
        b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP "
        b"/TransformParams << /Type /TransformParams /P %d /V /1.2 >> >>]" % level
    )
    objects = base(
        catalog_more=b"/Perms << /DocMDP 7 0 R >>",
        signature=signature(more=reference),
        form=b"<< /Fields [6 0 R 9 0 R] /SigFlags 3 /DA (/F1 14 Tf 0 g) >>",
        page=PAGE.replace(b"[6 0 R]", b"[6 0 R 9 0 R]"),
    )
    return objects | {9: TEXT % (b"100", 10, more), 10: look(b"100")}


def _locked(action: bytes, *, lock: bool = False) -> dict[int, bytes]:
    rule = b"/Action /%s" % action
    objects = _certified(2)
    objects[1] = base()[1]
    if lock:
        objects[7] = signature()
        objects[6] = field(more=b"/Lock << /Type /SigFieldLock %s >>" % rule)
    else:
        objects[7] = signature(
            more=b"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP "
            b"/TransformParams << /Type /TransformParams %s /V /1.2 >> >>]" % rule
        )
    return objects


EMPTY = field(b"(Hai)", b"null").replace(b"/V null", b"")
FILLED = {9: TEXT % (b"999", 11, b""), 11: look(b"999")}


def _permissions() -> dict[str, tuple[bytes, str]]:
    note = {
        3: PAGE.replace(b"[6 0 R]", b"[6 0 R 9 0 R 21 0 R]"),
        21: b"<< /Type /Annot /Subtype /Text /Contents (y kien) /Rect [500 800 520 820] /P 3 0 R >>",
    }
    opaque = stream(b"1 g 0 0 320 30 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 320 30]")
    stamp = {
        3: note[3],
        21: b"<< /Type /Annot /Subtype /Stamp /Rect [78 692 398 722] /P 3 0 R /F 4 /AP << /N 22 0 R >> >>",
        22: opaque,
    }
    signing = {
        20: field(b"(Hai)", b"21 0 R"),
        21: signature(),
        3: PAGE.replace(b"[6 0 R]", b"[6 0 R 9 0 R 20 0 R]"),
    }

    def signed_again(level: int, rect: bytes = b"0 0 0 0") -> bytes:
        pdf = RawPdf(_certified(level)).sign(sign)
        form = _certified(level)[5].replace(b"9 0 R]", b"9 0 R 20 0 R]")
        widget = field(b"(Hai)", b"21 0 R", b"/AP << /N 22 0 R >>", rect)
        return pdf.update(signing | {5: form, 20: widget, 22: opaque}).sign(sign).data

    plain = _certified(2)
    plain[1], plain[7] = base()[1], signature()
    lost = _certified(1)
    lost[1] = base()[1]
    some = {
        b"Include /Fields [(SoTien)]": "not good",
        b"Include /Fields [(Khac)]": "good",
        b"Exclude /Fields [(SoTien)]": "good",
        b"Exclude /Fields [(Khac)]": "not good",
        b"All": "not good",
    }
    found = {
        "no permission level, form filled": (follow(FILLED, start=plain), "extended"),
        "no permission level, value without look": (
            follow({9: TEXT % (b"999", 10, b"")}, start=plain),
            "listed",
        ),
        "no permission level, look without value": (
            follow({9: TEXT % (b"100", 11, b""), 11: look(b"999")}, start=plain),
            "not good",
        ),
        "no permission level, look changed in place": (follow({10: look(b"999")}, start=plain), "not good"),
        "P1 alone": (follow(start=_certified(1)), "intact"),
        "P1, document time-stamp": (_stamped_with_look(1), "extended"),
        "P1, form filled": (follow(FILLED, start=_certified(1)), "not good"),
        "P1, signed again": (signed_again(1), "not good"),
        "P1, store added": (
            follow(
                {
                    1: _certified(1)[1].replace(b"/Type", b"/DSS 21 0 R /Type", 1),
                    21: b"<< /Type /DSS /Certs [] >>",
                },
                start=_certified(1),
            ),
            "extended",
        ),
        "P2, form filled": (follow(FILLED, start=_certified(2)), "extended"),
        "P2, signed again": (signed_again(2), "extended"),
        "P2, seal of a receiving office": (signed_again(2, b"300 100 400 200"), "undecided"),
        "P2, sneaky signature over text": (signed_again(2, b"78 692 398 722"), "not good"),
        "P1, seal of a receiving office": (signed_again(1, b"300 100 400 200"), "bad"),
        "P2, note": (follow(note, start=_certified(2)), "not good"),
        "P3, note": (follow(note, start=_certified(3)), "any"),
        "P3, opaque stamp": (follow(stamp, start=_certified(3)), "not good"),
        "P3, content": (follow({4: EVIL}, start=_certified(3)), "not good"),
        "P3, form filled": (follow(FILLED, start=_certified(3)), "extended"),
        "P1 not in the catalog": (follow(FILLED, start=lost), "not good"),
        "permissions removed": (follow({1: base()[1]}, start=_certified(2)), "not good"),
        "permissions raised": (_raised(), "not good"),
        "read-only field filled": (
            follow({9: TEXT % (b"999", 11, b"/Ff 1"), 11: look(b"999")}, start=_certified(2, b"/Ff 1")),
            "listed",
        ),
    }
    for action, expected in some.items():
        name = action.decode()
        found[f"field permissions {name}"] = (follow(FILLED, start=_locked(action)), expected)
        found[f"field lock {name}"] = (follow(FILLED, start=_locked(action, lock=True)), expected)
    return found


def _raised() -> bytes:
    """P1 turned to P3 in a dictionary of its own that a later revision changes."""
    objects = _certified(1)
    objects[7] = signature(
        more=b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams 12 0 R >>]"
    )
    objects[12] = b"<< /Type /TransformParams /P 1 /V /1.2 >>"
    return follow({12: b"<< /Type /TransformParams /P 3 /V /1.2 >>", **FILLED}, start=objects)


def _stores() -> dict[str, tuple[bytes, str]]:
    certificate = stream(make_person().certificate.dump())
    first = {
        1: extend_catalog(b"/DSS 30 0 R"),
        30: b"<< /Type /DSS /Certs [31 0 R] /VRI << /AA 32 0 R >> >>",
        31: certificate,
        32: b"<< /Cert [31 0 R] >>",
    }
    typed = {
        30: b"<< /Type /DSS /Certs [31 0 R 33 0 R] /VRI 34 0 R >>",
        32: b"<< /Type /VRI /Cert [31 0 R 33 0 R] /TU (D:20260601000000Z) >>",
        33: certificate,
        34: b"<< /AA 32 0 R /BB << /Type /VRI /Cert [33 0 R] >> >>",
    }
    renewed = {
        1: extend_catalog(b"/DSS 40 0 R"),
        40: b"<< /Certs [41 0 R] >>",
        41: certificate,
        30: None,
        31: None,
        32: None,
    }
    page = {1: extend_catalog(b"/DSS 30 0 R"), 30: b"<< /Type /DSS /Certs [4 0 R] >>", 4: EVIL}
    return {
        "store added": (follow(first), "extended"),
        "store added, stream": (follow(first, style="stream"), "extended"),
        "store inside the catalog": (
            follow({1: extend_catalog(b"/DSS << /Certs [31 0 R] >>"), 31: certificate}),
            "extended",
        ),
        "store with typed entries": (follow(first, typed), "extended"),
        "store renewed, old one freed": (follow(first, renewed), "extended"),
        "store renewed, old one left": (
            follow(first, {n: b for n, b in renewed.items() if b is not None}),
            "extended",
        ),
        "store that takes the page along": (follow(page), "not good"),
        "store with foreign keys": (
            follow({1: extend_catalog(b"/DSS 30 0 R"), 30: b"<< /Type /DSS /Khac 4 0 R >>"}),
            "listed",
        ),
        "store removed": (follow(first, {1: CATALOG}), "listed"),
    }
