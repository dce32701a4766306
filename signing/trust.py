"""Trust bundles (bộ chứng thư tin cậy): what an administrator put into a folder, nothing else.

A bundle is a dated folder an administrator fills: `bundle.toml` (name, version, date, source) beside
*.crt and *.pem certificates and, if wanted, *.crl lists. Two chains exist in the State's practice:
`vgca` (public service, Decree 68/2024) and `neac` (public, Decree 23/2025).
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509

from signing.errors import BadTrustBundle, DemoTrustRefused
from signing.holders import Holder, load_holders
from signing.revocation import RevocationList

_MAXIMUM_FILES = 500
_MAXIMUM_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """A named, dated set of roots (bộ chứng thư tin cậy); `fingerprints` are SHA-256 in hex, file order."""

    name: str
    version: str
    date: date
    source: str
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    crls: tuple[RevocationList, ...]
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


def load_bundle(folder: Path, *, allow_demo: bool = False) -> TrustBundle:
    """Read a trust folder; raises BadTrustBundle, or DemoTrustRefused for a trial run's invented roots."""
    about = _read_about(folder)
    if about["name"] == "demo" and not allow_demo:
        raise DemoTrustRefused()
    files = sorted(path for path in folder.iterdir() if path.suffix in {".crt", ".cer", ".pem", ".crl"})
    if len(files) > _MAXIMUM_FILES:
        raise BadTrustBundle(f"Thư mục có quá {_MAXIMUM_FILES} tệp.")
    certificates: list[x509.Certificate] = []
    lists: list[RevocationList] = []
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


def _read_objects(path: Path, certificates: list[x509.Certificate], lists: list[RevocationList]) -> None:
    """Add what one file holds, DER or PEM, one or many."""
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            raise BadTrustBundle(f"Tệp {path.name} quá lớn.")
        data = path.read_bytes()
        armoured: Any = pem.unarmor(data, multiple=True) if pem.detect(data) else [("", {}, data)]
        blocks: list[bytes] = [block for _, _, block in armoured]
        for block in blocks:
            if path.suffix == ".crl":
                lists.append(RevocationList(block))
            else:
                certificate = x509.Certificate.load(block, strict=True)
                _ = certificate.subject, certificate.issuer, certificate.public_key.dump()
                certificates.append(certificate)
    except (OSError, ValueError) as exc:
        raise BadTrustBundle(f"Không đọc được tệp {path.name}.") from exc
