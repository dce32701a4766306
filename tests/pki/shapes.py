"""Sound signed files of several shapes (các kiểu tệp đã ký), made at test time."""

import io
from datetime import timedelta

from demo_pki import DemoPki
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from signed_samples import sign_as_office, sign_with

from tests.pki.fixtures import NOON
from tests.pki.hostile_files import iter_files
from tests.pki.hostile_signatures import iter_signatures


def make_timestamper(pki: DemoPki) -> DummyTimeStamper:
    """The invented time-stamp authority, a hundred days before the frozen noon."""
    signer = pki.signer("tsa")
    return DummyTimeStamper(
        tsa_cert=signer.signing_cert,
        tsa_key=signer.signing_key,
        certs_to_embed=signer.cert_registry,
        fixed_dt=NOON - timedelta(days=100),
    )


def sign_shapes(pki: DemoPki, pdf: bytes) -> dict[str, bytes]:
    """Name to file: one signature, two, time-stamped, certified, PKCS#7, with a document time-stamp."""
    stamper = make_timestamper(pki)
    one = sign_with(pdf, pki.signer("leader"), "A")
    return {
        "one": one,
        "office": sign_as_office(pdf, pki),
        "stamped": sign_with(pdf, pki.signer("leader"), "A", timestamper=stamper),
        "certified": _sign(pdf, pki, SigSeedSubFilter.PADES, certify=True),
        "pkcs7": _sign(pdf, pki, SigSeedSubFilter.ADOBE_PKCS7_DETACHED, certify=False),
        "document stamp": _stamp_document(one, stamper),
    }


def _sign(pdf: bytes, pki: DemoPki, subfilter: SigSeedSubFilter, *, certify: bool) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name="A",
        md_algorithm="sha256",
        subfilter=subfilter,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signing = PdfSigner(metadata, signer=pki.signer("leader"), new_field_spec=SigFieldSpec("A"))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    return signing.sign_pdf(writer, bytes_reserved=16384, output=io.BytesIO()).getvalue()


def _stamp_document(pdf: bytes, stamper: DummyTimeStamper) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    stamping = PdfTimeStamper(stamper)
    return stamping.timestamp_pdf(
        writer, "sha256", None, bytes_reserved=16384, output=io.BytesIO()
    ).getvalue()


def pick_raw_shapes() -> dict[str, bytes]:
    """Sound files of structures that the library does not write: streams, hybrid, later revisions."""
    made = iter_files() | iter_signatures()
    names = (
        "packed", "hybrid", "packed then stream", "second, stream", "P2, form filled",
        "store renewed, old one freed", "document time-stamp",
    )  # fmt: skip
    return {name: made[name][0] for name in names}
