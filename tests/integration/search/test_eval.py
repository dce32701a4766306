"""`sohoa eval` on files made here: its output is a contract."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.eval import FORMS, eval_app

DOCUMENTS = [
    {"id": "a", "title": "Thu hồi đất", "body": "Trình tự thu hồi đất của hộ gia đình."},
    {"id": "b", "title": "Giấy phép xây dựng", "body": "Điều kiện cấp giấy phép xây dựng nhà ở."},
    {"id": "c", "title": "Khai sinh", "body": "Đăng ký khai sinh cho trẻ em tại xã."},
]
QUERIES = [
    {"id": "q1", "set": "luat", "original": "thu hồi đất", "stripped": "thu hoi dat", "typo": "thuu hồi đất"},
    {"id": "q2", "set": "tthc", "original": "giấy phép xây dựng", "stripped": "giay phep xay dung"},
]
QRELS = "q1\t0\ta\t1\nq2\t0\tb\t1\n"
NUMBERS = [
    {"id": "n1", "so_ky_hieu": "15/QĐ-UBND", "loai": "Quyết định", "co_quan": "Sở A",
     "ngay_ban_hanh": "2024-01-01", "trich_yeu": "x"},
    {"id": "n2", "so_ky_hieu": "16/QĐ-UBND", "loai": "Quyết định", "co_quan": "Sở A",
     "ngay_ban_hanh": None, "trich_yeu": ""},
]  # fmt: skip
RESULT = {
    "id": "kq", "owner": "001090012345", "owner_kind": "cccd", "result_type": "1.004222", "unit": "H15.01",
    "number": "1/GP", "issued": "2025-01-01", "valid_to": "2026-12-31",
    "status": "con_hieu_luc", "signature": "hop_le", "confidentiality": "thuong",
    "visible_from": "2025-01-02",
}  # fmt: skip
LOOKUP = {
    "id": "l1", "owner": "001090012345", "result_type": "1.004222", "as_of": "2026-03-01",
    "purpose": "giai_quyet_tthc:H15-1", "caller": "mot_cua",
}  # fmt: skip


def write_lines(path: Path, items: list[Any]) -> str:
    """The items as JSON lines."""
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return str(path)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run_search(folder: Path, backend: str) -> tuple[list[dict[str, Any]], str, int]:
    """`eval search` on the samples: lines, standard output and exit status."""
    (folder / "qrels").write_text(QRELS)
    command = [
        "search",
        "--documents",
        write_lines(folder / "d", DOCUMENTS),
        "--queries",
        write_lines(folder / "q", QUERIES),
    ]
    command += ["--out", str(folder / "out"), "--backend", backend, "--qrels", str(folder / "qrels")]
    result = CliRunner().invoke(eval_app, command)
    lines = read_lines(folder / "out") if (folder / "out").exists() else []
    return lines, result.stdout, result.exit_code


def check_search(lines: list[dict[str, Any]], printed: str) -> None:
    """Every query in every form it has, ranked, with its time and its score."""
    assert [(line["id"], line["form"]) for line in lines] == [
        ("q1", "original"), ("q1", "stripped"), ("q1", "typo"), ("q2", "original"), ("q2", "stripped"),
    ]  # fmt: skip
    assert all(line["form"] in FORMS and line["ms"] > 0 for line in lines)
    assert [line["ranked"][0] for line in lines] == ["a", "a", "a", "b", "b"]
    assert "original         macro    nDCG@10 1.0000" in printed


def test_search_on_the_embedded_index(tmp_path: Path) -> None:
    """`eval search` writes one line a query and form, and prints the scores."""
    lines, printed, status = run_search(tmp_path, "embedded")
    assert status == 0
    check_search(lines, printed)


@pytest.mark.elastic
def test_search_on_elasticsearch(tmp_path: Path, elastic_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on a real server, in an index that is gone afterwards."""
    monkeypatch.setenv("SOHOA_SEARCH__URL", elastic_url)
    lines, printed, status = run_search(tmp_path, "elastic")
    assert status == 0
    check_search(lines, printed)


def test_unset_or_silent_server_is_something_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answering server the command ends with 3."""
    monkeypatch.delenv("SOHOA_SEARCH__URL", raising=False)
    assert run_search(tmp_path, "elastic")[2] == 3
    monkeypatch.setenv("SOHOA_SEARCH__URL", "http://127.0.0.1:9")
    assert run_search(tmp_path, "elastic")[2] == 3


def test_unknown_backend_is_wrong_use(tmp_path: Path) -> None:
    """Another back end than the two ends with 2."""
    assert run_search(tmp_path, "solr")[2] == 2


def test_numbers(tmp_path: Path) -> None:
    """`eval numbers` ranks by document number."""
    queries = [{"id": "s1", "form": "spaces", "query": "16 qd ubnd"}]
    command = ["numbers", "--documents", write_lines(tmp_path / "d", NUMBERS), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(eval_app, [*command, "--queries", write_lines(tmp_path / "q", queries)])
    assert result.exit_code == 0
    [line] = read_lines(tmp_path / "out")
    assert (line["id"], line["ranked"]) == ("s1", ["n2"])


def run_reuse(folder: Path, results: list[Any], lookups: list[Any]) -> tuple[list[dict[str, Any]], int]:
    """`eval reuse` on these rows."""
    command = [
        "reuse",
        "--results",
        write_lines(folder / "r", results),
        "--lookups",
        write_lines(folder / "l", lookups),
    ]
    result = CliRunner().invoke(eval_app, [*command, "--out", str(folder / "out")])
    return read_lines(folder / "out"), result.exit_code


def test_reuse_decides_as_the_caller_on_the_day(tmp_path: Path) -> None:
    """Each lookup is asked by its caller at its date; ids only where something is reusable."""
    lookups = [
        LOOKUP,
        LOOKUP | {"id": "l2", "as_of": "2027-01-01"},
        LOOKUP | {"id": "l3", "as_of": "2025-01-01"},
        LOOKUP | {"id": "l4", "purpose": None},
        LOOKUP | {"id": "l5", "caller": "khong_duoc_cap_quyen"},
        LOOKUP | {"id": "l6", "owner": "001090012346"},
    ]
    lines, status = run_reuse(tmp_path, [RESULT], lookups)
    assert status == 0
    assert [(line["decision"], line["ids"]) for line in lines] == [
        ("CO_GIA_TRI_TAI_SU_DUNG", ["kq"]),
        ("HET_HIEU_LUC", []),
        ("KHONG_CO", []),
        ("TU_CHOI_THIEU_MUC_DICH", []),
        ("TU_CHOI_KHONG_CO_QUYEN", []),
        ("KHONG_CO", []),
    ]


def test_what_was_found_is_printed_as_json_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json`: decisions counted; a server that was asked for and is not set ends with 3 here as well."""
    monkeypatch.delenv("SOHOA_SEARCH__URL", raising=False)
    given = ["--results", write_lines(tmp_path / "r", [RESULT]), "--out", str(tmp_path / "out")]
    command = ["reuse", *given, "--lookups", write_lines(tmp_path / "l", [LOOKUP])]
    printed = CliRunner().invoke(eval_app, [*command, "--json"])
    assert (printed.exit_code, json.loads(printed.stdout)) == (0, {"CO_GIA_TRI_TAI_SU_DUNG": 1})
    assert CliRunner().invoke(eval_app, [*command, "--backend", "elastic"]).exit_code == 3


def test_lines_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """A broken line is left out, the others are done, and the command ends with 1."""
    (tmp_path / "r").write_text('{"id": "x"}\nkhông phải json\n\n')
    path = write_lines(tmp_path / "l", [LOOKUP])
    result = CliRunner().invoke(
        eval_app,
        ["reuse", "--results", str(tmp_path / "r"), "--lookups", path, "--out", str(tmp_path / "out")],
    )
    assert result.exit_code == 1
    assert "dòng 1: bỏ qua, thiếu owner" in result.stderr
    assert "dòng 2: bỏ qua, không phải JSON" in result.stderr
    assert read_lines(tmp_path / "out")[0]["decision"] == "KHONG_CO"
