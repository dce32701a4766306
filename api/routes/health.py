"""Whether the process lives and whether it can work (tình trạng hệ thống)."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from api.deps import ServiceDep
from api.health import build_metrics, check_parts

router = APIRouter(tags=["tình trạng"])


@router.get("/health", summary="Tiến trình còn chạy")
def get_health() -> dict[str, str]:
    """The process answers; says nothing of the parts it needs."""
    return {"status": "ok"}


@router.get("/metrics", summary="Số đo cho hệ thống giám sát", response_class=PlainTextResponse)
def get_metrics(service: ServiceDep) -> str:
    """Outbox lag and workers in the text form of Prometheus; no names, no contents."""
    return build_metrics(service)


@router.get("/ready", summary="Sẵn sàng phục vụ")
def get_ready(service: ServiceDep, response: Response) -> dict[str, object]:
    """Database, index, memory folder and worker: each `ok` or the code of what is wrong."""
    parts = check_parts(service)
    is_ready = all(part.is_ok for part in parts)
    response.status_code = 200 if is_ready else 503
    response.headers["Cache-Control"] = "no-store"
    return {"ready": is_ready, "parts": {part.name: part.state for part in parts}}
