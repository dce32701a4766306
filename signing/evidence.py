"""Revocation data and missing issuers from the network (dữ liệu thu hồi và chứng thư cấp trên tải về).

OCSP first (RFC 6960), the revocation list where it gives no answer (RFC 5280 clause 4.2.1.13), issuers
through caIssuers (clause 4.2.2.1). Asked only for chains that reach a root of the bundle, so that a hostile
file chooses as few addresses as may be; every signature is checked here before an answer is used or kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from asn1crypto import ocsp, x509
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.common_utils import (
    format_ocsp_request,
    gather_aia_issuer_urls,
    unpack_cert_content,
)

from signing.answers import is_issued_by, read_ocsp
from signing.fetch import CERTIFICATE, CRL, OCSP, Answer, Fetcher
from signing.revocation import RevocationData, RevocationList, Statement, parse_list
from signing.trust import TrustBundle

_MAXIMUM_PATH = 8
_MAXIMUM_LINKS = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched for one certificate (dữ liệu tải về): issuers to add, never roots, and evidence."""

    issuers: tuple[x509.Certificate, ...] = ()
    data: RevocationData = field(default_factory=RevocationData)


def fetch_evidence(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    bundle: TrustBundle,
    fetcher: Fetcher | None,
) -> Fetched:
    """Issuers and revocation data for the path from `certificate` to a root of the bundle; never raises."""
    if fetcher is None:
        return Fetched()
    try:
        issuers, path = _complete_path(certificate, others, bundle, fetcher)
        found: list[Statement] = []
        for subject, above in pairwise(path):
            _fetch_status(subject, above, fetcher, found)
    except Exception:  # hostile certificates raise nearly anything; without evidence the verdict says so
        return Fetched()
    return Fetched(tuple(issuers), RevocationData(tuple(found)))


def _complete_path(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    bundle: TrustBundle,
    fetcher: Fetcher,
) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """(issuers fetched, path from the certificate to its root); the path is empty when no root is reached."""
    fetched: list[x509.Certificate] = []
    path = [certificate]
    roots = {item.dump() for item in bundle.roots}
    while path[-1].dump() not in roots:
        if len(path) == _MAXIMUM_PATH or path[-1].subject == path[-1].issuer:
            return fetched, []
        issuer = _find_issuer(path[-1], (*bundle.roots, *bundle.intermediates, *others))
        if issuer is None:
            issuer = _fetch_issuer(path[-1], fetcher)
            if issuer is None:
                return fetched, []
            fetched.append(issuer)
        path.append(issuer)
    return fetched, path


def _find_issuer(subject: x509.Certificate, among: Iterable[x509.Certificate]) -> x509.Certificate | None:
    named = (item for item in among if item.subject == subject.issuer)
    return next((item for item in named if is_issued_by(subject, item)), None)


def _fetch_issuer(subject: x509.Certificate, fetcher: Fetcher) -> x509.Certificate | None:
    """The issuer from caIssuers: it must have signed `subject`, be a CA and not a root of its own."""

    def read(data: bytes) -> Answer:
        for item in unpack_cert_content(data, "application/octet-stream", "", permit_pem=True):
            is_root = item.subject == item.issuer
            if item.subject == subject.issuer and item.ca and not is_root and is_issued_by(subject, item):
                return Answer(item, item.not_valid_before, item.not_valid_after)
        raise ValueError("not the issuer")

    for url in list(gather_aia_issuer_urls(subject))[:_MAXIMUM_LINKS]:
        answer = fetcher.find(CERTIFICATE, url, read)
        if answer is not None:
            return cast(x509.Certificate, answer.value)
    return None


def _fetch_status(
    subject: x509.Certificate, issuer: x509.Certificate, fetcher: Fetcher, found: list[Statement]
) -> None:
    """OCSP; the list too where OCSP does not say `good` (a later revocation leaves it open)."""
    authority = AuthorityWithCert(issuer)
    request: Any = format_ocsp_request(subject, authority, certid_hash_algo="sha1", request_nonces=False)
    for url in subject.ocsp_urls[:_MAXIMUM_LINKS]:
        answer = fetcher.find(OCSP, url, lambda data: read_ocsp(data, subject, issuer), request.dump())
        if answer is not None:
            response, is_good = cast("tuple[ocsp.OCSPResponse, bool]", answer.value)
            found.append(Statement(response, "fetched"))
            if is_good:
                return
            break
    for point in subject.crl_distribution_points[:_MAXIMUM_LINKS]:
        answer = fetcher.find(CRL, point.url, lambda data: _read_list(data, issuer))
        if answer is not None:
            found.append(Statement(cast(RevocationList, answer.value), "fetched"))
            return


def _read_list(data: bytes, issuer: x509.Certificate) -> Answer:
    """A revocation list of `issuer`, signed by it; raises ValueError."""
    found = parse_list(data)
    if found.issuer != issuer.subject or not found.is_signed_by(issuer):
        raise ValueError("not signed by the issuer")
    return Answer(found, found.this_update, found.next_update)
