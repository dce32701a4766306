"""The job that finishes a long file's comparison (công việc đối chiếu nốt) and then judges it for good."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.basis import read_basis
from ingest.comparison import (
    Comparing,
    compare_in_child,
    find_comparing,
    looks_to_json,
    part_key,
)
from ingest.jobs import COMPARE_PAGES
from ingest.signatures import Standing
from ingest.steps import CHANNEL, Steps
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.verdicts import NewVerdict, keep_verdict
from records.model import Record
from records.ports import JobPlan
from records.verdicts import Cause, Outcome


@dataclass(frozen=True)
class ComparingSteps:
    """The steps of comparing one record's file (các bước đối chiếu); the argument is the record's id."""

    steps: Steps

    def compare(self, argument: str, _results: Mapping[str, str]) -> str:
        """Every part that was not compared yet, each kept when done; "" where nothing waits for it."""
        record = self._find(argument)
        comparing = self._find_comparing(record)
        if comparing is None:
            return ""
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.steps.folder) as name:
            path: Path | None = None
            for number in range(len(comparing.parts)):
                key = part_key(comparing.sha256, number)
                with self.steps.store.read() as work:
                    if work.steps.find(key) is not None:
                        continue
                path = path or self.steps.blobs.local_copy(comparing.sha256, Path(name))
                looks = compare_in_child(self.steps.pool, path, comparing.revisions, comparing.parts[number])
                with self.steps.store.write() as work:
                    work.steps.put(key, looks_to_json(looks))
                    work.commit()
        return comparing.sha256

    def judge(self, argument: str, results: Mapping[str, str]) -> str:
        """The verdict with all pages seen; evidence of the first check serves where nothing newer is had."""
        if not results["compare"]:
            return ""
        earlier = self._find(argument).report_sha256
        return self.steps.verify_blob(results["compare"], earlier=earlier).to_json()

    def keep(self, argument: str, results: Mapping[str, str]) -> str:
        """The verdict becomes the record's, with history, result, event and audit row, in one commit."""
        if not results["judge"]:
            return ""
        standing = Standing.from_json(results["judge"])
        basis = read_basis(json.loads(self.steps.blobs.read(standing.report_sha256 or "")))
        acting = Acting(SYSTEM, self.steps.clock.now(), CHANNEL)
        with self.steps.store.write() as work:
            record = work.records.get(argument)
            if standing.is_unfinished or record.report_sha256 == standing.report_sha256:
                return ""
            is_same = record.signature_value is standing.value
            new = NewVerdict(
                standing.value,
                standing.indication,
                standing.headline_vi,
                standing.report_sha256,
                basis.policy,
                basis.trust,
                Cause.COMPARED,
                Outcome.SAME if is_same else Outcome.CHANGED,
            )
            keep_verdict(work, acting, record, new)
            work.commit()
        return "kept"

    def _find(self, record_id: str) -> Record:
        with self.steps.store.read() as work:
            return work.records.get(record_id)

    def _find_comparing(self, record: Record) -> Comparing | None:
        if record.report_sha256 is None:
            return None
        return find_comparing(json.loads(self.steps.blobs.read(record.report_sha256)))


def build_compare_plan(steps: Steps) -> JobPlan:
    """A record whose verdict waits for pages not compared yet gets its final one."""
    comparing = ComparingSteps(steps)
    return JobPlan(
        kind=COMPARE_PAGES,
        steps=(("compare", comparing.compare), ("judge", comparing.judge), ("keep", comparing.keep)),
    )
