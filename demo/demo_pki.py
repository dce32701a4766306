"""An invented PKI for trial runs and tests (hạ tầng chứng thư THỬ NGHIỆM), made by certomancer.

Root, sub-CA, people and an agency, all of whose names say THỬ NGHIỆM, with keys in SoftHSM2 tokens of their
own folder and a trust bundle named `demo`, which the service refuses outside a trial run.
"""

import json
import os
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from asn1crypto import x509
from certomancer.registry import (
    ArchLabel,
    CertLabel,
    CertomancerConfig,
    KeyLabel,
    PKIArchitecture,
    ServiceLabel,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.keys import Pkcs11Key

MODULES = tuple(
    Path(folder) / "softhsm" / "libsofthsm2.so"
    for folder in ("/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
)
ENTITIES = {
    "root": "Chứng thực gốc (THỬ NGHIỆM)",
    "sub-ca": "CA phục vụ các cơ quan Nhà nước (THỬ NGHIỆM)",
    "public-root": "CA công cộng (THỬ NGHIỆM)",
    "digitiser": "Nguyễn Thị Số Hoá (THỬ NGHIỆM)",
    "leader": "Trần Văn Lãnh Đạo (THỬ NGHIỆM)",
    "agency": "UBND xã Thử Nghiệm (THỬ NGHIỆM)",
    "expired": "Lê Văn Hết Hạn (THỬ NGHIỆM)",
    "revoked": "Phạm Thị Thu Hồi (THỬ NGHIỆM)",
    "outsider": "Công ty Ngoài Hệ Thống (THỬ NGHIỆM)",
    "tsa": "Máy chủ cấp dấu thời gian (THỬ NGHIỆM)",
}
ON_TOKENS = ("digitiser", "leader", "agency")
_ARCH = ArchLabel("demo")


@dataclass(frozen=True)
class DemoPki:
    """The invented PKI on disk (chứng thư thử nghiệm): soft keys by `signer`, tokens by `token_key`."""

    folder: Path
    today: date
    pins: dict[str, str] = field(repr=False)

    @property
    def trust_folder(self) -> Path:
        """The trust bundle named `demo`."""
        return self.folder / "trust" / "demo"

    @property
    def softhsm_conf(self) -> Path:
        """SOFTHSM2_CONF of the private tokens."""
        return self.folder / "softhsm2.conf"

    @cached_property
    def architecture(self) -> PKIArchitecture:
        """certomancer's view, which issues certificates, lists and time-stamps."""
        return CertomancerConfig(_config(self.today), key_search_dir=str(self.folder)).get_pki_arch(_ARCH)

    def certificate(self, role: str) -> x509.Certificate:
        """The certificate of one of `ENTITIES`."""
        return x509.Certificate.load((self.folder / "certs" / f"{role}.crt.der").read_bytes())

    def signer(self, role: str) -> SimpleSigner:
        """A signer with the key in memory and the chain up to the root."""
        chain = ("public-root",) if role == "outsider" else ("root", "sub-ca")
        registry = SimpleCertificateStore()
        registry.register_multiple([self.certificate(name) for name in chain])
        key = self.architecture.key_set.get_private_key(KeyLabel(role))
        return SimpleSigner(signing_cert=self.certificate(role), signing_key=key, cert_registry=registry)

    def token_key(self, role: str) -> Pkcs11Key:
        """The key of a role of `ON_TOKENS`, on its SoftHSM2 token."""
        return Pkcs11Key(
            module_path=find_module(),
            token_label=f"demo-{role}",
            pin=self.pins[role],
            key_label=role,
            softhsm_conf=self.softhsm_conf,
        )


def find_module() -> Path:
    """SoftHSM2's PKCS#11 module; raises FileNotFoundError when it is not installed."""
    found = next((path for path in MODULES if path.is_file()), None)
    if found is None:
        raise FileNotFoundError("softhsm2 is not installed")
    return found


def make_demo_pki(folder: Path, today: date, *, tokens: bool = True) -> DemoPki:
    """Make the PKI in `folder`, or read the one that a former run finished there."""
    finished = folder / "pki.json"
    if finished.is_file():
        known = json.loads(finished.read_text("utf-8"))
        return DemoPki(folder, date.fromisoformat(known["today"]), known["pins"])
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write_keys(folder)
    pki = DemoPki(folder, today, {role: secrets.token_hex(8) for role in ON_TOKENS})
    _write_certificates(pki)
    _write_bundle(pki)
    if tokens:
        _fill_tokens(pki)
    _write_private(finished, json.dumps({"today": today.isoformat(), "pins": pki.pins}).encode())
    return pki


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(content)


def _write_keys(folder: Path) -> None:
    for role in ENTITIES:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_private(folder / "keys" / f"{role}.pem", pem)


def _write_certificates(pki: DemoPki) -> None:
    (pki.folder / "certs").mkdir(exist_ok=True)
    for role in ENTITIES:
        certificate = pki.architecture.get_cert(CertLabel(role))
        (pki.folder / "certs" / f"{role}.crt.der").write_bytes(certificate.dump())


def _write_bundle(pki: DemoPki) -> None:
    """Trust folder with root, sub-CA and today's revocation lists; DEMO marks its parent as invented."""
    pki.trust_folder.mkdir(parents=True, exist_ok=True)
    (pki.trust_folder.parent / "DEMO").write_text(
        "Chứng thư thử nghiệm, không có giá trị pháp lý.\n", "utf-8"
    )
    for role in ("root", "sub-ca"):
        (pki.trust_folder / f"{role}.crt").write_bytes(pki.certificate(role).dump())
    moment = _at(pki.today)
    for role in ("root", "sub-ca"):
        listed = pki.architecture.service_registry.get_crl(ServiceLabel(f"{role}-crl"), at_time=moment)
        (pki.trust_folder / f"{role}.crl").write_bytes(listed.dump())
    (pki.trust_folder / "bundle.toml").write_text(
        f'name = "demo"\nversion = "{pki.today.isoformat()}"\ndate = "{pki.today.isoformat()}"\n'
        'source = "Tự tạo khi chạy thử (THỬ NGHIỆM)"\n',
        "utf-8",
    )


def _fill_tokens(pki: DemoPki) -> None:
    """Initialise one SoftHSM2 token for each role and import its key and certificate."""
    tokens = pki.folder / "tokens"
    tokens.mkdir(mode=0o700, exist_ok=True)
    pki.softhsm_conf.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    environment = {**os.environ, "SOFTHSM2_CONF": str(pki.softhsm_conf)}
    for role in ON_TOKENS:
        label, pin = f"demo-{role}", pki.pins[role]
        _run(
            environment, "softhsm2-util", "--init-token", "--free", "--label", label,
            "--so-pin", secrets.token_hex(8), "--pin", pin,
        )  # fmt: skip
        _run(
            environment, "softhsm2-util", "--import", str(pki.folder / "keys" / f"{role}.pem"),
            "--token", label, "--label", role, "--id", "01", "--pin", pin,
        )  # fmt: skip
        _run(
            environment | {"DEMO_PIN": pin}, "pkcs11-tool", "--module", str(find_module()),
            "--token-label", label, "--login", "--pin", "env:DEMO_PIN", "--type", "cert", "--label", role,
            "--id", "01", "--write-object", str(pki.folder / "certs" / f"{role}.crt.der"),
        )  # fmt: skip


def _run(environment: dict[str, str], *command: str) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def _at(day: date, days: int = 0) -> datetime:
    return datetime.combine(day, time(0, 0), UTC) + timedelta(days=days)


def _validity(today: date, start: int, end: int) -> dict[str, str]:
    return {"valid-from": _at(today, start).isoformat(), "valid-to": _at(today, end).isoformat()}


def _config(today: date) -> dict[str, Any]:
    """certomancer's configuration: who there is, who issued whom and what was revoked."""
    names = {role: {"common-name": name} for role, name in ENTITIES.items()}
    names["leader"] |= {"organization-name": ENTITIES["agency"], "title": "Chủ tịch"}
    return {
        "external-url-prefix": "http://pki.invalid",
        "keysets": {
            "demo": {"path-prefix": "keys", "keys": {role: {"path": f"{role}.pem"} for role in ENTITIES}}
        },
        "pki-architectures": {
            "demo": {
                "keyset": "demo",
                "entity-defaults": {"country-name": "VN", "organization-name": "Sohoa (THỬ NGHIỆM)"},
                "entities": names,
                "certs": _certificates(today),
                "services": {
                    "crl-repo": {
                        f"{role}-crl": {
                            "for-issuer": role, "signing-key": role, "simulated-update-schedule": "P30D",
                        }
                        for role in ("root", "sub-ca")
                    },
                    "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
                },
            }
        },
    }  # fmt: skip


def _certificates(today: date) -> dict[str, Any]:
    """Issuing plan; leaves carry the address of their issuer's revocation list."""
    authority = [{"id": "simple-ca"}]
    # Starts a multiple of the lists' thirty days ago, so that today's list is issued today.
    plan: dict[str, Any] = {
        "root": {"issuer": "root", "validity": _validity(today, -3600, 3600), "profiles": authority},
        "public-root": {
            "issuer": "public-root",
            "validity": _validity(today, -3600, 3600),
            "profiles": authority,
        },
        "sub-ca": {
            "issuer": "root",
            "validity": _validity(today, -1800, 1800),
            "profiles": [{"id": "simple-ca", "params": {"max-path-len": 0, "crl-repo": "sub-ca-crl"}}],
        },
    }
    signing = [{"id": "digsig-commitment"}]
    for role in ("digitiser", "leader", "agency"):
        plan[role] = {"issuer": "sub-ca", "validity": _validity(today, -30, 365), "profiles": signing}
    plan["expired"] = {"issuer": "sub-ca", "validity": _validity(today, -730, -1), "profiles": signing}
    plan["revoked"] = {
        "issuer": "sub-ca",
        "validity": _validity(today, -300, 365),
        "profiles": signing,
        "revocation": {"revoked-since": _at(today, -10).isoformat(), "reason": "key_compromise"},
    }
    plan["outsider"] = {"issuer": "public-root", "validity": _validity(today, -30, 365), "profiles": signing}
    plan["tsa"] = {
        "issuer": "sub-ca",
        "validity": _validity(today, -300, 365),
        "extensions": [
            {
                "id": "key_usage",
                "critical": True,
                "smart-value": {"schema": "key-usage", "params": ["digital_signature"]},
            },
            {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
        ],
    }
    return {role: {"subject": role, **entry} for role, entry in plan.items()}
