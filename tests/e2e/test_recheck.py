"""A verdict that changes reaches the reuse answer, over HTTP with the worker beside it, both ways."""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sample_files import write_scan_pdf
from sample_papers import build_paper, draw_pages
from signed_samples import sign_with

from api.app import create_app
from api.passwords import hash_password
from api.settings import IntakeSettings, OcrSettings, Settings, SigningSettings, StoreSettings
from api.wiring import Service, build_service
from records.access import SYSTEM, Role
from records.actions.accounts import NewAccount, add_account
from records.actions.acting import Acting
from records.actions.types import add_type
from records.actions.units import add_unit
from records.model import ResultType, RoleGrant, Unit
from tests.line import FixedClock
from tests.pki.fixtures import NOON
from tests.pki.network import REVOKED_LATER, Network, run_network

pytestmark = [pytest.mark.tesseract, pytest.mark.sql, pytest.mark.slow]

API = "/api/v1"
UNIT, TYPE, OWNER = "H15.03", "KQ.G15.000031", "001203000123"
PASSWORD = "mat-khau-thu-nghiem-dai"
QUESTION = {
    "owner": {"scheme": "cccd", "id": OWNER},
    "type": TYPE,
    "purpose": {"dossier": "H15.03-260115-0042", "procedure": "1.011442"},
}
AFTER = REVOKED_LATER + timedelta(days=1)


class MovedClock(FixedClock):
    """Stands still until moved."""

    def move_to(self, moment: datetime) -> None:
        """Stand at another moment."""
        self._moment = moment


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """The invented services."""
    (tmp_path / "pki").mkdir()
    with run_network(tmp_path / "pki") as network:
        yield network


@pytest.fixture
def clock() -> MovedClock:
    """The service's clock."""
    return MovedClock(NOON)


@pytest.fixture
def service(tmp_path: Path, memory_dir: Path, network: Network, clock: MovedClock) -> Iterator[Service]:
    """A service that trusts nobody yet: its folder holds the roots of strangers."""
    folder = tmp_path / "trust"
    folder.mkdir()
    write_bundle(folder, network, "0", "stranger")
    made = build_service(
        Settings(
            store=StoreSettings(folder=tmp_path / "var"),
            intake=IntakeSettings(memory_folder=memory_dir),
            ocr=OcrSettings(jobs=1, profile="tesseract"),
            signing=SigningSettings(trust=str(folder), offline=False, fetch_allow=(network.host,)),
        ),
        clock,
    )
    made.prepare()
    acting = Acting(SYSTEM, NOON, "test")
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


def write_bundle(folder: Path, network: Network, version: str, *roles: str) -> None:
    """Replace what the trust folder holds, as its administrator would."""
    for path in folder.glob("*"):
        path.unlink()
    for role in roles:
        (folder / f"{role}.crt").write_bytes(network.certificate(role).dump())
    text = f'name = "net"\nversion = "{version}"\ndate = "2026-06-15"\nsource = "x"\n'
    (folder / "bundle.toml").write_text(text)


def sign_in(client: TestClient, login: str) -> None:
    """Sign in anew: the clock that moves ends sessions."""
    client.cookies.clear()
    assert client.post(f"{API}/session", json={"login": login, "password": PASSWORD}).status_code == 200


def take_in(client: TestClient, service: Service, pdf: bytes) -> str:
    """Upload, read, confirm; the record's id."""
    sign_in(client, "an")
    batch = client.post(f"{API}/batches", json={"unit": UNIT, "label": "Lô 1"}).json()["id"]
    client.post(f"{API}/batches/{batch}/files", files={"files": ("a.pdf", pdf)})
    assert service.build_worker().run_until_idle(120)
    (record,) = client.get(f"{API}/records", params={"state": "in_review"}).json()["items"]
    assert record["signature_standing"] == "arrived_signed"
    values = {
        "so_ky_hieu": "15/GXN-UBND", "ngay_ban_hanh": "2026-03-12", "co_quan_ban_hanh": "UBND xã Ea Kao",
        "trich_yeu": "Tình trạng hôn nhân", "dinh_danh_chu_the": OWNER, "ma_loai_giay_to": TYPE,
    }  # fmt: skip
    done = client.post(f"{API}/records/{record['id']}/confirmation", json={"fields": values}).json()
    assert done["record"]["state"] == "confirmed"
    return record["id"]


def ask(client: TestClient) -> str:
    """What a clerk at the counter is told."""
    sign_in(client, "binh")
    return client.post(f"{API}/reuse/lookups", json=QUESTION).json()["code"]


def work_until(service: Service, client: TestClient, unseen: int) -> dict[str, Any]:
    """Let the worker work until so many changes are told; the newest."""
    sign_in(client, "an")
    worker = service.build_worker()
    worker.start()
    try:
        deadline = time.monotonic() + 60
        while (body := client.get(f"{API}/verdict-changes?unseen=true").json())["unseen"] < unseen:
            assert time.monotonic() < deadline, "no change was told"
            time.sleep(0.1)
    finally:
        worker.stop()
    return body["items"][0]["verdict"]


def test_the_reuse_answer_follows_the_verdict(
    client: TestClient, service: Service, network: Network, clock: MovedClock, tmp_path: Path
) -> None:
    """Unknown roots: not reusable; roots appear: reusable; the certificate is revoked: not reusable again."""
    scan = write_scan_pdf(tmp_path / "a.pdf", draw_pages(build_paper(1, paragraphs=1), 120, 1, ()), 120)
    signed = sign_with(scan.read_bytes(), network.signer("later"), "NguoiKy")
    record = take_in(client, service, signed)
    assert ask(client) == "KHONG_DU_GIA_TRI_PHAP_LY"

    # Nobody has to say that the folder changed.
    write_bundle(tmp_path / "trust", network, "1", "root", "sub-ca")
    clock.move_to(NOON + timedelta(hours=1))
    told = work_until(service, client, 1)
    assert (told["value"], told["cause"], told["trust"]) == ("hop_le", "basis", "net 1")
    assert ask(client) == "CO_GIA_TRI_TAI_SU_DUNG"

    clock.move_to(AFTER)
    network.now = AFTER
    shutil.rmtree(service.folder / "evidence")
    sign_in(client, "an")
    assert client.post(f"{API}/rechecks", json={"unit": UNIT}).status_code == 202
    told = work_until(service, client, 2)
    assert told["headline_vi"] == "Chứng thư số của người ký đã bị thu hồi."
    assert told["value_before"] == "hop_le"
    assert ask(client) == "KHONG_DU_GIA_TRI_PHAP_LY"

    sign_in(client, "an")
    history = client.get(f"{API}/records/{record}/verdicts").json()["items"]
    assert [one["outcome"] for one in history] == ["changed", "changed", "first"]
    assert client.get(f"{API}/records/{record}/files/original").content == signed
    report = client.get(f"{API}/records/{record}/report").json()
    assert report["signatures"][0]["revocation"]["status"] == "revoked"
