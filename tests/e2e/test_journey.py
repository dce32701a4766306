"""The whole path through HTTP with the worker beside it: scan in, record, confirmed, reused, revoked."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sample_effects import add_scan_look
from sample_marks import Stamp
from sample_papers import draw_pages
from sample_paragraphs import RESULT_KINDS
from sample_text import build_paper

from api.app import create_app
from api.passwords import hash_password
from api.settings import IntakeSettings, OcrSettings, Settings, StoreSettings
from api.wiring import Service, build_service
from records.access import SYSTEM, Role
from records.actions.accounts import NewAccount, add_account
from records.actions.acting import Acting
from records.actions.types import add_type
from records.actions.units import add_unit
from records.audit import sign_head, verify_log
from records.model import ResultType, RoleGrant, Unit

pytestmark = [pytest.mark.tesseract, pytest.mark.sql, pytest.mark.slow]

API = "/api/v1"
UNIT, TYPE, OWNER = "H15.03", "KQ.G15.000031", "001203000123"
PASSWORD = "mat-khau-thu-nghiem-dai"
PURPOSE = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}


@pytest.fixture
def service(tmp_path: Path, memory_dir: Path) -> Iterator[Service]:
    """A prepared service without a signing key, with an archivist and a clerk."""
    made = build_service(
        Settings(
            store=StoreSettings(folder=tmp_path / "var"),
            intake=IntakeSettings(memory_folder=memory_dir),
            ocr=OcrSettings(jobs=1),
        )
    )
    made.prepare()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_unit(made.store, acting, Unit(UNIT, "UBND xã Ea Kao"))
    add_type(made.store, acting, ResultType(TYPE, "Giấy xác nhận"))
    for login, role in (("an", Role.ARCHIVIST), ("binh", Role.CLERK)):
        grants = (RoleGrant(role.value, UNIT),)
        add_account(made.store, acting, NewAccount(login, login, grants, hash_password(PASSWORD)))
    yield made
    made.close()


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """The running interface."""
    with TestClient(create_app(service, with_pages=False)) as running:
        yield running


def _draw(secret: bool = False) -> bytes:
    paper = build_paper(11, RESULT_KINDS[0], date(2026, 3, 12))
    stamps = [Stamp("MẬT", x=150, y=172, tilt=4, page=0)] if secret else []
    page = add_scan_look(draw_pages(paper, 200, 5, stamps)[0], 5)
    out = io.BytesIO()
    page.convert("RGB").save(out, "JPEG", quality=85, dpi=(200, 200))
    return out.getvalue()


def _sign_in(client: TestClient, login: str) -> None:
    client.cookies.clear()
    assert client.post(f"{API}/session", json={"login": login, "password": PASSWORD}).status_code == 200


def test_a_scan_becomes_a_record_that_answers_a_lookup(client: TestClient, service: Service) -> None:
    """Upload, twin, refusal; worker; confirmation; search; lookup; the log proves itself."""
    _sign_in(client, "an")
    batch = client.post(f"{API}/batches", json={"unit": UNIT, "label": "Lô 1"}).json()["id"]
    scan = _draw()
    files = [("files", (name, data)) for name, data in
             (("a.jpg", scan), ("b.jpg", scan), ("c.pdf", b"%PDF-1.7 bi cat"))]  # fmt: skip
    rows = client.post(f"{API}/batches/{batch}/files", files=files).json()["files"]
    assert [row["state"] for row in rows] == ["read", "linked", "rejected"]
    assert rows[1]["linked_file"] == rows[0]["id"]
    client.post(f"{API}/batches/{batch}/close")
    assert service.build_worker().run_until_idle(120)
    counts = client.get(f"{API}/batches/{batch}").json()["counts"]
    assert counts == {"received": 3, "by_state": {"linked": 1, "rejected": 1, "verify": 1}}

    (record,) = client.get(f"{API}/records", params={"state": "in_review"}).json()["items"]
    fields = {field["name"]: field for field in client.get(f"{API}/records/{record['id']}").json()["fields"]}
    assert fields["so_ky_hieu"]["value"]
    words = client.get(f"{API}/records/{record['id']}/words").json()
    assert len(words[0]["words"]) > 50
    found = client.get(f"{API}/search", params={"q": "tinh trang hon nhan"}).json()
    assert [hit["id"] for hit in found["hits"]] == [record["id"]]

    _sign_in(client, "binh")
    question = {"owner": {"scheme": "cccd", "id": OWNER}, "type": TYPE, "purpose": PURPOSE}
    before = client.post(f"{API}/reuse/lookups", json=question).json()
    assert before["code"] == "KHONG_CO"
    _sign_in(client, "an")
    values = {
        "so_ky_hieu": fields["so_ky_hieu"]["value"], "ngay_ban_hanh": "2026-03-12",
        "co_quan_ban_hanh": "UBND xã Ea Kao", "trich_yeu": "Tình trạng hôn nhân",
        "dinh_danh_chu_the": OWNER, "ma_loai_giay_to": TYPE,
    }  # fmt: skip
    done = client.post(f"{API}/records/{record['id']}/confirmation", json={"fields": values}).json()
    assert done["record"]["state"] == "confirmed"
    assert client.get(f"{API}/batches/{batch}").json()["state"] == "released"

    _sign_in(client, "binh")
    after = client.post(f"{API}/reuse/lookups", json=question).json()
    # Without the digitiser's key the copy is searchable, not reusable, and still on its way.
    assert (after["code"], after["pending"]) == ("KHONG_DU_GIA_TRI_PHAP_LY", 1)

    sign_head(service.store, service.head_signer, service.clock, service.heads_file)
    with service.store.read() as work:
        report = verify_log(work.audit, service.head_signer.public_keys)
    assert report.is_whole
    assert report.unprotected == 0


def test_a_secret_page_leaves_an_incident_and_nothing_else(client: TestClient, service: Service) -> None:
    """The gate stops the upload; no name, no bytes, no text remain; two people lift it."""
    _sign_in(client, "an")
    batch = client.post(f"{API}/batches", json={"unit": UNIT, "label": "Lô"}).json()["id"]
    sent = {"files": ("ten-rat-rieng.jpg", _draw(secret=True))}
    (row,) = client.post(f"{API}/batches/{batch}/files", files=sent).json()["files"]
    assert (row["state"], row["name"], row["sha256"]) == ("rejected", "", None)
    (incident,) = client.get(f"{API}/incidents").json()["items"]
    assert (incident["state"], incident["page_ordinal"]) == ("open", 1)
    lifted = client.post(f"{API}/incidents/{incident['id']}/lift").json()
    assert lifted["state"] == "lift_proposed"
    again = client.post(f"{API}/incidents/{incident['id']}/lift")
    assert (again.status_code, again.json()["code"]) == (403, "ACCESS_DENIED")
    kept = [path for path in service.folder.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"ten-rat-rieng" in path.read_bytes()]
    assert not list((service.folder / "blobs").rglob("*/*/*"))
    assert not [path for path in service.upload_folder.rglob("*") if path.is_file()]
