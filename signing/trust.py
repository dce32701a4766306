"""Trust bundles and the chain verdict (bộ chứng thư tin cậy và chuỗi chứng thư).

A bundle is a dated folder an administrator fills: `bundle.toml` (name, version, date, source) beside
*.crt and *.pem certificates and, if wanted, *.crl lists. Two chains exist in the State's practice:
`vgca` (public service, Decree 68/2024) and `neac` (public, Decree 23/2025).
"""

import asyncio
import hashlib
import tomllib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from asn1crypto import core, crl, ocsp, pem, x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.generic_cms import CertvalidatorOperationResult, validate_cert_usage
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from signing.answers import find_revocation
from signing.errors import BadTrustBundle, DemoTrustRefused
from signing.holders import Holder, load_holders
from signing.report import ChainCertificate, Revocation, Signer, format_time

_Result = TypeVar("_Result")
_MAXIMUM_FILES = 500
_MAXIMUM_BYTES = 50_000_000
_SIGNER_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
_TSA_USAGE = KeyUsageConstraints(extd_key_usage={"time_stamping"})
_TRUST_OF = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: "unknown_chain",
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "expired",
    AdESIndeterminate.REVOKED_NO_POE: "revoked",
    AdESIndeterminate.REVOKED_CA_NO_POE: "revoked",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "unfit",
}


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """A named, dated set of roots (bộ chứng thư tin cậy); `fingerprints` are SHA-256 in hex, file order."""

    name: str
    version: str
    date: date
    source: str
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    fingerprints: tuple[str, ...]
    holders: tuple[Holder, ...] = ()

    @property
    def label(self) -> str:
        """Name and version as a verdict names them, e.g. `vgca 2026.1`."""
        return f"{self.name} {self.version}"

    @property
    def sha256(self) -> str:
        """SHA-256 of what the bundle trusts and of its table of holders; lists of revocation stay outside.

        The same name and version with another content shows here, and so does the same content anew.
        """
        told = [f"root:{hashlib.sha256(item.dump()).hexdigest()}" for item in self.roots]
        told += [f"other:{hashlib.sha256(item.dump()).hexdigest()}" for item in self.intermediates]
        lines = [*sorted(told), *(repr(holder) for holder in self.holders)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RevocationData:
    """CRLs and OCSP responses found in the document (dữ liệu thu hồi kèm theo)."""

    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Signer, revocation and sub-indication; None when the chain holds (kết luận về chuỗi chứng thư)."""

    signer: Signer
    revocation: Revocation
    sub_indication: str | None


def load_bundle(folder: Path, *, allow_demo: bool = False) -> TrustBundle:
    """Read a trust folder; raises BadTrustBundle, or DemoTrustRefused for a trial run's invented roots."""
    about = _read_about(folder)
    if about["name"] == "demo" and not allow_demo:
        raise DemoTrustRefused()
    files = sorted(path for path in folder.iterdir() if path.suffix in {".crt", ".cer", ".pem", ".crl"})
    if len(files) > _MAXIMUM_FILES:
        raise BadTrustBundle(f"Thư mục có quá {_MAXIMUM_FILES} tệp.")
    certificates: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for path in files:
        _read_objects(path, certificates, lists)
    roots = tuple(item for item in certificates if item.subject == item.issuer)
    if not roots:
        raise BadTrustBundle("Không có chứng thư gốc nào trong thư mục.")
    return TrustBundle(
        name=about["name"],
        version=about["version"],
        date=_parse_date(about["date"]),
        source=about["source"],
        roots=roots,
        intermediates=tuple(item for item in certificates if item.subject != item.issuer),
        crls=tuple(lists),
        fingerprints=tuple(hashlib.sha256(item.dump()).hexdigest() for item in certificates),
        holders=load_holders(folder),
    )


def _read_about(folder: Path) -> dict[str, str]:
    """The four entries of bundle.toml as text."""
    try:
        about = tomllib.loads((folder / "bundle.toml").read_text("utf-8"))
        return {name: str(about[name]) for name in ("name", "version", "date", "source")}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadTrustBundle("Không đọc được tệp bundle.toml.") from exc
    except KeyError as exc:
        raise BadTrustBundle(f"Tệp bundle.toml thiếu mục {exc}.") from exc


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadTrustBundle("Mục date trong bundle.toml phải có dạng NĂM-THÁNG-NGÀY.") from exc


def _read_objects(path: Path, certificates: list[x509.Certificate], lists: list[crl.CertificateList]) -> None:
    """Add what one file holds, DER or PEM, one or many."""
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            raise BadTrustBundle(f"Tệp {path.name} quá lớn.")
        data = path.read_bytes()
        armoured: Any = pem.unarmor(data, multiple=True) if pem.detect(data) else [("", {}, data)]
        blocks: list[bytes] = [block for _, _, block in armoured]
        for block in blocks:
            if path.suffix == ".crl":
                lists.append(crl.CertificateList.load(block, strict=True))
            else:
                certificate = x509.Certificate.load(block, strict=True)
                _ = certificate.subject, certificate.issuer, certificate.public_key.dump()
                certificates.append(certificate)
    except (OSError, ValueError) as exc:
        raise BadTrustBundle(f"Không đọc được tệp {path.name}.") from exc


def read_signer(certificate: x509.Certificate) -> Signer:
    """Names, numbers and validity of a certificate, trust not asked (thông tin người ký)."""
    usage = certificate.key_usage_value
    return Signer(
        subject=read_common_name(certificate.subject),
        org=_organisation(certificate.subject),
        serial=f"{certificate.serial_number:x}",
        issuer=read_common_name(certificate.issuer),
        valid_from=format_time(certificate.not_valid_before) or "",
        valid_to=format_time(certificate.not_valid_after) or "",
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
    moment: datetime,
    data: RevocationData,
    *,
    is_tsa: bool = False,
    other_bundles: Sequence[TrustBundle] = (),
) -> ChainVerdict:
    """Judge a certificate at `moment` under `bundle` (EN 319 102-1 clause 5.2.6), from stored evidence only.

    A chain that ends in another bundle, or in a root of its own that nobody trusts, is `wrong_chain`.
    """
    usage = _TSA_USAGE if is_tsa else _SIGNER_USAGE
    signer = read_signer(certificate)
    result = _validate(certificate, others, bundle, moment, data, usage)
    if result.error_subindic is AdESIndeterminate.TRY_LATER:
        # Only stale evidence: judge the rest without it; the warning is for the report (TT 15/2025 Annex II).
        bare = replace(bundle, crls=())
        result = _validate(certificate, others, bare, moment, RevocationData(), usage)
    chain = _chain(result, certificate)
    trust = "trusted" if result.error_subindic is None else _TRUST_OF.get(result.error_subindic, "unfit")
    if trust == "expired" and moment < _aware(certificate.not_valid_before):
        trust = "not_yet_valid"
    named = bundle.label
    if trust == "unknown_chain":
        foreign = _foreign_chain(certificate, others, moment, data, usage, other_bundles)
        if foreign is not None:
            trust, named = "wrong_chain", foreign
    revocation = _revocation(result, certificate, bundle, data, moment)
    if revocation.status == "good" and result.error_subindic is None:
        # A list is evidence only when its own signature and dates hold, for every certificate of the path.
        proof = _validate(certificate, others, bundle, moment, data, usage, "require")
        if proof.error_subindic is not None:
            revocation = replace(revocation, status="unknown", fresh=None)
    code = None if result.error_subindic is None else str(result.error_subindic.standard_name)
    if code is None and (late := _late_revocation(result, bundle, data, moment)):
        # The path builder passes over a stale list, and all else with it; a revocation does not lapse.
        code, trust = late[0], "revoked"
        revocation = late[1] or revocation
    return ChainVerdict(_with_chain(signer, chain, trust, named), revocation, code)


def _validate(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    bundle: TrustBundle,
    moment: datetime,
    data: RevocationData,
    usage: KeyUsageConstraints,
    mode: str = "soft-fail",
) -> CertvalidatorOperationResult[Any]:
    """One run of path building and validation without fetching anything; `mode` is certvalidator's."""

    async def run() -> CertvalidatorOperationResult[Any]:
        context = ValidationContext(
            trust_roots=list(bundle.roots),
            other_certs=[*bundle.intermediates, *others],
            moment=moment,
            crls=[*bundle.crls, *data.crls],
            ocsps=list(data.ocsps),
            revocation_mode=mode,
            retroactive_revinfo=True,
        )
        paths = context.path_builder.async_build_paths_lazy(certificate)
        return await validate_cert_usage(certificate, context, usage, paths)

    return _await(run())


def _await(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run pyHanko's coroutine to its end; the caller is plain code in a thread or process of its own."""
    return asyncio.run(work)


def _foreign_chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    moment: datetime,
    data: RevocationData,
    usage: KeyUsageConstraints,
    bundles: Sequence[TrustBundle],
) -> str | None:
    """Label of the other bundle the chain ends in, the foreign root's name, or None when unknown."""
    for bundle in bundles:
        result = _validate(certificate, others, bundle, moment, data, usage)
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


def _with_chain(signer: Signer, chain: tuple[ChainCertificate, ...], trust: str, bundle: str) -> Signer:
    return Signer(
        signer.subject, signer.org, signer.serial, signer.issuer, signer.valid_from, signer.valid_to,
        signer.sha256, chain, trust, bundle, signer.key_usage,
    )  # fmt: skip


def _revocation(
    result: CertvalidatorOperationResult[Any],
    certificate: x509.Certificate,
    bundle: TrustBundle,
    data: RevocationData,
    moment: datetime,
) -> Revocation:
    """What is known of revocation; `unknown` and `stale` warn (TT 15/2025 Annex II)."""
    if result.revo_details is not None:
        when = format_time(result.revo_details.revocation_date)
        return Revocation("crl_or_ocsp", "revoked", revoked_at=when)
    if data.ocsps and result.error_subindic is None:
        return Revocation("ocsp:document", "good")
    found = Revocation(None, "unknown")
    for source, lists in (("document", data.crls), ("bundle", bundle.crls)):
        for item in lists:
            if item.issuer == certificate.issuer:
                found = _read_list(item, certificate, moment, f"crl:{source}")
                if found.status != "stale":
                    return found
    return found


def _late_revocation(
    result: CertvalidatorOperationResult[Any], bundle: TrustBundle, data: RevocationData, moment: datetime
) -> tuple[str, Revocation | None] | None:
    """Sub-indication when any answer, however old, revokes a certificate of the path; None when none does.

    Beside it what OCSP says of the signer, where OCSP says it.
    """
    path = list(result.success_result.iter_certs(include_root=True)) if result.success_result else []
    for issuer, certificate in pairwise(path):
        is_signer = certificate is path[-1]
        code = "REVOKED_NO_POE" if is_signer else "REVOKED_CA_NO_POE"
        for item in (*data.crls, *bundle.crls):
            if item.issuer == certificate.issuer and (
                _read_list(item, certificate, moment, "").status == "revoked"
            ):
                return code, None
        for response in data.ocsps:
            since = find_revocation(response, certificate, issuer)
            if since is not None and since <= moment:
                told = Revocation("ocsp:document", "revoked", revoked_at=format_time(since))
                return code, told if is_signer else None
    return None


def _read_list(
    item: crl.CertificateList, certificate: x509.Certificate, moment: datetime, source: str
) -> Revocation:
    """What one revocation list of the right issuer says of a certificate; an old list still revokes."""
    body: Any = item["tbs_cert_list"]
    issued, until = body["this_update"].native, body["next_update"].native
    fresh = until is not None and moment <= until
    for entry in _entries(body["revoked_certificates"]):
        revoked_at: datetime = entry["revocation_date"].native
        if entry["user_certificate"].native == certificate.serial_number and revoked_at <= moment:
            return Revocation(source, "revoked", format_time(issued), format_time(revoked_at), fresh)
    return Revocation(source, "good" if fresh else "stale", format_time(issued), None, fresh)


def _entries(sequence: Any) -> list[Any]:
    """Items of an optional ASN.1 sequence; absent counts as none."""
    return [] if isinstance(sequence, core.Void) else list(sequence)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
