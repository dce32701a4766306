"""Who signed, under what trust and when (người ký, chuỗi chứng thư và thời điểm): step 7 of verification."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.cms import CmsFacts
from signing.evidence import Fetched, fetch_evidence
from signing.fetch import Fetcher
from signing.objects import find_value
from signing.report import Revocation, SignatureEntry, Times, TimestampFacts, format_time
from signing.rules import split_by_day
from signing.trust import RevocationData, TrustBundle, judge_signer, read_signer
from signing.verdict import judge_signature


@dataclass(frozen=True, slots=True)
class Trust:
    """What the caller trusts and when he asks (điều kiện tin cậy)."""

    bundle: TrustBundle | None
    others: tuple[TrustBundle, ...]
    moment: datetime
    data: RevocationData
    fetcher: Fetcher | None = None


def judge_entry(entry: SignatureEntry, facts: CmsFacts, trust: Trust) -> SignatureEntry:
    """Step 7 (chain, revocation, time) and the verdict of one signature."""
    entry = replace(entry, time=_times(facts), signed_sha256=facts.signed_sha256)
    chain_code: str | None = "NO_SIGNING_CERTIFICATE_FOUND"
    if facts.certificate is not None:
        with suppress(Exception):  # odd names leave the signer unnamed, never the verdict unsaid
            entry = replace(entry, signer=read_signer(facts.certificate))
        if trust.bundle is not None:
            entry, chain_code = _judge_trust(entry, facts, trust, trust.bundle)
    entry = _judge_algorithms(entry)
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
    entry: SignatureEntry, facts: CmsFacts, trust: Trust, bundle: TrustBundle
) -> tuple[SignatureEntry, str | None]:
    """Chain at the best proven time: a trusted time-stamp, else the check's; never the claimed one."""
    data = _with_embedded(trust.data, facts.revocation)
    stamps, best = _judge_timestamps(entry.time.signature_timestamps, facts, trust, bundle, data)
    tsa_trust = stamps[0].trust if stamps else "not_checked"
    best_text = format_time(best) if best != trust.moment else entry.time.best_time
    entry = replace(
        entry, time=replace(entry.time, signature_timestamps=stamps, tsa_trust=tsa_trust, best_time=best_text)
    )
    assert facts.certificate is not None
    fetched = fetch_evidence(facts.certificate, facts.other_certificates, bundle, trust.fetcher)
    try:
        verdict = judge_signer(
            facts.certificate, (*facts.other_certificates, *fetched.issuers), bundle, best,
            _with_fetched(data, fetched), is_tsa=facts.is_token, other_bundles=trust.others,
        )  # fmt: skip
    except Exception as exc:  # a certificate the path builder cannot read
        return replace(
            entry, reasons=(f"chain_check_failed:{type(exc).__name__}",)
        ), "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    revocation = _name_source(verdict.revocation, fetched)
    return replace(entry, signer=verdict.signer, revocation=revocation), verdict.sub_indication


def _judge_algorithms(entry: SignatureEntry) -> SignatureEntry:
    """Weak algorithms by the rule of the day a trusted time-stamp proves, else by today's."""
    trusted = [
        stamp.time for stamp in entry.time.signature_timestamps if stamp.trust == "trusted" and stamp.time
    ]
    proven = datetime.fromisoformat(min(trusted)) if trusted else None
    weak, allowed = split_by_day(entry.integrity.weak, proven)
    return replace(entry, integrity=replace(entry.integrity, weak=weak, allowed_then=allowed))


def _judge_timestamps(
    stamps: Sequence[TimestampFacts], facts: CmsFacts, trust: Trust, bundle: TrustBundle, data: RevocationData
) -> tuple[tuple[TimestampFacts, ...], datetime]:
    """Time-stamps with the trust of their authority, and the earliest trusted time."""
    judged: list[TimestampFacts] = []
    best = trust.moment
    for stamp, (certificate, others) in zip(stamps, facts.timestamp_certificates, strict=False):
        stamp_trust = "unfit"
        with suppress(Exception):  # an unreadable authority is not a trusted one
            fetched = fetch_evidence(certificate, others, bundle, trust.fetcher)
            above = (*others, *fetched.issuers)
            known = _with_fetched(data, fetched)
            verdict = judge_signer(certificate, above, bundle, trust.moment, known, is_tsa=True)
            stamp_trust = verdict.signer.trust
        judged.append(replace(stamp, trust=stamp_trust))
        if stamp_trust == "trusted" and stamp.digest and stamp.value and stamp.time:
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
    return Times(format_time(claimed), facts.timestamps, format_time(stamped), "not_checked", skew)


def _with_embedded(data: RevocationData, extra: Sequence[Any]) -> RevocationData:
    """The document's revocation data with what the signature itself carries."""
    lists = tuple(item for item in extra if isinstance(item, crl.CertificateList))
    answers = tuple(item for item in extra if isinstance(item, ocsp.OCSPResponse))
    return RevocationData(data.crls + lists, data.ocsps + answers)


def _with_fetched(data: RevocationData, fetched: Fetched) -> RevocationData:
    """The document's revocation data behind what was fetched: the first that answers is believed."""
    return RevocationData(fetched.data.crls + data.crls, fetched.data.ocsps + data.ocsps)


def _name_source(found: Revocation, fetched: Fetched) -> Revocation:
    """`ocsp:fetched` or `crl:fetched` with its date, where what was fetched speaks of the signer."""
    if fetched.source is None or found.status not in ("good", "revoked"):
        return found
    return replace(found, source=f"{fetched.source}:fetched", this_update=format_time(fetched.this_update))


def read_store(reader: PdfFileReader) -> RevocationData:
    """CRLs and OCSP responses of the document security store; an unreadable entry is left out."""
    lists: list[crl.CertificateList] = []
    answers: list[ocsp.OCSPResponse] = []
    with suppress(Exception):
        store: Any = reader.root["/DSS"]
        for key, target, kind in (
            ("/CRLs", lists, crl.CertificateList),
            ("/OCSPs", answers, ocsp.OCSPResponse),
        ):
            for stream in find_value(store, key) or ():
                with suppress(Exception):
                    target.append(kind.load(stream.get_object().data))
    return RevocationData(tuple(lists), tuple(answers))
