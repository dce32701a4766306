"""Pages of reuse (trang tái sử dụng): preview, use, reports of wrong data, who looked and why, tables."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.evidence_pages import draw_preview
from api.owner_log import ACTIONS, build_owner_csv
from api.web.admin import render_section
from api.web.paging import PageNumber, build_pager
from api.web.rendering import PageRoute, redirect, render
from records.access import Permission
from records.actions.acting import Acting
from records.actions.former import list_former, list_requirements
from records.actions.mismatches import answer_mismatch, list_mismatches
from records.actions.owner_log import OwnerLook, read_owner_log
from records.errors import InvalidIdentifier
from records.identifiers import parse_owner
from records.ports import LookupPurpose

router = APIRouter(route_class=PageRoute)
Asker = Annotated[Acting, Depends(Needs(Permission.LOOKUP, "web"))]
Keeper = Annotated[Acting, Depends(Needs(Permission.RESULT_CHANGE, "web"))]
Anybody = Annotated[Acting, Depends(Needs(None, "web"))]
UnitManager = Annotated[Acting, Depends(Needs(Permission.UNIT_MANAGE, "web"))]
TypeManager = Annotated[Acting, Depends(Needs(Permission.TYPE_MANAGE, "web"))]
Code = Annotated[str, Form(min_length=1, max_length=64)]
Text = Annotated[str, Form(min_length=5, max_length=2000)]
ROWS = 100


@router.post("/tra-cuu/ket-qua/{evidence_id}/xem-truoc")
def post_preview(
    request: Request, evidence_id: str, dossier: Code, procedure: Code, service: ServiceDep, acting: Asker
) -> HTMLResponse:
    """The pages with a watermark, once; coming back to them is another preview."""
    token, _preview = service.desk.offer_preview(acting, evidence_id, LookupPurpose(dossier, procedure))
    opened = service.desk.open_preview(acting, token)
    pages = [base64.b64encode(page).decode() for page in draw_preview(service, acting, opened)]
    left_out = opened.record.pages - len(pages)
    return render(request, acting.principal, "preview.html", opened=opened, pages=pages, left_out=left_out)


@router.post("/tra-cuu/ket-qua/{evidence_id}/su-dung")
def post_use(
    request: Request, evidence_id: str, dossier: Code, procedure: Code, service: ServiceDep, acting: Asker
) -> HTMLResponse:
    """Bind the result to the dossier and offer its file."""
    used = service.desk.use(acting, evidence_id, LookupPurpose(dossier, procedure))
    return render(request, acting.principal, "used.html", used=used)


@router.post("/tra-cuu/ket-qua/{evidence_id}/sai-lech")
def post_mismatch(
    evidence_id: str,
    dossier: Code,
    procedure: Code,
    what: Text,
    contact: Annotated[str, Form(min_length=1, max_length=500)],
    service: ServiceDep,
    acting: Asker,
) -> Response:
    """Tell the keeping unit what does not fit."""
    service.desk.report_mismatch(acting, evidence_id, LookupPurpose(dossier, procedure), what, contact)
    return redirect("/tra-cuu", notice="sai-lech")


@router.get("/sai-lech")
def get_mismatches(
    request: Request, service: ServiceDep, acting: Keeper, page: PageNumber = 1
) -> HTMLResponse:
    """Reports that the person's units answer, newest first."""
    found, total = list_mismatches(service.store, acting, state=None, limit=ROWS, offset=(page - 1) * ROWS)
    pager = build_pager("/sai-lech", {}, page, ROWS, len(found), total)
    with service.store.read() as work:
        records = {one.result_id: work.results.get(one.result_id) for one in found}
    return render(
        request, acting.principal, "mismatches.html", mismatches=found, results=records, pager=pager
    )


@router.post("/sai-lech/{mismatch_id}/tra-loi")
def post_answer(mismatch_id: str, answer: Text, service: ServiceDep, acting: Keeper) -> Response:
    """Close a report with its answer."""
    answer_mismatch(service.store, acting, mismatch_id, answer)
    return redirect("/sai-lech", notice="sai-lech-tra-loi")


@router.get("/ai-da-xem")
def get_owner_log(request: Request, acting: Anybody) -> HTMLResponse:
    """The empty form."""
    return _render_looks(request, acting, "", "", None, 0, None)


@router.post("/ai-da-xem")
def post_owner_log(
    request: Request,
    owner: Annotated[str, Form(max_length=64)],
    ground: Annotated[str, Form(min_length=3, max_length=300)],
    service: ServiceDep,
    acting: Anybody,
    as_csv: Annotated[bool, Form()] = False,
) -> Response:
    """Who looked at this owner's papers and why; POST, so that no number stands in an address."""
    try:
        key = parse_owner("", owner)
    except InvalidIdentifier as refused:
        return _render_looks(request, acting, owner, ground, None, 0, refused)
    looks, total = read_owner_log(
        service.store, acting, key, service.owner_secret, ground=ground, limit=10_000 if as_csv else 200
    )
    if as_csv:
        acting.check(Permission.AUDIT_READ, None)
        headers = {
            "Content-Disposition": 'attachment; filename="ai-da-xem.csv"',
            "Cache-Control": "no-store",
        }
        return Response(build_owner_csv(looks), media_type="text/csv; charset=utf-8", headers=headers)
    return _render_looks(request, acting, owner, ground, list(looks), total, None)


@router.get("/quan-tri/dinh-danh-cu")
def get_former(
    request: Request, service: ServiceDep, acting: UnitManager, page: PageNumber = 1
) -> HTMLResponse:
    """Identifiers that changed, people's numbers masked."""
    rows, total = list_former(service.store, acting, limit=ROWS, offset=(page - 1) * ROWS)
    pager = build_pager("/quan-tri/dinh-danh-cu", {}, page, ROWS, len(rows), total)
    return render_section(request, acting, "dinh-danh-cu", rows=rows, pager=pager)


@router.get("/quan-tri/thanh-phan")
def get_requirements(
    request: Request, service: ServiceDep, acting: TypeManager, page: PageNumber = 1
) -> HTMLResponse:
    """Which types fulfil which requirement."""
    rows, total = list_requirements(service.store, limit=ROWS, offset=(page - 1) * ROWS)
    pager = build_pager("/quan-tri/thanh-phan", {}, page, ROWS, len(rows), total)
    return render_section(request, acting, "thanh-phan", rows=rows, pager=pager)


def _render_looks(
    request: Request,
    acting: Acting,
    owner: str,
    ground: str,
    looks: list[OwnerLook] | None,
    total: int,
    error: InvalidIdentifier | None,
) -> HTMLResponse:
    return render(
        request,
        acting.principal,
        "owner_log.html",
        status=422 if error else 200,
        owner=owner,
        ground=ground,
        looks=looks,
        total=total,
        error=error,
        actions=ACTIONS,
    )
