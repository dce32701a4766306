"""Verdicts and re-checks as they travel (kết luận chữ ký, kiểm tra lại)."""

from datetime import datetime

from api.schemas.base import Code, Incoming, Outgoing
from records.states import SignatureValue


class VerdictOut(Outgoing):
    """One judgement of a record's signatures (một lần kết luận)."""

    number: int
    record_id: str
    unit: str
    at: datetime
    cause: str
    cause_vi: str
    outcome: str
    outcome_vi: str
    reason: str
    reason_vi: str
    value: SignatureValue
    headline_vi: str
    value_before: SignatureValue | None
    headline_before: str | None
    indication: str
    policy: str
    trust: str | None
    report_sha256: str | None


class VerdictsOut(Outgoing):
    """Every judgement of a record, newest first (lịch sử kết luận)."""

    items: list[VerdictOut]


class VerdictChangeOut(Outgoing):
    """A change of verdict, and whether the caller has said to have seen it (thay đổi kết luận)."""

    verdict: VerdictOut
    title: str
    seen: bool


class VerdictChangesOut(Outgoing):
    """A page of changes, newest first; `more`: there are others behind (danh sách thay đổi)."""

    items: list[VerdictChangeOut]
    more: bool
    unseen: int


class RecheckIn(Incoming):
    """What to judge again (yêu cầu kiểm tra lại): one record, a unit with those below it, or neither: all."""

    record: Code | None = None
    unit: Code | None = None


class RecheckProgressOut(Outgoing):
    """How the re-checks of the caller's units stand (tiến độ kiểm tra lại)."""

    records: int
    due: int
    queued: int
    failing: int
    policy: str
    trust: str | None
