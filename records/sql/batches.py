"""Batches and their files in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from records.access import Scope
from records.errors import RecordNotFound
from records.model import Batch, BatchCounts, BatchFile
from records.owner_keys import build_owner_key
from records.sql.rows import Rows, build_row, columns_of, within
from records.sql.schema import batch_files, batches
from records.states import CaptureState

NOT_PROCESSED = (CaptureState.REJECTED, CaptureState.CANCELLED, CaptureState.LINKED)


class SqlBatchStore:
    """Batches and their files (lô và tệp)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        self._rows.add(batches, build_row(batch))

    def save(self, batch: Batch) -> None:
        """Change a batch."""
        self._rows.replace(batches, "id", build_row(batch))

    def get(self, batch_id: str) -> Batch:
        """The batch of that id."""
        return self._rows.get(Batch, batches, "id", batch_id)

    def hold(self, batch_id: str) -> Batch:
        """The batch as it stands, for this transaction alone to change until it ends."""
        if self._rows.is_postgres:
            # NO KEY UPDATE: adding a file shares the key, and two that add must not wait for each other.
            mine = select(batches.c.id).where(batches.c.id == batch_id)
            self._rows.run(mine.with_for_update(key_share=True))
        return self.get(batch_id)

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Batch], int]:
        """Newest first, with the total."""
        order = (batches.c.created_at.desc(), batches.c.id)
        return self._rows.page(Batch, batches, within(scope, batches.c.unit), order, limit, offset)

    def counts(self, batch_id: str) -> BatchCounts:
        """How many files came in and where each stands."""
        grouped = (
            select(batch_files.c.state, func.count())
            .where(batch_files.c.batch_id == batch_id)
            .group_by(batch_files.c.state)
        )
        by_state: dict[CaptureState, int] = {row[0]: row[1] for row in self._rows.run(grouped)}
        return BatchCounts(received=sum(by_state.values()), by_state=by_state)

    def reserve_ordinals(self, batch_id: str, count: int = 1) -> int:
        """Take the next `count` file numbers and return the first."""
        taken = (
            update(batches)
            .where(batches.c.id == batch_id)
            .values(ordinals=batches.c.ordinals + count)
            .returning(batches.c.ordinals)
        )
        last: int | None = self._rows.run(taken).scalar()
        if last is None:
            raise RecordNotFound(id=batch_id)
        return last - count + 1

    def add_file(self, file: BatchFile) -> None:
        """Add a file; a batch and ordinal already there raises `DuplicateRecord`."""
        self._rows.add(batch_files, _file_row(file))

    def save_file(self, file: BatchFile) -> None:
        """Change a file."""
        self._rows.replace(batch_files, "id", _file_row(file))

    def get_file(self, file_id: str) -> BatchFile:
        """The file of that id."""
        return self._rows.get(BatchFile, batch_files, "id", file_id)

    def files(
        self, batch_id: str, *, limit: int = 1000, offset: int = 0, state: CaptureState | None = None
    ) -> Sequence[BatchFile]:
        """Files of the batch in order of ordinal."""
        wanted = select(*columns_of(BatchFile, batch_files)).where(batch_files.c.batch_id == batch_id)
        if state is not None:
            wanted = wanted.where(batch_files.c.state == state)
        return self._rows.all(BatchFile, wanted.order_by(batch_files.c.ordinal).limit(limit).offset(offset))

    def find_processed(self, sha256: str, unit: str) -> BatchFile | None:
        """The first file of the unit with these bytes that was or is being processed (not refused)."""
        self._hold_bytes(sha256, unit)
        wanted = (
            select(*columns_of(BatchFile, batch_files))
            .join(batches, batches.c.id == batch_files.c.batch_id)
            .where(batch_files.c.sha256 == sha256, batches.c.unit == unit)
            .where(batch_files.c.state.not_in(NOT_PROCESSED))
            .order_by(batch_files.c.received_at, batch_files.c.id)
            .limit(1)
        )
        found = self._rows.all(BatchFile, wanted)
        return found[0] if found else None

    def tell_linked(self, file: BatchFile, unit: str) -> None:
        """Give the duplicates linked to `file` its record, which some of them came too early to know."""
        self._hold_bytes(file.sha256 or "", unit)
        linked = update(batch_files).where(
            batch_files.c.sha256 == file.sha256, batch_files.c.linked_file == file.id
        )
        self._rows.run(linked.values(record_id=file.record_id))

    def _hold_bytes(self, sha256: str, unit: str) -> None:
        """Two writers with the same bytes must not pass each other unseen; SQLite has one writer anyway."""
        if self._rows.writing and self._rows.is_postgres:
            self._rows.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit} {sha256}", 0))))


def _file_row(file: BatchFile) -> dict[str, Any]:
    return build_row(file) | {"owner_key": build_owner_key(file.owner_hint)}
