"""Records and their fields in SQL."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from records.access import Scope
from records.model import Record, RecordField
from records.owner_keys import OWNER_FIELD, build_owner_key
from records.sql.rows import Rows, build_row, chunks, columns_of, within
from records.sql.schema import batch_files, batches, record_fields, records
from records.states import CaptureState, Confidentiality, RecordState

IDS_AT_ONCE = 1000


class SqlRecordStore:
    """Records and their fields (hồ sơ và trường dữ liệu)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, record: Record) -> None:
        """Add a record."""
        self._rows.add(records, build_row(record))

    def save(self, record: Record) -> Record:
        """Write with version + 1 where the stored version is still `record.version`; returns it."""
        return self._rows.replace_versioned(records, record)

    def get(self, record_id: str) -> Record:
        """The record of that id."""
        return self._rows.get(Record, records, "id", record_id)

    def find(self, record_id: str) -> Record | None:
        """The record of that id, if any."""
        return self._rows.find(Record, records, records.c.id == record_id)

    def get_many(self, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """Those of the records that are there, by id."""
        wanted = select(*columns_of(Record, records))
        return {
            record.id: record
            for part in chunks(record_ids)
            for record in self._rows.all(Record, wanted.where(records.c.id.in_(part)))
        }

    def page(
        self, scope: Scope, *, state: RecordState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Record], int]:
        """Newest first (review: oldest first, without what was withdrawn), with the total."""
        where = within(scope, records.c.unit)
        if state is not None:
            where.append(records.c.state == state)
        created = records.c.created_at
        oldest_first = state is RecordState.IN_REVIEW
        if oldest_first:
            withdrawn = select(batch_files.c.id).where(
                batch_files.c.id == records.c.file_id, batch_files.c.state == CaptureState.CANCELLED
            )
            where.append(~withdrawn.exists())
        order = (created if oldest_first else created.desc(), records.c.id)
        return self._rows.page(Record, records, where, order, limit, offset)

    def iter_ids(self) -> Iterator[str]:
        """Every record id, in order of id."""
        last = ""
        while True:
            wanted = select(records.c.id).where(records.c.id > last).order_by(records.c.id)
            found = self._rows.run(wanted.limit(IDS_AT_ONCE)).scalars().all()
            yield from found
            if len(found) < IDS_AT_ONCE:
                return
            last = found[-1]

    def iter_searchable(self, classes: Collection[Confidentiality]) -> Iterator[tuple[str, int]]:
        """(id, version) of every record of these classes whose file was not cancelled, in order of id."""
        last = ""
        source = records.join(batch_files, batch_files.c.id == records.c.file_id)
        fits = records.c.confidentiality.in_(list(classes)) & (batch_files.c.state != CaptureState.CANCELLED)
        while True:
            wanted = select(records.c.id, records.c.version).select_from(source).where(fits)
            wanted = wanted.where(records.c.id > last).order_by(records.c.id).limit(IDS_AT_ONCE)
            found = self._rows.run(wanted).all()
            yield from ((str(row.id), int(row.version)) for row in found)
            if len(found) < IDS_AT_ONCE:
                return
            last = found[-1].id

    def put_fields(self, record_id: str, fields: Iterable[RecordField]) -> None:
        """Replace the named fields, keep the others."""
        rows = [_field_row(field) | {"record_id": record_id} for field in fields]
        if not rows:
            return
        insert = self._rows.insert(record_fields)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in ("record_id", "name")}
        key = [record_fields.c.record_id, record_fields.c.name]
        self._rows.run(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)

    def fields(self, record_id: str) -> Sequence[RecordField]:
        """Fields of the record, by name."""
        return self.fields_of([record_id])[record_id]

    def fields_of(self, record_ids: Sequence[str]) -> Mapping[str, Sequence[RecordField]]:
        """Fields of each record, by record id; every id asked for is a key."""
        found: dict[str, list[RecordField]] = {record_id: [] for record_id in record_ids}
        wanted = select(*columns_of(RecordField, record_fields))
        for part in chunks(list(found)):
            here = wanted.where(record_fields.c.record_id.in_(part))
            for field in self._rows.all(RecordField, here):
                found[field.record_id].append(field)
        return {key: sorted(fields, key=lambda field: field.name) for key, fields in found.items()}

    def iter_confirmed(
        self, scope: Scope, *, profile: str | None = None, since: datetime | None = None
    ) -> Iterator[RecordField]:
        """Fields a person confirmed, by record and name, read piece by piece."""
        fields = record_fields.c
        where = [fields.confirmed_by.is_not(None), *within(scope, records.c.unit)]
        source = record_fields.join(records, records.c.id == fields.record_id)
        if profile is not None:
            source = source.join(batches, batches.c.id == records.c.batch_id)
            where.append(batches.c.profile == profile)
        if since is not None:
            where.append(records.c.created_at >= since)
        wanted = select(*columns_of(RecordField, record_fields)).select_from(source).where(*where)
        wanted = wanted.order_by(fields.record_id, fields.name).limit(IDS_AT_ONCE)
        after: tuple[str, str] | None = None
        while True:
            rest = wanted if after is None else wanted.where(tuple_(fields.record_id, fields.name) > after)
            found = self._rows.all(RecordField, rest)
            yield from found
            if len(found) < IDS_AT_ONCE:
                return
            after = (found[-1].record_id, found[-1].name)


def _field_row(field: RecordField) -> dict[str, Any]:
    owner = field.value if field.value is not None else field.raw
    return build_row(field) | {"owner_key": build_owner_key(owner) if field.name == OWNER_FIELD else None}
