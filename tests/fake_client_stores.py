"""Stores of machine clients in memory; held to the same contract as the database's."""

# ruff: noqa: D102 - the ports say what each method does

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from records.access import Scope
from records.agreements import Agreement
from records.alarms import Alarm, AlarmKind, Asked, AskedCounts, AskedKind
from records.credentials import ClientToken, PublicKey
from records.limits import Rate, fill
from records.model import Result
from records.prechecks import Precheck, PrecheckState
from records.replays import KeptAnswer
from records.states import ResultState
from records.subscriptions import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    Notice,
    Webhook,
    WebhookState,
    build_expiring_key,
)
from tests.fake_state import State, add_new, cut_page, get_known, newest_first, put_known, save_versioned


class FakeAgreementStore:
    """Agreements in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.agreements

    def add(self, agreement: Agreement) -> None:
        add_new(self._rows, agreement.id, agreement)

    def save(self, agreement: Agreement) -> Agreement:
        return save_versioned(self._rows, agreement)

    def get(self, agreement_id: str) -> Agreement:
        return get_known(self._rows, agreement_id)

    def of_key(self, key_id: str) -> Sequence[Agreement]:
        return [row for row in self.all() if row.key_id == key_id]

    def all(self) -> Sequence[Agreement]:
        return sorted(self._rows.values(), key=lambda row: (row.created_at, row.id))


class FakeCredentialStore:
    """Public keys, tokens and used assertions in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add_key(self, key: PublicKey) -> None:
        add_new(self._state.public_keys, key.id, key)

    def save_key(self, key: PublicKey) -> None:
        put_known(self._state.public_keys, key.id, key)

    def find_key(self, public_key_id: str) -> PublicKey | None:
        return self._state.public_keys.get(public_key_id)

    def keys_of(self, key_id: str) -> Sequence[PublicKey]:
        mine = [key for key in self._state.public_keys.values() if key.key_id == key_id]
        return sorted(mine, key=lambda key: (key.created_at, key.id))

    def add_token(self, token: ClientToken) -> None:
        add_new(self._state.tokens, token.token_sha256, token)

    def find_token(self, token_sha256: str) -> ClientToken | None:
        return self._state.tokens.get(token_sha256)

    def use_assertion(self, key_id: str, jti_sha256: str, expires_at: datetime) -> bool:
        is_new = (key_id, jti_sha256) not in self._state.assertions
        self._state.assertions.setdefault((key_id, jti_sha256), expires_at)
        return is_new

    def prune(self, before: datetime) -> int:
        old_tokens = [name for name, token in self._state.tokens.items() if token.expires_at < before]
        old_uses = [name for name, expires in self._state.assertions.items() if expires < before]
        for token_sha256 in old_tokens:
            del self._state.tokens[token_sha256]
        for use in old_uses:
            del self._state.assertions[use]
        return len(old_tokens) + len(old_uses)


class FakeLimitStore:
    """Token buckets in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.buckets

    def take(self, name: str, rate: Rate, wanted: int, now: datetime) -> int:
        tokens, at = self._rows.get(name, (float(rate.burst), now))
        tokens = fill(tokens, (now - at).total_seconds(), rate)
        given = min(wanted, int(tokens))
        self._rows[name] = (tokens - given, max(now, at))
        return given

    def prune(self, before: datetime) -> int:
        old = [name for name, (_tokens, at) in self._rows.items() if at < before]
        for name in old:
            del self._rows[name]
        return len(old)


class FakeAskedStore:
    """What clients asked of late, in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.asked

    def add(self, rows: Sequence[Asked]) -> None:
        self._rows.extend(rows)

    def count(self, client: str, kind: AskedKind, since: datetime) -> AskedCounts:
        mine = [row for row in self._rows if (row.client, row.kind) == (client, kind) and row.at >= since]
        mine = sorted(mine, key=lambda row: row.at, reverse=True)[:2000]
        owners, found = {row.owner for row in mine}, {row.owner for row in mine if row.found}
        dossiers = {row.dossier for row in mine}
        return AskedCounts(
            len(mine), len(owners), len(dossiers), len(owners - found), sum(row.near for row in mine)
        )

    def prune(self, before: datetime) -> int:
        kept = [row for row in self._rows if row.at >= before]
        gone = len(self._rows) - len(kept)
        self._rows[:] = kept
        return gone


class FakeAlarmStore:
    """Alarms in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.alarms

    def add(self, alarm: Alarm) -> None:
        add_new(self._rows, alarm.id, alarm)

    def save(self, alarm: Alarm) -> Alarm:
        return save_versioned(self._rows, alarm)

    def get(self, alarm_id: str) -> Alarm:
        return get_known(self._rows, alarm_id)

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[Alarm], int]:
        return cut_page(newest_first(self._rows.values(), "at"), limit, offset)

    def waiting(self, scope: Scope) -> int:
        return sum(row.acknowledged_at is None and scope.covers(row.unit) for row in self._rows.values())

    def find_block(self, client: str) -> Alarm | None:
        mine = [row for row in self._of(client) if row.blocks and row.lifted_at is None]
        return mine[0] if mine else None

    def last_lift(self, client: str) -> datetime | None:
        return max((row.lifted_at for row in self._of(client) if row.lifted_at), default=None)

    def open(self, client: str, kind: AlarmKind) -> Alarm | None:
        mine = [row for row in self._of(client) if row.kind == kind and row.acknowledged_at is None]
        return mine[0] if mine else None

    def _of(self, client: str) -> list[Alarm]:
        return [row for row in newest_first(self._rows.values(), "at") if row.client == client]


class FakeNoticeStore:
    """Events in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, notice: Notice) -> Notice | None:
        mine = [row for row in self._state.notices.values() if row.client == notice.client]
        if any(row.key == notice.key for row in mine):
            return None
        numbered = replace(notice, number=max((row.number for row in mine), default=0) + 1)
        add_new(self._state.notices, notice.id, numbered)
        return numbered

    def get(self, notice_id: str) -> Notice:
        return get_known(self._state.notices, notice_id)

    def after(self, client: str, number: int, limit: int) -> Sequence[Notice]:
        mine = [row for row in self._state.notices.values() if row.client == client and row.number > number]
        return sorted(mine, key=lambda row: row.number)[:limit]

    def expiring(self, today: date, until: date, limit: int) -> Sequence[tuple[str, Result]]:
        told = {(row.client, row.key) for row in self._state.notices.values()}
        pairs = {(use.actor, use.result_id) for use in self._state.uses.values()}
        found = [(actor, self._state.results[result_id]) for actor, result_id in sorted(pairs)]
        in_force = (ResultState.VALID, ResultState.CORRECTED)
        return [
            (actor, result)
            for actor, result in found
            if result.valid_to is not None and today <= result.valid_to <= until and result.state in in_force
            if (actor, build_expiring_key(result)) not in told
        ][:limit]


class FakeWebhookStore:
    """Receivers and deliveries in memory."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows = state.deliveries

    def add(self, webhook: Webhook) -> None:
        add_new(self._state.webhooks, webhook.id, webhook)

    def save(self, webhook: Webhook) -> Webhook:
        return save_versioned(self._state.webhooks, webhook)

    def get(self, webhook_id: str) -> Webhook:
        return get_known(self._state.webhooks, webhook_id)

    def all(self, key_id: str | None = None) -> Sequence[Webhook]:
        mine = [row for row in self._state.webhooks.values() if key_id in (None, row.key_id)]
        return sorted(mine, key=lambda row: (row.created_at, row.id))

    def add_delivery(self, delivery: Delivery) -> None:
        same = (delivery.webhook_id, delivery.notice_id)
        if all((row.webhook_id, row.notice_id) != same for row in self._rows.values()):
            add_new(self._rows, delivery.id, delivery)

    def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        due = [row for row in self._rows.values() if self._is_due(row, now)]
        taken = sorted(due, key=lambda row: (row.due_at, row.number))[:limit]
        for row in taken:
            self._rows[row.id] = replace(row, due_at=until)
        return taken

    def put_off(self, webhook_id: str, until: datetime) -> None:
        for row in [one for one in self._rows.values() if one.webhook_id == webhook_id]:
            if row.state is DeliveryState.WAITING and row.due_at < until:
                self._rows[row.id] = replace(row, due_at=until)

    def finish(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        put_known(self._rows, delivery.id, delivery)
        add_new(self._state.attempts, attempt.id, attempt)

    def get_delivery(self, delivery_id: str) -> Delivery:
        return get_known(self._rows, delivery_id)

    def resend(self, delivery_id: str, now: datetime) -> Delivery:
        again = replace(
            self.get_delivery(delivery_id),
            state=DeliveryState.WAITING,
            attempts=0,
            due_at=now,
            delivered_at=None,
        )
        self._rows[delivery_id] = again
        return again

    def page(
        self, webhook_id: str, *, state: DeliveryState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Delivery], int]:
        mine = [
            row for row in self._rows.values() if row.webhook_id == webhook_id and state in (None, row.state)
        ]
        return cut_page(
            sorted(mine, key=lambda row: (row.created_at, row.number), reverse=True), limit, offset
        )

    def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        mine = [row for row in self._state.attempts.values() if row.delivery_id == delivery_id]
        return sorted(mine, key=lambda row: (row.at, row.id))

    def _is_due(self, row: Delivery, now: datetime) -> bool:
        if row.state is not DeliveryState.WAITING or row.due_at > now:
            return False
        if self.get(row.webhook_id).state is not WebhookState.ACTIVE:
            return False
        return not any(
            (other.webhook_id, other.result_id) == (row.webhook_id, row.result_id)
            and other.number < row.number
            and other.state is DeliveryState.WAITING
            for other in self._rows.values()
        )


class FakePrecheckStore:
    """Pre-checks in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.prechecks
        self._items = state.precheck_items

    def add(self, precheck: Precheck, questions: Sequence[str]) -> None:
        add_new(self._rows, precheck.id, precheck)
        for ordinal, question in enumerate(questions, 1):
            self._items[precheck.id, ordinal] = (question, None)

    def get(self, precheck_id: str) -> Precheck:
        return get_known(self._rows, precheck_id)

    def of_client(self, client: str, limit: int) -> Sequence[Precheck]:
        mine = [row for row in self._rows.values() if row.client == client]
        return newest_first(mine, "created_at")[:limit]

    def claim(self, now: datetime, until: datetime) -> Precheck | None:
        for row in sorted(self._rows.values(), key=lambda row: (row.created_at, row.id)):
            free = row.held_until is None or row.held_until < now
            if row.state is PrecheckState.WAITING and free and row.expires_at > now:
                self._rows[row.id] = replace(row, held_until=until)
                return self._rows[row.id]
        return None

    def waiting(self, precheck_id: str, limit: int) -> Sequence[tuple[int, str]]:
        found = [
            (key[1], question)
            for key, (question, answer) in sorted(self._items.items())
            if key[0] == precheck_id and answer is None and question is not None
        ]
        return found[:limit]

    def answer(self, precheck_id: str, ordinal: int, answer: str) -> bool:
        if self._items.get((precheck_id, ordinal), (None, ""))[1] is not None:
            return False
        self._items[precheck_id, ordinal] = (None, answer)
        return True

    def advance(self, precheck_id: str, count: int, now: datetime) -> Precheck:
        row = replace(self.get(precheck_id), held_until=None)
        row = replace(row, done=row.done + count)
        if row.done >= row.total and row.state is PrecheckState.WAITING:
            row = replace(row, state=PrecheckState.DONE, finished_at=now)
        self._rows[precheck_id] = row
        return row

    def iter_answers(self, precheck_id: str, after: int = 0, limit: int = 500) -> Iterator[tuple[int, str]]:
        found = [
            (key[1], answer)
            for key, (_question, answer) in sorted(self._items.items())
            if key[0] == precheck_id and key[1] > after and answer is not None
        ]
        yield from found[:limit]

    def count_open(self, client: str) -> int:
        return sum(row.client == client and row.state is PrecheckState.WAITING for row in self._rows.values())

    def prune(self, before: datetime) -> int:
        old = [row.id for row in self._rows.values() if row.expires_at < before]
        for precheck_id in old:
            del self._rows[precheck_id]
        for key in [key for key in self._items if key[0] in old]:
            del self._items[key]
        return len(old)


class FakeReplayStore:
    """Kept answers in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.replays

    def reserve(self, answer: KeptAnswer, now: datetime) -> KeptAnswer | None:
        name = (answer.client, answer.key)
        there = self._rows.get(name)
        if there is not None and there.expires_at > now:
            return there
        self._rows[name] = answer
        return None

    def finish(self, client: str, key: str, status: int, answer: str, expires_at: datetime) -> None:
        row = self._rows[client, key]
        self._rows[client, key] = replace(row, status=status, answer=answer, expires_at=expires_at)

    def release(self, client: str, key: str) -> None:
        row = self._rows.get((client, key))
        if row is not None and row.status is None:
            del self._rows[client, key]

    def prune(self, before: datetime) -> int:
        old = [name for name, row in self._rows.items() if row.expires_at < before]
        for name in old:
            del self._rows[name]
        return len(old)


class FakeClientStores:
    """Every store of machine clients on one state."""

    def __init__(self, state: State) -> None:
        self.agreements = FakeAgreementStore(state)
        self.credentials = FakeCredentialStore(state)
        self.limits = FakeLimitStore(state)
        self.asked = FakeAskedStore(state)
        self.alarms = FakeAlarmStore(state)
        self.notices = FakeNoticeStore(state)
        self.webhooks = FakeWebhookStore(state)
        self.prechecks = FakePrecheckStore(state)
        self.replays = FakeReplayStore(state)
