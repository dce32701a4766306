"""The tables lookups follow and the owner's view on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.api.test_cli import Ended, office, sohoa  # noqa: F401 # pyright: ignore[reportUnusedImport] - fixtures

Sohoa = Callable[..., Ended]
FORMER = (
    "former_scheme,former,current_scheme,current,valid_from,document\n"
    "cmnd,012345678,cccd,001203000123,2021-07-01,Căn cước cấp 01/07/2021\n"
    "to_chuc,H15.99,to_chuc,H15.03,01/07/2025,NQ 202/2025/QH15\n"
)


@pytest.fixture
def clerk(office: Sohoa) -> Sohoa:  # noqa: F811 - the imported fixture
    """The office with a clerk, a type and an auditor."""
    assert office("type", "add", "KQ.G15.000031", "Giấy xác nhận", "--as", "qt").code == 0
    assert office("user", "add", "mc", "--role", "clerk", "--unit", "H15.03", "--as", "qt").code == 0
    assert office("user", "add", "tt", "--role", "auditor", "--as", "qt").code == 0
    return office


def test_changed_identifiers_are_imported_listed_and_ended(clerk: Sohoa, tmp_path: Path) -> None:
    """A file goes in once, people's numbers are masked in the list, a row ends by its id."""
    file = tmp_path / "cu.csv"
    file.write_text(FORMER, encoding="utf-8")
    first, again = (clerk("former", "import", str(file), "--as", "qt", "--json") for _ in range(2))
    assert [(one.json["added"], one.json["there"]) for one in (first, again)] == [(2, 0), (0, 2)]
    listed = clerk("former", "list", "--as", "qt", "--json").json
    assert {row["former"] for row in listed} == {"cmnd 0123•5678", "to_chuc H15.99"}
    ended = clerk("former", "end", listed[0]["id"], "--on", "2026-01-01", "--as", "qt", "--json")
    assert ended.json["valid_to"] == "2026-01-01"
    assert clerk("former", "import", str(file), "--as", "mc").code == 1


def test_requirements_are_imported_listed_and_ended(clerk: Sohoa, tmp_path: Path) -> None:
    """What fulfils a requirement is dated; a type of no list stops the whole file."""
    file = tmp_path / "tp.csv"
    file.write_text("requirement,type,valid_from\nTP.1,KQ.G15.000031,2025-01-01\n", encoding="utf-8")
    assert clerk("requirement", "import", str(file), "--as", "qt", "--json").json["added"] == 1
    assert clerk("requirement", "list", "--json").json[0]["requirement"] == "TP.1"
    ended = clerk("requirement", "end", "TP.1", "KQ.G15.000031", "--on", "2026-01-01", "--as", "qt", "--json")
    assert ended.json["valid_to"] == "2026-01-01"
    file.write_text("requirement,type,valid_from\nTP.2,KQ.SAI,2025-01-01\n", encoding="utf-8")
    assert clerk("requirement", "import", str(file), "--as", "qt").code == 1


def test_the_owner_is_told_who_looked(clerk: Sohoa, tmp_path: Path) -> None:
    """A lookup is in the owner's list with its dossier; the list itself is, too; CSV for inspectors."""
    owner = ("--owner", "001203000123")
    asked = ("--type", "KQ.G15.000031", "--dossier", "H15.03-1", "--procedure", "1.0", "--as", "mc")
    assert clerk("lookup", *owner, *asked).code == 0
    looked = ("owner-log", *owner, "--ground", "Chủ thể có mặt")
    (row,) = clerk(*looked, "--as", "mc", "--json").json
    assert (row["action"], row["purpose"], row["who"]) == ("Tra cứu", "H15.03-1 1.0", None)
    file = tmp_path / "xem.csv"
    assert clerk(*looked, "--as", "tt", "--csv", str(file)).code == 0
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "001203000123" not in "".join(lines)
    assert clerk(*looked, "--as", "qt").code == 1
