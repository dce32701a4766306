"""The worker process (tiến trình xử lý): jobs, outbox, audit log and heartbeat, until told to stop."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from ingest.resume import resume_postponed
from ingest.waiting import enqueue_waiting
from records.audit import sequence_all
from records.durable import DurableWorker
from records.errors import ServiceError
from records.model import OutboxEvent
from records.ports import Clock, Store, UnitOfWork

Send = Callable[[], None]
Deliver = Callable[[UnitOfWork, Sequence[OutboxEvent]], Send | None]
"""Brings the index up to these events; the embedded index writes in the same transaction.

What it returns is done when the transaction is over: SQLite has one writer, who must not wait for a server.
Two workers may then send the same; the index keeps the higher version.
"""
_EVENTS_AT_A_TIME = 500
_LONGEST_RETRY = 300
_FORGET_ROUNDS = 20
_IDLE_LOOK_SECONDS = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done again and again (việc định kỳ); a failure is logged and the next time comes."""

    name: str
    seconds: float
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often each duty is done, in seconds (nhịp làm việc)."""

    outbox: float = 0.2
    audit: float = 1.0
    journal: float = 5.0
    heartbeat: float = 3.0
    recovery: float = 5.0
    housekeeping: float = 3600.0


@dataclass(frozen=True)
class Parts:
    """What the worker is given (các bộ phận); an absent part is a duty left out.

    `sign_head` signs and publishes the audit log's head, `drain_journal` enters what waited while the
    database was out of reach, `has_key` says whether a digitiser's key is configured.
    """

    durable: DurableWorker
    store: Store
    clock: Clock
    deliver: Deliver | None = None
    sign_head: Callable[[], object] | None = None
    drain_journal: Callable[[], object] | None = None
    has_key: bool = False
    keep_days: int = 30
    extra: Sequence[Duty] = field(default=())


class Worker:
    """Runs everything that happens in the background (tiến trình xử lý); one a process."""

    def __init__(self, parts: Parts, rhythm: Rhythm | None = None) -> None:
        self._parts = parts
        self._rhythm = rhythm or Rhythm()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work; returns at once."""
        self._stop.clear()
        self._parts.durable.start()
        self._threads = [
            threading.Thread(target=self._repeat, args=(duty,), name=f"duty-{duty.name}", daemon=True)
            for duty in self._duties()
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, wait_seconds: int = 20) -> None:
        """Take no new job, let running ones end within `wait_seconds`, leave log and outbox tidy."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._parts.durable.stop(wait_seconds if self._parts.durable.running() else 0)
        for duty in (self._journal(), self._outbox(), self._audit(), self._heads()):
            if duty is not None:
                _do(duty)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; for a process of its own."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._stop.set())
        self.start()
        self._stop.wait()
        self.stop()

    def run_until_idle(self, seconds: float | None = None) -> bool:
        """Work until there is nothing left to do now; False when `seconds` were not enough."""
        deadline = None if seconds is None else time.monotonic() + seconds
        self.start()
        try:
            while not self.is_idle():
                if deadline is not None and time.monotonic() > deadline:
                    return False
                time.sleep(_IDLE_LOOK_SECONDS)
            return True
        finally:
            self.stop()

    def is_idle(self) -> bool:
        """No job, no event that is due, no audit row without a place."""
        parts = self._parts
        if parts.durable.unfinished():
            return False
        with parts.store.read() as work:
            waits = parts.deliver is not None and work.outbox.due(parts.clock.now(), 1)
            return not waits and work.audit.unsequenced() == 0

    def _duties(self) -> list[Duty]:
        rhythm, durable = self._rhythm, self._parts.durable
        found = [
            self._outbox(),
            self._audit(),
            self._journal(),
            self._heads(),
            Duty("heartbeat", rhythm.heartbeat, self._beat),
            Duty("reaper", rhythm.recovery, durable.reap),
            Duty("housekeeping", rhythm.housekeeping, self._keep_house),
            *self._parts.extra,
        ]
        return [duty for duty in found if duty is not None]

    def _outbox(self) -> Duty | None:
        deliver = self._parts.deliver
        if deliver is None:
            return None
        return Duty(
            "outbox", self._rhythm.outbox, lambda: pump(self._parts.store, self._parts.clock, deliver)
        )

    def _audit(self) -> Duty:
        return Duty("audit", self._rhythm.audit, lambda: sequence_all(self._parts.store))

    def _journal(self) -> Duty | None:
        drain = self._parts.drain_journal
        return None if drain is None else Duty("journal", self._rhythm.journal, drain)

    def _heads(self) -> Duty | None:
        sign = self._parts.sign_head
        return None if sign is None else Duty("heads", self._rhythm.housekeeping, sign)

    def _beat(self) -> None:
        if not self._parts.durable.beat():
            # This process was silent too long and another has its slot: begin again under a new one.
            _log.warning("slot lost; starting again")
            self._parts.durable.stop()
            self._parts.durable.start()

    def _keep_house(self) -> None:
        parts = self._parts
        before = parts.clock.now() - timedelta(days=parts.keep_days)
        # A change of trusted roots ends millions of jobs within days: one piece an hour would never catch up.
        for _ in range(_FORGET_ROUNDS):
            if parts.durable.forget() == 0:
                break
        with parts.store.write() as work:
            work.outbox.prune(before)
            work.commit()
        resume_postponed(parts.store, parts.clock)
        if parts.has_key:
            enqueue_waiting(parts.store, parts.clock.now().astimezone(UTC).strftime("%Y%m%d%H"))

    def _repeat(self, duty: Duty) -> None:
        told = ""
        while not self._stop.is_set():
            told = _do(duty, told)
            self._stop.wait(duty.seconds)


def pump(store: Store, clock: Clock, deliver: Deliver) -> int:
    """Deliver every event that is due, in order; returns how many were delivered.

    Events that cannot be delivered together are tried one by one, so that one of them stops only itself;
    while the index is out of reach all of them wait.
    """
    count = 0
    while True:
        delivered, failure = _deliver_some(store, clock, deliver, _EVENTS_AT_A_TIME)
        if failure is not None and not failure.retryable:
            delivered, failure = _deliver_some(store, clock, deliver, 1)
        if delivered == 0 and (failure is None or failure.retryable):
            return count
        count += delivered


def _deliver_some(
    store: Store, clock: Clock, deliver: Deliver, limit: int
) -> tuple[int, ServiceError | None]:
    """Deliver up to `limit` due events in one transaction; how many, or why none."""
    events: Sequence[OutboxEvent] = ()
    try:
        with store.write() as work:
            events = work.outbox.due(clock.now(), limit)
            if not events:
                return 0, None
            send = deliver(work, events)
            if send is None:
                work.outbox.delivered([event.number for event in events], clock.now())
                work.commit()
        if send is not None:
            send()
            with store.write() as work:
                work.outbox.delivered([event.number for event in events], clock.now())
                work.commit()
        return len(events), None
    except Exception as error:
        if not events:
            raise
        # A foreign error may quote what it choked on: only its kind is told, and it holds up nobody else.
        failure = error if isinstance(error, ServiceError) else ServiceError(error=type(error).__name__)
        if limit == 1 or failure.retryable:
            _put_off(store, clock, events, failure)
        return 0, failure


def _put_off(store: Store, clock: Clock, events: Sequence[OutboxEvent], error: ServiceError) -> None:
    """Try again later, each time twice as late."""
    delay = timedelta(seconds=min(2 ** min(event.attempts for event in events), _LONGEST_RETRY))
    _log.warning("%d events not delivered: %s", len(events), error)
    with store.write() as work:
        work.outbox.failed([event.number for event in events], clock.now() + delay, error.code)
        work.commit()


def _do(duty: Duty, told: str = "") -> str:
    """Do a duty once; whatever it meets, the others go on. Returns the failure, told once while it lasts."""
    try:
        duty.run()
    except Exception as error:
        failure = str(error) if isinstance(error, ServiceError) else type(error).__name__
        if failure != told:
            _log.warning("%s: %s", duty.name, failure)
            _log.debug("trace", exc_info=error)
        return failure
    return ""
