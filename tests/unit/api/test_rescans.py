"""The rescan list on the page, over the interface, as CSV and in the terminal's words."""

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service
from records.access import Role
from records.model import PageFault
from records.states import CaptureState
from tests.factories import build_batch, build_file
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson

FAULTS = (PageFault(2, ("blurred", "unreadable")), PageFault(5, ("pages_missing",), (4, 5)))


@pytest.fixture
def batch_id(service: Service) -> str:
    """A batch of five files: sound, with faults, refused, stopped at the gate, withdrawn."""
    batch = build_batch(unit=COMMUNE, label="Tủ 3")
    files = [
        build_file(batch.id, ordinal=1, state=CaptureState.VERIFY),
        build_file(batch.id, ordinal=2, name="=A1.pdf", state=CaptureState.VERIFY, page_faults=FAULTS),
        build_file(
            batch.id,
            ordinal=3,
            state=CaptureState.REJECTED,
            reason_code="UNREADABLE_FILE",
            reason_vi="Tệp hỏng.",
        ),
        build_file(
            batch.id,
            ordinal=4,
            name="",
            state=CaptureState.REJECTED,
            reason_code="SECRET_MATERIAL_FOUND",
            reason_vi="Nghi mật.",
        ),
        build_file(batch.id, ordinal=5, state=CaptureState.CANCELLED, page_faults=FAULTS),
    ]
    with service.store.write() as work:
        work.batches.add(batch)
        for file in files:
            work.batches.add_file(file)
        work.commit()
    return batch.id


@pytest.fixture
def browser(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """The archivist of the batch's commune, signed in, in front of the pages."""
    add_person("an", Role.ARCHIVIST, COMMUNE)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "an", "password": PASSWORD})
        yield client


def test_list_has_faulty_pages_and_refused_files_only(browser: TestClient, batch_id: str) -> None:
    """By file and page with Vietnamese reasons; nothing of stopped, withdrawn and sound files."""
    items = browser.get(f"/api/v1/batches/{batch_id}/rescans").json()["items"]
    assert [(item["ordinal"], item["page"]) for item in items] == [(2, 2), (2, 5), (3, None)]
    assert items[0]["codes"] == ["blurred", "unreadable"]
    assert items[0]["reasons_vi"][0] == "Ảnh bị nhoè."
    assert items[0]["actions_vi"][0].endswith("quét lại.")
    assert items[1]["reasons_vi"][-1] == "Thiếu trang số 4, 5."
    assert items[2]["reasons_vi"] == ["Tệp hỏng."]


def test_csv_is_for_spreadsheets(browser: TestClient, batch_id: str) -> None:
    """UTF-8 with a mark, a heading, and no cell that a spreadsheet would take for a formula."""
    for address in (f"/api/v1/batches/{batch_id}/rescans.csv", f"/lo/{batch_id}/quet-lai.csv"):
        answer = browser.get(address)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:3] == ["STT tệp", "Tệp", "Trang"]
        assert rows[1][:3] == ["2", "'=A1.pdf", "2"]
        assert rows[3][2] == "cả tệp"


def test_page_shows_the_list_and_the_batch_leads_to_it(browser: TestClient, batch_id: str) -> None:
    """The batch page links to the list and names the pages; the list says why and what to do."""
    batch = browser.get(f"/lo/{batch_id}").text
    assert f'href="/lo/{batch_id}/quet-lai"' in batch
    assert "Quét lại trang 2, 5" in batch
    page = browser.get(f"/lo/{batch_id}/quet-lai").text
    assert "Danh sách quét lại" in page
    assert "Ép phẳng giấy" in page
    assert "Nghi mật" not in page


def test_batch_without_faults_says_so(browser: TestClient, service: Service) -> None:
    """An empty list is a sentence, not an empty table."""
    batch = build_batch(unit=COMMUNE)
    with service.store.write() as work:
        work.batches.add(batch)
        work.commit()
    assert "Không có trang nào của lô này cần quét lại." in browser.get(f"/lo/{batch.id}/quet-lai").text


def test_other_units_do_not_see_the_list(service: Service, add_person: AddPerson, batch_id: str) -> None:
    """The list is read with the right to read the batch."""
    add_person("la", Role.ARCHIVIST, OTHER)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "la", "password": PASSWORD})
        assert client.get(f"/api/v1/batches/{batch_id}/rescans").status_code == 403
        assert client.get(f"/lo/{batch_id}/quet-lai.csv").status_code == 403
