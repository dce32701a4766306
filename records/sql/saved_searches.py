"""Saved searches and exports in SQL (tìm kiếm đã lưu, xuất danh sách)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, func, or_, select

from records.errors import RecordNotFound
from records.saved_searches import ExportFormat, ExportState, SavedSearch, SearchExport
from records.sql.columns import Choice, UtcTime
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema import CODE, HASH, ID, metadata

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("account_id", CODE, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("unit", CODE, index=True),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("account_id", "name"),
)
search_exports = Table(
    "search_exports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("account_id", CODE, nullable=False),
    Column("format", Choice(ExportFormat), nullable=False),
    Column("query", Text, nullable=False),
    Column("state", Choice(ExportState), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("sha256", HASH, index=True),
    Column("error_code", CODE),
    Column("finished_at", UtcTime),
    Column("expires_at", UtcTime, index=True),
    Index(None, "account_id", "created_at"),
)


class SqlSavedSearchStore:
    """Searches kept by name (tìm kiếm đã lưu)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, search: SavedSearch) -> None:
        """Keep a search; `DuplicateRecord` when the person has one of that name."""
        self._rows.add(saved_searches, build_row(search))

    def find(self, search_id: str) -> SavedSearch | None:
        """The search of that id, if any."""
        return self._rows.find(SavedSearch, saved_searches, saved_searches.c.id == search_id)

    def visible_to(self, account_id: str, units: frozenset[str]) -> Sequence[SavedSearch]:
        """The person's own and those shared with any of the units, by name."""
        table = saved_searches.c
        mine = or_(table.account_id == account_id, table.unit.in_(sorted(units)))
        wanted = select(*columns_of(SavedSearch, saved_searches)).where(mine)
        return self._rows.all(SavedSearch, wanted.order_by(table.name, table.id))

    def count_of(self, account_id: str) -> int:
        """How many the person keeps."""
        mine = saved_searches.c.account_id == account_id
        count: int = self._rows.run(select(func.count()).select_from(saved_searches).where(mine)).scalar_one()
        return count

    def share(self, search_id: str, unit: str | None) -> None:
        """Share with a unit, or with nobody; `RecordNotFound`."""
        this = saved_searches.c.id == search_id
        if self._rows.run(saved_searches.update().where(this).values(unit=unit)).rowcount == 0:
            raise RecordNotFound(id=search_id)

    def remove(self, search_id: str) -> None:
        """Forget it; no error when it is gone."""
        self._rows.run(saved_searches.delete().where(saved_searches.c.id == search_id))


class SqlSearchExportStore:
    """Exports of result lists (xuất danh sách kết quả)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, export: SearchExport) -> None:
        """Note an export that was asked for."""
        self._rows.add(search_exports, build_row(export))

    def save(self, export: SearchExport) -> None:
        """Change an export; `RecordNotFound`."""
        self._rows.replace(search_exports, "id", build_row(export))

    def get(self, export_id: str) -> SearchExport:
        """The export of that id; `RecordNotFound`."""
        return self._rows.get(SearchExport, search_exports, "id", export_id)

    def of_account(self, account_id: str, limit: int) -> Sequence[SearchExport]:
        """The person's exports, newest first."""
        table = search_exports.c
        wanted = select(*columns_of(SearchExport, search_exports)).where(table.account_id == account_id)
        newest = wanted.order_by(table.created_at.desc(), table.id.desc())
        return self._rows.all(SearchExport, newest.limit(limit))

    def unfinished_of(self, account_id: str) -> int:
        """How many of the person's exports wait or run."""
        table = search_exports.c
        going = (ExportState.WAITING, ExportState.RUNNING)
        mine = (table.account_id == account_id) & table.state.in_(going)
        count: int = self._rows.run(select(func.count()).select_from(search_exports).where(mine)).scalar_one()
        return count

    def due_to_expire(self, now: datetime, limit: int) -> Sequence[SearchExport]:
        """Exports whose file should be gone by now."""
        table = search_exports.c
        late = table.sha256.is_not(None) & (table.expires_at <= now)
        wanted = select(*columns_of(SearchExport, search_exports)).where(late)
        return self._rows.all(SearchExport, wanted.order_by(table.expires_at, table.id).limit(limit))

    def names_file(self, sha256: str) -> bool:
        """Whether any export still names this file."""
        this = search_exports.c.sha256 == sha256
        return self._rows.run(select(search_exports.c.id).where(this).limit(1)).first() is not None
