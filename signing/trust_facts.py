"""What a trust bundle holds, and what is wrong with it (nội dung và tình trạng của bộ chứng thư tin cậy)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import x509

from signing.answers import is_issued_by
from signing.errors import CertificateNotConfirmed
from signing.rules import find_weak
from signing.trust import TrustBundle

SOON = timedelta(days=180)
_SHORT = {
    "common_name": "CN", "organization_name": "O", "organizational_unit_name": "OU", "country_name": "C",
    "locality_name": "L", "state_or_province_name": "ST", "serial_number": "serialNumber", "user_id": "UID",
}  # fmt: skip
_HEX = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")

FINDING_TEXTS = {
    "expired": "đã hết hạn; vẫn cần để kiểm tra văn bản cũ, nhưng hãy nạp chứng thư mới",
    "expiring": "sắp hết hạn; hãy nạp chứng thư thay thế",
    "not_yet_valid": "chưa đến ngày có hiệu lực",
    "not_a_ca": "không phải chứng thư của tổ chức cấp chứng thư (CA); hãy gỡ khỏi bộ",
    "duplicate": "cùng tên và khoá với chứng thư khác trong bộ",
    "weak_key": "khoá hoặc thuật toán đã yếu",
    "root_not_self_signed": "tự nhận là gốc nhưng không do khoá của chính mình ký; hãy gỡ khỏi bộ",
    "list_stale": "danh sách thu hồi đã cũ; hãy chép danh sách mới",
    "list_not_usable": "danh sách thu hồi không do CA nào của bộ ký nên không dùng đến",
}
"""Code of a finding to its Vietnamese text, said of the certificate or list named before it."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate as its publisher describes it (một chứng thư); fingerprints in groups of two digits."""

    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_to: datetime
    sha256: str
    sha1: str
    key: str
    is_root: bool
    is_ca: bool


@dataclass(frozen=True, slots=True)
class TrustFinding:
    """One thing wrong with a bundle (một điều cần lưu ý); `code` keys `FINDING_TEXTS`."""

    code: str
    about: str
    sha256: str = ""

    @property
    def text_vi(self) -> str:
        """The whole line for a person."""
        return f"{self.about}: {FINDING_TEXTS[self.code]}."


def describe_certificate(certificate: x509.Certificate) -> CertificateFacts:
    """Names, numbers and fingerprints, to be compared with what the publisher shows."""
    key = certificate.public_key
    return CertificateFacts(
        subject=format_name(certificate.subject),
        issuer=format_name(certificate.issuer),
        serial=format_fingerprint(f"{certificate.serial_number:x}"),
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        sha256=format_fingerprint(certificate.sha256.hex()),
        sha1=format_fingerprint(certificate.sha1.hex()),
        key=f"{key.algorithm}-{key.bit_size}",
        is_root=certificate.subject == certificate.issuer,
        is_ca=bool(certificate.ca) or _is_old_root(certificate),
    )


def format_name(name: x509.Name) -> str:
    """A name as certificate viewers write it, `CN=…, O=…, C=…`, the most telling part first."""
    parts = [part for group in name.chosen for part in group]
    return ", ".join(
        f"{_SHORT.get(part['type'].native, part['type'].dotted)}={part['value'].native}"
        for part in reversed(parts)
    )


def _is_old_root(certificate: x509.Certificate) -> bool:
    """Roots of version 1 have no basic constraints to say that they are one (RFC 5280 clause 6.1)."""
    body: Any = certificate["tbs_certificate"]
    return body["version"].native == "v1" and certificate.subject == certificate.issuer


def format_fingerprint(text: str) -> str:
    """Hex in capitals, two and two, as certificate viewers show it."""
    even = text if len(text) % 2 == 0 else f"0{text}"
    return ":".join(even[at : at + 2] for at in range(0, len(even), 2)).upper()


def parse_fingerprint(text: str) -> str:
    """A typed SHA-256 or SHA-1 fingerprint as plain hex; colons and blanks are passed over.

    Raises CertificateNotConfirmed.
    """
    plain = re.sub(r"[\s:.-]", "", text).lower()
    if not _HEX.fullmatch(plain):
        raise CertificateNotConfirmed(
            "Dấu vân tay phải là SHA-256 (64 chữ số hex) hoặc SHA-1 (40 chữ số hex)."
        )
    return plain


def check_bundle(bundle: TrustBundle, now: datetime) -> tuple[TrustFinding, ...]:
    """Everything an administrator should look at, certificates first."""
    certificates = (*bundle.roots, *bundle.intermediates)
    found: list[TrustFinding] = []
    for item in certificates:
        codes = _check_certificate(item, now)
        found += [TrustFinding(code, format_name(item.subject), item.sha256.hex()) for code in codes]
    keys = Counter((item.subject.dump(), item.public_key.dump()) for item in certificates)
    found += [
        TrustFinding("duplicate", format_name(item.subject), item.sha256.hex())
        for item in certificates
        if keys[(item.subject.dump(), item.public_key.dump())] > 1
    ]
    return (*found, *_check_lists(bundle, certificates, now))


def _check_certificate(item: x509.Certificate, now: datetime) -> list[str]:
    facts = describe_certificate(item)
    codes: list[str] = []
    if now > facts.valid_to:
        codes.append("expired")
    elif now + SOON > facts.valid_to:
        codes.append("expiring")
    if now < facts.valid_from:
        codes.append("not_yet_valid")
    if not facts.is_ca:
        codes.append("not_a_ca")
    if facts.is_root and not is_issued_by(item, item):
        codes.append("root_not_self_signed")
    digest = "" if facts.is_root else str(item.hash_algo or "")  # nobody checks a root's own signature
    if find_weak(digest, item.public_key.algorithm, item.public_key.bit_size):
        codes.append("weak_key")
    return codes


def _check_lists(
    bundle: TrustBundle, certificates: Sequence[x509.Certificate], now: datetime
) -> list[TrustFinding]:
    found: list[TrustFinding] = []
    for item in bundle.crls:
        about = f"Danh sách của {format_name(item.issuer)}"
        signers = [each for each in certificates if each.subject == item.issuer and item.is_signed_by(each)]
        if not signers or not item.is_understood():
            found.append(TrustFinding("list_not_usable", about, item.sha256))
        elif item.next_update is None or item.next_update < now:
            found.append(TrustFinding("list_stale", about, item.sha256))
    return found
