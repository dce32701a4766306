"""Procedure results and their changes in SQL: the rows a reuse answer rests on."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, union

from records.errors import RecordNotFound
from records.former_identifiers import OwnerPair
from records.model import Result, ResultChange
from records.owner_keys import build_owner_key
from records.sql.batches import NOT_PROCESSED
from records.sql.rows import AnySelect, Rows, build_row, columns_of
from records.sql.schema import batch_files, record_fields, records, result_changes, results
from records.states import RESULTS_IN_FORCE, CaptureState, RecordState, SignatureStanding


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

    def hold(self, result_id: str) -> Result:
        """The result as it stands, for this transaction alone to change until it ends."""
        wanted = select(*columns_of(Result, results)).where(results.c.id == result_id)
        found = self._rows.all(Result, wanted.with_for_update())
        if not found:
            raise RecordNotFound(id=result_id)
        return found[0]

    def find_by_record(self, record_id: str) -> Result | None:
        """The result made from that record, if any."""
        return self._rows.find(Result, results, results.c.record_id == record_id)

    def find_by_owner(self, owner_scheme: str, owner_id: str, type_code: str) -> Sequence[Result]:
        """Every row of that exact owner and type, newest `issued` first, then id."""
        return self.find_by_owners([(owner_scheme, owner_id)], [type_code])

    def pending(self, owner_scheme: str, owner_id: str, type_code: str) -> int:  # noqa: ARG002
        """Papers of that owner and type on the line or in review.

        Also counted: papers whose type is not known yet, and records confirmed that wait for the
        digitiser's signature. Owners are compared by key, whatever their scheme: better one paper too
        many here, which asks for a look, than a citizen asked for a paper that lies on the line.
        """
        return self.pending_by_type([owner_id], [type_code])[type_code]

    def find_by_owners(
        self, owners: Sequence[OwnerPair], type_codes: Sequence[str] | None = None
    ) -> Sequence[Result]:
        """Every row of these exact owners and types (None: all), newest `issued` first, then id."""
        if not owners or type_codes == []:
            return []
        values: dict[str, Any] = {"types": type_codes} if type_codes is not None else {}
        for place, (scheme, number) in enumerate(owners):
            values |= {f"scheme{place}": scheme, f"number{place}": number}
        return self._rows.all(Result, _build_owner_rows(len(owners), type_codes is not None), values)

    def pending_by_type(self, owner_ids: Sequence[str], type_codes: Sequence[str]) -> Mapping[str, int]:
        """`pending` of these owners together, for each of the types, in one question."""
        keys = sorted({key for key in map(build_owner_key, owner_ids) if key is not None})
        found = self._rows.run(_build_pending_counts(), {"keys": keys, "types": list(type_codes)})
        counts: dict[str | None, int] = {row[0]: row[1] for row in found}
        unknown = counts.get(None, 0)
        return {type_code: counts.get(type_code, 0) + unknown for type_code in type_codes}

    def run_out(self, day: date, limit: int) -> Sequence[Result]:
        """Rows in force whose last day lies before `day`, the longest over first; held by a writer."""
        over = (results.c.valid_to < day) & results.c.state.in_(RESULTS_IN_FORCE)
        wanted = select(*columns_of(Result, results)).where(over)
        wanted = wanted.order_by(results.c.valid_to, results.c.id).limit(limit)
        return self._rows.all(Result, wanted.with_for_update() if self._rows.writing else wanted)

    def add_change(self, change: ResultChange) -> None:
        """Note a change of state."""
        self._rows.add(result_changes, build_row(change))

    def changes(self, result_id: str) -> Sequence[ResultChange]:
        """Changes of the result, oldest first."""
        wanted = select(*columns_of(ResultChange, result_changes))
        mine = wanted.where(result_changes.c.result_id == result_id)
        return self._rows.all(ResultChange, mine.order_by(result_changes.c.at, result_changes.c.id))


# Lookups run these all day: building a statement takes longer than running it, so it is built once.
@lru_cache(maxsize=128)
def _build_owner_rows(count: int, typed: bool) -> AnySelect:
    mine = [
        and_(
            results.c.owner_scheme == bindparam(f"scheme{place}"),
            results.c.owner_id == bindparam(f"number{place}"),
        )
        for place in range(count)
    ]
    wanted = select(*columns_of(Result, results)).where(or_(*mine))
    if typed:
        wanted = wanted.where(results.c.type_code.in_(bindparam("types", expanding=True)))
    return wanted.order_by(results.c.issued.desc(), results.c.id)


@lru_cache(maxsize=1)
def _build_pending_counts() -> AnySelect:
    keys = bindparam("keys", expanding=True)
    hinted = _open_kinds().where(batch_files.c.owner_key.in_(keys))
    read = (
        _open_kinds()
        .join(record_fields, record_fields.c.record_id == records.c.id)
        .where(record_fields.c.owner_key.in_(keys))
    )
    # UNION drops the paper that is found both by its hint and by what was read.
    papers = union(hinted, read).subquery("papers")
    return select(papers.c.kind, func.count()).group_by(papers.c.kind)


def _open_kinds() -> AnySelect:
    """Files that are not done and whose type is one of `types` or not known yet: id and type."""
    kind = func.coalesce(records.c.result_type, batch_files.c.type_hint)
    wanted = kind.in_(bindparam("types", expanding=True))
    return (
        select(batch_files.c.id, kind.label("kind"))
        .select_from(batch_files.outerjoin(records, records.c.file_id == batch_files.c.id))
        .where(_is_open(), or_(kind.is_(None), wanted))
    )


def _is_open() -> ColumnElement[bool]:
    state = batch_files.c.state
    record_waits = or_(
        records.c.state == RecordState.IN_REVIEW,
        records.c.signature_standing == SignatureStanding.AWAITING_DIGITISER,
    )
    return state.not_in(NOT_PROCESSED) & or_(state != CaptureState.RELEASED, record_waits)
