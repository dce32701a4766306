"""Verdicts and re-checks in words (kết luận và kiểm tra lại): one place for pages, API and command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.basis import Basis, find_basis
from ingest.recheck_start import read_progress
from records.actions.acting import Acting
from records.actions.verdicts import ChangeRow
from records.verdicts import Cause, Outcome, SignatureVerdict

if TYPE_CHECKING:
    from api.wiring import Service

CAUSE_VI: Mapping[str, str] = {
    Cause.STORED: "Lúc lưu hồ sơ",
    Cause.SCHEDULE: "Kiểm tra định kỳ",
    Cause.EVIDENCE: "Bằng chứng hoặc chứng thư sắp hết hạn",
    Cause.BASIS: "Bộ chứng thư tin cậy hoặc quy tắc kiểm tra thay đổi",
    Cause.MANUAL: "Kiểm tra lại theo yêu cầu",
    Cause.RETRY: "Kiểm tra lại sau lần chưa làm được",
    Cause.COMPARED: "Đã đối chiếu xong các trang",
}
OUTCOME_VI: Mapping[str, str] = {
    Outcome.FIRST: "Kết luận đầu tiên",
    Outcome.SAME: "Không đổi",
    Outcome.CHANGED: "Đã thay đổi",
    Outcome.KEPT: "Giữ kết luận trước",
}
REASON_VI: Mapping[str, str] = {
    "": "",
    "not_done": "Lần kiểm tra này chưa xong nên không tính; sẽ kiểm tra lại.",
    "outage": "Không hỏi được máy chủ của nơi cấp chứng thư nên không tính; sẽ kiểm tra lại.",
    "no_bundle": "Chưa nạp bộ chứng thư tin cậy nên không so sánh được.",
    "revocation_not_known": "Chứng thư từng bị thu hồi mà lần này không hỏi được; sẽ kiểm tra lại.",
    "held_when_checked": "Chứng thư nay đã hết hạn; lần kiểm tra khi còn hạn vẫn làm chứng.",
}


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One judgement in words (một lần kết luận bằng lời)."""

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
    value: str
    headline_vi: str
    value_before: str | None
    headline_before: str | None
    indication: str
    policy: str
    trust: str | None
    report_sha256: str | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of verdict in words (một thay đổi kết luận), the record's title, whether it was seen."""

    verdict: VerdictLine
    title: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How the re-checks stand (tiến độ): counts, rules and bundle in use; `trust` None without one."""

    records: int
    due: int
    queued: int
    failing: int
    policy: str
    trust: str | None


def describe_verdict(verdict: SignatureVerdict) -> VerdictLine:
    """A judgement with its Vietnamese words."""
    return VerdictLine(
        number=verdict.number,
        record_id=verdict.record_id,
        unit=verdict.unit,
        at=verdict.at,
        cause=verdict.cause.value,
        cause_vi=CAUSE_VI[verdict.cause],
        outcome=verdict.outcome.value,
        outcome_vi=OUTCOME_VI[verdict.outcome],
        reason=verdict.reason,
        reason_vi=REASON_VI.get(verdict.reason, ""),
        value=verdict.value.value,
        headline_vi=verdict.headline_vi,
        value_before=verdict.value_before.value if verdict.value_before else None,
        headline_before=verdict.headline_before,
        indication=verdict.indication,
        policy=verdict.policy,
        trust=verdict.trust,
        report_sha256=verdict.report_sha256,
    )


def describe_changes(rows: Sequence[ChangeRow]) -> list[ChangeLine]:
    """Changes with their words, in order."""
    return [ChangeLine(describe_verdict(row.verdict), row.title, row.seen) for row in rows]


def find_progress(service: "Service", acting: Acting) -> Progress:
    """How the re-checks of the caller's units stand, under the roots that are in the folder now."""
    basis: Basis = find_basis(service.trust)
    counts = read_progress(service.store, acting, None if basis.trust is None else str(basis))
    return Progress(counts.records, counts.due, counts.queued, counts.failing, basis.policy, basis.trust)
