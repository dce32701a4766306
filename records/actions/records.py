"""What may be done to records (hồ sơ số hoá): list, open, read files; every look is in the audit first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from records.access import Permission
from records.actions.acting import Acting
from records.errors import RecordNotFound
from records.field_names import PERSONAL_FIELDS
from records.identifiers import mask_numbers, mask_owner
from records.model import AuditEntry, Record, RecordField, Result, ResultChange
from records.ports import BlobStore, Store, UnitOfWork
from records.states import Confidentiality, RecordState

RECORD_CHANGED = "record.changed"
"""Kind of the outbox event after which the index takes a record up again."""
HISTORY_LIMIT = 200
RESTRICTED_TITLE = "Tài liệu hạn chế tiếp cận"


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as somebody may see it (hồ sơ để xem): owner numbers masked without the right."""

    record: Record
    fields: tuple[RecordField, ...]
    result: Result | None
    changes: tuple[ResultChange, ...]


def list_records(
    store: Store, acting: Acting, *, state: RecordState | None, limit: int, offset: int
) -> tuple[Sequence[Record], int]:
    """Records within the caller's units with the total; restricted ones show no title without the right.

    Titles name people, so the look is in the audit before they are given.
    """
    scope = acting.principal.scope(Permission.RECORD_READ)
    with store.write() as work:
        records, total = work.records.page(scope, state=state, limit=limit, offset=offset)
        work.audit.add(
            acting.entry(
                "record.list", "index", "records", unit=acting.principal.home_unit, records=len(records)
            )
        )
        work.commit()
    return [_hide(acting, record) for record in records], total


def find_next_in_review(store: Store, acting: Acting) -> tuple[str | None, int]:
    """Id of the paper that waits longest for a person in the caller's units, and how many wait."""
    scope = acting.principal.scope(Permission.RECORD_READ)
    with store.read() as work:
        waiting, total = work.records.page(scope, state=RecordState.IN_REVIEW, limit=1)
    return (waiting[0].id if waiting else None), total


def view_record(store: Store, acting: Acting, record_id: str) -> RecordView:
    """A record with fields and result; the audit row is committed before the answer is given."""
    with store.write() as work:
        record = get_visible(work, acting, record_id)
        view = build_view(work, acting, record)
        work.audit.add(acting.entry("record.read", "record", record.id, unit=record.unit))
        work.commit()
    return view


def read_history(
    store: Store, acting: Acting, record_id: str, *, limit: int = HISTORY_LIMIT, offset: int = 0
) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
    """What was done to a record and by whom, newest first."""
    with store.read() as work:
        record = get_visible(work, acting, record_id)
        return work.audit.page(subject_id=record.id, limit=limit, offset=offset)


def open_record_file(
    store: Store, blobs: BlobStore, acting: Acting, record_id: str, part: str
) -> tuple[Record, bytes]:
    """Verified bytes of `original`, `rendition`, `reading`, `text` or `report`; audited before they leave."""
    with store.write() as work:
        record = get_visible(work, acting, record_id)
        sha256 = find_part(record, part)
        work.audit.add(
            acting.entry("record.file", "record", record.id, unit=record.unit, part=part, sha256=sha256)
        )
        work.commit()
    return record, blobs.read(sha256)


def find_part(record: Record, part: str) -> str:
    """The hash of a part of the record; raises `RecordNotFound` when there is none."""
    parts = {
        "original": record.original_sha256,
        "rendition": record.rendition_sha256,
        "reading": record.reading_sha256,
        "text": record.text_sha256,
        "report": record.report_sha256,
    }
    sha256 = parts.get(part)
    if sha256 is None:
        raise RecordNotFound("Hồ sơ này không có phần đó.", record=record.id)
    return sha256


def get_visible(work: UnitOfWork, acting: Acting, record_id: str) -> Record:
    """The record if the caller may see it; otherwise the same `RecordNotFound` as when there is none."""
    record = work.records.get(record_id)
    if not may_see(acting, record):
        raise RecordNotFound(record=record_id)
    return record


def may_see(acting: Acting, record: Record) -> bool:
    """Whether unit and class of confidentiality let the caller see the record."""
    principal = acting.principal
    if not principal.scope(Permission.RECORD_READ).covers(record.unit):
        return False
    if record.confidentiality is Confidentiality.RESTRICTED:
        return principal.scope(Permission.RECORD_RESTRICTED).covers(record.unit)
    return record.confidentiality is Confidentiality.NORMAL


def build_view(work: UnitOfWork, acting: Acting, record: Record) -> RecordView:
    """The record with its fields, result and changes, masked for whoever may not read owners."""
    sees_owner = acting.principal.scope(Permission.OWNER_READ).covers(record.unit)
    fields = tuple(field if sees_owner else _mask(field) for field in work.records.fields(record.id))
    result = work.results.find_by_record(record.id)
    changes = tuple(work.results.changes(result.id)) if result is not None else ()
    if result is not None and not sees_owner:
        result = replace(result, owner_id=mask_owner(result.owner_id))
        record = replace(record, result_code=None)
    return RecordView(record, fields, result, changes)


def _hide(acting: Acting, record: Record) -> Record:
    """The record as a list shows it: a result's code begins with its owner's number."""
    if not acting.principal.scope(Permission.OWNER_READ).covers(record.unit):
        record = replace(record, result_code=None)
    if may_see(acting, record):
        return record
    return replace(
        record, title=RESTRICTED_TITLE, kind="", dossier=None, signature_headline_vi="", result_code=None
    )


def _mask(field: RecordField) -> RecordField:
    if field.name not in PERSONAL_FIELDS:
        # A QR code or a subject may hold the owner's number as well.
        proposed = field.proposed and mask_numbers(field.proposed)
        return replace(
            field,
            value=field.value and mask_numbers(field.value),
            raw=mask_numbers(field.raw),
            proposed=proposed,
        )
    return replace(
        field, value=None if field.value is None else mask_owner(field.value), raw="", proposed=None
    )
