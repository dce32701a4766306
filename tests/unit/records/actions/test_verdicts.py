"""A verdict that is kept: what it changes, whom it tells, and who may put it aside."""

from dataclasses import replace
from typing import Any

import pytest

from records.access import SYSTEM, Principal, Role, Scope, build_reach
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED, RESTRICTED_TITLE
from records.actions.verdicts import (
    MOST_COUNTED,
    VERDICT_CHANGED,
    NewVerdict,
    count_unseen,
    keep_verdict,
    list_changes,
    mark_all_seen,
    mark_seen,
    read_verdicts,
)
from records.errors import AccessDenied, RecordNotFound
from records.model import Record
from records.states import Confidentiality, SignatureValue
from records.subscriptions import NoticeKind
from records.uses import EvidenceUse
from records.verdicts import Cause, Outcome
from tests.factories import NOW, UNIT, add_record, build_hash, build_result
from tests.fakes import FakeStore, FixedClock

MACHINE = Acting(SYSTEM, NOW, "test")


def build_new(**changes: Any) -> NewVerdict:
    """A re-check that found the certificate revoked."""
    values: dict[str, Any] = {
        "value": SignatureValue.UNDETERMINED,
        "indication": "INDETERMINATE",
        "headline_vi": "Chứng thư số của người ký đã bị thu hồi.",
        "report_sha256": "cd",
        "policy": "sohoa-verify 2",
        "trust": "vgca 2026.1",
        "cause": Cause.SCHEDULE,
        "outcome": Outcome.CHANGED,
    }
    return NewVerdict(**values | changes)


def make_person(role: Role, unit: str = UNIT) -> Acting:
    """Somebody with a role in one unit."""
    reach = build_reach({role: Scope(frozenset({unit}))})
    return Acting(Principal("an", "An", "person", reach, unit), NOW, "web")


@pytest.fixture
def store() -> FakeStore:
    """An empty store."""
    return FakeStore(FixedClock())


def add_used(store: FakeStore, **changes: Any) -> Record:
    """A valid record whose result one office has used in a dossier."""
    with store.write() as work:
        record = add_record(work, signature_value=SignatureValue.VALID, report_sha256="ab", **changes)
        result = build_result(record.id, signature=SignatureValue.VALID)
        work.results.add(result)
        use = EvidenceUse(
            "use-1", result.id, "H15-1", "1.011442", "", "key-1", "machine", UNIT, NOW, 1,
            build_hash("file"), None,
        )  # fmt: skip
        work.uses.add(use)
        work.commit()
    return record


def keep(store: FakeStore, record: Record, new: NewVerdict) -> Record:
    """The verdict kept and committed."""
    with store.write() as work:
        kept = keep_verdict(work, MACHINE, record, new)
        work.commit()
    return kept


def test_a_changed_verdict_reaches_all_that_rest_on_it(store: FakeStore) -> None:
    """Record, result, both events, two audit rows, history, and a notice to whoever used the result."""
    record = add_used(store)
    kept = keep(store, record, build_new())
    with store.read() as work:
        result = work.results.find_by_record(record.id)
        assert result is not None
        assert (kept.signature_value, result.signature) == (SignatureValue.UNDETERMINED,) * 2
        assert (kept.report_sha256, kept.version) == ("cd", record.version + 1)
        events = [(event.kind, event.version) for event in work.outbox.due(NOW, 10)]
        assert events == [(RECORD_CHANGED, kept.version), (VERDICT_CHANGED, kept.version)]
        actions = [entry.action for _id, entry in work.audit.page(limit=10)[0]]
        assert sorted(actions) == ["record.recheck", "result.recheck"]
        (verdict,) = work.verdicts.of_record(record.id)
        assert (verdict.value_before, verdict.headline_before) == (
            SignatureValue.VALID,
            record.signature_headline_vi,
        )
        (notice,) = work.clients.notices.after("key-1", 0, 10)
        assert (notice.kind, notice.body["signature"]) == (NoticeKind.SIGNATURE, "khong_xac_dinh")


def test_the_same_verdict_changes_the_report_alone(store: FakeStore) -> None:
    """No event, no audit row, no notice; the newer report holds."""
    record = add_used(store)
    kept = keep(store, record, build_new(value=SignatureValue.VALID, outcome=Outcome.SAME))
    with store.read() as work:
        assert work.records.get(record.id) == kept
        assert kept.report_sha256 == "cd"
        assert list(work.outbox.due(NOW, 10)) == []
        assert work.audit.page(limit=10)[1] == 0
        assert list(work.clients.notices.after("key-1", 0, 10)) == []


def test_what_does_not_count_leaves_the_record(store: FakeStore) -> None:
    """Kept and first verdicts are entered into the history only."""
    record = add_used(store)
    assert keep(store, record, build_new(outcome=Outcome.KEPT, reason="outage")) == record
    assert keep(store, record, build_new(outcome=Outcome.FIRST)) == record
    with store.read() as work:
        assert work.records.get(record.id) == record
        first, kept = work.verdicts.of_record(record.id)
        assert (first.value_before, first.headline_before) == (None, None)
        assert (kept.value_before, kept.reason) == (SignatureValue.VALID, "outage")


def test_another_headline_under_the_same_value_tells_no_client(store: FakeStore) -> None:
    """The result's value is as before: record and index change, the result does not."""
    record = add_used(store)
    keep(store, record, build_new(value=SignatureValue.VALID, headline_vi="Chữ ký hợp lệ; bổ sung."))
    with store.read() as work:
        result = work.results.find_by_record(record.id)
        assert result is not None
        assert result.version == 1
        assert list(work.clients.notices.after("key-1", 0, 10)) == []
        assert len(work.outbox.due(NOW, 10)) == 2


def test_lists_only_what_one_may_open(store: FakeStore) -> None:
    """Restricted papers need their right; the look is audited; without the right to read it is refused."""
    open_record = add_used(store)
    with store.write() as work:
        closed = add_record(work, confidentiality=Confidentiality.RESTRICTED)
        work.commit()
    for record in (open_record, closed):
        keep(store, record, build_new())
    rows, more = list_changes(store, make_person(Role.CLERK), unseen=True, limit=10, offset=0)
    assert ([row.verdict.record_id for row in rows], more) == ([open_record.id], False)
    rows, more = list_changes(store, make_person(Role.ARCHIVIST), unseen=True, limit=1, offset=0)
    assert ([row.verdict.record_id for row in rows], more) == ([closed.id], True)
    assert rows[0].title == closed.title != RESTRICTED_TITLE
    with store.read() as work:
        actions = [entry.action for _id, entry in work.audit.page(limit=20)[0]]
    assert actions.count("verdict.list") == 2
    with pytest.raises(AccessDenied):
        list_changes(store, make_person(Role.ADMINISTRATOR), unseen=True, limit=1, offset=0)


def test_putting_aside(store: FakeStore) -> None:
    """One by one or all; another unit's change is not there; who may read nothing has nothing to count."""
    record = add_used(store)
    keep(store, record, build_new())
    clerk, stranger = make_person(Role.CLERK), make_person(Role.CLERK, "H15.99")
    with store.read() as work:
        (verdict,) = work.verdicts.of_record(record.id)
    assert count_unseen(store, clerk.principal) == 1 < MOST_COUNTED
    with pytest.raises(RecordNotFound):
        mark_seen(store, stranger, verdict.number)
    mark_seen(store, clerk, verdict.number)
    assert count_unseen(store, clerk.principal) == 0
    keep(store, replace(record, version=record.version + 1), build_new())
    mark_all_seen(store, clerk)
    assert count_unseen(store, clerk.principal) == 0
    assert count_unseen(store, make_person(Role.ADMINISTRATOR).principal) == 0
    assert len(read_verdicts(store, clerk, record.id)) == 2
    with pytest.raises(RecordNotFound):
        read_verdicts(store, stranger, record.id)
