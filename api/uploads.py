"""Files of a multipart request into the intake (nhận tệp tải lên).

Until the state-secret gate has passed, bytes lie only in memory: Starlette spools parts above 1 MiB to a
temporary file, which lands in the memory-backed folder because `tempfile` is pointed there at start.
"""

import errno
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from api.errors import InvalidRequest, NoRoomForUpload
from api.wiring import Service
from ingest.batches import Upload
from records.actions.acting import Acting
from records.model import BatchFile

_FIELD_BYTES = 4096
_MAX_FIELDS = 210
# Reading a file at the gate takes minutes; were it done on the threads that answer everything else, a
# few dozen senders would keep everybody from signing in.
_UPLOADS = CapacityLimiter(16)


async def receive_files(
    request: Request, service: Service, acting: Acting, batch_id: str
) -> Sequence[BatchFile]:
    """Read the request and take each file in; what the gate keeps out is a row with its reason.

    Raises `UploadTooLarge` (while reading), `NoRoomForUpload`, `InvalidRequest` without files.
    """
    check_room(request, service.upload_folder)
    limit = service.settings.intake.max_files
    try:
        async with request.form(max_files=limit, max_fields=_MAX_FIELDS, max_part_size=_FIELD_BYTES) as form:
            files = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
            if not files:
                raise InvalidRequest("Cần ít nhất một tệp ở ô `files`.")
            take_in = partial(_take_in, service, acting, batch_id, form, files)
            return await to_thread.run_sync(take_in, limiter=_UPLOADS)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            # Several requests had room when they began and have none together.
            raise NoRoomForUpload from exc
        raise


def check_room(request: Request, folder: Path) -> None:
    """Raise `NoRoomForUpload` when the memory folder cannot hold the request now."""
    announced = int(request.headers.get("content-length") or 0)
    if shutil.disk_usage(folder).free < announced:
        raise NoRoomForUpload


def _take_in(
    service: Service, acting: Acting, batch_id: str, form: FormData, files: Sequence[UploadFile]
) -> list[BatchFile]:
    lifted = tuple(value for value in form.getlist("lifted_incidents") if isinstance(value, str))
    owner, kind = _text(form, "owner_hint"), _text(form, "type_hint")
    return [
        service.intake.receive_upload(
            batch_id, Upload(file.filename or "", find_path(file), owner, kind, lifted), acting.principal
        )
        for file in files
    ]


def find_path(file: UploadFile) -> Path:
    """The spooled file by its open descriptor: it has no name, and a copy would take its room twice."""
    file.file.flush()
    return Path(f"/proc/self/fd/{file.file.fileno()}")


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    return value.strip() or None if isinstance(value, str) else None
