"""Events reach a real receiver: signed, retried, in order, at least once, never where they must not go."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.webhooks import AT_ONCE, MAX_ATTEMPTS, SendingRules, WebhookSender, find_pause, format_secret
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.results import StateChange, change_result_state
from records.actions.subscriptions import (
    add_webhook,
    announce_expiring,
    list_attempts,
    list_deliveries,
    move_webhook,
    read_changes,
    resend_delivery,
    rotate_secret,
)
from records.errors import InvalidValue
from records.model import Result
from records.sql.unit_of_work import SqlStore
from records.states import ResultState
from records.subscriptions import DeliveryState, Webhook, WebhookState
from records.uses import EvidenceUse
from tests.factories import NOW, OWNER, build_key, build_result
from tests.fakes import FixedClock
from tests.receiver import Receiver, open_receiver
from tests.stores import sqlite_store

MASTER = b"m" * 32
pytestmark = pytest.mark.sql


class Line:
    """A client that used a result, its receiver, and the sender."""

    def __init__(self, store: SqlStore, clock: FixedClock, receiver: Receiver) -> None:
        self.store, self.clock, self.receiver = store, clock, receiver
        self.rules = SendingRules(frozenset({receiver.address}), plain=True, seconds=1.0)
        self.sender = WebhookSender(store, clock, MASTER, self.rules)
        self.key = build_key()
        self.result = build_result(valid_to=None, issued=date(2025, 1, 1), valid_from=date(2025, 1, 1))
        with store.write() as work:
            work.keys.add(self.key)
            work.commit()
        self.add_use(self.result)
        self.hook = self.add_hook(receiver.url)

    @property
    def acting(self) -> Acting:
        """The service itself, now."""
        return Acting(SYSTEM, self.clock.now(), "test")

    def add_hook(self, url: str) -> Webhook:
        """Another receiver of the client."""
        return add_webhook(self.store, self.acting, self.key.id, url, self.rules.allowed, plain=True)

    def add_use(self, result: Result) -> None:
        """The client used that result in a dossier."""
        with self.store.write() as work:
            work.results.add(result)
            work.uses.add(
                EvidenceUse(
                    f"u-{result.id}",
                    result.id,
                    "H15.03-260115-0042",
                    "1.011442",
                    "",
                    self.key.id,
                    "machine",
                    None,
                    NOW,
                    1,
                    None,
                    None,
                )
            )
            work.commit()

    def change(self, state: ResultState, result: Result | None = None) -> None:
        """A document changes whether the result is in force."""
        today = self.acting.today
        change = StateChange(state, "27/QĐ-UBND", today, today, "Có sai sót")
        change_result_state(self.store, self.acting, (result or self.result).id, change)

    def deliveries(self) -> list[tuple[DeliveryState, int, str]]:
        """State, attempts and outcome, newest first."""
        rows, _total = list_deliveries(self.store, self.acting, self.hook.id)
        return [(row.state, row.attempts, row.outcome) for row, _notice in rows]

    def send_later(self, **parts: float) -> int:
        """Send what is due after some time."""
        self.clock.move(**parts)
        return self.sender.send_due()


@pytest.fixture
def answers() -> list[int]:
    """What the receiver answers."""
    return [200]


@pytest.fixture
def line(tmp_path: Path, answers: list[int]) -> Iterator[Line]:
    """A line on a real database with a running receiver."""
    clock = FixedClock()
    with ExitStack() as stack:
        store = stack.enter_context(sqlite_store(tmp_path, clock))
        yield Line(store, clock, stack.enter_context(open_receiver(*answers)))


def test_a_revocation_arrives_signed_and_without_a_person(line: Line) -> None:
    """The receiver proves it with the documented recipe; no owner stands in it; it comes once."""
    line.change(ResultState.REVOKED)
    assert line.sender.send_due() == 1
    ((headers, body),) = line.receiver.got
    secret = base64.b64decode(format_secret(MASTER, line.hook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    event = json.loads(body)
    assert (event["id"], event["type"], event["number"]) == (headers["webhook-id"], "evidence.revoked", 1)
    assert event["data"]["evidence_id"] == line.result.id
    assert event["data"]["document"] == {"number": "27/QĐ-UBND", "date": line.acting.today.isoformat()}
    assert OWNER.encode() not in body
    assert line.send_later(hours=1) == 0
    assert line.deliveries() == [(DeliveryState.DELIVERED, 1, "200")]


@pytest.mark.parametrize("answers", [[500, 302, 0, 204]])
def test_failures_are_tried_again_until_it_is_taken(line: Line) -> None:
    """An error, a redirect that is not followed, silence, then success: four attempts, each logged."""
    line.change(ResultState.REVOKED)
    assert [line.send_later(minutes=2) for _ in range(4)] == [0, 0, 0, 1]
    assert line.deliveries() == [(DeliveryState.DELIVERED, 4, "204")]
    rows, _total = list_deliveries(line.store, line.acting, line.hook.id)
    attempts = list_attempts(line.store, line.acting, rows[0][0].id)
    assert [one.outcome for one in attempts] == ["500", "302", "timed_out", "204"]
    assert b"GET" not in [body for _headers, body in line.receiver.got]
    assert len({headers["webhook-id"] for headers, _body in line.receiver.got}) == 1


@pytest.mark.parametrize("answers", [[500]])
def test_a_receiver_that_never_takes_it_is_parked_and_sent_again_by_hand(line: Line) -> None:
    """After the last attempt it rests until somebody sends it again."""
    line.change(ResultState.REVOKED)
    for _ in range(MAX_ATTEMPTS + 3):
        line.send_later(hours=2)
    assert line.deliveries() == [(DeliveryState.PARKED, MAX_ATTEMPTS, "500")]
    line.receiver.answers[:] = [200]
    rows, _total = list_deliveries(line.store, line.acting, line.hook.id, state=DeliveryState.PARKED)
    resend_delivery(line.store, line.acting, rows[0][0].id)
    assert line.sender.send_due() == 1


@pytest.mark.parametrize("answers", [[500, 200]])
def test_changes_of_one_result_keep_their_order(line: Line) -> None:
    """The second change waits for the first; another result does not."""
    other = build_result(valid_to=None, issued=date(2025, 1, 1), valid_from=date(2025, 1, 1))
    line.add_use(other)
    line.change(ResultState.CORRECTED)
    line.change(ResultState.REVOKED)
    assert line.sender.send_due() == 0
    line.change(ResultState.REVOKED, other)
    for _ in range(4):
        line.send_later(minutes=2)
    taken = [json.loads(body) for _headers, body in line.receiver.got][1:]
    mine = [event["type"] for event in taken if event["data"]["evidence_id"] == line.result.id]
    assert mine == ["evidence.corrected", "evidence.revoked"]
    assert len(taken) == 3


def test_a_process_that_dies_while_sending_loses_nothing(line: Line) -> None:
    """What was claimed and not noted goes out again under the same event id."""
    line.change(ResultState.REVOKED)
    now = line.clock.now()
    with line.store.write() as work:
        assert len(work.clients.webhooks.claim(now, now + timedelta(seconds=60), 9)) == 1
        work.commit()
    assert line.sender.send_due() == 0
    assert line.send_later(seconds=61) == 1


@pytest.mark.parametrize("answers", [[0]])
def test_a_silent_receiver_is_tried_once_a_minute_whatever_it_is_owed(line: Line) -> None:
    """Each try costs seconds, in which no other receiver gets its news."""
    line.change(ResultState.REVOKED)
    for _ in range(AT_ONCE + 4):
        result = build_result(valid_to=None, issued=date(2025, 1, 1), valid_from=date(2025, 1, 1))
        line.add_use(result)
        line.change(ResultState.REVOKED, result)
    assert [line.sender.send_due() for _ in range(3)] == [0, 0, 0]
    assert sum(attempts for _state, attempts, _outcome in line.deliveries()) == 1


def test_two_senders_do_not_send_the_same(line: Line) -> None:
    """Side by side they share the work."""
    line.change(ResultState.REVOKED)
    second = WebhookSender(line.store, line.clock, MASTER, line.rules)
    threads = [threading.Thread(target=sender.send_due) for sender in (line.sender, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(line.receiver.got) == 1


def test_both_secrets_sign_during_a_rotation(line: Line) -> None:
    """For a day the old secret proves it as well, afterwards the new one alone."""
    rotate_secret(line.store, line.acting, line.hook.id)
    line.change(ResultState.CORRECTED)
    line.sender.send_due()
    line.clock.move(hours=25)
    line.change(ResultState.REVOKED)
    line.sender.send_due()
    counts = [len(headers["webhook-signature"].split()) for headers, _body in line.receiver.got]
    assert counts == [2, 1]


def test_a_paused_receiver_waits_and_the_feed_goes_on(line: Line) -> None:
    """Nothing is sent while paused, nothing is lost; the client may read the same events itself."""
    move_webhook(line.store, line.acting, line.hook.id, WebhookState.PAUSED)
    line.change(ResultState.CORRECTED)
    line.change(ResultState.REVOKED)
    assert line.sender.send_due() == 0
    client = Acting(replace(SYSTEM, id=line.key.id), line.clock.now(), "api")
    first, second = read_changes(line.store, client, 0, 10)
    assert [first.number, second.number] == [1, 2]
    assert read_changes(line.store, client, 1, 10) == [second]
    move_webhook(line.store, line.acting, line.hook.id, WebhookState.ACTIVE)
    assert line.sender.send_due() + line.sender.send_due() == 2


def test_results_that_end_soon_are_announced_once(line: Line) -> None:
    """Within so many days, once for each client, by the same way."""
    today = line.acting.today
    line.add_use(build_result(valid_from=date(2025, 1, 1), valid_to=today + timedelta(days=20)))
    assert announce_expiring(line.store, line.acting, 10) == 0
    assert announce_expiring(line.store, line.acting, 30) == 1
    assert announce_expiring(line.store, line.acting, 30) == 0
    assert line.sender.send_due() == 1
    assert json.loads(line.receiver.got[0][1])["type"] == "evidence.expiring"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a", "https://10.0.0.7/", "https://[::1]/", "https://169.254.169.254/latest",
        "https://2130706433/", "ftp://mot-cua.example/", "https://an:mat@mot-cua.example/", "https://mot-cua.example:22/",
    ],
)  # fmt: skip
def test_our_own_network_is_refused_at_registration(line: Line, url: str) -> None:
    """Private, loopback and disguised addresses, other schemes and ports are no receivers."""
    with pytest.raises(InvalidValue):
        line.add_hook(url)


def test_plain_http_is_for_development_alone(line: Line) -> None:
    """Elsewhere a receiver needs https."""
    with pytest.raises(InvalidValue):
        add_webhook(line.store, line.acting, line.key.id, "http://mot-cua.example/", (), plain=False)


def test_a_name_that_turns_on_our_network_is_refused_when_sending(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public-looking name that resolves to the loopback (DNS rebinding) gets nothing."""
    monkeypatch.setattr(
        "records.addresses.socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 443))]
    )
    hook = line.add_hook("https://mot-cua.example/tin")
    line.change(ResultState.REVOKED)
    line.sender.send_due()
    rows, _total = list_deliveries(line.store, line.acting, hook.id)
    assert [row.outcome for row, _notice in rows] == ["private_address"]


def test_pauses_grow_to_an_hour_and_are_spread() -> None:
    """5, 10, 20 seconds and so on, an hour at most, give or take a quarter."""
    assert [find_pause(attempts, 0.5) for attempts in (1, 2, 3, 12)] == [5.0, 10.0, 20.0, 3600.0]
    assert (find_pause(1, 0.0), find_pause(1, 1.0)) == (3.75, 6.25)
