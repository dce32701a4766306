"""Fields of circular 01/2023 article 9 found in running text: owner, validity, dossier code."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from ocr.fieldtext import FieldText, make_candidate, one_line
from ocr.people import find_family_name, is_usual_name
from ocr.types import FieldCandidate, PageText
from records.identifiers import has_valid_tax_check_digit

_IDENTIFIER = re.compile(
    r"(?:SO DINH DANH(?: CA NHAN)?|CAN CUOC(?: CONG DAN)?|CCCD|CMND|CHUNG MINH NHAN DAN|MA SO THUE|MST|"
    r"MA SO DOANH NGHIEP|MA DINH DANH)[^\d\n]{0,40}\n?[^\d\n]{0,10}(?P<value>\d[\d .]{7,16}(?:-\d{3})?)"
)
_OWNER = re.compile(
    r"(?:ONG/BA|ONG \(BA\)|ONG|BA|HO, CHU DEM, TEN|HO VA TEN|HO TEN|TEN TO CHUC|TEN DOANH NGHIEP|TEN CONG TY|"
    r"CHU HO|CAP CHO)\s*:\s*(?P<value>[^\n;,:\d]{3,80})"
)
# "cho ông (bà) Lê Văn Thử, số định danh cá nhân ...": no colon, but what follows a name tells.
_OWNER_BEFORE_ID = re.compile(
    r"\b(?:ONG \(BA\)|ONG/BA|ONG|BA|CHO|CONG DAN|ANH|CHI)\s+(?P<value>(?:[A-Z]+\s+){1,6}?[A-Z]+)\s*,?\s*"
    r"(?:\(?SINH|SO DINH DANH|CCCD|CMND|CAN CUOC|SO CAN CUOC|SO CCCD|SO CMND|CHUNG MINH|MA SO THUE)\b"
)
_OWNER_ENDS = re.compile(r"\s+(?:SINH|NAM SINH|GIOI TINH|DIA CHI|CCCD|CMND|SO DINH DANH|MST|NGAY)\b")
_DAY = r"(?P<value>\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{1,2}\s+THANG\s+\d{1,2}\s+NAM\s+\d{4})"
_VALID_UNTIL = re.compile(
    r"(?:CO GIA TRI|GIA TRI SU DUNG|CO HIEU LUC|HIEU LUC|THOI HAN|HAN SU DUNG|GIA TRI)[^\n\d]{0,25}?\s"
    r"(?:DEN(?: HET)?|HET)\s*:?\s*(?:NGAY\s*)?" + _DAY
)
_VALID_FROM = re.compile(
    r"(?:CO HIEU LUC|HIEU LUC THI HANH|CO GIA TRI|HIEU LUC)[^\n\d;.]{0,25}?\s"
    r"TU\s*:?\s*(?:NGAY\s*)?" + _DAY
)
_FROM_SIGNING = re.compile(
    r"(?P<value>(?:CO HIEU LUC|HIEU LUC THI HANH|CO GIA TRI)[^\n\d;.]{0,25}?\sTU NGAY (?:KY|BAN HANH|CAP)\b)"
)
_TERM = re.compile(
    r"(?P<value>(?:CO GIA TRI|GIA TRI|HIEU LUC|THOI HAN)[^\n;.]{0,30}?\b(?P<count>\d{1,3})\s*"
    r"(?:\([^)\n]{1,20}\)\s*)?"
    r"(?P<unit>NAM|THANG)\b[^\n;.]{0,20}?\bTU NGAY (?:KY|BAN HANH|CAP)\b)"
)
# Regulations 8.1: code of a procedure, its agency's code after it or not.
_PROCEDURE = re.compile(
    r"(?<![\d.])(?P<value>[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}(?:\.\d{2})?)?)(?![\d])"
)
# Regulations 8.1: old form of circular 01/2018 article 19 and the practice with the agency code first.
_DOSSIER = re.compile(
    r"\b(?P<value>(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})"
    r"-\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{4,5})\b"
)
_IDENTIFIER_LENGTHS = frozenset({9, 10, 12, 13})
_TAX_LENGTHS = frozenset({10, 13})
_PERSONAL_LENGTH = 12
# Birth registers 001 to 096 are provinces; the numbers above are countries (decree 137/2015).
_LAST_REGISTER = 399


def extract_owner(pages: Sequence[PageText], issued: FieldCandidate | None = None) -> list[FieldCandidate]:
    """Candidates from the text of all pages; of several different values the first, marked so.

    `issued`, the date of issue, is the one that terms "kể từ ngày ký" count from.
    """
    texts = [FieldText(number, page.words) for number, page in enumerate(pages)]
    flat = [_OneLine(text.page, text.words) for text in texts]
    found = [
        _check_owner(_first(texts, "dinh_danh_chu_the", _IDENTIFIER, _parse_identifier)),
        _check_name(
            _first(texts, "ten_chu_the", _OWNER, _parse_owner)
            or _first(flat, "ten_chu_the", _OWNER_BEFORE_ID, _parse_capitalised)
        ),
        _first(flat, "ngay_hieu_luc", _VALID_FROM, _parse_date) or _from_signing(flat, issued),
        _first(flat, "thoi_han_hieu_luc", _VALID_UNTIL, _parse_date) or _after_term(flat, issued),
        _first(texts, "ma_ho_so", _DOSSIER, _parse_code),
        _first(texts, "ma_thu_tuc", _PROCEDURE, _parse_code),
    ]
    return [candidate for candidate in found if candidate is not None]


def _check_owner(owner: FieldCandidate | None) -> FieldCandidate | None:
    """The owner's identifier with its own checks noted; a failed one warns and refuses nothing."""
    if owner is None or owner.value is None:
        return owner
    digits = re.sub(r"\D", "", owner.value)
    if len(digits) in _TAX_LENGTHS:
        rule, reason = ("tax_check_digit", has_valid_tax_check_digit(digits)), "check_digit"
    elif len(digits) == _PERSONAL_LENGTH:
        rule, reason = ("birth_register_code", 1 <= int(digits[:3]) <= _LAST_REGISTER), "register_code"
    else:
        return owner
    if rule[1]:
        return replace(owner, rules=(*owner.rules, rule))
    return replace(owner, needs_review=True, reasons=(*owner.reasons, reason), rules=(*owner.rules, rule))


def _check_name(owner: FieldCandidate | None) -> FieldCandidate | None:
    """A person's name with its syllables checked; names of organisations are left alone."""
    if owner is None or owner.value is None or find_family_name(owner.value.split()[0]) is None:
        return owner
    usual = is_usual_name(owner.value)
    rules = (*owner.rules, ("given_name_usual", usual))
    if usual:
        return replace(owner, rules=rules)
    return replace(owner, needs_review=True, reasons=(*owner.reasons, "name_unusual"), rules=rules)


class _OneLine(FieldText):
    """Words as text in which a phrase may run over the end of a line."""

    @property
    def text(self) -> str:
        """Words joined by one space, also where a line ends."""
        return super().text.replace("\n", " ")


def _from_signing(texts: Sequence[FieldText], issued: FieldCandidate | None) -> FieldCandidate | None:
    """The date of issue where a paper says that it holds from its signing; as sure as that date is."""
    found = _computed(texts, "ngay_hieu_luc", _FROM_SIGNING, lambda _match: issued.value if issued else None)
    if found is None or issued is None or issued.needs_review:
        return found
    return replace(found, confidence=issued.confidence, needs_review=False, reasons=())


def _after_term(texts: Sequence[FieldText], issued: FieldCandidate | None) -> FieldCandidate | None:
    """The day on which a term of months or years counted from the date of issue ends."""
    start = issued.value if issued else None
    return _computed(texts, "thoi_han_hieu_luc", _TERM, lambda match: _add_term(start, match))


def _computed(
    texts: Sequence[FieldText],
    name: str,
    pattern: re.Pattern[str],
    value: Callable[[re.Match[str]], str | None],
) -> FieldCandidate | None:
    """A date that is not printed but follows from what is."""
    for text in texts:
        match = pattern.search(text.folded)
        if match is not None:
            return make_candidate(name, value(match), text, ("computed",), match.span("value"))
    return None


def _add_term(issued: str | None, match: re.Match[str]) -> str | None:
    """The issue date so many months or years later; None without one."""
    if issued is None:
        return None
    start, count = date.fromisoformat(issued), int(match["count"])
    months = start.month - 1 + (count if match["unit"] == "THANG" else 12 * count)
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])).isoformat()


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


def _parse_capitalised(printed: str, folded: str) -> str | None:
    """A name whose words all begin with a capital letter."""
    words = one_line(printed if folded else "").split()
    return " ".join(words) if all(word[0].isupper() for word in words) else None


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
