"""`make demo`: one office, one batch of invented files, eight reuse answers, and a service left running."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from office import (
    COMMUNE,
    VIETNAM,
    DemoFailed,
    Office,
    add_people,
    check,
    sign_in,
    start_service,
    stop_service,
)
from reuse import ask_all
from rich.console import Console
from rich.table import Table
from sample_batch import Expected, Role, SampleFile, make_sample_batch
from signed_samples import sign_as_office, tamper_after_signing

from records.field_names import FieldName

FOLDER = Path(__file__).resolve().parent.parent / "var" / "demo"
# Truth of a sample to the names of the fields a person confirms.
FIELD_OF: Mapping[str, str] = {
    "owner_id": FieldName.OWNER_ID,
    "owner_name": FieldName.OWNER_NAME,
    "result_type": FieldName.TYPE_CODE,
    "valid_to": FieldName.VALID_TO,
}
CONFIRMED = ("so_ky_hieu", "ngay_ban_hanh", "co_quan_ban_hanh", "loai_van_ban", "trich_yeu", "nguoi_ky")
# What the archivist confirms in the demonstration; the rest stays for the review page.
SETTLED = (Role.VALID, Role.EXPIRED, Role.TO_REVOKE, Role.SIGN_VALID, Role.SIGN_TAMPERED)
console = Console(width=118, soft_wrap=False)


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where everything is put")
    parser.add_argument("--stop", action="store_true", help="only end the service an earlier run left")
    parser.add_argument(
        "--store", metavar="URL", help="PostgreSQL to use instead of SQLite; at the first run"
    )
    parser.add_argument(
        "--search", metavar="URL", help="Elasticsearch to use instead of FTS5; at the first run"
    )
    given = parser.parse_args(arguments)
    office = Office.open(given.folder)
    if given.stop:
        console.print(
            "Đã dừng dịch vụ mẫu." if stop_service(office) else "Không có dịch vụ mẫu nào đang chạy."
        )
        return 0
    started = time.monotonic()
    try:
        office.prepare(given.store, given.search)
        run(office)
    except DemoFailed as failure:
        console.print(f"[bold red]Chưa chạy được:[/] {failure}")
        console.print(f"Muốn làm lại từ đầu: make stop, xoá thư mục {office.folder}, rồi chạy lại.")
        return 1
    console.print(f"Xong sau {time.monotonic() - started:.0f} giây.")
    return 0


def run(office: Office) -> None:
    """Every stage once; what a former run finished is shown again and not done again."""
    add_people(office)
    start_service(office)
    if "files" not in office.state:
        take_in(office, write_samples(office))
    if "confirmed" not in office.state:
        office.keep(confirmed=confirm(office))
    if "answers" not in office.state:
        office.keep(answers=ask_all(office, office.state["truths"]))
    show_files(office)
    show_answers(office.state["answers"])
    show_address(office)


def write_samples(office: Office) -> list[SampleFile]:
    """The batch on disk: scans as drawn, born-digital papers signed, one of them changed afterwards."""
    console.print("Đang vẽ và ký các tệp mẫu…")
    made = make_sample_batch(office.samples)
    folder = office.samples / "nop"
    folder.mkdir(exist_ok=True)
    ready: list[SampleFile] = []
    for sample in made:
        data = sample.path.read_bytes()
        name = sample.path.name
        if sample.role in (Role.SIGN_VALID, Role.SIGN_TAMPERED):
            data = sign_as_office(data, office.pki)
            name = name.replace("goc-so", "da-ky")
        if sample.role is Role.SIGN_TAMPERED:
            data = tamper_after_signing(data)
            name = name.replace("da-ky", "da-ky-roi-bi-sua")
        (folder / name).write_bytes(data)
        ready.append(
            SampleFile(
                folder / name, sample.expected, sample.note_vi, sample.pages, sample.role, sample.truth
            )
        )
    return ready


def take_in(office: Office, samples: Sequence[SampleFile]) -> None:
    """`sohoa ingest` as the archivist: live progress, then what became of every file."""
    folder = str(office.samples / "nop")
    label = f"Mẫu {find_today():%d/%m/%Y}"
    answer = office.sohoa(
        "ingest", folder, "--unit", COMMUNE, "--label", label, "--as", "luu.tru", refusals=True
    )
    by_name = {sample.path.name: sample for sample in samples}
    ordered = [sample.path.name for sample in sorted(samples, key=lambda one: one.path.name)]
    files: list[dict[str, Any]] = []
    for row in answer["files"]:
        # A file held back by the gate has lost its name in the database; its place in the batch tells it.
        name = row["name"] if row["name"] in by_name else ordered[row["ordinal"] - 1]
        sample = by_name[name]
        files.append({**row, "shown": name, "note": sample.note_vi, "role": sample.role.value})
        _check_outcome(sample, row)
    truths = {sample.role.value: dict(sample.truth) for sample in samples if sample.role}
    office.keep(batch=answer["batch"], files=files, truths=truths)


def find_today() -> date:
    """The day in Vietnam."""
    return datetime.now(VIETNAM).date()


def _check_outcome(sample: SampleFile, row: Mapping[str, Any]) -> None:
    ends = {
        Expected.RECORD: lambda: row["record"] is not None,
        Expected.SIGN_BASE: lambda: row["record"] is not None,
        Expected.DUPLICATE: lambda: row["state"] == "linked",
        Expected.UNREADABLE: lambda: row["state"] == "rejected",
        Expected.ENCRYPTED: lambda: row["code"] == "ENCRYPTED_FILE",
        Expected.SECRET: lambda: row["code"] == "SECRET_MATERIAL_FOUND",
    }
    if not ends[sample.expected]():
        raise DemoFailed(f"{sample.path.name}: chờ {sample.expected}, nhận {row['state']} {row['code']}.")


def confirm(office: Office) -> list[str]:
    """Log in as the archivist, confirm through the interface what the papers say, revoke one result."""
    confirmed: list[str] = []
    with sign_in(office, "luu.tru") as archivist:
        for row in office.state["files"]:
            if row["role"] not in SETTLED:
                continue
            truth = office.state["truths"][row["role"]]
            fields: dict[str, str | None] = {name: truth[name] or None for name in CONFIRMED}
            fields |= {name: truth[source] or None for source, name in FIELD_OF.items()}
            done = check(archivist.post(f"/records/{row['record']}/confirmation", json={"fields": fields}))
            confirmed.append(row["record"])
            if row["role"] == Role.TO_REVOKE:
                revoke(archivist, done["result"]["id"])
    return confirmed


def revoke(archivist: Any, result_id: str) -> None:
    """Revoke a result on the ground of a decision."""
    today = find_today().isoformat()
    change = {
        "to_state": "bi_thu_hoi",
        "document_number": "88/QĐ-UBND",
        "document_date": today,
        "effective": today,
        "reason": "Thu hồi do cấp không đúng đối tượng (mẫu)",
    }
    check(archivist.post(f"/results/{result_id}/state", json=change))


def show_files(office: Office) -> None:
    """What became of every file."""
    table = Table(title="Từng tệp đã thành gì", title_justify="left")
    for column in ("STT", "Tệp", "Là gì", "Kết quả", "Lý do"):
        table.add_column(column, overflow="fold")
    for row in office.state["files"]:
        confirmed = row["record"] in office.state["confirmed"] and row["state"] != "linked"
        outcome = "Đã xác nhận thành hồ sơ" if confirmed else row["outcome"]
        table.add_row(str(row["ordinal"]), row["shown"], row["note"], outcome, row["reason"] or "")
    console.print(table)


def show_answers(answers: Sequence[Mapping[str, Any]]) -> None:
    """Each decision code with its reason and its audit row."""
    table = Table(title="Tra cứu dùng lại: đủ tám câu trả lời", title_justify="left")
    for column in ("Trả lời", "Lý do", "Dòng nhật ký"):
        table.add_column(column, overflow="fold")
    for item in answers:
        row, extra = item["audit"], ""
        if "journaled" in item:
            extra = " (giữ trong nhật ký tại chỗ, vào sổ khi cơ sở dữ liệu trở lại)"
        line = f"{row['id'][:8]} {row['at'][:19]} {row['outcome']}{extra}"
        table.add_row(item["answer"]["code"], item["answer"]["reason_vi"], line)
    console.print(table)


def show_address(office: Office) -> None:
    """Where to look and how to sign in."""
    people = office.state["people"]
    console.print(f"\nTrang web: [bold]{office.address}[/]   (dừng: make stop)")
    for login, what in (
        ("luu.tru", "lưu trữ"),
        ("mot.cua", "một cửa"),
        ("quan.tri", "quản trị"),
        ("thanh.tra", "thanh tra"),
    ):
        console.print(f"  {what:10} đăng nhập [bold]{login}[/]  mật khẩu [bold]{people[login]}[/]")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
