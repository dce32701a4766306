"""Fields of a document's end (thể thức phần cuối): authority, position, signer, recipients."""

import re
from collections.abc import Sequence

from ocr.fieldtext import FieldText, make_candidate, one_line, zone_text
from ocr.folding import fold
from ocr.types import FieldCandidate, PageText
from ocr.zones import is_authority, is_position

_POSITIONS = (
    "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "BỘ TRƯỞNG", "THỨ TRƯỞNG", "CHÁNH VĂN PHÒNG",
    "PHÓ CHÁNH VĂN PHÒNG", "TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "TRƯỞNG BAN", "PHÓ TRƯỞNG BAN",
    "CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "CHI CỤC TRƯỞNG", "PHÓ CHI CỤC TRƯỞNG", "HIỆU TRƯỞNG",
    "PHÓ HIỆU TRƯỞNG", "THỦ TƯỚNG", "PHÓ THỦ TƯỚNG", "TỔNG GIÁM ĐỐC", "PHÓ TỔNG GIÁM ĐỐC",
    "VỤ TRƯỞNG", "PHÓ VỤ TRƯỞNG", "CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA",
)  # fmt: skip
_BY_FOLDED = {fold(position): position for position in _POSITIONS}
_NAME_WORD = re.compile(r"^[A-ZÀ-ỸĐ][a-zà-ỹđ]*$|^[A-ZÀ-ỸĐ]{2,}$")


def extract_signer(pages: Sequence[PageText], page: int) -> list[FieldCandidate]:
    """Candidates from a page with a signature block; what is not there is absent."""
    block = list(zone_text(pages, page, "ky").line_texts())
    authority = [line for line in block if is_authority(line.folded)]
    positions = [line for line in block if is_position(line.folded) and not is_authority(line.folded)]
    found: list[FieldCandidate] = []
    if authority:
        text = FieldText(page, tuple(word for line in authority for word in line.words))
        found.append(make_candidate("quyen_han_ky", one_line(text.text), text))
    if positions:
        found.append(make_candidate("chuc_vu", _printed_position(positions[-1].text), positions[-1]))
    names = [line for line in block if _is_person(line)]
    if names:
        found.append(make_candidate("nguoi_ky", one_line(names[-1].text).strip(" .,"), names[-1]))
    elif found:
        # A block without a readable name: seal or signature over it; a person must look.
        last = block[-1]
        found.append(make_candidate("nguoi_ky", None, last, ("name_unreadable",)))
    return found


def extract_recipients(pages: Sequence[PageText], page: int) -> list[FieldCandidate]:
    """The list under "Nơi nhận:" (nơi nhận) as one line of text."""
    lines = list(zone_text(pages, page, "noi_nhan").line_texts())
    start = next((i for i, line in enumerate(lines) if re.match(r"\W*N[OƠ]I\s*NHAN", line.folded)), None)
    if start is None:
        return []
    text = FieldText(page, tuple(word for line in lines[start + 1 :] for word in line.words))
    value = one_line(text.text)
    return [make_candidate("noi_nhan", value, text)] if value else []


def _printed_position(text: str) -> str:
    """The position with its marks put right where it is a known one."""
    line = one_line(text).strip(" .,:-_")
    return _BY_FOLDED.get(fold(line), line)


def _is_person(line: FieldText) -> bool:
    """Whether a line is a person's name: two to six capitalised words and nothing else."""
    words = [word.text.strip(".,") for word in line.words]
    if not 2 <= len(words) <= 6 or is_position(line.folded) or is_authority(line.folded):
        return False
    shouted = all(word.isupper() for word in words)
    return not shouted and all(_NAME_WORD.match(word) for word in words)
