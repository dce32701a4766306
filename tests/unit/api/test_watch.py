"""Limits and alarms over HTTP: enumeration is stopped, a counter's load never is."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.settings import ClientSettings, Settings, WebSettings
from api.watch import AT_ONCE
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key
from records.alarms import AlarmKind, AlarmRules
from tests.factories import build_result
from tests.unit.api.conftest import COMMUNE, TYPE, SignIn

LOOKUPS = "/api/v1/reuse/lookups"
Ask = Callable[[str, str], int]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No limit on the rate, and time enough on a busy machine: what stops is the alarm."""
    groups = {
        "clients": ClientSettings(lookups_per_second=0, precheck_per_second=1000),
        "web": WebSettings(lookup_seconds=10),
    }
    return settings.model_copy(update=groups)


@pytest.fixture
def ask(client: TestClient, service: Service) -> Ask:
    """Asks about an owner for a dossier as a machine client; the answer's status."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    _key, token = add_key(service.store, acting, NewKey("Một cửa", COMMUNE, ("lookup",), None))
    headers = {"Authorization": f"Bearer {token}"}

    def ask_once(owner: str, dossier: str) -> int:
        purpose = {"dossier": dossier, "procedure": "1.011442"}
        body = {"owner": {"id": owner}, "type": TYPE, "purpose": purpose}
        return client.post(LOOKUPS, json=body, headers=headers).status_code

    return ask_once


def find_alarm(service: Service) -> tuple[AlarmKind, bool]:
    """The one alarm there is, and whether it blocks."""
    with service.store.read() as work:
        (alarm,), total = work.clients.alarms.page(limit=5)
    assert total == 1
    return alarm.kind, alarm.blocks


def stop_within(ask: Ask, owners: list[str], dossier: Callable[[int], str]) -> int:
    """How many questions were answered before the client was stopped."""
    for ordinal, owner in enumerate(owners):
        status = ask(owner, dossier(ordinal))
        if status == 403:
            return ordinal
        assert status == 200
    return len(owners)


def build_random_ids(count: int) -> list[str]:
    """Random twelve-figure numbers."""
    dice = random.Random(7)
    return [f"{dice.randrange(10**12):012d}" for _ in range(count)]


def test_random_ids_for_one_dossier_are_stopped(ask: Ask, service: Service) -> None:
    """A thousand random numbers under one dossier end at the threshold plus what is written at once."""
    stopped = stop_within(ask, build_random_ids(1000), lambda _n: "H15.03-260115-0042")
    assert stopped <= AlarmRules().owners + AT_ONCE
    assert find_alarm(service) == (AlarmKind.MANY_OWNERS, True)


def test_random_ids_with_made_up_dossiers_are_stopped(ask: Ask, service: Service) -> None:
    """A new dossier for each number does not help: of hardly anybody is anything found."""
    stopped = stop_within(ask, build_random_ids(1000), lambda n: f"H15.03-260115-{n:05d}")
    assert stopped <= AlarmRules().misses + AT_ONCE
    assert find_alarm(service) == (AlarmKind.MANY_MISSES, True)


def test_sequential_ids_are_stopped(ask: Ask, service: Service) -> None:
    """Numbers one after the other are nobody's queue at a counter."""
    owners = [f"{1203000000 + n:012d}" for n in range(1000)]
    stopped = stop_within(ask, owners, lambda n: f"H15.03-260115-{n:05d}")
    assert stopped <= AlarmRules().near + AT_ONCE
    assert find_alarm(service) == (AlarmKind.SEQUENCE, True)


def test_a_counters_load_never_raises_it(ask: Ask, service: Service) -> None:
    """300 dossiers of one or two owners, four questions each, two of three owners unknown."""
    dice = random.Random(11)
    owners = build_random_ids(450)
    with service.store.write() as work:
        for owner in owners[::3]:
            work.results.add(build_result(owner_id=owner, type_code=TYPE, unit=COMMUNE))
        work.commit()
    for dossier in range(300):
        for owner in owners[dossier * 450 // 300 :][: dice.choice((1, 2))]:
            for _need in range(2):
                assert ask(owner, f"H15.03-260115-{dossier:05d}") == 200
    service.watch.keep(every=True)
    with service.store.read() as work:
        assert work.clients.alarms.page(limit=1)[1] == 0


def test_name_only_searches_are_told_and_not_stopped(signed_in: SignIn, service: Service) -> None:
    """Search after search for people raises an alarm about the clerk; words of papers raise none."""
    client = signed_in("a1", Role.CLERK, COMMUNE)
    for number in range(40):
        assert client.get("/api/v1/search", params={"q": f"giấy phép xây dựng {number}"}).status_code == 200
    service.watch.keep(every=True)
    with service.store.read() as work:
        assert work.clients.alarms.page(limit=1)[1] == 0
    for number in range(40):
        name = f"Nguyễn Văn {chr(65 + number % 20)}{'nh' if number > 19 else ''}"
        assert client.get("/api/v1/search", params={"q": name}).status_code == 200
    service.watch.keep(every=True)
    assert find_alarm(service) == (AlarmKind.NAME_SEARCH, False)


def test_names_asked_one_after_the_other_as_candidates_are_told(client: TestClient, service: Service) -> None:
    """A machine that asks for candidates by name or number is seen as one that searches."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    _key, token = add_key(service.store, acting, NewKey("Một cửa", COMMUNE, ("lookup", "search"), None))
    headers = {"Authorization": f"Bearer {token}"}
    purpose = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}
    for number in range(AlarmRules().name_searches):
        body = {"q": f"0012030{number:05d}", "purpose": purpose}
        client.post("/api/v1/reuse/candidates", json=body, headers=headers)
    service.watch.keep(every=True)
    assert find_alarm(service) == (AlarmKind.NAME_SEARCH, False)


def test_a_precheck_of_a_young_store_stops_nobody(client: TestClient, service: Service) -> None:
    """Hundreds of owners of whom nothing is there are told to a person; the counter's client goes on."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    _key, token = add_key(service.store, acting, NewKey("Một cửa", COMMUNE, ("lookup",), None))
    headers = {"Authorization": f"Bearer {token}"}
    questions = [
        {"owner": {"id": owner}, "type": TYPE, "purpose": {"dossier": f"H15.03-{n}", "procedure": "1.011442"}}
        for n, owner in enumerate(build_random_ids(AlarmRules().misses + AT_ONCE))
    ]
    sent = client.post("/api/v1/reuse/prechecks", json={"questions": questions}, headers=headers).json()
    while service.precheck_runner.run_some():
        continue
    service.watch.keep(every=True)
    assert find_alarm(service) == (AlarmKind.MANY_MISSES, False)
    done = client.get(f"/api/v1/reuse/prechecks/{sent['id']}", headers=headers)
    assert (done.status_code, done.json()["state"]) == (200, "done")
    # What was told of the pre-check hides no enumeration after it.
    statuses = [client.post(LOOKUPS, json=one, headers=headers).status_code for one in questions]
    assert statuses[-1] == 403
