"""Search (tìm kiếm): scope and confidentiality are part of the query, never a filter after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Needs, ServiceDep
from api.finding import build_request, run_search
from api.schemas.search import SearchOut, SearchQuery
from records.access import Permission
from records.actions.acting import Acting

router = APIRouter(tags=["tìm kiếm"])
Searcher = Annotated[Acting, Depends(Needs(Permission.SEARCH))]


@router.get("/search", summary="Tìm hồ sơ")
def get_search(service: ServiceDep, acting: Searcher, query: Annotated[SearchQuery, Query()]) -> SearchOut:
    """Records by words, with or without diacritics, or by number; audited before the answer leaves."""
    return SearchOut.model_validate(run_search(service, acting, build_request(acting, query)))
