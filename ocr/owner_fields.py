"""Fields of circular 01/2023 article 9 found in running text: owner, validity, dossier code."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from ocr.fieldtext import FieldText, make_candidate, one_line
from ocr.types import FieldCandidate, PageText

_IDENTIFIER = re.compile(
    r"(?:SO DINH DANH(?: CA NHAN)?|CAN CUOC(?: CONG DAN)?|CCCD|CMND|CHUNG MINH NHAN DAN|MA SO THUE|MST|"
    r"MA SO DOANH NGHIEP|MA DINH DANH)[^\d\n]{0,40}\n?[^\d\n]{0,10}(?P<value>\d[\d .]{7,16}(?:-\d{3})?)"
)
_OWNER = re.compile(
    r"(?:ONG/BA|ONG \(BA\)|ONG|BA|HO, CHU DEM, TEN|HO VA TEN|HO TEN|TEN TO CHUC|TEN DOANH NGHIEP|TEN CONG TY|"
    r"CHU HO|CAP CHO)\s*:\s*(?P<value>[^\n;,:\d]{3,80})"
)
_OWNER_ENDS = re.compile(r"\s+(?:SINH|NAM SINH|GIOI TINH|DIA CHI|CCCD|CMND|SO DINH DANH|MST|NGAY)\b")
_VALID_UNTIL = re.compile(
    r"(?:CO GIA TRI|GIA TRI SU DUNG|CO HIEU LUC|HIEU LUC|THOI HAN|HAN SU DUNG)[^\n\d]{0,25}?"
    r"\bDEN(?: HET)?\s*:?\s*(?:NGAY\s*)?"
    r"(?P<value>\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{1,2}\s+THANG\s+\d{1,2}\s+NAM\s+\d{4})"
)
# Regulations 8.1: old form of circular 01/2018 article 19 and the practice with the agency code first.
_DOSSIER = re.compile(
    r"\b(?P<value>(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})"
    r"-\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{4,5})\b"
)
_IDENTIFIER_LENGTHS = frozenset({9, 10, 12, 13})


def extract_owner(pages: Sequence[PageText]) -> list[FieldCandidate]:
    """Candidates from the text of all pages; of several different values the first, marked so."""
    texts = [FieldText(number, page.words) for number, page in enumerate(pages)]
    found = [
        _first(texts, "dinh_danh_chu_the", _IDENTIFIER, _parse_identifier),
        _first(texts, "ten_chu_the", _OWNER, _parse_owner),
        _first(texts, "thoi_han_hieu_luc", _VALID_UNTIL, _parse_date),
        _first(texts, "ma_ho_so", _DOSSIER, _parse_code),
    ]
    return [candidate for candidate in found if candidate is not None]


def _first(
    texts: Sequence[FieldText], name: str, pattern: re.Pattern[str], parse: Callable[[str, str], str | None]
) -> FieldCandidate | None:
    """The first match that has a value; `parse` takes the printed and the folded piece."""
    first: FieldCandidate | None = None
    for text in texts:
        printed, folded = text.text, text.folded
        for match in pattern.finditer(folded):
            start, end = match.span("value")
            value = parse(printed[start:end], folded[start:end])
            if value is None:
                continue
            if first is None:
                first = make_candidate(name, value, text, span=(start, end))
            elif first.value != value:
                return replace(first, needs_review=True, reasons=(*first.reasons, "several_found"))
    return first


def _parse_identifier(printed: str, folded: str) -> str | None:
    """A personal number, old identity card or tax code without blanks; None for other lengths."""
    value = re.sub(r"[ .]", "", printed)
    return value if len(re.sub(r"\D", "", folded)) in _IDENTIFIER_LENGTHS else None


def _parse_owner(printed: str, folded: str) -> str | None:
    """A name as printed, cut before the next label."""
    cut = _OWNER_ENDS.search(folded)
    value = one_line(printed[: cut.start()] if cut else printed).strip(" .,-")
    return value if len(value) >= 3 and value[0].isupper() else None


def _parse_date(printed: str, folded: str) -> str | None:
    """ISO 8601 date; None when the figures are no date."""
    day, month, year = (int(part) for part in re.findall(r"\d+", folded or printed))
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _parse_code(printed: str, folded: str) -> str | None:
    """A dossier code as printed."""
    return printed or folded
