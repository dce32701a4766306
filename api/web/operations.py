"""The index as administrators look after it (vận hành chỉ mục): lag, drift, nodes, rebuild."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.index_care import CHECKED, REBUILT, REPAIRED, check_drift, read_care, repair_drift, start_rebuild
from api.web.admin import render_section
from api.web.rendering import PageRoute, redirect
from records.access import Permission
from records.actions.acting import Acting

router = APIRouter(route_class=PageRoute, prefix="/quan-tri")
IndexManager = Annotated[Acting, Depends(Needs(Permission.INDEX_MANAGE, "web"))]
ACTIONS = {CHECKED: "Kiểm tra lệch", REPAIRED: "Sửa chỗ lệch", REBUILT: "Dựng lại"}


@router.get("/chi-muc")
def get_operations(request: Request, service: ServiceDep, acting: IndexManager) -> HTMLResponse:
    """Lag, version, documents, servers, the last checks and rebuilds."""
    return render_section(request, acting, "chi-muc", care=read_care(service, acting), actions=ACTIONS)


@router.post("/chi-muc/kiem-tra")
def post_check(service: ServiceDep, acting: IndexManager) -> Response:
    """Compare with the database."""
    check_drift(service, acting)
    return redirect("/quan-tri/chi-muc")


@router.post("/chi-muc/sua")
def post_repair(service: ServiceDep, acting: IndexManager) -> Response:
    """Put everything that differs into the outbox."""
    repair_drift(service, acting)
    return redirect("/quan-tri/chi-muc")


@router.post("/chi-muc/dung-lai")
def post_rebuild(service: ServiceDep, acting: IndexManager) -> Response:
    """Build a new index in the background."""
    start_rebuild(service, acting)
    return redirect("/quan-tri/chi-muc")
