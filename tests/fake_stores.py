"""Stores of papers in memory; held to the same contract as the database's."""

# ruff: noqa: D102 - the ports say what each method does

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from records.access import Scope
from records.errors import DuplicateRecord
from records.former_identifiers import OwnerPair
from records.model import (
    Batch,
    BatchCounts,
    BatchFile,
    Incident,
    Record,
    RecordField,
    Result,
    ResultChange,
)
from records.owner_keys import OWNER_FIELD, build_owner_key
from records.states import RESULTS_IN_FORCE, CaptureState, Confidentiality, RecordState, SignatureStanding
from tests.fake_state import State, add_new, cut_page, get_known, newest_first, put_known, save_versioned

NOT_PROCESSED = (CaptureState.REJECTED, CaptureState.CANCELLED, CaptureState.LINKED)


class FakeBatchStore:
    """Batches and files in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, batch: Batch) -> None:
        add_new(self._state.batches, batch.id, batch)

    def save(self, batch: Batch) -> None:
        put_known(self._state.batches, batch.id, batch)

    def get(self, batch_id: str) -> Batch:
        return get_known(self._state.batches, batch_id)

    def hold(self, batch_id: str) -> Batch:
        return self.get(batch_id)

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Batch], int]:
        inside = [batch for batch in self._state.batches.values() if scope.covers(batch.unit)]
        return cut_page(newest_first(inside, "created_at"), limit, offset)

    def counts(self, batch_id: str) -> BatchCounts:
        by_state: dict[CaptureState, int] = {}
        for file in self._of(batch_id):
            by_state[file.state] = by_state.get(file.state, 0) + 1
        return BatchCounts(sum(by_state.values()), by_state)

    def reserve_ordinals(self, batch_id: str, count: int = 1) -> int:
        self.get(batch_id)
        first = self._state.ordinals.get(batch_id, 0) + 1
        self._state.ordinals[batch_id] = first + count - 1
        return first

    def add_file(self, file: BatchFile) -> None:
        if file.id in self._state.files or any(it.ordinal == file.ordinal for it in self._of(file.batch_id)):
            raise DuplicateRecord()
        self.get(file.batch_id)
        self._state.files[file.id] = file

    def save_file(self, file: BatchFile) -> None:
        put_known(self._state.files, file.id, file)

    def get_file(self, file_id: str) -> BatchFile:
        return get_known(self._state.files, file_id)

    def files(
        self, batch_id: str, *, limit: int = 1000, offset: int = 0, state: CaptureState | None = None
    ) -> Sequence[BatchFile]:
        found = [file for file in self._of(batch_id) if state in (None, file.state)]
        return found[offset : offset + limit]

    def tell_linked(self, file: BatchFile, unit: str) -> None:
        for twin in list(self._state.files.values()):
            if twin.linked_file == file.id:
                self._state.files[twin.id] = replace(twin, record_id=file.record_id)

    def find_processed(self, sha256: str, unit: str) -> BatchFile | None:
        found = [
            file
            for file in self._state.files.values()
            if file.sha256 == sha256
            and file.state not in NOT_PROCESSED
            and self.get(file.batch_id).unit == unit
        ]
        return min(found, key=lambda file: (file.received_at, file.id), default=None)

    def _of(self, batch_id: str) -> list[BatchFile]:
        found = [file for file in self._state.files.values() if file.batch_id == batch_id]
        return sorted(found, key=lambda file: file.ordinal)


class FakeRecordStore:
    """Records and fields in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, record: Record) -> None:
        if record.id in self._state.records:
            raise DuplicateRecord()
        get_known(self._state.files, record.file_id)
        get_known(self._state.batches, record.batch_id)
        self._state.records[record.id] = record

    def save(self, record: Record) -> Record:
        return save_versioned(self._state.records, record)

    def get(self, record_id: str) -> Record:
        return get_known(self._state.records, record_id)

    def find(self, record_id: str) -> Record | None:
        return self._state.records.get(record_id)

    def get_many(self, record_ids: Sequence[str]) -> Mapping[str, Record]:
        return {key: self._state.records[key] for key in record_ids if key in self._state.records}

    def page(
        self, scope: Scope, *, state: RecordState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Record], int]:
        fits = [
            it for it in self._state.records.values() if scope.covers(it.unit) and state in (None, it.state)
        ]
        if state is RecordState.IN_REVIEW:
            files = self._state.files
            fits = [it for it in fits if files[it.file_id].state is not CaptureState.CANCELLED]
            return cut_page(sorted(fits, key=lambda it: (it.created_at, it.id)), limit, offset)
        return cut_page(newest_first(fits, "created_at"), limit, offset)

    def iter_ids(self) -> Iterator[str]:
        yield from sorted(self._state.records)

    def iter_searchable(self, classes: Collection[Confidentiality]) -> Iterator[tuple[str, int]]:
        for record_id, record in sorted(self._state.records.items()):
            file = self._state.files[record.file_id]
            if record.confidentiality in classes and file.state is not CaptureState.CANCELLED:
                yield record_id, record.version

    def put_fields(self, record_id: str, fields: Iterable[RecordField]) -> None:
        for one in fields:
            self.get(record_id)
            self._state.fields[record_id, one.name] = replace(one, record_id=record_id)

    def fields(self, record_id: str) -> Sequence[RecordField]:
        found = [one for key, one in self._state.fields.items() if key[0] == record_id]
        return sorted(found, key=lambda one: one.name)

    def fields_of(self, record_ids: Sequence[str]) -> Mapping[str, Sequence[RecordField]]:
        return {record_id: self.fields(record_id) for record_id in record_ids}

    def iter_confirmed(
        self, scope: Scope, *, profile: str | None = None, since: datetime | None = None
    ) -> Iterator[RecordField]:
        for (record_id, _name), one in sorted(self._state.fields.items()):
            record = self.get(record_id)
            if one.confirmed_by is None or not scope.covers(record.unit):
                continue
            if profile is not None and self._state.batches[record.batch_id].profile != profile:
                continue
            if since is None or record.created_at >= since:
                yield one


class FakeResultStore:
    """Results in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, result: Result) -> None:
        if result.record_id is not None and self.find_by_record(result.record_id):
            raise DuplicateRecord()
        if result.record_id is not None:
            get_known(self._state.records, result.record_id)
        add_new(self._state.results, result.id, result)

    def save(self, result: Result) -> Result:
        return save_versioned(self._state.results, result)

    def get(self, result_id: str) -> Result:
        return get_known(self._state.results, result_id)

    def hold(self, result_id: str) -> Result:
        return self.get(result_id)

    def find_by_record(self, record_id: str) -> Result | None:
        return next((it for it in self._state.results.values() if it.record_id == record_id), None)

    def find_by_owner(self, owner_scheme: str, owner_id: str, type_code: str) -> Sequence[Result]:
        key = (owner_scheme, owner_id, type_code)
        found = [
            it for it in self._state.results.values() if (it.owner_scheme, it.owner_id, it.type_code) == key
        ]
        return newest_first(found, "issued")

    def pending(self, owner_scheme: str, owner_id: str, type_code: str) -> int:
        key = build_owner_key(owner_id)
        return sum(self._is_pending(file, key, type_code) for file in self._state.files.values())

    def find_by_owners(
        self, owners: Sequence[OwnerPair], type_codes: Sequence[str] | None = None
    ) -> Sequence[Result]:
        found = [
            it
            for it in self._state.results.values()
            if (it.owner_scheme, it.owner_id) in owners and (type_codes is None or it.type_code in type_codes)
        ]
        return newest_first(found, "issued")

    def pending_by_type(self, owner_ids: Sequence[str], type_codes: Sequence[str]) -> Mapping[str, int]:
        keys = {build_owner_key(owner_id) for owner_id in owner_ids}
        files = self._state.files.values()
        return {
            code: sum(any(self._is_pending(file, key, code) for key in keys) for file in files)
            for code in type_codes
        }

    def run_out(self, day: date, limit: int) -> Sequence[Result]:
        over = [
            it
            for it in self._state.results.values()
            if it.valid_to is not None and it.valid_to < day and it.state in RESULTS_IN_FORCE
        ]
        return sorted(over, key=lambda it: (it.valid_to or day, it.id))[:limit]

    def add_change(self, change: ResultChange) -> None:
        self.get(change.result_id)
        add_new(self._state.changes, change.id, change)

    def changes(self, result_id: str) -> Sequence[ResultChange]:
        found = [change for change in self._state.changes.values() if change.result_id == result_id]
        return sorted(found, key=lambda change: (change.at, change.id))

    def _is_pending(self, file: BatchFile, key: str | None, type_code: str) -> bool:
        if file.state in NOT_PROCESSED or key is None:
            return False
        records = [it for it in self._state.records.values() if it.file_id == file.id]
        return any(self._fits(file, record, key, type_code) for record in records or [None])

    def _fits(self, file: BatchFile, record: Record | None, key: str, type_code: str) -> bool:
        owner = record and self._state.fields.get((record.id, OWNER_FIELD))
        read = build_owner_key(owner.value if owner.value is not None else owner.raw) if owner else None
        kind = (record and record.result_type) or file.type_hint
        waits = record and (
            record.state is RecordState.IN_REVIEW
            or record.signature_standing is SignatureStanding.AWAITING_DIGITISER
        )
        open_still = file.state is not CaptureState.RELEASED or bool(waits)
        return open_still and key in (read, build_owner_key(file.owner_hint)) and kind in (None, type_code)


class FakeIncidentStore:
    """Incidents in memory."""

    def __init__(self, state: State) -> None:
        self._incidents = state.incidents

    def add(self, incident: Incident) -> None:
        add_new(self._incidents, incident.id, incident)

    def save(self, incident: Incident) -> None:
        put_known(self._incidents, incident.id, incident)

    def get(self, incident_id: str) -> Incident:
        return get_known(self._incidents, incident_id)

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Incident], int]:
        inside = [it for it in self._incidents.values() if scope.covers(it.unit)]
        return cut_page(newest_first(inside, "at"), limit, offset)
