"""What the index holds of a record (bản ghi chỉ mục), built from the database and the page texts.

The index follows the record through the outbox: the worker hands events in, `build_documents` reads the
records as they stand by then. A record of a class that must not be indexed is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from ocr.pagefile import iter_page_texts
from records.actions.records import RECORD_CHANGED
from records.errors import InvalidIdentifier
from records.field_names import FieldName
from records.identifiers import hash_owner, parse_owner
from records.model import OutboxEvent, Record, RecordField, Result
from records.ports import BlobStore, Store, UnitOfWork
from search.document import INDEXED_CLASSES, IndexDocument

_CHUNK = 100
F = FieldName


def find_subjects(events: Iterable[OutboxEvent]) -> list[str]:
    """Ids of the records that changed, each once, in order."""
    return list(dict.fromkeys(event.subject_id for event in events if event.kind == RECORD_CHANGED))


def build_documents(
    work: UnitOfWork, blobs: BlobStore, owner_secret: bytes, record_ids: Sequence[str]
) -> list[IndexDocument]:
    """Index documents of those of the records that are there and may be indexed."""
    records = work.records.get_many(record_ids)
    fields = work.records.fields_of(record_ids)
    return [
        _build(work, blobs, owner_secret, record, fields[record.id])
        for record in records.values()
        if record.confidentiality in INDEXED_CLASSES
    ]


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
