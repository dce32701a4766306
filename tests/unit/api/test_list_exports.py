"""Saved searches and exported lists over the interface, with the worker's job run in place."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.list_exports import ExportParts, ListExporter, build_csv, build_xlsx, guard_formula
from api.wiring import Service
from records.access import Role
from records.actions.list_exports import expire_exports
from records.states import Confidentiality
from search.document import IndexDocument
from tests.factories import build_batch, build_file, build_record
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson, SignIn

API = "/api/v1"
EVIL = ('=cmd|"/c calc"!A1', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1")


@pytest.fixture
def sign_in(service: Service, add_person: AddPerson) -> SignIn:
    """Each person with a client of his own."""

    def sign(login: str, role: Role, unit: str | None) -> TestClient:
        add_person(login, role, unit)
        client = TestClient(create_app(service, with_pages=False))
        answer = client.post(f"{API}/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    return sign


def make_exporter(service: Service) -> ListExporter:
    """What the worker would run."""
    return ListExporter(ExportParts(service.store, service.blobs, service.clock, lambda: service.index))


def fill(service: Service) -> None:
    """Five papers of two units, one restricted, one known to the index alone."""
    rows = [
        ("r1", COMMUNE, Confidentiality.NORMAL, "Kế hoạch một"),
        ("r2", COMMUNE, Confidentiality.NORMAL, "=HYPERLINK kế hoạch"),
        ("r3", OTHER, Confidentiality.NORMAL, "Kế hoạch nơi khác"),
        ("r4", COMMUNE, Confidentiality.RESTRICTED, "Kế hoạch hạn chế"),
    ]
    with service.store.write() as work:
        work.batches.add(build_batch(id="batch-1"))
        for id, unit, secrecy, title in rows:
            work.batches.add_file(build_file("batch-1", id=f"file-{id}"))
            work.records.add(
                build_record(f"file-{id}", id=id, unit=unit, confidentiality=secrecy, title=title)
            )
        work.commit()
    documents = [
        IndexDocument(id, 1, title, "", f"{at}/KH-UBND", unit=unit, secrecy=secrecy)
        for at, (id, unit, secrecy, title) in enumerate(rows)
    ]
    # The index says ordinary where the database says otherwise, and knows a paper that is gone.
    lagging = IndexDocument("r5", 1, "Kế hoạch đã xoá", unit=COMMUNE)
    service.index.upsert([*documents, lagging])


def export(client: TestClient, service: Service, form: str, **query: Any) -> dict[str, Any]:
    """Ask for a list and let the job run."""
    answer = client.post(f"{API}/list-exports", json={"format": form, "query": query})
    assert answer.status_code == 202, answer.text
    make_exporter(service).write(answer.json()["id"], {})
    return client.get(f"{API}/list-exports/{answer.json()['id']}").json()


class TestExports:
    """Result lists as files."""

    def test_csv_holds_what_the_asker_may_see(self, service: Service, sign_in: SignIn) -> None:
        """Rows of other units, restricted ones, and those the database no longer has are left out."""
        fill(service)
        client = sign_in("mai", Role.CLERK, COMMUNE)
        done = export(client, service, "csv", q="kế hoạch")
        assert (done["state"], done["rows"]) == ("done", 2)
        file = client.get(f"{API}/list-exports/{done['id']}/file")
        assert file.content.startswith(b"\xef\xbb\xbf")
        assert "attachment" in file.headers["content-disposition"]
        rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert sorted(row[3] for row in rows[1:]) == ["'=HYPERLINK kế hoạch", "Kế hoạch một"]

    def test_scope_is_that_of_the_run(self, service: Service, sign_in: SignIn) -> None:
        """A right that went between asking and running is gone in the file."""
        fill(service)
        client = sign_in("mai", Role.ARCHIVIST, COMMUNE)
        asked = client.post(f"{API}/list-exports", json={"format": "csv", "query": {"q": "kế hoạch"}}).json()
        with service.store.write() as work:
            account = work.accounts.find_by_login("mai")
            assert account is not None
            work.accounts.set_grants(account.id, (type(account.grants[0])(Role.CLERK.value, OTHER),))
            work.commit()
        make_exporter(service).write(asked["id"], {})
        with service.store.read() as work:
            done = work.search_exports.get(asked["id"])
        assert done.sha256 is not None
        assert "nơi khác" in service.blobs.read(done.sha256).decode("utf-8-sig")
        assert done.rows == 1

    def test_only_the_owner_can_fetch(self, service: Service, sign_in: SignIn) -> None:
        """Somebody else's export is not there, whatever that person may do."""
        fill(service)
        done = export(sign_in("mai", Role.CLERK, COMMUNE), service, "xlsx", q="kế hoạch")
        other = sign_in("lan", Role.ARCHIVIST, None)
        for path in ("", "/file"):
            assert other.get(f"{API}/list-exports/{done['id']}{path}").status_code == 404
        assert other.get(f"{API}/list-exports").json() == []

    def test_file_goes_after_a_day(self, service: Service, sign_in: SignIn) -> None:
        """An expired file is refused and removed; the row says that it was."""
        fill(service)
        client = sign_in("mai", Role.CLERK, COMMUNE)
        done = export(client, service, "csv", q="kế hoạch")
        with service.store.read() as work:
            sha256 = work.search_exports.get(done["id"]).sha256
        assert sha256 is not None
        assert expire_exports(service.store, service.blobs, datetime.now(UTC)) == 0
        assert expire_exports(service.store, service.blobs, datetime.now(UTC) + timedelta(hours=25)) == 1
        assert not service.blobs.has(sha256)
        assert client.get(f"{API}/list-exports/{done['id']}").json()["state"] == "expired"
        assert client.get(f"{API}/list-exports/{done['id']}/file").status_code == 404

    def test_runs_twice_without_harm(self, service: Service, sign_in: SignIn) -> None:
        """A job that is run again leaves the file as it was."""
        fill(service)
        client = sign_in("mai", Role.CLERK, COMMUNE)
        done = export(client, service, "csv", q="kế hoạch")
        make_exporter(service).write(done["id"], {})
        assert client.get(f"{API}/list-exports/{done['id']}").json() == done

    def test_three_at_a_time(self, service: Service, sign_in: SignIn) -> None:
        """A fourth list is refused while three wait; a failed one makes room."""
        client = sign_in("mai", Role.CLERK, COMMUNE)
        body = {"format": "csv", "query": {"q": "x"}}
        answers = [client.post(f"{API}/list-exports", json=body) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202, 202, 202, 422]
        make_exporter(service).fail(answers[0].json()["id"], "INDEX_UNAVAILABLE")
        assert client.post(f"{API}/list-exports", json=body).status_code == 202

    def test_each_act_leaves_a_row(self, service: Service, sign_in: SignIn) -> None:
        """Asking, writing and fetching are audited."""
        fill(service)
        client = sign_in("mai", Role.CLERK, COMMUNE)
        done = export(client, service, "csv", q="kế hoạch")
        client.get(f"{API}/list-exports/{done['id']}/file")
        with service.store.read() as work:
            rows, _ = work.audit.page(subject_id=done["id"], limit=10)
        assert [entry.action for _, entry in rows] == [
            "search.export_read", "search.export_done", "search.export",
        ]  # fmt: skip


class TestFiles:
    """The files themselves."""

    @pytest.mark.parametrize("text", EVIL)
    def test_no_cell_is_a_formula(self, text: str) -> None:
        """What a spreadsheet would run is made text in CSV and a string in XLSX."""
        line = (text,) * 7
        [_, row] = csv.reader(io.StringIO(build_csv([line]).decode("utf-8-sig"), newline=""))
        assert row == [f"'{text}"] * 7
        sheet = zipfile.ZipFile(io.BytesIO(build_xlsx([line]))).read("xl/worksheets/sheet1.xml")
        cells = ElementTree.fromstring(sheet).iter(
            "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"
        )
        assert {cell.get("t") for cell in cells} == {"s"}
        assert b"<f>" not in sheet

    def test_ordinary_text_stays(self) -> None:
        """Numbers and titles are left alone."""
        assert [guard_formula(text) for text in ("15/QĐ-UBND", "", "Kế hoạch = tốt")] == [
            "15/QĐ-UBND", "", "Kế hoạch = tốt",
        ]  # fmt: skip


class TestSaved:
    """Searches kept by name."""

    def test_shared_search_runs_under_the_readers_rights(self, service: Service, sign_in: SignIn) -> None:
        """A reader gets the question, not the sharer's answers."""
        fill(service)
        mai = sign_in("mai", Role.ARCHIVIST, None)
        kept = mai.post(
            f"{API}/saved-searches",
            json={"name": "Kế hoạch", "query": {"q": "kế hoạch", "order": "newest"}, "unit": COMMUNE},
        )
        assert kept.status_code == 201, kept.text
        lan = sign_in("lan", Role.CLERK, COMMUNE)
        [shared] = lan.get(f"{API}/saved-searches").json()
        assert (shared["name"], shared["is_own"], shared["query"]["q"]) == ("Kế hoạch", False, "kế hoạch")
        found = lan.get(f"{API}/search", params={"q": shared["query"]["q"]}).json()
        assert {hit["id"] for hit in found["hits"]} == {"r1", "r2", "r5"}
        assert sign_in("hoa", Role.CLERK, OTHER).get(f"{API}/saved-searches").json() == []

    def test_only_the_owner_changes_it(self, service: Service, sign_in: SignIn) -> None:
        """A reader can neither share nor remove; the owner can take it back."""
        mai = sign_in("mai", Role.CLERK, COMMUNE)
        body = {"name": "Đất", "query": {"q": "đất"}, "unit": COMMUNE}
        id = mai.post(f"{API}/saved-searches", json=body).json()["id"]
        lan = sign_in("lan", Role.CLERK, COMMUNE)
        assert lan.delete(f"{API}/saved-searches/{id}").status_code == 404
        assert lan.put(f"{API}/saved-searches/{id}/share", json={"unit": None}).status_code == 404
        assert mai.put(f"{API}/saved-searches/{id}/share", json={"unit": None}).status_code == 204
        assert lan.get(f"{API}/saved-searches").json() == []
        assert mai.post(f"{API}/saved-searches", json=body).status_code == 409
        assert mai.delete(f"{API}/saved-searches/{id}").status_code == 204

    def test_shares_only_within_reach(self, service: Service, sign_in: SignIn) -> None:
        """A unit beyond the person's own is refused."""
        mai = sign_in("mai", Role.CLERK, COMMUNE)
        body = {"name": "Đất", "query": {"q": "đất"}, "unit": OTHER}
        assert mai.post(f"{API}/saved-searches", json=body).status_code == 403

    def test_owner_numbers_cannot_be_kept(self, service: Service, sign_in: SignIn) -> None:
        """A question has no place for an owner's number."""
        mai = sign_in("mai", Role.CLERK, COMMUNE)
        body = {"name": "X", "query": {"owner_key": "1"}}
        assert mai.post(f"{API}/saved-searches", json=body).status_code == 422
