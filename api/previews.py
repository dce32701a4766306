"""Page images of a record (ảnh trang hồ sơ), drawn in the pool's children."""

import tempfile
from pathlib import Path

from api.wiring import Service
from ocr.preview import PREVIEW
from records.actions.acting import Acting
from records.actions.records import find_part, get_visible
from records.errors import RecordNotFound

MAX_WIDTH = 2480
_SECONDS = 30.0


def draw_record_page(service: Service, acting: Acting, record_id: str, number: int, width: int) -> bytes:
    """JPEG of page `number` (0-based) of the original; audited before it leaves."""
    with service.store.write() as work:
        record = get_visible(work, acting, record_id)
        if not 0 <= number < record.pages:
            raise RecordNotFound("Hồ sơ không có trang này.", record=record_id)
        work.audit.add(acting.entry("record.page", "record", record.id, unit=record.unit, page=number + 1))
        work.commit()
    with tempfile.TemporaryDirectory(dir=service.upload_folder) as folder:
        path = service.blobs.local_copy(find_part(record, "original"), Path(folder))
        jpeg: bytes = service.pool.run(
            PREVIEW, path, record.original_format, number, min(width, MAX_WIDTH), timeout=_SECONDS
        )
        return jpeg
