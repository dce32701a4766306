"""`sohoa audit` (nhật ký kiểm toán): verify, sign a head, list."""

from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import EXIT_REFUSED, Row, print_item, print_json, print_rows, say
from api.wiring import Service
from records.actions.acting import VIETNAM
from records.actions.oversight import read_log
from records.audit import AuditReport, read_heads, sequence_all, sign_head, verify_log
from records.errors import RecordNotFound
from records.model import AuditEntry, TreeHead

audit_app = typer.Typer(
    help="Nhật ký kiểm toán: kiểm tra toàn vẹn, ký đầu cây, xem.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
VERDICT = {
    "whole": "Toàn vẹn", "size": "Số dòng", "root": "Gốc cây", "heads": "Số đầu cây đã ký",
    "protected": "Dòng đã được ký", "unprotected": "Dòng chưa được ký",
}  # fmt: skip
FINDINGS = {"kind": "Loại", "place": "Vị trí", "size": "Cỡ cây", "text": "Chi tiết"}
ROWS = {"at": "Lúc", "name": "Ai", "action": "Việc", "subject": "Với", "outcome": "Kết quả"}


@audit_app.command("verify")
def verify_command(as_json: AsJson = False) -> None:
    """Kiểm tra mọi dòng: phát hiện dòng bị sửa, xoá, cắt bớt (mã thoát 1 khi không còn toàn vẹn)."""
    with open_service() as service:
        sequence_all(service.store)
        with service.store.read() as work:
            report = verify_log(work.audit, service.head_signer.public_keys, _find_second_heads(service))
    findings: list[Row] = [
        {"kind": one.kind, "place": one.place, "size": one.size, "row": one.row_id, "text": one.text_vi}
        for one in report.findings
    ]
    if as_json:
        print_json({**_verdict_row(report), "count": report.count, "findings": findings})
    else:
        print_item(_verdict_row(report), VERDICT, as_json=False)
        if findings:
            print_rows(findings, FINDINGS, as_json=False)
    if not report.is_whole:
        say(f"NHẬT KÝ KHÔNG CÒN TOÀN VẸN: {report.count} điểm. Giữ nguyên hiện trạng và báo thanh tra.")
        raise typer.Exit(EXIT_REFUSED)


@audit_app.command("head")
def head_command(as_json: AsJson = False) -> None:
    """Ký đầu cây của nhật ký ngay bây giờ và chép sang nơi giữ thứ hai."""
    with open_service() as service:
        head = sign_head(service.store, service.head_signer, service.clock, service.heads_file)
    print_item(
        {"size": head.size, "root": head.root, "at": head.at.isoformat(), "key": head.key_id},
        {"size": "Số dòng", "root": "Gốc cây", "at": "Lúc", "key": "Khoá"},
        as_json=as_json,
    )


@audit_app.command("list")
def list_command(
    subject: Annotated[str | None, typer.Option("--subject", metavar="MÃ", help="Chỉ về mục này.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Số dòng mới nhất.")] = 50,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Xem các dòng mới nhất; việc xem cũng được ghi lại."""
    with open_service() as service:
        acting = act_as(service, login)
        rows, _total = read_log(service.store, acting, subject_id=subject, limit=limit)
        with service.store.read() as work:
            names = {account.id: account.login for account in work.accounts.all()}
            names |= {key.id: key.label for key in work.keys.all()}
    found = [_entry_row(row_id, entry, names.get(entry.actor, entry.actor)) for row_id, entry in rows]
    print_rows(found, ROWS, as_json=as_json)


def _find_second_heads(service: Service) -> list[TreeHead] | None:
    """Heads of the second place; None where none was ever written."""
    try:
        return read_heads(service.heads_file)
    except RecordNotFound:
        return None


def _verdict_row(report: AuditReport) -> Row:
    return {
        "whole": report.is_whole,
        "size": report.size,
        "root": report.root,
        "heads": report.heads,
        "protected": report.protected,
        "unprotected": report.unprotected,
    }


def _entry_row(row_id: str, entry: AuditEntry, name: str) -> Row:
    return {
        "id": row_id,
        "at": entry.at.astimezone(VIETNAM).isoformat(timespec="seconds"),
        "actor": entry.actor,
        "name": name,
        "action": entry.action,
        "subject": f"{entry.subject_kind} {entry.subject_id}",
        "outcome": entry.outcome,
        "purpose": entry.purpose,
        "channel": entry.detail.get("channel"),
    }
