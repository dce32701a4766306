"""What the service keeps: batches, files, records, fields, results (mô hình dữ liệu).

Plain frozen values; stores return them and take them back changed by `dataclasses.replace`. Times are
aware UTC, ids are UUID strings, hashes are lower-case SHA-256 hex, boxes are pixels of the archived page
image (x0, y0, x1, y1), x1 and y1 exclusive.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from records.states import (
    CaptureState,
    Confidentiality,
    IncidentState,
    RecordState,
    ResultState,
    SignatureStanding,
    SignatureValue,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisational unit (đơn vị) by its identifier of QĐ 20/2020, e.g. H15.03.27.

    `parent` is the code of the unit above or None; a unit ended on `valid_to` keeps its papers.
    """

    code: str
    name: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def is_in_being(self, day: date) -> bool:
        """Whether the unit works on that day; it does no longer on the day it ends."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class ResultType:
    """A type of procedure result (mã loại giấy tờ, kết quả TTHC), e.g. KQ.G15.000031."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role within a unit and everything below it (vai trò theo đơn vị); unit None: the province."""

    role: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account (tài khoản). `password_hash` is argon2id (RFC 9106) or None before it is set."""

    id: str
    login: str
    display_name: str
    grants: tuple[RoleGrant, ...]
    password_hash: str | None
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser (phiên đăng nhập); only the SHA-256 of the token is kept."""

    token_sha256: str
    account_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A machine client's key (khoá truy cập của hệ thống ngoài); only the secret's SHA-256 is kept.

    `scopes` are permission names; `result_types` is the agreement: types it may ask for, None for all.
    """

    id: str
    prefix: str
    secret_sha256: str
    label: str
    unit: str | None
    scopes: tuple[str, ...]
    result_types: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of scans (lô quét) of one unit, perhaps of one dossier (hồ sơ)."""

    id: str
    unit: str
    label: str
    dossier: str | None
    state: CaptureState
    created_by: str
    created_at: datetime
    profile: str = "tesseract"
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageFault:
    """Why a page has to be scanned again (trang cần quét lại): ordinal from 1 and stable codes.

    `missing` are printed page numbers that were not scanned before this page.
    """

    page: int
    reasons: tuple[str, ...]
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file that came in with a batch (tệp trong lô).

    `ordinal` counts from 1 in the batch. `name` is emptied after a hit of the state-secret gate.
    `sha256` is None until the gate has passed and the bytes are stored. A refusal carries `reason_code`
    (an error code) and `reason_vi`; a duplicate points at the file that was processed (`linked_file`).
    `record_id` is set once there is a record. `page_faults`: its pages that should be scanned again.
    """

    id: str
    batch_id: str
    ordinal: int
    name: str
    size: int
    state: CaptureState
    received_at: datetime
    sha256: str | None = None
    format: str | None = None
    pages: int | None = None
    reason_code: str | None = None
    reason_vi: str | None = None
    linked_file: str | None = None
    record_id: str | None = None
    owner_hint: str | None = None
    type_hint: str | None = None
    updated_at: datetime | None = None
    page_faults: tuple[PageFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A digitised paper (hồ sơ, giấy tờ số hoá).

    `original_sha256`: the bytes as they came. `rendition_sha256`: the PDF/A with text layer, signed by
    the digitiser when `signature_standing` says so; None for a PDF that arrived signed without pages we
    could draw. `text_sha256`: the pages' words and boxes (JSON sidecar). `report_sha256`: the full
    signature report (JSON). `version` rises with every change and orders index updates.
    `result_code` is the code of TT 01/2023 Art. 10, given at confirmation. `reading_sha256`: a small copy
    for reading with the confirmed text, made after confirmation; never signed, never archived.
    """

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
    text_sha256: str
    signature_standing: SignatureStanding
    signature_value: SignatureValue
    signature_indication: str
    signature_headline_vi: str
    report_sha256: str | None
    confidentiality: Confidentiality
    created_at: datetime
    updated_at: datetime
    version: int = 1
    result_type: str | None = None
    result_code: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    reading_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RecordField:
    """One extracted value of a record (trường dữ liệu), raw and as confirmed (TT 01/2023 Art. 9).

    `value` None with `needs_review`: something is there and could not be read. `page` is 0-based.
    `confirmed_by` names the account that looked at the paper; without it the value serves search only.
    `proposed` is the value the machine proposed, kept beside what the person confirmed; None when it
    proposed none, and for what was confirmed before it was kept.
    """

    record_id: str
    name: str
    value: str | None
    raw: str
    confidence: float
    page: int | None
    box: tuple[int, int, int, int] | None
    needs_review: bool
    reasons: tuple[str, ...] = ()
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A procedure result that may be reused (kết quả giải quyết TTHC), made from confirmed fields.

    `owner_scheme` is `cccd`, `mst`, `cmnd` or `to_chuc`; `owner_id` is exact, never fuzzy.
    `visible_from` is the day it may first be shown; `valid_to` None means without end.
    """

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
    confidentiality: Confidentiality
    visible_from: date
    created_at: datetime
    updated_at: datetime
    version: int = 1
    title: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ResultChange:
    """A change of a result's state with its document, date and person (thay đổi hiệu lực)."""

    id: str
    result_id: str
    from_state: ResultState
    to_state: ResultState
    document_number: str
    document_date: date
    effective: date
    account_id: str
    at: datetime
    reason: str = ""
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """A hit of the state-secret gate without any content (sự cố nghi tài liệu mật).

    Only time, person, batch, file ordinal and page ordinal are kept (Luật 117/2025 Art. 5,
    TT 01/2023 Art. 4). Two different people lift a false hit with the paper in hand.
    """

    id: str
    at: datetime
    account_id: str
    unit: str
    batch_id: str
    file_id: str
    file_ordinal: int
    page_ordinal: int
    state: IncidentState = IncidentState.OPEN
    first_lifter: str | None = None
    first_lifted_at: datetime | None = None
    second_lifter: str | None = None
    second_lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """An event that leaves with the commit that caused it (sự kiện chờ gửi); `number` orders them."""

    number: int
    kind: str
    subject_id: str
    version: int
    at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when and why (một dòng nhật ký kiểm toán).

    No personal data beyond ids: an owner identifier appears only as a keyed hash. `before` and `after`
    are SHA-256 of the thing's canonical JSON where it changed. `outcome` is `ok` or a stable code.
    """

    at: datetime
    actor: str
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: str
    unit: str | None = None
    purpose: str | None = None
    outcome: str = "ok"
    before: str | None = None
    after: str | None = None
    detail: dict[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Size and root of the audit log at a moment, signed by the service key (đầu cây nhật ký, RFC 6962)."""

    size: int
    root: str
    at: datetime
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How a batch's files add up (số liệu lô): received = every other number together."""

    received: int
    by_state: dict[CaptureState, int]
