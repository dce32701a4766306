"""Who asks as nobody at a counter would (cảnh báo dò quét): rules over what a client asked of late.

Kept of each question: a keyed hash of the owner, a hash of the dossier, whether anything was found, and
whether the number lies beside one asked just before; never the number itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from records.access import Scope


class AskedKind(StrEnum):
    """What was asked (loại câu hỏi)."""

    LOOKUP = "lookup"
    PRECHECK = "precheck"
    NAME_SEARCH = "name_search"


class AlarmKind(StrEnum):
    """What is unusual (loại cảnh báo)."""

    MANY_OWNERS = "many_owners"
    MANY_MISSES = "many_misses"
    SEQUENCE = "sequence"
    NAME_SEARCH = "name_search"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is remembered for a day (dấu vết câu hỏi)."""

    client: str
    kind: AskedKind
    at: datetime
    owner: str
    dossier: str
    found: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class AskedCounts:
    """What a client asked within the window (số đếm); owners and dossiers are distinct ones."""

    questions: int = 0
    owners: int = 0
    dossiers: int = 0
    empty_owners: int = 0
    near: int = 0


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """When it is unusual (ngưỡng cảnh báo), within `window_seconds`; a count of 0 switches its rule off.

    `owners`: so many owners and more than `owners_per_dossier` a dossier. `misses`: so many owners of whom
    nothing was found within `miss_seconds`, at least `miss_share` of all: a new store finds nothing for
    anybody, but no counter asks that fast. `near`: so many numbers beside each other.
    `name_searches`: so many different searches for a name or number alone.
    """

    window_seconds: int = 600
    owners: int = 30
    owners_per_dossier: float = 5.0
    misses: int = 200
    miss_share: float = 0.98
    miss_seconds: int = 60
    near: int = 20
    name_searches: int = 30


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm (cảnh báo): who, what, how many; it blocks the client until an administrator lifts it."""

    id: str
    at: datetime
    kind: AlarmKind
    client: str
    client_kind: str
    client_name: str
    unit: str | None
    counts: Mapping[str, int]
    blocks: bool
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    note: str = ""
    version: int = 1


def judge(counts: AskedCounts, quick: AskedCounts, rules: AlarmRules) -> AlarmKind | None:
    """The first rule that these lookups break, if any; `quick` are those of the last `miss_seconds`."""
    if rules.near and counts.near >= rules.near:
        return AlarmKind.SEQUENCE
    many = rules.owners and counts.owners >= rules.owners
    if many and counts.owners > rules.owners_per_dossier * max(counts.dossiers, 1):
        return AlarmKind.MANY_OWNERS
    empty = rules.misses and quick.empty_owners >= rules.misses
    if empty and quick.empty_owners >= rules.miss_share * quick.owners:
        return AlarmKind.MANY_MISSES
    return None


class AskedStore(Protocol):
    """What clients asked of late (dấu vết câu hỏi)."""

    def add(self, rows: Sequence[Asked]) -> None:
        """Note questions."""
        ...

    def count(self, client: str, kind: AskedKind, since: datetime) -> AskedCounts:
        """Counts over the newest 2,000 questions since that moment."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget questions before that moment; returns how many."""
        ...


class AlarmStore(Protocol):
    """Alarms (cảnh báo)."""

    def add(self, alarm: Alarm) -> None:
        """Add an alarm."""
        ...

    def save(self, alarm: Alarm) -> Alarm:
        """Write with version + 1 where the stored version is still that one; returns it."""
        ...

    def get(self, alarm_id: str) -> Alarm:
        """The alarm of that id; `RecordNotFound`."""
        ...

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[Alarm], int]:
        """Alarms, newest first, with the total."""
        ...

    def waiting(self, scope: Scope) -> int:
        """How many alarms about these units nobody has acknowledged."""
        ...

    def find_block(self, client: str) -> Alarm | None:
        """The newest alarm that blocks this client and was not lifted."""
        ...

    def last_lift(self, client: str) -> datetime | None:
        """When an alarm of this client was lifted last: what it asked before no longer counts."""
        ...

    def open(self, client: str, kind: AlarmKind) -> Alarm | None:
        """The newest alarm of that kind about the client that nobody has acknowledged."""
        ...
