"""Reports that a result does not fit its owner's facts (báo sai lệch dữ liệu), for the unit that keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from records.access import Scope


class MismatchState(StrEnum):
    """What became of a report (trạng thái báo sai lệch)."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A report by who uses a result (báo sai lệch dữ liệu): what differs, whom to ask, what was answered.

    `unit` keeps the result and answers; `asking_unit` is the reporter's.
    """

    id: str
    result_id: str
    unit: str
    dossier: str
    what: str
    contact: str
    actor: str
    asking_unit: str | None
    at: datetime
    state: MismatchState = MismatchState.OPEN
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


class MismatchStore(Protocol):
    """Reports of data that does not fit (báo sai lệch)."""

    def add(self, mismatch: Mismatch) -> None:
        """Keep a report."""
        ...

    def save(self, mismatch: Mismatch) -> None:
        """Change a report; `RecordNotFound`."""
        ...

    def get(self, mismatch_id: str) -> Mismatch:
        """The report of that id; `RecordNotFound`."""
        ...

    def of_result(self, result_id: str) -> Sequence[Mismatch]:
        """Reports about a result, newest first."""
        ...

    def page(
        self, scope: Scope, *, state: MismatchState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Mismatch], int]:
        """Reports that units of the scope answer, newest first, with the total."""
        ...
