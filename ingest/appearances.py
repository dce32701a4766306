"""Number and date that stand in signature appearances alone (số, ngày trong hình chữ ký), as field values.

An agency issues a document by signing its number and its date onto the page beside the seal (Decree 30/2020
Annex I): the page itself keeps "Số:      /QĐ-UBND". What these signatures show was read from the revision
they signed; only those whose integrity holds speak here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ocr.folding import fold
from ocr.types import Box, FieldCandidate, PageText
from records.field_names import FieldName

FROM_SIGNATURE = "from_signature"
SIGNER_NOT_TRUSTED = "signer_not_trusted"
APPEARANCE_DISAGREES = "appearance_disagrees"
SYMBOL_NOT_FOUND = "symbol_not_found"
_SOUND = frozenset({"intact", "extended"})
_SURE = 0.99  # text of the PDF itself, not read from a picture
_POINTS_AN_INCH = 72
_SYMBOL = re.compile(r"/\s*([A-ZĐ][A-Za-zĐđ&]*(?:\s*-\s*[A-ZĐ][A-Za-zĐđ&.0-9]*)*)")
_FIGURES = re.compile(r"\d{1,7}[a-z]?(?:/\d{4}(?=/))?")
_PRINTED_DATE = re.compile(
    r"NG[AQ]Y\W*(?P<day>\d{0,2})\W*TH[AO]NG\W*(?P<month>\d{0,2})\W*N[AO]M\W*(?P<year>\d{0,4})"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one sound signature shows (nội dung hiển thị): text, page from 0, box in points."""

    kind: str
    text: str
    page: int
    shown: tuple[float, ...]
    is_trusted: bool


def merge_appearances(
    candidates: Sequence[FieldCandidate], report: Mapping[str, Any], pages: Sequence[PageText]
) -> tuple[FieldCandidate, ...]:
    """The candidates with number and date as the report's signatures show them.

    A page that printed another number or date keeps it, for a person to settle.
    """
    shown = find_shown(report)
    merged = {candidate.name: candidate for candidate in candidates}
    for name, kind, combine in (
        (FieldName.NUMBER.value, "number", _combine_number),
        (FieldName.ISSUED.value, "date", _combine_date),
    ):
        parts = [each for each in shown if each.kind == kind]
        if not parts:
            continue
        printed = merged.get(name)
        value, reasons = combine(parts, printed.raw if printed else "")
        merged[name] = _choose(printed, _build(name, value, reasons, parts, pages))
    return tuple(merged.values())


def find_shown(report: Mapping[str, Any]) -> list[Shown]:
    """Numbers and dates of signatures whose integrity holds, left to right on the first page."""
    found = [
        Shown(
            entry["appearance"]["kind"],
            entry["appearance"]["text"],
            entry["appearance"]["page"] - 1,
            tuple(entry["appearance"].get("shown") or ()),
            entry["signer"]["trust"] == "trusted",
        )
        for entry in report["signatures"]
        if entry["state"] in _SOUND
        and entry["appearance"]["kind"] in ("number", "date")
        and entry["appearance"]["text"]
        and entry["appearance"]["page"]
    ]
    first = min((each.page for each in found), default=0)
    return sorted((each for each in found if each.page == first), key=lambda each: each.shown[:1])


def _combine_number(parts: Sequence[Shown], printed: str) -> tuple[str | None, tuple[str, ...]]:
    """Figures of the appearance and the symbol beside them, or printed behind the gap."""
    text = parts[0].text
    figures = _FIGURES.search(text)
    if figures is None:
        return None, ("number_unreadable",)
    symbol = _SYMBOL.search(text) or _SYMBOL.search(printed)
    if symbol is None:
        return figures[0], (SYMBOL_NOT_FOUND,)
    letters = "".join(symbol[1].split()).rstrip(".")
    return f"{figures[0]}/{letters}", ()


def _combine_date(parts: Sequence[Shown], printed: str) -> tuple[str | None, tuple[str, ...]]:
    """Day, month and year of the appearances, filled into what the page prints around the gaps."""
    given = [number for part in parts for number in re.findall(r"\d{1,4}", part.text)]
    match = _PRINTED_DATE.search(fold(printed))
    figures = [match[name] for name in ("day", "month", "year")] if match else ["", "", ""]
    if len(given) >= len(figures):
        figures = given[:3]
    else:
        for place, figure in enumerate(figures):
            if not figure and given:
                figures[place] = given.pop(0)
    try:
        return date(int(figures[2]), int(figures[1]), int(figures[0])).isoformat(), ()
    except ValueError:
        return None, ("date_unreadable",)


def _build(
    name: str, value: str | None, doubts: tuple[str, ...], parts: Sequence[Shown], pages: Sequence[PageText]
) -> FieldCandidate:
    is_trusted = all(part.is_trusted for part in parts)
    reasons = (FROM_SIGNATURE, *doubts, *(() if is_trusted else (SIGNER_NOT_TRUSTED,)))
    return FieldCandidate(
        name=name,
        value=value,
        raw=" ".join(part.text for part in parts),
        confidence=0.0 if value is None else _SURE,
        page=parts[0].page,
        box=_find_box(parts[0], pages),
        needs_review=value is None or bool(doubts) or not is_trusted,
        reasons=reasons,
        rules=(("signature_sound", True), ("signer_trusted", is_trusted)),
    )


def _find_box(part: Shown, pages: Sequence[PageText]) -> Box | None:
    """Where it stands in pixels of the page's image; None where that cannot be told."""
    if len(part.shown) != 4 or part.page >= len(pages) or pages[part.page].rotation:
        return None
    page = pages[part.page]
    left, bottom, right, top = (edge * page.dpi / _POINTS_AN_INCH for edge in part.shown)
    box = Box(
        max(0, int(left)), max(0, int(page.height - top)),
        min(page.width, int(right) + 1), min(page.height, int(page.height - bottom) + 1),
    )  # fmt: skip
    return box if box.x0 < box.x1 and box.y0 < box.y1 else None


def _choose(printed: FieldCandidate | None, signed: FieldCandidate) -> FieldCandidate:
    """The signature's word where the page has none; a page that says otherwise is for a person to settle."""
    if printed is None or printed.value is None or printed.value == signed.value:
        return signed if signed.value is not None or printed is None else printed
    if signed.value is None:
        return printed
    return replace(printed, needs_review=True, reasons=(*printed.reasons, APPEARANCE_DISAGREES))
