"""Notices who asks as nobody at a counter would (giám sát dò quét), raises the alarm and stops the client.

What is asked is noted in memory and kept in the database by a thread of its own, some at a time; a client
that asks faster than that is held up for one write. So the alarm comes at its threshold plus at most
`AT_ONCE` questions a process.
"""

import hashlib
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from api.errors import ClientBlocked
from records.access import Principal
from records.actions.acting import Acting
from records.alarms import Alarm, AlarmKind, AlarmRules, Asked, AskedCounts, AskedKind, judge
from records.errors import ServiceError, StoreUnavailable
from records.identifiers import hash_owner
from records.model import AuditEntry
from records.names import is_personal_search
from records.ports import Clock, OwnerKey, Store, UnitOfWork
from search.decision import DecisionCode
from search.needs import Inquiry, InquiryAnswer

PRECHECK_CHANNEL = "precheck"
AT_ONCE = 50
PAUSE_SECONDS = 0.5
JUDGED_AFTER = 20
JUDGED_SECONDS = 5.0
BLOCK_SECONDS = 2.0
READ_SECONDS = 0.2
WRITE_SECONDS = 0.1
_NEIGHBOUR = 3
_REMEMBERED = 64
_MAX_CLIENTS = 10_000
_MAX_WAITING = 1_000
_EMPTY = frozenset(
    {DecisionCode.NONE, DecisionCode.NOT_ALLOWED, DecisionCode.NO_PURPOSE, DecisionCode.NO_ANSWER}
)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Client:
    """What is remembered of one client in this process."""

    acting: Acting
    pending: list[Asked] = field(default_factory=list[Asked])
    numbers: deque[int] = field(default_factory=lambda: deque[int](maxlen=_REMEMBERED))
    blocked: bool = False
    looked_at: float = float("-inf")
    unjudged: int = 0
    judged_at: float = float("-inf")

    def take(self) -> list[Asked]:
        """What waits, which then waits no longer."""
        taken, self.pending = self.pending, []
        return taken


class Watch:
    """Watches every client of this process (giám sát)."""

    def __init__(
        self, store: Store, clock: Clock, secret: bytes, rules: AlarmRules, *, blocks: bool = True
    ) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._rules = rules
        self._blocks = blocks
        self._clients: dict[str, _Client] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def note_lookup(self, acting: Acting, inquiry: Inquiry, answer: InquiryAnswer) -> None:
        """Remember a question that was answered."""
        if all(one.code is DecisionCode.NO_ANSWER for one in answer.answers):
            return
        found = any(one.code not in _EMPTY or one.pending for one in answer.answers)
        dossier = inquiry.purpose.dossier.strip() if inquiry.purpose else ""
        kind = AskedKind.PRECHECK if acting.channel == PRECHECK_CHANNEL else AskedKind.LOOKUP
        self._note(acting, kind, inquiry.owner, dossier, found=found)

    def note_search(self, acting: Acting, text: str) -> None:
        """Remember a search for a name or a number alone; any other is nobody's business."""
        if is_personal_search(text):
            self._note(acting, AskedKind.NAME_SEARCH, OwnerKey("text", text.casefold()), "", found=False)

    def is_known_free(self, principal: Principal) -> bool:
        """Whether this process has just seen that no alarm stops the client; asks nobody."""
        with self._lock:
            client = self._clients.get(principal.id)
            if client is None or client.blocked:
                return False
            return time.monotonic() - client.looked_at < BLOCK_SECONDS

    def check(self, principal: Principal) -> None:
        """Raise `ClientBlocked` for a client that an alarm stopped."""
        with self._lock:
            client = self._clients.get(principal.id)
            if client is not None and time.monotonic() - client.looked_at < BLOCK_SECONDS:
                if client.blocked:
                    raise ClientBlocked(client=principal.id)
                return
        try:
            with self._store.read(READ_SECONDS) as work:
                blocked = work.clients.alarms.find_block(principal.id) is not None
        except StoreUnavailable:
            return
        self._remember(Acting(principal, self._clock.now(), "api"), blocked)
        if blocked:
            raise ClientBlocked(client=principal.id)

    def close(self) -> None:
        """Keep what is still in memory and stop."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def keep(self, *, every: bool = False) -> None:
        """Write down what waits and judge whoever asked much or long ago, or everybody; tried again."""
        with self._lock:
            taken = [(client, client.take()) for client in self._clients.values() if client.pending]
        self._keep(taken)
        now = time.monotonic()
        with self._lock:
            asked = list(self._clients.values()) if every else [client for client, _rows in taken]
        for client in asked:
            if every or client.unjudged >= JUDGED_AFTER or now - client.judged_at >= JUDGED_SECONDS:
                self._judge(client)

    def _note(self, acting: Acting, kind: AskedKind, owner: OwnerKey, dossier: str, *, found: bool) -> None:
        with self._lock:
            client = self._client(acting)
            near = kind is not AskedKind.NAME_SEARCH and _is_near(client.numbers, owner.id)
            hashed = hashlib.sha256(dossier.encode()).hexdigest()[:16]
            owner_hash = hash_owner(self._secret, owner)
            client.pending.append(
                Asked(acting.principal.id, kind, acting.at, owner_hash, hashed, found, near)
            )
            client.unjudged += 1
            rows = client.take() if len(client.pending) >= AT_ONCE else []
        if rows:
            self._keep([(client, rows)], WRITE_SECONDS)
        if client.unjudged >= AT_ONCE:
            self._judge(client)
        self._begin()

    def _client(self, acting: Acting) -> _Client:
        if len(self._clients) >= _MAX_CLIENTS:
            self._clients = {name: one for name, one in self._clients.items() if one.pending}
        client = self._clients.setdefault(acting.principal.id, _Client(acting))
        client.acting = acting
        return client

    def _remember(self, acting: Acting, blocked: bool) -> None:
        with self._lock:
            client = self._client(acting)
            client.blocked, client.looked_at = blocked, time.monotonic()

    def _begin(self) -> None:
        self._wake.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait(timeout=5.0)
            self._wake.clear()
            # A quick command must not wait for this at its end.
            self._closed.wait(PAUSE_SECONDS)
            self.keep()

    def _keep(self, taken: Sequence[tuple[_Client, Sequence[Asked]]], timeout: float | None = None) -> None:
        """All rows in one transaction; after a failure they wait on, up to a limit."""
        if not taken:
            return
        try:
            with self._store.write(timeout) as work:
                work.clients.asked.add([row for _client, rows in taken for row in rows])
                work.commit()
        except ServiceError as error:
            _log.warning("questions of %d clients not kept: %s", len(taken), error)
            with self._lock:
                for client, rows in taken:
                    client.pending[:0] = rows[:_MAX_WAITING]

    def _judge(self, client: _Client) -> None:
        """Count what the client asked of late; raise an alarm where a rule is broken."""
        client.unjudged, client.judged_at = 0, time.monotonic()
        try:
            for kind in AskedKind:
                self._judge_kind(client, kind)
        except ServiceError as error:
            _log.warning("a client not judged: %s", error)

    def _judge_kind(self, client: _Client, kind: AskedKind) -> None:
        with self._store.read(READ_SECONDS) as work:
            counts = self._count(work, client, kind, self._rules.window_seconds)
            quick = self._count(work, client, kind, self._rules.miss_seconds)
        by_name = kind is AskedKind.NAME_SEARCH
        broken = self._judge_names(counts) if by_name else judge(counts, quick, self._rules)
        if broken is None:
            return
        with self._store.write() as work:
            alarm = self._build(client.acting, kind, broken, counts)
            if _is_known(work, alarm):
                return
            work.clients.alarms.add(alarm)
            work.audit.add(_build_entry(client.acting, alarm))
            work.commit()
        _log.warning("alarm %s about %s %s", alarm.kind.value, alarm.client_kind, alarm.client)
        if alarm.blocks:
            self._remember(client.acting, blocked=True)

    def _count(self, work: UnitOfWork, client: _Client, kind: AskedKind, seconds: int) -> AskedCounts:
        name = client.acting.principal.id
        since = self._clock.now() - timedelta(seconds=seconds)
        lifted = work.clients.alarms.last_lift(name)
        return work.clients.asked.count(name, kind, max(since, lifted) if lifted else since)

    def _judge_names(self, counts: AskedCounts) -> AlarmKind | None:
        limit = self._rules.name_searches
        return AlarmKind.NAME_SEARCH if limit and counts.owners >= limit else None

    def _build(self, acting: Acting, asked: AskedKind, kind: AlarmKind, counts: AskedCounts) -> Alarm:
        principal = acting.principal
        # A clerk's searches by name may be honest work, and our own pace makes a pre-check quick, which
        # finds little in a young store; a person looks before anybody is stopped.
        is_honest = asked is AskedKind.PRECHECK and kind is AlarmKind.MANY_MISSES
        blocks = self._blocks and kind is not AlarmKind.NAME_SEARCH and not is_honest
        return Alarm(
            id=str(uuid.uuid4()),
            at=self._clock.now(),
            kind=kind,
            client=principal.id,
            client_kind=principal.kind,
            client_name=principal.name,
            unit=principal.home_unit,
            counts={
                "questions": counts.questions,
                "owners": counts.owners,
                "dossiers": counts.dossiers,
                "empty_owners": counts.empty_owners,
                "near": counts.near,
            },
            blocks=blocks,
        )


def _is_known(work: UnitOfWork, alarm: Alarm) -> bool:
    """Whether the client is stopped, or was told of alike; an alarm that only tells hides none that stops."""
    alarms = work.clients.alarms
    if alarms.find_block(alarm.client) is not None:
        return True
    return not alarm.blocks and alarms.open(alarm.client, alarm.kind) is not None


def _build_entry(acting: Acting, alarm: Alarm) -> AuditEntry:
    return acting.entry(
        "alarm.raise",
        "client",
        alarm.client,
        unit=alarm.unit,
        outcome=alarm.kind.value,
        alarm=alarm.id,
        blocks=int(alarm.blocks),
    )


def _is_near(numbers: deque[int], text: str) -> bool:
    """Whether a number lies beside one of the last asked; the same number again does not."""
    digits = text.replace("-", "")
    if not digits.isdecimal():
        return False
    number = int(digits)
    is_near = any(0 < abs(number - other) <= _NEIGHBOUR for other in numbers)
    if number not in numbers:
        numbers.append(number)
    return is_near
