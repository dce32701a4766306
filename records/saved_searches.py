"""Searches kept by name, and result lists written to files (tìm kiếm đã lưu, xuất danh sách).

What is kept is the question, never its answer: whoever opens a shared search, or runs an export, sees what
that person may see at that moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question kept by name (tìm kiếm đã lưu); `unit` is the unit it is shared with, if any.

    `query` is the question in canonical JSON; it never holds an owner's number.
    """

    id: str
    account_id: str
    name: str
    query: str
    unit: str | None
    created_at: datetime


class ExportFormat(StrEnum):
    """The form of an exported list (định dạng xuất)."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export is (trạng thái xuất danh sách)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SearchExport:
    """A result list on its way to a file (xuất danh sách kết quả).

    `rows` of `total` are written; `sha256` names the file while it is kept, until `expires_at`.
    """

    id: str
    account_id: str
    format: ExportFormat
    query: str
    state: ExportState
    created_at: datetime
    rows: int = 0
    total: int = 0
    sha256: str | None = None
    error_code: str | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None


class SavedSearchStore(Protocol):
    """Searches kept by name (tìm kiếm đã lưu)."""

    def add(self, search: SavedSearch) -> None:
        """Keep a search; `DuplicateRecord` when the person has one of that name."""
        ...

    def find(self, search_id: str) -> SavedSearch | None:
        """The search of that id, if any."""
        ...

    def visible_to(self, account_id: str, units: frozenset[str]) -> Sequence[SavedSearch]:
        """The person's own and those shared with any of the units, by name."""
        ...

    def count_of(self, account_id: str) -> int:
        """How many the person keeps."""
        ...

    def share(self, search_id: str, unit: str | None) -> None:
        """Share with a unit, or with nobody; `RecordNotFound`."""
        ...

    def remove(self, search_id: str) -> None:
        """Forget it; no error when it is gone."""
        ...


class SearchExportStore(Protocol):
    """Exports of result lists (xuất danh sách kết quả)."""

    def add(self, export: SearchExport) -> None:
        """Note an export that was asked for."""
        ...

    def save(self, export: SearchExport) -> None:
        """Change an export; `RecordNotFound`."""
        ...

    def get(self, export_id: str) -> SearchExport:
        """The export of that id; `RecordNotFound`."""
        ...

    def of_account(self, account_id: str, limit: int) -> Sequence[SearchExport]:
        """The person's exports, newest first."""
        ...

    def unfinished_of(self, account_id: str) -> int:
        """How many of the person's exports wait or run."""
        ...

    def due_to_expire(self, now: datetime, limit: int) -> Sequence[SearchExport]:
        """Exports whose file should be gone by now."""
        ...

    def names_file(self, sha256: str) -> bool:
        """Whether any export still names this file."""
        ...
