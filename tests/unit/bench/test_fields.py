"""What becomes of known values, counted."""

from collections import Counter
from pathlib import Path

import pytest

from bench.fields import Outcome, build_table, count, judge
from bench.truth import TruePage


def proposal(value: str | None, *, flagged: bool) -> dict[str, object]:
    """A field as `sohoa ocr` writes it."""
    return {"value": value, "needs_review": flagged, "reasons": []}


@pytest.mark.parametrize(
    ("value", "flagged", "outcome"),
    [
        ("15/QĐ-UBND", False, Outcome.RIGHT),
        ("15/QĐ-UBND", True, Outcome.RIGHT_FLAGGED),
        ("16/QĐ-UBND", True, Outcome.WRONG_FLAGGED),
        (None, True, Outcome.WRONG_FLAGGED),
        ("16/QĐ-UBND", False, Outcome.WRONG),
        ("15/QD-UBND", False, Outcome.WRONG),
    ],
)
def test_outcomes(value: str | None, flagged: bool, outcome: Outcome) -> None:
    """Only a wrong value that nobody is told of counts as harm; marks count."""
    assert judge("15/QĐ-UBND", proposal(value, flagged=flagged)) is outcome


def test_absent_field_and_other_spelling_of_the_same_letters() -> None:
    """A field not proposed is absent; decomposed letters and line ends are no mistake."""
    assert judge("QUYẾT ĐỊNH", None) is Outcome.ABSENT
    assert judge("QUYẾT ĐỊNH", proposal("QUYẾT \n ĐỊNH", flagged=False)) is Outcome.RIGHT


def test_counts_by_field() -> None:
    """Each field has a line of its own in the table."""
    pages = [TruePage(Path("a.jpg"), "", (), fields={"nguoi_ky": "Lê Thử", "chuc_vu": "GIÁM ĐỐC"})]
    counts = count(pages, [{"nguoi_ky": proposal("Lê Thử", flagged=False)}])
    assert counts == {"nguoi_ky": Counter({Outcome.RIGHT: 1}), "chuc_vu": Counter({Outcome.ABSENT: 1})}
    table = list(build_table(counts))
    assert [line.split()[0] for line in table] == ["field", "chuc_vu", "nguoi_ky"]
