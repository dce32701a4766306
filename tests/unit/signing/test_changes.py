"""What follows a signature: permitted additions stay green, hidden or replaced content never does."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import cms, crl
from demo_pki import DemoPki
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from signed_samples import draw_seal, sign_as_office, sign_with

from signing.report import ChangeVerdict, Indication, IntegrityVerdict, RowState, SignatureEntry
from signing.trust import TrustBundle
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON

BAR = (80, 495, 300, 520)
"""Where the sample page has its black bar."""


def first(data: bytes) -> SignatureEntry:
    """The first signature's entry at the frozen moment."""
    return verify_pdf(data, trust=None, at=NOON).signatures[0]


def sign(pki: DemoPki, pdf: bytes, field: str = "NguoiKy") -> bytes:
    """An invisible signature."""
    return sign_with(pdf, pki.signer("leader"), field)


def update(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """`pdf` with one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.fixture(scope="module")
def form_pdf() -> bytes:
    """A page with one text field that shows its value."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="SoTien", V="100",
            F=4, Rect=[100, 600, 250, 630], P=page.obj, DA="/Helv 14 Tf 0 g",
            AP=pikepdf.Dictionary(N=_appearance(document, b"100")),
        )
    )  # fmt: skip
    page.Annots = pikepdf.Array([field])
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[field], DA="/Helv 14 Tf 0 g")
    output = io.BytesIO()
    document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return output.getvalue()


def _appearance(document: pikepdf.Pdf, text: bytes) -> pikepdf.Object:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    stream = document.make_stream(b"BT /Helv 14 Tf 4 8 Td (" + text + b") Tj ET")
    stream.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Form,
            "/BBox": pikepdf.Array([0, 0, 150, 30]),
            "/Resources": pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
        }
    )
    return stream


def fill(writer: IncrementalPdfFileWriter, shown: bytes, value: str | None) -> None:
    """Give the text field another look and, unless None, another value."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    old = field["/AP"]["/N"]
    look = generic.StreamObject(
        {pdf_name(key): old.raw_get(key) for key in ("/Type", "/Subtype", "/BBox", "/Resources")},
        stream_data=b"BT /Helv 14 Tf 4 8 Td (" + shown + b") Tj ET",
    )
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})
    if value is not None:
        field["/V"] = generic.pdf_string(value)
    writer.update_container(field)


def test_filling_a_field_after_signing_is_extended(pki: DemoPki, form_pdf: bytes) -> None:
    """A new value with its new look is form filling, and both values are told."""
    entry = first(update(sign(pki, form_pdf), lambda writer: fill(writer, b"999", "999")))
    (item,) = [item for item in entry.changes_after.items if item.object]
    assert (item.page, item.old, item.new) == (1, "100", "999")
    assert entry.state == IntegrityVerdict.EXTENDED
    assert entry.changes_after.verdict == ChangeVerdict.FORM


def test_another_look_of_the_same_value_is_altered(pki: DemoPki, form_pdf: bytes) -> None:
    """Shadow attack, replace: the field's value stays and what it shows changes."""
    entry = first(update(sign(pki, form_pdf), lambda writer: fill(writer, b"999999", None)))
    assert entry.state == IntegrityVerdict.ALTERED
    assert entry.changes_after.reason == "drawing_differs"
    assert entry.changes_after.pages_changed == (1,)


def test_opaque_signature_over_content_is_altered(pki: DemoPki, plain_pdf: bytes) -> None:
    """Certification attack: a new signature whose picture covers text changes what was signed."""
    white = StaticStampStyle(
        border_width=0, background=PdfImage(Image.new("RGB", (50, 10), "white")), background_opacity=1.0
    )
    signed = sign(pki, plain_pdf)
    entry = first(sign_with(signed, pki.signer("agency"), "Che", box=BAR, style=white))
    assert entry.state == IntegrityVerdict.ALTERED
    assert entry.changes_after.reason == "signature_hides_content"
    assert entry.changes_after.overlaps == (1,)


def test_transparent_seal_over_content_is_extended(pki: DemoPki, plain_pdf: bytes) -> None:
    """A transparent seal leaves the ink under it visible."""
    seal = StaticStampStyle(border_width=0, background=PdfImage(draw_seal()), background_opacity=1.0)
    signed = sign(pki, plain_pdf)
    entry = first(sign_with(signed, pki.signer("agency"), "Dau", box=(90, 460, 180, 550), style=seal))
    assert entry.state == IntegrityVerdict.EXTENDED


def test_store_added_and_rewritten_after_signing_is_extended(pki: DemoPki, plain_pdf: bytes) -> None:
    """Long-term validation data may come and be rewritten by another vendor."""
    output = io.BytesIO(sign(pki, plain_pdf))
    DocumentSecurityStore.add_dss(output, None, certs=[pki.certificate("root"), pki.certificate("sub-ca")])
    once = output.getvalue()
    assert first(once).changes_after.verdict == ChangeVerdict.LTV

    def rewrite(writer: IncrementalPdfFileWriter) -> None:
        only = writer.root["/DSS"]["/Certs"].raw_get(0)
        store = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([only])})
        writer.root["/DSS"] = writer.add_object(store)
        writer.update_root()

    assert first(update(once, rewrite)).state == IntegrityVerdict.EXTENDED


def test_removed_store_is_altered(pki: DemoPki, plain_pdf: bytes) -> None:
    """Taking the validation data away is no permitted change."""
    output = io.BytesIO(plain_pdf)
    DocumentSecurityStore.add_dss(output, None, certs=[pki.certificate("root")])

    def remove(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/DSS"]
        writer.update_root()

    assert first(update(sign(pki, output.getvalue()), remove)).state == IntegrityVerdict.ALTERED


def test_new_page_is_altered(pki: DemoPki, plain_pdf: bytes) -> None:
    """A page added after signing fails."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        kids = writer.root["/Pages"]["/Kids"]
        copy = generic.DictionaryObject(dict(kids[0]))
        kids.append(writer.add_object(copy))
        writer.root["/Pages"]["/Count"] = generic.NumberObject(2)
        writer.update_container(kids)
        writer.update_container(writer.root["/Pages"])

    assert first(update(sign(pki, plain_pdf), add)).state == IntegrityVerdict.ALTERED


def test_trusted_timestamp_keeps_an_expired_certificate_valid(
    pki: DemoPki, plain_pdf: bytes, bundle: TrustBundle
) -> None:
    """A time-stamp from before the certificate's end proves that the signature was in time."""
    signed = sign_with(plain_pdf, pki.signer("expired"), "A", timestamper=_timestamper(pki))
    report = verify_pdf(signed, trust=bundle, at=NOON)
    assert report.summary.indication == Indication.TOTAL_PASSED
    assert report.signatures[0].time.tsa_trust == "trusted"
    assert report.signatures[0].level == "B-T"


def _timestamper(pki: DemoPki) -> DummyTimeStamper:
    signer = pki.signer("tsa")
    return DummyTimeStamper(
        tsa_cert=signer.signing_cert,
        tsa_key=signer.signing_key,
        certs_to_embed=signer.cert_registry,
        fixed_dt=NOON - timedelta(days=100),
    )


def test_timestamp_of_another_signature_is_altered(pki: DemoPki, plain_pdf: bytes) -> None:
    """A time-stamp whose imprint is not of this signature fails the document."""
    stamped = sign_with(plain_pdf, pki.signer("leader"), "A", timestamper=_timestamper(pki))
    start = stamped.index(b"/Contents <") + len(b"/Contents <")
    end = stamped.index(b">", start)
    message = cms.ContentInfo.load(bytes.fromhex(stamped[start:end].decode()))
    information = message["content"]["signer_infos"][0]
    token = information["unsigned_attrs"][0]["values"][0]
    wrong = (
        token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
    )
    contents = bytes.fromhex(stamped[start:end].decode()).replace(wrong, bytes(len(wrong)), 1)
    forged = stamped[:start] + contents.hex().encode() + stamped[end:]
    report = verify_pdf(forged, trust=None, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.ALTERED
    assert report.signatures[0].code == "TIMESTAMP_FAILURE"


def test_revocation_list_carried_by_the_document_revokes(
    pki: DemoPki, plain_pdf: bytes, bundle: TrustBundle
) -> None:
    """A list in the document's own store counts where the bundle has none."""
    output = io.BytesIO(sign_with(plain_pdf, pki.signer("revoked"), "A"))
    issuer = pki.certificate("sub-ca").subject
    lists = [crl.CertificateList.load(item.data) for item in bundle.crls if item.issuer == issuer]
    DocumentSecurityStore.add_dss(output, None, certs=[], crls=lists)
    bare = replace(bundle, crls=())
    report = verify_pdf(output.getvalue(), trust=bare, at=NOON)
    assert report.signatures[0].revocation.status == "revoked"
    assert report.summary.indication != Indication.TOTAL_PASSED


def test_the_agency_after_the_leader_is_a_signature_not_a_form(pki: DemoPki, plain_pdf: bytes) -> None:
    """To the analysis signing fills a field in; the clerk reads that only another signature came."""
    first = verify_pdf(sign_as_office(plain_pdf, pki), trust=None, at=NOON).signatures[0]
    assert first.changes_after.verdict == ChangeVerdict.SIGNATURE
    assert first.rows[2].state == RowState.GOOD
