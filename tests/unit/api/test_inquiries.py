"""Several needs, who looked and why, and the tables lookups follow, over HTTP and as pages."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.cli.acting import act_as
from api.settings import SearchSettings, Settings
from api.wiring import Service, build_service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.former import (
    IdentifierChange,
    end_former,
    end_requirement,
    import_former,
    import_requirements,
    list_former,
)
from records.actions.keys import NewKey, add_key
from records.actions.types import add_type
from records.actions.units import add_unit
from records.errors import AccessDenied, IllegalTransition, InvalidIdentifier, InvalidValue
from records.model import ResultType, Unit
from records.ports import OwnerKey
from records.requirements import RequirementType
from tests.factories import OWNER, build_result
from tests.unit.api.conftest import COMMUNE, PASSWORD, TYPE, AddPerson

LOOKUPS = "/api/v1/reuse/lookups"
OWNER_LOG = "/api/v1/reuse/owner-log"
PURPOSE = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}
CMND = "012345678"


def as_system() -> Acting:
    """The service itself."""
    return Acting(SYSTEM, datetime.now(UTC), "test")


@pytest.fixture
def headers(service: Service) -> dict[str, str]:
    """The header of a machine client that may look up and read owners; one result is in force."""
    with service.store.write() as work:
        work.results.add(build_result(unit=COMMUNE))
        work.commit()
    scopes = ("lookup", "owner.read")
    _key, token = add_key(service.store, as_system(), NewKey("Một cửa", COMMUNE, scopes, None))
    return {"Authorization": f"Bearer {token}"}


def ask(client: TestClient, headers: dict[str, str], **changes: Any) -> Any:
    """The answer to a lookup."""
    body = {"owner": {"id": OWNER}, "as_of": "2026-03-01", "purpose": PURPOSE} | changes
    return client.post(LOOKUPS, json=body, headers=headers)


def test_several_needs_are_answered_in_their_order(
    client: TestClient, service: Service, headers: dict[str, str]
) -> None:
    """Types and requirements side by side, each with the code, the reason and what was looked for."""
    import_requirements(service.store, as_system(), [RequirementType("TP.01", TYPE, date(2025, 1, 1))])
    needs = [{"requirement": "TP.01", "expect": "one"}, {"type": TYPE}]
    request = {"explicit": True, "by": "chủ thể", "at": "2026-03-01T08:00:00+07:00"}
    answer = ask(client, headers, needs=needs, request=request)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["answers"]
    assert (first["code"], first["types"]) == ("CO_GIA_TRI_TAI_SU_DUNG", [TYPE])
    assert first["need"] == {"type": None, "requirement": "TP.01", "expect": "one"}
    assert (second["need"]["type"], second["pending"]) == (TYPE, 0)
    assert answer.json()["cautions"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": TYPE, "needs": [{"type": TYPE}]},
        {"needs": []},
        {"needs": [{}]},
        {"needs": [{"type": TYPE, "requirement": "TP.01"}]},
        {"needs": [{"type": TYPE}] * 21},
        {"needs": [{"requirement": "TP.99"}]},
    ],
)
def test_a_lookup_that_asks_nothing_or_twice_is_refused(
    client: TestClient, headers: dict[str, str], body: dict[str, Any]
) -> None:
    """One type, or one to twenty needs of one thing each that a list names."""
    assert ask(client, headers, **body).status_code == 422


def test_who_looked_and_why_is_told_by_unit(
    client: TestClient, service: Service, headers: dict[str, str], add_person: AddPerson
) -> None:
    """The owner is told act, unit and dossier, not the clerk; lookups by an old number are there too."""
    change = IdentifierChange(OwnerKey("cmnd", CMND), OwnerKey("cccd", OWNER), date(2021, 7, 1), "Căn cước")
    import_former(service.store, as_system(), [change])
    assert ask(client, headers, type=TYPE, owner={"id": CMND}).json()["code"] == "CO_GIA_TRI_TAI_SU_DUNG"
    assert ask(client, headers, type=TYPE, owner={"id": "001090077777"}).json()["code"] == "KHONG_CO"
    body = {"owner": {"id": OWNER}, "ground": "Chủ thể có mặt"}
    page = client.post(OWNER_LOG, json=body, headers=headers).json()
    (look,) = page["items"]
    assert (look["action"], look["unit"], look["unit_name"]) == ("reuse.lookup", COMMUNE, "UBND xã Ea Kao")
    assert (look["who"], look["outcome"]) == ("Một cửa", "CO_GIA_TRI_TAI_SU_DUNG")
    assert PURPOSE["dossier"] in look["purpose"]
    again = client.post(OWNER_LOG, json=body, headers=headers).json()
    assert [one["action"] for one in again["items"]] == ["owner.log", "reuse.lookup"]
    assert client.post(f"{OWNER_LOG}.csv", json=body, headers=headers).status_code == 403
    add_person("tt", Role.AUDITOR, None)
    client.post("/api/v1/session", json={"login": "tt", "password": PASSWORD})
    table = client.post(f"{OWNER_LOG}.csv", json=body)
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert (rows[0][0], len(rows)) == ("Lúc", 4)
    assert OWNER not in table.text


def test_pages_of_reuse_are_drawn(service: Service, add_person: AddPerson) -> None:
    """Each page opens for who may see it, empty and filled, and is a refusal for others."""
    with service.store.write() as work:
        work.results.add(build_result(unit=COMMUNE, number="=15/GP"))
        work.commit()
    add_person("lt", Role.ARCHIVIST, COMMUNE)
    add_person("mc", Role.CLERK, COMMUNE)
    add_person("qt", Role.ADMINISTRATOR, None)
    with TestClient(create_app(service)) as client:

        def sign_in(login: str) -> None:
            client.cookies.clear()
            client.post("/api/v1/session", json={"login": login, "password": PASSWORD})

        sign_in("lt")
        assert "Không có báo sai lệch nào" in client.get("/sai-lech").text
        sign_in("mc")
        assert client.get("/sai-lech").status_code == 403
        found = client.post("/tra-cuu", data={"owner": OWNER, "type_code": TYPE, **PURPOSE})
        assert "/sai-lech" in found.text
        with service.store.read() as work:
            (result,) = work.results.find_by_owners([("cccd", OWNER)])
        report = PURPOSE | {"what": "Sai năm sinh", "contact": "Chị Hoa"}
        sent = client.post(f"/tra-cuu/ket-qua/{result.id}/sai-lech", data=report)
        assert "Đã báo sai lệch" in sent.text
        used = client.post(f"/tra-cuu/ket-qua/{result.id}/su-dung", data=PURPOSE)
        assert "Đã sử dụng cho hồ sơ" in used.text
        looked = client.post("/ai-da-xem", data={"owner": OWNER, "ground": "Chủ thể có mặt"})
        assert "Sử dụng cho hồ sơ" in looked.text
        assert client.post("/ai-da-xem", data={"owner": "abc", "ground": "Chủ thể"}).status_code == 422
        sign_in("lt")
        with service.store.read() as work:
            (mismatch,) = work.mismatches.of_result(result.id)
        closed = client.post(f"/sai-lech/{mismatch.id}/tra-loi", data={"answer": "Đã đính chính"})
        assert "Đã trả lời báo sai lệch" in closed.text
        sign_in("qt")
        assert "Chưa có thay đổi định danh" in client.get("/quan-tri/dinh-danh-cu").text
        assert "Chưa có thành phần hồ sơ" in client.get("/quan-tri/thanh-phan").text


def test_tables_are_entered_with_their_ground_and_ended_once(service: Service, add_person: AddPerson) -> None:
    """All rows or none, again is no second row, numbers are masked in the list."""
    change = IdentifierChange(OwnerKey("cmnd", CMND), OwnerKey("cccd", OWNER), date(2021, 7, 1), "Căn cước")
    assert import_former(service.store, as_system(), [change, change]) == (1, 1)
    ((row,), total) = list_former(service.store, as_system(), limit=9)
    assert (total, row.former_id, CMND in repr(row)) == (1, "0123•5678", False)
    ended = end_former(service.store, as_system(), row.id, date(2026, 1, 1))
    assert ended.valid_to == date(2026, 1, 1)
    with pytest.raises(IllegalTransition):
        end_former(service.store, as_system(), row.id, date(2026, 1, 1))
    wrong = IdentifierChange(change.former, change.current, date(2022, 1, 1), " ")
    with pytest.raises(InvalidValue):
        import_former(service.store, as_system(), [change, wrong])
    with pytest.raises(InvalidIdentifier):
        import_requirements(
            service.store, as_system(), [RequirementType("TP.01", "KQ.SAI", date(2025, 1, 1))]
        )
    fits = RequirementType("TP.01", TYPE, date(2025, 1, 1))
    assert import_requirements(service.store, as_system(), [fits]) == (1, 0)
    assert end_requirement(service.store, as_system(), "TP.01", TYPE, date(2026, 1, 1)).valid_to
    with pytest.raises(IllegalTransition):
        end_requirement(service.store, as_system(), "TP.01", TYPE, date(2026, 1, 1))


def test_only_managers_enter_tables(service: Service, add_person: AddPerson) -> None:
    """A clerk may not say that two numbers are one person."""
    add_person("mc", Role.CLERK, COMMUNE)
    change = IdentifierChange(OwnerKey("cmnd", CMND), OwnerKey("cccd", OWNER), date(2021, 7, 1), "Căn cước")
    with pytest.raises(AccessDenied):
        import_former(service.store, act_as(service, "mc"), [change])


def test_lookups_go_on_with_elasticsearch_stopped(settings: Settings) -> None:
    """Decisions and uses rest on the database alone; what needs the index says that it is away."""
    search = SearchSettings(backend="elastic", url="http://127.0.0.1:9", timeout_seconds=1)
    made = build_service(settings.model_copy(update={"search": search}))
    made.prepare()
    add_unit(made.store, as_system(), Unit(COMMUNE, "UBND xã Ea Kao"))
    add_type(made.store, as_system(), ResultType(TYPE, "Giấy xác nhận"))
    with made.store.write() as work:
        work.results.add(build_result(unit=COMMUNE))
        work.commit()
    scopes = ("lookup", "search")
    _key, token = add_key(made.store, as_system(), NewKey("Một cửa", COMMUNE, scopes, None))
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(create_app(made, with_pages=False), raise_server_exceptions=False) as client:
        answer = ask(client, headers, type=TYPE)
        assert answer.json()["code"] == "CO_GIA_TRI_TAI_SU_DUNG"
        found = answer.json()["candidates"][0]["id"]
        used = client.post(f"/api/v1/reuse/evidence/{found}/use", json=PURPOSE, headers=headers)
        assert used.status_code == 200
        words = {"q": "giấy xác nhận", "purpose": PURPOSE}
        assert client.post("/api/v1/reuse/candidates", json=words, headers=headers).status_code == 503
