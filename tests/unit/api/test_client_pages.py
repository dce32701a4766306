"""Pages of machine clients: agreements, receivers, alarms."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ClientSettings, Settings
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key
from records.actions.results import StateChange, change_result_state
from records.alarms import Alarm, AlarmKind
from records.model import ApiKey
from records.states import ResultState
from records.uses import EvidenceUse
from tests.factories import build_result
from tests.unit.api.conftest import COMMUNE, PASSWORD, AddPerson

NOBODY = "127.0.0.1:9"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """In development, with one receiver in our own network."""
    clients = ClientSettings(webhook_allow=(NOBODY,))
    return settings.model_copy(update={"clients": clients, "environment": "development"})


@pytest.fixture
def key(service: Service) -> ApiKey:
    """A machine client."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    return add_key(service.store, acting, NewKey("Một cửa xã", COMMUNE, ("lookup",), None))[0]


@pytest.fixture
def admin(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """An administrator, signed in, in front of the pages."""
    add_person("qt", Role.ADMINISTRATOR, None)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "qt", "password": PASSWORD})
        yield client


def test_an_agreement_is_made_suspended_and_ended(admin: TestClient, key: ApiKey) -> None:
    """The page shows each with its client and what may be done next; an ended one is only shown."""
    page = admin.get("/quan-tri/thoa-thuan").text
    assert ("Một cửa xã" in page, "Theo khoá đã cấp" in page) == (True, True)
    form = {"key": key.id, "document": "15/TT-STP", "procedures": "1.011442, 2.000001", "unit": COMMUNE}
    assert "15/TT-STP" in admin.post("/quan-tri/thoa-thuan", data=form).text
    (row_id, *_rest) = re.findall(r"/quan-tri/thoa-thuan/([0-9a-f-]+)/suspended", page)
    moved = admin.post(f"/quan-tri/thoa-thuan/{row_id}/suspended", data={"reason": "Rà soát"}).text
    assert ("Đang đình chỉ" in moved, "Rà soát" in moved, "Khôi phục" in moved) == (True, True, True)
    assert (
        "Đã kết thúc" in admin.post(f"/quan-tri/thoa-thuan/{row_id}/ended", data={"reason": "Hết hạn"}).text
    )
    assert admin.post(f"/quan-tri/thoa-thuan/{row_id}/active", data={"reason": "x"}).status_code == 409


def test_a_receiver_shows_its_secret_once_and_its_deliveries(
    admin: TestClient, service: Service, key: ApiKey
) -> None:
    """Attempts are shown beside the delivery; it can be sent again; a bad address is refused."""
    url = f"http://{NOBODY}/tin"
    made = admin.post("/quan-tri/noi-nhan", data={"key": key.id, "url": url}).text
    assert "whsec_" in made
    shown = admin.get("/quan-tri/noi-nhan").text
    assert ("whsec_" in shown, url in shown) == (False, True)
    (hook_id,) = re.findall(r'href="/quan-tri/noi-nhan/([0-9a-f-]+)"', shown)
    assert "Chưa có gì để gửi" in admin.get(f"/quan-tri/noi-nhan/{hook_id}").text
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    result = build_result(valid_to=acting.today + timedelta(days=100))
    with service.store.write() as work:
        work.results.add(result)
        use = EvidenceUse(
            "u", result.id, "H15.03-1", "1.011442", "", key.id, "machine", None, acting.at, 1, None, None
        )
        work.uses.add(use)
        work.commit()
    change = StateChange(ResultState.REVOKED, "27/QĐ", acting.today, acting.today, "Sai")
    change_result_state(service.store, acting, result.id, change)
    assert service.webhook_sender.send_due() == 0
    page = admin.get(f"/quan-tri/noi-nhan/{hook_id}").text
    assert ("Bị thu hồi" in page, "not_reached" in page) == (True, True)
    (delivery,) = re.findall(r"\?luot=([0-9a-f-]+)", page)
    assert " ms" in admin.get(f"/quan-tri/noi-nhan/{hook_id}?luot={delivery}").text
    assert admin.post(f"/quan-tri/noi-nhan/{hook_id}/gui-lai/{delivery}").status_code == 200
    assert "whsec_" in admin.post(f"/quan-tri/noi-nhan/{hook_id}/bi-mat").text
    assert "Tạm dừng" in admin.post(f"/quan-tri/noi-nhan/{hook_id}/trang-thai/paused").text
    refused = admin.post("/quan-tri/noi-nhan", data={"key": key.id, "url": "https://10.0.0.1/"})
    assert refused.status_code == 422


def test_an_alarm_is_acknowledged_and_lifted_with_a_note(
    admin: TestClient, service: Service, key: ApiKey
) -> None:
    """Who, what, how many; the form goes when nothing is left to do."""
    assert "Chưa có cảnh báo nào" in admin.get("/canh-bao").text
    counts = {"questions": 60, "owners": 60, "dossiers": 1, "empty_owners": 59, "near": 0}
    alarm = Alarm(
        "a1", datetime.now(UTC), AlarmKind.MANY_OWNERS, key.id, "machine", key.label, COMMUNE, counts, True
    )
    with service.store.write() as work:
        work.clients.alarms.add(alarm)
        work.commit()
    page = admin.get("/canh-bao").text
    # Every page of the administrator tells that one waits.
    assert '<span class="badge">1<' in admin.get("/quan-tri/don-vi").text
    assert ("Hỏi nhiều người trong ít hồ sơ" in page, "Đang chặn" in page) == (True, True)
    assert "Đang chặn" in admin.post("/canh-bao/a1/da-xem", data={"note": "Đang hỏi"}).text
    lifted = admin.post("/canh-bao/a1/go-chan", data={"note": "Lỗi cấu hình"}).text
    assert ("Đã gỡ chặn" in lifted, "/go-chan" in lifted) == (True, False)


def test_a_clerk_has_none_of_these_pages(service: Service, add_person: AddPerson) -> None:
    """They are refused and do not stand in the menu."""
    add_person("mc", Role.CLERK, COMMUNE)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
        for path in ("/quan-tri/thoa-thuan", "/quan-tri/noi-nhan", "/canh-bao"):
            assert client.get(path).status_code == 403
        assert "/canh-bao" not in client.get("/tra-cuu").text
