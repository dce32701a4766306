"""Certificates of every kind that may go wrong (các chứng thư thử nghiệm), and odd statements about them.

certomancer issues the certificates as of the frozen noon; lists and OCSP responses are built one by one,
since each case wants its own.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel, PKIArchitecture
from cryptography import x509 as crypto
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.revocation import RevocationList
from signing.trust import TrustBundle
from tests.pki.fixtures import NOON, TODAY

# Role: issuer, first and last day from the frozen noon, and what is odd about it.
_PLAN: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "root": ("root", -7000, 4000, {"ca": {}}),
    "other-root": ("other-root", -4000, 4000, {"ca": {}}),
    "ca": ("root", -7000, 2000, {"ca": {"max-path-len": 0}}),
    "late-ca": ("root", -2000, 2000, {"ca": {"max-path-len": 0}}),
    "ended-ca": ("root", -2000, -50, {"ca": {"max-path-len": 0}}),
    "small-ca": ("root", -2000, 2000, {"ca": {}}),
    "deep-ca": ("ca", -1000, 1000, {"ca": {}}),
    "narrow-ca": ("root", -1000, 1000, {"ca": {}, "names": "Cơ quan khác"}),
    "good": ("ca", -300, 300, {}),
    "agency": ("ca", -300, 300, {}),
    "expired": ("ca", -800, -20, {}),
    "old": ("ca", -6500, -300, {}),
    "old-tsa": ("ca", -6500, 900, {"extended": "time_stamping"}),
    "future": ("ca", 20, 300, {}),
    "young": ("ca", -60, 300, {}),
    "wrong-usage": ("ca", -300, 300, {"usage": ["key_encipherment"]}),
    "deep": ("deep-ca", -300, 300, {}),
    "narrow": ("narrow-ca", -300, 300, {}),
    "small": ("small-ca", -300, 300, {}),
    "short-key": ("ca", -300, 300, {}),
    "of-late-ca": ("late-ca", -300, 300, {}),
    "of-ended-ca": ("ended-ca", -800, -60, {}),
    "stranger": ("other-root", -300, 300, {}),
    "tsa": ("ca", -900, 900, {"extended": "time_stamping"}),
    "ended-tsa": ("ca", -900, -30, {"extended": "time_stamping"}),
    "other-tsa": ("other-root", -900, 900, {"extended": "time_stamping"}),
    "responder": ("ca", -900, 900, {"extended": "ocsp_signing"}),
    "no-responder": ("ca", -900, 900, {}),
    "forged": ("forger", -300, 300, {"name": "good"}),
    "forged-old": ("forger", -800, -20, {"name": "good"}),
    "forger": ("forger", -900, 900, {"ca": {}, "name": "ca"}),
}
# Key lengths; the others have a key on a curve, which pyHanko's invented authorities cannot use.
_RSA = {
    "small-ca": 1024,
    "short-key": 1024,
    "tsa": 2048,
    "old-tsa": 2048,
    "ended-tsa": 2048,
    "other-tsa": 2048,
    "agency": 2048,
}


def day(number: float) -> datetime:
    """So many days from the frozen noon."""
    return NOON + timedelta(days=number)


@dataclass(frozen=True)
class Entry:
    """One line of a revocation list (một chứng thư bị thu hồi)."""

    role: str
    since: float
    reason: crypto.ReasonFlags | None = None
    invalid_since: float | None = None


@dataclass(frozen=True)
class World:
    """The certificates and everything that is said and signed with them (hạ tầng thử nghiệm)."""

    architecture: PKIArchitecture

    def certificate(self, role: str) -> x509.Certificate:
        """The certificate of one role."""
        return self.architecture.get_cert(CertLabel(role))

    def bundle(self, *lists: bytes, name: str = "vgca", roots: Sequence[str] = ("root",)) -> TrustBundle:
        """A bundle of the root and its CAs with these revocation lists."""
        known = tuple(self.certificate(role) for role in roots)
        above = ("ca", "late-ca", "ended-ca", "small-ca", "deep-ca", "narrow-ca")
        others = tuple(self.certificate(role) for role in above) if "root" in roots else ()
        parsed = tuple(RevocationList(item) for item in lists)
        return TrustBundle(name, "1", TODAY, "x", known, others, parsed, ())

    def sign(
        self,
        pdf: bytes,
        role: str,
        stamped: tuple[str, float] | None = None,
        field: str = "A",
        digest: str = "sha256",
    ) -> bytes:
        """A signature of that role, time-stamped by an authority on a day where wanted."""
        metadata = PdfSignatureMetadata(
            field_name=field, md_algorithm=digest, subfilter=SigSeedSubFilter.PADES
        )
        signing = PdfSigner(
            metadata,
            signer=self._signer(role),
            timestamper=None if stamped is None else self.stamper(*stamped),
            new_field_spec=SigFieldSpec(field),
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        return signing.sign_pdf(
            writer, existing_fields_only=False, bytes_reserved=16384, output=io.BytesIO()
        ).getvalue()

    def _signer(self, role: str) -> SimpleSigner:
        key = self.architecture.key_set.get_private_key(KeyLabel(role))
        return SimpleSigner(
            signing_cert=self.certificate(role), signing_key=key, cert_registry=SimpleCertificateStore()
        )

    def stamper(self, role: str, when: float) -> DummyTimeStamper:
        """An authority that says it is that day."""
        signer = self._signer(role)
        return DummyTimeStamper(
            tsa_cert=self.certificate(role),
            tsa_key=signer.signing_key,
            certs_to_embed=signer.cert_registry,
            fixed_dt=day(when),
        )

    def stamp_document(self, pdf: bytes, role: str, when: float) -> bytes:
        """`pdf` with a document time-stamp over all of it."""
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        stamping = PdfTimeStamper(self.stamper(role, when))
        output = stamping.timestamp_pdf(writer, "sha256", None, bytes_reserved=16384, output=io.BytesIO())
        return output.getvalue()

    def store(self, pdf: bytes, *statements: bytes) -> bytes:
        """`pdf` with a security store of these lists and OCSP responses."""
        lists: list[asn1_crl.CertificateList] = []
        answers: list[asn1_ocsp.OCSPResponse] = []
        for item in statements:
            try:
                crypto.load_der_x509_crl(item)
                lists.append(asn1_crl.CertificateList.load(item))
            except ValueError:
                answers.append(asn1_ocsp.OCSPResponse.load(item))
        output = io.BytesIO(pdf)
        DocumentSecurityStore.add_dss(output, None, certs=[], crls=lists, ocsps=answers)
        return output.getvalue()

    def crl(
        self,
        *entries: Entry,
        issuer: str = "ca",
        key: str | None = None,
        since: float = -1,
        until: float = 6,
        scope: crypto.IssuingDistributionPoint | None = None,
    ) -> bytes:
        """A list in the name of `issuer`, signed by the key of `key`, with these entries."""
        name = crypto.load_der_x509_certificate(self.certificate(issuer).dump()).subject
        builder = crypto.CertificateRevocationListBuilder().issuer_name(name)
        builder = builder.last_update(day(since)).next_update(day(until))
        for entry in entries:
            line = crypto.RevokedCertificateBuilder()
            line = line.serial_number(self.certificate(entry.role).serial_number)
            line = line.revocation_date(day(entry.since))
            if entry.reason is not None:
                line = line.add_extension(crypto.CRLReason(entry.reason), critical=False)
            if entry.invalid_since is not None:
                line = line.add_extension(crypto.InvalidityDate(day(entry.invalid_since)), critical=False)
            builder = builder.add_revoked_certificate(line.build())
        if scope is not None:
            builder = builder.add_extension(scope, critical=True)
        return builder.sign(self._key(key or issuer), hashes.SHA256()).public_bytes(
            serialization.Encoding.DER
        )

    def ocsp(
        self,
        role: str,
        *,
        by: str = "responder",
        status: str = "good",
        since: float | None = None,
        reason: crypto.ReasonFlags | None = None,
        at: float = -1,
        until: float = 6,
        issuer: str = "ca",
    ) -> bytes:
        """An OCSP response about a role, signed by the key of `by`."""
        subject, above, signer = (
            crypto.load_der_x509_certificate(self.certificate(name).dump()) for name in (role, issuer, by)
        )
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject,
            issuer=above,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus[status.upper()],
            this_update=day(at),
            next_update=day(until),
            revocation_time=None if since is None else day(since),
            revocation_reason=reason,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
        if by != issuer:
            builder = builder.certificates([signer])
        return builder.sign(self._key(by), hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _key(self, role: str) -> Any:
        key = self.architecture.key_set.get_private_key(KeyLabel(role))
        return serialization.load_der_private_key(key.dump(), None)


def make_world(folder: Path) -> World:
    """Issue every certificate of the plan; keys in `folder`."""
    for role in _PLAN:
        curve = ec.generate_private_key(ec.SECP256R1())
        key = rsa.generate_private_key(65537, _RSA[role]) if role in _RSA else curve
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{role}.pem").write_bytes(pem)
    names = {"common-name": "", "country-name": "VN", "organization-name": "Sohoa (THỬ NGHIỆM)"}
    entities = {role: names | {"common-name": f"{about.get('name', role)} (THỬ NGHIỆM)"}
                for role, (_, _, _, about) in _PLAN.items()}  # fmt: skip
    config = {
        "external-url-prefix": "http://pki.invalid",
        "keysets": {"all": {"path-prefix": ".", "keys": {role: {"path": f"{role}.pem"} for role in _PLAN}}},
        "pki-architectures": {
            "all": {
                "keyset": "all",
                "entities": entities,
                "certs": {role: _spec(role) for role in _PLAN},
                "services": {},
            }
        },
    }
    return World(CertomancerConfig(config, key_search_dir=str(folder)).get_pki_arch(ArchLabel("all")))


def _spec(role: str) -> dict[str, Any]:
    """One line of the plan in certomancer's words."""
    issuer, start, end, about = _PLAN[role]
    spec: dict[str, Any] = {
        "subject": role,
        "issuer": issuer,
        "validity": {"valid-from": day(start).isoformat(), "valid-to": day(end).isoformat()},
    }
    extensions: list[dict[str, Any]] = []
    if "ca" in about:
        spec["profiles"] = [{"id": "simple-ca", "params": about["ca"]}]
    else:
        usage = about.get("usage", ["digital_signature", "non_repudiation"])
        value = {"schema": "key-usage", "params": usage}
        extensions.append({"id": "key_usage", "critical": True, "smart-value": value})
    if "extended" in about:
        extensions.append({"id": "extended_key_usage", "critical": True, "value": [about["extended"]]})
    if "names" in about:
        params = _only(about["names"])
        value = {"schema": "der-bytes", "params": params}
        extensions.append({"id": "name_constraints", "critical": True, "smart-value": value})
    return spec | ({"extensions": extensions} if extensions else {})


def _only(organisation: str) -> str:
    """Name constraints in DER, in hex: nobody but subjects of that organisation."""
    name = crypto.Name(
        [
            crypto.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            crypto.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )
    return crypto.NameConstraints([crypto.DirectoryName(name)], None).public_bytes().hex()
