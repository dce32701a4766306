"""A signature report in the record's words."""

import os
import shutil
from pathlib import Path

import pytest
from demo_pki import DemoPki

from ingest.signatures import NOT_SIGNED, Standing, TrustSource, find_bundle, judge_value
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
from tests.pki.fixtures import pki

__all__ = ["pki"]


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


def test_a_file_replaced_by_an_older_one_is_read_again(pki: DemoPki, tmp_path: Path) -> None:
    """Copied with its dates, as from a backup: the bundle of a running process follows the folder."""
    folder = tmp_path / "trust"
    shutil.copytree(pki.trust_folder, folder)
    source = TrustSource(folder, allow_demo=True)
    os.utime(folder)  # the newest date of all
    about = folder / "bundle.toml"
    text = about.read_text("utf-8")
    before = find_bundle(source)
    with about.open("r+", encoding="utf-8") as file:  # in place: the folder itself does not change
        file.write(text.replace('version = "', 'version = "0'))
    os.utime(about, (1_000_000_000, 1_000_000_000))
    after = find_bundle(source)
    assert before is not None
    assert after is not None
    assert after.version == f"0{before.version}"
