"""A file's way from the operator's hand to the line (tiếp nhận tệp): steps 1 to 4 of the journey.

Until the gate has passed, bytes lie only in the memory-backed folder; nothing durable knows of the file.
Then the original, what was read and the job are kept, and the row that is returned is the receipt. A
restart forgets what had no receipt, and the sender sends it again.
"""

import errno
import hashlib
import shutil
import threading
import unicodedata
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.errors import IntakeFull, SecretMaterialFound, UncheckedContent
from ingest.formats.facts import UNSEEN, FormatFacts, Limits
from ingest.formats.limits import check_bytes
from ingest.jobs import FileJob, build_process_job
from ingest.memory import MemoryFolder
from ingest.pages import GatedPages, PageReader
from ingest.resume import build_job_key
from records.access import Permission, Principal, authorize
from records.actions.acting import Acting
from records.actions.batches import check_not_ended, check_open, follow_files
from records.actions.incidents import get_usable_lift, use_lift
from records.errors import ErrorKind, IngestError, OcrError, ServiceError
from records.identifiers import build_id
from records.model import Batch, BatchFile, Incident
from records.ports import BlobStore, Clock, Store, UnitOfWork
from records.states import CAPTURE_ENDS, CaptureState

CHANNEL = "intake"
_COPY_BYTES = 1024 * 1024
_NAME_LENGTH = 255
_REFUSALS = frozenset({ErrorKind.INVALID, ErrorKind.REFUSED, ErrorKind.DAMAGED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is (tiến độ): `stage` is receive, gate or done; pages read of all."""

    name: str
    stage: str
    pages_read: int = 0
    pages: int = 0


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is handed over (tệp nộp): path or bytes, hints, lifted incidents it comes in under."""

    name: str
    source: Path | bytes
    owner_hint: str | None = None
    type_hint: str | None = None
    lifted_incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An upload with who brings it, into which batch, and the pages that lifted incidents let pass."""

    batch: Batch
    acting: Acting
    upload: Upload
    size: int
    name: str
    ordinal: int
    lifts: tuple[Incident, ...] = field(default=())


class Intake:
    """Takes files in (bộ phận tiếp nhận); safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        reader: PageReader,
        memory: MemoryFolder,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._reader = reader
        self._memory = memory
        self._clock = clock
        self._limits = limits or Limits()
        self._busy: set[tuple[str, str]] = set()
        self._free = threading.Condition()

    def receive(
        self,
        batch_id: str,
        name: str,
        source: Path | bytes,
        who: Principal,
        owner_hint: str | None = None,
        type_hint: str | None = None,
        lifted_incidents: Sequence[str] = (),
        on_progress: OnProgress | None = None,
    ) -> BatchFile:
        """Take one file in; the row says what became of it: being read, linked or refused with a reason.

        Raises `RecordNotFound`, `AccessDenied`, `IllegalTransition` (closed batch, unusable incident) and
        whatever is unavailable; then nothing is kept and the same call may be made again.
        """
        upload = Upload(name, source, owner_hint, type_hint, tuple(lifted_incidents))
        return self.receive_upload(batch_id, upload, who, on_progress)

    def receive_upload(
        self,
        batch_id: str,
        upload: Upload,
        who: Principal,
        on_progress: OnProgress | None = None,
        ordinal: int | None = None,
    ) -> BatchFile:
        """`receive` for an `Upload`, under an `ordinal` that was reserved for it where one was."""
        tell = on_progress or (lambda _progress: None)
        arrival = self._admit(batch_id, upload, who, ordinal)
        tell(Progress(arrival.name, "receive"))
        try:
            check_bytes(arrival.size, self._limits)
            with self._memory.room(arrival.size) as folder:
                file = self._take_in(arrival, folder, tell)
        except SecretMaterialFound as hit:
            file = self._keep_incident(arrival, hit)
        except (IngestError, OcrError) as refusal:
            if refusal.kind not in _REFUSALS:
                raise
            file = self._keep_refusal(arrival, refusal)
        tell(Progress(file.name, "done", file.pages or 0, file.pages or 0))
        return file

    def receive_many(
        self,
        batch_id: str,
        uploads: Sequence[Upload],
        who: Principal,
        on_progress: OnProgress | None = None,
        workers: int = 2,
    ) -> Iterator[BatchFile]:
        """Several files at once, `workers` at a time; rows and ordinals follow the order of the uploads."""
        with self._store.write() as work:
            authorize(who, Permission.BATCH_CREATE, work.batches.get(batch_id).unit)
            first = work.batches.reserve_ordinals(batch_id, len(uploads))
            work.commit()
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="intake") as threads:
            waiting = [
                threads.submit(self.receive_upload, batch_id, one, who, on_progress, ordinal)
                for ordinal, one in enumerate(uploads, start=first)
            ]
            try:
                for future in waiting:
                    yield future.result()
            finally:
                for future in waiting:
                    future.cancel()

    def _admit(self, batch_id: str, upload: Upload, who: Principal, ordinal: int | None) -> _Arrival:
        """Check who, where and under which lifted incidents, and number the file; no content is touched."""
        size = len(upload.source) if isinstance(upload.source, bytes) else upload.source.stat().st_size
        name = clean_name(upload.name)
        with self._store.write() as work:
            batch = work.batches.get(batch_id)
            authorize(who, Permission.BATCH_CREATE, batch.unit)
            check_open(batch)
            lifts = tuple(get_usable_lift(work, who, batch_id, one) for one in upload.lifted_incidents)
            number = work.batches.reserve_ordinals(batch_id) if ordinal is None else ordinal
            work.commit()
        return _Arrival(batch, Acting(who, self._clock.now(), CHANNEL), upload, size, name, number, lifts)

    def _take_in(self, arrival: _Arrival, folder: Path, tell: OnProgress) -> BatchFile:
        path = folder / "source"
        sha256 = copy_and_hash(arrival.upload.source, path)
        with self._alone(arrival.batch.unit, sha256):
            with self._store.read() as work:
                twin = work.batches.find_processed(sha256, arrival.batch.unit)
            if twin is not None:
                return self._keep_link(arrival, sha256, twin)
            facts = self._reader.read_facts(path, arrival.name, self._limits)
            hidden = UNSEEN.intersection(facts.findings)
            if hidden:
                raise UncheckedContent(finding=min(hidden).value)
            waived = frozenset(lift.page_ordinal for lift in arrival.lifts)
            pages = self._reader.read_pages(
                path,
                facts,
                arrival.batch.profile,
                waived,
                lambda done: tell(Progress(arrival.name, "gate", done, facts.pages)),
            )
            return self._keep(arrival, path, sha256, facts, pages)

    @contextmanager
    def _alone(self, unit: str, sha256: str) -> Generator[None]:
        """One thread at a time for the same bytes: the second finds what the first made of them."""
        key = (unit, sha256)
        with self._free:
            self._free.wait_for(lambda: key not in self._busy)
            self._busy.add(key)
        try:
            yield
        finally:
            with self._free:
                self._busy.discard(key)
                self._free.notify_all()

    def _keep(
        self, arrival: _Arrival, path: Path, sha256: str, facts: FormatFacts, pages: GatedPages
    ) -> BatchFile:
        """The gate has passed: bytes and texts first, then row, job and audit row in one transaction."""
        self._blobs.put_file(path)
        sidecar = path.parent / "pages.json"
        pages.write_sidecar(sidecar)
        text_sha256 = self._blobs.put_file(sidecar)
        with self._store.write() as work:
            check_not_ended(work.batches.hold(arrival.batch.id))
            file = replace(
                _build_file(arrival, CaptureState.READ),
                sha256=sha256,
                format=facts.format,
                pages=facts.pages,
                page_faults=pages.faults,
            )
            twin = find_twin(work, file, arrival.batch.unit)
            if twin is not None:
                return self._write(work, arrival, _link(file, twin), "file.link")
            for lift in arrival.lifts:
                use_lift(work, lift.id, file.id)
            job = FileJob(file.id, text_sha256, pages.is_restricted)
            work.steps.put(build_job_key(file.id), job.to_json())
            work.jobs.enqueue(build_process_job(job))
            return self._write(work, arrival, file, "file.receive")

    def _keep_link(self, arrival: _Arrival, sha256: str, twin: BatchFile) -> BatchFile:
        with self._store.write() as work:
            file = replace(_build_file(arrival, CaptureState.LINKED), sha256=sha256)
            return self._write(work, arrival, _link(file, twin), "file.link")

    def _keep_refusal(self, arrival: _Arrival, refusal: ServiceError) -> BatchFile:
        with self._store.write() as work:
            file = replace(
                _build_file(arrival, CaptureState.REJECTED),
                reason_code=refusal.code,
                reason_vi=refusal.text_vi,
            )
            return self._write(work, arrival, file, "file.refuse", refusal.code)

    def _keep_incident(self, arrival: _Arrival, hit: SecretMaterialFound) -> BatchFile:
        """Time, person, batch, file and page ordinal; not even the name or size of the file."""
        with self._store.write() as work:
            file = replace(
                _build_file(arrival, CaptureState.REJECTED),
                name="",
                size=0,
                owner_hint=None,
                type_hint=None,
                reason_code=hit.code,
                reason_vi=hit.text_vi,
            )
            work.incidents.add(
                Incident(
                    id=build_id("incident", file.id),
                    at=arrival.acting.at,
                    account_id=arrival.acting.principal.id,
                    unit=arrival.batch.unit,
                    batch_id=arrival.batch.id,
                    file_id=file.id,
                    file_ordinal=file.ordinal,
                    page_ordinal=int(hit.context.get("page") or 0),
                )
            )
            return self._write(work, arrival, file, "incident.open", hit.code)

    def _write(
        self, work: UnitOfWork, arrival: _Arrival, file: BatchFile, action: str, outcome: str = "ok"
    ) -> BatchFile:
        """Row, batch state and audit row; commits."""
        work.batches.add_file(file)
        follow_files(work, file.batch_id)
        kept = None if action == "incident.open" else file
        entry = arrival.acting.entry(
            action,
            "batch_file",
            file.id,
            unit=arrival.batch.unit,
            outcome=outcome,
            after=kept,
            batch=file.batch_id,
            ordinal=file.ordinal,
        )
        work.audit.add(entry)
        work.commit()
        return file


def copy_and_hash(source: Path | bytes, target: Path) -> str:
    """Put the bytes into the memory-backed folder; what is hashed there is what is read and kept."""
    digest = hashlib.sha256()
    try:
        with target.open("wb") as out:
            if isinstance(source, bytes):
                out.write(source)
            else:
                with source.open("rb") as given:
                    shutil.copyfileobj(given, out, _COPY_BYTES)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            # Others share the memory: what was counted as free may be gone.
            raise IntakeFull from exc
        raise
    with target.open("rb") as copy:
        while chunk := copy.read(_COPY_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def clean_name(name: str) -> str:
    """A file's name as it is kept: NFC, without what no database takes (NUL, bytes that are no UTF-8) or
    what makes a name look like another (control and direction marks)."""
    shown = (char if unicodedata.category(char)[0] != "C" else "_" for char in name)
    return unicodedata.normalize("NFC", "".join(shown))[-_NAME_LENGTH:]


def find_twin(work: UnitOfWork, file: BatchFile, unit: str) -> BatchFile | None:
    """The other file of the unit that has these bytes, if any; else these bytes are now this file's.

    Two hosts may come here at once with the same bytes: the kept step result lets only one be first.
    """
    sha256 = file.sha256 or ""
    twin = work.batches.find_processed(sha256, unit)
    claims = 0
    while twin is None:
        first = work.steps.put(f"bytes:{build_id(unit, sha256)}:{claims}", file.id)
        if first == file.id:
            return None
        other = work.batches.get_file(first)
        twin = None if other.state in CAPTURE_ENDS - {CaptureState.RELEASED} else other
        claims += 1
    return twin


def _link(file: BatchFile, twin: BatchFile) -> BatchFile:
    return replace(file, state=CaptureState.LINKED, linked_file=twin.id, record_id=twin.record_id)


def _build_file(arrival: _Arrival, state: CaptureState) -> BatchFile:
    return BatchFile(
        id=build_id("file", arrival.batch.id, str(arrival.ordinal)),
        batch_id=arrival.batch.id,
        ordinal=arrival.ordinal,
        name=arrival.name,
        size=arrival.size,
        state=state,
        received_at=arrival.acting.at,
        owner_hint=arrival.upload.owner_hint,
        type_hint=arrival.upload.type_hint,
        updated_at=arrival.acting.at,
    )
