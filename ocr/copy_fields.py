"""Fields of a copy block (phần bản sao, nghị định 30/2020 điều 25-26): its own number, date, agency, signer.

The original's values stay the document's; the copy's are kept apart under names of their own.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocr.agencies import settle_agency
from ocr.fieldtext import make_candidate, zone_text
from ocr.number_fields import Context, extract_date, extract_number
from ocr.signer_fields import extract_signer
from ocr.types import FieldCandidate, PageText, TextSource
from ocr.zones import COPY_PREFIX

_SIGNER = {"nguoi_ky": "nguoi_ky_ban_sao"}


def extract_copy(pages: Sequence[PageText], today: date) -> list[FieldCandidate]:
    """Candidates from the first page with a copy block; none without."""
    page = next(
        (
            number
            for number, each in enumerate(pages)
            if any(word.zone.startswith(COPY_PREFIX) for word in each.words)
        ),
        None,
    )
    if page is None:
        return []
    agency = zone_text(pages, page, COPY_PREFIX + "co_quan")
    value, is_known = settle_agency([line.text for line in agency.line_texts()])
    is_read = pages[page].text_source is TextSource.OCR
    context = Context(kind=None, issuer=value or None, today=today, is_read=is_read)
    places = {
        place.name.removeprefix(COPY_PREFIX): place
        for place in pages[page].places
        if place.name.startswith(COPY_PREFIX)
    }
    number = extract_number(
        zone_text(pages, page, COPY_PREFIX + "so_ky_hieu"), places, context, "so_ky_hieu_ban_sao"
    )
    dates = extract_date(
        zone_text(pages, page, COPY_PREFIX + "ngay"), places, context, ("ngay_ban_sao", "dia_danh_ban_sao")
    )
    found = [number] if number else []
    found += [each for each in dates if each.name == "ngay_ban_sao"]
    if value:
        at_least = 0.97 if is_known else 0.0
        found.append(make_candidate("co_quan_ban_sao", value, agency, at_least=at_least))
    signers = extract_signer(pages, page, COPY_PREFIX + "ky")
    found += [replace(each, name=_SIGNER[each.name]) for each in signers if each.name in _SIGNER]
    return found
