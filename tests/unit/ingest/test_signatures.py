"""A signature report in the record's words."""

import pytest

from ingest.signatures import NOT_SIGNED, Standing, judge_value
from records.states import SignatureValue
from signing.report import (
    Counts,
    DocumentFacts,
    Indication,
    IntegrityVerdict,
    Policy,
    SignatureReport,
    Summary,
)


def make_report(integrity: str, indication: str) -> SignatureReport:
    """A report with that verdict."""
    summary = Summary(integrity, indication, None, "", "", Counts())
    return SignatureReport(DocumentFacts("0" * 64, 1), summary, (), Policy("p", "1", None, "", False))


@pytest.mark.parametrize(
    ("integrity", "indication", "value"),
    [
        (IntegrityVerdict.INTACT, Indication.TOTAL_PASSED, SignatureValue.VALID),
        (IntegrityVerdict.EXTENDED, Indication.TOTAL_PASSED, SignatureValue.VALID),
        (IntegrityVerdict.ALTERED, Indication.INDETERMINATE, SignatureValue.INVALID),
        (IntegrityVerdict.INTACT, Indication.TOTAL_FAILED, SignatureValue.INVALID),
        (IntegrityVerdict.UNSIGNED, Indication.NO_SIGNATURE, SignatureValue.MISSING),
        (IntegrityVerdict.INTACT, Indication.INDETERMINATE, SignatureValue.UNDETERMINED),
        (IntegrityVerdict.UNREADABLE, Indication.INDETERMINATE, SignatureValue.UNDETERMINED),
    ],
)
def test_only_a_passed_signature_is_valid(integrity, indication, value):
    """Altered or failed is invalid; what cannot be told is undetermined, never valid."""
    assert judge_value(make_report(integrity, indication)) is value


def test_a_standing_survives_the_job_queue():
    """What a step remembers comes back the same."""
    assert Standing.from_json(NOT_SIGNED.to_json()) == NOT_SIGNED
