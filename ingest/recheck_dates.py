"""When a verdict is due again (hạn kiểm tra lại), from the dates its report names.

The rule, also told in docs/verdicts.md: the earliest of

1. the schedule: every `days`, give or take a quarter: what came in on one day does not fall due on one;
2. the end of fetched revocation data (its nextUpdate), where newer may be fetched, at a third of `days` at
   the earliest: lists that hold for a day do not mean a check a day;
3. two weeks before any certificate of a chain ends, spread over those weeks: its issuer still says whether
   it was revoked; and once more when it has ended;
4. two weeks before and at the end of an algorithm that the signature uses, by the dated rules.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from records.verdicts import Cause
from signing.rules import AlgorithmRule, load_rules

_LEAD = timedelta(days=14)
_LAST_DAY = timedelta(days=1)
_AFTER = timedelta(minutes=1)
_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class RecheckRules:
    """When re-checks are made (nhịp kiểm tra lại): every `days`, 0 for never by schedule; at night.

    `night`: hours of Vietnam between which scheduled ones begin; `at_once`: how many jobs wait or run.
    """

    days: int = 90
    night: tuple[int, int] = (19, 6)
    at_once: int = 32

    def is_night(self, hour: int) -> bool:
        """Whether scheduled re-checks may begin in that hour; equal ends mean at any hour."""
        begin, end = self.night
        if begin < end:
            return begin <= hour < end
        return hour >= begin or hour < end


@dataclass(frozen=True, slots=True)
class DueDate:
    """A day and why (hạn và lý do)."""

    at: datetime
    cause: Cause


NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def find_due_date(report: Mapping[str, Any], key: str, at: datetime, rules: RecheckRules) -> DueDate:
    """When a verdict made at `at` is due again; `key`, the record's id, spreads those of one day."""
    share = _share(key)
    found = [DueDate(when, Cause.EVIDENCE) for when in _iter_evidence_dates(report, share, at, rules)]
    if rules.days:
        days = rules.days * (1 - _SPREAD + 2 * _SPREAD * share)
        found.append(DueDate(at + timedelta(days=days), Cause.SCHEDULE))
    # On a tie the schedule's own word comes last.
    return min(found, key=lambda due: due.at, default=DueDate(NEVER, Cause.SCHEDULE))


def _iter_evidence_dates(
    report: Mapping[str, Any], share: float, at: datetime, rules: RecheckRules
) -> Iterator[datetime]:
    earliest = at + timedelta(days=max(1.0, rules.days / 3))
    if report["policy"].get("online"):
        updates = (item.get("next_update") for item in report.get("evidence", ()))
        yield from (max(end, earliest) for end in map(_parse, updates) if end is not None and end > at)
    for end in (*_iter_certificate_ends(report), *_iter_algorithm_ends(report)):
        before = end - _LEAD + share * (_LEAD - _LAST_DAY)
        if before > at:
            yield before
        elif end + _AFTER > at:
            yield end + _AFTER


def _iter_certificate_ends(report: Mapping[str, Any]) -> Iterator[datetime]:
    """Ends of the signers' certificates, of those above them and of the time-stamps' certificates."""
    for signature in report["signatures"]:
        signer = signature["signer"]
        stamps = signature["time"]["signature_timestamps"]
        texts = [signer["valid_to"], *(item["valid_to"] for item in signer["chain"])]
        texts += [stamp.get("valid_to") for stamp in stamps]
        yield from (end for end in map(_parse, texts) if end is not None)


def _iter_algorithm_ends(report: Mapping[str, Any]) -> Iterator[datetime]:
    """The first moment at which an algorithm in use is no longer good for new signatures."""
    used = {name for signature in report["signatures"] for name in _list_algorithms(signature)}
    for rule in load_rules().algorithms:
        if any(_is_under(rule, name) for name in used):
            yield datetime.combine(rule.until + timedelta(days=1), time(), UTC)


def _list_algorithms(signature: Mapping[str, Any]) -> list[str]:
    stamps = signature["time"]["signature_timestamps"]
    return [*signature["integrity"]["algorithms"], *(stamp["imprint_algorithm"] for stamp in stamps)]


def _is_under(rule: AlgorithmRule, name: str) -> bool:
    """Whether the rule speaks of `sha1` or, by its length, of `rsa-1024`."""
    kind, _dash, bits = name.partition("-")
    return kind == rule.name and (rule.bits is None or (bits.isdecimal() and int(bits) < rule.bits))


def _parse(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _share(key: str) -> float:
    """A number from 0 to 1 that is always the same for the key."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
