"""Fields of a first page's head (thể thức phần đầu): number, date, place, agency, kind, subject."""

import re
from collections.abc import Sequence
from datetime import date

from ocr.fieldtext import FieldText, make_candidate, one_line, zone_text
from ocr.folding import fold
from ocr.kinds import KINDS, find_kind
from ocr.types import FieldCandidate, PageText

_NUMBER_LABEL = re.compile(r"^\W*S[O06]\s*[:.;]?\s*")
# Regulations 8.1: number, an optional year, then kind and agency.
_NUMBER = re.compile(r"^\d{1,7}[a-z]?(/\d{4})?/[A-ZĐ][A-Za-zĐđ&]*(-[A-ZĐ][A-Za-zĐđ&.0-9]*)*$")
_DATE = re.compile(
    r"(?P<place>[^\n]*?)\W*\bNGAY\b\s*(?P<day>.{0,6}?)\s*\bTHANG\s*(?P<month>.{0,5}?)\s*\bNAM\s*(?P<year>\S+)",
    re.DOTALL,
)
_CONTINUES = re.compile(r"^(TINH|THANH PHO|TP|HUYEN|QUAN|XA|PHUONG|THI XA|THI TRAN|VA|DAC KHU|NUOC)\b")
_NEW_AGENCY = re.compile(
    r"^(UY BAN|UBND|HOI DONG|HDND|SO|BO|BAN|CHI CUC|CUC|TONG CUC|PHONG|VAN PHONG|TRUNG TAM|VIEN|TRUONG|"
    r"CONG AN|TOA AN|THANH TRA|CHI NHANH|TONG CONG TY|CONG TY|DAI HOC|BENH VIEN|KHO BAC|BAO HIEM|THUE)\b"
)
_LATIN_ETH = str.maketrans({"Ð": "Đ", "ð": "đ", "—": "-", "–": "-"})


def extract_header(pages: Sequence[PageText], page: int) -> list[FieldCandidate]:
    """Candidates from the first page of a document; what is not on the page is absent."""
    found = [
        _extract_number(zone_text(pages, page, "so_ky_hieu")),
        *_extract_date(zone_text(pages, page, "ngay")),
        *_extract_agencies(zone_text(pages, page, "co_quan")),
        *_extract_kind(pages, page),
    ]
    return [candidate for candidate in found if candidate is not None]


def _extract_number(text: FieldText) -> FieldCandidate | None:
    """Number and symbol (số, ký hiệu); null when the number was written by hand and not read."""
    if not text.words:
        return None
    label = _NUMBER_LABEL.match(text.folded)
    start = label.end() if label else 0
    value = re.sub(r"\s+", "", text.text[start:]).translate(_LATIN_ETH).strip(".,;:'_-…")
    span = (start, len(text.text))
    if not _NUMBER.match(value):
        return make_candidate("so_ky_hieu", None, text, ("number_unreadable",), span)
    reasons = ("letter_d_doubtful",) if re.search(r"/QD-|-HDND|/ND-", value) else ()
    return make_candidate("so_ky_hieu", value, text, reasons, span)


def _extract_date(text: FieldText) -> list[FieldCandidate | None]:
    """Date of issue as ISO 8601 and the place before it; null date when day or month is unreadable."""
    if not text.words:
        return []
    match = _DATE.search(text.folded)
    if match is None:
        return [make_candidate("ngay_ban_hanh", None, text, ("date_unreadable",))]
    span = (match.end("place"), match.end("year"))
    value = _parse_date(match["day"], match["month"], match["year"])
    reasons = () if value else ("date_unreadable",)
    issued = make_candidate("ngay_ban_hanh", value, text, reasons, span)
    place = one_line(text.text[match.start("place") : match.end("place")]).strip(" ,.;:'\"-")
    if len(place) < 2:
        return [issued]
    where = (match.start("place"), match.end("place"))
    odd = () if re.fullmatch(r"[^\W\d_]+([ .-]+[^\W\d_]+)*", place) else ("place_doubtful",)
    return [issued, make_candidate("dia_danh", place, text, odd, where)]


def _parse_date(day: str, month: str, year: str) -> str | None:
    """ISO 8601 date of printed figures; None when they are no date."""
    figures = [part.strip(" .,:;'") for part in (day, month, year)]
    if not all(re.fullmatch(r"\d{1,4}", part) for part in figures):
        return None
    try:
        return date(int(figures[2]), int(figures[1]), int(figures[0])).isoformat()
    except ValueError:
        return None


def _extract_agencies(text: FieldText) -> list[FieldCandidate | None]:
    """Issuing agency and, when two are printed, the one above it (cơ quan ban hành, chủ quản)."""
    lines = [line for line in text.line_texts() if _is_name(line.text)]
    groups: list[FieldText] = []
    for line in lines:
        folded = line.folded
        starts = _NEW_AGENCY.match(folded) and not _CONTINUES.match(folded)
        if groups and not (starts and _is_complete(groups[-1].folded)):
            groups[-1] = FieldText(text.page, groups[-1].words + line.words)
        else:
            groups.append(line)
    if not groups:
        return []
    names = ["co_quan_ban_hanh", "co_quan_chu_quan"]
    return [
        make_candidate(name, one_line(group.text).strip(" .,-_*"), group)
        for name, group in zip(names, (groups[-1], groups[0]), strict=True)
        if name == "co_quan_ban_hanh" or len(groups) > 1
    ]


def _is_name(text: str) -> bool:
    """Whether a line of the head is print in capitals, not a rule or a stain."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 3 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters)


def _is_complete(folded: str) -> bool:
    """Whether an agency's name may end here: a bare "ỦY BAN NHÂN DÂN" goes on in the next line."""
    return not re.search(r"(^UY BAN NHAN DAN|^HOI DONG NHAN DAN|\bVA|,)$", folded.strip(" .-_"))


def _extract_kind(pages: Sequence[PageText], page: int) -> list[FieldCandidate | None]:
    """Kind and subject (tên loại, trích yếu); an official letter bears no kind and says "V/v"."""
    title, subject = zone_text(pages, page, "ten_loai"), zone_text(pages, page, "trich_yeu")
    found: list[FieldCandidate | None] = []
    if title.words:
        found.append(make_candidate("loai_van_ban", _printed_kind(title.text), title))
    elif any(word.zone == "so_ky_hieu" for word in pages[page].words):
        letter = subject if subject.words else zone_text(pages, page, "so_ky_hieu")
        found.append(make_candidate("loai_van_ban", "CÔNG VĂN", letter))
    if subject.words:
        value = re.sub(r"^V\s*/\s*[wWV]\b", "V/v", one_line(subject.text)).strip(" -_*")
        found.append(make_candidate("trich_yeu", value, subject))
    return found


def _printed_kind(text: str) -> str:
    """The title with the marks of a known kind put right: these words are printed one way only."""
    line = one_line(text).strip(" .:*-_")
    folded = find_kind(line)
    for kind in KINDS:
        if folded == fold(kind):
            return kind + line[len(kind) :]
    return line
