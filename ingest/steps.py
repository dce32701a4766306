"""The steps of the journey (các bước xử lý), each a function of the job's argument and earlier results.

A step may run twice: what it makes is kept under a key of its input, blobs are written once, ids are made
of what they name. Results are short JSON; texts, images and reports lie in the blob store.
"""

import json
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ingest.appearances import merge_appearances
from ingest.comparison import find_looks
from ingest.evidence import keep_evidence, restore_evidence
from ingest.history import begin_history, read_report
from ingest.jobs import FileJob, build_compare_job
from ingest.recheck_dates import RecheckRules
from ingest.record import build_fields, build_record
from ingest.signatures import ALL_AT_ONCE, NOT_SIGNED, Standing, TrustSource, verify_in_child
from ocr.pagefile import open_page_texts
from ocr.pool import PagePool
from ocr.sidecar import field_to_dict
from ocr.types import Box, FieldCandidate
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.batches import move_file
from records.actions.records import RECORD_CHANGED
from records.errors import ErrorKind, find_error_class
from records.identifiers import build_id
from records.model import Batch, BatchFile
from records.ports import BlobStore, Clock, Store
from records.states import CAPTURE_ENDS, CaptureState, SignatureStanding
from signing.areas import LookPlan
from signing.errors import KeyUnavailable

CHANNEL = "worker"
COMPOSE_FILE = "ocr.work:compose_file"
EXTRACT_FIELDS = "ocr.work:extract_file_fields"
PDF = "pdf"
_EXTRACT_SECONDS = 120.0
_COMPOSE_SECONDS = 60.0
_COMPOSE_SECONDS_A_PAGE = 10.0
Results = Mapping[str, str]


class Signer(Protocol):
    """The digitiser's key (khoá ký của người số hoá); see `signing.sign.DigitiserSigner`."""

    def sign(self, pdf: bytes, *, signer_name: str, at: datetime) -> bytes:
        """`pdf` with the signature appended; raises `KeyUnavailable` when the token is away."""
        ...


@dataclass(frozen=True)
class Steps:
    """Every step with what it needs (các bước và phương tiện); `signer` None: files wait for a key.

    `folder` takes the working copies of the worker and its children.
    """

    store: Store
    blobs: BlobStore
    pool: PagePool
    clock: Clock
    folder: Path
    trust: TrustSource
    signer: Signer | None = None
    rechecks: RecheckRules = field(default_factory=RecheckRules)
    look: LookPlan = ALL_AT_ONCE

    def verify_signatures(self, argument: str, _results: Results) -> str:
        """Every PDF that comes in: verdict and report; its bytes stay as they are."""
        file, _batch = self._load(FileJob.from_json(argument).file_id)
        if file.format != PDF:
            return NOT_SIGNED.to_json()
        return self.verify_blob(file.sha256 or "").to_json()

    def compose(self, argument: str, _results: Results) -> str:
        """The PDF/A with text layer as a rendition of its own; returns its hash."""
        job = FileJob.from_json(argument)
        file, _batch = self._load(job.file_id)
        original = file.sha256 or ""
        return self._once(f"compose:{original[:40]}:{job.text_sha256}", lambda: self._compose(file, job))

    def sign_as_digitiser(self, argument: str, results: Results) -> str:
        """TT 01/2023 Art. 8: the copy is signed before anything is extracted from it.

        A paper that arrived signed keeps its own signatures; its rendition is for reading only. Without a
        key the copy waits.
        """
        arrived = Standing.from_json(results["verify_signatures"])
        rendition = results["compose"]
        if arrived.is_signed:
            return json.dumps({"standing": SignatureStanding.ARRIVED_SIGNED, "rendition": rendition})
        file, batch = self._load(FileJob.from_json(argument).file_id)
        signed = self.sign_rendition(file.id, rendition, batch.created_by)
        if signed is None:
            return json.dumps({"standing": SignatureStanding.AWAITING_DIGITISER, "rendition": rendition})
        return json.dumps(
            {
                "standing": SignatureStanding.SIGNED_BY_DIGITISER,
                "rendition": signed,
                "verdict": self.verify_blob(signed).to_json(),
            }
        )

    def extract_fields(self, argument: str, results: Results) -> str:
        """Candidates for the fields of TT 01/2023 Art. 9, kept as JSON; returns its hash.

        Number and date of an issued document may stand in its signatures alone.
        """
        arrived = Standing.from_json(results["verify_signatures"])
        with self._working_copy(FileJob.from_json(argument).text_sha256) as (pages, _folder):
            found: tuple[FieldCandidate, ...] = self.pool.run(EXTRACT_FIELDS, pages, timeout=_EXTRACT_SECONDS)
            report = read_report(self.blobs, arrived.report_sha256)
            if report is not None:
                found = merge_appearances(found, report, open_page_texts(pages))
        return self.blobs.put(fields_to_json(found))

    def store_record(self, argument: str, results: Results) -> str:
        """Record, fields, event and audit row in one commit; the file then waits for a person."""
        job = FileJob.from_json(argument)
        record_id = build_id("record", job.file_id)
        candidates = fields_from_json(self.blobs.read(results["extract_fields"]))
        signed = json.loads(results["sign_as_digitiser"])
        verdict = Standing.from_json(signed.get("verdict") or results["verify_signatures"])
        report = read_report(self.blobs, verdict.report_sha256)
        acting = self._acting()
        with self.store.write() as work:
            if work.records.find(record_id) is not None:
                return record_id
            file = work.batches.get_file(job.file_id)
            batch = work.batches.get(file.batch_id)
            record = build_record(record_id, batch, file, job, candidates, acting.at)
            record = replace(
                record,
                rendition_sha256=signed["rendition"],
                signature_standing=SignatureStanding(signed["standing"]),
                signature_value=verdict.value,
                signature_indication=verdict.indication,
                signature_headline_vi=verdict.headline_vi,
                report_sha256=verdict.report_sha256,
            )
            fields = build_fields(record_id, file, candidates)
            work.records.add(record)
            work.records.put_fields(record_id, fields)
            begin_history(work, acting, record, report, self.rechecks)
            stored = replace(file, record_id=record_id)
            move_file(work, stored, CaptureState.VERIFY, acting.at)
            work.batches.tell_linked(stored, batch.unit)
            work.outbox.add(RECORD_CHANGED, record_id, record.version, acting.at)
            if verdict.is_unfinished:
                work.jobs.enqueue(build_compare_job(record_id, verdict.report_sha256 or ""))
            work.audit.add(
                acting.entry("record.store", "record", record_id, unit=batch.unit, after=record, file=file.id)
            )
            work.commit()
        return record_id

    def reject_file(self, argument: str, code: str) -> None:
        """The job ended for good: the file is refused with the reason, or put off after a long outage."""
        acting = self._acting()
        error = find_error_class(code)
        then = CaptureState.POSTPONED if error.kind is ErrorKind.UNAVAILABLE else CaptureState.REJECTED
        with self.store.write() as work:
            file = work.batches.get_file(FileJob.from_json(argument).file_id)
            if file.state in CAPTURE_ENDS or file.record_id is not None or file.state is then:
                return
            batch = work.batches.get(file.batch_id)
            told = replace(file, reason_code=code, reason_vi=error.message_vi)
            move_file(work, told, then, acting.at)
            entry = acting.entry(
                f"file.{then.value}", "batch_file", file.id, unit=batch.unit, outcome=code, batch=batch.id
            )
            work.audit.add(entry)
            work.commit()

    def verify_blob(self, sha256: str, *, earlier: str | None = None) -> Standing:
        """Verdict of a kept PDF; report and fetched evidence go into the blob store.

        `earlier`: hash of a former report, whose evidence serves where nothing newer can be fetched.
        """
        folder = self.trust.fetch.folder
        if earlier is not None and folder is not None:
            restore_evidence(self.blobs.read(earlier), folder, self.blobs, self.clock.now())
        with self._working_copy(sha256) as (path, _folder):
            verified = verify_in_child(self.pool, path, self.trust, self.clock.now(), self._plan(sha256))
        if folder is not None:
            keep_evidence(verified.report, folder, self.blobs)
        report = self.blobs.put(verified.report)
        return Standing(
            verified.value, verified.indication, verified.headline_vi, verified.is_signed, report,
            verified.is_unfinished,
        )  # fmt: skip

    def _plan(self, sha256: str) -> LookPlan:
        """The second look with what the background has compared of this file already."""
        with self.store.read() as work:
            return replace(self.look, seen=find_looks(work.steps, sha256))

    def sign_rendition(self, file_id: str, rendition: str, account_id: str) -> str | None:
        """Hash of the rendition signed by the digitiser; None while there is no key at hand.

        The mark names the person who copied (TT 01/2023 Art. 8). Once signed, the same bytes come back.
        """
        signer = self.signer
        if signer is None:
            return None
        with self.store.read() as work:
            name = work.accounts.get(account_id).display_name

        def sign() -> str:
            return self.blobs.put(
                signer.sign(self.blobs.read(rendition), signer_name=name, at=self.clock.now())
            )

        try:
            return self._once(f"sign:{file_id}:{rendition}", sign)
        except KeyUnavailable:
            return None

    def _compose(self, file: BatchFile, job: FileJob) -> str:
        with self._working_copy(file.sha256 or "") as (path, folder):
            out = folder / "rendition.pdf"
            pages = self.blobs.local_copy(job.text_sha256, folder)
            seconds = _COMPOSE_SECONDS + _COMPOSE_SECONDS_A_PAGE * (file.pages or 1)
            self.pool.run(COMPOSE_FILE, path, file.format, pages, out, timeout=seconds)
            return self.blobs.put_file(out)

    def _load(self, file_id: str) -> tuple[BatchFile, Batch]:
        with self.store.read() as work:
            file = work.batches.get_file(file_id)
            return file, work.batches.get(file.batch_id)

    def _once(self, key: str, make: Callable[[], str]) -> str:
        """The kept result under `key`, or what `make` gives, kept; of two at once the first holds."""
        with self.store.read() as work:
            kept = work.steps.find(key)
        if kept is not None:
            return kept
        made = make()
        with self.store.write() as work:
            held = work.steps.put(key, made)
            work.commit()
        return held

    @contextmanager
    def _working_copy(self, sha256: str) -> Generator[tuple[Path, Path]]:
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.folder) as name:
            folder = Path(name)
            yield self.blobs.local_copy(sha256, folder), folder

    def _acting(self) -> Acting:
        return Acting(SYSTEM, self.clock.now(), CHANNEL)


def fields_to_json(fields: tuple[FieldCandidate, ...]) -> bytes:
    """Candidates as JSON, in order."""
    return json.dumps(
        [{**field_to_dict(field), "name": field.name} for field in fields], ensure_ascii=False
    ).encode()


def fields_from_json(data: bytes) -> tuple[FieldCandidate, ...]:
    """Candidates of what `fields_to_json` wrote."""
    return tuple(
        FieldCandidate(
            name=item["name"],
            value=item["value"],
            raw=item["raw"],
            confidence=item["confidence"],
            page=item["page"],
            box=Box(*item["box"]) if item["box"] else None,
            needs_review=item["needs_review"],
            reasons=tuple(item["reasons"]),
        )
        for item in json.loads(data)
    )
