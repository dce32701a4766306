"""What every store of machine clients does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from records.access import PROVINCE, Scope
from records.agreements import Agreement, AgreementState
from records.alarms import Alarm, AlarmKind, Asked, AskedCounts, AskedKind
from records.credentials import ClientToken, PublicKey
from records.errors import DuplicateRecord, RecordNotFound, StaleVersion
from records.limits import Rate
from records.model import ApiKey
from records.ports import Store, UnitOfWork
from records.prechecks import Precheck, PrecheckState
from records.replays import KeptAnswer
from records.states import ResultState
from records.subscriptions import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    Notice,
    NoticeKind,
    Webhook,
    WebhookState,
    build_expiring_key,
)
from records.uses import EvidenceUse
from tests.factories import NOW, build_key, build_result

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def add_client(work: UnitOfWork) -> ApiKey:
    """A machine client that agreements and receivers belong to."""
    key = build_key()
    work.keys.add(key)
    return key


def build_agreement(key_id: str, name: str = "a") -> Agreement:
    """An agreement over one type in one procedure."""
    return Agreement(
        name, key_id, "15/TT-STP", "H15", ("1.011442",), None, date(2026, 1, 1), None,
        AgreementState.ACTIVE, "", NOW, "admin", NOW,
    )  # fmt: skip


def build_webhook(key_id: str, name: str = "w") -> Webhook:
    """An active receiver."""
    return Webhook(name, key_id, "https://mot-cua.example/tin", WebhookState.ACTIVE, 1, None, NOW, "admin")


def build_notice(name: str, result_id: str, client: str = "c", key: str | None = None) -> Notice:
    """An event that waits for its number."""
    return Notice(name, client, 0, key or name, NoticeKind.REVOKED, result_id, NOW, {"state": "thu_hoi"})


def build_alarm(name: str, client: str = "c", **parts: object) -> Alarm:
    """An alarm that blocks."""
    alarm = Alarm(name, NOW, AlarmKind.MANY_OWNERS, client, "machine", "Một cửa", None, {"owners": 31}, True)
    return replace(alarm, **parts)  # type: ignore[arg-type]


class TestAgreementStore:
    """Contract of `AgreementStore`."""

    def test_gives_back_and_saves_by_version(self, store: Store) -> None:
        """An agreement comes back equal; a save over an old version is refused."""
        with store.write() as work:
            key, other = add_client(work), add_client(work)
            first, second = build_agreement(key.id), build_agreement(other.id, "b")
            work.clients.agreements.add(first)
            work.clients.agreements.add(second)
            assert work.clients.agreements.of_key(key.id) == [first]
            assert work.clients.agreements.all() == [first, second]
            ended = replace(first, state=AgreementState.ENDED, reason="hết hạn", procedures=None)
            assert work.clients.agreements.save(ended) == replace(ended, version=2)
            with pytest.raises(StaleVersion):
                work.clients.agreements.save(ended)
            with pytest.raises(RecordNotFound):
                work.clients.agreements.get("none")


class TestCredentialStore:
    """Contract of `CredentialStore`."""

    def test_keys_tokens_and_assertions(self, store: Store) -> None:
        """Keys by client, tokens by hash; an assertion is used once; what expired is forgotten."""
        with store.write() as work:
            key = add_client(work)
            public = PublicKey("k1", key.id, "EdDSA", "PEM", NOW)
            credentials = work.clients.credentials
            credentials.add_key(public)
            with pytest.raises(DuplicateRecord):
                credentials.add_key(public)
            credentials.save_key(replace(public, ended_at=NOW))
            assert credentials.find_key("k1") == replace(public, ended_at=NOW)
            assert [found.id for found in credentials.keys_of(key.id)] == ["k1"]
            assert credentials.find_key("k2") is None
            credentials.add_token(ClientToken("t", key.id, NOW + SECOND))
            assert credentials.find_token("t") == ClientToken("t", key.id, NOW + SECOND)
            assert credentials.use_assertion(key.id, "j", NOW + HOUR)
            assert not credentials.use_assertion(key.id, "j", NOW + HOUR)
            assert credentials.prune(NOW + 2 * SECOND) == 1
            assert credentials.find_token("t") is None
            assert not credentials.use_assertion(key.id, "j", NOW + HOUR)


class TestLimitStore:
    """Contract of `LimitStore`."""

    def test_gives_what_is_there_and_refills(self, store: Store) -> None:
        """A full bucket gives its burst, an empty one what time brought, never more than the burst."""
        rate = Rate(2.0, 10)
        with store.write() as work:
            take = work.clients.limits.take
            assert [take("a", rate, 6, NOW), take("a", rate, 6, NOW), take("a", rate, 6, NOW)] == [6, 4, 0]
            assert take("b", rate, 1, NOW) == 1
            assert take("a", rate, 6, NOW + 2 * SECOND) == 4
            assert take("a", rate, 6, NOW - HOUR) == 0
            assert take("a", rate, 99, NOW + HOUR) == 10
            assert work.clients.limits.prune(NOW + SECOND) == 1


class TestAskedAndAlarms:
    """Contract of `AskedStore` and `AlarmStore`."""

    def test_counts_distinct_owners_and_dossiers(self, store: Store) -> None:
        """An owner of whom anything was found is not empty; other clients, kinds and times do not count."""
        row = Asked("c", AskedKind.LOOKUP, NOW, "o1", "d1")
        rows = [
            row,
            replace(row, found=True),
            replace(row, owner="o2", near=True),
            replace(row, owner="o3", dossier="d2", near=True),
            replace(row, client="x"),
            replace(row, kind=AskedKind.NAME_SEARCH),
            replace(row, at=NOW - HOUR, owner="o4"),
        ]
        with store.write() as work:
            work.clients.asked.add(rows)
            work.clients.asked.add([])
            counts = work.clients.asked.count("c", AskedKind.LOOKUP, NOW - SECOND)
            assert counts == AskedCounts(questions=4, owners=3, dossiers=2, empty_owners=2, near=2)
            assert work.clients.asked.count("nobody", AskedKind.LOOKUP, NOW) == AskedCounts()
            assert work.clients.asked.prune(NOW) == 1

    def test_a_block_holds_until_lifted(self, store: Store) -> None:
        """The newest alarm that blocks is found until it is lifted; acknowledging alone lifts nothing."""
        with store.write() as work:
            alarms = work.clients.alarms
            first, later = build_alarm("a1"), build_alarm("a2", at=NOW + SECOND, blocks=False)
            alarms.add(first)
            alarms.add(later)
            assert alarms.get("a1") == first
            assert [alarm.id for alarm in alarms.page(limit=5)[0]] == ["a2", "a1"]
            assert alarms.find_block("c") == first
            assert (alarms.waiting(PROVINCE), alarms.waiting(Scope(frozenset({"H15"})))) == (2, 0)
            assert alarms.open("c", AlarmKind.MANY_OWNERS) == later
            seen = alarms.save(replace(first, acknowledged_at=NOW, acknowledged_by="admin"))
            assert alarms.find_block("c") == seen
            assert alarms.waiting(PROVINCE) == 1
            assert alarms.last_lift("c") is None
            alarms.save(replace(seen, lifted_at=NOW + HOUR, lifted_by="admin"))
            assert (alarms.find_block("c"), alarms.last_lift("c")) == (None, NOW + HOUR)
            assert alarms.open("c", AlarmKind.SEQUENCE) is None


class TestNoticeStore:
    """Contract of `NoticeStore`."""

    def test_numbers_count_for_each_client(self, store: Store) -> None:
        """Events get 1, 2, … for each client; the same key again gives none and burns no number."""
        with store.write() as work:
            result = build_result()
            work.results.add(result)
            notices = work.clients.notices
            for name, client in (("n1", "c"), ("n2", "c"), ("n3", "d")):
                assert notices.add(build_notice(name, result.id, client)) is not None
            assert notices.add(build_notice("n4", result.id, "c", key="n1")) is None
            fourth = notices.add(build_notice("n5", result.id))
            assert fourth is not None
            assert [(row.id, row.number) for row in notices.after("c", 1, 9)] == [("n2", 2), ("n5", 3)]
            assert notices.get("n5") == fourth
            assert notices.after("d", 1, 9) == []

    def test_finds_what_ends_soon_for_those_who_used_it(self, store: Store) -> None:
        """Only used results in force that end in time, and each client is told once."""
        today = date(2026, 3, 1)
        with store.write() as work:
            soon = build_result(valid_to=date(2026, 3, 20))
            others = [
                build_result(valid_to=date(2026, 5, 1)),
                build_result(valid_to=date(2026, 2, 1)),
                build_result(valid_to=date(2026, 3, 20), state=ResultState.REVOKED),
                build_result(valid_to=None),
            ]
            for ordinal, result in enumerate([soon, *others]):
                work.results.add(result)
                use = EvidenceUse(
                    f"u{ordinal}", result.id, "H15-1", "1.1", "", "c", "machine", None, NOW, 1, None, None
                )
                assert work.uses.add(use)
            until = date(2026, 3, 31)
            assert work.clients.notices.expiring(today, until, 9) == [("c", soon)]
            told = replace(build_notice("n", soon.id), kind=NoticeKind.EXPIRING, key=build_expiring_key(soon))
            work.clients.notices.add(told)
            assert work.clients.notices.expiring(today, until, 9) == []
            extended = work.results.save(replace(soon, valid_to=date(2026, 3, 25)))
            assert work.clients.notices.expiring(today, until, 9) == [("c", extended)]


class TestWebhookStore:
    """Contract of `WebhookStore`."""

    @pytest.fixture
    def queued(self, store: Store) -> Store:
        """A receiver with three deliveries, two of them about one result."""
        with store.write() as work:
            hook = build_webhook(add_client(work).id)
            work.clients.webhooks.add(hook)
            one, two = build_result(), build_result()
            work.results.add(one)
            work.results.add(two)
            for name, result in (("n1", one), ("n2", one), ("n3", two)):
                notice = work.clients.notices.add(build_notice(name, result.id))
                assert notice is not None
                delivery = Delivery(
                    f"d-{name}", hook.id, name, result.id, notice.number, DeliveryState.WAITING, 0, NOW, NOW
                )
                work.clients.webhooks.add_delivery(delivery)
                work.clients.webhooks.add_delivery(replace(delivery, id="again"))
            work.commit()
        return store

    def test_keeps_the_order_of_a_result(self, queued: Store) -> None:
        """The second event of a result waits for the first; what is held is not claimed again."""
        with queued.write() as work:
            hooks = work.clients.webhooks
            first, other = hooks.claim(NOW, NOW + HOUR, 9)
            assert [first.id, other.id] == ["d-n1", "d-n3"]
            assert hooks.claim(NOW, NOW + HOUR, 9) == []
            assert [again.id for again in hooks.claim(NOW + HOUR, NOW + 2 * HOUR, 9)] == ["d-n1", "d-n3"]
            done = replace(first, state=DeliveryState.DELIVERED, attempts=1, delivered_at=NOW, outcome="200")
            hooks.finish(done, DeliveryAttempt("t", first.id, NOW, 12, "200"))
            assert [next_one.id for next_one in hooks.claim(NOW, NOW + HOUR, 9)] == ["d-n2"]
            assert hooks.attempts("d-n1") == [DeliveryAttempt("t", first.id, NOW, 12, "200")]
            assert hooks.page("w", limit=9)[1] == 3
            assert [row.id for row in hooks.page("w", state=DeliveryState.DELIVERED, limit=9)[0]] == ["d-n1"]

    def test_what_waits_is_put_off_and_never_brought_forward(self, queued: Store) -> None:
        """All of a receiver's rows that are due earlier; another receiver's stay."""
        with queued.write() as work:
            hooks = work.clients.webhooks
            hooks.put_off("another", NOW + HOUR)
            hooks.put_off("w", NOW + HOUR)
            hooks.put_off("w", NOW)
            assert {row.due_at for row in hooks.page("w", limit=9)[0]} == {NOW + HOUR}

    def test_a_paused_receiver_gets_nothing_and_resending_begins_anew(self, queued: Store) -> None:
        """Pausing stops claims; a parked delivery sent again waits from its first attempt on."""
        with queued.write() as work:
            hooks = work.clients.webhooks
            paused = hooks.save(replace(hooks.get("w"), state=WebhookState.PAUSED))
            assert hooks.claim(NOW, NOW + HOUR, 9) == []
            hooks.save(replace(paused, state=WebhookState.ACTIVE))
            parked = replace(hooks.get_delivery("d-n1"), state=DeliveryState.PARKED, attempts=9)
            hooks.finish(parked, DeliveryAttempt("t", "d-n1", NOW, 1, "500"))
            again = hooks.resend("d-n1", NOW)
            assert (again.state, again.attempts) == (DeliveryState.WAITING, 0)
            assert [hook.id for hook in hooks.all()] == ["w"]
            assert hooks.all("nobody") == []


class TestPrecheckStore:
    """Contract of `PrecheckStore`."""

    def test_is_claimed_answered_and_finished(self, store: Store) -> None:
        """One holder at a time; answers by ordinal; the last answer finishes it; expiry removes all."""
        precheck = Precheck("p", "c", PrecheckState.WAITING, 3, 0, NOW, NOW + HOUR)
        with store.write() as work:
            prechecks = work.clients.prechecks
            prechecks.add(precheck, ["q1", "q2", "q3"])
            held = prechecks.claim(NOW, NOW + 10 * SECOND)
            assert held == replace(precheck, held_until=NOW + 10 * SECOND)
            assert prechecks.claim(NOW, NOW + HOUR) is None
            assert prechecks.claim(NOW + 11 * SECOND, NOW + 20 * SECOND) is not None
            assert prechecks.waiting("p", 2) == [(1, "q1"), (2, "q2")]
            assert prechecks.answer("p", 1, "a1")
            assert not prechecks.answer("p", 1, "a1")
            assert prechecks.answer("p", 2, "a2")
            assert prechecks.advance("p", 2, NOW).state is PrecheckState.WAITING
            assert prechecks.waiting("p", 9) == [(3, "q3")]
            assert prechecks.count_open("c") == 1
            assert prechecks.answer("p", 3, "a3")
            done = prechecks.advance("p", 1, NOW)
            assert (done.state, done.done, done.finished_at) == (PrecheckState.DONE, 3, NOW)
            assert list(prechecks.iter_answers("p", 1, 1)) == [(2, "a2")]
            assert [row.id for row in prechecks.of_client("c", 5)] == ["p"]
            assert prechecks.count_open("c") == 0
            assert prechecks.prune(NOW + 2 * HOUR) == 1
            assert list(prechecks.iter_answers("p")) == []


class TestReplayStore:
    """Contract of `ReplayStore`."""

    def test_keeps_the_first_answer_until_it_expires(self, store: Store) -> None:
        """A key is reserved once, keeps its answer, and is free again when released or expired."""
        kept = KeptAnswer("c", "k", "hash", None, None, NOW + SECOND)
        with store.write() as work:
            replays = work.clients.replays
            assert replays.reserve(kept, NOW) is None
            assert replays.reserve(replace(kept, body_sha256="other"), NOW) == kept
            replays.finish("c", "k", 201, "{}", NOW + HOUR)
            replays.release("c", "k")
            done = replace(kept, status=201, answer="{}", expires_at=NOW + HOUR)
            assert replays.reserve(kept, NOW + 2 * SECOND) == done
            assert replays.reserve(replace(kept, client="d"), NOW) is None
            replays.release("d", "k")
            assert replays.reserve(replace(kept, client="d"), NOW) is None
            assert replays.reserve(replace(kept, expires_at=NOW + 3 * HOUR), NOW + HOUR) is None
            assert replays.prune(NOW + 2 * HOUR) == 1
