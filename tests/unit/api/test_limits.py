"""Rate limits: shared between processes, told with Retry-After, silent during an outage."""

import random
from contextlib import AbstractContextManager
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from api.errors import TooManyRequests
from api.limits import Limiter
from api.settings import ClientSettings, Settings
from records.access import Role
from records.limits import Rate
from tests.fakes import FakeStore, FakeUnitOfWork, FixedClock
from tests.unit.api.conftest import COMMUNE, SignIn


def count_allowed(limiter: Limiter, rate: Rate, tries: int) -> int:
    """How many of so many requests pass."""
    passed = 0
    for _ in range(tries):
        try:
            limiter.check("lookup:a", rate)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_two_processes_share_one_bucket() -> None:
    """Together they get the burst and no more; another caller has a bucket of its own."""
    store, clock = FakeStore(), FixedClock()
    one, two = Limiter(store, clock), Limiter(store, clock)
    rate = Rate(1.0, 20)
    assert count_allowed(one, rate, 8) + count_allowed(two, rate, 40) <= 20
    one.check("lookup:b", rate)


def test_portions_grow_so_that_many_requests_cost_few_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 2, 4 … tokens at a time: hundreds of requests write a handful of times."""
    store = FakeStore()
    limiter, rate, writes = Limiter(store, FixedClock()), Rate(100.0, 400), 0
    write = store.write

    def counted(timeout: float | None = None) -> AbstractContextManager[FakeUnitOfWork]:
        nonlocal writes
        writes += 1
        return write(timeout)

    monkeypatch.setattr(store, "write", counted)
    assert count_allowed(limiter, rate, 200) == 200
    assert writes <= 10


def test_idle_processes_waste_little_of_a_bucket() -> None:
    """Each of six takes what it needs, so that a slow caller going round them is never refused."""
    store, clock = FakeStore(), FixedClock()
    limiters = [Limiter(store, clock) for _ in range(6)]
    rate = Rate(1.0, 40)
    for _ in range(4):
        assert [count_allowed(limiter, rate, 1) for limiter in limiters] == [1] * 6
        clock.move(seconds=6)


def test_no_rate_is_no_limit_and_an_outage_adds_nothing() -> None:
    """A rate of 0 counts nothing; without the database the request goes on to its own error."""
    store = FakeStore()
    store.is_down = True
    assert count_allowed(Limiter(store, FixedClock()), Rate(0.0, 1), 5) == 5
    assert count_allowed(Limiter(store, FixedClock()), Rate(1.0, 1), 5) == 5


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_a_caller_below_its_rate_is_never_refused(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """Nine a second of ten allowed, each at any process, for two minutes: what one holds is not lost."""
    seconds = 0.0
    monkeypatch.setattr("api.limits.time", SimpleNamespace(monotonic=lambda: seconds))
    store, clock, rate, chance = FakeStore(), FixedClock(), Rate(10.0, 40), random.Random(1)
    limiters = [Limiter(store, clock) for _ in range(processes)]
    refused = 0
    for _ in range(1080):
        refused += 1 - count_allowed(limiters[chance.randrange(processes)], rate, 1)
        pause = chance.expovariate(9)
        seconds += pause
        clock.move(seconds=pause)
    assert refused == 0


def test_what_processes_hold_does_not_grow_while_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an idle minute all together give the burst and no more."""
    seconds = 0.0
    monkeypatch.setattr("api.limits.time", SimpleNamespace(monotonic=lambda: seconds))
    store, clock, rate = FakeStore(), FixedClock(), Rate(1.0, 40)
    limiters = [Limiter(store, clock) for _ in range(4)]
    assert 30 <= sum(count_allowed(limiter, rate, 10) for limiter in limiters) <= 40
    seconds += 60.0
    clock.move(seconds=60)
    assert sum(count_allowed(limiter, rate, 40) for limiter in limiters) <= 40


def test_a_token_in_hand_is_spent_without_the_database() -> None:
    """Only what this process holds: nothing before the first portion, nothing beyond it."""
    store = FakeStore()
    limiter, rate = Limiter(store, FixedClock()), Rate(100.0, 400)
    assert not limiter.spend_at_once("lookup:a")
    assert count_allowed(limiter, rate, 2) == 2
    store.is_down = True
    assert [limiter.spend_at_once("lookup:a") for _ in range(3)] == [True, False, False]


class TestOverHttp:
    """The limit of a person's searches."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Two searches at once, one each ten seconds."""
        slow = ClientSettings(person_per_second=0.1, person_burst=2)
        return settings.model_copy(update={"clients": slow})

    def test_the_answer_says_when_to_come_again(self, signed_in: SignIn) -> None:
        """429 as a problem document with Retry-After; other pages are not held up."""
        client: TestClient = signed_in("a1", Role.CLERK, COMMUNE)
        codes = [client.get("/api/v1/search", params={"q": "giấy phép"}).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        refused = client.get("/api/v1/search", params={"q": "giấy phép"})
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("TOO_MANY_REQUESTS", "10")
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.get("/api/v1/session").status_code == 200
