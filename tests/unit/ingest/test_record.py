"""What a record is made of."""

from datetime import UTC, datetime

from ingest.jobs import FileJob
from ingest.record import FROM_UPLOAD, build_fields, build_record
from ocr.types import Box, FieldCandidate
from records.field_names import FieldName
from records.model import Batch, BatchFile
from records.states import CaptureState, Confidentiality, SignatureStanding

NOW = datetime(2026, 3, 31, tzinfo=UTC)
BATCH = Batch("b", "H15", "lô", "H15-1", CaptureState.READ, "an", NOW)


def make_file(**changes: str) -> BatchFile:
    """A file on the line."""
    known = {"sha256": "0" * 64, "format": "pdf", "pages": 2, **changes}
    return BatchFile("f", "b", 1, "giay-01.pdf", 9, CaptureState.READ, NOW, **known)


def make_candidate(name: str, value: str | None) -> FieldCandidate:
    """A value read on the first page."""
    return FieldCandidate(name, value, value or "?", 0.9, 0, Box(1, 2, 3, 4), value is None, ())


def test_the_subject_is_the_title_and_the_name_stands_in():
    """Without anything readable the file's name tells a person which paper it is."""
    job = FileJob("f", "1" * 64)
    read = [
        make_candidate(FieldName.SUBJECT, "Xác nhận hôn nhân"),
        make_candidate(FieldName.KIND, "GIẤY XÁC NHẬN"),
    ]
    record = build_record("r", BATCH, make_file(), job, read, NOW)
    assert (record.title, record.kind, record.dossier) == ("Xác nhận hôn nhân", "GIẤY XÁC NHẬN", "H15-1")
    assert build_record("r", BATCH, make_file(), job, [], NOW).title == "giay-01"


def test_a_fresh_record_waits_for_the_digitiser_and_carries_the_gates_mark():
    """Nothing is reusable before it is signed; a circulation mark restricts from the start."""
    record = build_record("r", BATCH, make_file(), FileJob("f", "1" * 64, True), [], NOW)
    assert record.signature_standing is SignatureStanding.AWAITING_DIGITISER
    assert record.confidentiality is Confidentiality.RESTRICTED


def test_hints_fill_only_what_was_not_read():
    """The sender's word never replaces the paper's, and always needs a look."""
    file = make_file(owner_hint="001301000001", type_hint="KQ.1")
    read = [make_candidate(FieldName.OWNER_ID, "002301000001"), make_candidate(FieldName.SUBJECT, None)]
    fields = {field.name: field for field in build_fields("r", file, read)}
    assert fields[FieldName.OWNER_ID].value == "002301000001"
    assert (fields[FieldName.TYPE_CODE].value, fields[FieldName.TYPE_CODE].reasons) == (
        "KQ.1",
        (FROM_UPLOAD,),
    )
    assert all(fields[name].needs_review for name in (FieldName.TYPE_CODE, FieldName.SUBJECT))
