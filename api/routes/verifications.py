"""Signature checks of files that are not kept (kiểm tra chữ ký không lưu)."""

import errno
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile

from api.deps import Needs, ServiceDep
from api.errors import InvalidRequest, NoRoomForUpload
from api.schemas.verifications import VerificationOut
from api.unkept import check_unkept
from api.uploads import check_room, find_path
from records.access import Permission
from records.actions.acting import Acting
from signing.etsi import build_etsi

router = APIRouter(tags=["kiểm tra chữ ký"])
Verifier = Annotated[Acting, Depends(Needs(Permission.VERIFY))]
_XML = "application/xml"


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
            checked = await check_unkept(service, find_path(file), moment)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomForUpload from exc
        raise
    if form == "etsi" or (form is None and _wants_xml(request)):
        return Response(build_etsi(checked.report), media_type=_XML, headers={"Cache-Control": "no-store"})
    return VerificationOut.model_validate(checked.report)


def _wants_xml(request: Request) -> bool:
    """Whether `Accept` names XML first; a browser's names HTML."""
    return request.headers.get("accept", "").split(",")[0].split(";")[0].strip() == _XML
