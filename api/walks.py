"""Walks through all hits, and papers like one, as pages and interface make them (đi hết danh sách)."""

from dataclasses import replace

from api.wiring import Service
from records.actions.acting import Acting
from search.cursors import build_binding, derive_key, seal, unseal
from search.errors import BadQuery
from search.index import SearchPage, SearchRequest


def run_walk(service: Service, acting: Acting, request: SearchRequest, cursor: str = "") -> SearchPage:
    """One page of a walk; `following` of the page is the next cursor, sealed.

    Raises `BadQuery` for a cursor that is not this person's, not for this search, changed, or old.
    """
    if cursor and request.offset:
        raise BadQuery("Chỉ dùng một trong hai: `cursor` hoặc `offset`.")
    key = derive_key(service.owner_secret)
    binding = build_binding(acting.principal.id, request)
    at = unseal(key, binding, cursor, acting.at) if cursor else None
    page = service.index.walk(request, at)
    _note(service, acting, request, page)
    if page.following is None:
        return page
    return replace(page, following=seal(key, binding, page.following, acting.at))


def run_similar(service: Service, acting: Acting, record_id: str, request: SearchRequest) -> SearchPage:
    """Records like one of them, under the caller's scope."""
    page = service.index.more_like(record_id, request)
    _note(service, acting, request, page)
    return page


def _note(service: Service, acting: Acting, request: SearchRequest, page: SearchPage) -> None:
    """The audit row: how much was found, not what was typed (it may name a person)."""
    service.watch.note_search(acting, request.text)
    unit = acting.principal.home_unit
    with service.store.write() as work:
        work.audit.add(acting.entry("search", "index", "records", unit=unit, hits=len(page.hits)))
        work.commit()
