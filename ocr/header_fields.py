"""Fields of a first page's head (thể thức phần đầu): agencies, kind, subject; number and date with them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocr.agencies import continues_agency, settle_agency
from ocr.fieldtext import FieldText, Rule, make_candidate, one_line, zone_text
from ocr.folding import fold
from ocr.kinds import find_kind_of_symbol, settle_kind
from ocr.number_fields import Context, extract_date, extract_number
from ocr.phrases import move_tones
from ocr.subject_fields import extract_subject
from ocr.types import FieldCandidate, PageText, TextSource

LETTER = "CÔNG VĂN"
"""The kind of an official letter, which bears none in print (decree 30/2020 annex III)."""
_NEW_AGENCY = re.compile(
    r"^(UY BAN|UBND|HOI DONG|HDND|SO|BO|BAN|CHI CUC|CUC|TONG CUC|PHONG|VAN PHONG|TRUNG TAM|VIEN|TRUONG|"
    r"CONG AN|TOA AN|THANH TRA|CHI NHANH|TONG CONG TY|CONG TY|DAI HOC|BENH VIEN|KHO BAC|BAO HIEM|THUE)\b"
)
_ABOUT = re.compile(r"\b(VE VIEC|V\s*/\s*[VW])\b")
_STRAY = " -_*~ˆ`'\"|•"
_KNOWN = 0.97
_FIRST_LINES = 4


def extract_header(pages: Sequence[PageText], page: int, today: date) -> list[FieldCandidate]:
    """Candidates from the first page of a document; what is not on the page is absent."""
    agencies = _extract_agencies(zone_text(pages, page, "co_quan"))
    kind = _extract_kind(pages, page)
    context = Context(
        kind=kind.value if kind else None,
        issuer=next((each.value for each in agencies if each.name == "co_quan_ban_hanh"), None),
        today=today,
        is_read=pages[page].text_source is TextSource.OCR,
    )
    places = {place.name: place for place in pages[page].places}
    number = extract_number(_number_text(pages, page), places, context)
    dates = extract_date(zone_text(pages, page, "ngay"), places, context)
    agencies, dates = _compare_places(agencies, dates)
    found = [
        number,
        *dates,
        *agencies,
        kind,
        extract_subject(pages, page, _find_title(pages, page)),
    ]
    found += _note_unread(pages, page, number, dates)
    return [candidate for candidate in found if candidate is not None]


def _number_text(pages: Sequence[PageText], page: int) -> FieldText:
    """The line of the number, also where its label was not read and it passed for one of the agency's."""
    text = zone_text(pages, page, "so_ky_hieu")
    if text.words:
        return text
    others = FieldText(page, tuple(word for word in pages[page].words if word.zone in ("", "co_quan")))
    return next(
        (line for line in others.line_texts() if re.search(r"[A-ZĐ]{2,}\s?-\s?[A-ZĐ]{2,}", line.text)), text
    )


def _note_unread(
    pages: Sequence[PageText], page: int, number: FieldCandidate | None, dates: Sequence[FieldCandidate]
) -> list[FieldCandidate]:
    """A number or a date that stands on every paper with the other, and was not seen: a person looks."""
    there = zone_text(pages, page, "co_quan", "quoc_hieu", "so_ky_hieu", "ngay")
    found: list[FieldCandidate] = []
    if number is None and dates:
        found.append(make_candidate("so_ky_hieu", None, there, ("number_not_found",)))
    if number is not None and not dates:
        found.append(make_candidate("ngay_ban_hanh", None, there, ("date_not_found",)))
    return found


def _extract_agencies(text: FieldText) -> list[FieldCandidate]:
    """Issuing agency and, when two are printed, the one above it (cơ quan ban hành, chủ quản)."""
    groups: list[list[FieldText]] = []
    for line in text.line_texts():
        if not _is_name(line.text):
            continue
        if groups and not (_starts_agency(line) and _is_complete(groups[-1])):
            groups[-1].append(line)
        else:
            groups.append([line])
    if not groups:
        return []
    names = {"co_quan_ban_hanh": groups[-1]} | ({"co_quan_chu_quan": groups[0]} if len(groups) > 1 else {})
    return [_agency(name, lines) for name, lines in names.items()]


def _compare_places(
    agencies: Sequence[FieldCandidate], dates: Sequence[FieldCandidate]
) -> tuple[list[FieldCandidate], list[FieldCandidate]]:
    """A commune's name stands in the agency's and before the date: read in two ways, one is wrong."""
    place = next((each for each in dates if each.name == "dia_danh" and each.value), None)
    if place is None or place.value is None:
        return list(agencies), list(dates)
    printed = move_tones(place.value.upper())
    plain = fold(printed)
    doubtful = [
        each
        for each in agencies
        if each.value and f" {plain} " in f" {fold(each.value)} " and printed not in move_tones(each.value)
    ]
    if not doubtful:
        return list(agencies), list(dates)
    names = {"dia_danh", *(each.name for each in doubtful)}
    return ([_doubt(each, names) for each in agencies], [_doubt(each, names) for each in dates])


def _doubt(candidate: FieldCandidate, names: set[str]) -> FieldCandidate:
    """The candidate for review where it is one of those named."""
    if candidate.name not in names:
        return candidate
    return replace(candidate, needs_review=True, reasons=(*candidate.reasons, "place_disagrees"))


def _agency(name: str, lines: Sequence[FieldText]) -> FieldCandidate:
    """One agency of one or more lines."""
    value, is_known = settle_agency([line.text for line in lines])
    words = tuple(word for line in lines for word in line.words)
    rules = [Rule("agency_known", is_known)]
    at_least = _KNOWN if is_known else 0.0
    return make_candidate(name, value, FieldText(lines[0].page, words), rules=rules, at_least=at_least)


def _is_name(text: str) -> bool:
    """Whether a line of the head is print in capitals, not a rule or a stain."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 3 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters)


def _starts_agency(line: FieldText) -> bool:
    """Whether a line begins another agency: a word alone is the end of a name that did not fit its line."""
    folded = line.folded.strip(_STRAY + ".")
    return bool(" " in folded and _NEW_AGENCY.match(folded) and not continues_agency(line.text))


def _is_complete(lines: Sequence[FieldText]) -> bool:
    """Whether an agency's name may end here: a bare "ỦY BAN NHÂN DÂN" goes on in the next line."""
    folded = fold(" ".join(line.text for line in lines)).strip(_STRAY + ".")
    return not re.search(r"(^UY BAN NHAN DAN|^HOI DONG NHAN DAN|\bVA|,)$", folded)


def _find_title(pages: Sequence[PageText], page: int) -> FieldText:
    """The words of the kind; also where a letter of it was read as a small one."""
    title = zone_text(pages, page, "ten_loai")
    if (
        title.words
        or not zone_text(pages, page, "quoc_hieu").words
        or zone_text(pages, page, "trich_yeu").words
    ):
        return title
    for line in list(zone_text(pages, page, "noi_dung").line_texts())[:_FIRST_LINES]:
        if _is_name(line.text) and settle_kind(line.text)[1]:
            return line
    return title


def _extract_kind(pages: Sequence[PageText], page: int) -> FieldCandidate | None:
    """Kind of paper (tên loại); an official letter bears none, and its symbol begins with its agency."""
    title = _find_title(pages, page)
    if title.words:
        value, is_known = settle_kind(one_line(title.text))
        rules = [Rule("kind_known", is_known)]
        at_least = _KNOWN if is_known else 0.0
        return make_candidate("loai_van_ban", value, title, rules=rules, at_least=at_least)
    number = zone_text(pages, page, "so_ky_hieu")
    if not number.words:
        return None
    symbol = re.search(r"/\s*([A-ZĐ][\w-]*)", number.text)
    named = find_kind_of_symbol(symbol[1]) if symbol else None
    if named is not None:
        # The symbol speaks of a title that was not read.
        return make_candidate("loai_van_ban", named, number, ("title_not_found",))
    subject = zone_text(pages, page, "trich_yeu")
    is_letter = bool(subject.words and _ABOUT.match(subject.folded.lstrip(_STRAY)))
    rules = [Rule("letter_says_about", is_letter)]
    at_least = _KNOWN if is_letter else 0.0
    where = subject if is_letter else number
    return make_candidate("loai_van_ban", LETTER, where, rules=rules, at_least=at_least)
