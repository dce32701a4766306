"""Builds a record and its fields from what was read (dựng hồ sơ từ kết quả đọc)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from ingest.jobs import FileJob
from ingest.signatures import NOT_SIGNED
from ocr.types import FieldCandidate
from records.field_names import FieldName
from records.model import Batch, BatchFile, Record, RecordField
from records.states import Confidentiality, RecordState, SignatureStanding

_TITLE_LENGTH = 500
# Said by whoever handed the file in, not read on the paper.
FROM_UPLOAD = "from_upload"


def build_record(
    record_id: str,
    batch: Batch,
    file: BatchFile,
    job: FileJob,
    candidates: Sequence[FieldCandidate],
    at: datetime,
) -> Record:
    """The record of a file, not signed yet, waiting for a person."""
    values = {candidate.name: candidate.value for candidate in candidates if candidate.value}
    title = values.get(FieldName.TITLE) or values.get(FieldName.SUBJECT) or PurePath(file.name).stem
    return Record(
        id=record_id,
        file_id=file.id,
        batch_id=batch.id,
        unit=batch.unit,
        dossier=batch.dossier,
        state=RecordState.IN_REVIEW,
        title=title[:_TITLE_LENGTH],
        kind=values.get(FieldName.KIND) or "",
        pages=file.pages or 0,
        original_sha256=file.sha256 or "",
        original_format=file.format or "",
        rendition_sha256=None,
        text_sha256=job.text_sha256,
        signature_standing=SignatureStanding.AWAITING_DIGITISER,
        signature_value=NOT_SIGNED.value,
        signature_indication=NOT_SIGNED.indication,
        signature_headline_vi=NOT_SIGNED.headline_vi,
        report_sha256=None,
        confidentiality=Confidentiality.RESTRICTED if job.is_restricted else Confidentiality.NORMAL,
        created_at=at,
        updated_at=at,
        result_type=file.type_hint,
    )


def build_fields(record_id: str, file: BatchFile, candidates: Sequence[FieldCandidate]) -> list[RecordField]:
    """The candidates as fields; where none was read, what the sender said, for a person to check."""
    fields = {candidate.name: _build_field(record_id, candidate) for candidate in candidates}
    for name, hint in ((FieldName.OWNER_ID, file.owner_hint), (FieldName.TYPE_CODE, file.type_hint)):
        if hint and (name not in fields or not fields[name].value):
            fields[name] = RecordField(
                record_id, name, hint, "", 0.0, None, None, needs_review=True, reasons=(FROM_UPLOAD,)
            )
    return list(fields.values())


def _build_field(record_id: str, candidate: FieldCandidate) -> RecordField:
    return RecordField(
        record_id=record_id,
        name=candidate.name,
        value=candidate.value,
        raw=candidate.raw,
        confidence=candidate.confidence,
        page=candidate.page,
        box=candidate.box,
        needs_review=candidate.needs_review,
        reasons=candidate.reasons,
        proposed=candidate.value,
    )
