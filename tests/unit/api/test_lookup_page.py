"""The lookup page while parts of the service are away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.former import IdentifierChange, import_former
from records.actions.types import add_type
from records.model import ResultType
from records.ports import OwnerKey
from records.sql.engine import make_engine
from records.sql.unit_of_work import SqlStore
from tests.unit.api.conftest import COMMUNE, PASSWORD, TYPE, AddPerson

ASKED = {"owner": "001203000123", "type_code": TYPE, "dossier": "H15.03-1", "procedure": "1.011442"}


@pytest.fixture
def clerk(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """A clerk, signed in, in front of the pages."""
    add_person("mc", Role.CLERK, COMMUNE)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
        yield client


def test_a_database_that_is_gone_is_told_on_the_page_and_kept(clerk: TestClient, service: Service) -> None:
    """The clerk reads that nothing is concluded; the audit row waits in the journal."""
    there = service.database
    gone = SqlStore(make_engine("postgresql://nobody:x@127.0.0.1:1/none"), clock=service.clock)
    vars(service)["database"] = gone
    vars(service).pop("lookup")  # opened at the start, on the database that was there
    page = clerk.post("/tra-cuu", data=ASKED)
    assert "TAM_THOI_KHONG_TRA_LOI" in page.text
    assert service.journal.waiting() == 1
    vars(service)["database"] = there


def test_a_mistyped_type_is_told_on_the_page(clerk: TestClient) -> None:
    """It is a slip of the pen, not an answer."""
    page = clerk.post("/tra-cuu", data=ASKED | {"type_code": "KQ.SAI"})
    assert (page.status_code, "Danh mục không có loại giấy tờ này" in page.text) == (422, True)


def test_several_types_are_asked_at_once(clerk: TestClient, service: Service) -> None:
    """One look, one audit row, an answer to each type under its name; empty boxes ask nothing."""
    other = "KQ.G15.000099"
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_type(service.store, acting, ResultType(other, "Giấy phép khác"))
    service.lookup.seconds = 10
    page = clerk.post("/tra-cuu", data=ASKED | {"type_code": [TYPE, other, "", other]})
    assert (page.status_code, page.text.count('class="decision"')) == (200, 2)
    assert "Giấy phép khác" in page.text
    with service.store.read() as work:
        looks = [one for _id, one in work.audit.page(limit=9)[0] if one.action == "reuse.lookup"]
    assert [one.detail["type"] for one in looks] == [f"{TYPE} {other}"]


def test_the_page_says_what_to_look_at_first(clerk: TestClient, service: Service) -> None:
    """A number that became two is named beside the answer."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    old = OwnerKey("cmnd", "201234567")
    changes = [
        IdentifierChange(old, OwnerKey("cccd", number), date(2021, 1, 1), "01/QĐ")
        for number in ("001203000123", "001203000124")
    ]
    import_former(service.store, acting, changes)
    service.lookup.seconds = 10
    page = clerk.post("/tra-cuu", data=ASKED | {"owner": old.id})
    assert "gắn với nhiều hơn một số khác" in page.text
