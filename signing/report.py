"""The verification report (báo cáo kiểm tra chữ ký số): facts and verdicts as plain frozen data.

Facts (what was found) stay apart from judgement (indication), as in ETSI EN 319 102-1, so that a stored
report can be judged again when the policy changes. Keys of `to_dict` are an outside contract: add, never
rename.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from signing.areas import NOT_COMPARED, ChangedArea, Comparison
from signing.requirement import Requirement
from signing.statement import NOT_STATED, Statement


class IntegrityVerdict(StrEnum):
    """Integrity of the whole document, trust aside (tính toàn vẹn)."""

    INTACT = "intact"
    EXTENDED = "extended"
    ALTERED = "altered"
    INDETERMINATE = "indeterminate"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


class Indication(StrEnum):
    """Whole verdict under the given trust, EN 319 102-1 clause 5.1.3 (kết luận)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"
    NO_SIGNATURE = "NO-SIGNATURE"


class SignatureType(StrEnum):
    """What the signature is for (loại chữ ký), ISO 32000-1 clause 12.8.1."""

    APPROVAL = "approval"
    CERTIFICATION = "certification"
    DOC_TIMESTAMP = "doc-timestamp"
    USAGE_RIGHTS = "usage-rights"


class ChangeVerdict(StrEnum):
    """What followed a signature (thay đổi sau khi ký), mildest first."""

    NONE = "none"
    LTV = "ltv"
    SIGNATURE = "signature"
    FORM = "form"
    ANNOTATION = "annotation"
    UNDEFINED = "undefined"
    FORBIDDEN = "forbidden"


class RowKey(StrEnum):
    """The six questions of a verdict (sáu câu hỏi), in the order they are shown."""

    INTEGRITY = "integrity"
    COVERAGE = "coverage"
    CHANGES = "changes"
    SIGNER = "signer"
    REVOCATION = "revocation"
    TIME = "time"


class RowState(StrEnum):
    """How one question was answered (trạng thái của một dòng)."""

    GOOD = "good"
    WARNING = "warning"
    UNKNOWN = "unknown"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Row:
    """One question answered in one line of Vietnamese (một dòng kết luận); `code` keys `ROW_TEXTS`."""

    key: RowKey
    state: RowState
    code: str
    text_vi: str


@dataclass(frozen=True, slots=True)
class Integrity:
    """Digest and signature value; None where it cannot be told (giá trị băm và giá trị chữ ký).

    `weak`: algorithms not good on the day the signature provably existed, or today without such a proof;
    `allowed_then`: good on that day, not today.
    """

    digest: bool | None = None
    value: bool | None = None
    algorithms: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    error: str | None = None
    allowed_then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which bytes the signature covers (phạm vi ký): whole file, a whole revision, or something odd.

    `sha256`: of the file as it was when signed, empty where the signature covers no whole revision.
    """

    kind: str = "unclear"
    byte_range: tuple[int, ...] = ()
    uncovered_bytes: int = 0
    revision: int | None = None
    findings: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One change in a revision after the signature (một thay đổi).

    Of a form field its name is `object`, and `old` and `new` say what it held; None where it is no field.
    """

    revision: int
    category: str
    object: str = ""
    page: int | None = None
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """All that followed the signature (các thay đổi sau khi ký); pages from 1.

    `second_look`: findings of drawing both revisions, such as two programs that draw one of them differently.
    """

    verdict: str = ChangeVerdict.NONE
    docmdp: int | None = None
    items: tuple[ChangeItem, ...] = ()
    pages_changed: tuple[int, ...] = ()
    overlaps: tuple[int, ...] = ()
    reason: str | None = None
    second_look: tuple[str, ...] = ()
    areas: tuple[ChangedArea, ...] = ()
    comparison: Comparison = NOT_COMPARED


@dataclass(frozen=True, slots=True)
class ChainCertificate:
    """One certificate of the chain (chứng thư trong chuỗi)."""

    subject: str
    issuer: str
    serial: str
    valid_from: str
    valid_to: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed and what the chain says (người ký và chuỗi chứng thư).

    `holder`, `holder_kind` (agency | person): whose it is by the administrator's table, empty when unknown.
    `valid`: first and last moment of the certificate, as in `valid_from` and `valid_to`.
    `trust`: not_checked | trusted | wrong_chain | unknown_chain | expired | not_yet_valid | revoked |
    suspended | unfit.
    """

    subject: str = ""
    org: str = ""
    serial: str = ""
    issuer: str = ""
    valid_from: str = ""
    valid_to: str = ""
    sha256: str = ""
    chain: tuple[ChainCertificate, ...] = ()
    valid: tuple[str, ...] = ()
    trust: str = "not_checked"
    bundle: str | None = None
    key_usage: tuple[str, ...] = ()
    holder: str = ""
    holder_kind: str = ""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Revocation of the signer's certificate (thu hồi): not_checked, unknown, stale, good, revoked, on_hold.

    `good` with `revoked_at`: revoked, but after the time at which the signature provably existed.
    """

    source: str | None = None
    status: str = "not_checked"
    this_update: str | None = None
    revoked_at: str | None = None
    fresh: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimestampFacts:
    """One RFC 3161 time-stamp (dấu thời gian); `sha256` of the token in DER.

    `valid_to`: end of its authority's certificate, once that was judged.
    """

    time: str
    tsa: str
    imprint_algorithm: str
    digest: bool | None
    value: bool | None
    trust: str = "not_checked"
    findings: tuple[str, ...] = ()
    sha256: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Claimed and proven time (thời điểm ký); `skew_s` is claimed minus stamped, shown and never punished.

    `stamped`: what the token or the first time-stamp says, trusted or not; `best_time`: the earliest time a
    trusted time-stamp of the signature or of the document proves, None when nothing proves any.
    """

    claimed: str | None = None
    signature_timestamps: tuple[TimestampFacts, ...] = ()
    best_time: str | None = None
    tsa_trust: str = "not_checked"
    skew_s: int | None = None
    stamped: str | None = None


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where the signature shows itself (hình hiển thị chữ ký); rect in PDF points, text NFC.

    `kind`: none | signature | seal | number | date | copy | other; text and hash from the signed revision.
    `shown`: the same place from the lower left corner of the page as it is shown, cropped and turned.
    """

    page: int | None = None
    rect: tuple[float, ...] = ()
    kind: str = "none"
    text: str = ""
    image_sha256: str = ""
    shown: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """Everything about one signature or document time-stamp (một chữ ký); `code` keys the verdict texts.

    `signed_sha256`: of the bytes its value was made over, which tells it from every other signature.
    """

    field: str
    type: str
    subfilter: str
    integrity: Integrity
    coverage: Coverage
    changes_after: Changes
    signer: Signer = Signer()
    revocation: Revocation = Revocation()
    time: Times = Times()
    appearance: Appearance = Appearance()
    level: str = "unknown"
    level_missing: tuple[str, ...] = ()
    referenced: bool = True
    state: str = IntegrityVerdict.INDETERMINATE
    indication: str = Indication.INDETERMINATE
    sub_indication: str | None = None
    code: str = "UNDECIDED"
    reasons: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    signed_sha256: str = ""
    statement: Statement = NOT_STATED
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The file itself (tệp được kiểm tra); revisions are their end offsets in bytes."""

    sha256: str
    size: int
    pages: int | None = None
    pdf_version: str | None = None
    hybrid: bool = False
    encrypted: bool = False
    revisions: tuple[int, ...] = ()
    active_content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each (số lượng); unreferenced: in the bytes but in no form field."""

    signatures: int = 0
    timestamps: int = 0
    unreadable: int = 0
    unreferenced: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdict in one glance (tóm tắt): headline at most twelve words, six rows, one next step."""

    integrity: str
    indication: str
    sub_indication: str | None
    headline_vi: str
    advice_vi: str
    counts: Counts
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules and trust the verdict rests on (chính sách kiểm tra); `rules`: version of the dated rules.

    `trust_store`: name and version of the bundle; `trust_sha256`: its content, as `TrustBundle.sha256`.
    """

    id: str
    version: str
    trust_store: str | None
    time_of_check: str
    online: bool
    rules: str = ""
    trust_version: str = ""
    trust_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Data fetched for the verdict (bằng chứng tải về): ocsp, crl or certificate, the bytes by SHA-256.

    `request`: SHA-256 of kind, address and body of the request, by which a later check finds the answer.
    """

    kind: str
    url: str
    sha256: str
    this_update: str | None = None
    next_update: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """The whole report of one document (báo cáo kiểm tra)."""

    document: DocumentFacts
    summary: Summary
    signatures: tuple[SignatureEntry, ...]
    policy: Policy
    warnings: tuple[str, ...] = ()
    engine: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comparison: Comparison = NOT_COMPARED

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data; `sha256` of the document also stands at the top."""
        body = _plain(asdict(self))
        body["engine"] = dict(self.engine)
        return {"sha256": self.document.sha256, **body}


def format_time(moment: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, seconds precision; None stays None."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds")


def _plain(value: Any) -> Any:
    """Tuples to lists and enumerations to text, so that json needs no helper."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    return value
