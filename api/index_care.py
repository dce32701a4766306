"""Looking after the index (vận hành chỉ mục): status, drift, repair through the outbox, rebuild; audited."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from api.indexing import iter_all_documents
from api.wiring import Service
from records.access import Permission
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED
from records.errors import IllegalTransition, ServiceError
from records.outbox_lag import OutboxLag
from search.document import INDEXED_CLASSES, IndexDocument
from search.drift import Drift, find_drift
from search.index import IndexStatus

SUBJECT = "search_index"
CHECKED, REPAIRED, REBUILT = "index.check", "index.repair", "index.rebuild"
_RUNNING = "Chỉ mục đang được dựng lại; hãy chờ xong."
_EVENTS_AT_ONCE = 500
_rebuilding = threading.Lock()

Watch = Callable[[Iterable[IndexDocument]], Iterable[IndexDocument]]
"""Lets somebody see how far a rebuild is."""


@dataclass(frozen=True, slots=True)
class LastAct:
    """The last check, repair or rebuild (lần gần nhất): what was done, when, and what came of it."""

    action: str
    at: datetime
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class IndexCare:
    """Everything an administrator sees of the index (tình trạng vận hành); `problem` when it is silent."""

    lag: OutboxLag
    lag_seconds: float
    records: int
    status: IndexStatus | None
    problem: str
    last: tuple[LastAct, ...]


def read_care(service: Service, acting: Acting) -> IndexCare:
    """How index and outbox stand; raises `AccessDenied`. A silent index is told, not raised."""
    acting.check(Permission.INDEX_MANAGE, None)
    with service.store.read() as work:
        lag = work.outbox.lag()
        count = sum(1 for _ in work.records.iter_searchable(INDEXED_CLASSES))
        rows, _total = work.audit.page(subject_id=SUBJECT, limit=5)
    last = tuple(
        LastAct(entry.action, entry.at, entry.outcome, int(entry.detail.get("count") or 0))
        for _id, entry in rows
    )
    try:
        status, problem = service.index.find_status(), ""
    except ServiceError as error:
        status, problem = None, error.text_vi
    return IndexCare(lag, lag.seconds(acting.at), count, status, problem, last)


def check_drift(service: Service, acting: Acting) -> Drift:
    """Compare index and database; raises `AccessDenied`, `IndexUnavailable`.

    What waits in the outbox counts as drift until it is delivered.
    """
    acting.check(Permission.INDEX_MANAGE, None)
    drift = _find(service)
    _note(service, acting, CHECKED, drift.count)
    return drift


def repair_drift(service: Service, acting: Acting) -> Drift:
    """Check, and put an event into the outbox for everything that differs; the worker does the rest."""
    acting.check(Permission.INDEX_MANAGE, None)
    drift = _find(service)
    pairs = list(drift.iter_all())
    for start in range(0, len(pairs), _EVENTS_AT_ONCE):
        with service.store.write() as work:
            for record_id, version in pairs[start : start + _EVENTS_AT_ONCE]:
                work.outbox.add(RECORD_CHANGED, record_id, version, acting.at)
            work.commit()
    _note(service, acting, REPAIRED, drift.count)
    return drift


def rebuild_index(service: Service, acting: Acting, watch: Watch = lambda documents: documents) -> int:
    """Build a new index beside the old one and switch over; searches and writes go on.

    Raises `IllegalTransition` while this process builds one already.
    """
    acting.check(Permission.INDEX_MANAGE, None)
    if not _rebuilding.acquire(blocking=False):
        raise IllegalTransition(_RUNNING)
    try:
        documents = iter_all_documents(service.store, service.blobs, service.owner_secret)
        count = service.index.rebuild(watch(documents))
    finally:
        _rebuilding.release()
    _note(service, acting, REBUILT, count)
    return count


def start_rebuild(service: Service, acting: Acting) -> None:
    """The same in the background; a failure stands in the log and the old index goes on serving."""
    acting.check(Permission.INDEX_MANAGE, None)
    if _rebuilding.locked():
        raise IllegalTransition(_RUNNING)

    def run() -> None:
        try:
            rebuild_index(service, acting)
        except ServiceError as error:
            _note(service, acting, REBUILT, 0, error.code)

    threading.Thread(target=run, name="index-rebuild", daemon=True).start()


def _find(service: Service) -> Drift:
    def expected() -> Iterable[tuple[str, int]]:
        with service.store.read() as work:
            yield from work.records.iter_searchable(INDEXED_CLASSES)

    index = service.index
    index.ensure()
    return find_drift(expected, index.sum_ranges(), index.list_range)


def _note(service: Service, acting: Acting, action: str, count: int, outcome: str = "ok") -> None:
    with service.store.write() as work:
        work.audit.add(acting.entry(action, "index", SUBJECT, outcome=outcome, count=count))
        work.commit()
