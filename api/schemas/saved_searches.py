"""Saved searches and exports as they travel (tìm kiếm đã lưu, xuất danh sách)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing
from api.schemas.search import SearchQuery
from records.saved_searches import ExportFormat, ExportState, SavedSearch


class SavedSearchIn(Incoming):
    """A search to keep (lưu tìm kiếm); `unit` shares it with a unit and all below it."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    query: SearchQuery
    unit: Code | None = None


class ShareIn(Incoming):
    """With whom a search is shared (chia sẻ); None: with nobody."""

    unit: Code | None


class SavedSearchOut(Outgoing):
    """A search kept by name (tìm kiếm đã lưu); `is_own` tells own ones from shared ones."""

    id: str
    name: str
    query: SearchQuery
    unit: str | None
    is_own: bool
    created_at: datetime


class ExportIn(Incoming):
    """A list to write (xuất danh sách)."""

    format: ExportFormat
    query: SearchQuery


class ExportOut(Outgoing):
    """An export and how far it is (xuất danh sách)."""

    id: str
    format: ExportFormat
    state: ExportState
    rows: int
    total: int
    error_code: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


def dump_query(query: SearchQuery) -> str:
    """The question alone, without page or counts, in canonical JSON."""
    return query.model_dump_json(exclude_defaults=True, exclude={"offset", "limit", "facet", "cursor"})


def build_saved(search: SavedSearch, account_id: str) -> SavedSearchOut:
    """A kept search as its reader sees it."""
    return SavedSearchOut(
        id=search.id,
        name=search.name,
        query=SearchQuery.model_validate_json(search.query),
        unit=search.unit,
        is_own=search.account_id == account_id,
        created_at=search.created_at,
    )
