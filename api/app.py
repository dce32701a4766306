"""The HTTP application (ứng dụng web): `/api/v1` with OpenAPI, `/health`, `/ready` and the pages."""

import importlib.util
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from api.guard import Guard
from api.problems import install_problem_handlers
from api.routes import accounts, audit, batches, health, records, search, session, units
from api.schemas.base import Problem
from api.wiring import Service

API = "/api/v1"
_MB = 1024 * 1024


def create_app(service: Service) -> FastAPI:
    """The application of a service; starting it prepares the database and the memory-backed folder."""
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
    install_problem_handlers(app)
    app.include_router(build_api_router())
    app.include_router(health.router)
    app.add_middleware(Guard, upload_bytes=service.settings.intake.max_request_mb * _MB)
    _mount_pages(app, service)
    return app


def build_api_router() -> APIRouter:
    """Everything below `/api/v1`."""
    router = APIRouter(prefix=API)
    for part in (session, batches, records, search, units, accounts, audit):
        router.include_router(part.router)
    return router


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    service: Service = app.state.service
    service.prepare()
    before = tempfile.tempdir
    # Starlette spools uploads through `tempfile`: they must land in memory until the gate has passed.
    tempfile.tempdir = str(service.upload_folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        service.close()


def _mount_pages(app: FastAPI, service: Service) -> None:
    if importlib.util.find_spec("api.web.pages") is None:
        return
    pages = importlib.import_module("api.web.pages")
    app.include_router(pages.build_router(service))
