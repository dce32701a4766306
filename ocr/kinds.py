"""Names of kinds of papers (tên loại văn bản) as they are printed over the subject, and their symbols."""

from collections.abc import Mapping

from ocr.folding import fold
from ocr.phrases import Phrases

# Decree 30/2020 annex III; "" where the decree gives no abbreviation.
_BY_DECREE: Mapping[str, str] = {
    "NGHỊ QUYẾT": "NQ", "QUYẾT ĐỊNH": "QĐ", "CHỈ THỊ": "CT", "QUY CHẾ": "QC", "QUY ĐỊNH": "QyĐ",
    "THÔNG CÁO": "TC", "THÔNG BÁO": "TB", "HƯỚNG DẪN": "HD", "CHƯƠNG TRÌNH": "CTr", "KẾ HOẠCH": "KH",
    "PHƯƠNG ÁN": "PA", "ĐỀ ÁN": "ĐA", "DỰ ÁN": "DA", "BÁO CÁO": "BC", "BIÊN BẢN": "BB", "TỜ TRÌNH": "TTr",
    "HỢP ĐỒNG": "HĐ", "CÔNG ĐIỆN": "CĐ", "BẢN GHI NHỚ": "BGN", "BẢN THỎA THUẬN": "BTT",
    "GIẤY ỦY QUYỀN": "GUQ", "GIẤY MỜI": "GM", "GIẤY GIỚI THIỆU": "GGT", "GIẤY NGHỈ PHÉP": "GNP",
    "PHIẾU GỬI": "PG", "PHIẾU CHUYỂN": "PC", "PHIẾU BÁO": "PB", "THƯ CÔNG": "",
}  # fmt: skip
# Legal and licensing papers met beside them.
_OTHERS: Mapping[str, str] = {
    "THÔNG TƯ": "TT", "NGHỊ ĐỊNH": "NĐ", "LUẬT": "", "GIẤY PHÉP": "GP", "GIẤY CHỨNG NHẬN": "GCN",
    "GIẤY XÁC NHẬN": "GXN", "CHỨNG CHỈ": "", "GIẤY KHAI SINH": "", "TRÍCH LỤC": "", "BẰNG": "",
    "PHIẾU LÝ LỊCH TƯ PHÁP": "", "VĂN BẢN XÁC NHẬN": "", "VĂN BẢN CHẤP THUẬN": "", "ĐIỀU LỆ": "", "LỆNH": "",
}  # fmt: skip
ABBREVIATIONS: Mapping[str, str] = {**_BY_DECREE, **_OTHERS}
"""Kind of paper to the letters that stand for it in a symbol."""
KINDS: tuple[str, ...] = tuple(ABBREVIATIONS)
_FOLDED_KINDS = tuple(sorted((fold(kind) for kind in KINDS), key=len, reverse=True))
_PHRASES = Phrases(KINDS)
_STRAY = " .,:;*-–—_'~ˆ`\"“”|"


def find_kind(text: str) -> str | None:
    """The kind of paper a line starts with, as folded text, or None (tên loại văn bản).

    A line that is a kind alone may have a letter misread.
    """
    folded = fold(text).strip(_STRAY)
    for kind in _FOLDED_KINDS:
        if folded == kind or folded.startswith(kind + " "):
            return kind
    near = _PHRASES.find(text)
    return fold(near) if near else None


def settle_kind(text: str) -> tuple[str, bool]:
    """A printed title with its kind's letters and marks put right, and whether it is a known kind."""
    line = " ".join(text.split()).strip(_STRAY)
    whole = _PHRASES.find(line)
    if whole is not None:
        return whole, True
    folded = find_kind(line)
    kind = next((kind for kind in KINDS if fold(kind) == folded), None)
    return (kind + line[len(kind) :], True) if kind else (line, False)


def find_kind_of_symbol(symbol: str) -> str | None:
    """The kind of paper that a symbol such as QĐ-UBND names; None where it names none or several."""
    first = symbol.split("-")[0]
    found = [kind for kind, letters in ABBREVIATIONS.items() if letters and letters == first]
    return found[0] if len(found) == 1 else None
