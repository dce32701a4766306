"""Words that names of agencies and places are made of (tên cơ quan, địa danh), old and new.

Provinces: the 63 up to 2025-06-30 and the 34 since (resolution 202/2025/QH15); papers keep the name of
their day. Departments: before and after the reorganisation of 2025. Districts ended on 2025-07-01.
"""

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ocr.folding import fold
from ocr.phrases import Phrases

PROVINCES: tuple[str, ...] = (
    "An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Bến Tre", "Bình Dương",
    "Bình Định", "Bình Phước", "Bình Thuận", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk",
    "Đắk Nông", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh",
    "Hải Dương",
    "Hải Phòng", "Hậu Giang", "Hòa Bình", "Hồ Chí Minh", "Huế", "Hưng Yên", "Khánh Hòa", "Kiên Giang",
    "Kon Tum", "Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình",
    "Ninh Thuận", "Phú Thọ", "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị",
    "Sóc Trăng", "Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên", "Thanh Hóa", "Thừa Thiên Huế",
    "Tiền Giang", "Trà Vinh", "Tuyên Quang", "Vĩnh Long", "Vĩnh Phúc", "Yên Bái",
)  # fmt: skip
_FIELDS_OF_WORK = (
    "NỘI VỤ", "TƯ PHÁP", "TÀI CHÍNH", "CÔNG THƯƠNG", "XÂY DỰNG", "Y TẾ", "NGOẠI VỤ", "NGOẠI GIAO", "DU LỊCH",
    "QUỐC PHÒNG", "CÔNG AN", "GIÁO DỤC VÀ ĐÀO TẠO", "KHOA HỌC VÀ CÔNG NGHỆ", "KẾ HOẠCH VÀ ĐẦU TƯ",
    "GIAO THÔNG VẬN TẢI", "THÔNG TIN VÀ TRUYỀN THÔNG", "TÀI NGUYÊN VÀ MÔI TRƯỜNG", "MÔI TRƯỜNG",
    "NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN", "DÂN TỘC", "DÂN TỘC VÀ TÔN GIÁO",
    "LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "VĂN HÓA, THỂ THAO VÀ DU LỊCH", "VĂN HÓA VÀ THỂ THAO",
    "QUY HOẠCH - KIẾN TRÚC", "AN TOÀN THỰC PHẨM", "VĂN HÓA - XÃ HỘI", "KINH TẾ", "KINH TẾ - HẠ TẦNG",
    "TỔ CHỨC - HÀNH CHÍNH", "THỐNG KÊ", "DỰ TRỮ NHÀ NƯỚC", "ĐĂNG KÝ KINH DOANH", "ĐĂNG KÝ ĐẤT ĐAI",
)  # fmt: skip
_BODIES = (
    "ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN", "VĂN PHÒNG ỦY BAN NHÂN DÂN", "THÀNH PHỐ", "THỊ XÃ", "THỊ TRẤN",
    "PHƯỜNG", "HUYỆN", "TỈNH", "ĐẶC KHU", "CHI CỤC", "TỔNG CỤC", "VĂN PHÒNG", "BAN QUẢN LÝ", "TRUNG TÂM",
    "CHÍNH PHỦ", "QUỐC HỘI", "THỦ TƯỚNG CHÍNH PHỦ", "THANH TRA CHÍNH PHỦ", "VĂN PHÒNG CHÍNH PHỦ",
    "THANH TRA", "KHO BẠC NHÀ NƯỚC", "BẢO HIỂM XÃ HỘI", "NGÂN HÀNG NHÀ NƯỚC", "TÒA ÁN NHÂN DÂN",
    "VIỆN KIỂM SÁT NHÂN DÂN", "CỤC THUẾ", "THUẾ", "KHU KINH TẾ", "KHU CÔNG NGHIỆP",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "BỆNH VIỆN ĐA KHOA", "TRƯỜNG ĐẠI HỌC", "BAN DÂN TỘC",
    "BAN CHỈ ĐẠO", "UBND", "HĐND", "MẶT TRẬN TỔ QUỐC VIỆT NAM", "VIỆT NAM",
)  # fmt: skip
# One syllable each: in the middle of a name the same letters are names.
_OPENERS = ("SỞ", "BỘ", "CỤC", "PHÒNG", "XÃ", "QUẬN", "BAN", "VỤ", "VIỆN")
_STRAY = " .,:;-–—_*~'\"“”‘’|ˆ`°"
_CONTINUES = re.compile(r"^(TINH|THANH PHO|TP|HUYEN|QUAN|XA|PHUONG|THI XA|THI TRAN|VA|DAC KHU|NUOC)\b")
_PLACES = Phrases(province.upper() for province in PROVINCES)
_AGENCIES = Phrases(
    (*_BODIES, *_FIELDS_OF_WORK, *(province.upper() for province in PROVINCES)), only_first=_OPENERS
)


def settle_agency(lines: Sequence[str]) -> tuple[str, bool]:
    """An agency's printed lines as its name, and whether every word of it is a known one."""
    # Together, for a department's field of work may break over two lines.
    settled = _AGENCIES.settle(" ".join(stripped for line in lines if (stripped := line.strip(_STRAY))))
    return settled.text, settled.is_known


def settle_place(text: str) -> tuple[str, bool]:
    """A printed place as it is spelt, and whether it is a known province or city."""
    stripped = text.strip(_STRAY)
    found = _PLACES.find(stripped)
    if found is None:
        return stripped, False
    if found.split() == stripped.upper().split():
        return stripped, True
    return next((name for name in PROVINCES if name.upper() == found), found.title()), True


def is_near_province(text: str) -> bool:
    """Whether a place that is no province is a letter away from one: a misreading, not a commune."""
    key = fold(text)
    return any(Levenshtein.distance(key, fold(province), score_cutoff=1) == 1 for province in PROVINCES)


def initials(agency: str) -> str:
    """The letters that stand for an agency in symbols: UBND, SGDĐT; VÀ and signs are left out."""
    words = [word for word in re.findall(r"\w+", agency.upper()) if word != "VÀ"]
    return "".join(word if word in {"UBND", "HĐND"} else _initial(word) for word in words)


def _initial(word: str) -> str:
    """A word's first letter as symbols have it: Đ is a letter of its own, other marks are left out."""
    return "Đ" if word.startswith("Đ") else fold(word[0])


def continues_agency(text: str) -> bool:
    """Whether a line goes on with the agency of the line above: "TỈNH QUẢNG NGÃI"."""
    return bool(_CONTINUES.match(fold(text).strip(_STRAY)))
