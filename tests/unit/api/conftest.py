"""A service on a real SQLite store in a fresh folder, with units, a type and people to act."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.passwords import hash_password
from api.settings import IntakeSettings, OcrSettings, Settings, StoreSettings
from api.wiring import Service, build_service
from records.access import SYSTEM, Role
from records.actions.accounts import NewAccount, add_account
from records.actions.acting import Acting
from records.actions.types import add_type
from records.actions.units import add_unit
from records.model import ResultType, RoleGrant, Unit

PROVINCE, COMMUNE, OTHER = "H15", "H15.03", "H15.04"
TYPE = "KQ.G15.000031"
PASSWORD = "mat-khau-thu-nghiem-dai"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One argon2id hash for every account of the tests: making it takes a quarter of a second."""
    return hash_password(PASSWORD)


@pytest.fixture
def settings(tmp_path: Path, memory_dir: Path) -> Settings:
    """Settings that keep everything below the test's folders."""
    return Settings(
        store=StoreSettings(folder=tmp_path / "var", wait_seconds=1.0),
        intake=IntakeSettings(memory_folder=memory_dir, max_file_mb=1, max_request_mb=4),
        ocr=OcrSettings(jobs=1),
    )


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """A prepared service with three units and one result type."""
    made = build_service(settings)
    made.prepare()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    for unit in (
        Unit(PROVINCE, "UBND tỉnh"),
        Unit(COMMUNE, "UBND xã Ea Kao", PROVINCE),
        Unit(OTHER, "UBND xã Hoà Phú", PROVINCE),
    ):
        add_unit(made.store, acting, unit)
    add_type(made.store, acting, ResultType(TYPE, "Giấy xác nhận tình trạng hôn nhân"))
    yield made
    made.close()


AddPerson = Callable[[str, Role, str | None], None]


@pytest.fixture
def add_person(service: Service, password_hash: str) -> AddPerson:
    """Adds an account: login, role, unit (None: the province)."""

    def add(login: str, role: Role, unit: str | None) -> None:
        new = NewAccount(login, f"Người {login}", (RoleGrant(role.value, unit),), password_hash)
        add_account(service.store, Acting(SYSTEM, datetime.now(UTC), "test"), new)

    return add


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """A client of the running application, not signed in."""
    with TestClient(create_app(service, with_pages=False), raise_server_exceptions=False) as running:
        yield running


SignIn = Callable[[str, Role, str | None], TestClient]


@pytest.fixture
def signed_in(client: TestClient, add_person: AddPerson) -> SignIn:
    """Makes an account, signs it in and returns the client with its cookie."""

    def sign_in(login: str, role: Role, unit: str | None) -> TestClient:
        add_person(login, role, unit)
        client.cookies.clear()
        answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    return sign_in
