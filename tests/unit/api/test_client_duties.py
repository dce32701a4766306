"""The worker's duties for machine clients: what they run, and what they forget."""

from datetime import timedelta

from api.client_duties import build_client_duties, forget_past
from records.alarms import Asked, AskedKind
from records.credentials import ClientToken
from records.limits import Rate
from records.prechecks import Precheck, PrecheckState
from records.replays import KeptAnswer
from tests.factories import NOW
from tests.fakes import FakeStore, FixedClock

HOUR = timedelta(hours=1)


def test_each_duty_does_its_work() -> None:
    """Sending and answering are called every second; the rest runs on the store alone."""
    done: list[str] = []
    duties = build_client_duties(
        FakeStore(), FixedClock(), lambda: done.append("send"), lambda: done.append("answer"), 30
    )
    for duty in duties:
        duty.run()
    assert done == ["send", "answer"]
    assert {duty.name: duty.seconds for duty in duties if duty.seconds < 60} == {
        "webhooks": 1,
        "prechecks": 1,
    }


def test_what_is_over_is_forgotten_and_nothing_else() -> None:
    """Yesterday's questions and idle buckets, expired tokens, replays and pre-checks."""
    store, clock = FakeStore(), FixedClock()
    with store.write() as work:
        work.clients.asked.add([Asked("c", AskedKind.LOOKUP, NOW, "o", "d")])
        work.clients.limits.take("a", Rate(1.0, 5), 1, NOW)
        work.clients.credentials.add_token(ClientToken("t", "k", NOW))
        work.clients.replays.reserve(KeptAnswer("c", "k", "h", 200, "{}", NOW + HOUR), NOW)
        precheck = Precheck("p", "c", PrecheckState.DONE, 1, 1, NOW, NOW + 30 * HOUR)
        work.clients.prechecks.add(precheck, ["{}"])
        work.commit()
    assert forget_past(store, clock) == 0
    clock.move(hours=2)
    assert forget_past(store, clock) == 2
    clock.move(hours=23)
    assert forget_past(store, clock) == 2
    clock.move(hours=24)
    assert forget_past(store, clock) == 1
