"""Records, fields, results and their history as they travel (hồ sơ, trường, kết quả)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing, ShortText
from records.actions.fields import Confirmation
from records.actions.records import RecordView
from records.model import AuditEntry
from records.states import Confidentiality, RecordState, ResultState, SignatureStanding, SignatureValue

FieldText = Annotated[str, Field(max_length=4000)]


class RecordOut(Outgoing):
    """A record (hồ sơ số hoá)."""

    id: str
    file_id: str
    batch_id: str
    unit: str
    dossier: str | None
    state: RecordState
    title: str
    kind: str
    pages: int
    original_sha256: str
    original_format: str
    rendition_sha256: str | None
    reading_sha256: str | None
    signature_standing: SignatureStanding
    signature_value: SignatureValue
    signature_indication: str
    signature_headline_vi: str
    confidentiality: Confidentiality
    created_at: datetime
    updated_at: datetime
    version: int
    result_type: str | None
    result_code: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None


class FieldOut(Outgoing):
    """A field with its raw reading, place and who confirmed it (trường dữ liệu)."""

    name: str
    value: str | None
    raw: str
    confidence: float
    page: int | None
    box: tuple[int, int, int, int] | None
    needs_review: bool
    reasons: list[str]
    confirmed_by: str | None
    confirmed_at: datetime | None


class ResultOut(Outgoing):
    """A procedure result (kết quả giải quyết TTHC)."""

    id: str
    record_id: str | None
    owner_scheme: str
    owner_id: str
    type_code: str
    unit: str
    number: str
    issuer: str
    issued: date
    valid_from: date
    valid_to: date | None
    state: ResultState
    signature: SignatureValue
    title: str
    version: int


class ChangeOut(Outgoing):
    """A change of a result's state (thay đổi hiệu lực)."""

    id: str
    from_state: ResultState
    to_state: ResultState
    document_number: str
    document_date: date
    effective: date
    reason: str
    account_id: str
    at: datetime
    replaced_by: str | None


class RecordDetail(Outgoing):
    """A record with everything a person looks at (chi tiết hồ sơ)."""

    record: RecordOut
    fields: list[FieldOut]
    result: ResultOut | None
    changes: list[ChangeOut]


class ConfirmationIn(Incoming):
    """Values as printed on the paper; null says the paper has none (xác nhận trường)."""

    fields: Annotated[
        dict[str, Annotated[str, Field(max_length=4000)] | None], Field(min_length=1, max_length=40)
    ]
    version: Annotated[int | None, Field(ge=1, description="Phiên bản hồ sơ mà người xác nhận đã xem")] = None


class ConfirmationOut(RecordDetail):
    """The record after the confirmation; `missing` names required fields still open."""

    missing: list[str]


class StateChangeIn(Incoming):
    """A change of a result's state on a document's ground (thay đổi hiệu lực)."""

    to_state: ResultState
    document_number: Code
    document_date: date
    effective: date
    reason: ShortText
    replaced_by: Code | None = None
    valid_to: date | None = None


class ResultDetail(Outgoing):
    """A result with its changes, oldest first (chi tiết kết quả)."""

    result: ResultOut
    changes: list[ChangeOut]


class AuditOut(Outgoing):
    """A row of the audit log (dòng nhật ký)."""

    id: str
    at: datetime
    actor: str
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: str
    unit: str | None
    purpose: str | None
    outcome: str
    before: str | None
    after: str | None
    detail: dict[str, str | int | None]


def build_detail(view: RecordView) -> RecordDetail:
    """The record's view as an answer."""
    return RecordDetail.model_validate(view)


def build_confirmation(confirmation: Confirmation) -> ConfirmationOut:
    """What a confirmation led to, as an answer."""
    detail = build_detail(confirmation.view)
    return ConfirmationOut(**dict(detail), missing=list(confirmation.missing))


def build_audit_row(row: tuple[str, AuditEntry]) -> AuditOut:
    """A row id and its entry as an answer."""
    row_id, entry = row
    names = (name for name in AuditOut.model_fields if name != "id")
    return AuditOut(id=row_id, **{name: getattr(entry, name) for name in names})
