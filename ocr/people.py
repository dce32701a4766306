"""Names and positions of signers (họ tên, chức vụ người ký) as they are printed under a document."""

import re
from collections.abc import Sequence
from importlib.resources import files

from ocr.agencies import settle_agency
from ocr.folding import fold
from ocr.phrases import Phrases, move_tones

_POSITIONS = (
    "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "BỘ TRƯỞNG", "THỨ TRƯỞNG", "CHÁNH VĂN PHÒNG",
    "PHÓ CHÁNH VĂN PHÒNG", "TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "TRƯỞNG BAN", "PHÓ TRƯỞNG BAN",
    "CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "CHI CỤC TRƯỞNG", "PHÓ CHI CỤC TRƯỞNG", "HIỆU TRƯỞNG",
    "PHÓ HIỆU TRƯỞNG", "THỦ TƯỚNG", "PHÓ THỦ TƯỚNG", "TỔNG GIÁM ĐỐC", "PHÓ TỔNG GIÁM ĐỐC",
    "VỤ TRƯỞNG", "PHÓ VỤ TRƯỞNG", "CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA", "TỔNG CỤC TRƯỞNG",
    "PHÓ TỔNG CỤC TRƯỞNG", "VIỆN TRƯỞNG", "PHÓ VIỆN TRƯỞNG", "CHÁNH ÁN", "PHÓ CHÁNH ÁN", "CÔNG CHỨNG VIÊN",
    "PHÓ TRƯỞNG ĐOÀN", "TRƯỞNG ĐOÀN", "QUYỀN CHỦ TỊCH", "QUYỀN GIÁM ĐỐC", "KẾ TOÁN TRƯỞNG", "TRƯỞNG CÔNG AN",
)  # fmt: skip
# The common family names, by share of bearers more than nine in ten; each folded form means one name.
_FAMILY_NAMES = (
    "An", "Âu", "Bạch", "Bành", "Bế", "Biện", "Bùi", "Cao", "Cấn", "Chế", "Chu", "Châu", "Chung", "Cù",
    "Diệp", "Doãn", "Dương", "Đào", "Đặng", "Đinh", "Đoàn", "Đỗ", "Đồng", "Giáp", "Hà", "Hồ", "Hoàng", "Hứa",
    "Huỳnh", "Khổng", "Kiều", "Kim", "Lại", "Lâm", "Lê", "Liễu", "Lục", "Lương", "Lưu", "Lý", "Mạc", "Mai",
    "Nghiêm", "Ngô", "Ngụy", "Nguyễn", "Nhâm", "Ninh", "Nông", "Ông", "Phạm", "Phan", "Phí", "Phùng",
    "Quách", "Quản", "Sầm", "Tạ", "Tăng", "Thạch", "Thái", "Thân", "Tiêu", "Tô", "Tôn", "Tống", "Trà",
    "Trần", "Triệu", "Trịnh", "Trương", "Từ", "Ung", "Viên", "Võ", "Vũ", "Vương",
)  # fmt: skip
# Names of other peoples of the country and rare ones that differ from a common name by marks alone.
_OTHER_NAMES = frozenset({
    "Hờ", "Tòng", "Bàn", "Lò", "Lô", "Giàng", "Giang", "Vi", "Vì", "Điểu", "Điêu", "Lữ", "Lư", "Ma", "Mã",
    "Hạ", "Đàm", "Đàng", "Lầu", "Sùng", "Thào", "Vàng", "Quàng", "Cầm", "Hạng", "Lường", "Mùa", "Lù", "Ly",
    "Chảo", "Phàn", "Tẩn", "Bá", "Bạc", "Lục", "Đống", "Thi", "Văn", "Trang", "Đới", "Đái", "Lỷ", "Phó",
})  # fmt: skip
# Syllables of middle and given names met often; a name with another one may be right and is looked at.
_GIVEN_NAMES = frozenset(files("ocr").joinpath("data/given_names.txt").read_text(encoding="utf-8").split())
_NAMES = {fold(name): name for name in _FAMILY_NAMES}
_PHRASES = Phrases(_POSITIONS)
_TITLES = re.compile(
    r"^(?:(?:GS|PGS|TS|THS|BS|BSCKI{0,2}|CKI{0,2}|KS|LS|NGND|NGUT|TTND|TTUT|DUOC SI|DAI TA|THUONG TA|"
    r"TRUNG TA|THIEU TA|THIEU TUONG|TRUNG TUONG)\s*[.,]\s*|(?:ONG|BA)\s+)+"
)
_MOST_WORDS, _LEAST_WORDS = 6, 2
_AUTHORITY = re.compile(r"(TM|KT|TL|TUQ|Q)\b\s*[.,]?\s*")
_STRAY = " .,:;-–—_*~'\"“”‘’|ˆ`°"


def settle_position(text: str) -> tuple[str, bool]:
    """A printed position with its letters put right, and whether it is a known one."""
    line = " ".join(text.split()).strip(_STRAY)
    found = _PHRASES.find(line)
    return (found, True) if found else (line, False)


def settle_authority(text: str) -> str:
    """An authority line (KT. CHỦ TỊCH) with the position in it put right."""
    line = " ".join(text.split()).strip(_STRAY)
    match = _AUTHORITY.match(line)
    if match is None:
        return line
    rest = line[match.end() :].strip(_STRAY)
    found = _PHRASES.find(rest)
    return f"{match[1]}. {found or settle_agency([rest])[0]}"


def find_family_name(word: str) -> str | None:
    """The family name that a word is, whatever its marks were read as; None for no common one."""
    plain = word.strip(_STRAY)
    return plain if plain in _OTHER_NAMES else _NAMES.get(fold(plain))


def settle_person(text: str) -> tuple[str, bool]:
    """A printed name with its family name's marks put right, and whether that is a common one.

    Given names stay as read: nearly every syllable is one.
    """
    words = " ".join(text.split()).strip(_STRAY).split()
    name = find_family_name(words[0]) if words else None
    if name is None:
        return " ".join(words), False
    words[0] = words[0] if words[0] in {name, move_tones(name)} else name
    # THỊ between family and given name is printed in one way only.
    if len(words) > 2 and fold(words[1]) == "THI":
        words[1] = "Thị"
    return " ".join(words), True


def is_usual_name(text: str) -> bool:
    """Whether all words after the first of a name are syllables that names are often made of."""
    return all(word.strip(_STRAY) in _GIVEN_NAMES for word in text.split()[1:])


def strip_titles(text: str) -> str:
    """A name without degrees and ranks before it (ThS., Đại tá)."""
    match = _TITLES.match(fold(text))
    return text[match.end() :].lstrip() if match else text


def is_person(text: str) -> bool:
    """Whether a line is a person's name: two to six capitalised words, not all in capitals."""
    words = [word.strip(_STRAY) for word in strip_titles(text).split()]
    words = [word for word in words if word]
    if not 2 <= len(words) <= _MOST_WORDS or all(word.isupper() for word in words):
        return False
    return all(_is_capitalised(word) for word in words)


def find_person(words: Sequence[str]) -> tuple[int, int] | None:
    """Where in a line a name stands that begins with a family name, ends of a seal around it; else None."""
    for start, word in enumerate(words):
        if find_family_name(word) is None or not _is_capitalised(word.strip(_STRAY)):
            continue
        end = start + 1
        while end < min(len(words), start + _MOST_WORDS) and _is_given(words[end]):
            end += 1
        if end - start >= _LEAST_WORDS:
            return start, end
    return None


def _is_capitalised(word: str) -> bool:
    """Whether a word is letters alone, the first a capital and the others all small or all capitals."""
    rest = word[1:]
    return word.isalpha() and word[0].isupper() and (not rest or rest.islower() or rest.isupper())


def _is_given(word: str) -> bool:
    """Whether a word may be a middle or given name."""
    stripped = word.strip(_STRAY)
    return len(stripped) > 1 and not stripped.isupper() and _is_capitalised(stripped)
