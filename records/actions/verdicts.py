"""What may be done with verdicts on signatures (kết luận chữ ký): replace, list changes, say they were seen.

A record's verdict changes together with its result, so that a reuse answer never rests on an old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from records.access import Permission, Principal, authorize
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED, RESTRICTED_TITLE, get_visible, may_see
from records.actions.subscriptions import announce_signature
from records.errors import RecordNotFound
from records.model import Record
from records.ports import Store, UnitOfWork
from records.states import SignatureValue
from records.verdicts import Audience, Cause, Outcome, SignatureVerdict

VERDICT_CHANGED = "verdict.changed"
"""Kind of the outbox event that tells others of a changed verdict; its subject is the record."""
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """A judgement to be kept (kết luận mới): what was found, by which rules and bundle, and why."""

    value: SignatureValue
    indication: str
    headline_vi: str
    report_sha256: str | None
    policy: str
    trust: str | None
    cause: Cause
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of verdict as a list shows it (một thay đổi kết luận), with the record and who has seen it."""

    verdict: SignatureVerdict
    title: str
    seen: bool


def keep_verdict(work: UnitOfWork, acting: Acting, record: Record, new: NewVerdict) -> Record:
    """Enter a judgement into the history; unless it does not count, the record carries it from now on.

    A changed verdict reaches the result, the index, the audit log and those who read of it in one commit.
    """
    verdict = _build_row(acting, record, new)
    if new.outcome in (Outcome.FIRST, Outcome.KEPT):
        work.verdicts.add(verdict)
        return record
    saved = work.records.save(
        replace(
            record,
            signature_value=new.value,
            signature_indication=new.indication,
            signature_headline_vi=new.headline_vi,
            report_sha256=new.report_sha256,
            updated_at=acting.at,
        )
    )
    added = work.verdicts.add(verdict)
    if new.outcome is Outcome.CHANGED:
        _tell(work, acting, record, saved, added)
    return saved


def _build_row(acting: Acting, record: Record, new: NewVerdict) -> SignatureVerdict:
    is_first = new.outcome is Outcome.FIRST
    return SignatureVerdict(
        record_id=record.id,
        unit=record.unit,
        at=acting.at,
        cause=new.cause,
        outcome=new.outcome,
        value=new.value,
        indication=new.indication,
        headline_vi=new.headline_vi,
        report_sha256=new.report_sha256,
        policy=new.policy,
        trust=new.trust,
        reason=new.reason,
        value_before=None if is_first else record.signature_value,
        headline_before=None if is_first else record.signature_headline_vi,
    )


def _tell(work: UnitOfWork, acting: Acting, before: Record, after: Record, verdict: SignatureVerdict) -> None:
    """Result, events and audit row of a change."""
    result = work.results.find_by_record(after.id)
    if result is not None and result.signature is not after.signature_value:
        changed = work.results.save(replace(result, signature=after.signature_value, updated_at=acting.at))
        entry = acting.entry(
            "result.recheck", "result", result.id, unit=after.unit, before=result, after=changed,
            value=changed.signature.value,
        )  # fmt: skip
        work.audit.add(entry)
        announce_signature(work, changed, verdict.number, acting.at)
    work.outbox.add(RECORD_CHANGED, after.id, after.version, acting.at)
    work.outbox.add(VERDICT_CHANGED, after.id, after.version, acting.at)
    entry = acting.entry(
        "record.recheck", "record", after.id, unit=after.unit, before=before, after=after,
        verdict=verdict.number, cause=verdict.cause.value, value=after.signature_value.value,
        report=after.report_sha256, policy=verdict.policy, trust=verdict.trust,
    )  # fmt: skip
    work.audit.add(entry)


def build_audience(principal: Principal) -> Audience:
    """Whose changes somebody may read: those of the records they may open."""
    return Audience(
        principal.id, principal.scope(Permission.RECORD_READ), principal.scope(Permission.RECORD_RESTRICTED)
    )


def list_changes(
    store: Store, acting: Acting, *, unseen: bool, limit: int, offset: int
) -> tuple[Sequence[ChangeRow], bool]:
    """Changes of verdict the caller may see, newest first, and whether there are more; audited."""
    authorize(acting.principal, Permission.RECORD_READ)
    audience = build_audience(acting.principal)
    with store.write() as work:
        found = list(work.verdicts.changes(audience, unseen=unseen, limit=limit + 1, offset=offset))
        shown = found[:limit]
        seen = work.verdicts.seen(acting.principal.id, [verdict.number for verdict in shown])
        records = work.records.get_many(sorted({verdict.record_id for verdict in shown}))
        work.audit.add(
            acting.entry(
                "verdict.list", "verdict", "changes", unit=acting.principal.home_unit, verdicts=len(shown)
            )
        )
        work.commit()
    rows = [
        ChangeRow(verdict, _find_title(acting, records[verdict.record_id]), verdict.number in seen)
        for verdict in shown
    ]
    return rows, len(found) > limit


def _find_title(acting: Acting, record: Record) -> str:
    return record.title if may_see(acting, record) else RESTRICTED_TITLE


def count_unseen(store: Store, principal: Principal, timeout: float | None = None) -> int:
    """How many changes somebody has not yet said to have seen, counted up to `MOST_COUNTED`."""
    if not principal.may(Permission.RECORD_READ):
        return 0
    with store.read(timeout) as work:
        return work.verdicts.count_unseen(build_audience(principal), MOST_COUNTED)


def read_verdicts(store: Store, acting: Acting, record_id: str) -> Sequence[SignatureVerdict]:
    """Every judgement of a record's signatures, newest first."""
    with store.read() as work:
        record = get_visible(work, acting, record_id)
        return work.verdicts.of_record(record.id)


def mark_seen(store: Store, acting: Acting, number: int) -> None:
    """Say that one has seen a change; raises `RecordNotFound` where there is none one may see."""
    with store.write() as work:
        verdict = work.verdicts.get_change(number)
        if not may_see(acting, work.records.get(verdict.record_id)):
            raise RecordNotFound("Không có thay đổi kết luận này.", number=number)
        work.verdicts.mark_seen(acting.principal.id, [number], acting.at)
        work.audit.add(
            acting.entry("verdict.seen", "record", verdict.record_id, unit=verdict.unit, verdict=number)
        )
        work.commit()


def mark_all_seen(store: Store, acting: Acting) -> None:
    """Say that one has seen every change there is by now."""
    with store.write() as work:
        work.verdicts.mark_all_seen(acting.principal.id, acting.at)
        work.audit.add(acting.entry("verdict.seen", "verdict", "changes", unit=acting.principal.home_unit))
        work.commit()
