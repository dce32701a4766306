"""Every state a thing may be in, and the moves between them (trạng thái và chuyển trạng thái).

Batches and files carry the whole state list of a capture line from the first schema on, also where no
screen uses a state yet.
"""

from collections.abc import Mapping
from enum import StrEnum

from records.errors import IllegalTransition


class CaptureState(StrEnum):
    """Where a batch or a file stands on the capture line (trạng thái trên dây chuyền số hoá).

    `verify` waits for a person; `released`, `linked`, `rejected` and `cancelled` are ends: a record, a
    link to the record that has the same bytes, a refusal with a reason, a withdrawal.
    """

    SCAN = "scan"
    SEPARATE = "separate"
    READ = "read"
    VALIDATE = "validate"
    VERIFY = "verify"
    QUALITY_CONTROL = "quality_control"
    RELEASE = "release"
    RELEASED = "released"
    LINKED = "linked"
    REJECTED = "rejected"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class RecordState(StrEnum):
    """What has happened to a digitised paper (trạng thái hồ sơ số hoá)."""

    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"


class SignatureStanding(StrEnum):
    """How a record's bytes are signed (tình trạng chữ ký của tệp).

    `awaiting_digitiser_signature`: no key was at hand; the record is searchable, not reusable.
    """

    AWAITING_DIGITISER = "awaiting_digitiser_signature"
    SIGNED_BY_DIGITISER = "signed_by_digitiser"
    ARRIVED_SIGNED = "arrived_signed"


class SignatureValue(StrEnum):
    """Whether the signatures carry legal value (giá trị của chữ ký)."""

    VALID = "hop_le"
    INVALID = "khong_hop_le"
    MISSING = "khong_co"
    UNDETERMINED = "khong_xac_dinh"


class ResultState(StrEnum):
    """State of a procedure result (hiệu lực của kết quả giải quyết TTHC)."""

    VALID = "con_hieu_luc"
    CORRECTED = "dinh_chinh"
    REPLACED = "bi_thay_the"
    REVOKED = "bi_thu_hoi"
    EXPIRED = "het_hieu_luc"


class Confidentiality(StrEnum):
    """Who may see it (mức phổ biến). State secrets never enter; `secret` serves foreign data only."""

    NORMAL = "thuong"
    RESTRICTED = "han_che"
    SECRET = "mat"  # noqa: S105 - a class of confidentiality


class IncidentState(StrEnum):
    """What became of a hit of the state-secret gate (trạng thái sự cố nghi mật)."""

    OPEN = "open"
    LIFT_PROPOSED = "lift_proposed"
    LIFTED = "lifted"
    HANDED_OVER = "handed_over"


C = CaptureState
_ASIDE = frozenset({C.REJECTED, C.POSTPONED, C.CANCELLED})
CAPTURE_MOVES: Mapping[CaptureState, frozenset[CaptureState]] = {
    C.SCAN: frozenset({C.SEPARATE, C.READ, C.LINKED}) | _ASIDE,
    C.SEPARATE: frozenset({C.READ, C.LINKED}) | _ASIDE,
    C.READ: frozenset({C.VALIDATE, C.VERIFY}) | _ASIDE,
    C.VALIDATE: frozenset({C.VERIFY, C.RELEASE}) | _ASIDE,
    C.VERIFY: frozenset({C.QUALITY_CONTROL, C.RELEASE, C.RELEASED}) | _ASIDE,
    C.QUALITY_CONTROL: frozenset({C.VERIFY, C.RELEASE}) | _ASIDE,
    C.RELEASE: frozenset({C.RELEASED, C.VERIFY}) | _ASIDE,
    C.POSTPONED: frozenset({C.SEPARATE, C.READ, C.VALIDATE, C.VERIFY, C.CANCELLED, C.REJECTED}),
    C.RELEASED: frozenset(),
    C.LINKED: frozenset(),
    C.REJECTED: frozenset(),
    C.CANCELLED: frozenset(),
}
CAPTURE_ENDS = frozenset({C.RELEASED, C.LINKED, C.REJECTED, C.CANCELLED})

R = ResultState
# A revoked or expired result may come back in force by a document of its own (huỷ quyết định thu hồi,
# gia hạn); a replaced one may not: the document that replaced it holds.
RESULT_MOVES: Mapping[ResultState, frozenset[ResultState]] = {
    R.VALID: frozenset({R.CORRECTED, R.REPLACED, R.REVOKED, R.EXPIRED}),
    R.CORRECTED: frozenset({R.CORRECTED, R.REPLACED, R.REVOKED, R.EXPIRED}),
    R.REVOKED: frozenset({R.VALID}),
    R.EXPIRED: frozenset({R.VALID, R.REVOKED}),
    R.REPLACED: frozenset(),
}
RESULTS_IN_FORCE = frozenset({R.VALID, R.CORRECTED})


def check_capture_move(now: CaptureState, then: CaptureState) -> None:
    """Raise `IllegalTransition` unless a batch or file may go from `now` to `then`."""
    if now is not then and then not in CAPTURE_MOVES[now]:
        raise IllegalTransition(state=now.value, to=then.value)


def check_result_move(now: ResultState, then: ResultState) -> None:
    """Raise `IllegalTransition` unless a result may go from `now` to `then`."""
    if then not in RESULT_MOVES[now]:
        raise IllegalTransition(state=now.value, to=then.value)
