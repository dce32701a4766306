"""All pages together (trang web): one router, mounted by `api/app.py`."""

from fastapi import APIRouter

from api.web import (
    admin,
    batches,
    clients,
    evidence,
    find,
    lookups,
    operations,
    oversight,
    rechecks,
    records,
    release,
    rescans,
    review,
    saved,
    session,
    trust,
    verdicts,
)


def build_router() -> APIRouter:
    """The pages' router; every page declares its permission as the API's routes do."""
    router = APIRouter(include_in_schema=False)
    for part in (
        session,
        batches,
        rescans,
        review,
        records,
        rechecks,
        find,
        saved,
        lookups,
        evidence,
        clients,
        oversight,
        admin,
        operations,
        release,
        trust,
        verdicts,
    ):
        router.include_router(part.router)
    return router
