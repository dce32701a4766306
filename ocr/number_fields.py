"""Number and symbol, date and place of a document (số, ký hiệu; địa danh, ngày tháng năm).

The figures of both are written by hand on most papers. What the picture says of their places
(`ocr.handwriting`) decides whether a reading may stand unseen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import Levenshtein

from ocr.agencies import initials, is_near_province, settle_place
from ocr.fieldtext import HANDWRITTEN, FieldText, Rule, join_boxes, make_candidate, one_line
from ocr.folding import fold
from ocr.kinds import ABBREVIATIONS
from ocr.types import FieldCandidate, ValuePlace, Writing

_LABEL = re.compile(r"^\W*(S[O06]\s*[:.;,]?|S\w?\s*[:;])\s*")
# Regulations 8.1: number, an optional year, then kind and agency.
_LETTERS = r"(?P<symbol>[A-ZĐ][A-Za-zĐđ&]*(-[A-ZĐ][A-Za-zĐđ&.0-9]*)*)"
_NUMBER = re.compile(r"(?P<figures>\d{1,7}[a-z]?(/\d{4})?)/" + _LETTERS)
_SYMBOL = re.compile(r"[/|]" + _LETTERS)
# Readers glue words and strokes of the pen: "ngày31 tháng", "{tháng".
_DATE = re.compile(
    r"(?P<place>[^\n]*?)\W*NG[AQ]Y\s*(?P<day>.{0,9}?)\s*TH[AO]NG\s*(?P<month>.{0,6}?)\s*N[AO]M\s*"
    r"(?P<year>\w[\w ]{0,5})",
    re.DOTALL,
)
_LATIN_ETH = str.maketrans({"Ð": "Đ", "ð": "đ", "—": "-", "–": "-"})
_FIRST_YEAR = 1945
_PRINT_SURE = 0.85


@dataclass(frozen=True, slots=True)
class Context:
    """What else is known (ngữ cảnh): kind, issuing agency, today, whether the words were read from a picture.

    What was read from a picture must have been looked at for handwriting; a PDF's own text is typed.
    """

    kind: str | None
    issuer: str | None
    today: date
    is_read: bool


Places = Mapping[str, ValuePlace]
"""The places of one page by name."""


def extract_number(
    text: FieldText, places: Places, context: Context, name: str = "so_ky_hieu"
) -> FieldCandidate | None:
    """Number and symbol; null when the number was written by hand and not read."""
    if not text.words:
        return None
    label = _LABEL.match(text.folded)
    start = label.end() if label else 0
    span = (start, len(text.text))
    place = places.get("number")
    compact = re.sub(r"\s*([/|–—-])\s*", r"\1", one_line(text.text[start:])).translate(_LATIN_ETH)
    figures, symbol = _split_number(compact, place)
    box = join_boxes([place.box if place else None, *(word.box for word in text.words_at(*span))])
    if not figures or not symbol:
        return make_candidate(name, None, text, _missing(place, "number", context), span, box=box)
    symbol = _settle_symbol(symbol, context)
    rules = _number_rules(figures, symbol, context)
    return make_candidate(
        name, f"{figures}/{symbol}", text, _doubts(place, context), span,
        rules=rules, at_least=_sureness(place, rules), box=box,
    )  # fmt: skip


def _split_number(compact: str, place: ValuePlace | None) -> tuple[str, str]:
    """Figures and symbol of a number as read; figures read from their print where the reader saw none."""
    # Strokes of the pen before the last figures were read as something else: no part of a number is one.
    match = _NUMBER.match(compact.lstrip(" .,:;'_-"))
    symbol = match or _SYMBOL.search(compact)
    figures = match["figures"] if match else ""
    if place is not None and place.writing is Writing.PRINTED and re.fullmatch(r"\d{1,7}", place.text):
        figures = figures if "/" in figures else place.text
    return figures, symbol["symbol"].rstrip(".") if symbol else ""


def _settle_symbol(symbol: str, context: Context) -> str:
    """Đ where readers see D and the kind or the agency says so; all else as read."""
    parts = symbol.split("-")
    known = [ABBREVIATIONS.get(context.kind or "", ""), initials(context.issuer or ""), "HĐND"]
    letters = known[0]
    if letters and letters not in parts and Levenshtein.distance(letters, parts[0], score_cutoff=1) == 1:
        # The title is printed large: TT under TỜ TRÌNH is TTr, and a person sees that it was put right.
        parts[0] = letters
    for index, part in enumerate(parts):
        for letters in known:
            if part not in known and letters and fold(letters[: len(part)]) == part:
                parts[index] = letters[: len(part)]
                break
    return "-".join(parts)


def _number_rules(figures: str, symbol: str, context: Context) -> list[Rule]:
    """Whether symbol, kind and agency fit each other, and a year in the number is likely."""
    parts = symbol.split("-")
    rules = [Rule("number_form", passed=True)]
    letters = ABBREVIATIONS.get(context.kind or "", "")
    if letters:
        rules.append(Rule("symbol_fits_kind", letters in parts, "kind_mismatch"))
    if context.issuer:
        short = fold(initials(context.issuer))
        fits = any(len(part) > 1 and _is_within(fold(part), short) for part in parts)
        # A known kind at its head bears a symbol out; else the agency's letters have to.
        rules.append(Rule("symbol_fits_issuer", fits, "" if letters in parts else "symbol_doubtful"))
    if "/" in figures:
        year = int(figures.split("/")[1])
        plausible = _FIRST_YEAR <= year <= context.today.year
        rules.append(Rule("number_year_plausible", plausible, "year_implausible"))
    if re.search(r"(^|-)(QD|ND|HDND|CD|DA)(-|$)", symbol):
        rules.append(Rule("letter_d_clear", passed=False, reason="letter_d_doubtful"))
    return rules


def _is_within(part: str, short: str) -> bool:
    """Whether letters come in this order among an agency's initials: UBND in UBNDTQN."""
    letters = iter(short)
    return all(letter in letters for letter in part)


def extract_date(
    text: FieldText, places: Places, context: Context, names: tuple[str, str] = ("ngay_ban_hanh", "dia_danh")
) -> list[FieldCandidate]:
    """Date of issue as ISO 8601 and the place before it; null date when day or month is unreadable."""
    if not text.words:
        return []
    match = _DATE.search(text.folded)
    parts = [places.get(part) for part in ("day", "month", "year")]
    box = join_boxes(part.box for part in parts if part is not None)
    if match is None:
        return [make_candidate(names[0], None, text, _missing(parts[0], "date", context), box=box)]
    span = (match.end("place"), match.end("year"))
    figures = [
        _figures(place, match[part]) for place, part in zip(parts, ("day", "month", "year"), strict=True)
    ]
    value = _parse_date(figures)
    doubts = [code for place in parts for code in _doubts(place, context)]
    issued = make_candidate(
        names[0], value, text, doubts if value else [*doubts, *_missing(parts[0], "date", context)], span,
        rules=_date_rules(value, context), box=box,
        at_least=min(_sureness(place, ()) for place in parts),
    )  # fmt: skip
    found = _extract_place(text, match, names[1])
    return [issued, found] if found else [issued]


def _figures(place: ValuePlace | None, read: str) -> str:
    """The figures of one part: from print that was matched, else as read."""
    if place is not None and place.writing is Writing.PRINTED:
        return place.text
    return read.strip(" .,:;'_-")


def _extract_place(text: FieldText, match: re.Match[str], name: str) -> FieldCandidate | None:
    """The place before the date."""
    printed = one_line(text.text[match.start("place") : match.end("place")]).strip(" ,.;:'\"-_")
    if len(printed) < 2:
        return None
    value, is_known = settle_place(printed)
    is_odd = not re.fullmatch(r"[^\W\d_]+([ .-]+[^\W\d_]+)*", value) or is_near_province(value)
    odd = ("place_doubtful",) if is_odd and not is_known else ()
    where = (match.start("place"), match.end("place"))
    rules = [Rule("place_known", is_known)]
    return make_candidate(name, value, text, odd, where, rules=rules, at_least=0.97 if is_known else 0.0)


def _parse_date(figures: Sequence[str]) -> str | None:
    """ISO 8601 date of day, month and year as printed; None when they are no date."""
    if not all(re.fullmatch(r"\d{1,4}", part) for part in figures):
        return None
    try:
        return date(int(figures[2]), int(figures[1]), int(figures[0])).isoformat()
    except ValueError:
        return None


def _date_rules(value: str | None, context: Context) -> list[Rule]:
    """Whether a date may be one of issue: a year of the republic, not in the future."""
    if value is None:
        return []
    day = date.fromisoformat(value)
    return [
        Rule("year_plausible", _FIRST_YEAR <= day.year <= context.today.year + 1, "year_implausible"),
        Rule("not_in_future", day <= context.today, "in_future"),
    ]


def _doubts(place: ValuePlace | None, context: Context) -> tuple[str, ...]:
    """Why a value that was read at a place may not stand unseen."""
    if place is None:
        return ("print_unchecked",) if context.is_read else ()
    return {
        Writing.HANDWRITTEN: (HANDWRITTEN,),
        Writing.UNSURE: ("print_doubtful",),
        Writing.EMPTY: ("place_empty",),
        Writing.PRINTED: (),
    }[place.writing]


def _missing(place: ValuePlace | None, what: str, context: Context) -> tuple[str, ...]:
    """Why there is no value."""
    return (*_doubts(place, context), f"{what}_unreadable")


def _sureness(place: ValuePlace | None, rules: Sequence[Rule]) -> float:
    """What print that looks like the figures adds to the reader's word; nothing where a rule fails."""
    if place is None or place.writing is not Writing.PRINTED or place.likeness < _PRINT_SURE:
        return 0.0
    return 0.95 if all(rule.passed for rule in rules) else 0.0
