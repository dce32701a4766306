"""The release report by its three ways in, and to whom it is refused."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.cli.release import release_command
from api.errors import WrongUse
from api.settings import Settings
from api.wiring import Service
from records.access import Role
from records.model import RecordField
from tests.factories import add_record, build_field
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson, SignIn

SUBJECT, NUMBER = "trich_yeu", "so_ky_hieu"
CONFIRMED = {"confirmed_by": "an", "confirmed_at": datetime(2026, 3, 2, tzinfo=UTC), "reasons": ()}


def _fill(service: Service, count: int, unit: str = COMMUNE) -> None:
    """Confirmed records whose subjects were proposed rightly and surely, numbers too."""
    with service.store.write() as work:
        for _ in range(count):
            record = add_record(work, unit=unit)
            work.records.put_fields(record.id, [_field(record.id, name) for name in (SUBJECT, NUMBER)])
        work.commit()


def _field(record_id: str, name: str) -> RecordField:
    return build_field(record_id, name, value="A", proposed="A", confidence=0.99, **CONFIRMED)


def test_report_by_the_interface(service: Service, signed_in: SignIn) -> None:
    """Counts of the units overseen, too few to release anything; a number is never released."""
    _fill(service, 3)
    _fill(service, 2, OTHER)
    client = signed_in("qt", Role.ADMINISTRATOR, COMMUNE)
    report = client.get("/api/v1/release-report").json()
    found = {one["name"]: one for one in report["fields"]}
    assert (found[SUBJECT]["verdict"], found[SUBJECT]["confirmed"]) == ("too_few", 3)
    assert (found[NUMBER]["verdict"], found[NUMBER]["threshold"]) == ("never", None)
    assert (report["minimum"], report["target"]) == (3000, 0.005)
    refused = client.get("/api/v1/release-report", params={"unit": OTHER})
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCESS_DENIED")
    assert client.get("/api/v1/release-report", params={"target": 0.5}).status_code == 422


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.CLERK, Role.SIGNER])
def test_others_are_refused(signed_in: SignIn, role: Role) -> None:
    """Whoever confirms values does not decide on their release."""
    assert signed_in("ai", role, None).get("/api/v1/release-report").status_code == 403


@pytest.fixture
def pages(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """An administrator of the province, signed in, in front of the pages."""
    add_person("qt", Role.ADMINISTRATOR, None)
    with TestClient(create_app(service)) as client:
        client.post("/api/v1/session", json={"login": "qt", "password": PASSWORD})
        yield client


def test_page_says_what_may_not_be_released(service: Service, pages: TestClient) -> None:
    """The verdicts stand in words, and that nothing is released by the report."""
    _fill(service, 3)
    text = pages.get("/quan-tri/mien-kiem", params={"don_vi": COMMUNE, "tu_ngay": "2020-01-01"}).text
    for words in ("Chưa đủ số liệu", "Luôn do người xác nhận", "mọi giá trị vẫn do người xác nhận", "3.000"):
        assert words in text
    assert "Đủ điều kiện miễn" not in text
    assert pages.get("/quan-tri/mien-kiem", params={"tu_ngay": "hôm qua"}).status_code == 200


def test_command_prints_the_report(
    service: Service,
    settings: Settings,
    add_person: AddPerson,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a table and as JSON, for a named account only."""
    add_person("qt", Role.ADMINISTRATOR, None)
    _fill(service, 3)
    load: Callable[[], Settings] = lambda: settings  # noqa: E731
    monkeypatch.setattr("api.cli.acting.load_settings", load)
    with pytest.raises(WrongUse):
        release_command()
    release_command(login="qt", as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert {one["name"]: one["confirmed"] for one in printed["fields"]}[SUBJECT] == 3
    release_command(login="qt", since="2020-01-01", unit=COMMUNE)
    shown = capsys.readouterr()
    assert "Chưa đủ số liệu" in shown.out
    assert "không phải lệnh" in shown.err
