"""Commands that are imported when they are called (nạp lệnh khi cần), so that the command line starts fast.

`sohoa --help` shows the texts of the table below and imports none of them: some pull in OpenCV or pyHanko.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lies (một lệnh): module, name of the function or `Typer` in it, one-line help."""

    module: str
    name: str
    help: str


COMMANDS = {
    "serve": Entry("api.cli.serve", "serve_command", "Chạy cổng web, kèm một tiến trình xử lý."),
    "worker": Entry("api.cli.serve", "worker_command", "Chạy một tiến trình xử lý."),
    "ingest": Entry("api.cli.ingest", "ingest_command", "Nộp tệp hoặc thư mục vào một lô."),
    "status": Entry("api.cli.status", "status_command", "Tình trạng hệ thống, các lô và một lô."),
    "rescans": Entry("api.cli.rescans", "rescans_command", "Trang và tệp của một lô cần quét lại."),
    "search": Entry("api.cli.find", "search_command", "Tìm hồ sơ."),
    "lookup": Entry("api.cli.find", "lookup_command", "Tra cứu kết quả tái sử dụng."),
    "reindex": Entry("api.cli.index", "rebuild_command", "Dựng lại chỉ mục tìm kiếm (như index rebuild)."),
    "index": Entry("api.cli.index", "index_app", "Chỉ mục: tình trạng, kiểm tra lệch, sửa, dựng lại."),
    "check": Entry("api.cli.check", "check_command", "Kiểm tra chương trình và dịch vụ cần có."),
    "audit": Entry("api.cli.audit", "audit_app", "Kiểm tra nhật ký kiểm toán."),
    "unit": Entry("api.cli.lists", "unit_app", "Đơn vị: thêm, xem, kết thúc, nhập từ CSV."),
    "type": Entry("api.cli.lists", "type_app", "Loại giấy tờ: thêm, xem, kết thúc, nhập từ CSV."),
    "requirement": Entry(
        "api.cli.former", "requirement_app", "Thành phần hồ sơ và loại giấy tờ đáp ứng: nhập, xem, kết thúc."
    ),
    "former": Entry("api.cli.former", "former_app", "Định danh cũ: nhập từ CSV, xem, kết thúc."),
    "owner-log": Entry(
        "api.cli.owner_log", "owner_log_command", "Ai đã xem giấy tờ của một chủ thể, vì sao."
    ),
    "user": Entry("api.cli.people", "user_app", "Tài khoản: thêm, xem, kết thúc, nhập từ CSV."),
    "key": Entry("api.cli.people", "key_app", "Khoá truy cập: thêm, xem, kết thúc, nhập từ CSV."),
    "agreements": Entry(
        "api.cli.clients", "agreements_app", "Thoả thuận chia sẻ: thêm, xem, đình chỉ, kết thúc."
    ),
    "webhooks": Entry("api.cli.clients", "webhooks_app", "Nơi nhận thông báo thay đổi: thêm, xem, gửi lại."),
    "alarms": Entry("api.cli.clients", "alarms_app", "Cảnh báo dò quét: xem, ghi nhận, gỡ chặn."),
    "release-report": Entry(
        "api.cli.release", "release_command", "Phần giá trị có thể không cần người xem lại, theo từng trường."
    ),
    "ocr": Entry("api.cli.ocr", "ocr_command", "Nhận dạng tệp, không cần hệ thống đang chạy."),
    "models": Entry("api.cli.models", "models_command", "Lấy mô hình của các bộ đọc nhanh, chính xác."),
    "trust": Entry("api.cli.trust", "trust_app", "Bộ chứng thư tin cậy: xem, nạp, kiểm tra."),
    "rechecks": Entry("api.cli.rechecks", "rechecks_app", "Kiểm tra lại chữ ký: bắt đầu, tiến độ, thay đổi."),
    "verify": Entry("api.cli.verify", "verify_command", "Kiểm tra chữ ký số của tệp PDF."),
    "eval": Entry("api.cli.eval", "eval_app", "Đo chất lượng tìm kiếm và tra cứu."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are asked for."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None for a name that is not there."""
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else load_command(cmd_name, entry)

    @override
    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The table's one-line helps; nothing is imported."""
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def load_command(name: str, entry: Entry) -> Any:
    """The command of an entry: a `Typer` as it is, a function as a command of its own."""
    found: Any = getattr(import_module(entry.module), entry.name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name=name, context_settings={"help_option_names": ["-h", "--help"]})(found)
        found = single
    command = get_command(found)
    command.name = name
    return command
