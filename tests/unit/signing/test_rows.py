"""The six lines of a verdict: every state of every question, and the document's worst."""

from dataclasses import replace
from pathlib import Path

import pytest

from signing.areas import Comparison
from signing.report import (
    Changes,
    Coverage,
    Integrity,
    Revocation,
    Row,
    RowKey,
    RowState,
    SignatureEntry,
    Signer,
    Times,
    TimestampFacts,
)
from signing.rows import ROW_TEXTS, build_rows, merge_rows

STAMP = TimestampFacts("2026-03-01T02:00:00+00:00", "TSA 01", "sha256", True, True, "trusted")
SIGNER = Signer("Trần Văn A", "UBND xã B", sha256="00", trust="trusted", bundle="vgca 2026.1")
GOOD = SignatureEntry(
    field="A",
    type="approval",
    subfilter="ETSI.CAdES.detached",
    integrity=Integrity(True, True),
    coverage=Coverage("whole_file"),
    changes_after=Changes(),
    signer=SIGNER,
    revocation=Revocation("crl:bundle", "good"),
    time=Times("2026-03-01T02:00:00+00:00", (STAMP,)),
)


def _row(entry: SignatureEntry, key: RowKey) -> Row:
    return build_rows(entry)[tuple(RowKey).index(key)]


def test_a_good_signature_has_six_good_lines_in_order() -> None:
    """Nothing to complain of: six answers, each good, in the order they are shown."""
    rows = build_rows(GOOD)
    assert [row.key for row in rows] == list(RowKey)
    assert {row.state for row in rows} == {RowState.GOOD}
    assert rows[5].text_vi == "Đã ký vào lúc 09:00 01/03/2026, theo dấu thời gian của TSA 01."


CASES = [
    (replace(GOOD, integrity=Integrity(False, True)), "INTEGRITY_BAD"),
    (replace(GOOD, integrity=Integrity(True, True, findings=("x",))), "INTEGRITY_FORBIDDEN"),
    (replace(GOOD, integrity=Integrity(None, None)), "INTEGRITY_UNKNOWN"),
    (replace(GOOD, integrity=Integrity(True, True, weak=("sha1",))), "INTEGRITY_WEAK"),
    (replace(GOOD, integrity=Integrity(True, True, allowed_then=("sha1",))), "INTEGRITY_ALLOWED_THEN"),
    (replace(GOOD, coverage=Coverage("revision")), "COVERAGE_REVISION"),
    (replace(GOOD, coverage=Coverage("unclear", findings=("x",))), "COVERAGE_ODD"),
    (replace(GOOD, coverage=Coverage("block")), "COVERAGE_UNKNOWN"),
    (
        replace(
            GOOD,
            changes_after=Changes("undefined", reason="comparison_unfinished", comparison=Comparison(30, 90)),
        ),
        "CHANGES_COMPARING",
    ),
    *[
        (replace(GOOD, changes_after=Changes(verdict)), code)
        for verdict, code in (
            ("ltv", "CHANGES_LTV"),
            ("signature", "CHANGES_SIGNATURE"),
            ("form", "CHANGES_FORM"),
            ("annotation", "CHANGES_ANNOTATION"),
            ("forbidden", "CHANGES_FORBIDDEN"),
            ("undefined", "CHANGES_UNKNOWN"),
        )
    ],
    (replace(GOOD, referenced=False), "CHANGES_REMOVED"),
    *[
        (replace(GOOD, signer=replace(SIGNER, trust=trust)), code)
        for trust, code in (
            ("not_checked", "SIGNER_NOT_CHECKED"),
            ("unknown_chain", "SIGNER_UNKNOWN_CHAIN"),
            ("wrong_chain", "SIGNER_WRONG_CHAIN"),
            ("expired", "SIGNER_EXPIRED"),
            ("not_yet_valid", "SIGNER_NOT_YET_VALID"),
            ("revoked", "SIGNER_REVOKED"),
            ("suspended", "SIGNER_SUSPENDED"),
            ("unfit", "SIGNER_UNFIT"),
        )
    ],
    (replace(GOOD, signer=Signer()), "SIGNER_MISSING"),
    *[
        (replace(GOOD, revocation=Revocation(None, status)), f"REVOCATION_{status.upper()}")
        for status in ("not_checked", "unknown", "stale", "revoked", "on_hold")
    ],
    (
        replace(GOOD, revocation=Revocation(None, "good", revoked_at="2026-03-01T02:00:00+00:00")),
        "REVOCATION_LATER",
    ),
    (replace(GOOD, time=Times(None, (replace(STAMP, digest=False),))), "TIME_STAMP_BAD"),
    (replace(GOOD, time=Times(None, (replace(STAMP, value=None),))), "TIME_STAMP_UNKNOWN"),
    (replace(GOOD, time=Times(None, (replace(STAMP, trust="unfit"),))), "TIME_STAMP_NOT_TRUSTED"),
    (
        replace(GOOD, time=Times(None, (replace(STAMP, findings=("weak_imprint:sha1",)),))),
        "TIME_STAMPED_WEAK",
    ),
    (
        replace(GOOD, type="doc-timestamp", time=Times(best_time=STAMP.time, stamped=STAMP.time)),
        "TIME_DOCUMENT",
    ),
    (replace(GOOD, type="doc-timestamp", time=Times(stamped=STAMP.time)), "TIME_DOCUMENT_NOT_TRUSTED"),
    (replace(GOOD, time=Times("2026-03-01T02:00:00+00:00", best_time=STAMP.time)), "TIME_PROVEN"),
    (replace(GOOD, time=Times("2026-03-01T02:00:00+00:00")), "TIME_CLAIMED"),
    (replace(GOOD, time=Times()), "TIME_NONE"),
]


@pytest.mark.parametrize(("entry", "code"), CASES, ids=[code for _, code in CASES])
def test_each_answer_has_its_line(entry: SignatureEntry, code: str) -> None:
    """Exactly the changed question answers differently, with the state its code stands for."""
    rows = build_rows(entry)
    found = next(row for row in rows if row.code == code)
    assert found.state == ROW_TEXTS[code][0]
    assert "{" not in found.text_vi


def test_every_line_has_a_case() -> None:
    """No text stands in the table that no signature can get."""
    good = {row.code for row in build_rows(GOOD)}
    assert set(ROW_TEXTS) == good | {code for _, code in CASES}


def test_a_shifted_claim_is_shown_and_not_punished() -> None:
    """Local time marked as UTC runs seven hours ahead: said, and still good."""
    row = _row(replace(GOOD, time=replace(GOOD.time, skew_s=25_030)), RowKey.TIME)
    assert (row.state, "+7 giờ" in row.text_vi) == (RowState.GOOD, True)


def test_changed_pages_are_named() -> None:
    """The clerk opens the pages that were written over or covered."""
    changes = Changes("forbidden", pages_changed=(3,), overlaps=(1,))
    assert "(trang 1, 3)" in _row(replace(GOOD, changes_after=changes), RowKey.CHANGES).text_vi


def test_the_document_shows_its_worst_answer_and_whose_it_is() -> None:
    """Two signatures, the second altered: five shared lines, one that names the second."""
    bad = replace(GOOD, integrity=Integrity(False, True))
    merged = merge_rows([build_rows(GOOD), build_rows(bad)])
    assert merged[0].text_vi == "Chữ ký 2: Nội dung không còn khớp với chữ ký."
    assert merged[1:] == build_rows(GOOD)[1:]
    assert merge_rows([]) == ()


def test_every_line_is_in_the_manual() -> None:
    """docs/verdicts.md lists each line as it is."""
    page = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text("utf-8")
    for code, (_, text) in ROW_TEXTS.items():
        assert f"| `{code}` |" in page
        assert f"| {text} |" in page
