"""Reuse lookups as they travel (tra cứu tái sử dụng)."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from api.schemas.base import Code, Incoming, Outgoing
from records.states import ResultState, SignatureValue
from search.decision import DecisionCode
from search.needs import MAXIMUM_NEEDS

Scheme = Literal["cccd", "mst", "cmnd", "to_chuc", ""]
Expected = Literal["any", "one"]


class OwnerIn(Incoming):
    """The exact owner (chủ thể); scheme "" is guessed from the form.

    `name` and `birth_date` are compared for a caution and never searched by.
    """

    scheme: Scheme = ""
    id: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str | None, Field(max_length=200)] = None
    birth_date: date | None = None


class PurposeIn(Incoming):
    """Why it is asked (mục đích): without dossier and procedure the answer is a refusal."""

    dossier: Annotated[str, Field(max_length=64)] = ""
    procedure: Annotated[str, Field(max_length=64)] = ""
    legal_basis: Annotated[str, Field(max_length=500)] = ""


class RequestIn(Incoming):
    """On whose wish it is asked (yêu cầu khai thác): explicitly or not, by whom (role or code), when."""

    explicit: bool
    by: Annotated[str, Field(max_length=64)] = ""
    at: AwareDatetime | None = None


class NeedIn(Incoming):
    """One thing the procedure asks for (thành phần cần có): a result type or a requirement's code."""

    type: Code | None = None
    requirement: Code | None = None
    expect: Expected = "any"

    @model_validator(mode="after")
    def _names_one(self) -> "NeedIn":
        if (self.type is None) is (self.requirement is None):
            raise ValueError("type or requirement")
        return self


class LookupIn(Incoming):
    """A lookup (câu hỏi tra cứu): one `type`, or `needs` of one owner; `as_of` is today when left out."""

    owner: OwnerIn
    type: Code | None = None
    expect: Expected = "any"
    needs: Annotated[list[NeedIn] | None, Field(min_length=1, max_length=MAXIMUM_NEEDS)] = None
    as_of: date | None = None
    purpose: PurposeIn | None = None
    request: RequestIn | None = None

    @model_validator(mode="after")
    def _asks_one_way(self) -> "LookupIn":
        if (self.type is None) is (self.needs is None):
            raise ValueError("type or needs")
        return self


class SignatureCheckOut(Outgoing):
    """What is known of the signatures (kết quả kiểm tra chữ ký); `report` names the report by SHA-256."""

    result: SignatureValue
    level: str | None
    at: datetime | None
    report: str | None


class EvidenceOut(Outgoing):
    """A reusable result: metadata only (kết quả tái sử dụng)."""

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
    check: SignatureCheckOut
    pages: int | None
    area_now: str
    source_system: str


class CautionOut(Outgoing):
    """Something to look at before relying on the answer (cảnh báo đối chiếu)."""

    code: str
    text_vi: str


class LookupOut(Outgoing):
    """The answer (trả lời): a stable code, the reason, the results, papers still on their way."""

    code: DecisionCode
    reason_vi: str
    candidates: list[EvidenceOut]
    pending: int | None


class SingleOut(LookupOut):
    """The answer to one type (trả lời một loại giấy tờ), with cautions about the owner."""

    cautions: list[CautionOut] = Field(default_factory=list[CautionOut])


class NeedOut(Outgoing):
    """What was asked, as it was asked (thành phần đã hỏi)."""

    type: str | None
    requirement: str | None
    expect: Expected


class AnswerOut(LookupOut):
    """The answer to one of several needs (trả lời từng thành phần); `types` were looked for."""

    need: NeedOut
    types: list[str]


class InquiryOut(Outgoing):
    """Answers in the order of the needs (trả lời nhiều thành phần), with cautions about the owner."""

    answers: list[AnswerOut]
    cautions: list[CautionOut]


class CandidatesIn(Incoming):
    """Name, number or words where no identifier is at hand (tìm ứng viên)."""

    q: Annotated[str, Field(min_length=1, max_length=1000)]
    purpose: PurposeIn
    as_of: date | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 10


class CandidateOut(Outgoing):
    """A result that may be the one meant, confirmed in the database (ứng viên)."""

    code: DecisionCode
    reason_vi: str
    evidence: EvidenceOut


class CandidatesOut(Outgoing):
    """Candidates, best first (các ứng viên)."""

    candidates: list[CandidateOut]
