"""The command line as a person uses it: what it prints, how it ends, as whom it acts."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.lazy import COMMANDS, load_command
from api.cli.main import run
from api.settings import known_names


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Sohoa = Callable[..., Ended]


@pytest.fixture
def sohoa(
    tmp_path: Path, memory_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sohoa:
    """Runs the command in this process, on a data folder of its own."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOHOA_STORE__FOLDER", str(tmp_path / "var"))
    monkeypatch.setenv("SOHOA_INTAKE__MEMORY_FOLDER", str(memory_dir))
    monkeypatch.setenv("SOHOA_OCR__JOBS", "1")

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["sohoa", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def office(sohoa: Sohoa) -> Sohoa:
    """The command with an administrator `qt`, two units and an archivist `an` of the second."""
    assert sohoa("user", "add", "qt", "--role", "administrator").code == 0
    assert sohoa("unit", "add", "H15", "UBND tỉnh", "--as", "qt").code == 0
    assert sohoa("unit", "add", "H15.03", "UBND xã", "--parent", "H15", "--as", "qt").code == 0
    assert sohoa("user", "add", "an", "--role", "archivist@H15.03", "--as", "qt").code == 0
    return sohoa


def test_help_names_every_command_and_imports_none_of_them(sohoa: Sohoa) -> None:
    """The list comes from the table, with the exit codes below."""
    shown = sohoa("--help")
    assert shown.code == 0
    assert all(name in shown.out for name in COMMANDS)
    assert "Mã thoát" in shown.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_is_there_and_explains_itself(name: str, sohoa: Sohoa) -> None:
    """Its module can be imported, its help is Vietnamese."""
    assert load_command(name, COMMANDS[name]).name == name
    shown = sohoa(name, "--help")
    assert shown.code == 0
    assert any(letter in shown.out for letter in "ạảấầậắằặẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵđ")


def test_the_first_account_is_made_by_nobody_and_is_an_administrator(sohoa: Sohoa) -> None:
    """Its random password is printed once; afterwards somebody has to be named."""
    wrong = sohoa("user", "add", "an", "--role", "clerk")
    assert (wrong.code, "WRONG_USE" in wrong.err) == (2, True)
    first = sohoa("user", "add", "qt", "--role", "administrator", "--json")
    assert first.code == 0
    assert len(first.json["password"]) >= 25
    second = sohoa("user", "add", "an", "--role", "clerk")
    assert (second.code, "--as" in second.err) == (2, True)


def test_the_log_says_who_acted_and_by_which_way(office: Sohoa) -> None:
    """The account of --as acts; the channel is the command line."""
    assert office("user", "add", "tt", "--role", "auditor", "--as", "qt").code == 0
    rows = office("audit", "list", "--as", "tt", "--json").json
    chief = next(row for row in office("user", "list", "--as", "qt", "--json").json if row["login"] == "qt")
    added = [row for row in rows if row["action"] == "unit.add"]
    assert {(row["actor"], row["name"], row["channel"]) for row in added} == {(chief["id"], "qt", "cli")}


def test_rights_hold_on_the_command_line_too(office: Sohoa) -> None:
    """An archivist manages nothing; an unknown account is nobody."""
    refused = office("unit", "add", "H15.04", "Xã B", "--parent", "H15", "--as", "an")
    assert (refused.code, "ACCESS_DENIED" in refused.err) == (1, True)
    nobody = office("user", "list", "--as", "ai-do")
    assert (nobody.code, "NOT_SIGNED_IN" in nobody.err) == (1, True)


def test_lists_are_imported_from_csv_and_skip_what_is_there(office: Sohoa, tmp_path: Path) -> None:
    """UTF-8 with or without mark, comma or semicolon; a second import adds nothing."""
    units = tmp_path / "dv.csv"
    units.write_text("\ufeffcode;name;parent\nH15.05;Xã C;H15\nH15.03;UBND xã;H15\n", encoding="utf-8")
    assert office("unit", "import", str(units), "--as", "qt", "--json").json == {"added": 1, "there": 1}
    types = tmp_path / "loai.csv"
    types.write_text('code,name\nKQ.G15.000031,"Giấy xác nhận, bản sao"\n', encoding="utf-8")
    assert office("type", "import", str(types), "--as", "qt", "--json").json == {"added": 1, "there": 0}
    people = tmp_path / "nguoi.csv"
    people.write_text("login,display_name,role,unit\nbinh,Bình,clerk,H15.03\nan,An,clerk,H15.03\n")
    (made,) = office("user", "import", str(people), "--as", "qt", "--json").json
    assert (made["login"], len(made["password"]) >= 25) == ("binh", True)
    keys = tmp_path / "khoa.csv"
    keys.write_text("label,scopes,unit,result_types\nMột cửa,lookup search,H15.03,KQ.G15.000031\n")
    (key,) = office("key", "import", str(keys), "--as", "qt", "--json").json
    assert key["token"].startswith(f"sohoa_{key['prefix']}_")
    assert (key["scopes"], key["result_types"]) == (["lookup", "search"], ["KQ.G15.000031"])


@pytest.mark.parametrize(
    "content",
    ["ma,ten\nH1,x\n", "code,name\nH15.06\n", "code,name\nH15.06,\xff\n", 'code,name\nH15.06,"x\nH15.07,y\n'],
)
def test_a_table_that_does_not_fit_is_refused_whole(content: str, office: Sohoa, tmp_path: Path) -> None:
    """Wrong columns, short rows and other encodings name the trouble and add nothing."""
    table = tmp_path / "dv.csv"
    table.write_bytes(content.encode("latin-1"))
    refused = office("unit", "import", str(table), "--as", "qt")
    assert (refused.code, "dv.csv" in refused.err) == (2, True)
    assert len(office("unit", "list", "--json").json) == 2


def test_things_end_dated(office: Sohoa) -> None:
    """Units on a day, accounts and keys now; ended accounts act no more."""
    ended = office("unit", "end", "H15.03", "--on", "31/12/2026", "--as", "qt", "--json").json
    assert ended["valid_to"] == "2026-12-31"
    token = office("key", "add", "Một cửa", "--scope", "lookup", "--days", "30", "--as", "qt", "--json").json
    assert token["expires_at"] is not None
    assert office("key", "end", token["prefix"], "--as", "qt", "--json").json["ended_at"] is not None
    assert office("user", "end", "an", "--as", "qt").code == 0
    assert office("search", "x", "--as", "an").code == 1
    assert office("unit", "end", "H15", "--on", "hôm qua", "--as", "qt").code == 2


def test_an_ended_unit_takes_in_nothing(office: Sohoa, tmp_path: Path) -> None:
    """Before its first day and from its last one on, no batch is opened in a unit; its papers stay."""
    office("unit", "add", "H15.04", "Xã cũ", "--parent", "H15", "--on", "2020-01-01", "--as", "qt")
    office("unit", "end", "H15.04", "--on", "2021-01-01", "--as", "qt")
    office("unit", "add", "H15.05", "Xã mới", "--parent", "H15", "--on", "2999-01-01", "--as", "qt")
    office("user", "add", "tinh", "--role", "archivist@H15", "--as", "qt")
    scan = tmp_path / "a.pdf"
    scan.write_bytes(b"%PDF-1.7")
    for unit in ("H15.04", "H15.05"):
        refused = office("ingest", str(scan), "--unit", unit, "--as", "tinh")
        assert (refused.code, f"unit={unit}" in refused.err) == (1, True)


def test_a_lookup_prints_its_decision_and_ends_accordingly(office: Sohoa) -> None:
    """An answer is 0, a refusal 1; an owner that is no number is refused without being quoted."""
    office("user", "add", "mc", "--role", "clerk@H15.03", "--as", "qt")
    office("type", "add", "KQ.X", "Giấy xác nhận", "--as", "qt")
    asked = ("lookup", "--owner", "001203000123", "--type", "KQ.X", "--as", "mc", "--json")
    done = office(*asked, "--dossier", "H15.03-1", "--procedure", "1.011442")
    assert (done.code, done.json["code"]) == (0, "KHONG_CO")
    refused = office(*asked)
    assert (refused.code, refused.json["code"]) == (1, "TU_CHOI_THIEU_MUC_DICH")
    wrong = office("lookup", "--owner", "9071", "--type", "KQ.X", "--as", "mc")
    assert (wrong.code, "INVALID_IDENTIFIER" in wrong.err, "9071" in wrong.err) == (1, True, False)


def test_a_type_that_no_catalogue_names_is_never_answered_with_none(office: Sohoa) -> None:
    """A mistyped code is told as such: "none" would send the citizen for a paper the store may hold."""
    office("user", "add", "mc", "--role", "clerk@H15.03", "--as", "qt")
    purpose = ("--dossier", "H15.03-1", "--procedure", "1.011442")
    asked = ("lookup", "--owner", "001203000123", "--type", "KQ.SAI", *purpose)
    done = office(*asked, "--as", "mc", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "INVALID_IDENTIFIER")


def test_a_lookup_without_database_concludes_nothing_and_is_kept(
    sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An outage is an answer of its own, exit code 3, with its audit row in the local journal."""
    monkeypatch.setenv("SOHOA_STORE__URL", "postgresql://nobody:x@127.0.0.1:1/none")
    purpose = ("--dossier", "H15.03-1", "--procedure", "1.011442")
    done = sohoa("lookup", "--owner", "001203000123", "--type", "KQ.X", "--as", "mc", *purpose, "--json")
    assert (done.code, done.json["code"]) == (3, "TAM_THOI_KHONG_TRA_LOI")
    kept = (tmp_path / "var" / "journal" / "audit.jsonl").read_text()
    assert "TAM_THOI_KHONG_TRA_LOI" in kept
    assert "001203000123" not in kept


def test_trusted_roots_that_cannot_be_used_stop_the_service_and_not_the_papers(
    office: Sohoa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bundle named `demo` outside the demonstration: `check`, `ingest`, `serve` say why and end with 3."""
    bundle = tmp_path / "goc"
    bundle.mkdir()
    (bundle / "bundle.toml").write_text('name = "demo"\nversion = "1"\ndate = "2026-01-01"\nsource = "x"\n')
    scan = tmp_path / "a.pdf"
    scan.write_bytes(b"%PDF-1.7")
    monkeypatch.setenv("SOHOA_SIGNING__TRUST", str(bundle))
    for command in (["ingest", str(scan), "--unit", "H15.03", "--as", "an"], ["serve", "--port", "0"]):
        ended = office(*command)
        assert (ended.code, "DEMO_TRUST_REFUSED" in ended.err) == (3, True)
    rows = {row["name"]: row for row in office("check", "--json").json}
    assert rows["Chứng thư tin cậy"]["state"] == "missing"


@pytest.mark.parametrize("name", ["audit", "unit", "type", "user", "key", "eval"])
def test_groups_explain_themselves_alike(name: str, office: Sohoa) -> None:
    """No group offers shell completion of its own, none draws boxes."""
    shown = office(name, "--help").out
    assert "completion" not in shown
    assert "╭" not in shown


def test_search_and_reindex_on_an_empty_store(office: Sohoa) -> None:
    """Nothing is found, nothing is built, and only who may rebuilds."""
    assert office("search", "giấy", "xác", "nhận", "--as", "an", "--json").json["total"] == 0
    assert office("reindex", "--as", "qt", "--json").json == {"documents": 0}
    assert office("reindex", "--as", "an").code == 1


def test_the_log_is_verified_and_a_cut_is_found(office: Sohoa, tmp_path: Path) -> None:
    """Whole is 0; a head of the second place that the log lacks is 1 and says so loudly."""
    assert office("audit", "head", "--json").json["size"] == 4
    whole = office("audit", "verify", "--json")
    assert (whole.code, whole.json["whole"], whole.json["unprotected"]) == (0, True, 0)
    heads = tmp_path / "var" / "heads.jsonl"
    values = json.loads(heads.read_text()) | {"size": 999}
    heads.write_text(heads.read_text() + json.dumps(values) + "\n")
    broken = office("audit", "verify")
    assert (broken.code, "KHÔNG CÒN TOÀN VẸN" in broken.err) == (1, True)


def test_check_and_status_say_what_is_there(office: Sohoa) -> None:
    """Every part with its version; a key that is not set is no lack."""
    rows = {row["name"]: row for row in office("check", "--json").json}
    assert rows["Cơ sở dữ liệu"]["version"].startswith("SQLite 3.")
    assert rows["Khoá ký của người số hoá"]["state"] == "absent"
    assert rows["Poppler: đối chiếu chữ ký"]["version"]
    shown = office("status", "--as", "an", "--json")
    assert shown.code == 0
    assert {part["name"]: part["state"] for part in shown.json["parts"]}["worker"] == "NOT_READY"


def test_wrong_use_of_ingest_is_told_before_anything_is_opened(office: Sohoa, tmp_path: Path) -> None:
    """Missing paths, empty folders and a watched file are wrong use."""
    empty = tmp_path / "trong"
    empty.mkdir()
    for arguments in ([str(tmp_path / "khong-co")], [str(empty)], ["--watch", __file__]):
        assert office("ingest", *arguments, "--unit", "H15.03", "--as", "an").code == 2


def test_a_misspelt_setting_stops_every_command(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong use, with the name of the variable."""
    monkeypatch.setenv("SOHOA_SERCH__URL", "http://x")
    refused = sohoa("unit", "list", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "BAD_SETTINGS")
    assert "SOHOA_SERCH__URL" in refused.err


@pytest.mark.tesseract
def test_files_are_taken_in_and_each_is_accounted_for(office: Sohoa, tmp_path: Path) -> None:
    """A refused file makes the exit code 1, and the batch's status lists it."""
    folder = tmp_path / "quet"
    folder.mkdir()
    (folder / "hong.pdf").write_bytes(b"%PDF-1.7 bi cat")
    (folder / ".an").write_bytes(b"an")
    done = office("ingest", str(folder), "--unit", "H15.03", "--as", "an", "--json")
    assert done.code == 1
    (file,) = done.json["files"]
    assert (file["name"], file["state"], bool(file["reason"])) == ("hong.pdf", "rejected", True)
    status = office("status", done.json["batch"], "--as", "an", "--json").json
    assert (status["received"], status["by_state"]) == (1, {"rejected": 1})
    listed = office("rescans", done.json["batch"], "--as", "an", "--json").json
    assert [(row["name"], row["page"]) for row in listed] == [("hong.pdf", None)]
    table = tmp_path / "quet-lai.csv"
    assert office("rescans", done.json["batch"], "--as", "an", "--csv", str(table)).code == 0
    assert "hong.pdf" in table.read_text(encoding="utf-8-sig")
