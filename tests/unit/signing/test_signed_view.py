"""What a signature says and shows is read from the revision it signed, whatever a later one puts there."""

import io
from collections.abc import Callable

import pytest
from demo_pki import DemoPki
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from signed_samples import sign_as_office, sign_with

from signing.report import IntegrityVerdict, SignatureEntry, SignatureReport
from signing.rows import RowKey
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON

BOX = (150, 700, 200, 718)
Change = Callable[[IncrementalPdfFileWriter, generic.DictionaryObject], None]


@pytest.fixture
def signed(pki: DemoPki, plain_pdf: bytes) -> bytes:
    """Signed with a reason, a place and a name."""
    metadata = PdfSignatureMetadata(
        field_name="A", reason="Phê duyệt", location="Ea Kao", name="Trần Văn Lãnh Đạo", contact_info="02623",
    )  # fmt: skip
    signer = PdfSigner(metadata, pki.signer("leader"), new_field_spec=SigFieldSpec("A", box=BOX))
    writer = IncrementalPdfFileWriter(io.BytesIO(plain_pdf), strict=False)
    return signer.sign_pdf(writer, output=io.BytesIO()).getvalue()


def spoof(pdf: bytes, change: Change) -> bytes:
    """`pdf` with one more revision that rewrites the signature field."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    field = writer.root["/AcroForm"]["/Fields"][0]
    change(writer, field)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def set_words(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject) -> None:
    """Other words in the signature's own dictionary, its range and value left alone."""
    value = field["/V"]
    value[pdf_name("/Reason")] = generic.pdf_string("Từ chối")
    value[pdf_name("/Name")] = generic.pdf_string("Người khác")
    value[pdf_name("/M")] = generic.pdf_string("D:20200101000000Z")
    writer.update_container(value)


def replace_value(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject) -> None:
    """The whole /V replaced by a dictionary without any signature."""
    field[pdf_name("/V")] = writer.add_object(
        generic.DictionaryObject(
            {pdf_name("/Type"): pdf_name("/Sig"), pdf_name("/Reason"): generic.pdf_string("Từ chối")}
        )
    )
    writer.update_container(field)


def move(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject) -> None:
    """The widget somewhere else."""
    field[pdf_name("/Rect")] = generic.ArrayObject(generic.NumberObject(edge) for edge in (10, 10, 60, 28))
    writer.update_container(field)


def check(pdf: bytes) -> tuple[SignatureReport, SignatureEntry]:
    """The report and its first signature."""
    report = verify_pdf(pdf, trust=None, at=NOON)
    return report, report.signatures[0]


def test_the_words_of_a_signature_are_told(signed: bytes) -> None:
    """Reason, place, name and time as they stand in the signature."""
    report, entry = check(signed)
    said = entry.statement
    assert (said.reason, said.location, said.name, said.contact) == (
        "Phê duyệt", "Ea Kao", "Trần Văn Lãnh Đạo", "02623",
    )  # fmt: skip
    assert said.time.startswith("D:20")
    assert entry.appearance.shown == tuple(float(edge) for edge in BOX)
    assert "signature_dictionary_replaced" not in report.warnings


def test_words_replaced_later_are_not_shown(signed: bytes) -> None:
    """The words of the signed revision stay, the replacement is told, the verdict is not green."""
    report, entry = check(spoof(signed, set_words))
    assert (entry.statement.reason, entry.statement.name) == ("Phê duyệt", "Trần Văn Lãnh Đạo")
    assert "signature_dictionary_replaced" in report.warnings
    assert entry.state in (IntegrityVerdict.ALTERED, IntegrityVerdict.INDETERMINATE)
    time = entry.rows[tuple(RowKey).index(RowKey.TIME)]
    assert "2020" not in time.text_vi


def test_a_replaced_value_does_not_speak_for_the_signature(signed: bytes) -> None:
    """The bytes still show the signature that was put away; what took its place is not believed."""
    report, _ = check(spoof(signed, replace_value))
    assert report.summary.integrity in (IntegrityVerdict.ALTERED, IntegrityVerdict.INDETERMINATE)
    assert report.summary.counts.signatures >= 1
    assert all(
        entry.statement.reason != "Từ chối" or not entry.integrity.value for entry in report.signatures
    )


def test_a_moved_widget_is_told_where_it_was_signed(signed: bytes) -> None:
    """Kind and place of an appearance, by which number and date are known, are those of the signed page."""
    _, entry = check(spoof(signed, move))
    assert entry.appearance.rect == tuple(float(edge) for edge in BOX)


def test_odd_words_are_one_plain_line(pki: DemoPki, plain_pdf: bytes) -> None:
    """Control characters and line breaks of a hostile reason do not reach anybody's screen."""
    metadata = PdfSignatureMetadata(field_name="A", reason="a\x00b\n\x1b[31m" + "c" * 900)
    signer = PdfSigner(metadata, pki.signer("leader"), new_field_spec=SigFieldSpec("A"))
    writer = IncrementalPdfFileWriter(io.BytesIO(plain_pdf), strict=False)
    _, entry = check(signer.sign_pdf(writer, output=io.BytesIO()).getvalue())
    assert entry.statement.reason.startswith("a b [31mccc")
    assert len(entry.statement.reason) == 300


def test_each_signature_is_read_from_its_own_revision(pki: DemoPki, plain_pdf: bytes) -> None:
    """Of several signatures none borrows another's look or hash."""
    report = verify_pdf(
        sign_with(sign_as_office(plain_pdf, pki), pki.signer("agency"), "So"), trust=None, at=NOON
    )
    hashes = [entry.coverage.sha256 for entry in report.signatures]
    assert len(set(hashes)) == 3
    assert hashes[-1] == report.document.sha256
    assert [entry.appearance.kind for entry in report.signatures] == ["signature", "seal", "none"]
