"""The HTTP application (ứng dụng web): `/api/v1` with OpenAPI, `/health`, `/ready` and the pages."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api.guard import Guard
from api.problems import install_problem_handlers
from api.routes import (
    accounts,
    agreements,
    audit,
    batches,
    changes,
    evidence,
    health,
    hits,
    owner_log,
    prechecks,
    rechecks,
    records,
    release,
    rescans,
    reuse,
    revisions,
    saved_searches,
    search,
    session,
    token,
    units,
    verifications,
    webhooks,
)
from api.schemas.base import Problem
from api.wiring import Service

API = "/api/v1"
_MB = 1024 * 1024


def create_app(service: Service, *, with_pages: bool = True, is_prepared: bool = False) -> FastAPI:
    """The application of a service; starting it prepares the database and the memory-backed folder.

    Without pages it is the interface alone. Where it is prepared already, it starts without the database.
    """
    app = FastAPI(
        title="Sohoa",
        version="1",
        description="Số hoá, quản lý và tái sử dụng kết quả giải quyết thủ tục hành chính.",
        openapi_url=f"{API}/openapi.json",
        # The bundled documentation pages load scripts from other hosts; offices have none.
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses={"default": {"model": Problem, "description": "Lỗi (RFC 9457)"}},
    )
    app.state.service = service
    app.state.is_prepared = is_prepared
    install_problem_handlers(app)
    app.include_router(build_api_router())
    app.include_router(health.router)
    app.add_middleware(Guard, upload_bytes=service.settings.intake.max_request_mb * _MB)
    if with_pages:
        _mount_pages(app)
    return app


def build_api_router() -> APIRouter:
    """Everything below `/api/v1`."""
    router = APIRouter(prefix=API)
    for part in (
        session,
        batches,
        rescans,
        records,
        rechecks,
        search,
        hits,
        saved_searches,
        reuse,
        prechecks,
        changes,
        webhooks,
        agreements,
        token,
        evidence,
        owner_log,
        units,
        accounts,
        audit,
        release,
        verifications,
        revisions,
    ):
        router.include_router(part.router)
    return router


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    service: Service = app.state.service
    if not app.state.is_prepared:
        service.prepare()
    # What the first lookup needs is opened now: it has half a second from its first byte on.
    _ = service.lookup, service.gatekeeper, service.limiter, service.watch
    before = tempfile.tempdir
    # Starlette spools uploads through `tempfile`: they must land in memory until the gate has passed.
    tempfile.tempdir = str(service.upload_folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        service.close()


def _mount_pages(app: FastAPI) -> None:
    # Drawing pages needs the template engine; whoever wants the interface alone does not wait for it.
    from api.web.pages import build_router

    app.include_router(build_router())
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "web" / "static"), "static")
