"""`sohoa verify`: one JSON object a line, the exit codes of the contract."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer
from demo_pki import DemoPki
from signed_samples import sign_as_office
from typer.testing import CliRunner

from api.cli.verify import verify_command
from api.errors import WrongUse
from records.errors import MissingPart
from signing.errors import DemoTrustRefused
from signing.etsi_elements import REPORT
from signing.trust_store import add_certificates
from tests.pki.world import make_world

app = typer.Typer()
app.command("verify")(verify_command)


def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and the JSON lines of one call."""
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def office(tmp_path: Path, plain_pdf: bytes, pki: DemoPki) -> Path:
    """A signed document on disk."""
    path = tmp_path / "quyet-dinh.pdf"
    path.write_bytes(sign_as_office(plain_pdf, pki))
    return path


def test_signed_file_passes_under_the_folder_given(office: Path, pki: DemoPki) -> None:
    """A folder as trust, a date as moment: the report passes and names file and bundle."""
    code, (line,) = run(str(office), "--trust", str(pki.trust_folder), "--at", "2026-06-15", "--offline")
    assert code == 0
    assert line["file"] == str(office)
    assert line["summary"]["indication"] == "TOTAL-PASSED"
    assert line["policy"]["trust_store"] == "demo 2026-06-15"
    assert list(line)[:3] == ["file", "sha256", "seconds"]
    signer = line["signatures"][0]["signer"]
    assert signer["valid"] == [signer["valid_from"], signer["valid_to"]]


def test_each_file_has_its_line_and_a_bad_one_sets_exit_1(office: Path, tmp_path: Path) -> None:
    """An unreadable or absent file is reported in its line; the others are still done."""
    bad = tmp_path / "rac.pdf"
    bad.write_bytes(b"rac")
    code, lines = run(str(bad), str(office), str(tmp_path / "khong-co.pdf"))
    assert code == 1
    assert [line["summary"]["integrity"] for line in lines] == ["unreadable", "extended", "unreadable"]


def test_folder_without_bundle_is_wrong_use(office: Path, tmp_path: Path) -> None:
    """A trust folder without bundle.toml is wrong use."""
    with pytest.raises(WrongUse):
        run(str(office), "--trust", str(tmp_path))


def test_bad_moment_is_wrong_use(office: Path) -> None:
    """A moment that is no date is wrong use."""
    with pytest.raises(WrongUse):
        run(str(office), "--at", "hôm qua")


def test_demo_bundle_outside_a_trial_run_is_refused(office: Path, pki: DemoPki, tmp_path: Path) -> None:
    """Invented roots copied elsewhere are refused."""
    copy = tmp_path / "that" / "demo"
    copy.mkdir(parents=True)
    for path in pki.trust_folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    with pytest.raises(DemoTrustRefused):
        run(str(office), "--trust", str(copy))


def test_reports_are_written_as_xml_beside_the_lines(office: Path, tmp_path: Path) -> None:
    """`--etsi` adds a file a document, also for one that cannot be opened; the lines stay as they are."""
    rubbish = tmp_path / "hong.pdf"
    rubbish.write_bytes(b"khong phai pdf")
    out = tmp_path / "bao-cao"
    code, lines = run(str(office), str(rubbish), "--etsi", str(out))
    assert (code, len(lines)) == (1, 2)
    signed = ElementTree.parse(out / "quyet-dinh.etsi.xml").getroot()
    assert len(signed.findall(f"{{{REPORT}}}SignatureValidationReport")) == 2
    assert "indeterminate" in (out / "hong.etsi.xml").read_text(encoding="utf-8")


def test_reports_that_would_write_over_each_other_are_refused(office: Path, tmp_path: Path) -> None:
    """Two files of one name, told apart by their folders alone, are wrong use with `--etsi`."""
    with pytest.raises(WrongUse):
        run(str(office), str(tmp_path / "khac" / office.name), "--etsi", str(tmp_path / "bao-cao"))


def test_named_bundles_versions_and_the_bundle_beside(
    tmp_path: Path, plain_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name the version in use, by `@` a kept one; a chain of the other bundle is told by its name."""
    world = make_world(tmp_path)
    data = tmp_path / "data"
    root, ca, other = (world.certificate(role) for role in ("root", "ca", "other-root"))
    for name, added in (("vgca", root), ("vgca", ca), ("neac", other)):
        folder = data / "trust" / name
        add_certificates(folder, name, [added], [added.sha256.hex()], "x", date(2026, 6, 15))
    monkeypatch.setenv("SOHOA_STORE__FOLDER", str(data))
    good, foreign = tmp_path / "a.pdf", tmp_path / "b.pdf"
    good.write_bytes(world.sign(plain_pdf, "good"))
    foreign.write_bytes(world.sign(plain_pdf, "stranger"))
    _, lines = run(str(good), str(foreign), "--trust", "vgca", "--at", "2026-06-15", "--offline")
    assert [line["signatures"][0]["signer"]["trust"] for line in lines] == ["trusted", "wrong_chain"]
    assert lines[0]["policy"]["trust_store"] == "vgca 2026-06-15.2"
    assert lines[1]["signatures"][0]["signer"]["bundle"] == "neac 2026-06-15.1"
    _, (old,) = run(str(good), "--trust", "vgca@2026-06-15.1", "--at", "2026-06-15", "--offline")
    assert old["policy"]["trust_version"] == "2026-06-15.1"
    assert old["signatures"][0]["signer"]["trust"] == "unknown_chain"
    with pytest.raises(MissingPart):
        run(str(good), "--trust", "vgca@khong-co")
