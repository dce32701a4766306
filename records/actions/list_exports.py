"""Result lists as files (xuất danh sách): asked for, written in the background, fetched by the asker."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from records.actions.acting import Acting
from records.actions.saved_searches import MAX_QUERY, check_person
from records.errors import InvalidValue, RecordNotFound
from records.ports import BlobStore, Job, Priority, Store
from records.saved_searches import ExportFormat, ExportState, SearchExport

EXPORT_LIST = "export_list"
MAX_UNFINISHED = 3
KEPT = timedelta(hours=24)
"""How long a file can be fetched."""

_SHOWN = 50


def request_export(store: Store, acting: Acting, form: ExportFormat, query: str) -> SearchExport:
    """Ask for a list as a file; the job and its row are one commit. `InvalidValue` while too many wait."""
    check_person(acting)
    if len(query) > MAX_QUERY:
        raise InvalidValue("Điều kiện tìm quá dài để xuất.", field="query")
    export = SearchExport(str(uuid.uuid4()), acting.principal.id, form, query, ExportState.WAITING, acting.at)
    with store.write() as work:
        if work.search_exports.unfinished_of(acting.principal.id) >= MAX_UNFINISHED:
            raise InvalidValue(f"Bạn đang có {MAX_UNFINISHED} danh sách chờ xuất; hãy đợi xong.")
        work.search_exports.add(export)
        work.jobs.enqueue(Job(EXPORT_LIST, f"{EXPORT_LIST}:{export.id}", export.id, Priority.RERUN))
        work.audit.add(acting.entry("search.export", "search_export", export.id, format=form.value))
        work.commit()
    return export


def list_exports(store: Store, acting: Acting) -> Sequence[SearchExport]:
    """The person's latest exports, newest first."""
    check_person(acting)
    with store.read() as work:
        return work.search_exports.of_account(acting.principal.id, _SHOWN)


def get_export(store: Store, acting: Acting, export_id: str) -> SearchExport:
    """An export of the person's own; anybody else's is not there."""
    check_person(acting)
    with store.read() as work:
        export = work.search_exports.get(export_id)
    if export.account_id != acting.principal.id:
        raise RecordNotFound(id=export_id)
    return export


def open_export(store: Store, blobs: BlobStore, acting: Acting, export_id: str) -> tuple[SearchExport, bytes]:
    """The file, for its owner alone and in time; the download leaves an audit row."""
    export = get_export(store, acting, export_id)
    if export.sha256 is None or is_expired(export, acting.at):
        raise RecordNotFound("Tệp này chưa xong hoặc đã hết hạn; hãy xuất lại.", id=export_id)
    data = blobs.read(export.sha256)
    with store.write() as work:
        work.audit.add(acting.entry("search.export_read", "search_export", export_id, rows=export.rows))
        work.commit()
    return export, data


def is_expired(export: SearchExport, at: datetime) -> bool:
    """Whether the file's time is over."""
    return export.expires_at is not None and export.expires_at <= at


def expire_exports(store: Store, blobs: BlobStore, now: datetime) -> int:
    """Remove files whose time is over; returns how many exports."""
    with store.write() as work:
        late = work.search_exports.due_to_expire(now, 100)
        for export in late:
            work.search_exports.save(replace(export, state=ExportState.EXPIRED, sha256=None))
        work.commit()
    for sha256 in {export.sha256 for export in late if export.sha256 is not None}:
        with store.read() as work:
            is_named = work.search_exports.names_file(sha256)
        if not is_named:
            blobs.remove(sha256)
    return len(late)
