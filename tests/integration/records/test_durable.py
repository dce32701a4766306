"""The durable queue on real databases: the rules it was chosen under hold."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from records.durable import APPLICATION_VERSION, DurableQueues, DurableWorker, prepare_jobs
from records.errors import FileCorrupted, StoreUnavailable
from records.ports import Job, JobPlan, Priority
from records.sql.engine import make_engine
from records.sql.migrate import migrate
from records.sql.unit_of_work import SqlStore

pytestmark = pytest.mark.sql
NUMBER = "001301000001"


class MovingClock:
    """A clock that can be put forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        """Now and what it was put forward."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A migrated database with a job queue."""
    url = (
        request.getfixturevalue("postgres_url")
        if request.param == "postgres"
        else f"sqlite:///{tmp_path / 'a.db'}"
    )
    engine = make_engine(url)
    migrate(engine)
    prepare_jobs(engine)
    prepare_jobs(engine)
    yield SqlStore(engine, clock=MovingClock(), enqueuer=DurableQueues(engine))
    engine.dispose()


class Plan:
    """Two steps that note each run."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.outages = 0

    def first(self, argument: str, _results: Mapping[str, str]) -> str:
        """Waits when asked to."""
        self.runs.append(f"first {argument}")
        if argument.startswith("slow"):
            time.sleep(0.2)
        return f"made of {argument}"

    def second(self, argument: str, results: Mapping[str, str]) -> str:
        """Fails as its argument says."""
        self.runs.append(f"second {argument}")
        assert results["first"] == f"made of {argument}"
        if argument == "damaged":
            raise FileCorrupted(file="x")
        if argument == "bug":
            raise ValueError(f"choked on {NUMBER}")
        if argument == "outage" and self.outages < 3:
            self.outages += 1
            raise StoreUnavailable
        return "done"

    def build(self) -> JobPlan:
        """As the worker takes it."""
        return JobPlan(
            "trial",
            (("first", self.first), ("second", self.second)),
            on_failure=lambda argument, code: self.failures.append((argument, code)),
        )


def enqueue(store: SqlStore, *keys: str, priority: Priority = Priority.BATCH) -> None:
    """Queue jobs in one transaction."""
    with store.write() as work:
        for key in keys:
            work.jobs.enqueue(Job("trial", key, key, priority))
        work.commit()


def make_worker(store: SqlStore, plan: Plan, **settings: timedelta | int) -> DurableWorker:
    """A worker that is impatient with outages."""
    return DurableWorker(
        store.engine, [plan.build()], store, MovingClock(), poll_seconds=0.05, retry_seconds=0.01, **settings
    )  # fmt: skip


def run_all(store: SqlStore, plan: Plan, **settings: timedelta | int) -> None:
    """Run until no job is left."""
    worker = make_worker(store, plan, **settings)
    worker.start()
    try:
        wait_idle(worker)
    finally:
        worker.stop()


def wait_idle(worker: DurableWorker) -> None:
    """Until no job is left."""
    deadline = time.monotonic() + 30
    while worker.unfinished():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def read_jobs(store: SqlStore) -> list[tuple[str, str, int]]:
    """Key, version and priority of each job as the engine keeps it."""
    schema = "" if store.engine.dialect.name == "sqlite" else "dbos."
    question = f"SELECT workflow_uuid, application_version, priority FROM {schema}workflow_status"
    with store.read() as work:
        return [tuple(row) for row in work.connection.execute(text(question))]


def test_a_job_comes_and_goes_with_its_transaction(store: SqlStore) -> None:
    """Rolled back with its rows, queued once however often, with version and priority given."""
    with store.write() as work:
        work.jobs.enqueue(Job("trial", "lost", "lost", Priority.BATCH))
    assert read_jobs(store) == []
    enqueue(store, "a", "a")
    enqueue(store, "a", "b", priority=Priority.INTERACTIVE)
    assert sorted(read_jobs(store)) == [
        ("trial:a", APPLICATION_VERSION, 100),
        ("trial:b", APPLICATION_VERSION, 10),
    ]
    assert all(priority > 0 for _key, _version, priority in read_jobs(store))


def test_steps_run_in_order_and_once(store: SqlStore) -> None:
    """A second start finds nothing to do."""
    plan = Plan()
    enqueue(store, "a")
    run_all(store, plan)
    run_all(store, plan)
    assert plan.runs == ["first a", "second a"]
    assert plan.failures == []


def test_an_outage_is_tried_again_and_anything_else_is_told(store: SqlStore) -> None:
    """Retry goes by kind; the plan hears the code of what ended its job, told once."""
    plan = Plan()
    enqueue(store, "outage", "damaged", "bug")
    run_all(store, plan)
    assert plan.runs.count("second outage") == 4
    assert plan.runs.count("second damaged") == plan.runs.count("second bug") == 1
    assert sorted(plan.failures) == [("bug", "JOB_FAILED"), ("damaged", "FILE_CORRUPTED")]


def test_an_outage_that_outlasts_every_try_is_told_by_its_own_code(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the plan can put off what it would else refuse."""
    monkeypatch.setattr("records.durable.STEP_ATTEMPTS", 2)
    plan = Plan()
    enqueue(store, "outage")
    run_all(store, plan)
    assert plan.failures == [("outage", "STORE_UNAVAILABLE")]


def test_what_is_stored_of_a_failure_is_its_code_in_json(store: SqlStore) -> None:
    """Neither pickles nor the words of a foreign error lie in the job tables."""
    enqueue(store, "bug")
    run_all(store, Plan())
    schema = "" if store.engine.dialect.name == "sqlite" else "dbos."
    with store.read() as work:
        rows = [
            str(tuple(row))
            for name in ("workflow_status", "operation_outputs")
            for row in work.connection.execute(text(f"SELECT * FROM {schema}{name}"))
        ]
    assert "sohoa_json" in "".join(rows)
    assert not any(NUMBER in row or "py_pickle" in row for row in rows)


def test_an_interactive_job_overtakes_a_batch(store: SqlStore) -> None:
    """Of what waits, the lower number goes first."""
    plan = Plan()
    enqueue(store, *(f"slow {n}" for n in range(4)))
    enqueue(store, "now", priority=Priority.INTERACTIVE)
    run_all(store, plan, concurrency=1)
    assert plan.runs.index("first now") < plan.runs.index("first slow 3")


def test_jobs_of_a_silent_slot_are_taken_over(store: SqlStore) -> None:
    """What a process left behind goes on under another name, and its own name is freed."""
    plan = Plan()
    enqueue(store, "slow")
    with store.write() as work:
        lost = work.slots.claim("gone", datetime.now(UTC))
        work.commit()
    worker = make_worker(store, plan, silence=timedelta(minutes=1))
    worker.start()
    try:
        wait_idle(worker)
        _pretend_lost(store, lost)
        assert worker.unfinished() == 1
        assert worker.reap() == 0
        MovingClock.ahead = timedelta(minutes=2)
        assert worker.reap() == 1
        wait_idle(worker)
    finally:
        MovingClock.ahead = timedelta()
        worker.stop()
    with store.read() as work:
        assert work.slots.held() == []
    assert plan.runs.count("first slow") == 1


def test_finished_jobs_are_forgotten_after_their_time(store: SqlStore) -> None:
    """Not before the retention, then all of them."""
    enqueue(store, "a", "b")
    worker = make_worker(store, Plan(), retention=timedelta(days=30))
    worker.start()
    try:
        wait_idle(worker)
        assert worker.forget() == 0
        MovingClock.ahead = timedelta(days=31)
        assert worker.forget() == 2
    finally:
        MovingClock.ahead = timedelta()
        worker.stop()
    assert read_jobs(store) == []


def _pretend_lost(store: SqlStore, slot: str) -> None:
    """Put the finished job back to where a killed worker of that slot would have left it."""
    schema = "" if store.engine.dialect.name == "sqlite" else "dbos."
    with store.write() as work:
        work.connection.execute(
            text(f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = :slot"),
            {"slot": slot},
        )
        work.commit()
