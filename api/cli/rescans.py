"""`sohoa rescans` (quét lại): what of a batch goes back to the scanner, with why and what to do."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import Row, print_rows, say
from api.rescans import RescanRow, build_rescan_csv, build_rescan_rows
from records.actions.rescans import list_rescans

COLUMNS = {"ordinal": "STT", "name": "Tệp", "page": "Trang", "reasons": "Vì sao", "actions": "Cần làm"}


def rescans_command(
    batch: Annotated[str, typer.Argument(metavar="LÔ", help="Mã lô.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="TỆP", help="Ghi danh sách vào tệp CSV.")
    ] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Các trang và tệp của một lô cần quét lại, vì sao và cần làm gì."""
    with open_service() as service:
        rows = build_rescan_rows(list_rescans(service.store, act_as(service, login), batch)[1])
    if csv is not None:
        csv.write_bytes(build_rescan_csv(rows))
        say(f"Đã ghi {len(rows)} dòng vào {csv}.")
        return
    print_rows([_build_line(row) for row in rows], COLUMNS, as_json=as_json)


def _build_line(row: RescanRow) -> Row:
    return {
        "file_id": row.file_id,
        "ordinal": row.ordinal,
        "name": row.name,
        "page": row.page,
        "codes": list(row.codes),
        "reasons": " ".join(row.reasons_vi),
        "actions": " ".join(row.actions_vi),
        "record_id": row.record_id,
    }
