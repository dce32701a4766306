"""Signature checks of files that are not kept (kiểm tra chữ ký không lưu)."""

import errno
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile

from api.deps import Needs, ServiceDep
from api.errors import InvalidRequest, NoRoomForUpload
from api.schemas.verifications import VerificationOut
from api.uploads import check_room, find_path
from api.wiring import Service
from ingest.signatures import verify_in_child
from records.access import Permission
from records.actions.acting import Acting
from signing.areas import LookPlan
from signing.etsi import build_etsi

router = APIRouter(tags=["kiểm tra chữ ký"])
Verifier = Annotated[Acting, Depends(Needs(Permission.VERIFY))]
_XML = "application/xml"
# Checks have their own threads: whoever sends large files keeps nobody from signing in.
_CHECKS = CapacityLimiter(4)
# Somebody waits: a file longer than this stays undecided, and the answer says so.
_PLAN = LookPlan(pages=30, seconds=10.0)


@router.post(
    "/verifications",
    summary="Kiểm tra chữ ký của một tệp PDF, không lưu lại",
    response_model=VerificationOut,
    responses={200: {"content": {"application/xml": {}}}},
)
async def post_verification(
    request: Request,
    service: ServiceDep,
    _acting: Verifier,
    response: Response,
    at: Annotated[datetime | None, Query(description="Xét tại thời điểm này; mặc định bây giờ.")] = None,
    form: Annotated[
        Literal["json", "etsi"] | None, Query(alias="format", description="etsi: XML theo TS 119 102-2.")
    ] = None,
) -> VerificationOut | Response:
    """Every signature of the PDF in `file`, judged under the service's trust; nothing of it is kept.

    The bytes lie in memory alone, and only until the answer. What cannot be told is INDETERMINATE; of a long
    file `comparison` says how many pages were compared within the time an answer may take.
    ETSI TS 119 102-2 XML for `format=etsi`, or for who asks for XML first.
    """
    check_room(request, service.upload_folder)
    if at is not None and at.tzinfo is None:
        raise InvalidRequest("Thời điểm cần có múi giờ, ví dụ 2026-03-31T08:00:00+07:00.")
    response.headers["Cache-Control"] = "no-store"
    try:
        async with request.form(max_files=1, max_fields=1) as sent:
            file = sent.get("file")
            if not isinstance(file, UploadFile):
                raise InvalidRequest("Cần một tệp PDF ở ô `file`.")
            moment = at or service.clock.now()
            report = await to_thread.run_sync(_check, service, find_path(file), moment, limiter=_CHECKS)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomForUpload from exc
        raise
    if form == "etsi" or (form is None and _wants_xml(request)):
        return Response(build_etsi(report), media_type=_XML, headers={"Cache-Control": "no-store"})
    return VerificationOut.model_validate(report)


def _wants_xml(request: Request) -> bool:
    """Whether `Accept` names XML first; a browser's names HTML."""
    return request.headers.get("accept", "").split(",")[0].split(";")[0].strip() == _XML


def _check(service: Service, path: Path, at: datetime) -> dict[str, Any]:
    """The report from a warm child; the spooled file is copied, for a child cannot see our descriptors."""
    with service.memory.room(path.stat().st_size) as folder:
        copy = folder / "file.pdf"
        shutil.copyfile(path, copy)
        verified = verify_in_child(service.verifiers, copy, service.trust, at, _PLAN)
    report: dict[str, Any] = json.loads(verified.report)
    return report
