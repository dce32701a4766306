"""Repeated requests and blocks over HTTP, on a real store."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.settings import ClientSettings, Settings, WebSettings
from api.wiring import Service
from records.access import Role
from records.alarms import Alarm, AlarmKind
from tests.unit.api.conftest import COMMUNE, OTHER, SignIn
from tests.unit.api.test_clients import API, LOOKUPS, QUESTION, make_client


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Time enough on a busy machine."""
    groups = {"clients": ClientSettings(), "web": WebSettings(lookup_seconds=10)}
    return settings.model_copy(update=groups)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of a caller, so that changes work at once."""
    monkeypatch.setattr("api.auth.FRESH_SECONDS", 0.0)
    monkeypatch.setattr("api.watch.BLOCK_SECONDS", 0.0)


class TestRepeatedRequests:
    """`Idempotency-Key`."""

    def test_a_repeated_request_gets_the_first_answer(self, client: TestClient, service: Service) -> None:
        """One pre-check is made; another body under the key is a conflict; another client is free."""
        _key, headers = make_client(service)
        keyed = headers | {"Idempotency-Key": "dem-2026-03-02"}
        path, body = f"{API}/reuse/prechecks", {"questions": [QUESTION]}
        first = client.post(path, json=body, headers=keyed)
        again = client.post(path, json=body, headers=keyed)
        assert (again.status_code, again.json()) == (202, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert len(client.get(path, headers=headers).json()) == 1
        other = client.post(path, json={"questions": [QUESTION, QUESTION]}, headers=keyed)
        assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
        _key, stranger = make_client(service)
        free = client.post(path, json=body, headers=stranger | {"Idempotency-Key": "dem-2026-03-02"})
        assert free.json()["id"] != first.json()["id"]

    def test_a_failed_request_may_be_tried_again(self, client: TestClient, service: Service) -> None:
        """A refusal is not kept, nor is a key that is none."""
        _key, headers = make_client(service)
        keyed = headers | {"Idempotency-Key": "k1"}
        path = f"{API}/reuse/prechecks"
        assert client.post(path, json={"questions": []}, headers=keyed).status_code == 422
        assert client.post(path, json={"questions": [QUESTION]}, headers=keyed).status_code == 202
        long = headers | {"Idempotency-Key": "k" * 129}
        assert client.post(path, json={"questions": [QUESTION]}, headers=long).status_code == 422
        assert client.post(path, json={}, headers={"Idempotency-Key": "k2"}).status_code == 401


class TestAlarms:
    """What administrators do about alarms."""

    def test_a_blocked_client_waits_for_an_administrator(self, signed_in: SignIn, service: Service) -> None:
        """It is refused everywhere until a person lifts the block with a note; both are audited."""
        key, headers = make_client(service)
        alarm = Alarm(
            "a1",
            datetime.now(UTC),
            AlarmKind.MANY_OWNERS,
            key.id,
            "machine",
            "Một cửa",
            COMMUNE,
            {"owners": 31},
            True,
        )
        with service.store.write() as work:
            work.clients.alarms.add(alarm)
            work.commit()
        client = signed_in("quantri", Role.ADMINISTRATOR, COMMUNE)
        cookies = dict(client.cookies)
        client.cookies.clear()
        refused = client.post(LOOKUPS, json=QUESTION, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "CLIENT_BLOCKED")
        client.cookies.update(cookies)
        assert client.get(f"{API}/alarms").json()["total"] == 1
        assert client.post(f"{API}/alarms/a1/lift", json={"note": " "}).status_code == 422
        seen = client.post(f"{API}/alarms/a1/acknowledgement", json={"note": "Đang hỏi bên dùng"}).json()
        assert (seen["acknowledged_by"], seen["lifted_at"]) != (None, "")
        assert client.post(f"{API}/alarms/a1/acknowledgement", json={"note": "x"}).status_code == 409
        lifted = client.post(f"{API}/alarms/a1/lift", json={"note": "Lỗi cấu hình, đã sửa"})
        assert lifted.json()["lifted_at"] is not None
        client.cookies.clear()
        assert client.post(LOOKUPS, json=QUESTION, headers=headers).status_code == 200

    def test_others_neither_see_nor_lift(self, signed_in: SignIn, service: Service) -> None:
        """An administrator of another unit sees nothing; a clerk is refused."""
        alarm = Alarm(
            "a1", datetime.now(UTC), AlarmKind.NAME_SEARCH, "x", "person", "Người", COMMUNE, {}, False
        )
        with service.store.write() as work:
            work.clients.alarms.add(alarm)
            work.commit()
        assert signed_in("a1", Role.CLERK, COMMUNE).get(f"{API}/alarms").status_code == 403
        other = signed_in("b1", Role.ADMINISTRATOR, OTHER)
        assert other.get(f"{API}/alarms").json()["total"] == 0
        assert other.post(f"{API}/alarms/a1/acknowledgement", json={"note": "x"}).status_code == 404
        assert signed_in("k1", Role.AUDITOR, None).get(f"{API}/alarms").json()["total"] == 1
