"""Saved searches and exports in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from records.errors import DuplicateRecord, RecordNotFound
from records.saved_searches import ExportState, SavedSearch, SearchExport
from tests.fake_state import State


class FakeSavedSearchStore:
    """Searches kept by name."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, search: SavedSearch) -> None:
        """Keep a search."""
        names = {(kept.account_id, kept.name) for kept in self._state.saved_searches.values()}
        if search.id in self._state.saved_searches or (search.account_id, search.name) in names:
            raise DuplicateRecord
        self._state.saved_searches[search.id] = search

    def find(self, search_id: str) -> SavedSearch | None:
        """The search of that id, if any."""
        return self._state.saved_searches.get(search_id)

    def visible_to(self, account_id: str, units: frozenset[str]) -> Sequence[SavedSearch]:
        """The person's own and those shared with any of the units, by name."""
        kept = self._state.saved_searches.values()
        found = [search for search in kept if search.account_id == account_id or search.unit in units]
        return sorted(found, key=lambda search: (search.name, search.id))

    def count_of(self, account_id: str) -> int:
        """How many the person keeps."""
        return sum(search.account_id == account_id for search in self._state.saved_searches.values())

    def share(self, search_id: str, unit: str | None) -> None:
        """Share with a unit, or with nobody."""
        if search_id not in self._state.saved_searches:
            raise RecordNotFound(id=search_id)
        kept = self._state.saved_searches[search_id]
        self._state.saved_searches[search_id] = replace(kept, unit=unit)

    def remove(self, search_id: str) -> None:
        """Forget it."""
        self._state.saved_searches.pop(search_id, None)


class FakeSearchExportStore:
    """Exports of result lists."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, export: SearchExport) -> None:
        """Note an export."""
        if export.id in self._state.search_exports:
            raise DuplicateRecord
        self._state.search_exports[export.id] = export

    def save(self, export: SearchExport) -> None:
        """Change an export."""
        self.get(export.id)
        self._state.search_exports[export.id] = export

    def get(self, export_id: str) -> SearchExport:
        """The export of that id."""
        if export_id not in self._state.search_exports:
            raise RecordNotFound(id=export_id)
        return self._state.search_exports[export_id]

    def of_account(self, account_id: str, limit: int) -> Sequence[SearchExport]:
        """The person's exports, newest first."""
        mine = [export for export in self._state.search_exports.values() if export.account_id == account_id]
        return sorted(mine, key=lambda export: (export.created_at, export.id), reverse=True)[:limit]

    def unfinished_of(self, account_id: str) -> int:
        """How many of the person's exports wait or run."""
        going = (ExportState.WAITING, ExportState.RUNNING)
        return sum(export.state in going for export in self.of_account(account_id, 10_000))

    def due_to_expire(self, now: datetime, limit: int) -> Sequence[SearchExport]:
        """Exports whose file should be gone by now."""
        kept = self._state.search_exports.values()
        late = [e for e in kept if e.sha256 is not None and e.expires_at is not None and e.expires_at <= now]
        return sorted(late, key=lambda export: (export.expires_at, export.id))[:limit]

    def names_file(self, sha256: str) -> bool:
        """Whether any export still names this file."""
        return any(export.sha256 == sha256 for export in self._state.search_exports.values())
