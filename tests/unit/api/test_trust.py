"""The trust bundles by command and on the page of administration, and to whom they are refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509 as crypto
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli.trust import trust_app
from api.settings import Settings
from api.wiring import Service
from records.access import Role
from records.errors import AccessDenied
from signing.errors import CertificateNotConfirmed
from signing.trust import load_bundle
from tests.unit.api.conftest import PASSWORD, AddPerson

NAME = "Gốc thử (THỬ NGHIỆM)"


@pytest.fixture
def root(tmp_path: Path) -> tuple[Path, str]:
    """A file with an invented root, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = crypto.Name([crypto.NameAttribute(crypto.NameOID.COMMON_NAME, NAME)])
    builder = crypto.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(11).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2024, 1, 1, tzinfo=UTC))
    builder = builder.add_extension(crypto.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    path = tmp_path / "goc.crt"
    path.write_bytes(made.public_bytes(serialization.Encoding.DER))
    return path, made.fingerprint(hashes.SHA256()).hex(":").upper()


@pytest.fixture
def folder(service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the bundle `vgca`; commands use this test's settings."""
    monkeypatch.setattr("api.cli.acting.load_settings", lambda: settings)
    monkeypatch.setattr("api.cli.trust.load_settings", lambda: settings)
    return service.folder / "trust" / "vgca"


def run(*words: str) -> str:
    """What the command prints; its error is raised."""
    done = CliRunner().invoke(trust_app, list(words), catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def test_commands_fill_and_show_a_bundle(
    service: Service, folder: Path, add_person: AddPerson, root: tuple[Path, str]
) -> None:
    """Added by its fingerprint, listed with both, checked, holders kept; each change is in the audit log."""
    add_person("qt", Role.ADMINISTRATOR, None)
    path, mark = root
    run("add", "vgca", str(path), "--fingerprint", mark, "--source", "Công văn 1", "--as", "qt")
    listed = json.loads(run("list", "--json"))
    assert [item["sha256"] for item in listed[0]["certificates"]] == [mark]
    assert len(listed[0]["certificates"][0]["sha1"]) == 59
    assert [item["code"] for item in json.loads(run("check", "--json"))] == ["expired"]
    run("holders", "add", "vgca", "--kind", "agency", "--name", "UBND xã", "--serial", "0A", "--as", "qt")
    assert json.loads(run("holders", "list", "vgca", "--json"))[0]["serial"] == "a"
    run("holders", "remove", "vgca", "1", "--as", "qt")
    run("use", "vgca", load_bundle(folder).version, "--as", "qt")
    with service.store.read() as work:
        actions = [row.action for _, row in work.audit.page(limit=50)[0] if row.subject_kind == "trust"]
    assert sorted(actions) == ["trust.add", "trust.holder", "trust.holder", "trust.use"]


def test_wrong_fingerprint_and_wrong_person_change_nothing(
    folder: Path, add_person: AddPerson, root: tuple[Path, str]
) -> None:
    """A fingerprint of another certificate, or a clerk who types the right one: refused."""
    add_person("qt", Role.ADMINISTRATOR, None)
    add_person("cb", Role.CLERK, None)
    path, mark = root
    with pytest.raises(CertificateNotConfirmed):
        run("add", "vgca", str(path), "--fingerprint", "00" * 32, "--as", "qt")
    with pytest.raises(AccessDenied):
        run("add", "vgca", str(path), "--fingerprint", mark, "--as", "cb")
    assert not folder.exists()


def test_instructions_hold_no_fingerprint_and_promise_nothing() -> None:
    """Where to look and how to compare; the administrator confirms the addresses."""
    text = run("fetch-instructions")
    for words in ("ca.gov.vn", "neac.gov.vn", "KÊNH THỨ HAI", "XÁC NHẬN LẠI"):
        assert words in text


@pytest.fixture
def pages(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """An administrator of the province, signed in, in front of the pages."""
    add_person("qt", Role.ADMINISTRATOR, None)
    with TestClient(create_app(service)) as client:
        client.post("/api/v1/session", json={"login": "qt", "password": PASSWORD})
        yield client


def test_page_shows_bundles_and_what_needs_a_look(
    folder: Path, pages: TestClient, root: tuple[Path, str]
) -> None:
    """Empty at first; then version, fingerprint and the warning; a broken bundle says so."""
    assert "Chưa nạp bộ chứng thư nào" in pages.get("/quan-tri/tin-cay").text
    path, mark = root
    run("add", "vgca", str(path), "--fingerprint", mark, "--as", "qt")
    text = pages.get("/quan-tri/tin-cay").text.replace("<wbr>", "")
    for words in (NAME, mark, "đã hết hạn", "01/01/2024", load_bundle(folder).version):
        assert words in text
    (folder / "bundle.toml").write_text("[[")
    assert "Không đọc được tệp bundle.toml" in pages.get("/quan-tri/tin-cay").text


def test_page_is_for_administrators(service: Service, add_person: AddPerson) -> None:
    """Whoever does not look after trust does not see it."""
    add_person("cb", Role.CLERK, None)
    with TestClient(create_app(service)) as client:
        client.post("/api/v1/session", json={"login": "cb", "password": PASSWORD})
        assert client.get("/quan-tri/tin-cay").status_code == 403
