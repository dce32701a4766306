"""Who signed, under what trust and when (người ký, chuỗi chứng thư và thời điểm): step 7 of verification."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import crl

from signing.cms import CmsFacts
from signing.evidence import Fetched, fetch_evidence
from signing.fetch import Fetcher
from signing.report import SignatureEntry, SignatureType, Times, TimestampFacts, format_time
from signing.revocation import RevocationData, Statement, read_statement
from signing.rules import BROKEN_DIGESTS, split_by_day
from signing.trust import TrustBundle
from signing.trust_chain import Moments, judge_signer, read_signer
from signing.verdict import judge_signature

_MAXIMUM_EMBEDDED = 50


@dataclass(frozen=True, slots=True)
class Trust:
    """What the caller trusts and when he asks (điều kiện tin cậy).

    `stored_at` gives the security store as it was in a revision, which a document time-stamp proves.
    """

    bundle: TrustBundle | None
    others: tuple[TrustBundle, ...]
    moment: datetime
    data: RevocationData
    fetcher: Fetcher | None = None
    stored_at: Callable[[int], RevocationData] | None = None


@dataclass(slots=True)
class _Proofs:
    """What the trusted document time-stamps prove (bằng chứng tồn tại), gathered from the last backwards."""

    stamps: list[tuple[int, datetime]] = field(default_factory=list[tuple[int, datetime]])
    statements: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def find(self, end: int) -> datetime | None:
        """The earliest time at which the bytes before `end` provably existed."""
        return min((moment for covered, moment in self.stamps if end < covered), default=None)


def judge_entries(found: Sequence[tuple[SignatureEntry, CmsFacts]], trust: Trust) -> list[SignatureEntry]:
    """Step 7 for all signatures, the last first: a document time-stamp proves what it covers.

    EN 319 102-1 clause 5.6: each time-stamp is judged as of the proof of its own existence, so a chain of
    renewals reaches back to signatures whose certificates have long ended.
    """
    proofs = _Proofs()
    judged: dict[int, SignatureEntry] = {}
    for position in sorted(range(len(found)), key=lambda item: -_end(found[item][0])):
        entry, facts = found[position]
        entry = judge_entry(entry, facts, trust, proofs)
        judged[position] = entry
        if entry.type == SignatureType.DOC_TIMESTAMP and entry.time.best_time:
            _add_proof(proofs, entry, datetime.fromisoformat(entry.time.best_time), trust)
    return [judged[position] for position in range(len(found))]


def _end(entry: SignatureEntry) -> int:
    """Where the signed bytes end."""
    return sum(entry.coverage.byte_range[-2:])


def _add_proof(proofs: _Proofs, entry: SignatureEntry, moment: datetime, trust: Trust) -> None:
    proofs.stamps.append((_end(entry), moment))
    if trust.stored_at is None or entry.coverage.revision is None:
        return
    with suppress(Exception):  # an unreadable revision proves no evidence
        for statement in trust.stored_at(entry.coverage.revision).statements:
            known = proofs.statements.get(statement.sha256, moment)
            proofs.statements[statement.sha256] = min(known, moment)


def judge_entry(
    entry: SignatureEntry, facts: CmsFacts, trust: Trust, proofs: _Proofs | None = None
) -> SignatureEntry:
    """Step 7 (chain, revocation, time) and the verdict of one signature."""
    entry = replace(entry, time=_times(facts), signed_sha256=facts.signed_sha256)
    chain_code: str | None = "NO_SIGNING_CERTIFICATE_FOUND"
    if facts.certificate is not None:
        with suppress(Exception):  # odd names leave the signer unnamed, never the verdict unsaid
            entry = replace(entry, signer=read_signer(facts.certificate))
        if trust.bundle is not None:
            entry, chain_code = _judge_trust(entry, facts, trust, trust.bundle, proofs or _Proofs())
    entry = _judge_algorithms(entry)
    if chain_code is None and BROKEN_DIGESTS & set(entry.integrity.weak):
        # A second document with this digest can be made; SHA-1, which old papers bear, stays a warning.
        chain_code = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    verdict = judge_signature(entry, chain_code, trust_asked=trust.bundle is not None)
    return replace(
        entry,
        state=verdict.state,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        code=verdict.code,
        reasons=verdict.reasons,
    )


def _judge_trust(
    entry: SignatureEntry, facts: CmsFacts, trust: Trust, bundle: TrustBundle, proofs: _Proofs
) -> tuple[SignatureEntry, str | None]:
    """Chain at the best proven time: a trusted time-stamp, else the check's; never the claimed one."""
    data = replace(_with_embedded(trust.data, facts.revocation), proven=proofs.statements)
    # A range that leaves part of its own value outside may have been written after the time-stamp.
    proven = proofs.find(_end(entry)) if _is_whole(entry) else None
    known = min(trust.moment, proven) if proven else trust.moment
    stamps, best = _judge_timestamps(entry.time.signature_timestamps, facts, trust, bundle, data, known)
    tsa_trust = stamps[0].trust if stamps else "not_checked"
    times = replace(entry.time, signature_timestamps=stamps, tsa_trust=tsa_trust)
    entry = replace(entry, time=replace(times, best_time=format_time(best) if best < trust.moment else None))
    assert facts.certificate is not None
    others = (*facts.other_certificates, *data.certificates)
    fetched = fetch_evidence(facts.certificate, others, bundle, trust.fetcher)
    token = facts.token_time if facts.is_token and isinstance(facts.token_time, datetime) else None
    try:
        verdict = judge_signer(
            facts.certificate, (*facts.other_certificates, *fetched.issuers), bundle,
            Moments(best, trust.moment, token), _with_fetched(data, fetched),
            is_tsa=facts.is_token, other_bundles=trust.others,
        )  # fmt: skip
    except Exception as exc:  # a certificate the path builder cannot read
        return replace(
            entry, reasons=(f"chain_check_failed:{type(exc).__name__}",)
        ), "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    entry = replace(entry, signer=verdict.signer, revocation=verdict.revocation)
    is_proof = _is_sound(entry) and facts.imprint_algorithm not in BROKEN_DIGESTS
    if token is not None and verdict.sub_indication is None and is_proof:
        best_time = format_time(min(best, token))
        entry = replace(entry, time=replace(entry.time, best_time=best_time))
    return entry, verdict.sub_indication


def _is_sound(entry: SignatureEntry) -> bool:
    """Whether a document time-stamp proves the bytes before it: unbroken, over a whole revision."""
    return (
        entry.integrity.digest is True
        and entry.integrity.value is True
        and not entry.integrity.findings
        and _is_whole(entry)
    )


def _is_whole(entry: SignatureEntry) -> bool:
    return entry.coverage.kind in ("whole_file", "revision") and not entry.coverage.findings


def _judge_algorithms(entry: SignatureEntry) -> SignatureEntry:
    """Weak algorithms by the rule of the day a trusted time-stamp proves, else by today's."""
    proven = datetime.fromisoformat(entry.time.best_time) if entry.time.best_time else None
    weak, allowed = split_by_day(entry.integrity.weak, proven)
    return replace(entry, integrity=replace(entry.integrity, weak=weak, allowed_then=allowed))


def _judge_timestamps(
    stamps: Sequence[TimestampFacts],
    facts: CmsFacts,
    trust: Trust,
    bundle: TrustBundle,
    data: RevocationData,
    known: datetime,
) -> tuple[tuple[TimestampFacts, ...], datetime]:
    """Time-stamps with the trust of their authority as of `known`, and the earliest proven time."""
    judged: list[TimestampFacts] = []
    best = known
    for stamp, (certificate, others) in zip(stamps, facts.timestamp_certificates, strict=False):
        stamp_trust = "unfit"
        with suppress(Exception):  # an unreadable authority is not a trusted one
            fetched = fetch_evidence(certificate, (*others, *data.certificates), bundle, trust.fetcher)
            moments = Moments(known, trust.moment, datetime.fromisoformat(stamp.time))
            told = _with_fetched(data, fetched)
            verdict = judge_signer(
                certificate, (*others, *fetched.issuers), bundle, moments, told, is_tsa=True
            )
            stamp_trust = verdict.signer.trust
            stamp = replace(stamp, valid_to=verdict.signer.valid_to)
        judged.append(replace(stamp, trust=stamp_trust))
        is_proof = stamp_trust == "trusted" and stamp.imprint_algorithm not in BROKEN_DIGESTS
        if is_proof and stamp.digest and stamp.value and stamp.time:
            best = min(best, datetime.fromisoformat(stamp.time))
    return (*judged, *stamps[len(judged) :]), best


def _times(facts: CmsFacts) -> Times:
    """Claimed and stamped times; the claim is shown with its skew (+7 h is common), never used."""
    claimed = facts.claimed_time if isinstance(facts.claimed_time, datetime) else None
    stamped = facts.token_time if isinstance(facts.token_time, datetime) else None
    if stamped is None and facts.timestamps and facts.timestamps[0].time:
        stamped = datetime.fromisoformat(facts.timestamps[0].time)
    skew = None
    if claimed is not None and stamped is not None:
        skew = round((claimed.astimezone(UTC) - stamped.astimezone(UTC)).total_seconds())
    return Times(format_time(claimed), facts.timestamps, skew_s=skew, stamped=format_time(stamped))


def _with_embedded(data: RevocationData, extra: Sequence[Any]) -> RevocationData:
    """The document's revocation data with what the signature itself carries."""
    more: list[Statement] = []
    for item in extra[:_MAXIMUM_EMBEDDED]:
        with suppress(Exception):  # an unreadable statement says nothing
            is_list = isinstance(item, crl.CertificateList)
            more.append(read_statement(item.dump(), is_list=is_list, origin="document"))
    return replace(data, statements=(*data.statements, *more))


def _with_fetched(data: RevocationData, fetched: Fetched) -> RevocationData:
    """The document's revocation data behind what was fetched: the first that answers is named."""
    return replace(data, statements=(*fetched.data.statements, *data.statements))
