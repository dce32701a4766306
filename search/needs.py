"""What is asked in a reuse lookup and what is answered (câu hỏi, trả lời tra cứu): plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from records.ports import LookupPurpose, OwnerKey
from records.requirements import RequirementType
from records.states import ResultState, SignatureValue
from search.decision import DecisionCode

MAXIMUM_NEEDS = 20


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a procedure asks for (một thành phần cần có): a result type or a requirement's code.

    `expects_one`: exactly one result is wanted; where several are reusable somebody has to choose.
    """

    type_code: str = ""
    requirement: str = ""
    expects_one: bool = False


@dataclass(frozen=True, slots=True)
class RequestKind:
    """On whose wish it is asked (yêu cầu khai thác): explicitly or not, by whom (a role or code), when."""

    is_explicit: bool
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What an owner holds of several things on a day (câu hỏi nhiều thành phần).

    `name` and `born` are what the asker knows of the owner: compared for a warning, never searched by.
    """

    owner: OwnerKey
    needs: tuple[Need, ...]
    as_of: date
    purpose: LookupPurpose | None
    request: RequestKind | None = None
    name: str | None = None
    born: date | None = None


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is known of a result's signatures (kết quả kiểm tra chữ ký).

    `level` is the ETSI indication (EN 319 102-1), `at` when it was judged, `report` the SHA-256 that names
    the report; None where the result came without a record.
    """

    result: SignatureValue
    level: str | None = None
    at: datetime | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reusable result as an answer shows it (kết quả tái sử dụng): metadata only, no owner number.

    `area_now` says where the area in the printed agency's name lies since provinces merged; "" where it is.
    """

    id: str
    record_id: str | None
    type_code: str
    number: str
    issuer: str
    title: str
    issued: date
    valid_from: date
    valid_to: date | None
    state: ResultState
    signature: SignatureValue
    unit: str
    sha256: str | None
    last_verified: datetime
    version: int
    check: SignatureCheck
    pages: int | None = None
    area_now: str = ""
    source_system: str = "sohoa"


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The answer to one need (trả lời tra cứu).

    `pending` counts papers of that owner and type still on their way; None where it was not counted
    (refused, or no answer). `types` are the result types that were looked for.
    """

    code: DecisionCode
    reason_vi: str
    candidates: tuple[Evidence, ...]
    pending: int | None
    need: Need = Need()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the asker should look at before relying on the answer (cảnh báo đối chiếu)."""

    code: str
    text_vi: str


AMBIGUOUS_OWNER = Caution(
    "DINH_DANH_KHONG_DUY_NHAT",
    "Số định danh này gắn với nhiều hơn một số khác nên không ghép kết quả của các số ấy. "
    "Đối chiếu họ tên, ngày sinh và tra cứu theo số định danh hiện nay.",
)
NAME_DIFFERS = Caution(
    "HO_TEN_KHAC",
    "Họ tên trên giấy khác họ tên đã nêu. Đối chiếu giấy tờ tuỳ thân trước khi sử dụng.",
)
BIRTH_DIFFERS = Caution(
    "NGAY_SINH_KHAC",
    "Năm sinh đã nêu khác năm sinh trong số định danh. Kiểm tra lại số định danh và ngày sinh.",
)


@dataclass(frozen=True, slots=True)
class InquiryAnswer:
    """The answers to an inquiry in the order of its needs (trả lời nhiều thành phần), and cautions.

    `unknown`: needs whose code no list names; "none" is not the answer to a slip of the pen.
    """

    answers: tuple[LookupAnswer, ...]
    cautions: tuple[Caution, ...] = ()
    unknown: tuple[Need, ...] = ()


def find_types(need: Need, rows: Sequence[RequirementType], day: date) -> tuple[str, ...]:
    """The result types that fulfil a need on that day; none for a requirement without a row."""
    if not need.requirement:
        return (need.type_code,)
    fits = [row.type_code for row in rows if row.requirement == need.requirement and row.holds(day)]
    return tuple(dict.fromkeys(fits))
