"""`sohoa index` (chỉ mục): status, check, repair, rebuild."""

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.acting import act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import EXIT_REFUSED, Row, print_item, say
from api.index_care import check_drift, read_care, rebuild_index, repair_drift
from search.drift import Drift

index_app = typer.Typer(
    help="Chỉ mục: tình trạng, kiểm tra lệch với cơ sở dữ liệu, sửa, dựng lại.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
STATUS = {
    "engine": "Chỉ mục", "schema": "Bản ánh xạ", "documents": "Tài liệu", "records": "Hồ sơ cần có",
    "bytes": "Dung lượng (byte)", "waiting": "Chờ trong hộp thư đi", "lag_seconds": "Trễ (giây)",
    "failing": "Gửi chưa được", "building": "Đang dựng", "nodes": "Máy chủ", "health": "Sức khoẻ",
    "needs_rebuild": "Cần dựng lại", "problem": "Sự cố",
}  # fmt: skip
DRIFT = {"missing": "Thiếu", "outdated": "Cũ", "extra": "Thừa", "ranges": "Khoảng lệch"}


@index_app.command("status")
def status_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Tình trạng chỉ mục, hộp thư đi, các máy chủ; mã 1 khi chỉ mục không trả lời hoặc cần dựng lại."""
    with open_service() as service:
        care = read_care(service, act_as(service, login))
    status = care.status
    row: Row = {
        "waiting": care.lag.waiting, "lag_seconds": round(care.lag_seconds), "failing": care.lag.failing,
        "records": care.records, "problem": care.problem or None,
    }  # fmt: skip
    if status is not None:
        row |= {
            "engine": status.engine, "schema": status.schema, "documents": status.documents,
            "bytes": status.bytes, "building": status.building, "nodes": list(status.nodes) or None,
            "health": status.health or None, "needs_rebuild": not status.is_current,
        }  # fmt: skip
    print_item(row, STATUS, as_json=as_json)
    if status is None or not status.is_current:
        raise typer.Exit(EXIT_REFUSED)


@index_app.command("check")
def check_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """So chỉ mục với cơ sở dữ liệu theo từng khoảng; mã 1 khi lệch."""
    with open_service() as service:
        drift = check_drift(service, act_as(service, login))
    print_item(_drift_row(drift), DRIFT, as_json=as_json)
    if drift.count:
        raise typer.Exit(EXIT_REFUSED)


@index_app.command("repair")
def repair_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Đưa mọi chỗ lệch vào hộp thư đi; tiến trình xử lý sửa chỉ mục từ đó."""
    with open_service() as service:
        drift = repair_drift(service, act_as(service, login))
    print_item(_drift_row(drift), DRIFT, as_json=as_json)
    if drift.count:
        say("Đã xếp hàng; tiến trình xử lý sẽ sửa trong giây lát. Chạy lại `sohoa index check` để xem.")


@index_app.command("rebuild")
def rebuild_command(login: AsLogin = None, as_json: AsJson = False) -> None:
    """Dựng chỉ mục mới từ cơ sở dữ liệu rồi chuyển sang dùng; trong lúc dựng vẫn tìm và ghi được."""
    with open_service() as service:
        acting = act_as(service, login)
        with Progress(console=Console(stderr=True)) as bar:
            count = rebuild_index(service, acting, lambda all_: bar.track(all_, description="Dựng chỉ mục"))
    print_item({"documents": count}, {"documents": "Số tài liệu"}, as_json=as_json)


def _drift_row(drift: Drift) -> Row:
    return {
        "missing": len(drift.missing), "outdated": len(drift.outdated), "extra": len(drift.extra),
        "ranges": drift.ranges,
    }  # fmt: skip
