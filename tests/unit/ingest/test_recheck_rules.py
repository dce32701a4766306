"""What a later report does to an earlier verdict: an outage takes nothing away, a finding counts."""

from typing import Any

import pytest

from ingest.recheck_rules import (
    HELD_WHEN_CHECKED,
    NO_BUNDLE,
    NOT_DONE,
    OUTAGE,
    REVOCATION_NOT_KNOWN,
    Judgement,
    judge_again,
)
from records.states import SignatureValue as V
from records.verdicts import Outcome
from signing.areas import UNFINISHED

PASSED, OPEN, FAILED = "TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"
CHANGED, SAME = Judgement(Outcome.CHANGED), Judgement(Outcome.SAME)


def build(
    indication: str = PASSED,
    sub: str | None = None,
    *,
    trust: str = "trusted",
    status: str = "good",
    integrity: str = "intact",
    ends: str = "2030-01-01T00:00:00+00:00",
    **changes: Any,
) -> dict[str, Any]:
    """A report of one signature."""
    signature = {
        "signed_sha256": "a",
        "indication": indication,
        "sub_indication": sub,
        "signer": {"trust": trust, "chain": [{"valid_to": ends}]},
        "revocation": {"status": status},
        "changes_after": {"reason": None},
    }
    policy = {
        "id": "p", "version": "2", "rules": "x", "trust_store": "vgca 1", "trust_sha256": "s",
        "time_of_check": "2026-06-15T12:00:00+00:00",
    }  # fmt: skip
    summary = {"integrity": integrity, "indication": indication, "sub_indication": sub, "headline_vi": "x"}
    report = {"summary": summary, "signatures": [signature], "policy": policy, "warnings": [], "errors": []}
    return report | changes


def with_policy(report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The report under another policy."""
    return report | {"policy": report["policy"] | changes}


UNKNOWN = build(OPEN, "NO_CERTIFICATE_CHAIN_FOUND", trust="unknown_chain", status="unknown")
ENDED = build(OPEN, "OUT_OF_BOUNDS_NO_POE", trust="expired", status="unknown")
REVOKED = build(OPEN, "REVOKED_NO_POE", trust="revoked", status="revoked")
UNDONE = build(OPEN, "GENERIC", integrity="indeterminate", errors=["timed_out"], signatures=[])
AWAY = ["revocation_unknown", "not_fetched:ocsp:no_answer"]


def test_the_same_verdict_stays_the_same() -> None:
    """Same value, integrity and indication, whatever the words; also when both could not be told."""
    again = build() | {"summary": build()["summary"] | {"headline_vi": "y"}}
    assert judge_again(build(), again, V.VALID, V.VALID) == SAME
    assert judge_again(UNDONE, UNDONE, V.UNDETERMINED, V.UNDETERMINED) == SAME


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        (build(), REVOKED, V.VALID, V.UNDETERMINED),
        (UNKNOWN, build(), V.UNDETERMINED, V.VALID),
        (build(), build(FAILED, "HASH_FAILURE", integrity="altered"), V.VALID, V.INVALID),
        (build(), build(OPEN, "NO_CERTIFICATE_CHAIN_FOUND", trust="wrong_chain"), V.VALID, V.UNDETERMINED),
        (build(), build(OPEN, "CHAIN_CONSTRAINTS_FAILURE", trust="unfit"), V.VALID, V.UNDETERMINED),
        (UNKNOWN, REVOKED, V.UNDETERMINED, V.UNDETERMINED),
        (build(), build(integrity="extended"), V.VALID, V.VALID),
    ],
)
def test_a_finding_counts(before: Any, after: Any, was: V, now: V) -> None:
    """For better or worse: revocation, another chain, a change, roots that appeared."""
    assert judge_again(before, after, was, now) == CHANGED


def test_a_check_that_came_to_no_end() -> None:
    """Too long, out of memory, an error of our own, pages not compared: kept and tried again."""
    kept = Judgement(Outcome.KEPT, NOT_DONE, retry=True)
    assert judge_again(build(), UNDONE, V.VALID, V.UNDETERMINED) == kept
    unfinished = build(OPEN, "GENERIC", integrity="indeterminate")
    unfinished["signatures"][0]["changes_after"]["reason"] = UNFINISHED
    assert judge_again(build(), unfinished, V.VALID, V.UNDETERMINED) == kept
    assert judge_again(None, UNDONE, V.VALID, V.UNDETERMINED) == kept


def test_an_outage_takes_nothing_away() -> None:
    """A chain that could not be built while its issuer's server was away; not one that may never be asked."""
    away = UNKNOWN | {"warnings": AWAY}
    assert judge_again(build(), away, V.VALID, V.UNDETERMINED) == Judgement(Outcome.KEPT, OUTAGE, retry=True)
    refused = UNKNOWN | {"warnings": ["not_fetched:certificate:private_address"]}
    assert judge_again(build(), refused, V.VALID, V.UNDETERMINED) == CHANGED


def test_an_outage_hides_no_finding() -> None:
    """Revoked by one server while another is away counts; so does what came from elsewhere."""
    for finding in (REVOKED, build(OPEN, "REVOKED_CA_NO_POE", trust="revoked", status="good")):
        assert judge_again(build(), finding | {"warnings": AWAY}, V.VALID, V.UNDETERMINED) == CHANGED
    altered = build(FAILED, "FORMAT_FAILURE", integrity="altered", warnings=AWAY)
    assert judge_again(build(), altered, V.VALID, V.INVALID) == CHANGED


def test_without_roots_nothing_is_compared() -> None:
    """A trust folder taken away is no finding; a broken signature still is."""
    bare = with_policy(UNKNOWN, trust_store=None)
    assert judge_again(build(), bare, V.VALID, V.UNDETERMINED) == Judgement(Outcome.KEPT, NO_BUNDLE)
    broken = with_policy(build(FAILED, "HASH_FAILURE", integrity="altered"), trust_store=None)
    assert judge_again(build(), broken, V.VALID, V.INVALID) == CHANGED
    never = with_policy(build(), trust_store=None)
    assert judge_again(never, with_policy(ENDED, trust_store=None), V.UNDETERMINED, V.UNDETERMINED) == CHANGED


def test_a_revocation_is_not_forgotten() -> None:
    """Once revoked passes again only when somebody says that it is good."""
    silent = build(status="unknown")
    kept = Judgement(Outcome.KEPT, REVOCATION_NOT_KNOWN, retry=True)
    assert judge_again(REVOKED, silent, V.UNDETERMINED, V.VALID) == kept
    assert judge_again(REVOKED, build(), V.UNDETERMINED, V.VALID) == CHANGED
    assert judge_again(REVOKED, build(signatures=[]), V.UNDETERMINED, V.VALID) == CHANGED


def test_what_held_when_it_was_checked_holds_on() -> None:
    """The end of a certificate is no finding; it never saves one that was revoked or never passed."""
    kept = Judgement(Outcome.KEPT, HELD_WHEN_CHECKED)
    assert judge_again(build(), ENDED, V.VALID, V.UNDETERMINED) == kept
    assert judge_again(build(), with_policy(ENDED, version="3"), V.VALID, V.UNDETERMINED) == kept
    revoked = build(OPEN, "OUT_OF_BOUNDS_NO_POE", trust="expired", status="revoked")
    assert judge_again(build(), revoked, V.VALID, V.UNDETERMINED) == CHANGED
    early = build(OPEN, "OUT_OF_BOUNDS_NO_POE", trust="not_yet_valid")
    assert judge_again(build(), early, V.VALID, V.UNDETERMINED) == CHANGED
    assert judge_again(UNKNOWN, ENDED, V.UNDETERMINED, V.UNDETERMINED) == CHANGED


def test_a_ca_that_ended_explains_a_failing_chain_only_under_the_same_roots() -> None:
    """With other roots or rules the failing chain may be theirs."""
    past = "2026-01-01T00:00:00+00:00"
    over = build(OPEN, "CERTIFICATE_CHAIN_GENERAL_FAILURE", trust="unfit", ends=past)
    assert judge_again(build(), over, V.VALID, V.UNDETERMINED).reason == HELD_WHEN_CHECKED
    assert judge_again(build(), with_policy(over, trust_sha256="t"), V.VALID, V.UNDETERMINED) == CHANGED
    alive = build(OPEN, "CERTIFICATE_CHAIN_GENERAL_FAILURE", trust="unfit")
    assert judge_again(build(), alive, V.VALID, V.UNDETERMINED) == CHANGED


def test_without_the_earlier_report_any_finding_counts() -> None:
    """A report that is gone proves nothing; the same value needs no proof."""
    assert judge_again(None, ENDED, V.VALID, V.UNDETERMINED) == CHANGED
    assert judge_again(None, build(), V.VALID, V.VALID) == SAME
