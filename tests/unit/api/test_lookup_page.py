"""The lookup page while parts of the service are away."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service
from records.access import Role
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
