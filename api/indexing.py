"""What the index holds of a record (bản ghi chỉ mục), built from the database and the page texts.

The index follows the record through the outbox: the worker hands events in, `build_documents` reads the
records as they stand by then. A record of a class that must not be indexed is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from ocr.pagefile import iter_page_texts
from records.actions.records import RECORD_CHANGED
from records.errors import InvalidIdentifier
from records.field_names import FieldName
from records.identifiers import hash_owner, parse_owner
from records.model import OutboxEvent, Record, RecordField, Result
from records.ports import BlobStore, Store, UnitOfWork
from records.states import CaptureState
from search.document import INDEXED_CLASSES, IndexDocument
from search.index import SearchIndex

_CHUNK = 100
F = FieldName


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What events ask of the index (thay đổi chỉ mục): documents to write; (id, version) to remove."""

    documents: Sequence[IndexDocument]
    removals: Sequence[tuple[str, int]]


def build_changes(
    work: UnitOfWork, blobs: BlobStore, owner_secret: bytes, events: Iterable[OutboxEvent]
) -> IndexChanges:
    """The records of these events as they stand by now; what may not be found (any more) is removed."""
    versions: dict[str, int] = {}
    for event in events:
        if event.kind == RECORD_CHANGED:
            versions[event.subject_id] = max(event.version, versions.get(event.subject_id, 0))
    documents = build_documents(work, blobs, owner_secret, list(versions))
    for document in documents:
        del versions[document.id]
    for record in work.records.get_many(list(versions)).values():
        versions[record.id] = max(record.version, versions[record.id])
    return IndexChanges(documents, list(versions.items()))


def apply_changes(index: SearchIndex, changes: IndexChanges) -> None:
    """Write and remove; raises `IndexUnavailable`."""
    if changes.documents:
        index.upsert(changes.documents)
    for record_id, version in changes.removals:
        index.delete(record_id, version)


def build_documents(
    work: UnitOfWork, blobs: BlobStore, owner_secret: bytes, record_ids: Sequence[str]
) -> list[IndexDocument]:
    """Index documents of those of the records that are there and may be indexed."""
    records = work.records.get_many(record_ids)
    fields = work.records.fields_of(record_ids)
    return [
        _build(work, blobs, owner_secret, record, fields[record.id])
        for record in records.values()
        if record.confidentiality in INDEXED_CLASSES and not _is_cancelled(work, record)
    ]


def _is_cancelled(work: UnitOfWork, record: Record) -> bool:
    """Whether the paper's batch was withdrawn before it was done."""
    return work.batches.get_file(record.file_id).state is CaptureState.CANCELLED


def iter_all_documents(store: Store, blobs: BlobStore, owner_secret: bytes) -> Iterator[IndexDocument]:
    """Every record's index document, a hundred at a time, for a rebuild."""
    with store.read() as work:
        ids = iter(list(work.records.iter_ids()))
    while chunk := list(islice(ids, _CHUNK)):
        with store.read() as work:
            documents = build_documents(work, blobs, owner_secret, chunk)
        yield from documents


def _build(
    work: UnitOfWork,
    blobs: BlobStore,
    owner_secret: bytes,
    record: Record,
    fields: Sequence[RecordField],
) -> IndexDocument:
    # Released but unconfirmed values serve search too; only a reuse answer needs a person's word.
    values = {field.name: field.value for field in fields if field.value is not None}
    pages = iter_page_texts(blobs.read(record.text_sha256))
    return IndexDocument(
        id=record.id,
        version=record.version,
        title=record.title,
        number=values.get(F.NUMBER, ""),
        issuer=values.get(F.ISSUER, ""),
        kind=record.kind,
        issued=_parse_day(values.get(F.ISSUED)),
        unit=record.unit,
        unit_path=work.units.above(record.unit),
        secrecy=record.confidentiality,
        signer=values.get(F.SIGNER, ""),
        result_type=record.result_type or values.get(F.TYPE_CODE, ""),
        state=_find_state(record, work.results.find_by_record(record.id)),
        owner_key=_build_owner_key(owner_secret, values),
        pages=tuple(page.text for page in pages),
    )


def _find_state(record: Record, result: Result | None) -> str:
    """The result's state where there is one, else how far the record is."""
    return result.state.value if result is not None else record.state.value


def _parse_day(text: str | None) -> date | None:
    """A read date may not be one; then the record is found without it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _build_owner_key(owner_secret: bytes, values: Mapping[str, str]) -> str | None:
    text = values.get(F.OWNER_ID)
    try:
        return hash_owner(owner_secret, parse_owner("", text)) if text else None
    except InvalidIdentifier:
        return None
