"""Search (tìm kiếm): scope and confidentiality are part of the query, never a filter after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, ServiceDep
from api.questions import build_request
from api.schemas.search import SearchOut, SearchQuery
from api.walks import run_similar, run_walk
from records.access import Permission
from records.actions.acting import Acting

router = APIRouter(tags=["tìm kiếm"])
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH))]


@router.get("/search", summary="Tìm hồ sơ")
def get_search(service: ServiceDep, acting: Searcher, query: Annotated[SearchQuery, Query()]) -> SearchOut:
    """Records by words, with or without diacritics, or by number; audited before the answer leaves.

    Deeper than 10,000 hits goes page by page with `cursor`, the `next_cursor` of the page before.
    """
    page = run_walk(service, acting, build_request(acting, query), query.cursor)
    return SearchOut.model_validate(page)


@router.get("/search/similar/{record_id}", summary="Hồ sơ tương tự")
def get_similar(
    record_id: str, service: ServiceDep, acting: Searcher, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> SearchOut:
    """Records that share telling words with one; empty when that one is out of the caller's reach."""
    request = build_request(acting, SearchQuery(limit=limit))
    return SearchOut.model_validate(run_similar(service, acting, record_id, request))
