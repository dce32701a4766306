"""Whole documents around or beside a signature: attachments, scripts, encryption (tài liệu đặc biệt)."""

import io
from typing import Any

import pikepdf
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.pki.raw_cms import make_person, sign
from tests.pki.raw_pdf import RawPdf, base, field, stream, text_page


def iter_documents() -> dict[str, tuple[bytes, str]]:
    """Name to (file, expected)."""
    return _others() | _encrypted()


def _others() -> dict[str, tuple[bytes, str]]:
    script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    launch = b"<< /S /Launch /F (cmd.exe) >>"
    inside = RawPdf(base()).sign(sign).data
    empty = base(field=field(value=b"null"), signature=b"null")
    carrier = RawPdf(
        empty
        | {
            1: empty[1].replace(b">>", b"/Names << /EmbeddedFiles << /Names [(a.pdf) 9 0 R] >> >> >>", 1),
            9: b"<< /Type /Filespec /F (a.pdf) /EF << /F 10 0 R >> >>",
            10: stream(inside, b"/Type /EmbeddedFile"),
        }
    ).data
    return {
        "script": (RawPdf(base(catalog_more=b"/OpenAction " + script)).sign(sign).data, "intact"),
        "launch": (RawPdf(base(catalog_more=b"/OpenAction " + launch)).sign(sign).data, "intact"),
        "attachment": (
            RawPdf(
                base(catalog_more=b"/Names << /EmbeddedFiles << /Names [(a) 9 0 R] >> >>")
                | {
                    9: b"<< /Type /Filespec /F (a) /EF << /F 10 0 R >> >>",
                    10: stream(b"abc", b"/Type /EmbeddedFile"),
                }
            )
            .sign(sign)
            .data,
            "intact",
        ),
        "signed file attached to an unsigned one": (carrier, "not good or unsigned"),
        "signed file attached to a signed one": (_carrying(inside), "intact"),
        "unsigned": (RawPdf(empty).data, "unsigned"),
        "unsigned, no form": (
            RawPdf(
                {
                    1: b"<< /Type /Catalog /Pages 2 0 R >>",
                    2: empty[2],
                    3: empty[3].replace(b"/Annots [6 0 R]", b""),
                    4: empty[4],
                    8: empty[8],
                }
            ).data,
            "unsigned",
        ),
        "text that looks signed": (
            RawPdf(empty | {4: text_page(b"/ByteRange [0 1 2 3] /Contents <3082>")}).data,
            "not good or unsigned",
        ),
        "linearized, then signed": (_linearized(), "intact"),
    }


def _carrying(inside: bytes) -> bytes:
    raw = _unsigned_file()
    with pikepdf.open(io.BytesIO(raw)) as document:
        document.attachments["a.pdf"] = pikepdf.AttachedFileSpec(document, inside, filename="a.pdf")
        output = io.BytesIO()
        document.save(output, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return library_sign(output.getvalue())


def _unsigned_file() -> bytes:
    parts = base()
    return RawPdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: parts[2],
            3: parts[3].replace(b"/Annots [6 0 R]", b""),
            4: parts[4],
            8: parts[8],
        }
    ).data


def library_sign(pdf: bytes, name: str = "ThuVien", **options: Any) -> bytes:
    """Signed by the library."""
    person = make_person()

    key = PrivateKeyInfo.load(
        person.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    signer = SimpleSigner(
        signing_cert=person.certificate, signing_key=key, cert_registry=SimpleCertificateStore()
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    if options.pop("decrypt", None) is not None:
        writer.encrypt("")
    signing = PdfSigner(
        PdfSignatureMetadata(field_name=name, md_algorithm="sha256", **options),
        signer=signer,
        new_field_spec=SigFieldSpec(name),
    )
    return signing.sign_pdf(writer, output=io.BytesIO()).getvalue()


def _linearized() -> bytes:
    with pikepdf.open(io.BytesIO(_unsigned_file())) as document:
        output = io.BytesIO()
        document.save(output, linearize=True)
    return library_sign(output.getvalue())


def _encrypted() -> dict[str, tuple[bytes, str]]:
    def encrypt(user: str, level: int) -> bytes:
        with pikepdf.open(io.BytesIO(_unsigned_file())) as document:
            output = io.BytesIO()
            document.save(
                output,
                encryption=pikepdf.Encryption(
                    owner="chu",
                    user=user,
                    R=level,
                    metadata=level > 3,
                    aes=level > 3,
                    allow=pikepdf.Permissions(modify_form=True),
                ),
            )
        return output.getvalue()

    return {
        "encrypted, no password, AES-256": (library_sign(encrypt("", 6), decrypt=True), "intact"),
        "encrypted, no password, AES-128": (library_sign(encrypt("", 4), decrypt=True), "intact"),
        "encrypted, no password, RC4": (library_sign(encrypt("", 3), decrypt=True), "intact"),
        "encrypted with password": (encrypt("mat khau", 6), "unreadable"),
        "encryption dictionary of noise": (
            RawPdf(base(), header=b"%PDF-1.7\n")
            .update({9: b"<< /Filter /Khac /V 9 >>"}, trailer=b"/Encrypt 9 0 R")
            .sign(sign)
            .data,
            "not good",
        ),
    }
