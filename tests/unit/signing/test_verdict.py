"""From facts to verdict: each rule, and every text."""

from dataclasses import replace
from pathlib import Path

import pytest

from signing.report import (
    Changes,
    Counts,
    Coverage,
    Indication,
    Integrity,
    IntegrityVerdict,
    SignatureEntry,
    Times,
    TimestampFacts,
)
from signing.verdict import TEXTS, judge_document, judge_signature

GOOD = SignatureEntry(
    field="A",
    type="approval",
    subfilter="ETSI.CAdES.detached",
    integrity=Integrity(True, True),
    coverage=Coverage("whole_file", (0, 1, 2, 3)),
    changes_after=Changes(),
)


def _stamp(digest: bool | None) -> Times:
    return Times(signature_timestamps=(TimestampFacts("", "", "sha256", digest, True),))


CASES = [
    (GOOD, "intact", "PASSED_INTACT"),
    (
        replace(GOOD, coverage=Coverage("revision"), changes_after=Changes("ltv")),
        "extended",
        "PASSED_EXTENDED",
    ),
    (replace(GOOD, integrity=Integrity(False, True)), "altered", "HASH_FAILURE"),
    (replace(GOOD, integrity=Integrity(True, False)), "altered", "SIG_CRYPTO_FAILURE"),
    (replace(GOOD, integrity=Integrity(False, False, error="contents_empty")), "altered", "FORMAT_FAILURE"),
    (
        replace(GOOD, integrity=Integrity(True, True, findings=("digest_forbidden_for_eddsa",))),
        "altered",
        "CRYPTO_CONSTRAINTS_FAILURE",
    ),
    (replace(GOOD, integrity=Integrity(None, None)), "indeterminate", "UNDECIDED"),
    (replace(GOOD, time=_stamp(False)), "altered", "TIMESTAMP_FAILURE"),
    (replace(GOOD, time=_stamp(None)), "indeterminate", "UNDECIDED"),
    (replace(GOOD, coverage=Coverage("unclear", findings=("x",))), "altered", "FORMAT_FAILURE"),
    (replace(GOOD, coverage=Coverage("block")), "indeterminate", "UNDECIDED"),
    (replace(GOOD, changes_after=Changes("forbidden")), "altered", "CHANGED_AFTER_SIGNING"),
    (replace(GOOD, changes_after=Changes("undefined")), "indeterminate", "UNDECIDED"),
    (replace(GOOD, referenced=False, coverage=Coverage("block")), "altered", "SIGNATURE_REMOVED"),
    (replace(GOOD, referenced=False), "indeterminate", "UNDECIDED"),
    (replace(GOOD, integrity=Integrity(True, True, error="x")), "indeterminate", "UNDECIDED"),
    (replace(GOOD, integrity=Integrity(False, False, error="digest_mismatch")), "altered", "HASH_FAILURE"),
]


@pytest.mark.parametrize(("entry", "state", "code"), CASES)
def test_each_fact_has_its_verdict(entry: SignatureEntry, state: str, code: str) -> None:
    """A fact decides the state and the code, whatever the chain says."""
    verdict = judge_signature(entry, None, trust_asked=True)
    assert (verdict.state, verdict.code) == (state, code)
    green = state in ("intact", "extended")
    assert (verdict.indication == Indication.TOTAL_PASSED) == green


def test_worst_signature_decides_the_document() -> None:
    """One altered signature among good ones makes the document altered."""
    bad = replace(GOOD, state="altered", indication=Indication.TOTAL_FAILED, code="HASH_FAILURE")
    good = replace(GOOD, state="intact", indication=Indication.TOTAL_PASSED, code="PASSED_INTACT")
    summary = judge_document([good, bad, good], Counts(3))
    assert summary.integrity == IntegrityVerdict.ALTERED
    assert summary.headline_vi == TEXTS["HASH_FAILURE"][0]


def test_usage_rights_alone_are_unsigned() -> None:
    """A usage-rights signature is no signature of the document."""
    assert judge_document([replace(GOOD, type="usage-rights")], Counts()).integrity == "unsigned"


def test_headlines_have_at_most_twelve_words() -> None:
    """A clerk reads the headline at a glance."""
    assert {code: text for code, (text, _) in TEXTS.items() if len(text.split()) > 12} == {}


def test_every_text_stands_in_the_document() -> None:
    """docs/verdicts.md lists each code with exactly its two sentences."""
    page = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text("utf-8")
    missing = [code for code, (head, step) in TEXTS.items() if f"| `{code}` | {head} | {step} |" not in page]
    assert missing == []
