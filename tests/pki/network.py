"""An invented PKI whose services answer on this machine: OCSP, revocation lists, issuers' certificates."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import ocsp, x509
from certomancer.registry import (
    ArchLabel,
    CertLabel,
    CertomancerConfig,
    KeyLabel,
    PKIArchitecture,
    ServiceLabel,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.trust import TrustBundle
from tests.pki.fixtures import NOON, TODAY

ROLES = ("root", "sub-ca", "responder", "good", "revoked", "later", "stranger")
REVOKED_LATER = NOON + timedelta(days=10)
Reply = Callable[["Handler"], None]


@dataclass
class Network:
    """The services (máy chủ thử nghiệm): `now` is their clock, `odd` answers by a part of the path."""

    server: ThreadingHTTPServer
    architecture: PKIArchitecture = field(init=False)
    now: datetime = NOON
    odd: dict[str, Reply] = field(default_factory=dict[str, Reply])
    asked: list[str] = field(default_factory=list[str])

    @property
    def host(self) -> str:
        """`host:port`, as the administrator would allow it."""
        return f"127.0.0.1:{self.server.server_port}"

    def certificate(self, role: str) -> x509.Certificate:
        """The certificate of one of `ROLES`."""
        return self.architecture.get_cert(CertLabel(role))

    def signer(self, role: str, *chain: str) -> SimpleSigner:
        """A signer that puts the certificates of `chain` into the signature."""
        registry = SimpleCertificateStore()
        registry.register_multiple([self.certificate(name) for name in chain])
        key = self.architecture.key_set.get_private_key(KeyLabel(role))
        return SimpleSigner(signing_cert=self.certificate(role), signing_key=key, cert_registry=registry)

    def bundle(self, *intermediates: str) -> TrustBundle:
        """A trust bundle of the root, without revocation lists."""
        above = tuple(self.certificate(role) for role in intermediates)
        return TrustBundle("net", "1", TODAY, "x", (self.certificate("root"),), above, (), ())

    def answer(self, path: str, body: bytes) -> bytes:
        """What the service at that path answers; raises KeyError for another path."""
        _, _, kind, label, *_ = path.split("/")
        services = self.architecture.service_registry
        if kind == "ocsp":
            responder = services.summon_responder(ServiceLabel(label), self.now)
            return responder.build_ocsp_response(ocsp.OCSPRequest.load(body)).dump()
        if kind == "crls":
            return services.get_crl(ServiceLabel(label), self.now).dump()
        found = {"certs": services.get_cert_from_repo}[kind](ServiceLabel(label), None)
        assert found is not None
        return found.dump()


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the network it belongs to."""

    network: Network

    def do_GET(self) -> None:
        """A list or a certificate."""
        self._serve(b"")

    def do_POST(self) -> None:
        """An OCSP request."""
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        self.network.asked.append(self.path)
        odd = next((reply for part, reply in self.network.odd.items() if part in self.path), None)
        if odd is not None:
            odd(self)
        else:
            self.send_body(self.network.answer(self.path, body))

    def send_body(self, body: bytes, status: int = 200, **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


@contextmanager
def run_network(folder: Path) -> Generator[Network]:
    """The services on a free port of the loopback interface, keys in `folder`."""
    handler = type("NetworkHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    network = handler.network = Network(server)
    for role in ROLES:
        key = ec.generate_private_key(ec.SECP256R1())
        encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(encoding, kind, serialization.NoEncryption())
        (folder / f"{role}.pem").write_bytes(pem)
    config = CertomancerConfig(_config(f"http://{network.host}"), key_search_dir=str(folder))
    network.architecture = config.get_pki_arch(ArchLabel("net"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _config(prefix: str) -> dict[str, Any]:
    """Who there is; `later` is revoked ten days after the frozen moment."""
    return {
        "external-url-prefix": prefix,
        "keysets": {"net": {"path-prefix": ".", "keys": {role: {"path": f"{role}.pem"} for role in ROLES}}},
        "pki-architectures": {
            "net": {
                "keyset": "net",
                "entity-defaults": {"country-name": "VN", "organization-name": "Sohoa (THỬ NGHIỆM)"},
                "entities": {role: {"common-name": f"{role} (THỬ NGHIỆM)"} for role in ROLES},
                "certs": _certificates(),
                "services": {
                    "crl-repo": {
                        f"{role}-crl": {
                            "for-issuer": role, "signing-key": role, "simulated-update-schedule": "P3D",
                        }
                        for role in ("root", "sub-ca")
                    },
                    "ocsp": {
                        "sub-ocsp": {
                            "for-issuer": "sub-ca", "responder-cert": "responder", "signing-key": "responder",
                        }
                    },
                    "cert-repo": {"sub-repo": {"for-issuer": "sub-ca"}},
                },
            }
        },
    }  # fmt: skip


def _certificates() -> dict[str, Any]:
    """The issuing plan; leaves name OCSP, list and issuer's certificate."""
    validity = {
        "valid-from": (NOON - timedelta(days=300)).isoformat(),
        "valid-to": (NOON + timedelta(days=300)).isoformat(),
    }
    links = [
        {
            "id": "authority_information_access",
            "smart-value": {
                "schema": "aia-urls",
                "params": {"ocsp-responder-names": ["sub-ocsp"], "ca-issuer-links": [{"repo": "sub-repo"}]},
            },
        },
        {
            "id": "crl_distribution_points",
            "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["sub-ca-crl"]}},
        },
    ]
    leaf: dict[str, Any] = {
        "issuer": "sub-ca",
        "validity": validity,
        "profiles": [{"id": "digsig-commitment"}],
        "extensions": links,
    }
    authority = [{"id": "simple-ca", "params": {"crl-repo": "root-crl"}}]
    plan: dict[str, dict[str, Any]] = {
        "root": {"issuer": "root", "validity": validity, "profiles": authority},
        "sub-ca": {"issuer": "root", "validity": validity, "profiles": [{"id": "simple-ca"}]},
        "responder": {"issuer": "sub-ca", "validity": validity, "profiles": [{"id": "ocsp-responder"}]},
        "good": leaf,
        "revoked": leaf | {"revocation": {"revoked-since": (NOON - timedelta(days=10)).isoformat()}},
        "later": leaf | {"revocation": {"revoked-since": REVOKED_LATER.isoformat()}},
        "stranger": leaf | {"issuer": "stranger"},
    }
    return {role: {"subject": role, **entry} for role, entry in plan.items()}
