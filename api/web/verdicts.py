"""Pages of signature verdicts (kết luận chữ ký): of a record, with what changed drawn; of a file not kept."""

import errno
import json
from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.deps import Needs, ServiceDep
from api.differences import find_differences
from api.errors import InvalidRequest, NoRoomForUpload, find_status
from api.revisions import read_progress, read_report
from api.unkept import check_unkept
from api.uploads import check_room, find_path
from api.web.rendering import PageRoute, render
from ingest.history import find_signed
from records.access import Permission
from records.actions.acting import Acting
from records.actions.records import view_record
from records.errors import ServiceError
from signing.etsi import build_etsi

router = APIRouter(route_class=PageRoute)
# Pages that differ of a file that is not kept: their pictures lie in the answer itself.
PICTURES = 3
RecordReader = Annotated[Acting, Depends(Needs(Permission.RECORD_READ, "web"))]
Verifier = Annotated[Acting, Depends(Needs(Permission.VERIFY, "web"))]


@router.get("/ho-so/{record_id}/chu-ky")
def get_verdict(
    record_id: str,
    request: Request,
    service: ServiceDep,
    acting: RecordReader,
    place: Annotated[int, Query(alias="khac", ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """The verdict of a record's signatures; `khac` chooses which differing page is shown, from 0."""
    view = view_record(service.store, acting, record_id)
    report = read_report(service, view.record) if view.record.report_sha256 else None
    differences = find_differences(report) if report else []
    place = min(place, max(0, len(differences) - 1))
    return render(
        request,
        acting.principal,
        "verdict_page.html",
        record=view.record,
        report=report,
        has_file=find_signed(view.record) is not None,
        differences=differences,
        place=place,
        shown=differences[place] if differences else None,
        progress=read_progress(service, acting, record_id),
    )


@router.get("/kiem-tra-chu-ky")
def get_check(request: Request, _service: ServiceDep, acting: Verifier) -> HTMLResponse:
    """The form for a file to be checked and not kept."""
    return render(request, acting.principal, "check.html", report=None, error=None, name="")


@router.post("/kiem-tra-chu-ky")
async def post_check(request: Request, service: ServiceDep, acting: Verifier) -> HTMLResponse:
    """The verdict on the file sent; nothing of it is kept. What cannot be taken is said above the form."""
    try:
        check_room(request, service.upload_folder)
        async with request.form(max_files=1, max_fields=1) as sent:
            file = sent.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise InvalidRequest("Hãy chọn một tệp PDF để kiểm tra.")
            checked = await check_unkept(service, find_path(file), service.clock.now(), pictures=PICTURES)
            values: dict[str, object] = {
                "report": checked.report, "pictures": checked.pictures, "error": None,
                "name": file.filename[:200],
            }  # fmt: skip
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        values = _refuse(NoRoomForUpload())
    except ServiceError as error:
        values = _refuse(error)
    report = values["report"]
    differences = find_differences(report) if isinstance(report, dict) else []
    error = values["error"]
    status = find_status(error) if isinstance(error, ServiceError) else 200
    return await run_in_threadpool(
        render,
        request,
        acting.principal,
        "check.html",
        status=status,
        differences=differences,
        downloads=_build_downloads(report),
        **values,
    )


def _refuse(error: ServiceError) -> dict[str, object]:
    return {"report": None, "pictures": (), "error": error, "name": ""}


def _build_downloads(report: object) -> list[tuple[str, str, str]]:
    """Ending, media type and base64 of both forms of a report that is kept nowhere."""
    if not isinstance(report, dict):
        return []
    as_json = json.dumps(report, ensure_ascii=False, indent=1).encode()
    forms = (("json", "application/json", as_json), ("xml", "application/xml", build_etsi(report)))
    return [(ending, kind, b64encode(data).decode()) for ending, kind, data in forms]
