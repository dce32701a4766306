"""Who looked at an owner's papers, as a spreadsheet (ai đã xem, bảng tính)."""

import csv
import io
from collections.abc import Iterable, Mapping

from records.actions.acting import VIETNAM
from records.actions.owner_log import OwnerLook

ACTIONS: Mapping[str, str] = {
    "reuse.lookup": "Tra cứu",
    "reuse.candidate": "Tìm thấy theo từ",
    "reuse.view": "Xem siêu dữ liệu",
    "reuse.use": "Sử dụng cho hồ sơ",
    "reuse.file": "Tải tệp",
    "reuse.preview": "Xin đường xem trước",
    "reuse.preview.open": "Xem trước",
    "record.read": "Mở hồ sơ",
    "record.file": "Tải tệp hồ sơ",
    "record.page": "Xem ảnh trang",
    "result.read": "Mở kết quả",
    "result.change": "Đổi hiệu lực",
    "mismatch.report": "Báo sai lệch",
    "owner.log": "Xem danh sách này",
}
HEADING = ("Lúc", "Việc", "Đơn vị", "Tên đơn vị", "Ai", "Mục đích", "Giấy tờ", "Kết luận")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def build_owner_csv(looks: Iterable[OwnerLook]) -> bytes:
    """The list for a spreadsheet: UTF-8 with a mark; a cell that begins like a formula is quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADING)
    for look in looks:
        moment = look.at.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S")
        cells = (
            moment, ACTIONS.get(look.action, look.action), look.unit or "", look.unit_name, look.who,
            look.purpose or "", look.subject, look.outcome,
        )  # fmt: skip
        writer.writerow("'" + cell if cell.startswith(_FORMULA) else cell for cell in cells)
    return out.getvalue().encode("utf-8-sig")
