"""Jobs that survive a crash (hàng đợi công việc bền vững), on DBOS; the only file that imports it.

A job is a row in the application's own database, put there by the transaction that wants it. A worker runs
its plan step by step, remembers each step's result and goes on after the last remembered one when it is
started again. A job ends before a person is asked: a waiting job would hold its place in the queue.
"""

import json
import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import pysqlite3.dbapi2 as pysqlite3
from dbos import DBOS, DBOSClient, EnqueueOptions, Serializer, WorkflowStatus
from dbos import error as dbos_error
from dbos._sys_db import SystemDatabase  # pyright: ignore[reportPrivateUsage]
from sqlalchemy import URL, Connection, Engine, create_engine, event

from records.errors import ErrorKind, JobDied, JobFailed, ServiceError
from records.ports import Clock, Job, JobPlan, StepFunction, Store
from records.takeover import Verdict, judge_loss, note_begin

APPLICATION: Final = "sohoa"
# Raised by hand, only when the order of a plan's steps changes: jobs of another version are not touched.
APPLICATION_VERSION: Final = "1"
QUEUE: Final = "sohoa"
# Jobs whose worker was lost; one at a time over all workers.
SUSPECTS: Final = "sohoa-suspects"
SCHEMA: Final = "dbos"
# The engine's own count; each give-back resets it (`records.takeover` has ours).
RECOVERY_ATTEMPTS: Final = 3
# An outage is waited for, 1 s, 2 s, 4 s ... about an hour in all, before the job ends for good.
STEP_ATTEMPTS: Final = 12
UNFINISHED: Final = ("ENQUEUED", "PENDING", "DELAYED")
ENDED: Final = ("SUCCESS", "ERROR", "CANCELLED")
DEAD: Final = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"

_log = logging.getLogger(__name__)


class JsonSerializer(Serializer):
    """JSON only: what is stored may be read by a person and never runs code when it is read."""

    def name(self) -> str:
        """The name stored beside each value."""
        return "sohoa_json"

    def serialize(self, data: Any) -> str:
        """JSON text; an error becomes its code, so that no message with content is stored."""
        if isinstance(data, BaseException):
            return json.dumps({"error_code": error_code(data)})
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        """The value; an error comes back as `JobFailed`."""
        value: Any = json.loads(serialized_data)
        if isinstance(value, dict) and set(value) == {"error_code"}:  # pyright: ignore[reportUnknownArgumentType]
            return JobFailed(error_code=value["error_code"])
        return value


def error_code(error: BaseException) -> str:
    """The stable code of an error; errors from elsewhere count as an internal failure."""
    if isinstance(error, dbos_error.DBOSMaxStepRetriesExceeded):
        return error_code(error.errors[-1])
    if isinstance(error, JobFailed):
        return str(error.context.get("error_code") or error.code)
    return error.code if isinstance(error, ServiceError) else JobFailed.code


def make_job_engine(url: URL) -> Engine:
    """The worker's own connections to the same database.

    SQLite: WAL with full synchronisation through pysqlite3; Debian's own library has the WAL-reset bug.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = create_engine(url, module=pysqlite3, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def prepare_jobs(engine: Engine) -> None:
    """Make or migrate the job tables in the database of `engine`; safe to repeat."""
    own = make_job_engine(engine.url)
    try:
        system = SystemDatabase.create(
            system_database_url=_dialect_url(own),
            engine_kwargs={},
            engine=own,
            schema=SCHEMA,
            serializer=JsonSerializer(),
            executor_id=None,
        )
        system.run_migrations()
    finally:
        own.dispose()


def make_client(engine: Engine) -> DBOSClient:
    """Looks after the jobs in the database of `engine` from outside; connects at first use."""
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=JsonSerializer(),
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def _dialect_url(engine: Engine) -> str:
    """DBOS looks only at the scheme of this text when an engine is given."""
    return "sqlite:///own" if engine.dialect.name == "sqlite" else "postgresql://own:own@own/own"


class DurableQueue:
    """Puts jobs into the caller's open transaction (xếp việc trong cùng giao dịch)."""

    def __init__(self, client: DBOSClient, connection: Connection) -> None:
        self._client = client
        self._connection = connection

    def enqueue(self, job: Job) -> None:
        """Enqueue once for `kind` and `key`; the same again is a no-op. The caller commits."""
        options: EnqueueOptions = {
            "workflow_name": job.kind,
            "queue_name": QUEUE,
            "workflow_id": f"{job.kind}:{job.key}",
            # Left out, it would sort before every number.
            "priority": int(job.priority),
            "app_version": APPLICATION_VERSION,
        }
        self._client.enqueue_in_transaction(self._connection, options, job.argument)


class DurableQueues:
    """Makes a `DurableQueue` for each transaction of one database (bộ cấp hàng đợi)."""

    def __init__(self, engine: Engine) -> None:
        self._client = make_client(engine)

    def __call__(self, connection: Connection) -> DurableQueue:
        """The queue that writes through `connection`."""
        return DurableQueue(self._client, connection)


class DurableWorker:
    """Runs the jobs of one process (tiến trình xử lý công việc); one a process.

    It works under a stable slot name; what a slot left behind when its process died goes on when another
    takes the name, or when another finds it silent for `silence`. `concurrency` jobs run at a time;
    `retention` is how long finished jobs are remembered.
    """

    def __init__(
        self,
        engine: Engine,
        plans: Sequence[JobPlan],
        store: Store,
        clock: Clock,
        *,
        concurrency: int = 2,
        poll_seconds: float = 0.2,
        silence: timedelta = timedelta(seconds=20),
        retention: timedelta = timedelta(days=30),
        retry_seconds: float = 1.0,
    ) -> None:
        self._url = engine.url
        self._plans = {plan.kind: plan for plan in plans}
        self._store = store
        self._clock = clock
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._silence = silence
        self._retention = retention
        self._retry_seconds = retry_seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._slot = ""
        self._engine: Engine | None = None
        self._client = make_client(engine)

    def start(self) -> None:
        """Take a slot, register the plans, go on with what the slot left, begin to work."""
        with self._store.write() as uow:
            self._slot = uow.slots.claim(self._holder, self._clock.now() - self._silence)
            uow.commit()
        self._engine = make_job_engine(self._url)
        self._client = make_client(self._engine)
        # Before the engine's own recovery would start them all at once.
        for job in self._list(status="PENDING", limit=1000, executor_id=self._slot):
            self._give_back(job)
        _log_as_we_do()
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_engine": self._engine,
                "dbos_system_schema": SCHEMA,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._slot,
                "serializer": JsonSerializer(),
                "log_level": "ERROR",
                "enable_otlp": False,
                # Nothing here waits for a message; polling spares a connection a worker on PostgreSQL.
                "use_listen_notify": False,
            }
        )
        for plan in self._plans.values():
            DBOS.workflow(name=plan.kind, max_recovery_attempts=RECOVERY_ATTEMPTS)(self._build_workflow(plan))
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._concurrency,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            SUSPECTS,
            worker_concurrency=1,
            global_concurrency=1,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )

    def stop(self, wait_seconds: int = 0) -> None:
        """Take no new job, give running ones `wait_seconds`, leave the rest for the next start.

        The slot stays held when jobs still run, so that the next process finds it silent and goes on.
        """
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=wait_seconds)
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        with self._store.write() as uow:
            uow.slots.release(self._slot, self._holder)
            uow.commit()

    def beat(self) -> bool:
        """Say that this slot is alive; False when another process has taken it."""
        with self._store.write() as uow:
            alive = uow.slots.beat(self._slot, self._holder)
            uow.commit()
        return alive

    def unfinished(self) -> int:
        """How many jobs wait or run, counted up to 1000."""
        return len(self._list(status=list(UNFINISHED), limit=1000))

    def running(self) -> int:
        """How many jobs this slot is at, counted up to 100."""
        return len(self._list(status="PENDING", limit=100, executor_id=self._slot))

    def reap(self) -> int:
        """Give the jobs of lost workers back to the queue; returns how many.

        A false alarm does no harm: each run carries a token of its own, and a run whose token is no longer
        the job's may not store a result.
        """
        with self._store.read() as uow:
            silent = set(uow.slots.silent(self._clock.now() - self._silence)) - {self._slot}
            alive = {self._slot, *uow.slots.held()} - silent
        # Not only the silent ones: a slot freed in between has nobody who would recover its jobs.
        lost = [job for job in self._list(status="PENDING", limit=1000) if job.executor_id not in alive]
        lost += self._list(status=DEAD, limit=100)
        for job in lost:
            self._give_back(job)
        with self._store.write() as uow:
            for name in sorted(silent):
                uow.slots.release(name)
            uow.commit()
        return len(lost)

    def forget(self) -> int:
        """Delete what is remembered of jobs that ended before the retention; returns how many."""
        before = (self._clock.now() - self._retention).isoformat()
        old = self._list(status=list(ENDED), completed_before=before, limit=1000)
        if old:
            self._client.delete_workflows([job.workflow_id for job in old])
        return len(old)

    def _give_back(self, job: WorkflowStatus) -> None:
        """Queue a lost job again, to run alone, or end it for good; see `records.takeover`.

        Giving back resets the engine's own count of attempts, so losses are counted there.
        """
        done = len(self._client.list_workflow_steps(job.workflow_id, load_output=False))
        verdict = judge_loss(self._store, job.workflow_id, done, f"{job.executor_id}:{job.updated_at}")
        if verdict is Verdict.AGAIN:
            _log.warning("job %s goes on after its worker was lost", job.workflow_id)
            self._client.resume_workflows([job.workflow_id], queue_name=SUSPECTS)
        if verdict is not Verdict.OVER:
            return
        found = self._client.list_workflows(workflow_ids=[job.workflow_id])
        given = found[0].input if found else None
        plan = self._plans.get(job.name)
        if plan is not None and plan.on_failure is not None and given is not None:
            plan.on_failure(str(given["args"][0]), JobDied.code)
        self._client.cancel_workflow(job.workflow_id)

    def _list(
        self,
        *,
        status: str | list[str],
        limit: int,
        completed_before: str | None = None,
        executor_id: str | None = None,
    ) -> list[WorkflowStatus]:
        """Jobs by status, without what they carry."""
        return self._client.list_workflows(
            status=status,
            limit=limit,
            completed_before=completed_before,
            executor_id=executor_id,
            load_input=False,
            load_output=False,
        )

    def _build_workflow(self, plan: JobPlan) -> Callable[[str], str]:
        """The plan as one durable function: steps in order, then done; or the failure told, then done."""

        def run(argument: str) -> str:
            results: dict[str, str] = {}
            try:
                for name, step in plan.steps:
                    results[name] = self._run_step(name, step, argument, results)
            except (ServiceError, dbos_error.DBOSMaxStepRetriesExceeded) as failure:
                if plan.on_failure is not None:
                    told = _tell(plan.on_failure, error_code(failure))
                    self._run_step("on_failure", told, argument, results)
                return error_code(failure)
            return "done"

        run.__qualname__ = plan.kind
        return run

    def _run_step(self, name: str, step: StepFunction, argument: str, results: Mapping[str, str]) -> str:
        """Run one step or take its remembered result; an outage is tried again, anything else is not."""

        job_id = DBOS.workflow_id or ""

        def guarded() -> str:
            try:
                note_begin(self._store, job_id, len(results))
                return step(argument, dict(results))
            except ServiceError as error:
                _log.warning("step %s of %s: %s", name, argument, error)
                raise
            except Exception as error:
                # Foreign errors may quote what they choked on; only their kind is told.
                _log.error("step %s of %s failed: %s", name, argument, type(error).__name__)
                _log.debug("trace", exc_info=error)
                raise JobFailed from None

        return DBOS.run_step(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": STEP_ATTEMPTS,
                "interval_seconds": self._retry_seconds,
                "backoff_rate": 2.0,
                "should_retry": _is_outage,
            },
            guarded,
        )


def _is_outage(error: BaseException) -> bool:
    """Only an outage may pass by itself."""
    return isinstance(error, ServiceError) and error.kind is ErrorKind.UNAVAILABLE


def _tell(on_failure: Callable[[str, str], None], code: str) -> StepFunction:
    """`on_failure` as a step, so that it is told once and remembered."""

    def step(argument: str, _results: Mapping[str, str]) -> str:
        on_failure(argument, code)
        return code

    return step


def _log_as_we_do() -> None:
    """Send the library's messages where ours go: its own handler keeps the first stream it found."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True
