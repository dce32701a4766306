"""What QR codes say of a document (nội dung mã QR), beside what is printed.

A code is evidence, no truth: where it agrees with the print the value is surer, where it disagrees a person
looks, and what it says alone is proposed for review.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ocr.folding import fold
from ocr.types import FieldCandidate, PageText, PrintedCode

# Chip identity cards: number, old number, name, birth, sex, home, day of issue.
_IDENTITY_CARD = re.compile(r"(?P<id>\d{12})\|(?P<old>\d{9}|)\|(?P<name>[^|]{2,80})\|\d{8}(\||$)")
_DOSSIER = re.compile(
    r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})-\d{6}-\d{4,5}(?!\d)"
)
_PROCEDURE = re.compile(r"(?<![\d.])[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}(?:\.\d{2})?)?(?![\d])")
_OWNER = re.compile(r"(?<!\d)\d{12}(?!\d)")
_SURE = 0.99


def extract_codes(pages: Sequence[PageText], found: Sequence[FieldCandidate]) -> list[FieldCandidate]:
    """The candidates compared with all codes of the document, and what codes say alone."""
    named = {candidate.name: candidate for candidate in found}
    for number, page in enumerate(pages):
        for code in page.codes:
            said = parse_code(code.text)
            for name, value in said.items():
                named[name] = _compare(named.get(name), name, value, code, number)
    return list(named.values())


def parse_code(text: str) -> Mapping[str, str]:
    """Values by field name that a code's text holds; the text itself where it is no identity card."""
    card = _IDENTITY_CARD.match(text)
    if card:
        return {"dinh_danh_chu_the": card["id"], "ten_chu_the": card["name"].strip()}
    said = {"ma_qr": text}
    # Part by part: the parts of a code are split by bars, semicolons or line ends, or lie in an address.
    for name, pattern in (("ma_ho_so", _DOSSIER), ("ma_thu_tuc", _PROCEDURE), ("dinh_danh_chu_the", _OWNER)):
        values = set(pattern.findall(text))
        if len(values) == 1:
            said[name] = values.pop()
    return said


def _compare(
    printed: FieldCandidate | None, name: str, value: str, code: PrintedCode, page: int
) -> FieldCandidate:
    """The printed value with the code's word on it; the code's own value where nothing is printed."""
    if printed is None or printed.value is None:
        # A code's own text is its value: nothing printed has to bear it out.
        is_own = name == "ma_qr"
        return FieldCandidate(
            name=name,
            value=value,
            raw=code.text if is_own else value,
            confidence=_SURE if is_own else 0.9,
            page=page,
            box=code.box,
            needs_review=not is_own,
            reasons=() if is_own else ("only_in_qr",),
        )
    if name == "ma_qr":
        return printed
    agrees = _plain(printed.value) == _plain(value)
    rules = (*printed.rules, ("qr_agrees", agrees))
    if not agrees:
        return replace(printed, needs_review=True, reasons=(*printed.reasons, "qr_disagrees"), rules=rules)
    reasons = tuple(reason for reason in printed.reasons if reason != "low_confidence")
    return replace(printed, confidence=_SURE, needs_review=bool(reasons), reasons=reasons, rules=rules)


def _plain(text: str) -> str:
    """Letters and figures alone: codes are written with and without marks and blanks."""
    return "".join(letter for letter in fold(text) if letter.isalnum())
