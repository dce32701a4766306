"""Rate limits: shared between processes, told with Retry-After, silent during an outage."""

from contextlib import AbstractContextManager

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
