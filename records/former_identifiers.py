"""Identifiers that changed (định danh cũ): CMND to CCCD, merged units, former areas, changed tax codes.

Dated data that an office enters with the document that says so. Nothing is ever guessed from the form of a
number: without a row here two identifiers are two owners.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

OwnerPair = tuple[str, str]
"""Scheme and identifier of an owner."""
MAXIMUM_KEYS = 64
_MAXIMUM_STEPS = 6


@dataclass(frozen=True, slots=True)
class FormerIdentifier:
    """One identifier that became another on a day (định danh cũ và định danh nay dùng), with its document.

    `valid_from` is the day of the change; from `valid_to` on, if set, the row no longer counts (entered
    wrongly, or taken back).
    """

    id: str
    former_scheme: str
    former_id: str
    current_scheme: str
    current_id: str
    valid_from: date
    valid_to: date | None
    document: str
    account_id: str
    at: datetime

    @property
    def former(self) -> OwnerPair:
        """The old identifier."""
        return self.former_scheme, self.former_id

    @property
    def current(self) -> OwnerPair:
        """The identifier it became."""
        return self.current_scheme, self.current_id

    def holds(self, day: date) -> bool:
        """Whether the row counts on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class OwnerKeys:
    """Every identifier that is surely one owner's (các định danh của một chủ thể), the one asked for first.

    `is_ambiguous`: some identifier on the way became more than one, so what lies behind it was not joined.
    """

    keys: tuple[OwnerPair, ...]
    is_ambiguous: bool = False


class FormerIdentifierStore(Protocol):
    """Identifiers that changed (định danh cũ)."""

    def add(self, row: FormerIdentifier) -> None:
        """Keep a row; `DuplicateRecord` when the same change on the same day is there."""
        ...

    def save(self, row: FormerIdentifier) -> None:
        """Change a row; `RecordNotFound`."""
        ...

    def get(self, row_id: str) -> FormerIdentifier:
        """The row of that id; `RecordNotFound`."""
        ...

    def around(self, keys: Iterable[OwnerPair]) -> Sequence[FormerIdentifier]:
        """Rows that name any of these identifiers, as the old or as the new one."""
        ...

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[FormerIdentifier], int]:
        """Newest first, with the total."""
        ...


def find_owner_keys(store: FormerIdentifierStore, asked: OwnerPair, day: date) -> OwnerKeys:
    """The owner's identifiers on that day, in both directions; one query where nothing changed.

    An identifier that became several (a CMND given twice, a unit split up) joins none of them: two people
    must never become one. Several old ones that became one are one owner (units merged).
    """
    known: dict[OwnerPair, None] = {asked: None}
    ambiguous = False
    fresh = [asked]
    for _step in range(_MAXIMUM_STEPS):
        rows = [row for row in store.around(fresh) if row.holds(day)]
        if not rows:
            break
        # Whether an old identifier became several can only be told from all of its rows.
        behind = {row.former for row in rows} - set(fresh)
        every = {row.id: row for row in rows}
        every |= {row.id: row for row in store.around(sorted(behind)) if row.holds(day)} if behind else {}
        split = _find_split(every.values())
        ambiguous = ambiguous or bool(split)
        found = [
            other
            for row in rows
            if row.former not in split
            for other in (row.former, row.current)
            if other not in known
        ]
        fresh = list(dict.fromkeys(found))[: MAXIMUM_KEYS - len(known)]
        known |= dict.fromkeys(fresh)
        if not fresh:
            break
    return OwnerKeys(tuple(known), ambiguous)


def _find_split(rows: Iterable[FormerIdentifier]) -> set[OwnerPair]:
    """Old identifiers that became more than one."""
    targets: dict[OwnerPair, set[OwnerPair]] = {}
    for row in rows:
        targets.setdefault(row.former, set()).add(row.current)
    return {former for former, current in targets.items() if len(current) > 1}
