"""Names of kinds of papers (tên loại văn bản) as they are printed over the subject."""

from ocr.folding import fold

KINDS: tuple[str, ...] = (
    # Decree 30/2020 article 7, and the kinds of legal and licensing papers seen beside them.
    "NGHỊ QUYẾT", "QUYẾT ĐỊNH", "CHỈ THỊ", "QUY CHẾ", "QUY ĐỊNH", "THÔNG CÁO", "THÔNG BÁO", "HƯỚNG DẪN",
    "CHƯƠNG TRÌNH", "KẾ HOẠCH", "PHƯƠNG ÁN", "ĐỀ ÁN", "DỰ ÁN", "BÁO CÁO", "BIÊN BẢN", "TỜ TRÌNH",
    "HỢP ĐỒNG", "CÔNG ĐIỆN", "BẢN GHI NHỚ", "BẢN THỎA THUẬN", "GIẤY ỦY QUYỀN", "GIẤY MỜI",
    "GIẤY GIỚI THIỆU", "GIẤY NGHỈ PHÉP", "PHIẾU GỬI", "PHIẾU CHUYỂN", "PHIẾU BÁO", "THƯ CÔNG",
    "THÔNG TƯ", "NGHỊ ĐỊNH", "LUẬT", "GIẤY PHÉP", "GIẤY CHỨNG NHẬN", "GIẤY XÁC NHẬN", "CHỨNG CHỈ",
    "GIẤY KHAI SINH", "TRÍCH LỤC", "BẰNG", "PHIẾU LÝ LỊCH TƯ PHÁP", "VĂN BẢN XÁC NHẬN",
    "VĂN BẢN CHẤP THUẬN", "ĐIỀU LỆ", "LỆNH",
)  # fmt: skip
_FOLDED_KINDS = tuple(sorted((fold(kind) for kind in KINDS), key=len, reverse=True))


def find_kind(text: str) -> str | None:
    """The kind of paper a line starts with, as folded text, or None (tên loại văn bản)."""
    folded = fold(text).strip(" .:*-")
    for kind in _FOLDED_KINDS:
        if folded == kind or folded.startswith(kind + " "):
            return kind
    return None
