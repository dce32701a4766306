"""Revocation of one certificate (tình trạng thu hồi của một chứng thư), from signed statements alone.

Whoever writes a file chooses what its security store says, so a list or an OCSP response counts only when
the key of the certificate's own issuer signed it (RFC 5280 clause 6.3, RFC 6960 clause 3.2). Lists are parsed
by `cryptography`, which finds a serial number among half a million in some hundredths of a second.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from asn1crypto import ocsp, x509
from cryptography import x509 as crypto
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from signing.answers import find_single, iter_responders

_KNOWN_CRITICAL = {crypto.IssuingDistributionPoint.oid}
_GRACE = timedelta(days=1)
"""How long an answer without a next date stays fresh."""
_MAXIMUM_KEPT = 4
_MAXIMUM_RESPONSE = 200_000
# RFC 3161 clause 4.1: with one of these reasons the tokens made before the revocation stay valid.
HARMLESS_FOR_TOKENS = {"unspecified", "affiliation_changed", "superseded", "cessation_of_operation"}
_HOLD = "certificate_hold"


class RevocationList:
    """One revocation list in DER (danh sách thu hồi), parsed only as far as it is asked."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError for what is no list."""
        self.data = data
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._parsed = crypto.load_der_x509_crl(data)
        self._signed_by: dict[bytes, bool] = {}

    @cached_property
    def issuer(self) -> x509.Name:
        """Who issued it."""
        return x509.Name.load(self._parsed.issuer.public_bytes())

    @property
    def this_update(self) -> datetime:
        """Since when it speaks."""
        return self._parsed.last_update_utc

    @property
    def next_update(self) -> datetime | None:
        """Until when it is the newest."""
        return self._parsed.next_update_utc

    def is_signed_by(self, issuer: x509.Certificate) -> bool:
        """Whether that CA's key signed it and the CA may sign lists (key usage cRLSign)."""
        usage = issuer.key_usage_value
        if usage is not None and "crl_sign" not in usage.native:
            return False
        key = issuer.public_key.dump()
        if key not in self._signed_by:
            self._signed_by[key] = self._is_signed(key)
        return self._signed_by[key]

    def _is_signed(self, key: bytes) -> bool:
        with suppress(ValueError, TypeError, UnsupportedAlgorithm):
            public: Any = serialization.load_der_public_key(key)
            return self._parsed.is_signature_valid(public)
        return False

    def is_understood(self) -> bool:
        """False for delta and indirect lists and unknown critical extensions (RFC 5280 clause 5.2)."""
        try:
            unknown = {item.oid for item in self._parsed.extensions if item.critical} - _KNOWN_CRITICAL
        except (ValueError, crypto.DuplicateExtension):
            return False
        scope = self._scope
        return not unknown and (scope is None or not scope.indirect_crl)

    @cached_property
    def _scope(self) -> crypto.IssuingDistributionPoint | None:
        with suppress(crypto.ExtensionNotFound):
            return self._parsed.extensions.get_extension_for_class(crypto.IssuingDistributionPoint).value
        return None

    def speaks_of(self, certificate: x509.Certificate) -> bool:
        """Whether silence on that certificate means `not revoked` (RFC 5280 clause 6.3.3 b)."""
        scope = self._scope
        if scope is None:
            return True
        if scope.only_contains_attribute_certs or scope.only_some_reasons:
            return False
        if scope.only_contains_ca_certs if not certificate.ca else scope.only_contains_user_certs:
            return False
        if scope.full_name is None:
            return scope.relative_name is None
        names = {item.value for item in scope.full_name}
        return bool(names & set(_list_links(certificate)))

    def covers_expired(self, certificate: x509.Certificate) -> bool:
        """Whether it still lists certificates that ended before it (expiredCertsOnCRL, X.509)."""
        if self.this_update <= certificate.not_valid_after:
            return True
        kept = next((item for item in self._parsed.extensions if item.oid.dotted_string == "2.5.29.60"), None)
        if kept is None:
            return False
        with suppress(ValueError):
            text = bytes(kept.value.public_bytes())[2:].decode("ascii")
            since = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
            return since <= certificate.not_valid_after
        return False

    def find(self, serial: int) -> tuple[datetime, str] | None:
        """(revoked since, reason) of a serial number, None when it is not listed."""
        entry = self._parsed.get_revoked_certificate_by_serial_number(serial)
        if entry is None:
            return None
        since, reason = entry.revocation_date_utc, ""
        with suppress(ValueError, crypto.DuplicateExtension):
            for item in entry.extensions:
                if isinstance(item.value, crypto.CertificateIssuer):
                    return None  # only an indirect list says whose serial it is
                if isinstance(item.value, crypto.CRLReason):
                    reason = _snake(item.value.reason.value)
                if isinstance(item.value, crypto.InvalidityDate):
                    since = min(since, item.value.invalidity_date_utc)
        return since, reason


@lru_cache(maxsize=_MAXIMUM_KEPT)
def parse_list(data: bytes) -> RevocationList:
    """The list of these bytes, parsed and checked once for many documents; raises ValueError."""
    return RevocationList(data)


@dataclass(frozen=True, slots=True)
class Statement:
    """A list or an OCSP response (dữ liệu thu hồi); `origin`: document, bundle or fetched."""

    answer: RevocationList | ocsp.OCSPResponse
    origin: str

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        answer = self.answer
        if isinstance(answer, RevocationList):
            return answer.sha256
        return hashlib.sha256(answer.dump()).hexdigest()


def read_statement(data: bytes, *, is_list: bool, origin: str) -> Statement:
    """A list or an OCSP response from bytes; raises ValueError for what is neither, or far too long."""
    if is_list:
        return Statement(parse_list(data), origin)
    if len(data) > _MAXIMUM_RESPONSE:
        raise ValueError("OCSP response too long")
    return Statement(ocsp.OCSPResponse.load(data, strict=True), origin)


@dataclass(frozen=True, slots=True)
class RevocationData:
    """Everything at hand on revocation (dữ liệu thu hồi): statements, and certificates that came with them.

    `proven`: by SHA-256 the time at which a statement provably existed; the others exist as of the check.
    """

    statements: tuple[Statement, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    proven: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True, slots=True)
class Told:
    """What one statement says of one certificate (nội dung trả lời); `status`: good | revoked | on_hold."""

    source: str
    status: str
    this_update: datetime
    next_update: datetime | None
    since: datetime | None = None
    reason: str = ""

    def is_fresh(self, moment: datetime) -> bool:
        """Whether it still was the newest word at `moment`, or came after it."""
        return moment <= (self.next_update or self.this_update + _GRACE)


def iter_told(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    data: RevocationData,
    now: datetime,
    issuer_until: datetime,
) -> list[Told]:
    """What every statement signed for `issuer` says of `certificate`.

    A `good` counts only when it existed before the issuer's key ended (`issuer_until`): EN 319 102-1
    clause 5.6.2.2; a revocation counts in any case.
    """
    found: list[Told] = []
    for statement in data.statements:
        with suppress(Exception):  # hostile statements raise nearly anything; then they say nothing
            told = _read(statement, certificate, issuer, data)
            if told is None:
                continue
            existed = now if statement.origin != "bundle" else told.this_update
            if told.status == "good" and data.proven.get(statement.sha256, existed) > issuer_until:
                continue
            found.append(told)
    return found


def _read(
    statement: Statement, certificate: x509.Certificate, issuer: x509.Certificate, data: RevocationData
) -> Told | None:
    if isinstance(statement.answer, RevocationList):
        return _read_list(statement.answer, statement.origin, certificate, issuer)
    return _read_response(statement.answer, statement.origin, certificate, issuer, data)


def _read_list(
    found: RevocationList, origin: str, certificate: x509.Certificate, issuer: x509.Certificate
) -> Told | None:
    if found.issuer != certificate.issuer or not found.is_signed_by(issuer) or not found.is_understood():
        return None
    source, dates = f"crl:{origin}", (found.this_update, found.next_update)
    entry = found.find(certificate.serial_number)
    if entry is not None:
        since, reason = entry
        return Told(source, "on_hold" if reason == _HOLD else "revoked", *dates, since, reason)
    # Lists forget who ended before they were made, and know nothing of whom was certified after.
    known = found.this_update >= certificate.not_valid_before and found.covers_expired(certificate)
    return Told(source, "good", *dates) if known and found.speaks_of(certificate) else None


def _read_response(
    response: ocsp.OCSPResponse,
    origin: str,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    data: RevocationData,
) -> Told | None:
    single = find_single(response, certificate, issuer)
    if single is None:
        return None
    responders = [item for item in iter_responders(response, issuer) if not _is_withdrawn(item, issuer, data)]
    if not responders:
        return None
    source = f"ocsp:{origin}"
    dates: tuple[datetime, datetime | None] = (single["this_update"].native, single["next_update"].native)
    status = single["cert_status"]
    if status.name == "revoked":
        since: datetime = status.chosen["revocation_time"].native
        reason = str(status.chosen["revocation_reason"].native or "")
        invalid = single.invalidity_date_value
        since = since if invalid is None else min(since, invalid.native)
        return Told(source, "on_hold" if reason == _HOLD else "revoked", *dates, since, reason)
    if status.name != "good" or dates[0] < certificate.not_valid_before:
        return None
    if dates[0] > certificate.not_valid_after:
        cutoff = single.archive_cutoff_value
        if cutoff is None or cutoff.native > certificate.not_valid_after:
            return None
    return Told(source, "good", *dates)


def _is_withdrawn(responder: x509.Certificate, issuer: x509.Certificate, data: RevocationData) -> bool:
    """Whether a list of the CA revokes its responder, unless the CA said that it need not be asked."""
    if responder is issuer or responder.ocsp_no_check_value is not None:
        return False
    lists = (item.answer for item in data.statements if isinstance(item.answer, RevocationList))
    told = (_read_list(item, "", responder, issuer) for item in lists)
    return any(item is not None and item.status != "good" for item in told)


def _list_links(certificate: x509.Certificate) -> Sequence[str]:
    """Addresses of the certificate's distribution points."""
    return [point.url for point in certificate.crl_distribution_points if point.url]


def _snake(name: str) -> str:
    """`keyCompromise` as `key_compromise`."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
