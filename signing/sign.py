"""Signs a digitised copy (ký số bản số hoá): PAdES B-B by the digitiser's own certificate.

TT 01/2023/TT-VPCP Article 8. The file grows by an incremental update; what was there stays byte for byte.
Before the result leaves it is verified; a signature that does not verify is an error, never a file.
"""

import io
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from pkcs11 import PKCS11Error
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers import PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata

from signing.census import Census, read_census
from signing.errors import NotSignable, SignerNotAllowed, SigningFailed, WouldBreakSignature
from signing.keys import STALE_SESSION, Pkcs11Key, Pkcs11Session
from signing.marks import build_field, build_stamp_style, format_mark
from signing.report import IntegrityVerdict
from signing.verify import verify_pdf

FIELD_NAME = "SoHoa"
_RESERVED_BYTES = 16384


class DigitiserSigner:
    """Signs copies with one key, reusing one session (người số hoá ký); safe to share between threads.

    Use as a context manager; a session the token lost is opened again once per signature.
    """

    def __init__(self, key: Pkcs11Key) -> None:
        self._session = Pkcs11Session(key)

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def sign(self, pdf: bytes, *, signer_name: str, at: datetime) -> bytes:
        """`pdf` with the digitiser's signature and mark; signed bytes begin with `pdf` unchanged.

        Raises NotSignable, WouldBreakSignature, SignerNotAllowed, KeyUnavailable or SigningFailed.
        """
        check_signable(pdf)
        with self._session.lock:
            self._check_certificate(at)
            try:
                signed = self._sign_once(pdf, signer_name, at)
            except STALE_SESSION:
                self._session.reopen()
                signed = self._sign_again(pdf, signer_name, at)
            except PKCS11Error as exc:
                raise self._session.describe(exc) from exc
        check_signed(pdf, signed)
        return signed

    def _check_certificate(self, at: datetime) -> None:
        """Refuse to sign with a certificate outside its time: the result could never be valid."""
        certificate = self._session.get_certificate()
        if not certificate.not_valid_before <= at.astimezone(UTC) <= certificate.not_valid_after:
            raise SignerNotAllowed("Chứng thư số đã hết hạn hoặc chưa có hiệu lực.")

    def _sign_again(self, pdf: bytes, signer_name: str, at: datetime) -> bytes:
        try:
            return self._sign_once(pdf, signer_name, at)
        except PKCS11Error as exc:
            raise self._session.describe(exc) from exc

    def _sign_once(self, pdf: bytes, signer_name: str, at: datetime) -> bytes:
        try:
            return _embed(pdf, self._session.build_signer(), signer_name, at)
        except (PyHankoSigningError, PdfError, ValueError) as exc:
            if isinstance(exc.__cause__, PKCS11Error):
                raise exc.__cause__ from exc
            raise NotSignable(reason=type(exc).__name__) from exc


def check_signable(pdf: bytes) -> None:
    """Refuse what a signature would harm or not hold on: encrypted, signed or unreadable files."""
    census: Census = read_census(pdf)
    if census.encrypted:
        raise NotSignable("Tệp được đặt mật khẩu hoặc mã hoá.")
    if census.raw or census.fields:
        raise WouldBreakSignature()
    if not census.is_pdf or census.pages in (None, 0):
        raise NotSignable("Không đọc được tệp PDF.")


def check_signed(pdf: bytes, signed: bytes) -> None:
    """Verify what was just made; raises SigningFailed."""
    report = verify_pdf(signed, trust=None)
    intact = report.summary.integrity == IntegrityVerdict.INTACT and report.summary.counts.signatures == 1
    if not intact or not signed.startswith(pdf):
        raise SigningFailed(integrity=str(report.summary.integrity))


def _embed(pdf: bytes, signer: Signer, signer_name: str, at: datetime) -> bytes:
    """One incremental update that holds mark and signature."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    writer = IncrementalPdfFileWriter.from_reader(reader)
    text = format_mark(signer_name, at)
    taken = {name for name, _, _ in enumerate_sig_fields(reader)}
    name = next(
        name for name in (FIELD_NAME, *(f"{FIELD_NAME}{n}" for n in range(2, 100))) if name not in taken
    )
    page = reader.root["/Pages"]
    metadata = PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signer_name,
        embed_validation_info=False,
    )
    pdf_signer = PdfSigner(
        metadata,
        signer=signer,
        stamp_style=build_stamp_style(text),
        new_field_spec=build_field(name, _first_page(page), text.count("\n") + 1),
    )
    output = pdf_signer.sign_pdf(
        writer, bytes_reserved=_RESERVED_BYTES, existing_fields_only=False, output=io.BytesIO()
    )
    return output.getvalue()


def _first_page(node: generic.PdfObject) -> generic.DictionaryObject:
    """The first leaf of the page tree; raises NotSignable when there is none."""
    for _ in range(64):
        if not isinstance(node, generic.DictionaryObject):
            break
        if "/Kids" not in node:
            return node
        node = node["/Kids"][0]
    raise NotSignable("Tệp PDF không có trang nào.")
