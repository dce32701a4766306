"""Handing results out, as it travels (giao kết quả): uses, previews, reports of wrong data."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing, ShortText
from api.schemas.reuse import EvidenceOut
from records.mismatches import MismatchState

DossierText = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S")]


class UseIn(Incoming):
    """What a result is used for (mục đích sử dụng): dossier and procedure, both needed."""

    dossier: DossierText
    procedure: DossierText
    legal_basis: Annotated[str, Field(max_length=500)] = ""


class UseOut(Outgoing):
    """A use (lần sử dụng): the version and bytes handed out, where file and report are fetched."""

    id: str
    evidence: EvidenceOut
    dossier: str
    procedure: str
    at: datetime
    version: int
    sha256: str | None
    file: str | None
    report: str | None


class PreviewOut(Outgoing):
    """A one-time link (đường xem trước): for this caller, once, until `expires_at`."""

    url: str
    expires_at: datetime


class MismatchIn(Incoming):
    """What does not fit (nội dung sai lệch) and whom to ask about it."""

    dossier: DossierText
    procedure: DossierText
    what: Annotated[str, Field(min_length=5, max_length=2000, pattern=r"\S")]
    contact: ShortText


class MismatchAnswerIn(Incoming):
    """The answer of the unit that keeps the result (trả lời của đơn vị lưu giữ)."""

    answer: Annotated[str, Field(min_length=5, max_length=2000, pattern=r"\S")]


class MismatchOut(Outgoing):
    """A report of wrong data (báo sai lệch) and what became of it."""

    id: Code
    result_id: str
    unit: str
    dossier: str
    what: str
    contact: str
    asking_unit: str | None
    at: datetime
    state: MismatchState
    answer: str | None
    answered_at: datetime | None
