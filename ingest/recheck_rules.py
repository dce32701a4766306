"""What a second judgement does to the first (so sánh hai lần kết luận): pure, from both reports.

A re-check may find less than the first check did: a server was away, a certificate has ended since. That is
no finding: the earlier verdict stays, with its evidence, and the reason is told. Whatever is a finding of its
own (a change, a revocation, another chain) counts, for better or worse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from records.states import SignatureValue
from records.verdicts import Outcome
from signing.areas import UNFINISHED
from signing.report import Indication

Report = Mapping[str, Any]
V = SignatureValue
NOT_DONE, OUTAGE, NO_BUNDLE = "not_done", "outage", "no_bundle"
REVOCATION_NOT_KNOWN, HELD_WHEN_CHECKED = "revocation_not_known", "held_when_checked"
_REVOKED = frozenset({"revoked", "on_hold"})
_SIGNER_REVOKED = frozenset({"revoked", "suspended"})
# A server that is away, slow or full; an address that may not be asked is no outage.
_OUTAGES = frozenset({"unresolved", "not_reached", "no_answer", "cut_short", "timed_out", "limit"})
_OUT_OF_BOUNDS = "OUT_OF_BOUNDS_NO_POE"
# What a chain looks like whose issuer or revocation data could not be had.
_CHAIN_NOT_TOLD = frozenset(
    {
        "NO_CERTIFICATE_CHAIN_FOUND",
        "NO_CERTIFICATE_CHAIN_FOUND_NO_POE",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "REVOCATION_OUT_OF_BOUNDS_NO_POE",
        "TRY_LATER",
    }
)
_REASON = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of the record's verdict (cách xử lý); `retry`: the check is to be made again soon."""

    outcome: Outcome
    reason: str = ""
    retry: bool = False


def judge_again(before: Report | None, after: Report, was: SignatureValue, now: SignatureValue) -> Judgement:
    """What the report `after` does to a record judged `before`; `was` and `now` are their values.

    `before` None: the earlier report is gone or damaged, so that any finding counts.
    """
    if before is None:
        if is_undone(after):
            return Judgement(Outcome.KEPT, NOT_DONE, retry=True)
        return Judgement(Outcome.SAME if was is now else Outcome.CHANGED)
    if was is now and _told(before) == _told(after):
        return Judgement(Outcome.SAME)
    return _find_reason_to_keep(before, after, was, now) or Judgement(Outcome.CHANGED)


def _find_reason_to_keep(
    before: Report, after: Report, was: SignatureValue, now: SignatureValue
) -> Judgement | None:
    """Why the later report does not count, None when it does."""
    if is_undone(after):
        return Judgement(Outcome.KEPT, NOT_DONE, retry=True)
    if now is V.INVALID:
        return None
    if after["policy"]["trust_store"] is None and before["policy"]["trust_store"] is not None:
        return Judgement(Outcome.KEPT, NO_BUNDLE)
    if _is_revocation_forgotten(before, after):
        return Judgement(Outcome.KEPT, REVOCATION_NOT_KNOWN, retry=True)
    if now is V.UNDETERMINED and is_outage(after) and _all_failing(after, _is_chain_untold):
        return Judgement(Outcome.KEPT, OUTAGE, retry=True)
    # The earlier report, kept write-once with its evidence and a row of the audit log, proves that the
    # signatures existed while they held (EN 319 102-1 clause 5.6.2.3: proof of existence from outside).
    is_over = _is_over if _basis(before) != _basis(after) else _is_any_over(after)
    if was is V.VALID and now is V.UNDETERMINED and _all_failing(after, is_over):
        return Judgement(Outcome.KEPT, HELD_WHEN_CHECKED)
    return None


def is_undone(report: Report) -> bool:
    """Whether the check did not come to an end: too long, too much memory, a failure of our own."""
    unfinished = any(item["changes_after"].get("reason") == UNFINISHED for item in report["signatures"])
    return unfinished or (bool(report.get("errors")) and report["summary"]["integrity"] == "indeterminate")


def is_outage(report: Report) -> bool:
    """Whether revocation data or an issuer was asked for and could not be had just then."""
    told = [text.split(":", 2) for text in report.get("warnings", ()) if text.startswith("not_fetched:")]
    reasons = [parts[2] for parts in told if len(parts) > _REASON]
    return any(reason in _OUTAGES or reason.startswith("status_") for reason in reasons)


def _told(report: Report) -> tuple[object, ...]:
    """What two reports of the same verdict have in common; texts may be worded anew."""
    summary = report["summary"]
    return summary["integrity"], summary["indication"], summary["sub_indication"]


def _is_revocation_forgotten(before: Report, after: Report) -> bool:
    """Whether a certificate once known as revoked passes now without anybody saying that it is good."""
    later = {item["signed_sha256"]: item for item in after["signatures"]}
    for item in before["signatures"]:
        found = later.get(item["signed_sha256"])
        if found is None or not _is_revoked(item) or _is_revoked(found):
            continue
        if found["revocation"]["status"] != "good":
            return True
    return False


def _all_failing(report: Report, explains: Callable[[Report], bool]) -> bool:
    """Whether there are signatures that do not pass, and this explains each of them."""
    failing = [item for item in report["signatures"] if item["indication"] != Indication.TOTAL_PASSED]
    return bool(failing) and all(explains(item) and not _is_revoked(item) for item in failing)


def _is_chain_untold(signature: Report) -> bool:
    """Whether the chain could not be built or judged, and not because it is another one."""
    return signature["sub_indication"] in _CHAIN_NOT_TOLD and signature["signer"]["trust"] != "wrong_chain"


def _is_over(signature: Report) -> bool:
    """Whether its certificate has ended and nothing else is wrong."""
    return signature["sub_indication"] == _OUT_OF_BOUNDS and signature["signer"]["trust"] == "expired"


def _is_any_over(report: Report) -> Callable[[Report], bool]:
    """The same under unchanged rules and roots, where also a CA's end explains a chain that fails."""
    moment = report["policy"]["time_of_check"]

    def explains(signature: Report) -> bool:
        has_ended = any(item["valid_to"] < moment for item in signature["signer"]["chain"])
        return _is_over(signature) or (has_ended and _is_chain_untold(signature))

    return explains


def _basis(report: Report) -> tuple[object, ...]:
    policy = report["policy"]
    return tuple(policy.get(name) for name in ("id", "version", "rules", "trust_store", "trust_sha256"))


def _is_revoked(signature: Report) -> bool:
    return signature["revocation"]["status"] in _REVOKED or signature["signer"]["trust"] in _SIGNER_REVOKED
