"""Procedure results and their changes in SQL: the rows a reuse answer rests on."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, union

from records.model import Result, ResultChange
from records.owner_keys import build_owner_key
from records.sql.batches import NOT_PROCESSED
from records.sql.rows import AnySelect, Rows, build_row, columns_of
from records.sql.schema import batch_files, record_fields, records, result_changes, results
from records.states import CaptureState, RecordState, SignatureStanding


class SqlResultStore:
    """Procedure results and their changes (kết quả TTHC)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, result: Result) -> None:
        """Add a result."""
        self._rows.add(results, build_row(result))

    def save(self, result: Result) -> Result:
        """Write with version + 1 where the stored version is still `result.version`; returns it."""
        return self._rows.replace_versioned(results, result)

    def get(self, result_id: str) -> Result:
        """The result of that id."""
        return self._rows.get(Result, results, "id", result_id)

    def find_by_record(self, record_id: str) -> Result | None:
        """The result made from that record, if any."""
        return self._rows.find(Result, results, results.c.record_id == record_id)

    def find_by_owner(self, owner_scheme: str, owner_id: str, type_code: str) -> Sequence[Result]:
        """Every row of that exact owner and type, newest `issued` first, then id."""
        wanted = (
            select(*columns_of(Result, results))
            .where(results.c.owner_scheme == owner_scheme, results.c.owner_id == owner_id)
            .where(results.c.type_code == type_code)
            .order_by(results.c.issued.desc(), results.c.id)
        )
        return self._rows.all(Result, wanted)

    def pending(self, owner_scheme: str, owner_id: str, type_code: str) -> int:  # noqa: ARG002
        """Papers of that owner and type on the line or in review.

        Also counted: papers whose type is not known yet, and records confirmed that wait for the
        digitiser's signature. Owners are compared by key, whatever their scheme: better one paper too
        many here, which asks for a look, than a citizen asked for a paper that lies on the line.
        """
        key = build_owner_key(owner_id)
        if key is None:
            return 0
        hinted = _open_files(type_code).where(batch_files.c.owner_key == key)
        read = (
            _open_files(type_code)
            .join(record_fields, record_fields.c.record_id == records.c.id)
            .where(record_fields.c.owner_key == key)
        )
        papers = union(hinted, read).subquery("papers")
        count: int = self._rows.run(select(func.count()).select_from(papers)).scalar_one()
        return count

    def add_change(self, change: ResultChange) -> None:
        """Note a change of state."""
        self._rows.add(result_changes, build_row(change))

    def changes(self, result_id: str) -> Sequence[ResultChange]:
        """Changes of the result, oldest first."""
        wanted = select(*columns_of(ResultChange, result_changes))
        mine = wanted.where(result_changes.c.result_id == result_id)
        return self._rows.all(ResultChange, mine.order_by(result_changes.c.at, result_changes.c.id))


def _open_files(type_code: str) -> AnySelect:
    """Ids of files that are not done and whose type is this one or not known yet."""
    kind = func.coalesce(records.c.result_type, batch_files.c.type_hint)
    return (
        select(batch_files.c.id)
        .select_from(batch_files.outerjoin(records, records.c.file_id == batch_files.c.id))
        .where(_is_open(), or_(kind.is_(None), kind == type_code))
    )


def _is_open() -> ColumnElement[bool]:
    state = batch_files.c.state
    record_waits = or_(
        records.c.state == RecordState.IN_REVIEW,
        records.c.signature_standing == SignatureStanding.AWAITING_DIGITISER,
    )
    return state.not_in(NOT_PROCESSED) & or_(state != CaptureState.RELEASED, record_waits)
