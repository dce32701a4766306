"""The one place that chooses implementations (ráp nối): settings in, a working service out.

Parts open when first used, so that `sohoa lookup` touches neither the index nor the queue, and imports
stand beside their use for the same reason.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from api.auth import Gatekeeper
from api.folders import make_private_folder, read_or_make_secret
from api.openers import build_recheck_rules, open_blobs, open_elastic, open_embedded, open_signer, open_trust
from api.settings import Settings
from records.model import OutboxEvent
from records.ports import BlobStore, Clock, Store, UnitOfWork

if TYPE_CHECKING:
    from api.limits import Limiter
    from api.prechecks import PrecheckRunner
    from api.watch import Watch
    from api.webhooks import SendingRules, WebhookSender
    from api.worker import Duty, Send, Worker
    from ingest.batches import Intake
    from ingest.memory import MemoryFolder
    from ingest.signatures import TrustSource
    from ingest.steps import Steps
    from ocr.pool import PagePool
    from records.audit import HeadSigner
    from records.durable import DurableQueues
    from records.journal import Journal
    from records.sql.unit_of_work import SqlStore, SqlUnitOfWork
    from search.evidence import EvidenceDesk
    from search.index import SearchIndex
    from search.lookup import LookupService
    from signing.sign import DigitiserSigner

MB = 1024 * 1024


class SystemClock:
    """The machine's clock (đồng hồ hệ thống)."""

    def now(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """Every part of a running service (dịch vụ); a part is opened by its first use and then kept."""

    settings: Settings
    clock: Clock

    @cached_property
    def folder(self) -> Path:
        """The data folder, made for its owner alone."""
        return make_private_folder(self.settings.store.folder.absolute())

    @cached_property
    def keys_folder(self) -> Path:
        """Where the service's own keys lie."""
        return make_private_folder(self.folder / "keys")

    @property
    def store(self) -> Store:
        """The database, as everything above it sees it."""
        # The type checker does not take a `cached_property` for the Protocol's property.
        return cast("Store", self.database)

    @cached_property
    def database(self) -> "SqlStore":
        """The database with its engine: PostgreSQL, or SQLite in the data folder."""
        from records.sql.engine import make_engine
        from records.sql.unit_of_work import SqlStore

        url = self.settings.store.url
        address = url.get_secret_value() if url else f"sqlite:///{self.folder / 'sohoa.db'}"
        engine = make_engine(address, timeout=self.settings.store.wait_seconds)
        # The queue's library takes a second to import; only whoever enqueues waits for it.
        return SqlStore(engine, clock=self.clock, enqueuer=lambda connection: self.queue(connection))

    @cached_property
    def queue(self) -> "DurableQueues":
        """Makes the job queue's hand in a transaction."""
        from records.durable import DurableQueues

        return DurableQueues(self.database.engine)

    @cached_property
    def blobs(self) -> BlobStore:
        """The files: S3 where an address is set, else below the data folder."""
        return open_blobs(self.settings.store, self.folder)

    @cached_property
    def memory(self) -> "MemoryFolder":
        """This process's share of the memory-backed folder, size-capped."""
        from ingest.memory import MemoryFolder

        intake = self.settings.intake
        return MemoryFolder(intake.memory_folder, intake.memory_mb * MB)

    @cached_property
    def upload_folder(self) -> Path:
        """Where uploads are spooled before the gate; removed with this process's memory folder."""
        return make_private_folder(self.memory.path / "upload")

    @cached_property
    def pool(self) -> "PagePool":
        """Killable children for everything that decodes hostile bytes; started at first use."""
        from ocr.models import use_folder
        from ocr.pool import PagePool

        ocr = self.settings.ocr
        use_folder(ocr.models.absolute())
        return PagePool(ocr.jobs, ocr.memory_mb * MB, self.memory.path)

    @cached_property
    def verifiers(self) -> "PagePool":
        """A warm child for signature checks that somebody waits for, apart from the pages' children."""
        from ocr.pool import PagePool

        return PagePool(1, self.settings.ocr.memory_mb * MB, self.memory.path)

    @cached_property
    def intake(self) -> "Intake":
        """Takes files in."""
        from ingest.batches import Intake
        from ingest.formats.facts import Limits
        from ingest.pages import PageReader

        given = self.settings.intake
        limits = Limits(max_bytes=given.max_file_mb * MB, max_pages=given.max_pages)
        # Pages of one file fill every child while its slowest page holds up the order.
        ocr = self.settings.ocr
        reader = PageReader(self.pool, page_seconds=ocr.page_seconds, window=2 * ocr.jobs + 2)
        return Intake(self.store, self.blobs, reader, self.memory, self.clock, limits)

    @cached_property
    def trust(self) -> "TrustSource":
        """Where the trusted roots lie; the demo's are accepted only in a data folder the demo made."""
        return open_trust(self.settings.signing, self.folder)

    @cached_property
    def signer(self) -> "DigitiserSigner | None":
        """The digitiser's key, None where no PKCS#11 module is set."""
        return open_signer(self.settings.signing)

    @cached_property
    def index(self) -> "SearchIndex":
        """The full-text index: Elasticsearch, or FTS5 in the SQLite database (beside PostgreSQL: its own)."""
        if self.settings.search.backend == "elastic":
            return open_elastic(self.settings.search)
        return open_embedded(self.database if self.is_one_file else None, self.folder)

    @cached_property
    def lookup(self) -> "LookupService":
        """Answers reuse questions from the database alone."""
        from search.lookup import LookupService

        seconds, observe = self.settings.web.lookup_seconds, self.watch.note_lookup
        return LookupService(self.store, self.journal, self.owner_secret, seconds, observe)

    @cached_property
    def desk(self) -> "EvidenceDesk":
        """Hands results out for reuse."""
        from search.evidence import EvidenceDesk

        return EvidenceDesk(self.store, self.owner_secret)

    @cached_property
    def steps(self) -> "Steps":
        """The steps of a file's journey, for the worker."""
        from ingest.steps import Steps

        return Steps(
            self.store,
            self.blobs,
            self.pool,
            self.clock,
            self.memory.path,
            self.trust,
            self.signer,
            build_recheck_rules(self.settings.signing),
        )

    def build_worker(self, extra: "Sequence[Duty]" = ()) -> "Worker":
        """The background worker of this process: jobs, outbox, audit log, heartbeat and `extra` duties."""
        from api.list_exports import ExportParts, build_export_duty, build_export_plan
        from api.recheck_duties import build_recheck_duties
        from api.reuse_duties import build_reuse_duties
        from api.worker import Parts, Worker
        from ingest.pipeline import build_plans
        from records.audit import sign_head
        from records.durable import DurableWorker

        self.prepare_index()
        exports = ExportParts(self.store, self.blobs, self.clock, lambda: self.index)
        retention = timedelta(days=self.settings.store.keep_jobs_days)
        durable = DurableWorker(
            self.database.engine,
            (*build_plans(self.steps), build_export_plan(exports)),
            self.store,
            self.clock,
            concurrency=self.settings.ocr.jobs,
            retention=retention,
        )
        return Worker(
            Parts(
                durable,
                self.store,
                self.clock,
                deliver=self.deliver,
                sign_head=lambda: sign_head(self.store, self.head_signer, self.clock, self.heads_file),
                drain_journal=lambda: self.journal.drain(self.store),
                has_key=self.signer is not None,
                keep_days=retention.days,
                extra=[
                    *self._client_duties(),
                    *build_reuse_duties(self.store, self.clock),
                    *build_recheck_duties(self.steps),
                    build_export_duty(exports),
                    *extra,
                ],
            )
        )

    def _client_duties(self) -> "list[Duty]":
        from api.client_duties import build_client_duties

        return build_client_duties(
            self.store,
            self.clock,
            send=lambda: self.webhook_sender.send_due(),
            answer=lambda: self.precheck_runner.run_some(),
            days=self.settings.clients.expiring_days,
        )

    def prepare_index(self) -> None:
        """Make the index where there is none; one out of reach is made by the first delivery to it."""
        from search.errors import IndexUnavailable

        # FTS5 tables are made when it is opened: not inside the transaction that delivers to it.
        index = self.index
        with suppress(IndexUnavailable):
            index.ensure()

    def deliver(self, work: UnitOfWork, events: Sequence[OutboxEvent]) -> "Send | None":
        """Bring the index up to these events; FTS5 tables in the same database change with their commit.

        A server beside SQLite is written to when the transaction is over (`api.worker.Deliver`).
        """
        from api.indexing import apply_changes, build_changes
        from search.embedded import EmbeddedIndex

        changes = build_changes(work, self.blobs, self.owner_secret, events)
        index = self.index
        if not self.is_one_file:
            apply_changes(index, changes)
        elif isinstance(index, EmbeddedIndex):
            connection = cast("SqlUnitOfWork", work).connection
            index.upsert_in(connection, changes.documents)
            index.delete_in(connection, changes.removals)
        else:
            return lambda: apply_changes(index, changes)
        return None

    @property
    def is_one_file(self) -> bool:
        """Whether records and embedded index share one SQLite file."""
        return self.database.engine.dialect.name == "sqlite"

    @cached_property
    def journal(self) -> "Journal":
        """Audit entries that wait while the database is out of reach."""
        from records.journal import Journal

        return Journal(self.folder / "journal" / "audit.jsonl")

    @cached_property
    def head_signer(self) -> "HeadSigner":
        """Signs the heads of the audit log with the service's own key."""
        from records.audit import HeadSigner

        return HeadSigner.load_or_create(self.keys_folder / "audit.key")

    @property
    def heads_file(self) -> Path:
        """The second place of the audit log's heads."""
        return self.settings.store.heads_file or self.folder / "heads.jsonl"

    @cached_property
    def gatekeeper(self) -> Gatekeeper:
        """Signs people in and tells who a request comes from."""
        return Gatekeeper(self.store, self.clock, self.settings.web.session_hours)

    @cached_property
    def limiter(self) -> "Limiter":
        """Counts requests against shared buckets."""
        from api.limits import Limiter

        return Limiter(self.store, self.clock)

    @cached_property
    def watch(self) -> "Watch":
        """Notices who asks as nobody at a counter would."""
        from api.openers import open_watch

        return open_watch(self.store, self.clock, self.owner_secret, self.settings.clients)

    @cached_property
    def webhook_master(self) -> bytes:
        """The key that receivers' secrets are derived from; made at first use, 256 random bits."""
        return read_or_make_secret(self.keys_folder / "webhook.key")

    @cached_property
    def sending_rules(self) -> "SendingRules":
        """Where events may go."""
        from api.webhooks import SendingRules

        allowed = frozenset(name.lower() for name in self.settings.clients.webhook_allow)
        return SendingRules(allowed, plain=self.settings.environment == "development")

    @cached_property
    def webhook_sender(self) -> "WebhookSender":
        """Sends events to receivers."""
        from api.webhooks import WebhookSender

        return WebhookSender(self.store, self.clock, self.webhook_master, self.sending_rules)

    @cached_property
    def precheck_runner(self) -> "PrecheckRunner":
        """Answers waiting pre-checks."""
        from api.prechecks import PrecheckRunner

        pace = self.settings.clients.precheck_per_second
        return PrecheckRunner(self.store, self.clock, self.lookup, self.gatekeeper, pace)

    @cached_property
    def owner_secret(self) -> bytes:
        """The key of owner hashes in audit log and index; made at first use, 256 random bits."""
        given = self.settings.store.owner_secret
        if given is not None:
            return given.get_secret_value().encode()
        return read_or_make_secret(self.keys_folder / "owner.key")

    def migrate(self) -> None:
        """Bring the database's tables up to date; safe to repeat, quick when there is nothing to do."""
        from records.sql.migrate import migrate

        migrate(self.database.engine)

    def migrate_if_new(self) -> None:
        """Make the tables where there is no SQLite file yet; a quick command does no more than that."""
        if self.settings.store.url is None and not (self.folder / "sohoa.db").exists():
            self.migrate()

    def check_trust(self) -> None:
        """Raise where the trusted roots that are set cannot be used."""
        if self.settings.signing.trust != "none":
            _ = self.trust

    def prepare(self) -> None:
        """All that a running server needs: trusted roots, tables, job tables, the memory-backed folder."""
        from records.durable import prepare_jobs

        self.check_trust()
        self.migrate()
        prepare_jobs(self.database.engine)
        make_private_folder(self.upload_folder)

    def close(self) -> None:
        """End children and close what was opened; nothing is opened for it."""
        opened = vars(self)
        for name in ("watch", "pool", "verifiers"):
            if name in opened:
                opened[name].close()
        if "memory" in opened:
            self.memory.close()
        if "database" in opened:
            self.database.engine.dispose()


def build_service(settings: Settings, clock: Clock | None = None) -> Service:
    """A service after the settings; nothing is opened yet."""
    return Service(settings, clock or SystemClock())
