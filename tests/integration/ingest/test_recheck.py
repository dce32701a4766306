"""Records judged again on real parts: what changes, what stays, what survives a crash."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from signed_samples import sign_with

from ingest.history import begin_history, read_report
from ingest.recheck import RecheckSteps, enqueue_due
from ingest.recheck_rules import HELD_WHEN_CHECKED, NOT_DONE
from ingest.recheck_start import mark_due, start_recheck, start_rechecks
from ingest.signatures import TrustSource
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.verdicts import VERDICT_CHANGED
from records.errors import AccessDenied
from records.model import Record
from records.states import SignatureStanding, SignatureValue
from records.verdicts import Cause, Outcome, SignatureVerdict, VerdictDue
from signing.fetch import FetchRules
from tests.factories import add_record, build_result
from tests.line import UNIT, FixedClock, Line, make_person, open_line
from tests.pki.fixtures import NOON, build_pdf
from tests.pki.network import REVOKED_LATER, Network, run_network

pytestmark = [pytest.mark.sql]
V = SignatureValue
AFTER = REVOKED_LATER + timedelta(days=1)


class MovedClock(FixedClock):
    """A clock that stands still until moved."""

    def move_to(self, moment: datetime) -> None:
        """Stand at another moment."""
        self._moment = moment


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The invented services."""
    with run_network(tmp_path_factory.mktemp("keys")) as network:
        yield network


@pytest.fixture
def trust(tmp_path: Path, network: Network) -> TrustSource:
    """An empty trust folder; fetching allowed."""
    network.now = NOON
    network.odd.clear()
    folder = tmp_path / "trust"
    folder.mkdir()
    rules = FetchRules(online=True, folder=tmp_path / "evidence", allowed=frozenset({network.host}))
    return TrustSource(folder, fetch=rules)


@pytest.fixture
def clock() -> MovedClock:
    """Stands at the frozen noon."""
    return MovedClock(NOON)


@pytest.fixture
def line(
    request: pytest.FixtureRequest, tmp_path: Path, trust: TrustSource, clock: MovedClock, network: Network
) -> Iterator[Line]:
    """A line with one child and the network's roots; on PostgreSQL for those tests that ask for it."""
    folder = tmp_path / "line"
    folder.mkdir()
    fill_bundle(trust, network)
    url = request.getfixturevalue("postgres_url") if getattr(request, "param", "") == "postgres" else ""
    with open_line(folder, tmp_path / "memory", url, trust=trust, workers=1, clock=clock) as line:
        yield line


on_both = pytest.mark.parametrize(
    "line", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def fill_bundle(trust: TrustSource, network: Network, version: str = "1") -> None:
    """Write the trust folder as its administrator would."""
    assert trust.folder is not None
    for role in ("root", "sub-ca"):
        (trust.folder / f"{role}.crt").write_bytes(network.certificate(role).dump())
    text = f'name = "net"\nversion = "{version}"\ndate = "2026-06-15"\nsource = "x"\n'
    (trust.folder / "bundle.toml").write_text(text)


def store_signed(line: Line, network: Network, role: str) -> Record:
    """A record that arrived signed by `role`, confirmed, with a result; as the line stores it."""
    paper = line.blobs.put(sign_with(build_pdf(), network.signer(role), "NguoiKy"))
    standing = line.steps.verify_blob(paper)
    with line.store.write() as work:
        record = add_record(
            work,
            unit=UNIT,
            original_sha256=paper,
            signature_standing=SignatureStanding.ARRIVED_SIGNED,
            signature_value=standing.value,
            signature_indication=standing.indication,
            signature_headline_vi=standing.headline_vi,
            report_sha256=standing.report_sha256,
        )
        work.results.add(build_result(record.id, unit=UNIT, signature=standing.value))
        acting = Acting(SYSTEM, line.clock.now(), "test")
        report = read_report(line.blobs, record.report_sha256)
        begin_history(work, acting, record, report, line.steps.rechecks)
        work.commit()
    return record


def recheck(line: Line) -> int:
    """Everything that is due now, judged; how many."""
    count = 0
    while found := enqueue_due(line.store, line.clock, line.steps.trust, line.steps.rechecks):
        line.run_jobs()
        count += found
    return count


def look(line: Line, record: Record) -> tuple[Record, SignatureValue, list[SignatureVerdict], VerdictDue]:
    """Record, value of its result, history newest first, due row."""
    with line.store.read() as work:
        result, due = work.results.find_by_record(record.id), work.verdicts.find_due(record.id)
        assert result is not None and due is not None
        history = list(work.verdicts.of_record(record.id))
        return work.records.get(record.id), result.signature, history, due


def forget_answers(line: Line) -> None:
    """As if the answers kept on this machine had aged; those kept with the records stay."""
    shutil.rmtree(line.steps.trust.fetch.folder or "", ignore_errors=True)


@on_both
def test_a_revocation_reaches_record_and_result(line: Line, network: Network, clock: MovedClock) -> None:
    """The first verdict and report stay in the history; the new one is on record, result, log and events."""
    record = store_signed(line, network, "later")
    assert record.signature_value is V.VALID
    assert recheck(line) == 0
    clock.move_to(AFTER)
    network.now = AFTER
    forget_answers(line)
    start_recheck(line.store, Acting(make_person("an", Role.ARCHIVIST), AFTER, "test"), record.id)
    assert recheck(line) == 1
    now, result, (changed, first), due = look(line, record)
    assert (now.signature_value, result) == (V.UNDETERMINED, V.UNDETERMINED)
    assert now.signature_headline_vi == "Chứng thư số của người ký đã bị thu hồi."
    assert now.original_sha256 == record.original_sha256
    assert (first.outcome, first.report_sha256) == (Outcome.FIRST, record.report_sha256)
    assert line.blobs.has(record.report_sha256 or "")
    assert (changed.outcome, changed.cause, changed.at) == (Outcome.CHANGED, Cause.MANUAL, AFTER)
    assert (changed.value_before, changed.headline_before) == (V.VALID, record.signature_headline_vi)
    assert (changed.report_sha256, changed.trust) == (now.report_sha256, "net 1")
    assert due.queued_at is None and due.due_at > AFTER and due.checked_at == AFTER
    with line.store.read() as work:
        events = {(event.kind, event.subject_id) for event in work.outbox.due(AFTER, 100)}
        actions = [entry.action for _id, entry in work.audit.page(limit=100)[0]]
    assert {("record.changed", record.id), (VERDICT_CHANGED, record.id)} <= events
    assert actions.count("record.recheck") == actions.count("result.recheck") == 1


def test_new_roots_make_an_undecided_record_valid(
    line: Line, trust: TrustSource, network: Network, clock: MovedClock
) -> None:
    """What was stored before any trust is judged again when a bundle appears; nobody has to call."""
    untrusted = replace(line.steps, trust=TrustSource())
    record = store_signed(replace(line, steps=untrusted), network, "good")
    assert record.signature_value is V.UNDETERMINED
    assert enqueue_due(line.store, clock, TrustSource(), line.steps.rechecks) == 0
    assert recheck(line) == 1
    now, result, (changed, _first), due = look(line, record)
    assert (now.signature_value, result) == (V.VALID, V.VALID)
    assert (changed.cause, changed.trust) == (Cause.BASIS, "net 1")
    assert recheck(line) == 0
    # The same roots under another version are another basis: judged again, found the same.
    fill_bundle(trust, network, "2")
    clock.move_to(NOON + timedelta(minutes=5))
    assert recheck(line) == 1
    now, _result, (same, *_rest), _due = look(line, record)
    assert (same.outcome, same.trust, now.report_sha256) == (Outcome.SAME, "net 2", same.report_sha256)
    assert due.basis != look(line, record)[3].basis


def test_an_outage_keeps_the_verdict_and_is_tried_again(
    line: Line, network: Network, clock: MovedClock
) -> None:
    """A verifier that is killed keeps the verdict, tells why and comes back within hours."""
    record = store_signed(line, network, "good")
    later = NOON + timedelta(days=1)
    clock.move_to(later)
    start_recheck(line.store, Acting(make_person("an", Role.ARCHIVIST), later, "test"), record.id)
    real = line.steps.verify_blob
    broken = RecheckSteps(replace(line.steps))
    undecided = json.loads(line.blobs.read(record.report_sha256 or ""))
    undecided |= {"errors": ["timed_out"], "warnings": ["timed_out"], "signatures": []}
    undecided["summary"] |= {"integrity": "indeterminate", "indication": "INDETERMINATE"}
    report = line.blobs.put(json.dumps(undecided).encode())
    standing = replace(real(record.original_sha256), value=V.UNDETERMINED, report_sha256=report)
    object.__setattr__(broken.steps, "verify_blob", lambda _sha, earlier=None: standing)
    assert enqueue_due(line.store, clock, line.steps.trust, line.steps.rechecks) == 1
    assert broken.keep(record.id, {"judge": broken.judge(record.id, {})}) == "kept"
    now, result, (kept, _first), due = look(line, record)
    assert now == record
    assert result is V.VALID
    assert (kept.outcome, kept.reason, kept.report_sha256) == (Outcome.KEPT, NOT_DONE, report)
    assert (due.cause, due.due_at - later, due.error_code) == (Cause.RETRY, timedelta(hours=1), NOT_DONE)
    # Run again after a crash, the step enters nothing twice.
    assert broken.keep(record.id, {"judge": broken.judge(record.id, {})}) == ""
    assert len(look(line, record)[2]) == 2
    clock.move_to(later + timedelta(hours=2))
    assert recheck(line) == 1
    _now, _result, (same, *_rest), due = look(line, record)
    assert (same.outcome, due.attempts, due.error_code) == (Outcome.SAME, 0, None)


def test_an_ended_certificate_does_not_undo_what_held(
    line: Line, network: Network, clock: MovedClock
) -> None:
    """Checked and kept while the certificate held: its end alone is no finding."""
    record = store_signed(line, network, "good")
    _now, _result, _history, due = look(line, record)
    clock.move_to(NOON + timedelta(days=301))
    network.now = clock.now()
    forget_answers(line)
    start_recheck(line.store, Acting(make_person("an", Role.ARCHIVIST), clock.now(), "test"), record.id)
    assert recheck(line) == 1
    now, result, (kept, _first), due = look(line, record)
    assert (now.signature_value, result) == (V.VALID, V.VALID)
    assert (kept.outcome, kept.reason) == (Outcome.KEPT, HELD_WHEN_CHECKED)
    assert due.cause is Cause.SCHEDULE and due.error_code is None


def test_a_damaged_file_is_told_and_tried_again(line: Line, network: Network, clock: MovedClock) -> None:
    """A job that fails for good leaves verdict and report, notes the code and comes back later."""
    record = store_signed(line, network, "good")
    path = next(line.folder.glob(f"blobs/**/{record.original_sha256}*"))
    path.chmod(0o600)
    path.write_bytes(b"x")
    start_recheck(line.store, Acting(make_person("an", Role.ARCHIVIST), NOON, "test"), record.id)
    assert enqueue_due(line.store, clock, line.steps.trust, line.steps.rechecks) == 1
    line.run_jobs()
    now, _result, history, due = look(line, record)
    assert now == record and len(history) == 1
    assert (due.error_code, due.cause, due.attempts) == ("FILE_CORRUPTED", Cause.RETRY, 1)
    assert enqueue_due(line.store, clock, line.steps.trust, line.steps.rechecks) == 0


@on_both
def test_scheduled_ones_begin_at_night_and_few_at_a_time(
    line: Line, network: Network, clock: MovedClock
) -> None:
    """By day nothing is taken; at night no more than the limit, until there are none."""
    record = store_signed(line, network, "good")
    rules = replace(line.steps.rechecks, at_once=2)
    with line.store.write() as work:
        for _ in range(5):
            other = add_record(work, unit=UNIT, signature_standing=SignatureStanding.ARRIVED_SIGNED)
            due = work.verdicts.find_due(record.id)
            assert due is not None
            work.verdicts.put_due(replace(due, record_id=other.id, due_at=NOON, cause=Cause.SCHEDULE))
        work.commit()
    clock.move_to(NOON + timedelta(hours=16))
    by_day = enqueue_due(line.store, clock, line.steps.trust, rules)
    clock.move_to(NOON + timedelta(hours=24))
    at_night = [enqueue_due(line.store, clock, line.steps.trust, rules) for _ in range(2)]
    assert (by_day, at_night) == (0, [2, 0])


def test_many_are_made_due_by_a_job(line: Line, network: Network, clock: MovedClock) -> None:
    """By unit, with those below, or all; only who may; run again it finds what is left."""
    record = store_signed(line, network, "good")
    clock.move_to(NOON + timedelta(hours=1))
    acting = Acting(make_person("an", Role.ARCHIVIST), clock.now(), "test")
    with pytest.raises(AccessDenied):
        start_rechecks(line.store, Acting(make_person("chi", Role.CLERK), clock.now(), "test"), None)
    start_rechecks(line.store, acting, UNIT)
    line.run_jobs()
    assert look(line, record)[3].cause is Cause.MANUAL
    assert recheck(line) == 1
    argument = json.dumps({"units": None, "at": acting.at.isoformat()})
    assert mark_due(line.store, argument) == "done"
    assert look(line, record)[3].cause is not Cause.MANUAL


def test_a_report_that_is_gone_is_made_anew(line: Line, network: Network, clock: MovedClock) -> None:
    """Without the earlier report the check is made all the same; the same value is no change."""
    record = store_signed(line, network, "good")
    path = next(line.folder.glob(f"blobs/**/{record.report_sha256}*"))
    path.chmod(0o600)
    path.unlink()
    start_recheck(line.store, Acting(make_person("an", Role.ARCHIVIST), NOON, "test"), record.id)
    clock.move_to(NOON + timedelta(minutes=1))
    assert recheck(line) == 1
    now, result, (same, _first), _due = look(line, record)
    assert (same.outcome, now.signature_value, result) == (Outcome.SAME, V.VALID, V.VALID)
    assert line.blobs.has(now.report_sha256 or "")


def test_the_bundle_in_the_history_is_the_one_that_was_used(
    line: Line, trust: TrustSource, network: Network, clock: MovedClock
) -> None:
    """The folder changes between queueing and checking, and again before the verdict is entered."""
    record = store_signed(line, network, "good")
    fill_bundle(trust, network, "2")
    clock.move_to(NOON + timedelta(minutes=1))
    assert enqueue_due(line.store, clock, trust, line.steps.rechecks) == 1
    fill_bundle(trust, network, "3")
    steps = RecheckSteps(line.steps)
    judged = steps.judge(record.id, {})
    fill_bundle(trust, network, "4")
    assert steps.keep(record.id, {"judge": judged}) == "same"
    _now, _result, (same, _first), due = look(line, record)
    assert (same.trust, "net 3" in due.basis) == ("net 3", True)
    clock.move_to(NOON + timedelta(minutes=2))
    assert enqueue_due(line.store, clock, trust, line.steps.rechecks) == 1
