"""Rate limits: shared between processes, told with Retry-After, silent during an outage."""

import pytest
from fastapi.testclient import TestClient

from api.errors import TooManyRequests
from api.limits import Limiter
from api.settings import ClientSettings, Settings
from records.access import Role
from records.limits import Rate
from tests.fakes import FakeStore, FixedClock
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


def test_a_portion_costs_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many requests take from the database once."""
    store = FakeStore()
    limiter, rate = Limiter(store, FixedClock()), Rate(100.0, 400)
    limiter.check("lookup:a", rate)
    monkeypatch.setattr(store, "write", None)
    assert count_allowed(limiter, rate, 99) == 99


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
