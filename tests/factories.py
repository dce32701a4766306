"""Valid objects with defaults for tests; every text is invented, every id is new unless given."""

import hashlib
import itertools
from datetime import UTC, date, datetime
from typing import Any

from records.agreements import Right
from records.model import (
    Account,
    ApiKey,
    AuditEntry,
    Batch,
    BatchFile,
    Incident,
    Record,
    RecordField,
    Result,
    ResultChange,
    ResultType,
    RoleGrant,
    Session,
    Unit,
)
from records.ports import UnitOfWork
from records.states import (
    CaptureState,
    Confidentiality,
    RecordState,
    ResultState,
    SignatureStanding,
    SignatureValue,
)

NOW = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)
UNIT = "H15.03.27"
TYPE = "KQ.G15.000031"
OWNER = "001090012345"
_numbers = itertools.count(1)


def build_hash(seed: object) -> str:
    """A SHA-256 made of the seed."""
    return hashlib.sha256(str(seed).encode()).hexdigest()


def _id(kind: str) -> str:
    return f"{kind}-{next(_numbers):06d}"


def build_unit(code: str = UNIT, **changes: Any) -> Unit:
    """A unit."""
    return Unit(**{"code": code, "name": "Sở Tư pháp", "valid_from": date(2020, 1, 1)} | changes)


def build_type(code: str = TYPE, **changes: Any) -> ResultType:
    """A result type."""
    return ResultType(**{"code": code, "name": "Giấy khai sinh (bản sao)"} | changes)


def build_account(**changes: Any) -> Account:
    """An account with one grant."""
    account_id = _id("account")
    values = {
        "id": account_id,
        "login": f"{account_id}@vidu.vn",
        "display_name": "Trần Thị Ví Dụ",
        "grants": (RoleGrant("archivist", UNIT),),
        "password_hash": None,
        "created_at": NOW,
    }
    return Account(**values | changes)


def build_session(account_id: str, **changes: Any) -> Session:
    """A session of an account."""
    values = {
        "token_sha256": build_hash(_id("token")),
        "account_id": account_id,
        "created_at": NOW,
        "expires_at": NOW.replace(hour=20),
    }
    return Session(**values | changes)


def build_key(**changes: Any) -> ApiKey:
    """A machine client's key."""
    key_id = _id("key")
    values = {
        "id": key_id,
        "prefix": key_id[-6:],
        "secret_sha256": build_hash(key_id),
        "label": "Hệ thống một cửa",
        "unit": UNIT,
        "scopes": ("lookup", "search"),
        "result_types": (TYPE,),
        "created_at": NOW,
    }
    return ApiKey(**values | changes)


def build_batch(**changes: Any) -> Batch:
    """A batch on the line."""
    values = {
        "id": _id("batch"),
        "unit": UNIT,
        "label": "Lô tháng 3",
        "dossier": "000.00.15.H15-260302-0001",
        "state": CaptureState.READ,
        "created_by": "account-archivist",
        "created_at": NOW,
    }
    return Batch(**values | changes)


def build_file(batch_id: str, **changes: Any) -> BatchFile:
    """A file on the line."""
    number = next(_numbers)
    values = {
        "id": f"file-{number:06d}",
        "batch_id": batch_id,
        "ordinal": number,
        "name": f"quet-{number}.pdf",
        "size": 1234,
        "state": CaptureState.READ,
        "received_at": NOW,
        "sha256": build_hash(number),
        "format": "pdf",
        "pages": 2,
    }
    return BatchFile(**values | changes)


def build_record(file_id: str = "file-1", batch_id: str = "batch-1", **changes: Any) -> Record:
    """A record in review, signed by the digitiser."""
    number = next(_numbers)
    values = {
        "id": f"record-{number:06d}",
        "file_id": file_id,
        "batch_id": batch_id,
        "unit": UNIT,
        "dossier": None,
        "state": RecordState.IN_REVIEW,
        "title": "Quyết định về việc cấp giấy phép",
        "kind": "Quyết định",
        "pages": 2,
        "original_sha256": build_hash(("original", number)),
        "original_format": "pdf",
        "rendition_sha256": build_hash(("rendition", number)),
        "text_sha256": build_hash(("text", number)),
        "signature_standing": SignatureStanding.SIGNED_BY_DIGITISER,
        "signature_value": SignatureValue.MISSING,
        "signature_indication": "NO_SIGNATURE",
        "signature_headline_vi": "Tệp không có chữ ký số của cơ quan ban hành.",
        "report_sha256": None,
        "confidentiality": Confidentiality.NORMAL,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Record(**values | changes)


def build_field(record_id: str, name: str = "dinh_danh_chu_the", **changes: Any) -> RecordField:
    """An extracted field that nobody has confirmed."""
    values = {
        "record_id": record_id,
        "name": name,
        "value": OWNER,
        "raw": "001 090 012 345",
        "confidence": 0.91,
        "page": 0,
        "box": (10, 20, 300, 60),
        "needs_review": True,
        "reasons": ("độ tin cậy thấp",),
    }
    return RecordField(**values | changes)


def build_right(*types: str, **changes: Any) -> Right:
    """What an agreement over these types lets a client ask, in every unit and procedure; none: every type."""
    held = frozenset(types) if types else None
    return Right(
        **{
            "units": None,
            "procedures": None,
            "result_types": held,
            "valid_from": date(2026, 1, 1),
            "valid_to": None,
        }
        | changes
    )


def build_result(record_id: str | None = None, **changes: Any) -> Result:
    """A result in force."""
    values = {
        "id": _id("result"),
        "record_id": record_id,
        "owner_scheme": "cccd",
        "owner_id": OWNER,
        "type_code": TYPE,
        "unit": UNIT,
        "number": "15/GP-STP",
        "issuer": "Sở Tư pháp",
        "issued": date(2025, 1, 15),
        "valid_from": date(2025, 1, 15),
        "valid_to": None,
        "state": ResultState.VALID,
        "signature": SignatureValue.VALID,
        "confidentiality": Confidentiality.NORMAL,
        "visible_from": date(2025, 1, 15),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Result(**values | changes)


def build_change(result_id: str, **changes: Any) -> ResultChange:
    """A revocation of a result."""
    values = {
        "id": _id("change"),
        "result_id": result_id,
        "from_state": ResultState.VALID,
        "to_state": ResultState.REVOKED,
        "document_number": "20/QĐ-STP",
        "document_date": date(2026, 2, 1),
        "effective": date(2026, 2, 10),
        "account_id": "account-archivist",
        "at": NOW,
        "reason": "Cấp sai đối tượng",
    }
    return ResultChange(**values | changes)


def build_incident(**changes: Any) -> Incident:
    """A hit of the state-secret gate."""
    values = {
        "id": _id("incident"),
        "at": NOW,
        "account_id": "account-archivist",
        "unit": UNIT,
        "batch_id": "batch-1",
        "file_id": "file-1",
        "file_ordinal": 3,
        "page_ordinal": 1,
    }
    return Incident(**values | changes)


def build_entry(**changes: Any) -> AuditEntry:
    """An audit entry."""
    values: dict[str, Any] = {
        "at": NOW,
        "actor": "account-archivist",
        "actor_kind": "account",
        "action": "record.read",
        "subject_kind": "record",
        "subject_id": _id("record"),
        "unit": UNIT,
        "detail": {"trang": 2, "lý do": "đối chiếu"},
    }
    return AuditEntry(**values | changes)


def add_file(
    unit_of_work: UnitOfWork, batch_changes: dict[str, Any] | None = None, **changes: Any
) -> BatchFile:
    """A file in the store with a batch of its own."""
    batch = build_batch(**batch_changes or {})
    unit_of_work.batches.add(batch)
    file = build_file(batch.id, **changes)
    unit_of_work.batches.add_file(file)
    return file


def add_record(
    unit_of_work: UnitOfWork, file_changes: dict[str, Any] | None = None, **changes: Any
) -> Record:
    """A record in the store with a file and a batch of its own."""
    file = add_file(unit_of_work, **file_changes or {})
    record = build_record(file.id, file.batch_id, **changes)
    unit_of_work.records.add(record)
    return record
