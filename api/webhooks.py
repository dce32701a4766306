"""Sends events to receivers (gửi thông báo): signed, in order for each result, retried, then parked.

The signature follows Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`. At least
once: a process that dies between sending and noting it sends again, under the same event id.
"""

import base64
import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from records.actions.subscriptions import check_receiver
from records.download import DownloadFailed, send
from records.errors import InvalidValue
from records.ports import Clock, Store
from records.subscriptions import Delivery, DeliveryAttempt, DeliveryState, Notice, Webhook

SECONDS = 10.0
HOLD = timedelta(seconds=60)
AT_ONCE = 32
THREADS = 8
MAX_ATTEMPTS = 15
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
_JITTER = 0.25
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class SendingRules:
    """Where events may go (quy tắc gửi): `allowed` may lie in our own network, `plain` lets http pass."""

    allowed: frozenset[str] = frozenset()
    plain: bool = False
    ca_file: str | None = None
    seconds: float = SECONDS


class WebhookSender:
    """Sends what is due (bộ gửi); any number of processes may do so side by side."""

    def __init__(self, store: Store, clock: Clock, master: bytes, rules: SendingRules) -> None:
        self._store = store
        self._clock = clock
        self._master = master
        self._rules = rules

    def send_due(self) -> int:
        """Try everything due now, receivers side by side; returns how many were delivered."""
        now = self._clock.now()
        with self._store.write() as work:
            claimed = work.clients.webhooks.claim(now, now + HOLD, AT_ONCE)
            work.commit()
        if not claimed:
            return 0
        groups: dict[str, list[Delivery]] = {}
        for delivery in claimed:
            groups.setdefault(delivery.webhook_id, []).append(delivery)
        with ThreadPoolExecutor(min(THREADS, len(groups))) as pool:
            return sum(pool.map(self._send_group, groups.values()))

    def _send_group(self, deliveries: Sequence[Delivery]) -> int:
        """One receiver's deliveries, one after the other; the first failure leaves the rest for later."""
        done = 0
        for delivery in deliveries:
            if not self._try(delivery):
                break
            done += 1
        return done

    def _try(self, delivery: Delivery) -> bool:
        with self._store.read() as work:
            hook = work.clients.webhooks.get(delivery.webhook_id)
            notice = work.clients.notices.get(delivery.notice_id)
        begun, begun_at = time.monotonic(), self._clock.now()
        outcome = self._post(hook, notice, begun_at)
        milliseconds = round(1000 * (time.monotonic() - begun))
        good = outcome.isdecimal() and int(outcome) in _GOOD
        after = self._judge(delivery, outcome, good=good)
        attempt = DeliveryAttempt(str(uuid.uuid4()), delivery.id, begun_at, milliseconds, outcome)
        with self._store.write() as work:
            if not outcome.isdecimal():
                # Waiting for a dead receiver takes seconds; what else it is owed must not cost the others.
                work.clients.webhooks.put_off(hook.id, self._clock.now() + HOLD)
            work.clients.webhooks.finish(after, attempt)
            work.commit()
        return good

    def _post(self, hook: Webhook, notice: Notice, at: datetime) -> str:
        """The status as text, or a short code of what went wrong."""
        body = build_body(notice)
        headers = build_headers(notice.id, int(at.timestamp()), body, find_secrets(self._master, hook, at))
        try:
            check_receiver(hook.url, self._rules.allowed, plain=self._rules.plain)
            status = send(
                hook.url,
                body,
                headers,
                deadline=time.monotonic() + self._rules.seconds,
                allowed=self._rules.allowed,
                ca_file=self._rules.ca_file,
            )
        except DownloadFailed as failed:
            return str(failed)
        except InvalidValue as refused:
            return str(refused.context.get("reason") or "refused")
        return str(status)

    def _judge(self, delivery: Delivery, outcome: str, *, good: bool) -> Delivery:
        """The delivery after an attempt: done, waiting for the next, or parked."""
        now, attempts = self._clock.now(), delivery.attempts + 1
        tried = replace(delivery, attempts=attempts, outcome=outcome[:40])
        if good:
            return replace(tried, state=DeliveryState.DELIVERED, delivered_at=now, due_at=now)
        if attempts >= MAX_ATTEMPTS:
            return replace(tried, state=DeliveryState.PARKED, due_at=now)
        return replace(tried, due_at=now + timedelta(seconds=find_pause(attempts)))


def find_pause(attempts: int, chance: float | None = None) -> float:
    """Seconds until the next attempt: 5, 10, 20 … an hour, give or take a quarter."""
    share = random.random() if chance is None else chance  # noqa: S311 - spreads load, keeps no secret
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return pause * (1 - _JITTER + 2 * _JITTER * share)


def build_body(notice: Notice) -> bytes:
    """The event as JSON: no owner, no name, no number of a person."""
    event = {
        "id": notice.id,
        "type": f"evidence.{notice.kind.value}",
        "number": notice.number,
        "timestamp": notice.at.isoformat(),
        "data": dict(notice.body),
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def build_headers(event_id: str, timestamp: int, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """Headers of Standard Webhooks: one signature for each secret that holds."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def find_secrets(master: bytes, hook: Webhook, at: datetime) -> list[bytes]:
    """The newest secret, and the one before while it still signs."""
    found = [derive_secret(master, hook.id, hook.generation)]
    if hook.previous_until is not None and at < hook.previous_until:
        found.append(derive_secret(master, hook.id, hook.generation - 1))
    return found


def derive_secret(master: bytes, webhook_id: str, generation: int) -> bytes:
    """A receiver's secret, made of the service's own key: the database holds none."""
    return hmac.new(master, f"webhook:{webhook_id}:{generation}".encode(), hashlib.sha256).digest()


def format_secret(master: bytes, hook: Webhook) -> str:
    """The newest secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(derive_secret(master, hook.id, hook.generation)).decode()
