"""Reuse lookups as they travel (tra cứu tái sử dụng)."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing
from records.states import ResultState, SignatureValue
from search.decision import DecisionCode

Scheme = Literal["cccd", "mst", "cmnd", "to_chuc", ""]


class OwnerIn(Incoming):
    """The exact owner (chủ thể); scheme "" is guessed from the form."""

    scheme: Scheme = ""
    id: Annotated[str, Field(min_length=1, max_length=64)]


class PurposeIn(Incoming):
    """Why it is asked (mục đích): without dossier and procedure the answer is a refusal."""

    dossier: Annotated[str, Field(max_length=64)] = ""
    procedure: Annotated[str, Field(max_length=64)] = ""
    legal_basis: Annotated[str, Field(max_length=500)] = ""


class LookupIn(Incoming):
    """One question (câu hỏi tra cứu); `as_of` is today when left out."""

    owner: OwnerIn
    type: Code
    as_of: date | None = None
    purpose: PurposeIn | None = None


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


class LookupOut(Outgoing):
    """The answer (trả lời): a stable code, the reason, the results, papers still on their way."""

    code: DecisionCode
    reason_vi: str
    candidates: list[EvidenceOut]
    pending: int | None


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
