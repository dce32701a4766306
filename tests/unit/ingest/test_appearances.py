"""Number and date of signature appearances as field values, beside what the page prints."""

from typing import Any

import pytest

from ingest.appearances import merge_appearances
from ocr.types import Box, FieldCandidate, PageText, Quality, QualityVerdict

PAGE = PageText(1240, 1754, 150, 0, 0.0, Quality(QualityVerdict.GOOD))
NUMBER, ISSUED = "so_ky_hieu", "ngay_ban_hanh"


def shown(kind: str, text: str, **changes: Any) -> dict[str, Any]:
    """A report's signature that shows a text near the top of page 1."""
    left = changes.pop("left", 100.0)
    return {
        "state": "extended",
        "signer": {"trust": "trusted"},
        "appearance": {"kind": kind, "text": text, "page": 1, "shown": [left, 700.0, left + 27, 718.0]},
    } | changes


def printed(name: str, value: str | None, raw: str) -> FieldCandidate:
    """What the page gave for the field."""
    return FieldCandidate(
        name, value, raw, 0.9 if value else 0.0, 0, Box(1, 2, 3, 4), value is None, ("place_empty",)
    )


def merge(*signatures: dict[str, Any], page: tuple[FieldCandidate, ...] = ()) -> dict[str, FieldCandidate]:
    """The merged candidates by name."""
    return {each.name: each for each in merge_appearances(page, {"signatures": signatures}, [PAGE])}


def test_the_figures_are_put_before_the_printed_symbol() -> None:
    """ "Số:      /QĐ-UBND" on the page and "125" in the signature are 125/QĐ-UBND, with its own box."""
    found = merge(shown("number", "125"), page=(printed(NUMBER, None, "Số: / QĐ - UBND"),))[NUMBER]
    assert (found.value, found.raw, found.needs_review) == ("125/QĐ-UBND", "125", False)
    assert found.reasons == ("from_signature",)
    assert found.confidence > 0.9
    # 100 points from the left and 842 - 718 from the top at 150 dots an inch.
    assert found.box == Box(208, 258, 265, 296)


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("125/QĐ-UBND", "", "125/QĐ-UBND"),
        ("Số: 07", "Số: /TB-STP", "07/TB-STP"),
        ("12/2026/QĐ-UBND", "", "12/2026/QĐ-UBND"),
        ("125", "", "125"),
    ],
)
def test_numbers_are_read_whole_or_in_parts(text: str, raw: str, value: str) -> None:
    """A whole number stands by itself; one without any symbol is for a person."""
    found = merge(shown("number", text), page=(printed(NUMBER, None, raw),) if raw else ())[NUMBER]
    assert found.value == value
    assert found.needs_review is ("/" not in value)


@pytest.mark.parametrize(
    ("texts", "raw", "value"),
    [
        (("15",), "ngày tháng 6 năm 2026", "2026-06-15"),
        (("15", "6"), "ngày tháng năm 2026", "2026-06-15"),
        (("15/06/2026",), "ngày tháng năm", "2026-06-15"),
        (("15 tháng 6 năm 2026",), "", "2026-06-15"),
        (("31",), "ngày tháng 2 năm 2026", None),
        (("15",), "", None),
    ],
)
def test_dates_are_filled_into_the_printed_gaps(texts: tuple[str, ...], raw: str, value: str | None) -> None:
    """Day, month and year come from left to right; what is no date is left to a person."""
    signatures = [shown("date", text, left=400.0 + 30 * place) for place, text in enumerate(texts)]
    found = merge(*signatures, page=(printed(ISSUED, None, raw),) if raw else ())[ISSUED]
    assert (found.value, found.needs_review) == (value, value is None)


def test_a_broken_signature_says_nothing() -> None:
    """The number of a signature whose integrity does not hold, or cannot be told, is not proposed."""
    for state in ("altered", "indeterminate"):
        assert merge(shown("number", "125/QĐ-UBND", state=state)) == {}


def test_an_unknown_signers_number_is_for_a_person() -> None:
    """Sound but of nobody known: proposed, with the reason, never released unseen."""
    found = merge(shown("number", "125/QĐ-UBND", signer={"trust": "unknown_chain"}))[NUMBER]
    assert (found.value, found.needs_review) == ("125/QĐ-UBND", True)
    assert "signer_not_trusted" in found.reasons


def test_a_page_that_prints_another_number_keeps_it_for_review() -> None:
    """Two numbers of one paper are settled by a person; the same number is as sure as the signature."""
    page = (printed(NUMBER, "12/QĐ-UBND", "Số: 12/QĐ-UBND"),)
    other = merge(shown("number", "125/QĐ-UBND"), page=page)[NUMBER]
    assert (other.value, other.needs_review) == ("12/QĐ-UBND", True)
    assert "appearance_disagrees" in other.reasons
    same = merge(shown("number", "12"), page=page)[NUMBER]
    assert (same.value, same.needs_review) == ("12/QĐ-UBND", False)


def test_other_fields_and_seals_change_nothing() -> None:
    """Seal and hand give no field; what else the page gave stays as it is."""
    page = (printed("trich_yeu", "Về việc thử", "Về việc thử"),)
    assert merge(shown("seal", ""), shown("signature", ""), page=page) == {"trich_yeu": page[0]}


def test_a_turned_page_gives_no_box() -> None:
    """Where the place on the image cannot be told, none is claimed."""
    turned = PageText(1240, 1754, 150, 90, 0.0, Quality(QualityVerdict.GOOD))
    (found,) = merge_appearances((), {"signatures": [shown("number", "1/QĐ-UBND")]}, [turned])
    assert found.box is None
