"""The digitiser's signature through a real PKCS#11 module."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from demo_pki import DemoPki
from pypdf import PdfReader
from signed_samples import sign_as_office

from signing.errors import KeyUnavailable, NotSignable, SignerNotAllowed, WouldBreakSignature
from signing.report import Indication, IntegrityVerdict
from signing.sign import DigitiserSigner
from signing.trust import load_bundle
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON, build_pdf

pytestmark = pytest.mark.softhsm
NAME = "Nguyễn Thị Số Hoá"


def sign(pki: DemoPki, pdf: bytes) -> bytes:
    """One signature with the digitiser's token."""
    with DigitiserSigner(pki.token_key("digitiser")) as signer:
        return signer.sign(pdf, signer_name=NAME, at=NOON)


def test_signed_copy_passes_and_keeps_the_old_bytes(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """The signed file begins with the unsigned bytes and passes under the PKI's trust."""
    signed = sign(token_pki, plain_pdf)
    assert signed.startswith(plain_pdf)
    trust = load_bundle(token_pki.trust_folder, allow_demo=True)
    report = verify_pdf(signed, trust=trust, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.INTACT
    assert report.summary.indication == Indication.TOTAL_PASSED
    assert (report.signatures[0].subfilter, report.signatures[0].level) == ("ETSI.CAdES.detached", "B-B")


def test_mark_stands_at_the_top_left_with_name_and_vietnam_time(
    token_pki: DemoPki, plain_pdf: bytes, tmp_path: Path
) -> None:
    """TT 01/2023 Article 8: name and time at the top left of page 1, no image, readable as text."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign(token_pki, plain_pdf))
    widget = PdfReader(path).pages[0]["/Annots"][0].get_object()
    left, bottom, right, top = (float(number) for number in widget["/Rect"])
    assert left < 40
    assert top > 842 - 40
    assert right < 300
    assert bottom > 842 - 80
    form = widget["/AP"]["/N"].get_object()
    assert "/Image" not in str(form)
    shown = _shown_text(path)
    assert f"Người số hoá: {NAME}" in shown
    assert "2026-06-15T19:00:00+07:00" in shown


def _shown_text(path: Path) -> str:
    """The page's text after the signature's appearance was made part of the page."""
    with pikepdf.open(path) as document:
        document.flatten_annotations("all")
        flat = path.with_suffix(".flat.pdf")
        document.save(flat)
    return PdfReader(flat).pages[0].extract_text()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_mark_of_a_rotated_page_is_where_the_reader_sees_top_left(token_pki: DemoPki, rotate: int) -> None:
    """On a rotated page the widget hangs near the corner that is shown at the top left."""
    signed = sign(token_pki, build_pdf(rotate=rotate))
    box = verify_pdf(signed, trust=None, at=NOON).signatures[0].appearance.rect
    corner = {0: (0, 842), 90: (0, 0), 180: (595, 0), 270: (595, 842)}[rotate]
    assert abs(box[0] - corner[0]) <= 25
    assert abs(box[3] - corner[1]) <= 25


@pytest.mark.verapdf
@pytest.mark.slow
def test_signed_copy_stays_pdfa(
    token_pki: DemoPki, plain_pdf: bytes, tmp_path: Path, verapdf: Callable[[Path, str], tuple[bool, str]]
) -> None:
    """A PDF/A-2b stays one after signing: embedded font, printable widget."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign(token_pki, plain_pdf))
    compliant, report = verapdf(path, "2b")
    assert compliant, report


def test_one_session_serves_many_threads(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """Threads share one session; each gets a valid file."""
    done: list[bytes] = []
    with DigitiserSigner(token_pki.token_key("digitiser")) as signer:

        def work() -> None:
            done.append(signer.sign(plain_pdf, signer_name=NAME, at=NOON))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({verify_pdf(item, trust=None).signatures[0].integrity.value for item in done}) == 1
    assert len(done) == 4


def test_lost_session_is_opened_again(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """After the token closed the session the next signature logs in anew."""
    with DigitiserSigner(token_pki.token_key("digitiser")) as signer:
        signer.sign(plain_pdf, signer_name=NAME, at=NOON)
        signer._session._session.close()
        assert signer.sign(plain_pdf, signer_name=NAME, at=NOON).startswith(plain_pdf)


def test_wrong_pin_says_so(token_pki: DemoPki) -> None:
    """A wrong PIN is KeyUnavailable, named in Vietnamese, and the PIN is in no text."""
    key = replace(token_pki.token_key("digitiser"), pin="987654")
    with pytest.raises(KeyUnavailable) as caught, DigitiserSigner(key):
        pass
    assert "PIN không đúng" in caught.value.text_vi
    assert "987654" not in f"{caught.value} {key!r}"


def test_missing_token_says_so(token_pki: DemoPki) -> None:
    """A label no token has is KeyUnavailable."""
    with (
        pytest.raises(KeyUnavailable),
        DigitiserSigner(replace(token_pki.token_key("leader"), token_label="x")),
    ):
        pass


def test_missing_module_says_so(token_pki: DemoPki) -> None:
    """A module that cannot be loaded is KeyUnavailable."""
    key = replace(token_pki.token_key("leader"), module_path=Path("/khong/co.so"))
    with pytest.raises(KeyUnavailable), DigitiserSigner(key):
        pass


def test_missing_key_label_says_so(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """A certificate without its private key is KeyUnavailable, not a broken file."""
    key = replace(token_pki.token_key("digitiser"), key_label="khac", certificate_label="digitiser")
    with DigitiserSigner(key) as signer, pytest.raises(KeyUnavailable):
        signer.sign(plain_pdf, signer_name=NAME, at=NOON)


def test_signed_document_is_never_signed_over(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """A file that carries signatures is refused."""
    with pytest.raises(WouldBreakSignature):
        sign(token_pki, sign_as_office(plain_pdf, token_pki))


@pytest.mark.parametrize("pdf", [b"", b"khong phai PDF", b"%PDF-1.7\n%%EOF"])
def test_unreadable_file_is_refused(token_pki: DemoPki, pdf: bytes) -> None:
    """What is no PDF is not signed."""
    with pytest.raises(NotSignable):
        sign(token_pki, pdf)


def test_encrypted_file_is_refused(token_pki: DemoPki) -> None:
    """An encrypted file is not signed."""
    with pytest.raises(NotSignable):
        sign(token_pki, build_pdf(password="x"))


def test_certificate_out_of_its_time_is_refused(token_pki: DemoPki, plain_pdf: bytes) -> None:
    """Signing beyond the certificate's validity is refused: it could never be valid."""
    with DigitiserSigner(token_pki.token_key("digitiser")) as signer, pytest.raises(SignerNotAllowed):
        signer.sign(plain_pdf, signer_name=NAME, at=NOON + timedelta(days=5000))
