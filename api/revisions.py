"""Signed revisions of records (bản lúc ký của hồ sơ) as somebody may see them; each look is audited first."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.wiring import Service
from ingest.comparison import count_compared, find_comparing
from ingest.history import find_signed
from ingest.revisions import draw_in_child, find_end
from records.actions.acting import Acting
from records.actions.records import get_visible
from records.errors import RecordNotFound
from records.model import Record


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the comparison of a long file is (tiến độ đối chiếu); finished: nothing waits for it."""

    done: int
    total: int
    finished: bool


def read_report(service: Service, record: Record) -> dict[str, Any]:
    """The record's kept report; raises `RecordNotFound` without one."""
    if record.report_sha256 is None:
        raise RecordNotFound("Hồ sơ này chưa có báo cáo chữ ký.", record=record.id)
    report: dict[str, Any] = json.loads(service.blobs.read(record.report_sha256))
    return report


def read_progress(service: Service, acting: Acting, record_id: str) -> Progress:
    """How many pages were compared by now."""
    with service.store.read() as work:
        record = get_visible(work, acting, record_id)
        comparing = find_comparing(read_report(service, record)) if record.report_sha256 else None
        if comparing is None:
            return Progress(0, 0, finished=True)
        # The first answer has compared some itself; the background goes through all of them.
        done = max(count_compared(work.steps, comparing), comparing.done)
        return Progress(done, comparing.pages, finished=False)


def open_revision(service: Service, acting: Acting, record_id: str, number: int) -> tuple[Record, bytes]:
    """The file as it was when signature `number` was made; audited before it leaves."""
    record, sha256 = _audit(service, acting, record_id, "record.file", number)
    data = service.blobs.read(sha256)
    return record, data[: find_end(read_report(service, record), number, len(data))]


def draw_revision(
    service: Service, acting: Acting, record_id: str, number: int, page: int, width: int
) -> bytes:
    """JPEG of a page as it was when signature `number` was made, 0 for now; audited before it leaves."""
    record, sha256 = _audit(service, acting, record_id, "record.page", number)
    report = read_report(service, record)
    with tempfile.TemporaryDirectory(dir=service.upload_folder) as folder:
        path = service.blobs.local_copy(sha256, Path(folder))
        end = find_end(report, number, path.stat().st_size)
        return draw_in_child(service.pool, path, end, page, width)


def _audit(service: Service, acting: Acting, record_id: str, action: str, number: int) -> tuple[Record, str]:
    """The record and the hash of the file its verdict is about, once the look is in the audit log."""
    with service.store.write() as work:
        record = get_visible(work, acting, record_id)
        sha256 = find_signed(record)
        if sha256 is None:
            raise RecordNotFound("Hồ sơ này không có tệp đã ký.", record=record.id)
        work.audit.add(
            acting.entry(action, "record", record.id, unit=record.unit, part="revision", number=number)
        )
        work.commit()
    return record, sha256
