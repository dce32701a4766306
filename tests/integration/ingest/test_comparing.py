"""A long file that was added to after signing: open at first, compared in the background, then final."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from demo_pki import DemoPki
from signed_samples import sign_as_office

from ingest import comparison
from ingest.comparing import ComparingSteps, build_compare_plan
from ingest.comparison import count_compared, find_comparing, find_looks, verify_wholly
from ingest.jobs import build_compare_job
from ingest.recheck import RecheckSteps
from ingest.signatures import TrustSource
from records.model import Record
from records.states import CaptureState, SignatureStanding, SignatureValue
from records.verdicts import Cause, VerdictDue
from signing.areas import LookPlan, PageLook
from tests.factories import add_file, build_record
from tests.line import UNIT, Line
from tests.pki.fixtures import NOON, build_pdf, pki, plain_pdf

__all__ = ["pki", "plain_pdf"]
pytestmark = pytest.mark.sql
PAGES = 5


@pytest.fixture
def long_pdf(pki: DemoPki) -> bytes:
    """A paper longer than a first answer may compare, signed by leader and agency."""
    return sign_as_office(build_pdf(PAGES), pki)


@pytest.fixture
def waiting(line: Line, long_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> Record:
    """Its record, stored with a verdict that waits; parts are small, so that there are several."""
    monkeypatch.setattr(comparison, "PAGES_A_PART", 2)
    line.steps = replace(line.steps, look=LookPlan(pages=1))
    sha256 = line.blobs.put(long_pdf)
    standing = line.steps.verify_blob(sha256)
    assert standing.is_unfinished
    with line.store.write() as work:
        file = add_file(work, {"unit": UNIT, "state": CaptureState.VERIFY}, state=CaptureState.VERIFY)
        record = build_record(
            file.id, file.batch_id, unit=UNIT, signature_standing=SignatureStanding.ARRIVED_SIGNED,
            original_sha256=sha256, original_format="pdf", signature_value=standing.value,
            signature_indication=standing.indication, signature_headline_vi=standing.headline_vi,
            report_sha256=standing.report_sha256,
        )  # fmt: skip
        work.records.add(record)
        work.jobs.enqueue(build_compare_job(record.id, standing.report_sha256 or ""))
        work.commit()
    return record


def argument_of(record: Record) -> str:
    """The argument of the record's job."""
    return build_compare_job(record.id, record.report_sha256 or "").argument


def read(line: Line, record_id: str) -> Record:
    """The record as it is now."""
    with line.store.read() as work:
        return work.records.get(record_id)


def test_the_background_compares_every_page_and_the_verdict_becomes_final(
    line: Line, waiting: Record
) -> None:
    """Indeterminate until done; then a report with all pages and a row in the verdict's history."""
    assert waiting.signature_value is SignatureValue.UNDETERMINED
    assert "đối chiếu" in waiting.signature_headline_vi
    line.run_jobs([build_compare_plan(line.steps)])
    record = read(line, waiting.id)
    report = json.loads(line.blobs.read(record.report_sha256 or ""))
    assert record.report_sha256 != waiting.report_sha256
    assert report["comparison"] == {"done": PAGES, "total": PAGES}
    assert report["summary"]["integrity"] == "extended"
    with line.store.read() as work:
        causes = [verdict.cause.value for verdict in work.verdicts.of_record(record.id)]
    assert causes == ["compared"]


def test_what_was_compared_is_not_compared_again(
    line: Line, waiting: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash only the parts without a result are drawn; progress counts those that have one."""
    steps = ComparingSteps(line.steps)
    comparing = find_comparing(json.loads(line.blobs.read(waiting.report_sha256 or "")))
    assert comparing is not None
    end = comparing.revisions[0][1]
    with line.store.write() as work:
        looks = [PageLook(end, 1), PageLook(end, 2)]
        work.steps.put(comparison.part_key(comparing.sha256, 0), comparison.looks_to_json(looks))
        assert count_compared(work.steps, comparing) == 2
        work.commit()
    asked: list[int] = []
    real = comparison.compare_in_child

    def note(pool: object, path: Path, revisions: object, pages: range) -> list[PageLook]:
        asked.extend(pages)
        return real(pool, path, revisions, pages)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr("ingest.comparing.compare_in_child", note)
    assert steps.compare(argument_of(waiting), {}) == comparing.sha256
    assert asked == [3, 4, 5]
    with line.store.read() as work:
        assert [look.page for look in find_looks(work.steps, comparing.sha256)] == [1, 2, 3, 4, 5]
    # A later check finds all of it and waits for nothing.
    assert not line.steps.verify_blob(comparing.sha256).is_unfinished


def test_a_record_that_waits_for_nothing_is_left_alone(line: Line, waiting: Record) -> None:
    """The job run twice changes the record once."""
    plan = build_compare_plan(line.steps)
    line.run_jobs([plan])
    version = read(line, waiting.id).version
    steps = ComparingSteps(line.steps)
    assert steps.compare(argument_of(read(line, waiting.id)), {}) == ""
    assert steps.keep(argument_of(waiting), {"judge": ""}) == ""
    assert read(line, waiting.id).version == version


def test_a_page_that_takes_down_its_child_is_found_and_told(
    line: Line, long_pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of time is narrowed down by halves to single pages, each a problem and no exception."""
    path = tmp_path / "a.pdf"
    path.write_bytes(long_pdf)
    monkeypatch.setattr(comparison, "_SECONDS", 0.0)
    monkeypatch.setattr(comparison, "_SECONDS_A_PAGE", 0.0)
    looks = comparison.compare_in_child(line.pool, path, ((0, 1000),), [1, 2])
    assert [(look.page, look.problem) for look in looks] == [
        (1, "drawing_failed:EngineTimedOut"),
        (2, "drawing_failed:EngineTimedOut"),
    ]


def test_without_a_service_all_pages_are_compared_at_once(
    line: Line, long_pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line tells its progress and ends with the final verdict; without time it stays open."""
    monkeypatch.setattr(comparison, "PAGES_A_PART", 2)
    path = tmp_path / "a.pdf"
    path.write_bytes(long_pdf)
    told: list[tuple[int, int]] = []
    plan = LookPlan(pages=1)
    whole = verify_wholly(
        line.pool, path, TrustSource(), NOON, 60.0, lambda done, total: told.append((done, total)), plan
    )
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert not whole.is_unfinished
    cut_short = verify_wholly(line.pool, path, TrustSource(), NOON, -1.0, lambda *_: None, plan)
    assert cut_short.is_unfinished


def test_a_recheck_of_a_long_file_is_compared_to_the_end_too(line: Line, waiting: Record) -> None:
    """A check again that does not get through all pages keeps the verdict and queues the rest."""
    line.run_jobs([build_compare_plan(line.steps)])
    final = read(line, waiting.id)
    with line.store.write() as work:
        work.steps.prune(line.clock.now() + timedelta(days=1))
        now = line.clock.now()
        due = VerdictDue(final.id, final.unit, "", now, now, Cause.MANUAL, queued_at=now)
        work.verdicts.put_due(due)
        work.commit()
    again = RecheckSteps(line.steps)
    assert again.keep(final.id, {"judge": again.judge(final.id, {})}) == "kept"
    assert read(line, final.id).report_sha256 == final.report_sha256
    line.run_jobs([build_compare_plan(line.steps)])
    after = read(line, final.id)
    report = json.loads(line.blobs.read(after.report_sha256 or ""))
    assert report["comparison"] == {"done": PAGES, "total": PAGES}
    assert after.signature_value is final.signature_value
