"""The job that finishes a long file's comparison (công việc đối chiếu nốt) and then judges it for good."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.basis import read_basis
from ingest.comparison import compare_in_child, find_comparing, looks_to_json, part_key
from ingest.history import find_signed
from ingest.jobs import COMPARE_PAGES, CompareJob
from ingest.recheck_rules import Judgement, is_undone, judge_again
from ingest.signatures import Standing
from ingest.steps import CHANNEL, Steps
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED
from records.actions.verdicts import NewVerdict, keep_verdict
from records.model import Record
from records.ports import JobPlan
from records.verdicts import Cause, Outcome


@dataclass(frozen=True)
class ComparingSteps:
    """The steps of comparing one record's file (các bước đối chiếu); the argument is a `CompareJob`."""

    steps: Steps

    def compare(self, argument: str, _results: Mapping[str, str]) -> str:
        """Every part that was not compared yet, each kept when done; "" where nothing waits for it."""
        comparing = find_comparing(self._read(CompareJob.from_json(argument).report_sha256))
        if comparing is None:
            return ""
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.steps.folder) as name:
            path: Path | None = None
            for number, pages in enumerate(comparing.parts):
                key = part_key(comparing.sha256, number)
                with self.steps.store.read() as work:
                    if work.steps.find(key) is not None:
                        continue
                path = path or self.steps.blobs.local_copy(comparing.sha256, Path(name))
                looks = compare_in_child(self.steps.pool, path, comparing.revisions, pages)
                with self.steps.store.write() as work:
                    work.steps.put(key, looks_to_json(looks))
                    work.commit()
        return comparing.sha256

    def judge(self, argument: str, results: Mapping[str, str]) -> str:
        """The verdict with all pages seen; evidence of the first check serves where nothing newer is had."""
        sha256 = results["compare"]
        record = self._find(argument)
        # Its file may have been signed meanwhile: then the verdict is about other bytes.
        if not sha256 or find_signed(record) != sha256:
            return ""
        return self.steps.verify_blob(sha256, earlier=record.report_sha256).to_json()

    def keep(self, argument: str, results: Mapping[str, str]) -> str:
        """The verdict becomes the record's, with history, result, event and audit row, in one commit."""
        if not results["judge"]:
            return ""
        standing = Standing.from_json(results["judge"])
        after = self._read(standing.report_sha256)
        basis = read_basis(after)
        before = self._read(self._find(argument).report_sha256)
        acting = Acting(SYSTEM, self.steps.clock.now(), CHANNEL)
        with self.steps.store.write() as work:
            record = work.records.get(CompareJob.from_json(argument).record_id)
            if standing.is_unfinished or record.report_sha256 == standing.report_sha256:
                return ""
            found = _judge(before, after, record, standing)
            new = NewVerdict(
                standing.value, standing.indication, standing.headline_vi, standing.report_sha256,
                basis.policy, basis.trust, Cause.COMPARED, found.outcome, found.reason,
            )  # fmt: skip
            kept = keep_verdict(work, acting, record, new)
            if found.outcome is Outcome.SAME:
                # The value alone is the same: what is read of it beside the record follows.
                work.outbox.add(RECORD_CHANGED, kept.id, kept.version, acting.at)
            work.commit()
        return found.outcome.value

    def _find(self, argument: str) -> Record:
        with self.steps.store.read() as work:
            return work.records.get(CompareJob.from_json(argument).record_id)

    def _read(self, report_sha256: str | None) -> dict[str, Any]:
        return json.loads(self.steps.blobs.read(report_sha256 or ""))


def _judge(
    before: Mapping[str, Any], after: Mapping[str, Any], record: Record, standing: Standing
) -> Judgement:
    """What the finished report does to the record: one that waited had found nothing to be kept."""
    if is_undone(before):
        is_same = record.signature_value is standing.value
        return Judgement(Outcome.SAME if is_same else Outcome.CHANGED)
    return judge_again(before, after, record.signature_value, standing.value)


def build_compare_plan(steps: Steps) -> JobPlan:
    """A record whose verdict waits for pages not compared yet gets its final one."""
    comparing = ComparingSteps(steps)
    return JobPlan(
        kind=COMPARE_PAGES,
        steps=(("compare", comparing.compare), ("judge", comparing.judge), ("keep", comparing.keep)),
    )
