"""A worker that dies by SIGKILL in a re-check leaves one verdict, one audit row and one event."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from demo_pki import make_demo_pki
from signed_samples import sign_as_office

from ingest.recheck import enqueue_due
from records.states import SignatureStanding, SignatureValue
from records.verdicts import Cause, Outcome, VerdictDue
from tests.conftest import ROOT
from tests.factories import add_record, build_result
from tests.line import UNIT, Line, open_line
from tests.pki.fixtures import TODAY, build_pdf

pytestmark = [pytest.mark.sql, pytest.mark.slow]


def start_worker(folder: Path, memory: Path, step: str) -> subprocess.Popen[bytes]:
    """The real worker in a process of its own, which dies once after the body of `step`."""
    command = [sys.executable, "-m", "bench.kill_worker", str(folder), str(memory), "--kill-after", step]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def store_undecided(line: Line, pdf: bytes) -> str:
    """A record whose first check came to no end, due for another; its id."""
    paper = line.blobs.put(pdf)
    standing = line.steps.verify_blob(paper)
    report = json.loads(line.blobs.read(standing.report_sha256 or ""))
    report["summary"] |= {"integrity": "indeterminate", "sub_indication": "GENERIC"}
    now = line.clock.now()
    with line.store.write() as work:
        record = add_record(
            work,
            unit=UNIT,
            original_sha256=paper,
            text_sha256=line.blobs.put(b"[]"),
            signature_standing=SignatureStanding.ARRIVED_SIGNED,
            signature_value=SignatureValue.MISSING,
            report_sha256=line.blobs.put(json.dumps(report).encode()),
        )
        work.results.add(build_result(record.id, unit=UNIT, signature=SignatureValue.MISSING))
        due = VerdictDue(record.id, UNIT, "", now, now, Cause.RETRY)
        work.verdicts.put_due(replace(due, checked_at=now - timedelta(days=1)))
        work.commit()
    return record.id


def wait_until_done(line: Line, seconds: float = 60.0) -> None:
    """Until no job is at it and no event waits."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with line.store.read() as work:
            if work.verdicts.count_queued() + work.outbox.backlog() + work.audit.unsequenced() == 0:
                return
        time.sleep(0.1)
    pytest.fail("not done in time")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", ["judge", "keep"])
def test_a_kill_in_a_recheck_doubles_nothing(step: str, tmp_path: Path, memory_dir: Path) -> None:
    """Killed between a step's work and its mark, the next process goes on and ends with one of each."""
    pki = make_demo_pki(tmp_path / "pki", TODAY, tokens=False)
    with open_line(tmp_path, memory_dir, workers=1) as line:
        record_id = store_undecided(line, sign_as_office(build_pdf(), pki))
        with line.store.read() as work:
            before = work.records.get(record_id)
        assert enqueue_due(line.store, line.clock, line.steps.trust, line.steps.rechecks) == 1
        first = start_worker(tmp_path, memory_dir, step)
        assert first.wait(timeout=60) == -9
        second = start_worker(tmp_path, memory_dir, step)
        try:
            wait_until_done(line)
        finally:
            second.terminate()
            second.wait(timeout=60)
        with line.store.read() as work:
            after, due = work.records.get(record_id), work.verdicts.find_due(record_id)
            history = work.verdicts.of_record(record_id)
            actions = [entry.action for _id, entry in work.audit.page(limit=100)[0]]
            result = work.results.find_by_record(record_id)
    assert [one.outcome for one in history] == [Outcome.CHANGED]
    assert (actions.count("record.recheck"), actions.count("result.recheck")) == (1, 1)
    assert after.version == before.version + 1
    assert result is not None
    assert result.signature is after.signature_value is SignatureValue.UNDETERMINED
    assert due is not None
    assert (due.queued_at, due.attempts, due.cause) == (None, 0, Cause.SCHEDULE)
