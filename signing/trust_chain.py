"""The chain verdict (kết luận về chuỗi chứng thư): path, revocation and algorithms at one moment.

EN 319 102-1 clauses 5.2.6 and 5.6.2: `moment` is the best time at which the signature provably existed, so a
certificate that ended or was revoked after it does no harm. Nothing is fetched here.
"""

import asyncio
import hashlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeVar

from asn1crypto import algos, keys, x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.generic_cms import CertvalidatorOperationResult, validate_cert_usage
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy
from typing_extensions import override

from signing.report import ChainCertificate, Revocation, Signer, format_time
from signing.revocation import HARMLESS_FOR_TOKENS, RevocationData, Statement, Told, iter_told
from signing.rules import find_weak, split_by_day
from signing.trust import TrustBundle

_Result = TypeVar("_Result")
_SIGNER_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
_TSA_USAGE = KeyUsageConstraints(extd_key_usage={"time_stamping"})
_TRUST_OF: dict[Any, str] = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: "unknown_chain",
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "expired",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "unfit",
}
_STATUS_ORDER = ("unknown", "stale", "good")


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Signer, revocation and sub-indication; None when the chain holds (kết luận về chuỗi chứng thư)."""

    signer: Signer
    revocation: Revocation
    sub_indication: str | None


@dataclass(frozen=True, slots=True)
class Moments:
    """The times of one judgement (các mốc thời gian).

    `best`: when the signature provably existed at the latest; `now`: of the check; `token`: what a
    time-stamp token says of itself, None for a signature.
    """

    best: datetime
    now: datetime
    token: datetime | None = None


class DatedAlgorithms(AlgorithmUsagePolicy):
    """Algorithms inside certificates by the rule of one day (thuật toán theo ngày), from rules.toml."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    @override
    def digest_algorithm_allowed(
        self, algo: algos.DigestAlgorithm, moment: datetime | None
    ) -> AlgorithmUsageConstraint:
        """Whether that digest was good on the day."""
        return self._judge(find_weak(str(algo["algorithm"].native), "", 0))

    @override
    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Whether digest and key length were good on the day."""
        try:
            digest = str(algo.hash_algo)
        except ValueError:  # EdDSA has no digest of its own
            digest = ""
        bits = 0 if public_key is None else public_key.bit_size
        key = "" if public_key is None else public_key.algorithm
        return self._judge(find_weak(digest, key, bits))

    def _judge(self, weak: tuple[str, ...]) -> AlgorithmUsageConstraint:
        still, _ = split_by_day(weak, self._moment)
        return AlgorithmUsageConstraint(not still, failure_reason=", ".join(still) or None)


def read_signer(certificate: x509.Certificate) -> Signer:
    """Names, numbers and validity of a certificate, trust not asked (thông tin người ký)."""
    usage = certificate.key_usage_value
    since = format_time(certificate.not_valid_before) or ""
    until = format_time(certificate.not_valid_after) or ""
    return Signer(
        subject=read_common_name(certificate.subject),
        org=_organisation(certificate.subject),
        serial=f"{certificate.serial_number:x}",
        issuer=read_common_name(certificate.issuer),
        valid_from=since,
        valid_to=until,
        valid=(since, until),
        sha256=hashlib.sha256(certificate.dump()).hexdigest(),
        key_usage=() if usage is None else tuple(sorted(usage.native)),
    )


def read_common_name(name: x509.Name) -> str:
    """Common name (tên chủ thể) first, the whole name when there is none."""
    native = name.native
    common = native.get("common_name")
    return str(common) if isinstance(common, str) else name.human_friendly


def _organisation(name: x509.Name) -> str:
    found = name.native.get("organization_name", "")
    return found if isinstance(found, str) else ", ".join(found)


def judge_signer(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    bundle: TrustBundle,
    moments: Moments,
    data: RevocationData,
    *,
    is_tsa: bool = False,
    other_bundles: Sequence[TrustBundle] = (),
) -> ChainVerdict:
    """Judge a certificate under `bundle` at the best time, from stored evidence only.

    A chain that ends in another bundle, or in a root of its own that nobody trusts, is `wrong_chain`.
    """
    usage = _TSA_USAGE if is_tsa else _SIGNER_USAGE
    above = [*others, *data.certificates]
    result = _validate(certificate, above, bundle, moments.best, usage)
    signer = replace(
        read_signer(certificate), chain=_chain(result, certificate), trust="trusted", bundle=bundle.label
    )
    if result.success_result is not None:
        path = list(result.success_result.iter_certs(include_root=True))
        code, trust, revocation = _judge_path(path, bundle, data, moments)
        if code is None and not is_tsa and _is_for_services(certificate):
            code, trust = "CHAIN_CONSTRAINTS_FAILURE", "unfit"
        return ChainVerdict(replace(signer, trust=trust), revocation, code)
    problem = result.error_subindic
    trust, code = "unfit", "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    if problem is not None:
        trust, code = _TRUST_OF.get(problem, "unfit"), str(problem.standard_name)
    if problem is AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE:
        code = str(AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE.standard_name)
    if trust != "unknown_chain" and moments.best < certificate.not_valid_before:
        # Proven to exist before its certificate: failed (clause 5.5.4); merely asked too early: not known.
        is_proven = moments.best < moments.now
        trust, code = "not_yet_valid", "NOT_YET_VALID" if is_proven else "OUT_OF_BOUNDS_NO_POE"
    if trust == "unknown_chain":
        foreign = _foreign_chain(certificate, above, moments.best, usage, other_bundles)
        if foreign is not None:
            signer, trust = replace(signer, bundle=foreign), "wrong_chain"
    if trust == "expired":
        ended = _judge_ended(result, above, bundle, data, moments, usage)
        if ended is not None:
            code, trust, revocation = ended
            return ChainVerdict(replace(signer, trust=trust), revocation, code)
    return ChainVerdict(replace(signer, trust=trust), Revocation(None, "unknown"), code)


def _judge_ended(
    result: CertvalidatorOperationResult[Any],
    above: Sequence[x509.Certificate],
    bundle: TrustBundle,
    data: RevocationData,
    moments: Moments,
    usage: KeyUsageConstraints,
) -> tuple[str | None, str, Revocation] | None:
    """`_judge_path` of a path that held until a certificate of it ended, where one is revoked; else None.

    A revocation published between the last check and that end is a finding of the check that follows it.
    """
    if result.error_path is None:
        return None
    path = list(result.error_path.iter_certs(include_root=True))
    last = min(item.not_valid_after for item in path)
    if last >= moments.best:
        return None
    held = _validate(path[-1], above, bundle, last, usage)
    if held.success_result is None:
        return None
    code, trust, found = _judge_path(
        list(held.success_result.iter_certs(include_root=True)), bundle, data, moments
    )
    return None if code is None else (code, trust, found)


def _is_for_services(certificate: x509.Certificate) -> bool:
    """Whether it was issued for time-stamps or OCSP alone (TT 15/2025 Annex II: used within its scope)."""
    usage = certificate.extended_key_usage_value
    return usage is not None and set(usage.native) <= {"time_stamping", "ocsp_signing"}


def _validate(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    bundle: TrustBundle,
    moment: datetime,
    usage: KeyUsageConstraints,
) -> CertvalidatorOperationResult[Any]:
    """Path building and validation at `moment` (RFC 5280 clause 6.1); revocation is judged apart."""

    async def run() -> CertvalidatorOperationResult[Any]:
        context = ValidationContext(
            trust_roots=list(bundle.roots),
            other_certs=[*bundle.intermediates, *others],
            moment=moment,
            algorithm_usage_policy=DatedAlgorithms(moment),
        )
        paths = context.path_builder.async_build_paths_lazy(certificate)
        return await validate_cert_usage(certificate, context, usage, paths)

    return _await(run())


def _await(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run pyHanko's coroutine to its end; the caller is plain code in a thread or process of its own."""
    return asyncio.run(work)


def _judge_path(
    path: Sequence[x509.Certificate], bundle: TrustBundle, data: RevocationData, moments: Moments
) -> tuple[str | None, str, Revocation]:
    """(sub-indication, trust, revocation) of a path that holds but for revocation, root first."""
    lists = tuple(Statement(item, "bundle") for item in bundle.crls)
    known = replace(data, statements=(*data.statements, *lists))
    found = Revocation(None, "unknown")
    worst = "good"
    until = path[0].not_valid_after
    for issuer, certificate in pairwise(path):
        told = iter_told(certificate, issuer, known, moments.now, until)
        is_signer = certificate is path[-1]
        found = _judge_told(told, moments.best, moments.token if is_signer else None)
        if found.status == "on_hold":
            return "TRY_LATER", "suspended", found
        if found.status == "revoked":
            code = "REVOKED_NO_POE" if is_signer else "REVOKED_CA_NO_POE"
            return code, "revoked", found if is_signer else Revocation(None, "unknown")
        worst = min(worst, found.status, key=_STATUS_ORDER.index)
        ended = [item.since for item in told if item.since is not None]
        until = min([certificate.not_valid_after, *ended])
    if found.status == "good" and worst != "good":
        # The signer's answer stands on a CA of which nothing is known.
        found = replace(found, status="unknown", fresh=None)
    return None, "trusted", found


def _judge_told(told: Sequence[Told], moment: datetime, token: datetime | None) -> Revocation:
    """What all statements together say as of `moment`; a revocation does not lapse, a hold may be lifted."""
    revoked = min((item for item in told if item.status == "revoked"), key=_since, default=None)
    if revoked is not None and _since(revoked) <= moment and not _is_harmless(revoked, token):
        return _revocation(revoked, "revoked", moment)
    newest = max(told, key=lambda item: (item.this_update, item.status != "good"), default=None)
    if newest is None:
        return Revocation(None, "unknown")
    if newest.status == "on_hold" and _since(newest) <= moment:
        return _revocation(newest, "on_hold", moment)
    if revoked is not None:
        return _revocation(revoked, "good", moment)
    fresh = next((item for item in told if item.is_fresh(moment)), None)
    if fresh is not None:
        return replace(_revocation(fresh, "good", moment), revoked_at=None)
    return _revocation(newest, "stale", moment)


def _is_harmless(revoked: Told, token: datetime | None) -> bool:
    """RFC 3161 clause 4.1: an authority that merely stopped leaves its earlier tokens valid."""
    return token is not None and revoked.reason in HARMLESS_FOR_TOKENS and token < _since(revoked)


def _since(told: Told) -> datetime:
    return told.since or datetime.max.replace(tzinfo=UTC)


def _revocation(told: Told, status: str, moment: datetime) -> Revocation:
    return Revocation(
        told.source,
        status,
        format_time(told.this_update),
        format_time(told.since),
        None if status in ("revoked", "on_hold") else told.is_fresh(moment),
        told.reason,
    )


def _foreign_chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    moment: datetime,
    usage: KeyUsageConstraints,
    bundles: Sequence[TrustBundle],
) -> str | None:
    """Label of the other bundle the chain ends in, the foreign root's name, or None when unknown."""
    for bundle in bundles:
        result = _validate(certificate, others, bundle, moment, usage)
        if result.error_subindic is not AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
            return bundle.label
    current = certificate
    for _ in range(10):
        if current.subject == current.issuer:
            return read_common_name(current.subject)
        above = [item for item in others if item.subject == current.issuer]
        if not above:
            return None
        current = above[0]
    return None


def _chain(
    result: CertvalidatorOperationResult[Any], certificate: x509.Certificate
) -> tuple[ChainCertificate, ...]:
    """The path from root to signer as far as it was built."""
    path = result.success_result or result.error_path
    items = [certificate] if path is None else list(path.iter_certs(include_root=True))
    return tuple(
        ChainCertificate(
            subject=read_common_name(item.subject),
            issuer=read_common_name(item.issuer),
            serial=f"{item.serial_number:x}",
            valid_from=format_time(item.not_valid_before) or "",
            valid_to=format_time(item.not_valid_after) or "",
            sha256=hashlib.sha256(item.dump()).hexdigest(),
        )
        for item in items
    )
