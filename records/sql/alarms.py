"""What clients asked of late, and alarms, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, case, cast, distinct, func, select

from records.access import Scope
from records.alarms import Alarm, AlarmKind, Asked, AskedCounts, AskedKind
from records.sql.rows import Rows, build_row, columns_of, within
from records.sql.schema_clients import alarms, asked

_NEWEST = 2000


class SqlAskedStore:
    """What clients asked of late (dấu vết câu hỏi)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, rows: Sequence[Asked]) -> None:
        """Note questions."""
        if rows:
            self._rows.run(asked.insert(), [build_row(row) for row in rows])

    def count(self, client: str, kind: AskedKind, since: datetime) -> AskedCounts:
        """Counts over the newest 2,000 questions since that moment."""
        mine = (asked.c.client == client, asked.c.kind == kind, asked.c.at >= since)
        columns = (asked.c.owner, asked.c.dossier, asked.c.found, asked.c.near)
        newest = select(*columns).where(*mine).order_by(asked.c.at.desc()).limit(_NEWEST).subquery()
        hit = case((newest.c.found, newest.c.owner))
        row = self._rows.run(
            select(
                func.count(),
                func.count(distinct(newest.c.owner)),
                func.count(distinct(newest.c.dossier)),
                func.count(distinct(newest.c.owner)) - func.count(distinct(hit)),
                func.coalesce(func.sum(cast(newest.c.near, Integer)), 0),
            )
        ).one()
        return AskedCounts(*map(int, row))

    def prune(self, before: datetime) -> int:
        """Forget questions before that moment; returns how many."""
        return self._rows.run(asked.delete().where(asked.c.at < before)).rowcount


class SqlAlarmStore:
    """Alarms (cảnh báo)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, alarm: Alarm) -> None:
        """Add an alarm."""
        self._rows.add(alarms, build_row(alarm))

    def save(self, alarm: Alarm) -> Alarm:
        """Write with version + 1 where the stored version is still that one; returns it."""
        return self._rows.replace_versioned(alarms, alarm)

    def get(self, alarm_id: str) -> Alarm:
        """The alarm of that id; `RecordNotFound`."""
        return self._rows.get(Alarm, alarms, "id", alarm_id)

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[Alarm], int]:
        """Alarms, newest first, with the total."""
        return self._rows.page(Alarm, alarms, (), (alarms.c.at.desc(), alarms.c.id), limit, offset)

    def waiting(self, scope: Scope) -> int:
        """How many alarms about these units nobody has acknowledged."""
        mine = [alarms.c.acknowledged_at.is_(None), *within(scope, alarms.c.unit)]
        count: int = self._rows.run(select(func.count()).select_from(alarms).where(*mine)).scalar_one()
        return count

    def find_block(self, client: str) -> Alarm | None:
        """The newest alarm that blocks this client and was not lifted."""
        return self._newest(alarms.c.client == client, alarms.c.blocks, alarms.c.lifted_at.is_(None))

    def last_lift(self, client: str) -> datetime | None:
        """When an alarm of this client was lifted last: what it asked before no longer counts."""
        mine = select(func.max(alarms.c.lifted_at)).where(alarms.c.client == client)
        found: datetime | None = self._rows.run(mine).scalar()
        return found

    def open(self, client: str, kind: AlarmKind) -> Alarm | None:
        """The newest alarm of that kind about the client that nobody has acknowledged."""
        mine = (alarms.c.client == client, alarms.c.kind == kind, alarms.c.acknowledged_at.is_(None))
        return self._newest(*mine)

    def _newest(self, *where: object) -> Alarm | None:
        wanted = select(*columns_of(Alarm, alarms)).where(*where)  # type: ignore[arg-type]
        found = self._rows.all(Alarm, wanted.order_by(alarms.c.at.desc(), alarms.c.id).limit(1))
        return found[0] if found else None
