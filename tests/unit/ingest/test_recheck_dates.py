"""When a verdict is due again: schedule, fetched evidence, certificates, algorithms."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingest import recheck_dates
from ingest.recheck_dates import NEVER, RecheckRules, find_due_date
from records.verdicts import Cause
from signing.rules import AlgorithmRule, Rules

AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
RULES = RecheckRules(days=90)
FAR = AT + timedelta(days=3000)
DAY = timedelta(days=1)


def build_report(**changes: Any) -> dict[str, Any]:
    """A report of one signature whose certificates end in eight years."""
    signature = {
        "signer": {"valid_to": FAR.isoformat(), "chain": [{"valid_to": FAR.isoformat()}]},
        "integrity": {"algorithms": ["sha256", "sha256_rsa", "rsa-2048"]},
        "time": {"signature_timestamps": []},
    }
    return {"policy": {"online": True}, "evidence": [], "signatures": [signature]} | changes


def with_end(end: datetime, place: str = "signer") -> dict[str, Any]:
    """The same with one certificate that ends at `end`."""
    report = build_report()
    signature = report["signatures"][0]
    if place == "signer":
        signature["signer"]["valid_to"] = end.isoformat()
    elif place == "chain":
        signature["signer"]["chain"][0]["valid_to"] = end.isoformat()
    else:
        stamp = {"imprint_algorithm": "sha256", "valid_to": end.isoformat()}
        signature["time"]["signature_timestamps"] = [stamp]
    return report


def test_the_schedule_is_spread() -> None:
    """A quarter earlier or later by the record's id, always the same for one, not the same for all."""
    found = {find_due_date(build_report(), f"record-{number}", AT, RULES) for number in range(200)}
    days = [(due.at - AT) / DAY for due in found]
    assert {due.cause for due in found} == {Cause.SCHEDULE}
    assert min(days) >= 67.5 and max(days) <= 112.5
    assert len({round(day) for day in days}) > 30
    assert find_due_date(build_report(), "a", AT, RULES) == find_due_date(build_report(), "a", AT, RULES)


def test_fetched_evidence_is_renewed_but_not_each_day() -> None:
    """At its end, a third of the rhythm at the earliest; never where nothing newer can be fetched."""
    for days, expected in ((1, 30), (40, 40)):
        item = {"next_update": (AT + days * DAY).isoformat()}
        due = find_due_date(build_report(evidence=[item]), "a", AT, RULES)
        assert (due.at - AT, due.cause) == (expected * DAY, Cause.EVIDENCE)
    stale = {"next_update": (AT - DAY).isoformat()}
    open_ended = {"next_update": None}
    for report in (
        build_report(evidence=[stale, open_ended]),
        build_report(evidence=[{"next_update": (AT + DAY).isoformat()}], policy={"online": False}),
    ):
        assert find_due_date(report, "a", AT, RULES).cause is Cause.SCHEDULE


@pytest.mark.parametrize("place", ["signer", "chain", "stamp"])
def test_certificates_are_looked_at_before_and_after_their_end(place: str) -> None:
    """In the two weeks before, spread; once that day has passed, a minute after the end."""
    end = AT + 40 * DAY
    found = [find_due_date(with_end(end, place), f"record-{number}", AT, RULES) for number in range(100)]
    assert {due.cause for due in found} == {Cause.EVIDENCE}
    assert min(due.at for due in found) >= end - 14 * DAY
    assert max(due.at for due in found) <= end - DAY
    assert len({due.at.date() for due in found}) > 8
    last = find_due_date(with_end(end, place), "a", end - DAY / 2, RULES)
    assert last.at == end + timedelta(minutes=1)
    assert find_due_date(with_end(end, place), "a", end + DAY, RULES).cause is Cause.SCHEDULE


def test_an_algorithm_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest, or a key of a length, whose last day is set brings a check before and after."""
    last = date(2026, 8, 1)
    rules = Rules("x", (AlgorithmRule("sha256", last, "x"), AlgorithmRule("rsa", last, "x", 3000)), ())
    for name, algorithms in (("sha256", ["sha256"]), ("rsa", ["sha384", "rsa-2048"])):
        monkeypatch.setattr(recheck_dates, "load_rules", lambda: rules)
        report = build_report()
        report["signatures"][0]["integrity"]["algorithms"] = algorithms
        due = find_due_date(report, name, AT, RULES)
        assert due.cause is Cause.EVIDENCE
        assert datetime(2026, 7, 19, tzinfo=UTC) <= due.at <= datetime(2026, 8, 1, tzinfo=UTC)
    report["signatures"][0]["integrity"]["algorithms"] = ["sha384", "rsa-3072", "ed25519"]
    assert find_due_date(report, "a", AT, RULES).cause is Cause.SCHEDULE


def test_without_a_schedule() -> None:
    """Zero days: only what ends brings a re-check, or nothing does."""
    rules = RecheckRules(days=0)
    report = build_report(signatures=[])
    assert find_due_date(report, "a", AT, rules).at == NEVER
    item = {"next_update": (AT + 3 * DAY).isoformat()}
    assert find_due_date(build_report(evidence=[item]), "a", AT, rules).at == AT + 3 * DAY


@pytest.mark.parametrize(
    ("night", "hours"),
    [((19, 6), {19, 23, 0, 5}), ((1, 5), {1, 4}), ((8, 8), {0, 8, 23})],
)
def test_the_hours_of_the_night(night: tuple[int, int], hours: set[int]) -> None:
    """Across midnight or not; equal ends are all day."""
    rules = RecheckRules(night=night)
    asked = {19, 23, 0, 5, 1, 4, 8, 12}
    assert {hour for hour in asked if rules.is_night(hour)} >= hours
    assert rules.is_night(12) is (night == (8, 8))
