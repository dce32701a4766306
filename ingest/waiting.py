"""Signs what waits for the digitiser's key (ký bù hồ sơ chờ chữ ký số), once there is one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from ingest.history import begin_history, read_report
from ingest.jobs import build_sign_job
from ingest.signatures import Standing
from ingest.steps import CHANNEL, Steps
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED
from records.model import Record
from records.ports import Store, UnitOfWork
from records.states import SignatureStanding
from signing.errors import KeyUnavailable

_CHUNK = 500


@dataclass(frozen=True)
class WaitingSteps:
    """The steps of signing one waiting record (các bước ký bù); the argument is the record's id."""

    steps: Steps

    def sign(self, argument: str, _results: Mapping[str, str]) -> str:
        """Hash of the signed rendition, "" when the record no longer waits; `KeyUnavailable` is retried."""
        with self.steps.store.read() as work:
            record = work.records.get(argument)
            person = work.batches.get(record.batch_id).created_by
        if record.signature_standing is not SignatureStanding.AWAITING_DIGITISER:
            return ""
        signed = self.steps.sign_rendition(record.file_id, record.rendition_sha256 or "", person)
        if signed is None:
            raise KeyUnavailable(record=record.id)
        return signed

    def verify(self, _argument: str, results: Mapping[str, str]) -> str:
        """The verdict on what was just signed."""
        return self.steps.verify_blob(results["sign"]).to_json() if results["sign"] else ""

    def keep(self, argument: str, results: Mapping[str, str]) -> str:
        """Record, result, event and audit row in one commit."""
        if not results["sign"]:
            return ""
        verdict = Standing.from_json(results["verify"])
        report = read_report(self.steps.blobs, verdict.report_sha256)
        acting = Acting(SYSTEM, self.steps.clock.now(), CHANNEL)
        with self.steps.store.write() as work:
            record = work.records.get(argument)
            if record.signature_standing is not SignatureStanding.AWAITING_DIGITISER:
                return ""
            signed = work.records.save(
                replace(
                    record,
                    rendition_sha256=results["sign"],
                    signature_standing=SignatureStanding.SIGNED_BY_DIGITISER,
                    signature_value=verdict.value,
                    signature_indication=verdict.indication,
                    signature_headline_vi=verdict.headline_vi,
                    report_sha256=verdict.report_sha256,
                    updated_at=acting.at,
                )
            )
            begin_history(work, acting, signed, report, self.steps.rechecks)
            _follow(work, acting, signed)
            work.outbox.add(RECORD_CHANGED, signed.id, signed.version, acting.at)
            work.audit.add(
                acting.entry(
                    "record.sign", "record", signed.id, unit=signed.unit, before=record, after=signed
                )
            )
            work.commit()
        return "signed"


def _follow(work: UnitOfWork, acting: Acting, record: Record) -> None:
    """A result confirmed while its copy waited becomes reusable with the signature."""
    result = work.results.find_by_record(record.id)
    if result is None:
        return
    changed = work.results.save(
        replace(
            result,
            signature=record.signature_value,
            sha256=record.rendition_sha256,
            updated_at=acting.at,
        )
    )
    work.audit.add(
        acting.entry("result.sign", "result", result.id, unit=record.unit, before=result, after=changed)
    )


def enqueue_waiting(store: Store, occasion: str) -> int:
    """Queue every record that waits for the digitiser's key; `occasion` (a day, an hour) allows one try each.

    Returns how many wait.
    """
    with store.read() as work:
        waiting = [record.id for record in _iter_waiting(work)]
    for start in range(0, len(waiting), _CHUNK):
        with store.write() as work:
            for record_id in waiting[start : start + _CHUNK]:
                work.jobs.enqueue(build_sign_job(record_id, occasion))
            work.commit()
    return len(waiting)


def _iter_waiting(work: UnitOfWork) -> Iterator[Record]:
    ids = iter(list(work.records.iter_ids()))
    while chunk := list(islice(ids, _CHUNK)):
        for record in work.records.get_many(chunk).values():
            if record.signature_standing is SignatureStanding.AWAITING_DIGITISER:
                yield record
